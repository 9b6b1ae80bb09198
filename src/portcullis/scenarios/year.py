"""The batches of an office's year: one a month, small, and no person asked about twice in them.

All are cast at once, so that what is returned, refused or referred is so for the reason its class
states, never because two batches happened to draw the same person.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from portcullis.scenarios.batch_file import Batch, write_cast
from portcullis.scenarios.casting import cast_requests
from portcullis.scenarios.people import make_people, officers_for
from portcullis.scenarios.truth import BY_NAME, IDENTICAL, Cell, plan, with_lawful

LAWFUL_MORE = 0.08
"""Lawful requests beyond one of each class, as a share of each batch."""
ALIKE_IN = 6
"""The batch (from 0) that has, beside its requests, a group with one reason for all."""
_ALIKE = BY_NAME["identical-reasons"]


def make_year(
    folder: Path, records: Path, days: Sequence[date], requests: int, seed: int = 0
) -> list[Batch]:
    """Write a batch of ``requests`` requests for each of ``days``, and the truth of each.

    Raises Misuse where the records hold too few taxpayers for so many requests.
    """
    people = make_people(folder, officers_for(requests), seed)
    one = with_lawful(plan(requests), round(LAWFUL_MORE * requests))
    every = [Cell(cell.truth_class, cell.standing, cell.count * len(days)) for cell in one]
    alike = Cell(_ALIKE, "nobody", IDENTICAL)
    cast = _dealt(cast_requests(records, [*every, alike], seed), len(days))
    return [
        write_cast(
            folder,
            cast.filter(dealt=number).drop("dealt"),
            people,
            name=f"{day:%B}".lower(),
            seed=(seed, number),
            on=day,
            before=number * (requests + IDENTICAL),
        )
        for number, day in enumerate(days)
    ]


def _dealt(cast: pl.DataFrame, batches: int) -> pl.DataFrame:
    """Deal the requests of each class and standing round the batches, as cards are dealt."""
    place = pl.int_range(pl.len()).over("truth_class", "standing") % batches
    alike = pl.col("truth_class") == _ALIKE.name
    return cast.with_columns(
        pl.when(alike).then(min(ALIKE_IN, batches - 1)).otherwise(place).alias("dealt")
    )
