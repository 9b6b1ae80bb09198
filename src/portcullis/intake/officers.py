"""Which officers a request names, and the Merkle roots over what all and each of them ask."""

from dataclasses import dataclass

import polars as pl

from portcullis.ledger import leaf_hashes, root_of_hashes


def named_officers(taken: pl.DataFrame) -> pl.DataFrame:
    """Return row and officer, one line for each officer a row names (``;`` between), once."""
    return (
        taken.select("row", officer=pl.col("officers").str.split(";"))
        .explode("officer", empty_as_null=True)
        .select("row", pl.col("officer").str.strip_chars())
        .filter(pl.col("officer") != "")
        .unique(maintain_order=True)
    )


def is_attested(taken: pl.DataFrame, named: pl.DataFrame, attested: frozenset[str]) -> pl.Series:
    """Say of each row whether it names officers, and all of them are among ``attested``."""
    known = pl.Series(sorted(attested), dtype=pl.String).implode()
    without = named.filter(~pl.col("officer").is_in(known))["row"]
    rows = taken["row"]
    return (rows.is_in(named["row"].implode()) & ~rows.is_in(without.implode())).alias("attested")


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
