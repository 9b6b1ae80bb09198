"""The custodian's packages: all of them by identifiers and dates, certificates, notices kept."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from portcullis.custody import KINDS, METHODS, Kept, Visit
from portcullis.custody.statements import CERTIFIED
from portcullis.errors import PortcullisError
from portcullis.office.people import Actor
from portcullis.office.requesting import received
from portcullis.office.requesting.holder import holder_keys
from portcullis.office.requesting.models import Stated
from portcullis.office.web import acts, charts, packages, signing
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.downloads import attachment
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of

DESK = "custody"
_A_PAGE = 25
_NEWEST = 10
_AT_ONCE = 200  # packages that one certificate may name
_LONGEST = 1 << 20  # bytes of a notice
_KIND_WORDS = {
    "returned": "Returned to the holder",
    "destroyed": "Made undisclosable",
    "continued": "Neither; its safeguard continues",
}


class CertifyForm(forms.Form):
    """What is certified of which packages."""

    def __init__(self, kept: Sequence[Kept], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["packages"] = forms.MultipleChoiceField(
            label="Packages",
            choices=[
                (
                    each.disclosure.package_id,
                    f"Request {each.request_id}, {packages.state_of(each).text}",
                )
                for each in kept
            ],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["kind"] = forms.ChoiceField(
            label="What you certify",
            choices=[(each, f"{_KIND_WORDS[each]} ({CERTIFIED[each][0]})") for each in KINDS],
            widget=forms.RadioSelect,
        )
        self.fields["method"] = forms.ChoiceField(
            label="Method",
            required=False,
            help_text="Of what was made undisclosable only.",
            choices=[("", "None"), *((each, each.replace("-", " ")) for each in METHODS)],
        )


class NoticeForm(forms.Form):
    """A notice of the holder."""

    notice = forms.FileField(
        label="The holder's notice",
        help_text="Of a court order, or of a hold that preserves. Its signature is checked.",
    )


def _certify(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    chosen = [str(each) for each in data["packages"]]
    received.certify(here.requester, actor, chosen, str(data["kind"]), str(data["method"]))
    return acts.Done(
        "/custody/", "The certificate is signed and in the log. Carry it to the holder."
    )


CERTIFY = acts.register(
    acts.WebAct("package-certify", "certify", "Certify what became of packages", _certify)
)


@require_GET
@at_desk(DESK)
@packages.visiting
def first(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Show what the custodian answers for: duties, packages by state, denials."""
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    kept = visited.kept()
    owed = packages.owed(kept)
    late = sum(duty.overdue(visitor.today) for _, duty in owed)
    newest = home.recipient.log.newest(500)
    denied = [each for each in newest if not each.success]
    context = {
        "title": "Custodian",
        "stats": [
            {"label": "Packages here", "value": sum(each.here for each in kept)},
            {"label": "Duties overdue", "value": late, "kind": "bad" if late else "plain"},
            {"label": "Denied or failed", "value": len(denied), "note": "of the newest 500 events",
             "kind": "warn" if denied else "plain"},
        ],
        "holder_keys": _holder_keys(visitor),
        "duties": packages.duties_table(owed[:_A_PAGE], visitor.today, ""),
        "denied": packages.log_table(denied[:_NEWEST], "The newest denials"),
        "stated": packages.stated_table(_stated(visitor), "/custody/signed/"),
        "charts": [_states(kept), _ages(kept, visitor)],
    }  # fmt: skip
    return render(request, "office/custody/first.html", context)


@require_GET
@at_desk(DESK)
@packages.visiting
def listed(request: HttpRequest, visited: Visit) -> HttpResponse:
    """List every package by its identifiers and dates; no content is here to be seen."""
    visitor = visitor_of(request)
    page = Paginator(visited.kept(), _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "All packages",
        "page": page,
        "table": packages.kept_table(list(page.object_list), visitor.today, "All packages", ""),
    }
    return render(request, "office/custody/listed.html", context)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def take_in(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Take sealed packages in."""
    return packages.take_in(request, visited, "/custody/")


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def certify(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Ask what is certified of which packages; on POST, begin to certify it."""
    there = [each for each in visited.kept() if not each.disclosure.gone]
    first_due = sorted(there, key=lambda each: (not each.duties, each.duties[:1]))
    form = CertifyForm(first_due[:_AT_ONCE], request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return signing.begin(request, CERTIFY.name, form.cleaned_data)
        except PortcullisError as error:
            form.add_error(None, str(error))
    context = {
        "title": "Certify return, destruction, or continued safeguard",
        "lede": "What is certified as returned or destroyed is removed from this home. Tick only "
        "what the certificate is true of, copies included.",
        "form": form,
        "submit": "Go on to sign",
        "back": "/custody/",
    }
    return render(request, "office/drafts/form.html", context)


@require_GET
@at_desk(DESK)
def signed(request: HttpRequest, stated_id: UUID) -> HttpResponse:
    """Give a certificate that the custodian signed, as a file."""
    found = received.stated(visitor_of(request).person, stated_id)
    return attachment(found.text, f"{found.kind}.jws")


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def notices(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Show the notices kept; on POST, keep one more."""
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    form = NoticeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["notice"].read(_LONGEST).decode("utf-8", "replace").strip()
        try:
            holder = holder_keys(home)
            says = visited.keep_notice(text, holder.holder, holder.former)
        except PortcullisError as error:
            form.add_error("notice", str(error))
        else:
            visitor.tell(request, f"The notice is kept; it says: {says}.")
            return redirect("custody:notices")
    context = {
        "title": "Notices of the holder",
        "form": form,
        "kept": _notices_table(visitor),
        "preserved": len(home.recipient.preserved()),
    }
    return render(request, "office/custody/notices.html", context)


def _notices_table(visitor: Visitor) -> Table:
    rows = [
        (
            Cell(str(said["of"]["id"])),
            str(said["says"]),
            str(said["of"].get("court", "–")),
            str(said["of"].get("docket", "–")),
            str(said["issued_at"])[:16].replace("T", " "),
            sum(len(each["disclosures"]) for each in said["custodians"]),
        )
        for said in visitor.deployment.requester.recipient.notices()
    ]
    columns = ("Order or hold", "What it says", "Court", "Docket", "Issued at (UTC)", "Disclosures")
    return table("Notices kept: the newest of each", columns, rows, empty="No notice is kept.")


def _holder_keys(visitor: Visitor) -> bool:
    try:
        holder_keys(visitor.deployment.requester)
    except PortcullisError:
        return False
    return True


def _stated(visitor: Visitor) -> list[Stated]:
    return list(Stated.objects.filter(person=visitor.person.id).order_by("-at")[:_NEWEST])


def _states(kept: Sequence[Kept]) -> charts.Bars:
    counted = Counter(packages.state_of(each).text for each in kept)
    amounts = [charts.Amount(words, count) for words, count in sorted(counted.items())]
    return charts.outcomes("Packages by what became of them", amounts)


def _ages(kept: Sequence[Kept], visitor: Visitor) -> charts.Bars:
    waits = Counter((visitor.today - each.received_on).days for each in kept if each.here)
    return charts.ageing("How long packages have been here", waits)
