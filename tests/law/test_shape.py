"""What the law is written in: classes nobody changes, tables that are whole, causes that hold.

Each of these was a change of the law that no other test noticed (``tests.law.mutation``).
"""

from dataclasses import MISSING, replace
from dataclasses import fields as fields_of

import polars as pl
import pytest

from portcullis.errors import Misuse
from portcullis.law import (
    AUTHORITIES,
    PREDICATES,
    PROVISIONS,
    Authority,
    Basis,
    Change,
    Element,
    Evidence,
    Explained,
    Fact,
    Field,
    Phase,
    Provision,
    Reading,
    Result,
    Thresholds,
    element,
    explain,
    judge,
)
from portcullis.law.explanation import NOT_RECORDED as NOTHING
from portcullis.law.soundness import Flaw
from portcullis.law.usc26_6103_i_2_a import STAGES
from tests.law.cases import BASIS, lawful, table

POSITIONAL = (Change, Evidence, Fact, Field, Flaw)
NAMED = (Authority, Basis, Element, Explained, Provision, Reading, Thresholds)


@pytest.mark.parametrize("kind", [*POSITIONAL, *NAMED])
def test_what_the_law_is_made_of_cannot_be_changed(kind):
    assert kind.__dataclass_params__.frozen
    assert all(each.kw_only == (kind in NAMED) for each in fields_of(kind))


@pytest.mark.parametrize("kind", [Element, Provision])
def test_an_element_is_the_same_only_as_itself(kind):
    """Tests are functions: two elements alike in all else may judge otherwise."""
    assert kind.__eq__ is object.__eq__
    assert kind.__hash__ is object.__hash__


def test_the_offence_is_judged_by_every_provision_of_title_8():
    assert {
        "8 USC 1253(a)(1)(A)": tuple(each for each in PROVISIONS if each.startswith("8 "))
    } == PREDICATES


def test_an_authority_that_is_carried_has_purposes_and_those_of_i_2_are_the_stages():
    for each in AUTHORITIES.values():
        assert bool(each.purposes) == bool(each.provisions)
    assert set(AUTHORITIES["26 USC 6103(i)(2)"].purposes) == set(STAGES)


def test_only_what_is_not_met_has_a_cause():
    head, charge = element("right-paragraph"), element("charge-class")
    for code, message in head.cause_messages.items():
        assert head.message_for(BASIS, 0, code) == message
        assert head.message_for(BASIS, 2, code) == head.for_a_person
    assert head.message_for(BASIS, 0, "no such code") == head.message
    assert charge.message_for(BASIS, 2) == charge.for_a_person != charge.message_for(BASIS, 0)


@pytest.mark.parametrize(
    ("count", "shape"), [(0, "none"), (1, "one"), (2, "several"), (3, "several"), (None, NOTHING)]
)
def test_a_count_is_shown_as_none_one_or_several(count, shape):
    row = table([lawful(name_address_candidates=count)])
    (line,) = [each for each in explain(row, BASIS, set(Phase)) if each.element.id == "name-agrees"]
    assert {each.name: each.shape for each in line.evidence}["name_address_candidates"] == shape


@pytest.mark.parametrize(
    ("reason", "shape"),
    [(" ", "text of 0 words"), ("a", "text of 1 word"), ("a b", "text of 2 words")],
)
def test_a_text_is_shown_as_so_many_words(reason, shape):
    row = table([lawful()]).with_columns(reason=pl.lit(reason))
    lines = explain(row, BASIS, {Phase.FACE})
    (line,) = [each for each in lines if each.element.id == "specific-reason"]
    assert [each.shape for each in line.evidence] == [shape]


@pytest.mark.parametrize(("answer", "shape"), [("yes", "answered"), ("no", "answered")])
def test_an_answer_is_shown_as_answered_alone(answer, shape):
    row = table([lawful(departed=answer)])
    (line,) = [
        each for each in explain(row, BASIS, set(Phase)) if each.element.id == "not-departed"
    ]
    assert [each.shape for each in line.evidence] == [shape]


def test_the_row_is_kept_beside_the_results():
    assert judge(table([lawful()]), [element("sole-use")], BASIS).columns == ["row", "sole-use"]


@pytest.mark.parametrize(
    "fault",
    [
        {"as_of": "August 2025"},
        {"as_of": None},
        {"thresholds": {}},
        {"thresholds": {**BASIS.as_json()["thresholds"], "surplus": 1}},
        {"surplus": 1},
        {"readings": None},
    ],
)
def test_what_is_no_basis_on_record_is_said_to_be_none(fault):
    assert Basis.from_json(BASIS.as_json()) == BASIS
    with pytest.raises(Misuse, match="is none"):
        Basis.from_json(BASIS.as_json() | fault)
    with pytest.raises(Misuse, match="is none"):
        Basis.from_json({})


def test_a_test_that_gives_a_number_no_result_has_room_for_is_not_met():
    each = replace(element("approved"), test=lambda _basis: pl.col("x"))
    frame = pl.DataFrame({"row": [0, 1, 2], "x": [-1, 300, 1]})
    assert judge(frame, [each], BASIS)["approved"].to_list() == [0, 0, 1]


def test_no_cause_is_told_where_its_column_is_not_there():
    row = table([lawful(a_absent=True, a_absent_reason="zip-only")])
    for given, cause in ((row, "zip-only"), (row.drop("a_absent_reason"), "")):
        lines = explain(given, BASIS, {Phase.FACE})
        (line,) = [each for each in lines if each.element.id == "address-of-taxpayer"]
        assert (line.result, line.cause) == (Result.NOT_MET, cause)


def test_what_is_left_unsaid_opens_nothing():
    """The default of a basis is the closed one, that of an element and of a line the plain one."""
    assert [(each.name, each.default) for kind in (Basis, Element, Explained, Reading)
            for each in fields_of(kind) if isinstance(each.default, bool)] == [
        ("accept_delegation", False), ("time_dependent", False), ("waived", False),
        ("tightened", False), ("on_the_floor", False),
    ]  # fmt: skip
    assert not any(each.default for each in fields_of(Authority) if each.default is not MISSING)
