"""What holds of every name, sensible or not."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis import names
from tests.thorough import examples

FIELDS = ("given_name", "middle_name", "family_name", "suffix")
WORDS = [
    "José", "Maria", "Ana", "J", "Al", "Pepe", "García", "Lopez", "de", "la", "Cruz", "O'Brien",
    "Mc", "Donald", "al-Sayed",
    "Groß", "von", "Jr", "III", "Unknown", "FNU", "Null", "N/A", "-", "y", "St.", "王", "Junior",
    "2nd", "Mr", "Łukasz",
]  # fmt: skip
soup = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
any_text = st.none() | st.text(max_size=25) | soup
rows = st.tuples(any_text, any_text, any_text, any_text)


def normal(some):
    frame = pl.DataFrame(some, schema=dict.fromkeys(FIELDS, pl.String), orient="row")
    return names.normalise(frame).drop(FIELDS)


@st.composite
def named(draw):
    """Return a name as people write one."""
    given_name = draw(st.sampled_from(["José", "Maria Luisa", "Jürgen", "Ana", "Sean"]))
    middle = draw(st.sampled_from([None, "A", "Guadalupe", "de los Ángeles"]))
    surnames = ["García", "de la Cruz", "O'Brien", "Lopez", "von Hagen", "Groß", "McDonald"]
    family = draw(st.lists(st.sampled_from(surnames), min_size=1, max_size=2, unique=True))
    return given_name, middle, " ".join(family), draw(st.sampled_from([None, "Jr", "III"]))


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(rows, min_size=1, max_size=12))
def test_any_text_has_an_answer_and_an_absent_name_has_no_key(some):
    found = normal(some)
    assert found.height == len(some)
    assert (found["n_absent"] == found["n_key"].is_null()).all()
    assert found.drop("n_key").null_count().sum_horizontal().item() == 0
    present = found.filter(~pl.col("n_absent"))
    assert not ((present["n_given"] == "") | (present["n_family"] == "")).any()


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(rows, min_size=2, max_size=15), st.integers(1, 7))
def test_chunks_do_not_matter(some, size):
    parts = [normal(some[at : at + size]) for at in range(0, len(some), size)]
    assert pl.concat(parts).equals(normal(some))


@settings(max_examples=examples(25), deadline=None)
@given(named())
def test_case_spaces_hyphens_and_diacritics_do_not_matter(name):
    given_name, middle, family, suffix = name
    others = (
        family.upper(),
        family.lower(),
        f"  {family.replace(' ', '   ')} ",
        family.replace(" ", "-"),
        family.replace("í", "i").replace("ß", "ss"),
        family.replace("í", "i\u0301"),
        family.replace("'", "’"),
        f"{family} {suffix or ''}",
    )
    same = [(given_name, middle, other, suffix) for other in (family, *others)]
    found = normal([*same, (f"{given_name} {middle or ''}", None, family, suffix)])
    assert found.unique().height == 1


@settings(max_examples=examples(25), deadline=None)
@given(named())
def test_the_normal_form_is_its_own_normal_form(name):
    once = normal([name])
    fields = [once[f"n_{part}"].item() for part in ("given", "middle", "family", "suffix")]
    assert normal([fields]).equals(once)


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.tuples(rows, rows) | st.tuples(named(), named()), min_size=1, max_size=10))
def test_agreement_is_symmetric_and_a_name_agrees_with_itself(some):
    left, right = (normal([pair[side] for pair in some]) for side in (0, 1))
    sides = pl.concat(
        [
            left.select(pl.all().name.map(lambda name: "l_" + name[2:])),
            right.select(pl.all().name.map(lambda name: "r_" + name[2:])),
        ],
        how="horizontal",
    )
    there, back, own = (
        sides.select(names.agreement(*pair)).to_series().to_list()
        for pair in (("l_", "r_"), ("r_", "l_"), ("l_", "l_"))
    )
    assert there == back
    assert set(there) <= set(names.REASONS)
    assert own == ["absent" if absent else "same" for absent in left["n_absent"]]
    one_by_one = [row.select(names.agreement("l_", "r_")).item() for row in sides.iter_slices(1)]
    assert one_by_one == there
    # The key is necessary for agreement: the name-address route may join on it.
    for code, one, other in zip(there, left["n_key"], right["n_key"], strict=True):
        assert code not in names.AGREES or one == other


def test_a_missing_side_is_absent():
    found = normal([("Ana", None, "Ruiz", None)]).select(
        pl.all().name.map(lambda name: "l_" + name[2:])
    )
    missing = [pl.lit(None, dtype=kind).alias(f"r_{name}") for name, kind in names.COLUMNS.items()]
    assert found.with_columns(missing).select(names.agreement("l_", "r_")).item() == "absent"
