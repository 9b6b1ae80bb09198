"""The requests of the comparison: the agreement's own example, bent in one to three fields.

What a field is bent to lies about its rule: the other answer, no answer, a word that is none, the
days on both sides of a limit, no date, the figure of the agreement and one more.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.rules import ELEMENTS
from benchmarks.rules.files import write_lines
from portcullis import law, screening
from portcullis.agreements import builtin_pack, load_pack, template_rows

DAY = date(2025, 8, 7)
TABLE, FACTS, FIGURES = "requests.parquet", "facts.jsonl", "figures.json"
_PACK = load_pack(builtin_pack())
_MOST_BENDS = 3
_SEED = 1

# The measures the batch would be given, and the agreement's figure each is held to.
_MEASURES = {
    "m_officer_load_max": "officer_load",
    "m_identical_reasons": "identical_reasons",
    "m_shared_address": "shared_address",
    "m_window_volume": "batch_volume",
}
_ABSENT = ("n_absent", "a_absent")
_QUESTIONS = (
    "judicial_review_had",
    "nonimmigration_custody_had",
    "stay_applied_for",
    "stay_in_force",
    "review_pending",
    "supervision_compliant",
    "protection_granted",
    "deferred_action",
    "removal_impracticable",
    "removal_period_extended",
    "reopened",
    "departed",
    "deceased",
    "citizen",
)
# Days before DAY, on both sides of what a rule asks of the date.
_DATES = {
    "investigation_opened_on": (-1, 0, 1),
    "order_date": (-1, 0, 369, 370, 371),
    "finality_date": (-1, 0, 90, 91, 399, 400, 401),
    "judicial_review_final_on": (-1, 0, 90, 91, 399, 400, 401),
    "custody_released_on": (-1, 0, 90, 91),
}


def basis() -> law.Basis:
    """Return what every request is judged under."""
    return law.Basis.from_pack(_PACK, DAY)


def elements() -> list[law.Element]:
    """Return the elements compared."""
    applicable = {each.id: each for each in law.applicable(basis(), law.Phase.FACE)}
    return [applicable[each] for each in ELEMENTS]


def make(folder: Path, count: int) -> None:
    """Write ``count`` requests: a table for ours, lines of facts and the figures for the peers."""
    folder.mkdir(parents=True, exist_ok=True)
    read = sorted({column for each in elements() for column in each.reads(basis())})
    table = _typed(count).select("row", *read)
    table.write_parquet(folder / TABLE)
    write_lines(folder / FACTS, _facts(table.drop("row")))
    (folder / FIGURES).write_text(json.dumps(_figures()), encoding="utf-8")


def _typed(count: int) -> pl.DataFrame:
    figures = asdict(basis().thresholds)
    lawful = {
        **template_rows(_PACK, DAY).row(0, named=True),
        **dict.fromkeys(_MEASURES, 1),
        **dict.fromkeys(_ABSENT, False),
    }
    schema = {
        **dict.fromkeys(lawful, pl.String),
        **dict.fromkeys(_MEASURES, pl.UInt32),
        **dict.fromkeys(_ABSENT, pl.Boolean),
    }
    rows = list(_bent(lawful, _choices(figures), count))
    table = pl.DataFrame(rows, schema=schema).with_row_index("row")
    return screening.prepare(table, _PACK)


def _choices(figures: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    """Return what each field may be bent to."""
    oldest = figures["status_age_days"]
    dates = _DATES | {"status_checked_on": (-1, 0, oldest, oldest + 1)}
    return {
        **dict.fromkeys(_QUESTIONS, ("yes", "no", "unknown", None)),
        **{name: (*map(_day, days), "2025-02-30", None) for name, days in dates.items()},
        **{name: (figures[limit], figures[limit] + 1, None) for name, limit in _MEASURES.items()},
        **dict.fromkeys(_ABSENT, (True, None)),
        "investigation_stage": ("proceeding-preparation", "grand-jury", "removal", None),
        "finality_event": ("appeal-waived", "in-absentia", "granted", None),
        "items": ("last_known_address;telephone", None),
    }


def _day(before: int) -> str:
    return (DAY - timedelta(days=before)).isoformat()


def _bent(
    lawful: Mapping[str, Any], choices: Mapping[str, Sequence[Any]], count: int
) -> Iterator[dict[str, Any]]:
    chance = random.Random(_SEED)  # noqa: S311 - no secret
    names = sorted(choices)
    for _ in range(count):
        fields = chance.sample(names, chance.randint(1, _MOST_BENDS))
        yield {**lawful, **{name: chance.choice(choices[name]) for name in fields}}


def _facts(table: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the facts of each request as a peer reads them: days as numbers, no nulls."""
    days = pl.col(pl.Date).to_physical()
    for row in table.with_columns(days).iter_rows(named=True):
        yield {name: value for name, value in row.items() if value is not None}


def _figures() -> dict[str, Any]:
    """Return the day and the agreement's figures that the rules name."""
    limits = asdict(basis().thresholds)
    return {
        "as_of": (DAY - date(1970, 1, 1)).days,
        "items": ";".join(basis().items),
        "status_age_days": limits["status_age_days"],
        **{limit: limits[limit] for limit in _MEASURES.values()},
    }
