"""Re-examination against judging everything afresh; and the draft of a recall demand."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from portcullis.law import MET, Basis, Phase, applicable, judge, reading
from portcullis.oversight import (
    CLOSES,
    NEEDS_LOOK_UP,
    OPENS,
    SAME,
    VERDICTS,
    Demand,
    Question,
    by_element,
    demand_text,
    reexamine,
)
from tests.law import generated
from tests.law.cases import BASIS, MEMORANDUM_2025

SIZE = 400
GOLDEN = Path(__file__).with_name("golden_demand.md")
# What matching finds of a request; nothing of it is known where nobody was looked up.
FOUND = (
    "tin_candidates", "tin_agreeing", "tin_name", "tin_address", "name_address_candidates",
    "name_address_unique_point", "name_address_contradicted", "near_miss", "lka_found",
    "name_address_whole", "margin",
    "lka_period", "protected",
)  # fmt: skip


def judged(basis: Basis):
    return [each for phase in (Phase.FACE, Phase.MATCH) for each in applicable(basis, phase)]


def past(frame: pl.DataFrame, before: Basis, looked_up: pl.Expr) -> pl.DataFrame:
    """Return what is stored of requests that were judged under ``before``."""
    stored = judge(frame, judged(before), before).drop("row")
    match = [each.id for each in applicable(before, Phase.MATCH)]
    face = [each.id for each in applicable(before, Phase.FACE)]
    seen = frame.hstack(stored.rename(lambda name: f"was_{name}")).with_columns(
        looked_up=pl.all_horizontal(pl.col(f"was_{name}") == MET for name in face) & looked_up
    )
    unseen = [*FOUND, *[f"was_{name}" for name in match]]
    return seen.with_columns(
        pl.when("looked_up").then(pl.col(name)).alias(name) for name in unseen
    ).with_columns(
        was_open=pl.col("looked_up")
        & pl.all_horizontal(pl.col(f"was_{name}").eq_missing(MET) for name in match)
    )


def afresh(frame: pl.DataFrame, after: Basis) -> dict[int, str]:
    """Return every request's verdict, each element judged anew: no shortcut, in plain Python."""
    face, match = applicable(after, Phase.FACE), applicable(after, Phase.MATCH)
    fresh = judge(frame, [*face, *match], after).to_dicts()
    # The one element that asks for the last known address, which is sought last.
    hangs = {each.id for each in match if "lka_found" in each.reads(after)}
    verdicts = {}
    for row, result in zip(frame.to_dicts(), fresh, strict=True):
        shown = all(result[each.id] == MET for each in face)
        agrees = row["looked_up"] and all(result[each.id] == MET for each in match)
        sought = all(result[each.id] == MET for each in match if each.id not in hangs)
        unknown = not row["looked_up"] or (row["lka_found"] is None and sought)
        if shown and not agrees and unknown:
            verdicts[row["row"]] = NEEDS_LOOK_UP
        elif row["was_open"] == (shown and agrees):
            verdicts[row["row"]] = SAME
        else:
            verdicts[row["row"]] = CLOSES if row["was_open"] else OPENS
    return verdicts


def check(frame: pl.DataFrame, before: Basis, after: Basis) -> Counter[str]:
    found = reexamine(frame, Question(before, after))
    expected = afresh(frame, after)
    others = dict(found.others.select("row", "verdict").iter_rows())
    assert {row: others.get(row, SAME) for row in expected} == expected
    assert found.counts == {each: Counter(expected.values())[each] for each in VERDICTS}
    _check_elements(frame, found.others, before, after)
    return Counter(expected.values())


def _check_elements(frame: pl.DataFrame, others: pl.DataFrame, before: Basis, after: Basis):
    """The elements listed, and their counts, are those of judging everything afresh."""
    fresh = judge(frame, judged(after), after)
    met = {
        row["row"]: {each.id for each in judged(after) if row[each.id] == MET}
        for row in fresh.to_dicts()
    }
    was = {
        row["row"]: {each.id for each in judged(before) if row[f"was_{each.id}"] == MET}
        for row in frame.to_dicts()
    }
    looked_up = dict(frame.select("row", "looked_up").iter_rows())
    match = {each.id for each in applicable(after, Phase.MATCH)}
    asked = {each.id for each in judged(after)}
    sought = dict(frame.select("row", "lka_found").iter_rows())
    on_the_last_known = {
        each.id for each in applicable(after, Phase.MATCH) if "lka_found" in each.reads(after)
    }
    counted: dict[str, Counter[tuple[str, str]]] = {each: Counter() for each in VERDICTS}
    for row, verdict, unmet, changed in others.select(
        "row", "verdict", "unmet", "changed"
    ).iter_rows():
        now = met[row] if looked_up[row] else met[row] - match
        never = on_the_last_known if sought[row] is None else set()
        assert set(filter(None, unmet.split(";"))) == asked - now - never
        assert set(filter(None, changed.split(";"))) == asked & (now ^ was[row])
        decides = (asked & (now ^ was[row])) if verdict == OPENS else asked - now - never
        for each in decides:
            counted[verdict][each, "requests"] += 1
            counted[verdict][each, "newly"] += each in now ^ was[row]
            counted[verdict][each, "alone"] += len(decides) == 1
    for verdict in (CLOSES, OPENS):
        table = by_element(others, verdict)
        rows = {
            (row["element"], name): row[name]
            for row in table.to_dicts()
            for name in ("requests", "newly", "alone")
        }
        assert rows == {key: counted[verdict][key] for key in rows}
        assert {name for name, _ in rows} == {name for name, _ in counted[verdict]}
        assert table["requests"].to_list() == sorted(table["requests"], reverse=True)


def a_pair(seed: int) -> tuple[Basis, Basis, pl.DataFrame]:
    """Return two bases of one day and requests that border on everything either asks about."""
    random = generated.chance(seed)
    before = generated.a_basis(random, MEMORANDUM_2025)
    after = replace(generated.a_basis(random, MEMORANDUM_2025), as_of=before.as_of)
    if seed % 3 == 0:
        after = replace(after, provisions=tuple(p for p in after.provisions if p != "policy"))
    if seed % 3 == 1:
        before = replace(before, readings=("address-of-record", "1227a-class-required"))
    borders = replace(before if seed % 2 else after, provisions=BASIS.provisions)
    return before, after, generated.bulk(MEMORANDUM_2025.under(borders), seed, SIZE)


@pytest.mark.parametrize("seed", range(40))
def test_every_verdict_is_that_of_judging_everything_afresh(seed: int) -> None:
    before, after, frame = a_pair(seed)
    check(past(frame, before, pl.col("row") % 5 != 0), before, after)


@pytest.mark.parametrize("seed", range(6))
def test_what_left_elsewhere_is_judged_by_the_same_rule(seed: int) -> None:
    """It was disclosed whatever its face said; looked up for comparison, or not at all."""
    before, after, frame = a_pair(100 + seed)
    compared = pl.lit(value=bool(seed % 2))
    frame = frame.with_columns(pl.when(compared).then(pl.col(name)).alias(name) for name in FOUND)
    stored = judge(frame, judged(before), before).drop("row")
    elsewhere = frame.hstack(stored.rename(lambda name: f"was_{name}")).with_columns(
        was_open=pl.lit(value=True), looked_up=compared
    )
    counted = check(elsewhere, before, after)
    assert counted[OPENS] == 0


def test_each_verdict_is_reached() -> None:
    total: Counter[str] = Counter()
    for seed in range(12):
        before, after, frame = a_pair(seed)
        total += check(past(frame, before, pl.lit(value=True)), before, after)
    assert all(total[each] > 0 for each in VERDICTS), total


def test_under_the_same_basis_everything_is_the_same() -> None:
    asked = generated.bulk(MEMORANDUM_2025, 7, SIZE).filter(pl.col("lka_found").is_not_null())
    frame = past(asked, BASIS, pl.lit(value=True))
    question = Question(BASIS, BASIS)
    assert question.changed == ()
    found = reexamine(frame, question)
    assert found.counts == {SAME: asked.height, CLOSES: 0, OPENS: 0, NEEDS_LOOK_UP: 0}
    assert found.others.is_empty()
    assert by_element(found.others, CLOSES).is_empty()


@pytest.mark.parametrize("name", generated.READING_IDS)
def test_only_the_elements_that_the_reading_bears_on_are_judged_again(name: str) -> None:
    after = BASIS.re_examined([name])
    changed = {each.id for each in Question(BASIS, after).changed}
    waived = {each.id for each in applicable(after) if after.waives(each.layer)}
    assert changed <= set(reading(name).elements) | waived


def test_a_demand_tells_of_rows_that_could_not_be_read() -> None:
    text = demand_text(replace(DEMAND, unread=300))
    assert "300 rows of the files in which such disclosures are recorded could not be read" in text
    assert "1 row of" in demand_text(replace(DEMAND, unread=1))
    assert "could not be read" not in demand_text(DEMAND)


DEMAND = Demand(
    holder="Internal Revenue Service",
    recipient="Department of Homeland Security",
    agreement="Memorandum of Understanding",
    drafted_on=date(2025, 11, 21),
    due_on=date(2025, 12, 21),
    requests=["REQ-00001", "REQ-00002"],
    readings=[reading("address-of-record"), reading("agency-head-only")],
    grounds=[
        next(each for each in applicable(BASIS) if each.id == name)
        for name in ("address-of-record", "charge-class", "not-protected", "last-known-address")
    ],
)


def test_the_draft_of_a_demand_is_as_it_was_settled() -> None:
    assert demand_text(DEMAND) == GOLDEN.read_text()


def test_a_demand_for_one_says_one() -> None:
    text = demand_text(replace(DEMAND, requests=["REQ-00007"], grounds=DEMAND.grounds[:1]))
    assert "1 disclosure made to you" in text
    assert "## The request" in text
    assert text.count("REQ-") == 1


def test_a_demand_tells_of_the_records_only_what_the_reading_bears_on() -> None:
    text = demand_text(DEMAND)
    assert "protects" not in text
    assert "last known address" not in text
