"""Look-ups in an index that Spark holds: the few asked for are sent to every worker, and joined."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from portcullis.errors import Misuse
from portcullis.records.spark import layout
from portcullis.records.spark.session import enter_session, spark_errors
from portcullis.records.sql import SqlIndex, signed
from portcullis.records.versions import Segment, Version, segment_digest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def open_version(version: Version, place: str, spill: Path) -> SqlIndex:
    """Open ``version``, whose tables are in the folder ``place``.

    Raises Misuse where Spark does not start, or the folder is not what was written.
    """
    with contextlib.ExitStack() as stack:
        engine = _Spark(enter_session(spill, stack), stack.pop_all())
    try:
        engine.use(place, version.segments[0])
    except BaseException:
        engine.close()
        raise
    return SqlIndex(engine, version.info)


class _Spark:
    """A session in which each table of one version is a view."""

    byte_order = ""

    def __init__(self, spark: "SparkSession", stack: contextlib.ExitStack) -> None:
        self._spark = spark
        self._stack = stack

    def use(self, place: str, segment: Segment) -> None:
        """Read from ``place``; raise Misuse where it is not ``segment``, with all its rows."""
        try:
            tables = layout.read(self._spark, place)
            built = tables[layout.BUILT].orderBy("block").toArrow()["digest"].to_pylist()
            # A table that has lost a file, or is gone, would find nobody.
            whole = (segment_digest(built), layout.count(self._spark, place)) == (
                segment.digest,
                segment.rows,
            )
            for table, frame in tables.items():
                frame.createOrReplaceTempView(table)
        except spark_errors():
            whole = False
        if not whole:
            raise Misuse(
                "The index that Spark is to read is missing, damaged or another than the one in "
                "use.",
                "Restore it or build it again with `portcullis records index`.",
            )

    def ask(self, query: str, asked: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """Return what ``query`` finds beside ``asked``."""
        from pyspark.sql.functions import broadcast  # noqa: PLC0415 - only who has Spark needs it

        try:
            for table, frame in asked.items():
                sent = self._spark.createDataFrame(signed(frame).to_arrow())
                broadcast(sent).createOrReplaceTempView(table)
            return pl.DataFrame(pl.from_arrow(self._spark.sql(query).toArrow()))
        except spark_errors():
            # What Spark says quotes rows, and runs to pages.
            raise Misuse(
                "Spark could not look up the requests.",
                "See that the cluster runs and the index's files are whole; then run the same "
                "again.",
            ) from None

    def close(self) -> None:
        """Stop Spark, where it was started for this."""
        self._stack.close()
