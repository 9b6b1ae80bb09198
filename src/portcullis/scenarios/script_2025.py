"""The script of 2025, made again from the published facts, to compare with: never a way out.

What is known of it (court rulings, the Romo declaration, press): the address was checked only for
blankness and for five or nine digits anywhere in its text; then, on one of two mutually
exclusive paths, TIN and name had to be equal, or without a TIN name and address. On the first
path the address was compared with nothing. Nothing else was tested. How names were compared is
not known: here given and family name in capitals, letter for letter.
"""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from portcullis.scenarios.batch_file import Batch
from portcullis.scenarios.population import ADDRESSES, TAXPAYERS

RECIPIENT = "Immigration and Customs Enforcement"

_READ = ("request_id", "given_name", "family_name", "tin", "address_line1", "address_line2", "city",
         "state", "zip")  # fmt: skip

_RELEASES = """
with passed as (
    select source_row, upper(given_name) as given, upper(family_name) as family,
           replace(tin, '-', '') as tin, upper(address_line1) as line1, left(zip, 5) as zip5
    from requests
    where regexp_matches(
        concat_ws(' ', address_line1, address_line2, city, state, zip), '[0-9]{5}|[0-9]{9}')
), by_tin as (
    select distinct p.source_row from passed p
    join taxpayer t on t.tin = p.tin
        and upper(t.given_name) = p.given and upper(t.family_name) = p.family
), at_address as (
    select p.source_row, p.given, p.family, a.taxpayer_id from passed p
    join address_of_record a on upper(a.line1) = p.line1 and left(a.zip, 5) = p.zip5
    where p.tin is null
), by_name_and_address as (
    select distinct p.source_row from at_address p
    join taxpayer t on t.taxpayer_id = p.taxpayer_id
        and upper(t.given_name) = p.given and upper(t.family_name) = p.family
)
select source_row, 'tin' as route from by_tin
union all select source_row, 'name-address' from by_name_and_address
order by source_row
"""


def run_script_2025(batch: Path, records: Path) -> pl.DataFrame:
    """Return what the script would have released.

    Columns: ``source_row`` (from 1), ``request_id``, ``route`` (``tin`` or ``name-address``).

    ``batch`` is a CSV file of requests, ``records`` the folder of the holder's tables. Rows that
    cannot be read are read as far as they can.
    """
    requests = _read(batch)
    with duckdb.connect() as engine:
        engine.execute("set enable_progress_bar = false")
        for name in (TAXPAYERS, ADDRESSES):
            engine.from_parquet(str(records / name)).create_view(name.removesuffix(".parquet"))
        engine.register("requests", requests.to_arrow())
        released = engine.execute(_RELEASES).pl()
    ids = requests.select("source_row", "request_id")
    return released.with_columns(pl.col("source_row").cast(pl.UInt32)).join(
        ids, on="source_row", how="left", maintain_order="left"
    ).select("source_row", "request_id", "route")  # fmt: skip


def write_disclosures(batch: Batch, released: pl.DataFrame, day: date, path: Path) -> Path:
    """Write what the script released as a file of disclosures, with the requests they answered.

    ``released``: as ``run_script_2025`` returns it; ``day``: the day they are dated. A file for
    ``portcullis history import``.
    """
    signing = pl.Series(batch.signing, dtype=pl.String).implode()
    officers = pl.col("officers").str.split(";")
    attested = (officers.list.set_difference(signing).list.len() == 0).fill_null(value=False)
    sworn = pl.when(attested).then(pl.lit("yes")).otherwise(pl.lit("no"))
    rows = (
        pl.scan_csv(batch.path, infer_schema=False, truncate_ragged_lines=True,
                    encoding="utf8-lossy")
        .with_row_index("source_row", offset=1)
        .join(released.lazy().select("source_row"), on="source_row", how="semi")
        .select(
            pl.all().exclude("source_row"),
            pl.lit(day.isoformat()).alias("disclosed_on"),
            pl.lit(RECIPIENT).alias("disclosed_to"),
            pl.lit("agency-head").alias("signed_by"),
            pl.lit("yes").alias("officers_employed"),
            pl.lit("no").alias("officers_same_agency"),
            sworn.alias("engaged"),
            sworn.alias("sole_use"),
        )
    )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.collect().write_csv(path)
    return path


def _read(batch: Path) -> pl.DataFrame:
    return (
        pl.scan_csv(batch, infer_schema=False, truncate_ragged_lines=True, encoding="utf8-lossy")
        .select(_READ)
        .with_row_index("source_row", offset=1)
        .collect()
    )
