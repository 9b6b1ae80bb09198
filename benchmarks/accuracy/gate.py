"""Our side: the gate's own rooms over one case, from the face of the request to the match."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from benchmarks.accuracy import layout
from portcullis import matching, records, screening
from portcullis.agreements import builtin_pack, load_pack
from portcullis.law.basis import Basis
from portcullis.law.element import MET
from portcullis.law.usc26_6103_b_6 import TIN_LEGIBLE

SIDE = "Portcullis"
ROUTES = ("tin", "name-address")
_KEY_BYTES = 32


@dataclass(frozen=True)
class Found:
    """What the gate found: ``matches``, one row a request that passed its screening.

    Columns: ``request_id``, ``tin`` and those of ``matching.MATCH``. No taxable periods are asked
    for, so that nobody is withheld for the period.
    """

    matches: pl.DataFrame

    def answers(self) -> pl.DataFrame:
        """Return whom the gate would release, and what it refers to a person."""
        return layout.answers(
            self.matches,
            taxpayer_id=pl.when(pl.col("result") == "one").then("taxpayer_id"),
            referred=pl.col("near_miss"),
        )


def run(case: layout.Case, scratch: Path) -> Found:
    """Index the records of ``case`` in ``scratch`` and match its requests."""
    key = secrets.token_bytes(_KEY_BYTES)
    records.build_index(case.folder, scratch, key, announce=lambda _: None)
    last = case.addresses()["processed_on"].max()
    day = (last if isinstance(last, date) else date.min) + timedelta(days=1)
    pack = load_pack(builtin_pack())
    basis = Basis.from_pack(pack, day)
    prepared = screening.prepare(case.requests(), pack, ("a_absent", "n_absent", "tin_digits"))
    # As screening judges a request on its face: all others are returned, and nobody looks.
    passed = prepared.with_row_index("row").filter(
        ~pl.col("a_absent"), ~pl.col("n_absent"), TIN_LEGIBLE.test(basis) == MET
    )
    with records.open_index(scratch, key) as index:
        found = matching.match(passed, index, basis)
    known = passed.select("row", "request_id", "tin")
    return Found(known.join(found, on="row", validate="1:1", maintain_order="left"))
