"""What the requester gets back: receipts, answers, sealed packages, tokens, proofs."""

import json
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from ninja import Router

from portcullis import release
from portcullis.errors import Misuse
from portcullis.office import tokens
from portcullis.office.api.once import once
from portcullis.office.api.pages import Page, Paged, cut
from portcullis.office.api.people import check, sender
from portcullis.office.api.problems import NotFound
from portcullis.office.api.schemas import (
    AnswerPage,
    BatchOut,
    BatchPage,
    OpeningIn,
    PackagePage,
    Problem,
    ProofOut,
    TokenOut,
)
from portcullis.office.files import ANSWERS, RECEIPT
from portcullis.office.models import Batch, Package
from portcullis.office.packing import published
from portcullis.office.proving import proofs
from portcullis.office.web.deployment import deployment

router = Router(tags=["answering"])
# A batch's answers say of each request whether it was disclosed: that is return information, at the
# holder for those alone who may see the list.
LISTERS, RECEIVERS = ("see-answers", "see-batches"), ("see-answers", "see-intake")
READERS = ("see-answers", "see-list")
_ANSWERED = "answered"
_LINES = 20_000
"""Lines of an answer file that one page reads at most."""
NOTHING = "There is no such batch."


@router.get("/batches", response={200: BatchPage, "4XX": Problem})
def batches(request: HttpRequest, page: Paged) -> dict[str, Any]:
    """List the batches, by id: until a batch is answered it is in process, and no more is said."""
    check(request, *LISTERS)
    rows = Batch.objects.filter(id__gt=page.after).order_by("id")[: page.limit + 1]
    return cut([_batch(row) for row in rows], page, "id")


@router.get("/batches/{batch_id}", response={200: BatchOut, "4XX": Problem})
def batch(request: HttpRequest, batch_id: str) -> dict[str, Any]:
    """Say whether a batch is in process or answered."""
    check(request, *LISTERS)
    return _batch(_find(batch_id))


@router.get("/batches/{batch_id}/receipt", response={200: dict, "4XX": Problem})
def receipt(request: HttpRequest, batch_id: str) -> FileResponse:
    """Give the signed receipt of a batch."""
    check(request, *RECEIVERS)
    return _file(_find(batch_id), RECEIPT, "application/json")


@router.get("/batches/{batch_id}/answers", response={200: AnswerPage, "4XX": Problem})
def answers(request: HttpRequest, batch_id: str, page: Paged) -> dict[str, Any]:
    """Give the public answers of an answered batch, a page at a time, in received order."""
    check(request, *READERS)
    return _answers(_find(batch_id), page)


@router.get("/batches/{batch_id}/findings", response={200: AnswerPage, "4XX": Problem})
def findings(request: HttpRequest, batch_id: str, page: Paged) -> dict[str, Any]:
    """Give the requests that were returned, each with its findings, a page at a time.

    A page may hold few, or none, and others follow: go on until there is no `next`.
    """
    check(request, *READERS)
    return _answers(_find(batch_id), page, release.RETURNED)


@router.get("/batches/{batch_id}/answers.jsonl", response={200: None, "4XX": Problem})
def answer_file(request: HttpRequest, batch_id: str) -> FileResponse:
    """Give the answer file whole, as it was signed."""
    check(request, *READERS)
    return _file(_find(batch_id), ANSWERS, "application/jsonl")


@router.get("/batches/{batch_id}/answers.jsonl.jws", response={200: None, "4XX": Problem})
def answer_signature(request: HttpRequest, batch_id: str) -> FileResponse:
    """Give the holder's signature over the answer file."""
    check(request, *READERS)
    return _file(_find(batch_id), f"{ANSWERS}.jws", "application/jose")


@router.get("/packages", response={200: PackagePage, "4XX": Problem})
def packages(request: HttpRequest, page: Paged) -> dict[str, Any]:
    """List the sealed packages delivered to the officer who asks, by id."""
    person = check(request, "receive")
    rows = _delivered(person.id).filter(id__gt=page.after).order_by("id")[: page.limit + 1]
    items = [{"id": row.id, "batch": row.batch_id, "digest": row.digest} for row in rows]
    return cut(items, page, "id")


@router.get("/packages/{package_id}", response={200: dict, "4XX": Problem})
def package(request: HttpRequest, package_id: str) -> FileResponse:
    """Give a sealed package to the officer it is sealed to."""
    person = check(request, "receive")
    row = _delivered(person.id).filter(id=package_id).first()
    path = published(deployment().holder, row) if row else None
    if path is None or not path.is_file():
        raise NotFound("There is no such package for you.", "See the list of packages.")
    return FileResponse(path.open("rb"), content_type="application/json")


@router.post("/packages/{package_id}/tokens", response={200: TokenOut, "4XX": Problem})
@once("ask", keep=False)
def token(request: HttpRequest, package_id: str, body: OpeningIn) -> tuple[int, Any]:
    """Answer an officer's opening request with a token; refused while the gate is closed."""
    person = sender(request)
    if not _delivered(person.id).filter(id=package_id).exists():
        raise NotFound("There is no such package for you.", "See the list of packages.")
    return 200, {"token": tokens.grant_token(deployment().holder, package_id, body.opening)}


@router.get("/proofs/{batch_id}/{request_id}", response={200: ProofOut, "4XX": Problem})
def proof(request: HttpRequest, batch_id: str, request_id: str) -> dict[str, Any]:
    """Give one request's leaf in the final list of an answered batch, and its proof."""
    check(request, *READERS)
    found = _answered(batch_id)
    (proven,) = proofs(deployment().holder, found, [request_id], final=True)
    return {"leaf": proven.leaf.decode(), "proof": proven.proof}


def _find(batch_id: str) -> Batch:
    found = Batch.objects.filter(id=batch_id).first()
    if found is None:
        raise NotFound(NOTHING, "See the list of batches.")
    return found


def _answered(batch_id: str) -> Batch:
    found = _find(batch_id)
    if found.state != _ANSWERED:
        raise NotFound("The batch is not answered yet.", "Ask again on its answer day.")
    return found


def _batch(row: Batch) -> dict[str, Any]:
    answered = row.state == _ANSWERED
    return {
        "id": row.id,
        "state": "answered" if answered else "in process",
        "received_on": row.received_on,
        "received": row.taken + row.quarantined,
        "quarantined": row.quarantined,
        "answered": answered,
    }


def _file(row: Batch, name: str, kind: str) -> FileResponse:
    path = deployment().holder.outgoing / row.id / name
    if not path.is_file():
        raise NotFound("That is not there yet.", "Ask again later.")
    return FileResponse(path.open("rb"), content_type=kind)


def _answers(row: Batch, page: Page, wanted: str = "") -> dict[str, Any]:
    """Return a page of the answer file of ``row``: those of the answer ``wanted``, or of any.

    `next` is the place in the file where the next page begins, and a page reads a bounded piece of
    it, so that none costs more than another. Raises Misuse where ``after`` is no such place.
    """
    path = deployment().holder.outgoing / _answered(row.id).id / ANSWERS
    items: list[dict[str, Any]] = []
    end = path.stat().st_size
    with path.open("rb") as lines:
        _go_to(lines, page.after, end)
        for _ in range(_LINES):
            if len(items) == page.limit or not (line := lines.readline()):
                break
            said = json.loads(line)
            if not wanted or said["answer"] == wanted:
                items.append({name: said.get(name) for name in release.ANSWER_SCHEMA})
        at = lines.tell()
    return {"items": items, "next": str(at) if at < end else None}


def _go_to(lines: BinaryIO, after: str, end: int) -> None:
    """Go to the line that begins at ``after``; where it is "", to the first after the head."""
    head = len(lines.readline())
    at = int(after) if after.isascii() and after.isdecimal() else 0
    if head <= at <= end:
        lines.seek(at - 1)
        if lines.read(1) == b"\n":
            return
    if after:
        raise Misuse("after: it is no place of a page.", "Give `next` of the page before.")


def _delivered(officer: str) -> QuerySet[Package]:
    return Package.objects.filter(officer=officer, state="delivered")
