"""A block of the records made ready: checked, in normal form, with finder keys and a digest.

The records are cut into blocks of ``BLOCK_TAXPAYERS`` consecutive taxpayers in the byte order of
``taxpayer_id``. One block is made by one pure function from the holder's rows, whatever engine
holds them, so every engine's index has the same rows and the same digest.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from portcullis.errors import Misuse
from portcullis.records import finders, normal
from portcullis.records.sources import ADDRESS_OF_RECORD, TAXPAYER

BLOCK_TAXPAYERS = 122_880
"""Taxpayers a block: part of the content digest's definition."""

_FIELD_END, _ROW_END = "\x1f", "\x1e"
_FIRST_YEAR, _LAST_YEAR = 1913, 2199  # the income tax begins; four digits' end is far

TABLES = ("taxpayer", "address", "filing", *finders.TABLES)
"""The tables of an index, each in order of person.

``taxpayer``  ``person`` and the row as the holder wrote it
``address``   ``person, place`` and the lines as the holder wrote them: each address once a person
``filing``    each address of record: ``person, place, taxable_period, source_kind, processed_on,
              protected``
``find_*``    the keys by which a person is found (``finders.TABLES``): each row once a block

Normal forms are in none of them: finding needs their keys alone, and of the few that are found they
are made again in less time than all would take to write and read.
"""


@dataclass(frozen=True)
class Block:
    """A block of an index: its ``tables``, its counts, and the digest (32 bytes) of its rows."""

    tables: Mapping[str, pl.DataFrame]
    digest: bytes
    last_id: str
    taxpayers: int
    addresses: int
    places: int

    def with_places_from(self, first: int) -> "Block":
        """Return the block with its addresses numbered from ``first``: it numbers them from 0."""
        moved = {
            name: self.tables[name].with_columns(pl.col("place") + pl.lit(first, pl.UInt32))
            for name in ("address", "filing")
        }
        return replace(self, tables={**self.tables, **moved})


@dataclass(frozen=True)
class Known:
    """What an index already holds of the persons of a block, when filings are appended to it.

    ``persons``: ``taxpayer_id, person``. ``names``: ``person, n_*``; ``places``: ``person, a_*``.
    """

    persons: pl.DataFrame
    names: pl.DataFrame
    places: pl.DataFrame


def nobody_known() -> Known:
    """Return what an index knows that is not there yet."""
    person = {"person": pl.UInt32()}
    lines = dict.fromkeys(normal.ADDRESS, pl.String())
    return Known(
        persons=pl.DataFrame(schema={"taxpayer_id": pl.String(), **person}),
        names=normal.all_names(pl.DataFrame(schema={**person, **TAXPAYER})),
        places=normal.addresses_of_record(pl.DataFrame(schema={**person, **lines})),
    )


def make_block(
    taxpayers: pl.DataFrame,
    addresses: pl.DataFrame,
    known: Known,
    *,
    first_person: int,
) -> Block:
    """Return the block of ``taxpayers`` and ``addresses`` (the columns of ``sources``).

    ``known``: what the index already holds of these taxpayers. New taxpayers are numbered from
    ``first_person`` in order of taxpayer_id, addresses from 0.

    Raises Misuse where the rows are doubtful: a taxpayer without taxpayer_id or twice, an address
    of nobody, an unknown kind of source, an impossible day or period, a control character.
    """
    _refuse_doubtful(taxpayers, addresses, known.persons["taxpayer_id"])
    digest = _digest(taxpayers, addresses)
    persons = _numbered(taxpayers, known.persons, first_person)
    people = taxpayers.join(persons, on="taxpayer_id").select("person", *TAXPAYER).sort("person")
    filings, places = _make_places(addresses, persons)
    found = finders.of_records(
        people.select("person", normal.tin_digits("tin").alias("tin")),
        normal.all_names(people),
        _placed(places),
        known.names.join(people, on="person", how="anti"),
        finders.of_places(known.places),
    )
    identifiers = [frame["taxpayer_id"].max() for frame in (taxpayers, addresses)]
    return Block(
        tables={
            "taxpayer": people,
            "address": places.drop("lines_hash"),
            "filing": filings,
            **found,
        },
        digest=digest,
        last_id=max((str(one) for one in identifiers if one is not None), default=""),
        taxpayers=taxpayers.height,
        addresses=addresses.height,
        places=places.height,
    )


def schemas() -> dict[str, pl.Schema]:
    """Return the columns and types of each of ``TABLES``."""
    people, addresses = pl.DataFrame(schema=TAXPAYER), pl.DataFrame(schema=ADDRESS_OF_RECORD)
    block = make_block(people, addresses, nobody_known(), first_person=0)
    return {table: frame.schema for table, frame in block.tables.items()}


def _numbered(taxpayers: pl.DataFrame, known: pl.DataFrame, first_person: int) -> pl.DataFrame:
    """Return ``taxpayer_id, person`` of every taxpayer of the block."""
    new = (
        new_persons(taxpayers, known)
        .sort("taxpayer_id")
        .with_columns(pl.int_range(first_person, pl.len() + first_person, dtype=pl.UInt32)
            .alias("person"))
    )  # fmt: skip
    return pl.concat([known, new])


def new_persons(taxpayers: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the ``taxpayer_id`` of those of ``taxpayers`` who are not among the ``known``."""
    return taxpayers.select("taxpayer_id").join(known, on="taxpayer_id", how="anti")


def _make_places(
    addresses: pl.DataFrame, persons: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the filings and the addresses, each address written once a person."""
    lines = pl.concat_str([pl.col(line).fill_null("") for line in normal.ADDRESS], separator="\x1f")
    here = pl.col("person", "lines")
    rows = (
        addresses.join(persons, on="taxpayer_id")
        .with_columns(lines.alias("lines"))
        .with_columns(pl.col("lines").hash().alias("lines_hash"))
        .sort("person", "lines_hash")  # by number: far faster than by text
        .with_columns(
            pl.any_horizontal(here.ne_missing(here.shift())).alias("new"),
        )
        .with_columns((pl.col("new").cum_sum() - 1).cast(pl.UInt32).alias("place"))
    )
    filings = rows.select(
        "person",
        "place",
        "taxable_period",
        pl.col("source_kind").replace_strict(
            {name: rank for rank, name in enumerate(normal.KINDS)}, return_dtype=pl.UInt8
        ),
        "processed_on",
        pl.col("protected").fill_null(value=True),
    )
    places = rows.filter("new").select("person", "place", *normal.ADDRESS, "lines_hash")
    return filings, places


def _placed(places: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of each person's addresses; what several write alike is made ready once."""
    written = places.unique("lines_hash", keep="any").select("lines_hash", *normal.ADDRESS)
    ready = finders.of_places(normal.addresses_of_record(written))
    return places.select("person", "lines_hash").join(ready, on="lines_hash").drop("lines_hash")


def _refuse_doubtful(taxpayers: pl.DataFrame, addresses: pl.DataFrame, known: pl.Series) -> None:
    """Raise Misuse where a row cannot be taken for what the records should hold."""
    identifier, day, period = (
        pl.col(name) for name in ("taxpayer_id", "processed_on", "taxable_period")
    )
    years = (_FIRST_YEAR, _LAST_YEAR)
    of_taxpayers = taxpayers.select(
        pl.when(identifier.is_null()).then(1).sum()
        .alias("taxpayers without a taxpayer_id"),
        (identifier.count() - identifier.drop_nulls().n_unique())
        .alias("taxpayer_ids that stand more than once"),
    )  # fmt: skip
    of_addresses = addresses.select(
        (~identifier.is_in(taxpayers["taxpayer_id"].implode()) & ~identifier.is_in(known.implode()))
        .fill_null(value=True).sum()
        .alias("addresses that belong to no taxpayer"),
        (~pl.col("source_kind").is_in(list(normal.KINDS))).fill_null(value=True).sum()
        .alias("addresses of an unknown source_kind"),
        (~day.dt.year().is_between(*years)).sum()
        .alias("addresses with an impossible processed_on"),
        (~period.is_between(*years)).sum()
        .alias("addresses with an impossible taxable_period"),
    )  # fmt: skip
    for found in (of_taxpayers, of_addresses):
        for what, count in found.row(0, named=True).items():
            if count:
                raise Misuse(
                    f"The records hold {count:,} {what}.", "Mend the source and index it again."
                )


def _digest(taxpayers: pl.DataFrame, addresses: pl.DataFrame) -> bytes:
    """Return the SHA-256 of the rows in the order of their texts, taxpayers before addresses.

    A row's text is its values in the order of the schema, absent ones empty, joined by U+001F and
    ended by U+001E. The order is total: neither chunks nor the order of the source matter.
    """
    digest = hashlib.sha256()
    for frame, schema in ((taxpayers, TAXPAYER), (addresses, ADDRESS_OF_RECORD)):
        values = [pl.col(name).cast(pl.String).fill_null("") for name in schema]
        texts = frame.select(pl.concat_str(values, separator=_FIELD_END) + _ROW_END).to_series()
        data = _octets(texts.sort())
        fields, rows = data.count(_FIELD_END.encode()), data.count(_ROW_END.encode())
        if (fields, rows) != (frame.height * (len(schema) - 1), frame.height):
            raise Misuse(
                "A value of the records holds a control character (U+001E or U+001F).",
                "Clean the source and index it again.",
            )
        digest.update(data)
    return digest.digest()


def _octets(texts: pl.Series) -> bytes:
    """Return the texts' UTF-8 one after another."""
    array = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = array.buffers()
    if data is None:
        return b""
    places = memoryview(offsets).cast("q")
    return bytes(memoryview(data)[places[array.offset] : places[array.offset + len(array)]])
