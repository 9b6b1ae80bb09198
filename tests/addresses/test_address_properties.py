"""What holds of every address, sensible or not."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import examples

from portcullis import addresses

FIELDS = ("address_line1", "address_line2", "city", "state", "zip")
WORDS = [
    "123", "12-34", "N6W23001", "1/2", "½", "#", "Apt", "4B", "Unit", "PO", "Box", "RR", "2", "HC",
    "N", "North", "W.", "Main",
    "Mill", "Creek", "St", "Street", "Ave", "Rd", "County", "Highway", "Unknown", "Jail", "Ste",
    "FL", "Peña", "O'Brien",
    "c/o", "URB", "Calle", "A", "5th", "Fifth", "Bldg", "-", ",", ".", "Martin", "MLK", "I-95",
    "US", "NW", "00000", "Rear", "ICE",
]  # fmt: skip
soup = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
any_text = st.none() | st.text(max_size=40) | soup
places = st.sampled_from(
    [
        ("Miami", "FL", "33101"),
        ("St. Paul", "mn", "55101-1234"),
        ("San Juan", "PR", "00901"),
        ("APO", "AE", "09499"),
        ("Hays", "Kansas", None),
    ]
)
rows = st.tuples(any_text, any_text, any_text, any_text, any_text)


def frame(some):
    return pl.DataFrame(some, schema=dict.fromkeys(FIELDS, pl.String), orient="row")


def normal(some):
    return addresses.normalise(frame(some)).drop(FIELDS)


@st.composite
def addressed(draw):
    """Return a street address as people write one."""
    number = draw(st.sampled_from(["7", "123", "12-34", "45A", "123 1/2", "N6W23001", "1000"]))
    before = draw(st.sampled_from(["", "N", "South", "NW"]))
    name = draw(
        st.sampled_from(
            [
                "Main",
                "Mill Creek",
                "5th",
                "Saint James",
                "Peña",
                "Unknown Creek",
                "Martin Luther King Jr",
                "Lake",
            ]
        )
    )
    suffix = draw(st.sampled_from(["St", "Avenue", "Rd.", "Boulevard", "Ln", "Court"]))
    unit = draw(st.sampled_from(["", "Apt 4", "# 12B", "Fl 2", "Bldg 3 Apt 4", "Unit 5-C", "Rear"]))
    line1 = " ".join(part for part in (number, before, name, suffix) if part)
    return (line1, unit or None, *draw(places))


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(rows, min_size=1, max_size=12))
def test_any_text_has_an_answer_and_an_absent_one_has_no_point(some):
    found = normal(some)
    assert found.height == len(some)
    assert set(found["a_kind"]) <= set(addresses.KINDS)
    assert (found["a_absent"] == found["a_point"].is_null()).all()
    assert (found["a_absent"] == found["a_absent_reason"].is_not_null()).all()
    assert (found["a_absent"] == (found["a_kind"] == "absent")).all()
    assert set(found["a_absent_reason"].drop_nulls()) <= set(addresses.ABSENCE_REASONS)
    assert not (found["a_unique_point"] & found["a_absent"]).any()
    texts = found.select(pl.exclude("a_absent_reason", "a_point"))
    assert texts.null_count().sum_horizontal().item() == 0


@settings(max_examples=examples(12), deadline=None)
@given(st.lists(rows, min_size=2, max_size=9), st.integers(1, 7))
def test_chunks_do_not_matter(some, size):
    whole = normal(some)
    parts = pl.concat([normal(some[at : at + size]) for at in range(0, len(some), size)])
    assert parts.equals(whole)


@settings(max_examples=examples(15), deadline=None)
@given(addressed())
def test_case_spaces_stops_and_diacritics_do_not_matter(address):
    line1, unit, *place = address
    others = (
        line1.upper(),
        line1.lower(),
        f"  {line1.replace(' ', '   ')} ",
        line1.replace("ñ", "n"),
        line1.replace("ñ", "n\u0303"),
        f"{line1},",
    )
    same = [(other, unit, *place) for other in (line1, *others)]
    found = normal([*same, (f"{line1} {unit or ''}", None, *place)])
    assert found.unique().height == 1


@settings(max_examples=examples(15), deadline=None)
@given(addressed())
def test_the_normal_form_is_its_own_normal_form(address):
    once = normal([address])
    assert not once["a_absent"].item()
    delivery = once["a_line"].item().split(", ")[0]
    place = (once[f"a_{part}"].item() for part in ("city", "state", "zip5"))
    twice = normal([(delivery, None, *place)])
    assert twice["a_point"].item() == once["a_point"].item()
    assert twice["a_line"].item() == once["a_line"].item().removesuffix("-1234")


@settings(max_examples=examples(25), deadline=None)
@given(
    st.lists(st.tuples(rows, rows) | st.tuples(addressed(), addressed()), min_size=1, max_size=10)
)
def test_agreement_is_symmetric_and_an_address_agrees_with_itself(some):
    left = normal([pair[0] for pair in some])
    right = normal([pair[1] for pair in some])
    sides = pl.concat(
        [
            left.select(pl.all().name.map(lambda name: "l_" + name[2:])),
            right.select(pl.all().name.map(lambda name: "r_" + name[2:])),
        ],
        how="horizontal",
    )
    there, back, own = (
        sides.select(addresses.agreement(*pair)).to_series().to_list()
        for pair in (("l_", "r_"), ("r_", "l_"), ("l_", "l_"))
    )
    assert there == back
    assert set(there) <= set(addresses.REASONS)
    assert own == ["absent" if absent else "same" for absent in left["a_absent"]]
    one_by_one = [
        row.select(addresses.agreement("l_", "r_")).item() for row in sides.iter_slices(1)
    ]
    assert one_by_one == there


def test_a_missing_side_is_absent():
    found = normal([("123 Main St", None, "Miami", "FL", "33101")])
    sides = pl.concat(
        [
            found.select(pl.all().name.map(lambda name: "l_" + name[2:])),
            pl.DataFrame(
                {f"r_{name}": [None] for name in addresses.COLUMNS},
                schema={f"r_{n}": t for n, t in addresses.COLUMNS.items()},
            ),
        ],
        how="horizontal",
    )
    assert sides.select(addresses.agreement("l_", "r_")).item() == "absent"


def test_a_table_in_many_chunks_is_read_like_one():
    one = frame([("20 Ash Ct Miami FL 33101", None, "Miami", "FL", "33101")])
    many = pl.concat([one] * 7, rechunk=False).with_columns(zip=pl.Series(["33101"] * 7))
    found = addresses.normalise(many)
    assert found.unique().height == 1
    assert found["a_line"][0] == "20 ASH CT, MIAMI FL 33101"


def test_an_empty_table_has_the_columns():
    assert addresses.normalise(frame([])).columns == [
        *FIELDS,
        *(f"a_{name}" for name in addresses.COLUMNS),
    ]
