"""A lawful request to bend, one field at a time, and a basis to judge it under."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from portcullis.agreements import FIELDS, builtin_pack, load_pack, template_rows
from portcullis.law import Basis, element, judge
from portcullis.screening import prepare

DAY = date(2025, 8, 7)
PACK = load_pack(builtin_pack())
BASIS = Basis.from_pack(PACK, DAY)

MEASURES: dict[str, Any] = {
    "m_officer_load_max": 1,
    "m_identical_reasons": 1,
    "m_shared_address": 1,
    "m_repeat": 0,
    "m_repeat_cited": False,
    "m_duplicate_investigation": 0,
    "m_batch_halt": False,
    "m_window_volume": 1,
}
MEASURE_SCHEMA = {
    name: pl.Boolean if isinstance(value, bool) else pl.UInt32 for name, value in MEASURES.items()
}
NORMAL = {"a_absent": pl.Boolean, "a_absent_reason": pl.String, "n_absent": pl.Boolean}
SCHEMA = {
    "row": pl.UInt32,
    **dict.fromkeys(FIELDS, pl.String),
    "attested": pl.Boolean,
    **NORMAL,
    **MEASURE_SCHEMA,
}


def lawful(**changes: Any) -> dict[str, Any]:
    """Return a request that meets every element on its face, then bent by ``changes``."""
    request = {
        **template_rows(PACK, DAY).row(0, named=True),
        "row": 0,
        "attested": True,
        "a_absent": False,
        "a_absent_reason": None,
        "n_absent": False,
        **MEASURES,
    }
    unknown = set(changes) - set(SCHEMA)
    assert not unknown, unknown
    return request | changes


def table(requests: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return the requests as a table, rows numbered in order."""
    rows = [{**request, "row": number} for number, request in enumerate(requests)]
    return pl.DataFrame(rows, schema=SCHEMA)


def result(element_id: str, basis: Basis = BASIS, /, **changes: Any) -> int:
    """Return what one element finds of a lawful request bent by ``changes``."""
    frame = prepare(table([lawful(**changes)]))
    return int(judge(frame, [element(element_id)], basis)[element_id][0])


def days_before(days: int) -> str:
    """Return the ISO date so many days before the day of the basis."""
    return (DAY - timedelta(days=days)).isoformat()
