"""Which officers a request names, what holds of them, and the Merkle roots of what is asked."""

from dataclasses import dataclass

import polars as pl

from portcullis.ledger import leaf_hashes, root_of_hashes

OFFICERS_SCHEMA = pl.Schema(
    {
        "signed_by": pl.String,
        "officers_employed": pl.Boolean,
        "officers_same_agency": pl.Boolean,
        "engaged": pl.Boolean,
        "sole_use": pl.Boolean,
    }
)


@dataclass(frozen=True)
class Engagement:
    """Who signed a batch, and of which officers (roster ids) what may be said on its day.

    ``signed_by``: the authority the signatory signs under. ``employed``: officers in force, of
    the requesting party. ``same_agency``: those of the signatory's own agency. ``attested``: those
    who validly signed that they are engaged, and that the use is sole.
    """

    signed_by: str
    employed: frozenset[str]
    same_agency: frozenset[str]
    attested: frozenset[str]


def named_officers(taken: pl.DataFrame) -> pl.DataFrame:
    """Return row and officer, one line for each officer a row names (``;`` between), once.

    Under an agreement without the field ``officers`` no row names any.
    """
    if "officers" not in taken.columns:
        return pl.DataFrame(schema={"row": pl.UInt32, "officer": pl.String})
    return (
        taken.select("row", officer=pl.col("officers").str.split(";"))
        .explode("officer", empty_as_null=True)
        .select("row", pl.col("officer").str.strip_chars())
        .filter(pl.col("officer") != "")
        .unique(maintain_order=True)
    )


def with_officers(taken: pl.DataFrame, named: pl.DataFrame, engagement: Engagement) -> pl.DataFrame:
    """Return ``taken`` with the columns of ``OFFICERS_SCHEMA``; ``named``: of ``named_officers``.

    Each Boolean is true where the row names officers and it holds of all of them. The one
    attestation says both that the officer is engaged and that the use is sole.
    """
    attested = _all_among(taken, named, engagement.attested)
    return _with_engaged(taken, named, engagement, attested)


def with_attestations(
    taken: pl.DataFrame, named: pl.DataFrame, engagement: Engagement, attested: pl.DataFrame
) -> pl.DataFrame:
    """Return ``taken`` as ``with_officers`` does, where each row has attestations of its own.

    ``attested``: row and officer, one line for each officer who attested for that row; whom
    ``engagement`` has as attested is not asked.
    """
    without = named.join(attested, on=["row", "officer"], how="anti")["row"]
    return _with_engaged(taken, named, engagement, _named_but(taken, named, without))


def _with_engaged(
    taken: pl.DataFrame, named: pl.DataFrame, engagement: Engagement, engaged: pl.Series
) -> pl.DataFrame:
    return taken.with_columns(
        pl.lit(engagement.signed_by).alias("signed_by"),
        _all_among(taken, named, engagement.employed).alias("officers_employed"),
        _all_among(taken, named, engagement.same_agency).alias("officers_same_agency"),
        engaged.alias("engaged"),
        engaged.alias("sole_use"),
    )


def _all_among(taken: pl.DataFrame, named: pl.DataFrame, officers: frozenset[str]) -> pl.Series:
    """Say of each row whether it names officers, and all of them are among ``officers``."""
    known = pl.Series(sorted(officers), dtype=pl.String).implode()
    return _named_but(taken, named, named.filter(~pl.col("officer").is_in(known))["row"])


def _named_but(taken: pl.DataFrame, named: pl.DataFrame, without: pl.Series) -> pl.Series:
    """Say of each row whether it names officers, and is none of the rows ``without``."""
    rows = taken["row"]
    return rows.is_in(named["row"].implode()) & ~rows.is_in(without.implode())


@dataclass(frozen=True)
class Share:
    """What one officer is named in: how many requests, and the RFC 6962 root of their hashes."""

    id: str
    count: int
    root: str


class Roots:
    """Gathers request hashes in row order, and at the end gives the roots (hex)."""

    def __init__(self) -> None:
        self._leaves: list[bytes] = []
        self._named: list[pl.DataFrame] = []

    def add(self, taken: pl.DataFrame, named: pl.DataFrame) -> None:
        """Add the next rows, with what ``named_officers`` says of them."""
        self._leaves += leaf_hashes(taken["request_hash"].to_list())
        self._named.append(named)

    def all(self) -> str:
        """Return the root over all requests."""
        return root_of_hashes(self._leaves).hex()

    def by_officer(self) -> list[Share]:
        """Return each officer's share, sorted by identifier."""
        named = pl.concat(self._named).sort("officer", "row")
        rows = named["row"].to_list()
        shares = []
        for officer, start, count in (
            named.with_row_index("start")
            .group_by("officer", maintain_order=True)
            .agg(pl.col("start").first(), pl.len())
            .iter_rows()
        ):
            hashes = [self._leaves[row] for row in rows[start : start + count]]
            shares.append(Share(officer, count, root_of_hashes(hashes).hex()))
        return shares
