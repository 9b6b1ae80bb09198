"""What every report is made of: the ledger's entries by a day, and what the accounting says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from portcullis.oversight.reports.document import Check, Source
from portcullis.release import RETURNED, public_answer

Told = Sequence[tuple[int, Mapping[str, Any]]]
"""Entries of one kind: position and body, rising."""

BATCH, HISTORY, REFUSED = "batch", "history", "refused"
PENDING, QUARANTINED, REFUSED_WHOLE = "pending", "quarantined", "refused-whole"
IMPORTED, LOST = "imported", "lost"


def answer_of(outcome: str) -> str:
    """Return the public answer to a request of that outcome; the outcome itself where none was."""
    if outcome in {PENDING, IMPORTED, LOST}:
        return outcome
    return RETURNED if outcome in {QUARANTINED, REFUSED_WHOLE} else public_answer(outcome)


REQUESTS = pl.Schema(
    {
        "kind": pl.String,
        "source": pl.String,
        "received_on": pl.Date,
        "answered_on": pl.Date,
        "statute": pl.String,
        "outcome": pl.String,
        "count": pl.Int64,
    }
)
"""Requests, counted. ``kind`` and ``source``: BATCH, HISTORY or REFUSED, and its id. ``outcome``:
the office's, or PENDING, QUARANTINED, REFUSED_WHOLE, IMPORTED, or LOST where two people accepted
that a restored home has no more of it. ``answered_on`` is null while it is pending, or lost; an
imported request has the day of its disclosure for both days, a row of an imported file that could
not be read the day of its import."""

INSTANCES = pl.Schema(
    {
        "kind": pl.String,
        "source": pl.String,
        "row": pl.UInt32,
        "officer": pl.String,
        "taxpayer": pl.String,
        "package": pl.String,
        "statute": pl.String,
        "on": pl.Date,
        "position": pl.Int64,
    }
)
"""Disclosure instances: one request's answer made available to one officer, at the ledger entry
``position``. Imported ones have neither officer, package nor entry; ``taxpayer`` is null where the
records were not asked whose it is, or did not say, and of the source LOST."""

ELEMENTS = pl.Schema(
    {
        "source": pl.String,
        "answered_on": pl.Date,
        "element": pl.String,
        "outcome": pl.String,
        "count": pl.Int64,
    }
)
"""How often an element kept a request of an answered batch from passing, and its outcome."""

ROUTES = pl.Schema(
    {
        "source": pl.String,
        "answered_on": pl.Date,
        "route": pl.String,
        "outcome": pl.String,
        "count": pl.Int64,
    }
)
"""By which route the requests of an answered batch led to one taxpayer, and their outcome."""


@dataclass(frozen=True)
class Heading:
    """Whose reports these are: the agreement's title and version, its parties, its authority."""

    agreement: str
    holder: str
    requester: str
    agency: str
    legal_basis: str
    since: date


@dataclass(frozen=True)
class Counted:
    """Everything counted by the end of the day ``by``, from two places that agree (``checks``)."""

    by: date
    heading: Heading
    source: Source
    entries: Mapping[str, Told]
    requests: pl.DataFrame
    instances: pl.DataFrame
    elements: pl.DataFrame
    routes: pl.DataFrame
    checks: tuple[Check, ...]

    def told(self, kind: str) -> Told:
        """Return the entries of ``kind`` by that day."""
        return self.entries.get(kind, ())
