"""What was received, as the officer's and the custodian's pages show it and take it in."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portcullis.agreements import Person
from portcullis.custody import Duty, Entry, Kept, Visit
from portcullis.errors import PortcullisError
from portcullis.office.requesting import RequesterHome, received
from portcullis.office.requesting.models import Stated
from portcullis.office.web import banner, charts, pages
from portcullis.office.web.acts import Data
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.downloads import attachment
from portcullis.office.web.forms import FilesField, FilesInput
from portcullis.office.web.pages import Head
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import visitor_of
from portcullis.release.package import PACKAGE_BYTES
from portcullis.standing.notices import FREEZE, PRESERVE

P = ParamSpec("P")
_NEWEST = 10
_SOON, _LATER = 7, 30  # days
_PACKAGE = re.compile(r"[0-9a-f]{32,64}")
Visited = Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]

DUTIES = {
    "status": "State what became of the case",
    "disposal-review": "Review whether it must be returned or destroyed",
    "disposal": "Return, destroy, or certify its continued safeguard",
    "renewal": "Renew the certificate of continued safeguard",
}
STATES = {
    "proceeding": ("the case goes on", "busy"),
    "closed": ("the case is closed", "plain"),
    "none": ("nothing came of it", "plain"),
    "returned": ("returned", "good"),
    "destroyed": ("destroyed", "good"),
    "continued": ("safeguard certified", "good"),
}


def visiting(view: Visited[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give a view the visit of whoever is here, once they have read the warning in this session."""

    @wraps(view)
    def let_in(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        visitor = visitor_of(request)
        visited = received.visit(visitor.deployment.requester, visitor.person)
        if not visited.acknowledged:
            return banner.ask_again(request)
        return view(request, visited, *args, **kwargs)

    return let_in


class TakeInForm(forms.Form):
    """Sealed packages, one file each."""

    packages = FilesField(
        label="Sealed packages",
        help_text="One file a package, as the holder sent it; 100 files at once. Nothing is opened "
        "by taking it in.",
        widget=FilesInput(attrs={"accept": ".json", "multiple": True}),
    )
    proofs = FilesField(
        label="Proofs of packages sealed again",
        help_text="Of a package sealed again to a new key: the file beside it, by its name.",
        widget=FilesInput(attrs={"accept": ".tlog-proof", "multiple": True}),
        required=False,
    )


def take_in(request: HttpRequest, visited: Visit, desk: str) -> HttpResponse:
    """Take sealed packages in; say of each that was not why."""
    form = TakeInForm(request.POST or None, request.FILES or None)
    home = visitor_of(request).deployment.requester
    if request.method == "POST" and form.is_valid():
        taken = 0
        proofs = {each.name: _bytes(each) for each in form.cleaned_data["proofs"]}
        for number, sent in enumerate(form.cleaned_data["packages"], start=1):
            try:
                received.take_in(home, visited, _bytes(sent), proofs)
                taken += 1
            except PortcullisError as error:
                form.add_error("packages", f"{_named(sent, number)}: {error}")
        visitor_of(request).tell(request, f"Taken in, unopened: {taken:,}.")
        if not form.errors:
            return redirect(f"{desk}:first")
    return pages.asked(request, Head(desk, "Take packages in"), form, "Take them in")


def kept_table(
    home: RequesterHome, kept: Sequence[Kept], today: date, caption: str, url: str
) -> Table:
    """Return packages by identifiers and dates; ``url``: the address before a package's id."""
    held = kept_back(home, kept)
    rows = [
        (
            Cell(
                each.request_id,
                url=f"{url}{each.disclosure.package_id}/" if url and each.here else "",
                note=each.disclosure.package_id,
            ),
            each.disclosure.officer or "–",
            each.received_on.isoformat(),
            held.get(each.disclosure.package_id) or state_of(each),
            due(each.duties, today),
        )
        for each in kept
    ]
    columns = ("Request, package", "Officer", "Received on", "State", "Next due")
    return table(caption, columns, rows, empty="No package is here.")


def kept_back(home: RequesterHome, kept: Iterable[Kept]) -> dict[str, Cell]:
    """Return which packages an order freezes or a hold preserves, by a notice kept here."""
    words = {FREEZE: "frozen by an order", PRESERVE: "preserved by a hold"}
    found = home.recipient.notices.kept_back(
        (each.disclosure.package_id for each in kept if each.here), PRESERVE, FREEZE
    )
    return {package: Cell(words[says], tag="bad") for package, says in found.items()}


def duties_table(owed: Sequence[tuple[Kept, Duty]], today: date, url: str) -> Table:
    """Return what is owed, the first due first."""
    rows = [
        (
            Cell(one.request_id, url=f"{url}{duty.package_id}/" if url and one.here else ""),
            DUTIES[duty.what],
            _day(duty, today),
            duty.officer or "–",
        )
        for one, duty in owed
    ]
    columns = ("Request", "What is due", "Last day", "Officer")
    return table("Duties and their dates", columns, rows, stacked=True, empty="Nothing is due.")


def owed(kept: Sequence[Kept]) -> list[tuple[Kept, Duty]]:
    """Return what is owed of all of them, the first due first."""
    return sorted(((one, duty) for one in kept for duty in one.duties), key=lambda each: each[1])


def state_of(kept: Kept) -> Cell:
    """Return what was stated or certified of a package last."""
    known = kept.disclosure.certificate or kept.disclosure.status
    words, tag = STATES.get(known, ("nothing stated yet", "plain"))
    return Cell(words, tag=tag)


def due(duties: Sequence[Duty], today: date) -> Cell:
    """Return the first of the duties with its day."""
    if not duties:
        return Cell("nothing")
    day = _day(duties[0], today)
    return replace(day, note=f"{day.note} {DUTIES[duties[0].what].lower()}".strip())


def stated_table(person: Person, url: str) -> Table:
    """Return what the person signed for the holder, each to be downloaded and carried there."""
    newest = Stated.objects.filter(person=person.id).order_by("-at")[:_NEWEST]
    rows = [
        (
            Cell(each.about, url=f"{url}{each.id}/"),
            f"{each.at:%Y-%m-%d %H:%M}",
        )
        for each in newest
    ]
    return table(
        "Signed for the holder", ("What; download it here", "At (UTC)"), rows,
        empty="Nothing was signed for the holder yet.",
    )  # fmt: skip


def stands_for(deployment: Deployment, person: Person, data: Data) -> list[tuple[str, object]]:
    """Return which requests the packages of a statement answer, for whoever signs it."""
    visited = received.visit(deployment.requester, person)
    wanted = set(data["packages"] if "packages" in data else [data["statement"]["package_id"]])
    found = [each for each in visited.kept() if each.disclosure.package_id in wanted]
    return [
        (f"Request {each.request_id}", Cell(each.disclosure.package_id, mono=True))
        for each in sorted(found, key=lambda each: each.disclosure.package_id)
    ]


def signed(request: HttpRequest, stated_id: UUID) -> HttpResponse:
    """Give what the visitor signed for the holder, as a file."""
    visitor = visitor_of(request)
    found = received.stated(visitor.deployment.requester, visitor.person, stated_id)
    suffix = "json" if found.kind == received.ENROLMENT else "jws"
    return attachment(found.text, f"{found.kind}.{suffix}")


def alarms(
    owed: Sequence[tuple[Kept, Duty]], today: date, attestations: int, frozen: int
) -> list[dict[str, str]]:
    """Return what whoever holds packages must see first."""
    late = sum(duty.overdue(today) for _, duty in owed)
    found = []
    if late:
        closes = "Silence closes: until a status is stated, batches that name its officer wait."
        found.append(pages.alarm("error", f"Duties overdue: {late}", closes))
    if frozen:
        heading = f"Packages frozen by an order or preserved by a hold: {frozen}"
        stays = "None is disposed of; what is frozen is not opened either."
        found.append(pages.alarm("warning", heading, stays))
    if attestations:
        heading = f"Attestations to the holder’s notices outstanding: {attestations}"
        found.append(pages.alarm("warning", heading, "Attest on the page of each notice."))
    return found


def duty_stats(owed: Sequence[tuple[Kept, Duty]], today: date) -> list[dict[str, object]]:
    """Return how much is overdue, and how much is due soon."""
    late = sum(duty.overdue(today) for _, duty in owed)
    soon = sum(0 <= (duty.due_on - today).days <= _SOON for _, duty in owed)
    return [
        {"label": "Duties overdue", "value": late, "kind": "bad" if late else "plain"},
        {"label": f"Due within {_SOON} days", "value": soon, "kind": "warn" if soon else "plain"},
    ]


def due_when(owed: Sequence[tuple[Kept, Duty]], today: date) -> charts.Bars:
    """Return what is due, by when, drawn."""
    days = [(duty.due_on - today).days for _, duty in owed]
    amounts = [
        charts.Amount("Overdue", sum(each < 0 for each in days), "bad"),
        charts.Amount(f"Within {_SOON} days", sum(0 <= each <= _SOON for each in days), "warn"),
        charts.Amount(f"Within {_LATER} days", sum(_SOON < each <= _LATER for each in days)),
        charts.Amount("Later", sum(each > _LATER for each in days)),
    ]
    return charts.outcomes("What is due, by when", amounts if days else [])


def states(title: str, kept: Sequence[Kept]) -> charts.Bars:
    """Return what became of packages, drawn."""
    counted = Counter(state_of(each).text for each in kept)
    return charts.outcomes(
        title, [charts.Amount(words, count) for words, count in sorted(counted.items())]
    )


def ages(title: str, kept: Iterable[Kept], today: date) -> charts.Bars:
    """Return how long packages have been here, drawn."""
    return charts.ageing(title, Counter((today - each.received_on).days for each in kept))


def log_table(entries: Sequence[Entry], caption: str) -> Table:
    """Return entries of the FTI log; they hold no tax information."""
    rows = [
        (
            each.at[:16].replace("T", " "),
            each.user,
            each.event,
            Cell("done", tag="good") if each.success else Cell("denied or failed", tag="bad"),
            each.request_id or "–",
            each.reason or "–",
        )
        for each in entries
    ]
    columns = ("At (UTC)", "Who", "Event", "Result", "Request", "Of what, or why")
    return table(caption, columns, rows, empty="There is no such entry.")


def _named(sent: UploadedFile[Any], number: int) -> str:
    """Return how a file is told from the others: a package's by its id, which is its name."""
    stem = (sent.name or "").partition(".")[0]
    return f"Package {stem}" if _PACKAGE.fullmatch(stem) else f"File {number}"


def _day(duty: Duty, today: date) -> Cell:
    day = duty.due_on.isoformat()
    if duty.overdue(today):
        return Cell(f"overdue since {day}", tag="bad")
    return Cell(day, note=f"in {(duty.due_on - today).days} days")


def _bytes(sent: UploadedFile[Any]) -> bytes:
    return bytes(sent.read(2 * PACKAGE_BYTES))
