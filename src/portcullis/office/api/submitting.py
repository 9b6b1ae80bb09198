"""What the requester sends: requests to be looked at first, single requests, transmittals."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import polars as pl
from django.http import HttpRequest
from ninja import Router

from portcullis import intake, keys, tables
from portcullis.errors import Misuse
from portcullis.office import accounting, misses, singles, work
from portcullis.office.api.once import once
from portcullis.office.api.people import Signed, check, sender
from portcullis.office.api.problems import NotFound
from portcullis.office.api.schemas import (
    Problem,
    ScreeningIn,
    ScreeningOut,
    SingleIn,
    SingleOut,
    TaskOut,
    TransmittalIn,
    UploadOut,
)
from portcullis.office.models import SingleRequest
from portcullis.office.web.deployment import deployment
from portcullis.office.work import uploads
from portcullis.release import RETURNED, public_answer
from portcullis.screening import requester_screen

router = Router(tags=["submitting"])
_CHUNK = 1 << 20
SENDERS = ("send", "sign")


@router.post("/screenings", response={200: ScreeningOut, "4XX": Problem})
@once(*SENDERS)
def screen(request: HttpRequest, body: ScreeningIn) -> tuple[int, Any]:  # noqa: ARG001 - by `once`
    """Look at requests on their face, before they are sent. Touches no records."""
    here = deployment()
    with TemporaryDirectory(dir=here.path, prefix="screening-") as folder:
        path = Path(folder) / "requests.jsonl"
        path.write_bytes(b"".join(map(intake.single_line, body.requests)))
        findings = requester_screen(path, here.pack, here.today())
    columns = ["request_id", "outcome", "element", "citation", "field", "message"]
    return 200, {"findings": findings.select(columns).to_dicts()}


@router.post("/requests", response={202: SingleOut, "4XX": Problem})
def submit_single(request: HttpRequest, body: SingleIn) -> tuple[int, dict[str, Any]]:
    """Send one request with its own signed manifest. The same again is the same request.

    It is on the disk when this answers, and taken in with whatever else came, a moment later.
    """
    person = check(request, *SENDERS)
    try:
        kept = singles.keep(deployment().holder, person.id, body.model_dump_json().encode())
    except intake.TransmittalRefused:
        misses.count(person.id)
        raise
    return 202, _single(kept)


@router.get("/requests/{request_id}", response={200: SingleOut, "4XX": Problem})
def single(request: HttpRequest, request_id: UUID) -> dict[str, Any]:
    """Say where a single request stands, with its signed receipt once it was taken in."""
    check(request, *SENDERS)
    found = SingleRequest.objects.filter(id=request_id).select_related("batch").first()
    if found is None:
        raise NotFound("There is no such request.", "Name the id it was given.")
    said = _single(found)
    if found.batch is None:
        return said
    receipt = singles.receipt(found)
    signed = keys.sign(receipt, deployment().holder.service_key())
    return said | {"receipt": receipt, "receipt_signature": signed, "answer": _answer(found)}


@router.post("/uploads", auth=Signed(whole_body=False), response={201: UploadOut, "4XX": Problem})
@once(*SENDERS, "history-import")
def upload(request: HttpRequest, name: str) -> tuple[int, Any]:
    """Send a batch file as the request's body, of any size; ``name`` with its proper suffix.

    ``Content-Digest`` (RFC 9530, sha-256) covers it.
    """
    home, person = deployment().path, sender(request).id
    received = uploads.receive(home, name, _chunks(request), person=person)
    if received.sha256 != _content_digest(request):
        uploads.remove(home, received.id)
        raise Misuse("The body is not what Content-Digest says.", "Send it again.")
    return 201, received.as_json()


@router.post("/transmittals", response={202: TaskOut, "4XX": Problem})
@once(*SENDERS)
def submit(request: HttpRequest, body: TransmittalIn) -> tuple[int, Any]:
    """Send the signed manifest of a file uploaded before; it is taken in in the background."""
    person, here = sender(request), deployment()
    file = body.upload
    path = uploads.path_of(here.path, file.upload, file.name)
    said = {"manifest": body.manifest, "signatures": body.signatures}
    tables.publish(intake.manifest_path(path), json.dumps(said).encode())
    data = {"upload": file.upload, "name": file.name, "sha256": file.sha256}
    key = f"take-in {file.upload}"
    task = work.begin(key, "take-in", "", person.id, "", here.now(), data)
    return 202, _task(task)


@router.get("/transmittals/{task_id}", response={200: TaskOut, "4XX": Problem})
def transmittal(request: HttpRequest, task_id: UUID) -> dict[str, Any]:
    """Say how far the taking in of a transmittal is, and what it came to."""
    check(request, *SENDERS)
    task = work.find(task_id)
    if task.kind != "take-in" or task.person != sender(request).id:
        raise NotFound("There is no such transmittal.", "Name the id it was given.")
    return _task(task)


def _single(row: SingleRequest) -> dict[str, Any]:
    return {"id": str(row.id), "state": row.state, "code": row.code}


def _answer(row: SingleRequest) -> str | None:
    """Return the public answer of a request whose batch is answered; None until then."""
    if row.batch is None or row.batch.state != "answered":
        return None
    if row.row is None:
        return RETURNED
    source = accounting.Source(accounting.BATCH, row.batch.id)
    kept = accounting.read(deployment().holder, source, accounting.OUTCOMES, ["row", "outcome"])
    return public_answer(kept.filter(pl.col("row") == row.row)["outcome"].item())


def _task(task: Any) -> dict[str, Any]:  # noqa: ANN401 - a model that is loaded with Django
    return {
        "id": str(task.id),
        "state": task.state,
        "step": task.step,
        "done": task.done,
        "total": task.total,
        "said": task.said,
        "remedy": task.remedy,
    }


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(_CHUNK):
        yield chunk


def _content_digest(request: HttpRequest) -> str:
    """Return the SHA-256 (hex) that ``Content-Digest`` says; "" where it says none."""
    for each in request.headers.get("content-digest", "").split(","):
        name, _, value = each.strip().partition("=")
        if name == "sha-256" and value.startswith(":") and value.endswith(":"):
            try:
                return base64.b64decode(value[1:-1], validate=True).hex()
            except ValueError:
                return ""
    return ""
