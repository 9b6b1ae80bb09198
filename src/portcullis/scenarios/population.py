"""The holder's records of the scenario: a synthetic population in bounded memory.

Beside the two tables of the records stands ``cast.parquet``: which taxpayer lives in what sort
of household. Only this room reads it, to find the persons whom requests shall be about.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from portcullis.errors import Misuse
from portcullis.scenarios import tins
from portcullis.scenarios.draws import generator
from portcullis.scenarios.histories import draw_histories
from portcullis.scenarios.households import MEAN_SIZE, ROLES, draw_members, draw_taxpayers

TAXPAYERS, ADDRESSES, CAST = "taxpayer.parquet", "address_of_record.parquet", "cast.parquet"

_CHUNK = 250_000
_DWELLERS_PER_BUILDING = 60
_PURPOSE = 1


@dataclass(frozen=True)
class Records:
    """Where the synthetic records lie, and how many rows they have."""

    folder: Path
    taxpayers: int
    addresses: int


def make_records(folder: Path, taxpayers: int = 2_000_000, seed: int = 0) -> Records:
    """Write ``taxpayers`` synthetic taxpayers and their addresses of record to ``folder``.

    The same seed and number give the same rows. Raises Misuse for a number below one, or beyond
    the TINs that were never issued.
    """
    if not 0 < taxpayers <= tins.MOST_TAXPAYERS:
        raise Misuse(
            f"The synthetic records hold from 1 to {tins.MOST_TAXPAYERS:,} taxpayers.",
            "Ask for a number between.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    writers = [_Writer(folder / name) for name in (TAXPAYERS, ADDRESSES, CAST)]
    households = 0
    chunk = 0
    while (made := writers[0].rows) < taxpayers:
        most = min(_CHUNK, taxpayers - made)
        frames = _chunk(most, made, households, generator(seed, _PURPOSE, chunk), taxpayers)
        for writer, frame in zip(writers, frames, strict=True):
            writer.write(frame)
        households += int(frames[2]["household"].n_unique())
        chunk += 1
    for writer in writers:
        writer.close()
    return Records(folder, writers[0].rows, writers[1].rows)


def _chunk(
    most: int, first: int, first_household: int, random: np.random.Generator, taxpayers: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    # A twentieth more households than the mean asks for, so that the chunk is always filled.
    members = draw_members(int(most / MEAN_SIZE * 1.05) + 50, first, most, random)
    people = draw_taxpayers(members, random)
    buildings = max(20, taxpayers // _DWELLERS_PER_BUILDING)
    addresses = draw_histories(members, people["taxpayer_id"], random, buildings)
    cast = pl.DataFrame(
        {
            "taxpayer_id": people["taxpayer_id"],
            "household": first_household + members.household,
            "role": pl.Series(list(ROLES), dtype=pl.String).gather(members.role),
            "place": members.place,
        }
    )
    return people, addresses, cast


class _Writer:
    """A Parquet file that grows by a row group a chunk and appears under its name when whole."""

    def __init__(self, path: Path) -> None:
        self.rows = 0
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._file: pq.ParquetWriter | None = None

    def write(self, frame: pl.DataFrame) -> None:
        table: pa.Table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._file is None:
            self._file = pq.ParquetWriter(self._part, table.schema, compression="zstd")
        self._file.write_table(table)
        self.rows += frame.height

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._part.rename(self._path)
