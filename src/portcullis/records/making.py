"""The records made into blocks, in order, for an engine that writes one after the other."""

from collections.abc import Callable, Iterator

import polars as pl

from portcullis.records.blocks import Block, Known, make_block, new_persons
from portcullis.records.cutting import cut
from portcullis.records.sources import Source
from portcullis.streams import side_by_side

_AT_ONCE = 2
"""Blocks made at once: much of the work keeps one processor only. Each holds about half a GiB."""


def made(
    source: Source,
    known: Callable[[pl.Series], Known],
    *,
    after: str = "",
    begun: bool = False,
    person: int = 0,
    place: int = 0,
) -> Iterator[tuple[Block, int]]:
    """Yield block after block of ``source`` with the number of its new persons.

    ``known``: asked what the index already holds of some taxpayer_ids. ``after`` and ``begun``: see
    ``cut``. ``person``, ``place``: the first numbers. Raises what ``cut`` and ``make_block`` do.
    """
    for block, new in side_by_side(_make, _cut(source, known, after, begun, person), _AT_ONCE):
        yield block.with_places_from(place), new
        place += block.places


def _cut(
    source: Source, known: Callable[[pl.Series], Known], after: str, begun: bool, person: int
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, Known, int, int]]:
    """Yield the rows of a block, what is known of them, its first person and how many are new."""
    for taxpayers, addresses in cut(source, after, begun=begun):
        identifiers = pl.concat([taxpayers["taxpayer_id"], addresses["taxpayer_id"]]).unique()
        there = known(identifiers.drop_nulls())
        new = new_persons(taxpayers, there.persons).height
        yield taxpayers, addresses, there, person, new
        person += new


def _make(rows: tuple[pl.DataFrame, pl.DataFrame, Known, int, int]) -> tuple[Block, int]:
    taxpayers, addresses, there, person, new = rows
    return make_block(taxpayers, addresses, there, first_person=person), new
