"""The holder's records as Spark reads them: a folder of Parquet files, or tables of a catalogue."""

from pathlib import Path
from typing import TYPE_CHECKING

from portcullis.errors import Misuse
from portcullis.records.sources import TABLES, no_table, parquet_paths, require_columns, unreadable
from portcullis.records.spark.session import spark_errors

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CATALOGUE = "spark://"


def read_tables(spark: "SparkSession", source: str) -> dict[str, "DataFrame"]:
    """Return the two tables of ``source`` with the schema's columns, as the holder wrote them.

    ``source``: a folder of Parquet files on this machine; the address of one that Spark reads
    (``hdfs://...``), with a folder ``taxpayer`` and ``address_of_record`` in it; or
    ``spark://catalog.schema``, whose tables have those names.

    Raises Misuse where a table or a column is missing, or a file cannot be read.
    """
    found = {}
    for table, schema in TABLES.items():
        frame = _read(spark, source, table)
        require_columns(table, frame.columns)
        found[table] = frame.select(*schema)
    return found


def _read(spark: "SparkSession", source: str, table: str) -> "DataFrame":
    from pyspark.errors import AnalysisException  # noqa: PLC0415 - only who has Spark needs it

    try:
        if source.startswith(CATALOGUE):
            return spark.table(f"{source.removeprefix(CATALOGUE)}.{table}")
        if "://" in source:
            return spark.read.parquet(f"{source.rstrip('/')}/{table}")
        if not Path(source).is_dir():
            raise Misuse(
                f"There are no records for Spark at {Path(source).name}.",
                "Name a folder with taxpayer and address_of_record Parquet files, or tables of a "
                f"catalogue as {CATALOGUE}catalog.schema.",
            )
        return spark.read.parquet(*[str(path) for path in parquet_paths(Path(source), table)])
    except AnalysisException:
        raise no_table(table) from None
    except spark_errors():
        raise unreadable(table) from None
