"""What the requester gets back: receipts, answers, sealed packages, tokens, proofs."""

from typing import Any

import polars as pl
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from ninja import Router

from portcullis import release
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
READERS = ("see-answers", "see-batches")
_ANSWERED = "answered"
_LAST_ROW = 2**31 - 1
NOTHING = "There is no such batch."


@router.get("/batches", response={200: BatchPage, "4XX": Problem})
def batches(request: HttpRequest, page: Paged) -> dict[str, Any]:
    """List the batches, by id: until a batch is answered it is in process, and no more is said."""
    check(request, *READERS)
    rows = Batch.objects.filter(id__gt=page.after).order_by("id")[: page.limit + 1]
    return cut([_batch(row) for row in rows], page, "id")


@router.get("/batches/{batch_id}", response={200: BatchOut, "4XX": Problem})
def batch(request: HttpRequest, batch_id: str) -> dict[str, Any]:
    """Say whether a batch is in process or answered."""
    check(request, *READERS)
    return _batch(_find(batch_id))


@router.get("/batches/{batch_id}/receipt", response={200: dict, "4XX": Problem})
def receipt(request: HttpRequest, batch_id: str) -> FileResponse:
    """Give the signed receipt of a batch."""
    check(request, *READERS)
    return _file(_find(batch_id), RECEIPT, "application/json")


@router.get("/batches/{batch_id}/answers", response={200: AnswerPage, "4XX": Problem})
def answers(request: HttpRequest, batch_id: str, page: Paged) -> dict[str, Any]:
    """Give the public answers of an answered batch, a page at a time, in received order."""
    check(request, *READERS)
    return _answers(_find(batch_id), page, pl.lit(value=True))


@router.get("/batches/{batch_id}/findings", response={200: AnswerPage, "4XX": Problem})
def findings(request: HttpRequest, batch_id: str, page: Paged) -> dict[str, Any]:
    """Give the requests that were returned, each with its findings, a page at a time."""
    check(request, *READERS)
    return _answers(_find(batch_id), page, pl.col("answer") == release.RETURNED)


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


def _answers(row: Batch, page: Page, which: pl.Expr) -> dict[str, Any]:
    """Return a page of the answer file of ``row``, read no further than it must be."""
    path = deployment().holder.outgoing / _answered(row.id).id / ANSWERS
    after = min(int(page.after), _LAST_ROW) if page.after.isdecimal() else 0
    lines = pl.scan_ndjson(path, schema=release.ANSWER_SCHEMA, ignore_errors=True)
    wanted = lines.filter(pl.col("answer").is_not_null() & which & (pl.col("source_row") > after))
    found = wanted.head(page.limit + 1).collect(engine="streaming")
    return cut(found.to_dicts(), page, "source_row")


def _delivered(officer: str) -> QuerySet[Package]:
    return Package.objects.filter(officer=officer, state="delivered")
