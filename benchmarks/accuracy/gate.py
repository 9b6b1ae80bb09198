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
from portcullis.matching.compare import compare

SIDE = "Portcullis"
ROUTES = ("tin", "name-address")
_KEY_BYTES = 32


@dataclass(frozen=True)
class Found:
    """What the gate found.

    ``matches``: one row a request that passed its screening: ``request_id``, ``tin`` and the
    columns of ``matching.MATCH``. No taxable periods are asked for, so that nobody is withheld for
    the period. ``pairs``: each of these beside each of its candidates, ``request_id``,
    ``taxpayer_id`` and how far they agree (``matching.compare``).
    """

    matches: pl.DataFrame
    pairs: pl.DataFrame

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
    records.build_index(case.folder, scratch, key)
    last = case.addresses()["processed_on"].max()
    day = (last if isinstance(last, date) else date.min) + timedelta(days=1)
    pack = load_pack(builtin_pack())
    basis = Basis.from_pack(pack, day)
    prepared = screening.prepare(case.requests(), pack, ("a_absent", "n_absent", "tin_digits"))
    # As screening judges a request on its face: all others are returned, and nobody looks.
    passed = prepared.filter(
        ~pl.col("a_absent"), ~pl.col("n_absent"), TIN_LEGIBLE.test(basis) == MET
    ).with_row_index("row")
    with records.open_index(scratch, key) as index:
        found = matching.match(passed, index, basis)
        pairs = _pairs(passed, index, day)
    known = passed.select("row", "request_id")
    return Found(
        passed.select("row", "request_id", "tin").join(
            found, on="row", validate="1:1", maintain_order="left"
        ),
        known.join(pairs, on="row").drop("row"),
    )


def _pairs(passed: pl.DataFrame, index: records.Index, day: date) -> pl.DataFrame:
    """Return the candidates of each request beside it, compared as matching compares them."""
    asked = passed.with_columns(pl.col("tin_digits").alias("tin"))
    compared = compare(asked, index.candidates(asked), index, day, lambda _pairs: None)
    persons = compared.select("person").unique().sort("person").with_row_index("row")
    known = index.last_known(persons, day).select("row", "taxpayer_id")
    named = persons.join(known, on="row").drop("row")
    return compared.join(named, on="person").drop("person")
