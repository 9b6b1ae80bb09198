"""What the acts of this desk are told, field by field."""

from typing import Annotated

from pydantic import Field

from portcullis.office.recall_steps import ATTESTED_AS
from portcullis.office.web.said import Among, BatchId, Day, Digest, Id, Ids, Moment, Reason, Said
from portcullis.oversight.incidents import AT_ONCE, LATER
from portcullis.oversight.recall import GROUNDS, METHODS

_Text = Annotated[str, Field(min_length=1, max_length=1 << 20)]
_Count = Annotated[int, Field(ge=0, lt=2**31)]


class RecallOpening(Said):
    """What is recalled, and why."""

    id: Annotated[str, Field(min_length=1, max_length=80, description="It names no person.")]
    kind: Annotated[str, Among.of(GROUNDS)]
    of: Annotated[
        str,
        Field(max_length=128, description="Which of that kind; of what is named, the cause."),
    ]
    batches: Annotated[list[BatchId], Field(max_length=2000)] = Field(default_factory=list)
    histories: Ids = Field(default_factory=list)
    packages: Ids = Field(default_factory=list)
    disclosures: Annotated[
        _Count | None, Field(description="How many it was shown to cover; null: not shown.")
    ] = None


class OfRecall(Said):
    """The act is done to a recall."""

    recall: Id


class RecallAttestation(OfRecall):
    """What the custodian of one place certifies."""

    custodian: Annotated[str, Field(min_length=1, max_length=80)]
    place: Annotated[str, Field(min_length=1, max_length=80)]
    lots: Annotated[list[Id], Field(min_length=1, max_length=2000)]
    stage: Annotated[str, Among.of(ATTESTED_AS)]
    method: Annotated[
        str, Among(("", *METHODS)), Field(description="How it was disposed of; else empty.")
    ] = ""
    copies: _Count
    derived: _Count
    actions: _Count
    document: Digest


class CustodianAttestation(Said):
    """A custodian's attestation, as it was signed."""

    attestation: _Text


class SafeguardRecord(Said):
    """The recipient's safeguard record: its JSON, as text."""

    record: _Text


class AcceptedFinding(Said):
    """Which finding is accepted, why, and until when."""

    finding: Id
    reason: Reason
    expires_on: Day


class Suspicion(Said):
    """A suspicion: from its moment on the clock runs."""

    id: Annotated[str, Field(min_length=1, max_length=80, description="It names no person.")]
    suspected_at: Moment
    zone: Annotated[str, Field(max_length=60, description="For example America/New_York.")]


class OfIncident(Said):
    """The act is done to an incident."""

    incident: Id


class IncidentNotice(OfIncident):
    """Who was told of an incident, when, and where that is filed."""

    to: Annotated[str, Among((*AT_ONCE, *LATER))]
    sent_at: Moment
    reference: Annotated[str, Field(min_length=1, max_length=80, description="A number.")]
