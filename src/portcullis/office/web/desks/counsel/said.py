"""What the acts of this desk are told, field by field."""

from typing import Annotated, Literal

from pydantic import Field

from portcullis import law
from portcullis.office.web.placed import STOPS
from portcullis.office.web.said import (
    SHA256,
    Among,
    BatchId,
    Day,
    DayOrNone,
    Digest,
    Docket,
    Id,
    MomentOrNone,
    Said,
)


class Hold(Said):
    """A preservation hold: of which court and docket, and what it reaches."""

    id: Annotated[str, Field(min_length=1, max_length=128, description="It names no person.")]
    court: Annotated[str, Field(min_length=1, max_length=60)]
    docket: Docket
    document: Digest
    batches: Annotated[
        list[BatchId],
        Field(max_length=2000, description="Batches or histories; none of either: everything."),
    ]
    persons: Annotated[
        Annotated[str, Field(pattern=SHA256)] | None,
        Field(description="The name of a set of persons sealed here; null: none."),
    ] = None


class Order(Hold):
    """An order of court: what a hold says, what it stops, and from when."""

    stops: Annotated[list[Annotated[str, Among.of(STOPS)]], Field(min_length=1)]
    effective: MomentOrNone = None
    expires: DayOrNone = None


class Lifting(Said):
    """Which order or hold is lifted, on what decision."""

    id: Id
    docket: Docket
    document: Digest


class ReadingChange(Said):
    """Which reading comes into force (``in``) or goes out of it (``out``), from which day."""

    reading: Annotated[str, Among.of(each.id for each in law.READINGS)]
    way: Literal["in", "out"]
    effective_on: Day
    docket: Docket
    document: Digest
