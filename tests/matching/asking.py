"""Requests for tests of matching: plain dictionaries brought to normal form."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from portcullis import addresses, names

FIELDS = [
    "given_name", "middle_name", "family_name", "suffix", "tin", "address_line1",
    "address_line2", "city", "state", "zip",
]  # fmt: skip


@dataclass(frozen=True)
class Basis:
    as_of: date = date(2026, 1, 2)


def request(name: str, tin: str | None, line1: str | None = "12 Oak St", **fields: object) -> dict:
    """``name`` is ``Given|Middle|Family|Suffix``, the last ones optional."""
    given, middle, family, suffix = (*name.split("|"), "", "", "")[:4]
    return {
        "given_name": given or None, "middle_name": middle or None, "family_name": family or None,
        "suffix": suffix or None, "tin": tin, "address_line1": line1, "address_line2": None,
        "city": "Springfield", "state": "IL", "zip": "62701", "periods": [2020, 2021, 2022],
        **fields,
    }  # fmt: skip


def frame(requests: list[dict]) -> pl.DataFrame:
    schema = {
        "row": pl.UInt32(),
        **dict.fromkeys(FIELDS, pl.String()),
        "periods": pl.List(pl.Int16()),
    }
    rows = [{"row": row, **each} for row, each in enumerate(requests)]
    return names.normalise(addresses.normalise(pl.DataFrame(rows, schema=schema)))
