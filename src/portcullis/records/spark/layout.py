"""An index's tables as one folder of Parquet: a row of it is a row of one table, told by ``table``.

Parquet keeps columns apart, so those that a table does not have cost nothing. One pass writes all
tables, and Spark reads only the sub-folder of the table that a look-up asks for.
"""

from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from portcullis.records import blocks
from portcullis.records.sql import signed

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

BUILT, REFUSED = "built", "refused"
OWN = {
    BUILT: {
        "block": pl.Int32(),
        "digest": pl.Binary(),
        "taxpayers": pl.Int64(),
        "addresses": pl.Int64(),
        "places": pl.Int64(),
        **{f"rows_{table}": pl.Int64() for table in blocks.TABLES},
    },
    REFUSED: {"block": pl.Int32(), "message": pl.String(), "remedy": pl.String()},
}
"""Beside the index's own tables: what each block came to, or why it could not be made."""

_TYPES: dict[pl.DataType, tuple[str, pa.DataType]] = {
    pl.String(): ("string", pa.string()),
    pl.Binary(): ("binary", pa.binary()),
    pl.Boolean(): ("boolean", pa.bool_()),
    pl.Date(): ("date", pa.date32()),
    pl.Int16(): ("smallint", pa.int16()),
    pl.Int32(): ("int", pa.int32()),
    pl.Int64(): ("bigint", pa.int64()),
}


def tables() -> dict[str, dict[str, pl.DataType]]:
    """Return each table's columns in the types that Spark has."""
    made = {
        table: dict(signed(pl.DataFrame(schema=schema)).schema)
        for table, schema in blocks.schemas().items()
    }
    return {**made, **OWN}


def columns() -> dict[str, pl.DataType]:
    """Return the columns of a row of the folder: ``table``, and those of all tables."""
    merged: dict[str, pl.DataType] = {"table": pl.String()}
    for schema in tables().values():
        merged.update(schema)
    return merged


def ddl(schema: dict[str, pl.DataType]) -> str:
    """Return ``schema`` as Spark writes one."""
    return ", ".join(f"`{name}` {_TYPES[kind][0]}" for name, kind in schema.items())


def arrow(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pa.Table:
    """Return ``frame`` in Arrow's types for ``schema``; columns that it lacks are null."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in frame]
    whole = frame.with_columns(missing).select(
        pl.col(name).cast(kind) for name, kind in schema.items()
    )
    types = pa.schema([(name, _TYPES[kind][1]) for name, kind in schema.items()])
    table: pa.Table = whole.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(types)
    return table


def read(spark: "SparkSession", place: str) -> dict[str, "DataFrame"]:
    """Return the tables of the folder ``place``."""
    rows = spark.read.schema(ddl(columns())).parquet(place)
    return {
        table: rows.where(rows["table"] == table).select(*schema)
        for table, schema in tables().items()
    }


def count(spark: "SparkSession", place: str) -> dict[str, int]:
    """Return how many rows of each of the index's tables are in the folder ``place``."""
    rows = spark.read.schema(ddl(columns())).parquet(place)
    found = {row["table"]: row["count"] for row in rows.groupBy("table").count().collect()}
    return {table: found.get(table, 0) for table in blocks.TABLES}


def remove(spark: "SparkSession", place: str) -> bool:
    """Remove the folder ``place``, on whatever file system it is; return whether it is gone."""
    context: Any = spark.sparkContext
    path = context._jvm.org.apache.hadoop.fs.Path(place)
    files = path.getFileSystem(context._jsc.hadoopConfiguration())
    return bool(files.delete(path, True) or not files.exists(path))
