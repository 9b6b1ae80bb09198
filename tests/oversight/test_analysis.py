"""The law tried against itself: planted flaws are found, and what a change opens and closes."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import count

import polars as pl
import pytest

from portcullis import law
from portcullis.agreements import FieldRule, Pack, builtin_pack, load_pack, template_rows
from portcullis.errors import Misuse, Refused
from portcullis.law import MET, Basis, Element, Field, Kind, Layer, Phase, Provision
from portcullis.law.element import met_if
from portcullis.oversight import Change, Terms, Witness, compare, witnesses
from portcullis.oversight.analysis import Space
from portcullis.screening import prepare

DAY = date(2025, 8, 7)
PACK = load_pack(builtin_pack())
_numbers = count()


def planted_element(element_id: str, test: Callable[[Basis], pl.Expr], field: str = "") -> Element:
    return Element(
        id=element_id,
        citation="A planted law",
        statement="Something is so.",
        layer=Layer.POLICY,
        phase=Phase.FACE,
        field=field,
        test=test,
        message="It is not so.",
        requirements=(),
    )


Plant = Callable[..., Pack]


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Plant]:
    """Return a way to have an agreement with one more element, and fields for it."""

    def planted(test: Callable[[Basis], pl.Expr], *fields: Field) -> Pack:
        name = f"planted-{next(_numbers)}"  # the law remembers the elements of each list of ids
        provision = Provision(
            id=name,
            citation=name,
            title=name,
            text=name,
            source="here",
            fields=fields,
            elements=(planted_element("planted", test),),
        )
        monkeypatch.setitem(law.PROVISIONS, name, provision)
        rules = [FieldRule(name=each.name, max_length=9, required=False) for each in fields]
        request = PACK.request.model_copy(update={"fields": (*PACK.request.fields, *rules)})
        changes = {"provisions": (*PACK.provisions, name), "request": request}
        return PACK.model_copy(update=changes)

    return planted


def found(pack: Pack) -> dict[str, Witness]:
    return {each.element.id: each for each in witnesses(Terms.of(pack, DAY))}


def by_element(changes: tuple[Change, ...]) -> dict[tuple[str, str, str], Change]:
    return {(each.element.id, each.was, each.now): each for each in changes}


@pytest.mark.long
def test_every_element_of_the_agreement_fails_alone_and_its_witness_shows_it() -> None:
    terms = Terms.of(PACK, DAY)
    space = Space.of(terms)
    complete = {
        name: space.values[name][space.starts[0][0, number]]
        for number, name in enumerate(space.columns)
    }
    assert complete.items() >= template_rows(PACK, DAY).row(0, named=True).items()
    for witness in witnesses(terms):
        assert witness.differs, witness.element.id
        schema = {
            name: law.FACTS[name].dtype if name in law.FACTS else pl.String() for name in complete
        }
        request = pl.DataFrame([{**complete, **witness.differs}], schema=schema)
        judged = law.judge(
            prepare(request, PACK).with_row_index("row"), terms.elements, terms.basis
        )
        results = judged.drop("row").row(0, named=True)
        assert [name for name, result in results.items() if result != MET] == [witness.element.id]


def test_an_element_that_another_implies_is_named_with_it(plant: Plant) -> None:
    pack = plant(lambda _basis: met_if(pl.col("departed").is_in(["yes", "no"])))
    answers = found(pack)
    assert answers["planted"].implied_by == ("not-departed",)
    assert [each for each, witness in answers.items() if witness.implied] == ["planted"]


def test_two_elements_that_ask_the_same_imply_each_other(plant: Plant) -> None:
    answers = found(plant(lambda _basis: met_if(pl.col("departed") == "no")))
    assert answers["planted"].implied_by == ("not-departed",)
    assert answers["not-departed"].implied_by == ("planted",)


def test_an_element_that_two_others_imply_between_them_names_both(plant: Plant) -> None:
    odd = (pl.col("departed") == "perhaps") | (pl.col("deceased") == "perhaps")
    answers = found(plant(lambda _basis: met_if(~odd)))
    assert answers["planted"].implied_by == ("not-departed", "not-deceased")


def test_an_element_that_nothing_fails_is_reported_without_a_cause(plant: Plant) -> None:
    answers = found(plant(lambda _basis: met_if(pl.col("departed").is_null() | pl.lit(value=True))))
    assert answers["planted"].implied
    assert answers["planted"].implied_by == ()


@pytest.mark.parametrize("many", [2, 3])
def test_a_witness_in_several_columns_is_found(plant: Plant, many: int) -> None:
    facts = ("m_officer_load_max", "m_identical_reasons", "m_shared_address")[:many]
    together = pl.all_horizontal(*[pl.col(each) == 7 for each in facts])
    answers = found(plant(lambda _basis: met_if(~together)))
    assert answers["planted"].differs == dict.fromkeys(facts, 7)


def test_a_law_that_nothing_meets_is_refused_with_the_element_named(plant: Plant) -> None:
    pack = plant(lambda _basis: met_if(pl.col("approved") & ~pl.col("approved")))
    with pytest.raises(Refused, match="planted"):
        found(pack)


@pytest.mark.long
def test_the_same_terms_open_and_close_nothing() -> None:
    same = compare(Terms.of(PACK, DAY), Terms.of(PACK, DAY))
    assert (same.opens, same.closes, same.only_before, same.only_after) == ((), (), (), ())
    assert same.tried > 50_000


@pytest.mark.long
def test_a_lower_threshold_closes_and_the_way_back_opens() -> None:
    lower = PACK.thresholds.model_copy(update={"officer_load": 400})
    stricter = PACK.model_copy(update={"thresholds": lower})
    there = compare(Terms.of(PACK, DAY), Terms.of(stricter, DAY))
    assert there.opens == ()
    closes = by_element(there.closes)
    assert list(closes) == [("officer-load", "met", "for a person")]
    closed = closes["officer-load", "met", "for a person"]
    assert list(closed.differs) == ["m_officer_load_max"]
    assert closed.differs["m_officer_load_max"] in (401, 499, 500)
    back = compare(Terms.of(stricter, DAY), Terms.of(PACK, DAY))
    assert back.closes == ()
    # The seeded part of the space follows each side's own figures, so the counts are only alike.
    opened = by_element(back.opens)["officer-load", "for a person", "met"]
    assert opened.count == pytest.approx(closed.count, rel=0.05)


@pytest.mark.long
def test_a_tightened_element_closes_what_went_to_a_person() -> None:
    tightened = PACK.model_copy(update={"tightened": ("charge-class",)})
    changed = compare(Terms.of(PACK, DAY), Terms.of(tightened, DAY))
    assert changed.opens == ()
    closes = by_element(changed.closes)
    assert list(closes) == [("charge-class", "for a person", "not met")]
    example = closes["charge-class", "for a person", "not met"].differs
    assert example == {"charge": "8 USC 1182(a)(6)(A)(i)"}


@pytest.mark.parametrize(
    ("reading", "opens", "closes"),
    [
        (
            "address-on-its-face",
            {
                ("address-of-taxpayer", "not met", "met"),
                ("address-of-record", "not met", "met"),
                ("address-of-record", "for a person", "met"),
            },
            # Five digits in a row are an address then, and an address without them is none.
            {("address-of-taxpayer", "met", "not met")},
        ),
        ("any-ground-of-removal", {("charge-class", "for a person", "met")}, set()),
        (
            "one-officer-cannot-be-engaged-in-all",
            set(),
            {("officers-engaged", "met", "not met")},
        ),
        ("delegate-may-sign", {("requested-by-head", "not met", "met")}, set()),
        ("agency-head-only", set(), set()),
    ],
)
def test_a_reading_opens_and_closes_what_it_says(
    reading: str, opens: set[tuple[str, str, str]], closes: set[tuple[str, str, str]]
) -> None:
    changed = compare(Terms.of(PACK, DAY), Terms.of(PACK, DAY, (reading,)))
    assert set(by_element(changed.opens)) == opens
    assert set(by_element(changed.closes)) == closes
    for each in (*changed.opens, *changed.closes):
        assert each.count >= 1
        assert 1 <= len(each.differs) <= 2


@pytest.mark.long
def test_a_field_of_one_side_alone_is_named_and_empty_on_the_other(plant: Plant) -> None:
    field = Field("warrant", Kind.ANSWER, "whether there is a warrant", "yes")
    asking = plant(lambda _basis: met_if(pl.col("warrant") == "yes"), field)
    changed = compare(Terms.of(PACK, DAY), Terms.of(asking, DAY))
    assert (changed.only_before, changed.only_after) == ((), ("warrant",))
    assert changed.opens == ()
    (closed,) = changed.closes
    assert (closed.element.id, closed.was, closed.now) == ("planted", "met", "not met")
    assert (closed.differs, closed.of) == ({}, "before")


def test_readings_that_conflict_are_refused_with_both_named() -> None:
    with pytest.raises(Misuse, match=r"address-on-its-face.*valid-request-suffices"):
        Terms.of(PACK, DAY, ("address-on-its-face", "valid-request-suffices"))
