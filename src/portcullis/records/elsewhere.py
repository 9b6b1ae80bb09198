"""An index kept where the records are: in the holder's PostgreSQL, or by Apache Spark.

What the index's folder then holds is the description of each version: engine, place, digests.
"""

import os
import secrets
from pathlib import Path

from portcullis import progress
from portcullis.errors import Misuse
from portcullis.records import postgresql, spark, versions
from portcullis.records.port import Index
from portcullis.records.unfinished import begin, end, left_over, remove_unnamed_segments
from portcullis.records.versions import SEGMENTS, EngineName, Segment, Version

SPARK_INDEX = "PORTCULLIS_SPARK_INDEX"
"""The environment variable that names the folder (of any file system) for Spark's indexes."""

_SPARK_SPILL = ".spark"


def write_version(engine: EngineName, source: str, folder: Path, show: progress.Show) -> Version:
    """Have ``engine`` index ``source`` as a new version, and put that in use in ``folder``.

    Raises Misuse where the engine cannot be reached or cannot read that source, or the records
    are doubtful; the version before then stays in use.
    """
    name = versions.next_name(folder)
    write = _with_postgresql if engine == "postgresql" else _with_spark
    place, segment = write(source, folder, name, show)
    version = Version(name, engine, place, (segment,))
    versions.put_in_use(folder, version)
    end(folder, place)
    return version


def remove_left_over(folder: Path, source: str) -> None:
    """Remove what killed builds of any engine left and no version of ``folder`` names.

    ``source``: of the build to come, whose address may hold the password that a note lacks. What
    cannot be reached now stays noted for the next build.
    """
    for note in left_over(folder):
        try:
            if note.engine == "postgresql":
                postgresql.remove(note.place, source)
            else:
                spark.remove(_uri(folder, note.place), folder / _SPARK_SPILL)
        except Misuse:
            continue
        end(folder, note.place)
    remove_unnamed_segments(folder)


def open_version(version: Version, folder: Path) -> Index:
    """Open ``version`` of the index in ``folder`` where it is kept.

    Raises Misuse where the engine cannot be reached, or no longer holds it.
    """
    if version.engine == "postgresql":
        return postgresql.open_version(version)
    if version.engine == "spark":
        where = _uri(folder, version.place)
        return spark.open_version(version, where, folder / _SPARK_SPILL)
    raise Misuse(
        "The index is kept by an engine that this program does not know.",
        "Build it again: `portcullis records index`.",
    )


def _with_postgresql(
    source: str, folder: Path, name: str, show: progress.Show
) -> tuple[str, Segment]:
    if not postgresql.is_address(source):
        raise Misuse(
            "The engine postgresql keeps the index of records that are in PostgreSQL.",
            "Name the database (postgresql://...), or leave out --engine.",
        )
    return postgresql.write(source, name, folder, show)


def _with_spark(source: str, folder: Path, name: str, show: progress.Show) -> tuple[str, Segment]:
    place = f"{SEGMENTS}/{name}"
    if base := os.environ.get(SPARK_INDEX):
        place = f"{base.rstrip('/')}/portcullis-{name}-{secrets.token_hex(4)}"
    with spark.spark_session(folder / _SPARK_SPILL) as session:
        begin(folder, "spark", place)
        return place, spark.write(session, source, _uri(folder, place), name, show)


def _uri(folder: Path, place: str) -> str:
    # Not percent-encoded: Hadoop takes an address's path letter for letter.
    return place if "://" in place else f"file://{(folder / place).absolute()}"
