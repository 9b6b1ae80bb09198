"""Reports over the API, exports for overseers among them: ordered, listed, and their files given.

Each is ordered as at the desk, by an order that its person signs, and made by a worker. Its files
are for whoever ordered it, and kept a week.
"""

import mimetypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Router

from portcullis.errors import Misuse
from portcullis.office import exporting, work
from portcullis.office.api import acting
from portcullis.office.api.once import once
from portcullis.office.api.pages import Page, Paged, cut
from portcullis.office.api.people import check
from portcullis.office.api.problems import NotFound
from portcullis.office.api.schemas import (
    ActOut,
    ExportIn,
    Problem,
    ReportIn,
    ReportOut,
    ReportPage,
)
from portcullis.office.permissions import may
from portcullis.office.web import acts
from portcullis.office.web.deployment import deployment
from portcullis.office.web.desks.oversight.said import EXPORT, REPORT
from portcullis.office.work import results

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portcullis.office.work.models import Task

router = Router(tags=["reporting"])
_BINARY = "application/octet-stream"


@router.post("/reports", response={201: ReportOut, 202: ActOut, "4XX": Problem})
@once(REPORT)
def order_report(request: HttpRequest, body: ReportIn) -> tuple[int, Any]:
    """Order a report: 202 with what is to be signed first, 201 once it is ordered."""
    return _ordered(*acting.do(acts.find(REPORT), request, body, body.data))


@router.post("/exports", response={201: ReportOut, 202: ActOut, "4XX": Problem})
@once(EXPORT)
def order_export(request: HttpRequest, body: ExportIn) -> tuple[int, Any]:
    """Order an export for an overseer: 202 with what is to be signed first, 201 once ordered."""
    return _ordered(*acting.do(acts.find(EXPORT), request, body, body.data))


@router.get("/reports", response={200: ReportPage, "4XX": Problem})
def reports(request: HttpRequest, page: Paged) -> dict[str, Any]:
    """List the reports and exports that the sender ordered, the newest first."""
    found = _own(request)
    if page.after:
        last = _find(found, _id(page))
        earlier = Q(begun_at__lt=last.begun_at) | Q(begun_at=last.begun_at, id__lt=last.id)
        found = found.filter(earlier)
    rows = found.order_by("-begun_at", "-id")[: page.limit + 1]
    return cut([_shown(each) for each in rows], page, "id")


@router.get("/reports/{report_id}", response={200: ReportOut, "4XX": Problem})
def report(request: HttpRequest, report_id: UUID) -> dict[str, Any]:
    """Say how far a report is; its files are named once it is made."""
    return _shown(_find(_own(request), report_id))


@router.get("/reports/{report_id}/files/{name}", response={200: None, "4XX": Problem})
def report_file(request: HttpRequest, report_id: UUID, name: str) -> HttpResponse:
    """Give a file of a report to whoever ordered it."""
    found = _find(_own(request), report_id)
    if name not in _files(found):
        raise NotFound("There is no such file of it, or not any more.", "See the report's files.")
    data = results.read(deployment().holder, str(found.id), name)
    response = HttpResponse(data, content_type=mimetypes.guess_type(name)[0] or _BINARY)
    response["Cache-Control"] = "no-store"
    return response


def _ordered(status: int, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    if said.get("task") is None:
        return status, said
    told = _shown(work.find(said["task"]))
    return 201, ReportOut(**told).model_dump(mode="json")


def _own(request: HttpRequest) -> "QuerySet[Task]":
    """Return what the sender ordered of what they may order today."""
    from portcullis.office.work.models import Task

    person, today = check(request, REPORT, EXPORT), deployment().today()
    kinds = [each for each in (REPORT, EXPORT) if may(person, each, today)]
    return Task.objects.filter(kind__in=kinds, person=person.id)


def _id(page: Page) -> UUID:
    try:
        return UUID(page.after)
    except ValueError:
        raise Misuse("after: it is no id of a report.", "Give `next` of the page before.") from None


def _find(own: "QuerySet[Task]", report_id: UUID) -> "Task":
    found = own.filter(id=report_id).first()
    if found is None:
        raise NotFound("There is no such report of yours.", "See the list of your reports.")
    return found


def _shown(task: "Task") -> dict[str, Any]:
    export = task.kind == EXPORT
    return {
        "id": str(task.id),
        "report": exporting.OVERSIGHT if export else task.data["report"],
        "body": task.data["body"] if export else None,
        "by": task.data["by"],
        "ordered_at": task.begun_at,
        "state": task.state,
        "step": task.step,
        "said": task.said,
        "remedy": task.remedy,
        "files": _files(task),
    }


def _files(task: "Task") -> Sequence[str]:
    return results.names(deployment().holder, str(task.id)) if task.state == task.DONE else []
