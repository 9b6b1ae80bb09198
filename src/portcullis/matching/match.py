"""The whole of matching: candidates, comparison, routes, last known address."""

from datetime import date
from typing import Protocol

import polars as pl

from portcullis import progress
from portcullis.matching.compare import compare
from portcullis.matching.margin import margins, seen
from portcullis.matching.routes import (
    presume,
    route,
    standing,
    stands,
    summarise,
    unresolved,
)
from portcullis.records import ADDRESS_FORM, NAME_FORM, Index, tin_digits

LINES = ["line1", "line2", "city", "state", "zip"]

MATCH: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "route": pl.String(),
    "result": pl.String(),
    "cause": pl.String(),
    "taxpayer_id": pl.String(),
    "tin_candidates": pl.UInt32(),
    "tin_agreeing": pl.UInt32(),
    "tin_name": pl.String(),
    "tin_address": pl.String(),
    "tin_address_latest": pl.Boolean(),
    "name_address_candidates": pl.UInt32(),
    "name_address_whole": pl.Boolean(),
    "name_address_unique_point": pl.Boolean(),
    "name_address_contradicted": pl.Boolean(),
    "near_miss": pl.Boolean(),
    "margin": pl.UInt32(),
    "runner_up": pl.String(),
    **{f"lka_{line}": pl.String() for line in LINES},
    "lka_found": pl.Boolean(),
    "lka_period": pl.Int16(),
    "protected": pl.Boolean(),
}
"""Columns and types of what ``match`` returns."""


class Basis(Protocol):
    """What matching needs of the basis of a determination: its day."""

    @property
    def as_of(self) -> date:
        """The day as of which the last known address is sought."""
        ...


def match(
    requests: pl.DataFrame, index: Index, basis: Basis, *, show: progress.Show = progress.unseen
) -> pl.DataFrame:
    """Look up every request of ``requests`` and return one row for each, in their order: ``MATCH``.

    ``requests``: ``row``, ``tin``, ``periods`` (List of years) and the ``n_*`` and ``a_*`` normal
    forms; only such as passed their screening (26 U.S.C. 7213A: looking is itself restricted).
    Without the column ``tin`` the agreement has no such field, and nobody is sought by TIN; without
    ``periods`` it asks for no taxable periods, and ``period-not-requested`` is never a cause.
    Every row's answer depends on that row and the index alone.

    ``result``: ``one`` (then ``taxpayer_id`` and ``route``), ``none`` or ``ambiguous``. A match,
    and a near miss, needs a ``margin`` over whoever is closest of all others (``runner_up``, see
    ``margin.margins``); both are null where there would be neither. ``cause``
    (``CAUSES``) is null only where the last known address may be disclosed as far as matching can
    tell; only then are its lines given. ``tin_name`` is the best agreement among the holders of
    the TIN, ``tin_address`` the best over all addresses of record of those whose name agrees, or
    else nearly agrees; both are null where nothing was compared. ``lka_found``: whether there is
    a last known address; null where no one taxpayer was found to have one.
    """
    asked = requests.select(
        _digits(requests).alias("tin"),
        "^periods$",
        *[f"n_{part}" for part in NAME_FORM],
        *[f"a_{part}" for part in ADDRESS_FORM],
    ).with_row_index("row")
    with progress.step(show, "Look for candidates"):
        candidates = index.candidates(asked)
    with progress.step(show, "Compare with candidates", candidates.height, "pairs") as advance:
        compared = compare(asked, candidates, index, basis.as_of, advance)
    summary = summarise(asked, compared)
    alone = unresolved(summary)
    with progress.step(show, "Look for people near"):
        near = index.neighbours(asked.filter(alone | stands(presume(summary))))
    others = near.join(candidates, on=["row", "person"], how="anti", maintain_order="left")
    with progress.step(show, "Compare with people near", others.height, "pairs") as advance:
        compared = pl.concat([compared, compare(asked, others, index, basis.as_of, advance)])
    missed = compared.filter(pl.col("row").is_in(asked["row"].filter(alone).implode()))
    presumed = presume(_with_neighbours(summary, summarise(asked, missed)))
    upheld = seen(standing(presumed), near)
    close = margins(asked, upheld, compared, index, basis.as_of, show=show)
    routed = route(presumed, close)
    return (
        _with_last_known(routed, asked, index, basis.as_of)
        .with_columns(requests["row"])
        .select(*[pl.col(name).cast(kind) for name, kind in MATCH.items()])
    )


def as_of_today(stored: pl.DataFrame) -> pl.DataFrame:
    """Return stored matches with the columns of ``MATCH`` that came after them, empty.

    What was not looked at then is not known now, and what is not known is not met.
    """
    return stored.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in MATCH.items() if name not in stored.columns
    )


def _digits(requests: pl.DataFrame) -> pl.Expr:
    return tin_digits("tin") if "tin" in requests.columns else pl.lit(None, pl.String)


def _with_neighbours(summary: pl.DataFrame, neighbours: pl.DataFrame) -> pl.DataFrame:
    return summary.with_columns(pl.col("near_miss_found") | neighbours["near_miss_found"])


def _with_last_known(
    routed: pl.DataFrame, asked: pl.DataFrame, index: Index, as_of: date
) -> pl.DataFrame:
    """Add the taxpayer and the last known address, or the cause for which it is withheld."""
    persons = routed.filter(pl.col("person").is_not_null()).select("row", "person")
    known = index.last_known(persons.sort("person"), as_of).rename({"taxable_period": "lka_period"})
    one = pl.col("result") == "one"
    judged = (
        routed.with_columns(asked.select("^periods$"))
        .join(known, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.when(one & pl.col("protected"))
            .then(pl.lit("protected"))
            .when(one & pl.col("line1").is_null())
            .then(pl.lit("no-last-known-address"))
            .when(one & _of_another_period(asked))
            .then(pl.lit("period-not-requested"))
            .otherwise("cause")
            .alias("cause"),
            pl.col("protected").fill_null(value=False),
            pl.when(one)
            .then(pl.col("line1").is_not_null() & pl.col("lka_period").is_not_null())
            .alias("lka_found"),
        )
    )
    disclosable = one & pl.col("cause").is_null()
    return judged.with_columns(
        pl.when(disclosable).then(pl.col(line)).alias(f"lka_{line}") for line in LINES
    )


def _of_another_period(asked: pl.DataFrame) -> pl.Expr:
    """Return whether the last known address's period is none that was asked about."""
    if "periods" not in asked.columns:
        return pl.lit(value=False)
    return ~pl.col("periods").list.contains(pl.col("lka_period")).fill_null(value=False)
