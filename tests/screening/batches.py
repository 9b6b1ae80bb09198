"""Batches of requests about different people, whole, with real normal forms."""

from datetime import timedelta

import polars as pl

from portcullis.agreements import FIELDS, template_rows
from portcullis.screening import measure
from tests.law.cases import BASIS, DAY, PACK

KEY = b"a key of the window, for testing"

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
    unknown = set(changes) - set(FIELDS)
    assert not unknown, unknown
    return template | own | changes


def table(requests, first: int = 0) -> pl.DataFrame:
    """Return the requests as intake hands them on, numbered from ``first``, all attested."""
    frame = pl.DataFrame(list(requests), schema=dict.fromkeys(FIELDS, pl.String))
    rows = pl.int_range(first, first + pl.len(), dtype=pl.UInt32).alias("row")
    return frame.select(rows, pl.all()).with_columns(pl.lit(value=True).alias("attested"))


def measured(requests, window=None, *, batch_id="B-1", on=DAY, basis=BASIS):
    """Measure a batch given as requests."""
    return measure([table(requests)], window, KEY, basis, on, batch_id=batch_id)
