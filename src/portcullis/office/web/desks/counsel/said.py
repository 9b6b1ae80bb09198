"""What the acts of this desk are told, field by field."""

from typing import Annotated, Literal

from pydantic import Field

from portcullis import law
from portcullis.office.web.placed import STOPS
from portcullis.office.web.said import (
    Among,
    Day,
    DayOrNone,
    Digest,
    Docket,
    Id,
    MomentOrNone,
    Said,
)

_Ids = Annotated[list[Id], Field(max_length=100_000)]
_Maybe = Annotated[str, Field(max_length=200)]


class Hold(Said):
    """A preservation hold: of which court and docket, and what it reaches."""

    id: Annotated[str, Field(min_length=1, max_length=128, description="It names no person.")]
    court: Annotated[str, Field(min_length=1, max_length=60)]
    docket: Docket
    document: Digest
    batches: Annotated[_Ids, Field(description="Batches or histories.")] = Field(
        default_factory=list
    )
    packages: _Ids = Field(default_factory=list)
    officers: Annotated[_Ids, Field(description="Ids of the roster.")] = Field(default_factory=list)
    statutes: Annotated[_Ids, Field(description="Citations.")] = Field(default_factory=list)
    agreements: _Ids = Field(default_factory=list)
    readings: _Ids = Field(default_factory=list)
    received_from: DayOrNone = None
    received_to: DayOrNone = None
    persons: Annotated[
        str,
        Field(
            max_length=8 << 20,
            description="A CSV of persons (tin, given_name, family_name), of which only keyed "
            "digests are kept. With nothing named at all: everything.",
        ),
    ] = ""


class Order(Hold):
    """An order of court: what a hold says, what it stops, and from when."""

    stops: Annotated[list[Annotated[str, Among.of(STOPS)]], Field(min_length=1)]
    effective: MomentOrNone = None
    expires: DayOrNone = None


class NoticeIssue(Said):
    """Of which order or hold the recipient's notice is written anew."""

    id: Id


class Clearance(Said):
    """Of what a hold keeps the destruction is cleared, and on what decision."""

    hold: Id
    docket: Docket
    document: Digest
    packages: _Ids
    histories: _Ids = Field(default_factory=list)
    more: Annotated[int, Field(ge=0, description="How many are left for another clearance.")] = 0


class Demand(Said):
    """For which lots of a recall the demand was sent, when, and the demand itself."""

    recall: Id
    lots: Annotated[_Ids, Field(min_length=1)]
    sent_on: Day
    document: Digest


class Determination(Said):
    """Whether 5 U.S.C. 552a(b)(7) reaches the disclosures of a batch or history."""

    of: Id
    reached: Literal["reached", "not-reached"]
    document: Digest


class Version(Said):
    """Another version of the agreement: the texts of its pack's files, by their names."""

    pack: Annotated[
        dict[Annotated[str, Field(max_length=128)], Annotated[str, Field(max_length=1 << 20)]],
        Field(min_length=1, max_length=64),
    ]


class NoticeDue(Said):
    """What makes a notice to a person due, for which act, and whose disclosure it was."""

    id: Annotated[str, Field(min_length=1, max_length=80, description="It names no person.")]
    trigger: Annotated[str, Field(max_length=40)]
    triggered_on: Day
    act: Annotated[str, Field(max_length=40)]
    act_on: Day
    package: _Maybe = ""
    history: _Maybe = ""
    request_id: _Maybe = ""
    incident: _Maybe = ""


class NoticeGiven(Said):
    """When a person was told, and by which paper."""

    notice: Id
    given_on: Day
    document: Digest
    rights_told: bool


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
