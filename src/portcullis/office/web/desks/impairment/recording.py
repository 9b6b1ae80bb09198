"""The impairment official's acts: marking whom § 6103(i)(6) bars, and recording it, signed."""

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.errors import Refused
from portcullis.office import approval, stages
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.office.people import Actor
from portcullis.office.web import batches, drafts, eligible, signing, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.impairment import pages
from portcullis.office.web.desks.impairment.pages import ACT, STATES, FileForm
from portcullis.office.web.visitors import Visitor, visitor_of

_LONGEST = 16 << 20  # bytes: an id a line, of more requests than any batch has
_LINES_NAMED = 5


@at_desk("impairment")
@require_POST
def mark(request: HttpRequest, batch_id: str) -> HttpResponseRedirect:
    """Keep the marks of one page of the list, beside those of the others."""
    visitor, batch = _open(request, batch_id)
    home, person = visitor.deployment.holder, visitor.person.id
    shown = set(request.POST.getlist("shown")) & _ids(home, batch)
    barred = set(request.POST.getlist("barred")) & shown
    kept = set(drafts.read(home, batch, ACT, person)) - shown
    _keep(home, batch, person, kept | barred)
    visitor.tell(request, "Your marks are kept. Nothing is recorded until you sign.")
    query = request.POST.get("query", "")
    return redirect(f"{reverse('impairment:batch', args=[batch.id])}?{query}")


@at_desk("impairment")
@require_POST
def from_file(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Mark the requests that a file names."""
    visitor, batch = _open(request, batch_id)
    home, person = visitor.deployment.holder, visitor.person.id
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        named, wrong = _lines(form.cleaned_data["ids"], _ids(home, batch))
        if not wrong:
            _keep(home, batch, person, set(drafts.read(home, batch, ACT, person)) | named)
            visitor.tell(request, f"{len(named):,} requests of the file are marked.")
            return redirect("impairment:batch", batch.id)
        form.add_error("ids", wrong)
    return pages.page(request, visitor, batch, form, status=400)


@at_desk("impairment")
@require_POST
def record(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Begin the act that records it for every eligible request of the batch."""
    visitor, batch = _open(request, batch_id)
    home, person = visitor.deployment.holder, visitor.person.id
    # What is signed is what the page showed, and counted.
    draft = request.POST.get("draft")
    if draft is None or draft != drafts.digest(home, batch, ACT, person):
        raise Refused("What you marked was changed since.", "Look at it again, and sign anew.")
    return signing.begin(request, ACT, {"batch": batch.id, "draft": draft})


def _open(request: HttpRequest, batch_id: str) -> tuple[Visitor, Batch]:
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    working.check_apart(visitor, ACT, batch)
    stages.check_state(batch, *STATES)
    return visitor, batch


def _ids(home: Home, batch: Batch) -> set[str]:
    return set(eligible.requests(home, batch)["request_id"].to_list())


def _keep(home: Home, batch: Batch, person: str, barred: Iterable[str]) -> None:
    drafts.write(home, batch, ACT, person, dict.fromkeys(sorted(barred), True))


def _lines(sent: "UploadedFile[Any]", known: set[str]) -> tuple[set[str], str]:
    """Return the ids that a file names, and what is wrong with it: by line, never by value."""
    if (sent.size or 0) > _LONGEST:
        return set(), "The file is too long to be a list of ids. Send one id a line."
    try:
        lines = [line.strip() for line in sent.read().decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        return set(), "The file is not UTF-8 text. Save it as UTF-8 and send it again."
    off = [str(at) for at, line in enumerate(lines, start=1) if line and line not in known]
    if off:
        more = f" and {len(off) - _LINES_NAMED:,} more" if len(off) > _LINES_NAMED else ""
        return set(), (
            f"These lines name no eligible request of this batch: {', '.join(off[:_LINES_NAMED])}"
            f"{more}. Nothing was marked. Name ids from the list of eligible requests."
        )
    return set(filter(None, lines)), ""


def _record(deployment: Deployment, actor: Actor, data: Data) -> Done:
    home, batch = deployment.holder, batches.batch_named(data["batch"])
    marked = drafts.taken(home, batch, ACT, actor.id, data["draft"])
    number = approval.record_impairment(home, batch.id, actor, marked)
    drafts.remove(home, batch, ACT, actor.id)
    url = reverse("impairment:batch", args=[batch.id])
    return Done(url, f"The (i)(6) records of {number:,} eligible requests are made.")


# What is marked is a draft of the desk's own pages.
register(WebAct(ACT, "impairment", "Record under § 6103(i)(6)", _record, browser_only=True))
