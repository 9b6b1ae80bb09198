"""Batches of requests about different people, whole, with real normal forms."""

from datetime import timedelta

import polars as pl

from portcullis.agreements import template_rows
from portcullis.screening import measure, prepare
from tests.law.cases import BASIS, DAY, PACK

KEY = b"a key of the window, for testing"

SIGNED = {
    "signed_by": pl.lit("agency-head"),
    "officers_employed": pl.lit(value=True),
    "officers_same_agency": pl.lit(value=True),
    "engaged": pl.lit(value=True),
    "sole_use": pl.lit(value=True),
}

STREETS = ("Maple Ave", "Oak St", "Second St", "Washington Blvd", "Lake Rd", "Cedar Ln")
GIVEN = ("Ana", "Luis", "Mei", "Ahmed", "Olga", "Jean", "Rosa")
FAMILY = ("Ramirez", "Chen", "Okafor", "Petrov", "Silva", "Nguyen", "Haddad", "Kowalski")


def request(number: int, **changes: str | None) -> dict[str, str | None]:
    """Return a lawful request about person ``number``, then bent by ``changes``."""
    template = template_rows(PACK, DAY).row(0, named=True)
    own = {
        "request_id": f"R-{number}",
        "given_name": GIVEN[number % 7],
        "family_name": f"{FAMILY[number % 8]}{'abcdefghij'[number // 8 % 10]}",
        "tin": f"9{10_000_000 + number}",
        "address_line1": f"{100 + number} {STREETS[number % 6]}",
        "address_line2": None,
        "reason": f"{template['reason']} The visit of {DAY - timedelta(days=number % 50)} is noted "
        f"in the file of person {number}.",
        "investigation_id": f"INV-{number + 1}",
        "order_number": f"A{200_000_000 + number}",
        "officers": f"officer-{number // 20}",
    }
    unknown = set(changes) - set(PACK.fields)
    assert not unknown, unknown
    return template | own | changes


def table(requests, first: int = 0) -> pl.DataFrame:
    """Return the requests prepared, numbered from ``first``, all lawfully signed for."""
    frame = pl.DataFrame(list(requests), schema=dict.fromkeys(PACK.fields, pl.String))
    rows = pl.int_range(first, first + pl.len(), dtype=pl.UInt32).alias("row")
    return prepare(frame.select(rows, pl.all()).with_columns(**SIGNED), PACK)


def measured(requests, window=None, *, batch_id="B-1", on=DAY, basis=BASIS):
    """Measure a batch given as requests."""
    return measure([table(requests)], window, KEY, basis, on, batch_id=batch_id)
