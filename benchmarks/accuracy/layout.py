"""The one layout of a set of requests with its records and its truth, and of a side's answers."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

TAXPAYER, ADDRESS = "taxpayer.parquet", "address_of_record.parquet"
REQUESTS, TRUTH = "requests.parquet", "truth.parquet"

NAME = ("given_name", "middle_name", "family_name", "suffix")
REQUEST: dict[str, pl.DataType] = {
    name: pl.String()
    for name in (
        "request_id", "tin", *NAME, "address_line1", "address_line2", "city", "state", "zip",
    )
}  # fmt: skip
KNOWN: dict[str, pl.DataType] = {
    "request_id": pl.String(),
    "taxpayer_id": pl.String(),
    "case": pl.String(),
    "lawful": pl.Boolean(),
    "clean": pl.Boolean(),
}
"""What is known of a request.

``taxpayer_id``: whom it is about, null for somebody of whom there is no record. ``lawful``: it is
about a person of the records and the address it means is one of that person's addresses of record.
``clean``: lawful, and written without a slip. ``case``: what sort of request it is.
"""
ANSWER: dict[str, pl.DataType] = {
    "request_id": pl.String(),
    "taxpayer_id": pl.String(),
    "route": pl.String(),
    "referred": pl.Boolean(),
}
"""What a side says: whose address it would release, by which route, or that a person shall look.

A request without a row is one about which it says nothing.
"""


@dataclass(frozen=True)
class Case:
    """One folder of requests: its set, the seed it was drawn with, the level of its noise."""

    set: str
    seed: int
    level: int
    folder: Path

    @property
    def name(self) -> str:
        """What the case is called in results."""
        return f"{self.set}, seed {self.seed}, noise x{self.level}"

    def requests(self) -> pl.DataFrame:
        """Return the requests, in the columns of ``REQUEST``."""
        return pl.read_parquet(self.folder / REQUESTS).select(
            pl.col(name).cast(kind) for name, kind in REQUEST.items()
        )

    def taxpayers(self) -> pl.DataFrame:
        """Return the holder's taxpayers."""
        return pl.read_parquet(self.folder / TAXPAYER)

    def addresses(self) -> pl.DataFrame:
        """Return the holder's addresses of record."""
        return pl.read_parquet(self.folder / ADDRESS)

    def truth(self) -> pl.DataFrame:
        """Return what is known of each request, in the columns of ``KNOWN``."""
        return pl.read_parquet(self.folder / TRUTH).select(*KNOWN)


def answers(frame: pl.DataFrame, **constants: pl.Expr) -> pl.DataFrame:
    """Return ``frame`` with ``constants`` in the columns of ``ANSWER``."""
    return frame.with_columns(**constants).select(
        pl.col(name).cast(kind) for name, kind in ANSWER.items()
    )


def mark_clean(folder: Path, slips: Collection[str]) -> None:
    """Add ``clean`` to the truth of a set that has only ``case``: false for the cases ``slips``."""
    truth = pl.read_parquet(folder / TRUTH)
    clean = pl.col("lawful") & ~pl.col("case").is_in(list(slips))
    truth.with_columns(clean.alias("clean")).write_parquet(folder / TRUTH)


def write(folder: Path, files: dict[str, pl.DataFrame]) -> None:
    """Write the four files; the truth last, so that a part-made folder is made again."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (TAXPAYER, ADDRESS, REQUESTS, TRUTH):
        files[name].write_parquet(folder / name)
