"""What the API takes and gives, as its OpenAPI document shows it."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from portcullis.office.web.desks.oversight.said import Export, Report


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str = ""
    code: str = Field("", description="Of a transmittal refused whole: which reason.")


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class SingleIn(_In):
    """One request, with a manifest of its own over it, signed as every manifest is."""

    request: dict[str, str | None]
    manifest: dict[str, Any]
    signatures: dict[str, Any]


class SingleOut(Schema):
    """Where a single request stands. ``answer``: one of the three, once its batch is answered."""

    id: str
    state: str
    code: str = ""
    receipt: dict[str, Any] | None = None
    receipt_signature: str = ""
    answer: str | None = None


class ScreeningIn(_In):
    """Requests to be looked at before they are sent: on their face alone, no record is read."""

    requests: list[dict[str, str | None]] = Field(min_length=1, max_length=1000)


class Finding(Schema):
    """What would come back of a request, and why."""

    request_id: str | None
    outcome: str
    element: str | None
    citation: str | None
    field: str | None
    message: str | None


class ScreeningOut(Schema):
    """The findings, row by row."""

    findings: list[Finding]


class UploadOut(Schema):
    """A batch file received whole; name it in a transmittal within the day."""

    upload: str
    name: str
    sha256: str


class TransmittalIn(_In):
    """A batch file received before, and its signed manifest."""

    upload: UploadOut
    manifest: dict[str, Any]
    signatures: dict[str, Any]


class TaskOut(Schema):
    """Work in the background: how far it is, and what it came to."""

    id: str
    state: str
    step: str
    done: int
    total: int | None
    said: str
    remedy: str


class BatchOut(Schema):
    """A batch as its requester may know it. ``state``: in process, or answered."""

    id: str
    state: str
    received_on: date
    received: int
    quarantined: int
    answered: bool


class BatchPage(Schema):
    """A page of batches."""

    items: list[BatchOut]
    next: str | None


class AnswerOut(Schema):
    """One request's public answer; findings where it was returned."""

    source_row: int
    request_id: str | None
    answer: str
    findings: list[dict[str, str | None]]


class AnswerPage(Schema):
    """A page of answers."""

    items: list[AnswerOut]
    next: str | None


class PackageOut(Schema):
    """A sealed package for the officer who asks."""

    id: str
    batch: str
    digest: str


class PackagePage(Schema):
    """A page of packages."""

    items: list[PackageOut]
    next: str | None


class OpeningIn(_In):
    """The officer's signed opening request (JWS or passkey assertion)."""

    opening: str = Field(max_length=20_000)


class TokenOut(Schema):
    """The holder's half of the package's key, for this one opening (JWS)."""

    token: str


class ProofOut(Schema):
    """A request's leaf and its proof, checkable by anybody."""

    leaf: str
    proof: str


class OrderOut(Schema):
    """A court order or preservation hold, as the ledger carries it."""

    id: str
    kind: str
    standing: bool
    says: dict[str, Any]


class ActIn(_In):
    """An act: what its form says, and the tokens signed so far with the moment first given."""

    moment: AwareDatetime | None = None
    tokens: list[Annotated[str, Field(max_length=1 << 20)]] = Field(
        default_factory=list, max_length=8
    )


class ActOut(Schema):
    """Either a statement to be signed, with the moment to send back, or what was done.

    ``task``: the id of the work that has begun, if it goes on.
    """

    to_sign: dict[str, Any] | None = None
    moment: datetime | None = None
    done: str | None = None
    task: str | None = None


class ReportIn(ActIn):
    """Which report is ordered; signed as an act is."""

    data: Report


class ExportIn(ActIn):
    """Which export for an overseer is ordered; signed as an act is."""

    data: Export


class ReportOut(Schema):
    """A report that the sender ordered: which, how far it is, and its files once it is made.

    ``report``: its name; ``oversight`` for an export, which is for ``body``.
    """

    id: str
    report: str
    body: str | None
    by: date
    ordered_at: datetime
    state: str
    step: str
    said: str
    remedy: str
    files: list[str]


class ReportPage(Schema):
    """A page of reports, the newest first."""

    items: list[ReportOut]
    next: str | None
