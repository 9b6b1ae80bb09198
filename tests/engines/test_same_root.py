"""The Merkle root of a batch's determinations: identical on three engines, in any chunking.

One holder's home takes a batch in, and is then copied. In each copy the records are indexed by
another engine or in other chunks, and the batch is adjudicated.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from portcullis.matching import compare
from portcullis.records import EngineName, blocks, sources, sql
from tests.engines.conftest import Engines
from tests.office import world as worlds
from tests.office.homes import switch
from tests.records.test_postgresql import hold

pytestmark = pytest.mark.xdist_group("engines")  # one Spark for all of them

LAWFUL = 40


@dataclass(frozen=True)
class Chunks:
    """How a run is cut up: rows read at a time, pairs compared and persons asked for at a time."""

    rows: int = 262_144
    pairs: int = 262_144
    persons: int = 262_144
    files: int = 1


RUNS: dict[str, tuple[EngineName, Chunks]] = {
    "duckdb": ("duckdb", Chunks()),
    "duckdb-in-small-chunks": ("duckdb", Chunks(rows=3, pairs=5, files=4)),
    "postgresql": ("postgresql", Chunks()),
    "postgresql-in-small-chunks": ("postgresql", Chunks(rows=3, pairs=5, persons=7)),
    "spark-in-parts": ("spark", Chunks(persons=30, files=3)),
}


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> worlds.World:
    """A home that has taken in a batch, and has no index yet."""
    world = worlds.build(tmp_path_factory.mktemp("received") / "world", lawful=LAWFUL)
    disturb(world.folder / "records")
    switch(world.home_path)
    home = worlds.make_home(world, indexed=False)
    from portcullis.office.reception import receive

    receive(home, world.batch_file)
    return world


def disturb(folder: Path) -> None:
    """Change the records of some so that they are found in every way, or not at all."""
    taxpayers = pl.read_parquet(folder / "taxpayer.parquet").with_row_index("n")
    places = pl.read_parquet(folder / "address_of_record.parquet").with_row_index("n")
    n = pl.col("n") % 10
    taxpayers = taxpayers.with_columns(
        pl.when(n == 1).then(None).otherwise("tin").alias("tin"),
        pl.when(n == 2).then(pl.lit("Jr")).otherwise("suffix").alias("suffix"),
        pl.when(n == 3).then(pl.lit("Other")).otherwise("family_name").alias("family_name"),
    )
    places = places.with_columns(
        pl.when(n == 4).then(pl.lit("9 Elsewhere Rd")).otherwise("line1").alias("line1"),
        pl.when(n == 5).then(pl.lit("Apt 4")).otherwise("line2").alias("line2"),
        (n == 6).alias("protected"),
        pl.when(n == 7).then(pl.lit("information-return")).otherwise("source_kind")
        .alias("source_kind"),
    )  # fmt: skip
    # A second holder of the same number at the same address.
    another = pl.concat_str(pl.lit("A-"), "taxpayer_id").alias("taxpayer_id")
    for table, frame in (("taxpayer", taxpayers), ("address_of_record", places)):
        both = pl.concat([frame, frame.filter(n == 8).with_columns(another)])
        both.drop("n").write_parquet(folder / f"{table}.parquet")


def root(
    received: worlds.World, to: Path, engines: Engines, engine: EngineName, chunks: Chunks
) -> tuple[str, dict[str, int], int]:
    """Return the list's root, the requests by outcome, and how many were looked up."""
    from django.db import connections

    connections.close_all()
    shutil.copytree(received.folder, to)
    world = worlds.World(to)
    switch(world.home_path)
    from portcullis.office import adjudication, indexing

    frames = {
        table: pl.read_parquet(to / "records" / f"{table}.parquet") for table in sources.TABLES
    }
    hold(engines.address, *frames.values())
    parts = in_files(frames, to / "parts", chunks.files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_TAXPAYERS", 16)
        patch.setattr(sources, "CHUNK_ROWS", chunks.rows)
        patch.setattr(compare, "_SLICE_PAIRS", chunks.pairs)
        patch.setattr(sql, "_PERSONS", chunks.persons)
        home = world.home()
        indexing.index_records(home, engines.source(engine, parts), engine=engine)
        done = adjudication.adjudicate(home, worlds.BATCH, world.actor("specialist"))
    return done.root, done.outcomes, done.looked_up


def in_files(frames: dict[str, pl.DataFrame], folder: Path, files: int) -> Path:
    """Write the tables in so many files each, the last rows first."""
    folder.mkdir()
    for table, frame in frames.items():
        for number in range(files):
            frame.reverse()[number::files].write_parquet(folder / f"{table}-{number}.parquet")
    return folder


@pytest.mark.long
def test_the_root_is_the_same_on_every_engine_in_any_chunks(
    received: worlds.World, engines: Engines, tmp_path: Path
) -> None:
    found = {name: root(received, tmp_path / name, engines, *run) for name, run in RUNS.items()}
    assert len({one for one, _, _ in found.values()}) == 1, found
    _, outcomes, looked_up = found["duckdb"]
    assert all(other[1:] == (outcomes, looked_up) for other in found.values())
    assert looked_up > LAWFUL
    assert set(outcomes) >= {"eligible", "no_disclosure", "referred", "returned"}
