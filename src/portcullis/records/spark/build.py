"""An index built by Spark: each block of the records made by a worker, written as Parquet.

The same function makes the same blocks as on any other engine. Two passes over the records: the
first, over the taxpayer_ids alone, finds where blocks begin; the second brings each block's rows
together and writes what is made of them.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from portcullis import progress
from portcullis.errors import Misuse
from portcullis.records import blocks
from portcullis.records.sources import TABLES, tidied, unreadable
from portcullis.records.spark import layout
from portcullis.records.spark.session import spark_errors, spark_session
from portcullis.records.spark.source import read_tables
from portcullis.records.sql import signed
from portcullis.records.versions import Segment, rules, segment_digest

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_UNREADABLE = "portcullis cannot read the table "
_ROW_BITS = 33
"""Bits of ``monotonically_increasing_id`` for the row; those above are the partition's."""


def write(
    spark: "SparkSession", source: str, place: str, name: str, show: progress.Show
) -> Segment:
    """Index ``source`` in the new folder ``place``, whole or not at all; return what it holds.

    ``name``: of the version.

    Raises Misuse where the records cannot be read or are doubtful, or Spark fails.
    """
    try:
        return _write(spark, read_tables(spark, source), place, name, show)
    except BaseException as error:
        layout.remove(spark, place)
        if isinstance(error, spark_errors()):
            raise _told(str(error)) from None
        raise


def remove(place: str, spill: Path) -> None:
    """Remove the folder ``place`` that a build left, where it is; ``spill``: for a Spark to start.

    Raises Misuse where Spark is needed to reach it, and cannot.
    """
    scheme, _, path = place.partition("://")
    if scheme == "file":
        shutil.rmtree(path, ignore_errors=True)
        removed = not Path(path).exists()
    else:
        with spark_session(spill) as spark:
            try:
                removed = layout.remove(spark, place)
            except spark_errors():
                removed = False
    if not removed:
        raise Misuse(
            "What a build left where Spark keeps indexes cannot be removed.",
            "See that the folder can be reached and written.",
        )


def _write(
    spark: "SparkSession",
    tables: dict[str, "DataFrame"],
    place: str,
    name: str,
    show: progress.Show,
) -> Segment:
    rows = sum(frame.count() for frame in tables.values())
    with progress.step(show, "Indexing the records", rows, "rows") as advance:
        size = blocks.BLOCK_TAXPAYERS
        starts = _block_starts(tables["taxpayer"], size)
        people, addresses = (
            frame.mapInArrow(
                _Cut(table, starts), layout.ddl({"block": pl.Int32(), **TABLES[table]})
            ).groupBy("block")
            for table, frame in tables.items()
        )
        made = people.cogroup(addresses).applyInArrow(
            _make(size, rules()), layout.ddl(layout.columns())
        )
        if rows == 0:
            made = spark.createDataFrame(_nobody(size))
        made.write.partitionBy("table").parquet(place)
        advance(rows)
    return _segment(layout.read(spark, place), name, size)


def _block_starts(people: "DataFrame", size: int) -> list[str]:
    """Return the first taxpayer_id of each block of ``size`` taxpayers but the first."""
    from pyspark.sql import functions  # noqa: PLC0415

    column = "taxpayer_id"
    identifiers = people.select(column).mapInArrow(_Cut("taxpayer", None), f"{column} string")
    # The number of a row says its partition and its place there; partitions follow in order.
    ordered = (
        identifiers.where(f"{column} IS NOT NULL")
        .distinct()
        .orderBy(column)
        .select(column, functions.monotonically_increasing_id().alias("at"))
        .persist()
    )
    try:
        part = functions.shiftright("at", _ROW_BITS).alias("part")
        counts = sorted(
            (row["part"], row["count"]) for row in ordered.groupBy(part).count().collect()
        )
        wanted, before = [], 0
        for number, count in counts:
            first = -(-max(before, 1) // size) * size  # the first start of a block at or after it
            wanted += [
                (number << _ROW_BITS) + rank - before for rank in range(first, before + count, size)
            ]
            before += count
        starts = ordered.where(functions.col("at").isin(wanted)).select(column).collect()
        return sorted(row[column] for row in starts)
    finally:
        ordered.unpersist()


@dataclass(frozen=True)
class _Cut:
    """In a worker: rows of ``table`` in the schema's form, each with the number of its block.

    ``starts``: the first taxpayer_id of each block but the first; None to leave the number out.
    """

    table: str
    starts: list[str] | None

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            try:
                frame = tidied(pl.DataFrame(pl.from_arrow(batch)), self.table)
            except pl.exceptions.PolarsError:
                raise ValueError(_UNREADABLE + self.table) from None  # the reason quotes a value
            schema = {name: TABLES[self.table][name] for name in frame.columns}
            if self.starts is not None:
                starts = pl.Series(self.starts, dtype=pl.String)
                block = starts.search_sorted(frame["taxpayer_id"].fill_null(""), side="right")
                frame = frame.with_columns(block=block.cast(pl.Int32))
                schema = {"block": pl.Int32(), **schema}
            yield from layout.arrow(frame, schema).to_batches()


def _nobody(size: int) -> pa.Table:
    """Return the one block that records of nobody are."""
    empty = [
        layout.arrow(pl.DataFrame(schema=schema), {"block": pl.Int32(), **schema})
        for schema in TABLES.values()
    ]
    return _make(size, rules())((pa.scalar(0),), *empty)


def _make(
    size: int, under: dict[str, Any]
) -> Callable[[tuple[pa.Scalar, ...], pa.Table, pa.Table], pa.Table]:
    """Return the worker's function: the rows of a block of ``size`` taxpayers to the index's.

    ``under``: the rules here. A worker with others, or whose Polars hashes otherwise, refuses: the
    keys that it made would find nobody.
    """

    def make(key: tuple[pa.Scalar, ...], people: pa.Table, addresses: pa.Table) -> pa.Table:
        number = int(key[0].as_py())
        rows = [pl.DataFrame(pl.from_arrow(table)).drop("block") for table in (people, addresses)]
        tables = [
            signed(frame).with_columns(pl.lit(table).alias("table"))
            for table, frame in _tables(number, size, under, *rows).items()
        ]
        return layout.arrow(pl.concat(tables, how="diagonal_relaxed"), layout.columns())

    return make


def _require_rules(under: dict[str, Any]) -> None:
    if under != rules():
        raise Misuse(
            "A worker of Spark has another version of Portcullis or of its requirements.",
            "Install there what is installed here (requirements/), and index again.",
        )


def _tables(
    number: int,
    size: int,
    under: dict[str, Any],
    people: pl.DataFrame,
    addresses: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """Return what is made of the block ``number``: its tables and counts, or why it is refused."""
    try:
        _require_rules(under)
        block = blocks.make_block(
            people,
            addresses,
            blocks.nobody_known(),
            first_person=number * size,
        )
    except Misuse as refused:
        why = {"block": number, "message": refused.message, "remedy": refused.remedy}
        return {layout.REFUSED: pl.DataFrame([why])}
    built = {
        "block": number, "digest": block.digest, "taxpayers": block.taxpayers,
        "addresses": block.addresses, "places": block.places,
        **{f"rows_{table}": frame.height for table, frame in block.tables.items()},
    }  # fmt: skip
    return {**block.tables, layout.BUILT: pl.DataFrame([built])}


def _segment(tables: dict[str, "DataFrame"], name: str, size: int) -> Segment:
    """Return what was written; raise Misuse where a block could not be made."""
    refused = tables[layout.REFUSED].orderBy("block").first()
    if refused is not None:
        raise Misuse(refused["message"], refused["remedy"])
    built = pl.DataFrame(pl.from_arrow(tables[layout.BUILT].orderBy("block").toArrow()))
    if not built["taxpayers"].head(-1).eq(size).all():
        raise Misuse(
            "The records changed while Spark read them.", "Index them again when they stand still."
        )
    taxpayers, addresses, places = (
        int(built[column].sum()) for column in ("taxpayers", "addresses", "places")
    )
    digest = segment_digest(built["digest"].to_list())
    held = {table: int(built[f"rows_{table}"].sum()) for table in blocks.TABLES}
    return Segment(name, digest, taxpayers, addresses, taxpayers, places, held)


def _told(text: str) -> Misuse:
    """Return the error to raise in place of Spark's, whose ``text`` goes no further."""
    for table in TABLES:
        if _UNREADABLE + table in text:
            return unreadable(table)
    if "FAILED_READ_FILE" in text or "parquet" in text.lower():
        return Misuse(
            "A file of the records cannot be read: it is cut, or no Parquet.", "Write it again."
        )
    return Misuse(
        "Spark could not build the index.",
        "See that its workers have Portcullis installed, room on their disks and memory for a "
        "block; its own log says more.",
    )
