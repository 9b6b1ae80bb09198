"""How far a recall is, folded from its entries; its list's commitment; its picture."""

import random
import re
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.oversight.recall import DISPOSED, STAGES, Place, Recall, fold
from portcullis.oversight.recall_picture import recall_picture, spoken
from portcullis.oversight.recall_statement import COVERED, commitment

OPENED = {
    "kind": "recall-opened",
    "recall": "R-1",
    "because": {"kind": "reexamination", "of": "1"},
    "cause": "unlawful-disclosure",
    "due_on": "2025-12-21",
    "disclosures": 47_293,
    "covered": "c0" * 32,
    "sealed": [],
    "at": "2025-11-21T10:00:00+00:00",
}


def lot(number: str, count: int, source: str = "script-2025", custodian: str = "") -> dict:
    return {
        "kind": "recall-lot",
        "recall": "R-1",
        "lot": number,
        "of": "history" if not custodian else "batch",
        "source": source,
        "custodian": custodian,
        "disclosures": count,
    }


LOTS = [lot("1", 47_289), lot("2", 4, "batch-1", "officer-1")]


def said(place: str, stage: str, lots: tuple[str, ...] = ("1",), onward: tuple[str, ...] = ()):
    return {
        "kind": "recall-attested",
        "recall": "R-1",
        "custodian": "office",
        "place": place,
        "lots": list(lots),
        "stage": stage,
        "method": "destroyed" if stage == DISPOSED else "",
        "copies": 2,
        "derived_records": 1,
        "onward": [{"custodian": "other", "place": one} for one in onward],
        "actions_taken": 3,
        "document": "d0" * 32,
    }


def demanded(*lots: str) -> dict:
    return {
        "kind": "recall-demanded",
        "recall": "R-1",
        "lots": list(lots),
        "sent_on": "2025-11-22",
        "document": "d1" * 32,
    }


def folded(*entries: dict) -> Recall:
    return fold([OPENED, *LOTS, *entries])["R-1"]


def test_a_recall_is_as_far_as_the_place_least_far() -> None:
    assert folded().stage == "listed"
    assert folded(demanded("1")).stage == "listed"
    assert folded(demanded("1", "2")).stage == "demanded"
    one = folded(demanded("1", "2"), said("laptop", "disposed"))
    assert (one.stage_of("1"), one.stage_of("2"), one.stage) == ("disposed", "demanded", "demanded")
    two = folded(
        said("laptop", "disposed"), said("server", "frozen"), said("safe", DISPOSED, ("2",))
    )
    assert (two.stage_of("1"), two.stage) == ("frozen", "frozen")
    assert two.by_stage() == {
        "listed": 0, "demanded": 0, "frozen": 47_289, "sequestered": 0, "disposed": 4,
    }  # fmt: skip


def test_that_nothing_was_held_somewhere_disposes_of_nobodys_lot_but_its_own() -> None:
    nothing = {"method": "nothing-held", "copies": 0, "derived_records": 0}
    empty = said("elsewhere", DISPOSED, ("1", "2")) | nothing
    assert folded(empty).stage == "listed"
    assert folded(demanded("1", "2"), empty).stage == "demanded"
    assert folded(empty, said("safe", DISPOSED)).stage_of("1") == "disposed"
    own = said("desk", DISPOSED, ("2",)) | nothing | {"custodian": "officer-1"}
    assert folded(empty, own).stage_of("2") == "disposed"


def test_an_onward_recipient_keeps_the_recall_open_until_it_attests() -> None:
    first = said("laptop", "disposed", ("1", "2"), onward=("elsewhere",))
    assert folded(first).stage == "demanded"
    again = said("elsewhere", "disposed", ("1", "2")) | {"custodian": "other"}
    done = folded(first, again)
    assert done.stage == "disposed"
    assert done.open_lots() == []
    assert done.totals() == {
        "copies": 4, "derived_records": 2, "actions_taken": 6, "onward_recipients": 1,
    }  # fmt: skip


def test_a_place_that_speaks_of_a_part_is_no_further_with_the_rest() -> None:
    recall = folded(said("safe", "frozen", ("1", "2")), said("safe", "disposed", ("1",)))
    assert recall.stage == "frozen"


def test_who_attested_of_one_lot_is_asked_again_of_another_that_reached_it() -> None:
    elsewhere = said("elsewhere", "disposed", ("1",)) | {"custodian": "other"}
    later = said("safe", "disposed", ("2",), onward=("elsewhere",))
    recall = folded(said("laptop", "disposed"), elsewhere, later)
    assert recall.places[Place("other", "elsewhere")].stage == "demanded"
    assert recall.stage == "demanded"


def test_who_attested_before_it_was_named_as_an_onward_recipient_is_asked_again() -> None:
    elsewhere = said("elsewhere", "disposed") | {"custodian": "other"}
    rest = said("safe", "disposed", ("2",))
    named = said("laptop", "frozen", onward=("elsewhere",))
    recall = folded(rest, elsewhere, named, said("laptop", "disposed", onward=("elsewhere",)))
    assert recall.places[Place("other", "elsewhere")].stage == "demanded"
    assert (recall.stage, [each.id for each in recall.open_lots()]) == ("demanded", ["1"])
    # It tells again; the same place naming it once more tells nothing new, another place does.
    again = (rest, elsewhere, named, elsewhere, said("laptop", "disposed", onward=("elsewhere",)))
    assert folded(*again).stage == "disposed"
    assert folded(*again, said("server", "disposed", onward=("elsewhere",))).stage == "demanded"


def test_it_is_overdue_past_its_day_unless_disposed_of_or_sequestered_under_a_hold() -> None:
    day, after = date(2025, 12, 21), date(2025, 12, 22)
    both = ("1", "2")
    for stage, held, late in [
        ("frozen", False, True),
        ("frozen", True, True),
        ("sequestered", False, True),
        ("sequestered", True, False),
        ("disposed", False, False),
    ]:
        recall = folded(said("laptop", stage, both))
        assert recall.is_overdue(after, held=held) is late
        assert not recall.is_overdue(day, held=held)
    closed = {"kind": "recall-closed", "recall": "R-1", "at": "2025-12-01T00:00:00+00:00"}
    assert not folded(closed).is_overdue(after, held=False)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["frozen", "sequestered", "disposed"]),
        st.sampled_from([("1",), ("2",), ("1", "2")]),
        st.sampled_from([(), ("d",), ("a", "d")]),
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_whatever_is_attested_nothing_is_done_while_any_place_is_not(steps: list) -> None:
    """Against the rule in one sentence: disposed is what every place that holds it disposed of."""
    recall = folded(*(said(place, stage, lots, onward) for place, stage, lots, onward in steps))
    for each in recall.lots:
        places = recall.of_lot(each)
        done = bool(places) and all(one.stage == DISPOSED for one in places)
        assert (recall.stage_of(each) == DISPOSED) == done
    told = {(one["custodian"], one["place"]) for step in steps for one in said(*step)["onward"]}
    assert {("other", name) for _, name in told} <= {
        (one.custodian, one.place) for one in recall.places
    }


def covered(count: int) -> pl.DataFrame:
    rows = [("1", "history", "h", n, f"REQ-{n:05d}", "", "", "DHS") for n in range(count)]
    return pl.DataFrame(rows, schema=COVERED, orient="row")


def test_the_commitment_is_to_the_set_and_hides_it() -> None:
    table, salt = covered(50), "5a" * 32
    shuffled = table.sample(fraction=1, shuffle=True, seed=1)
    assert commitment(salt, shuffled) == commitment(salt, table)
    assert commitment("5b" * 32, table) != commitment(salt, table)
    assert commitment(salt, table.head(49)) != commitment(salt, table)
    changed = table.with_columns(recipient=pl.lit("ICE"))
    assert commitment(salt, changed) != commitment(salt, table)


def test_the_picture_says_in_words_what_its_colours_say() -> None:
    steps = [demanded("1", "2"), said("laptop", "frozen", onward=("elsewhere",))]
    recall = folded(*steps)
    picture = recall_picture(recall)
    for svg in (picture.wide, picture.narrow):
        words = " ".join(re.findall(r">([^<>]+)</text>", svg))
        for word in ("47,289", "officer-1", "laptop", "elsewhere", "frozen", "demanded"):
            assert word in words
    assert spoken(recall) == "Recall R-1, 47,293 disclosures: 47,293 demanded."


def test_many_lots_are_drawn_in_a_few_rows_the_least_far_first() -> None:
    chance = random.Random(3)  # noqa: S311 - a shuffle
    lots = [lot(str(n), n, "batch-1", f"officer-{n}") for n in range(1, 101)]
    stages = [said(f"p{n}", chance.choice(STAGES[2:]), (str(n),)) for n in range(2, 101)]
    recall = fold([OPENED, *lots, *stages])["R-1"]
    svg = recall_picture(recall).wide
    assert "Lot 1:" in svg
    assert "and 88 more lots" in svg


@pytest.mark.parametrize("stage", STAGES[2:])
def test_each_stage_is_drawn(stage: str) -> None:
    assert stage in recall_picture(folded(said("laptop", stage, ("1", "2")))).wide
