"""The records cut into blocks: consecutive taxpayers with all their addresses, as a stream."""

from collections.abc import Iterator

import polars as pl

from portcullis.records import blocks
from portcullis.records.sources import TABLES, Source, frames


def cut(
    source: Source, after: str = "", *, begun: bool = False
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield ``taxpayers, addresses`` of block after block of ``source``, in order of taxpayer_id.

    A block ends where either table has ``blocks.BLOCK_TAXPAYERS`` taxpayers; records of nobody are
    one empty block. ``after``: the last taxpayer of the blocks already made, ``begun``: there are
    such. Raises what ``sources.frames`` does.
    """
    people, places = (_Reader(source, table, after) for table in TABLES)
    first = not begun
    while True:
        ends = [end for reader in (people, places) if (end := reader.block_end()) is not None]
        last = min(ends, default=None)
        taxpayers, addresses = people.take(last), places.take(last)
        if first or taxpayers.height or addresses.height:
            yield taxpayers, addresses
        first = False
        if last is None:
            return


class _Reader:
    """One table of the source, read as far as the next block needs."""

    def __init__(self, source: Source, table: str, after: str) -> None:
        self._frames = frames(source, table, after)
        self._held = pl.DataFrame(schema=TABLES[table])
        self._ended = False

    def block_end(self) -> str | None:
        """Return the taxpayer at which a block of this table ends; None where all of it is held."""
        while True:
            identifiers = self._held["taxpayer_id"].drop_nulls()
            starts = identifiers.ne_missing(identifiers.shift()).arg_true()
            if starts.len() > blocks.BLOCK_TAXPAYERS:
                return str(identifiers[starts[blocks.BLOCK_TAXPAYERS - 1]])
            coming = None if self._ended else next(self._frames, None)
            if coming is None:
                self._ended = True
                return None
            self._held = pl.concat([self._held, coming])

    def take(self, last: str | None) -> pl.DataFrame:
        """Return the rows up to the taxpayer ``last`` (None: all), and hold the rest."""
        held = self._held
        if last is None:
            self._held = held.clear()
            return held
        # They are in order; where a taxpayer_id is missing the block that holds it is refused.
        now = int(held["taxpayer_id"].le(last).fill_null(value=True).sum())
        self._held = held.slice(now)
        return held.head(now)
