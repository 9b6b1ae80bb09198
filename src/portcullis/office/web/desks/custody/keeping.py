"""The custodian's packages: all of them by identifiers and dates, certificates, notices kept."""

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from portcullis.custody import KINDS, METHODS, Kept, Visit
from portcullis.custody.statements import CERTIFIED
from portcullis.office.people import Actor
from portcullis.office.requesting import holder_keys as proposed_keys
from portcullis.office.requesting import notices as kept_notices
from portcullis.office.requesting import received
from portcullis.office.web import accounts, acts, holder_keys, notices, packages, pages
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.visitors import Visitor, visitor_of

DESK = "custody"
_A_PAGE = 25
_NEWEST = 10
_LOOKED_AT = 500  # events of the log
_AT_ONCE = 200  # packages that one certificate may name
_KIND_WORDS = {
    "returned": "Returned to the holder",
    "destroyed": "Made undisclosable",
    "continued": "Neither; its safeguard continues",
}


class CertifyForm(pages.Form):
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


def _certify(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    chosen = [str(each) for each in data["packages"]]
    received.certify(here.requester, actor, chosen, str(data["kind"]), str(data["method"]))
    return acts.Done(
        "/custody/", "The certificate is signed and in the log. Carry it to the holder."
    )


CERTIFY = acts.register(
    acts.WebAct(
        "package-certify",
        "certify",
        "Certify what became of packages",
        _certify,
        stands_for=packages.stands_for,
    )
)


@require_GET
@at_desk(DESK)
@packages.visiting
def first(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Show what the custodian answers for: duties, packages by state, denials."""
    visitor = visitor_of(request)
    home, kept = visitor.deployment.requester, visited.kept()
    owed = packages.owed(kept)
    denied = [each for each in home.recipient.log.newest(_LOOKED_AT) if not each.success]
    attestations = len(kept_notices.outstanding(home))
    frozen = packages.kept_back(home, kept)
    head = Head(
        DESK,
        "Custodian",
        "You answer for this home: what is here, what is due, and who looked. You see identifiers "
        "and dates, and no content.",
        actions=[
            (reverse("custody:certify"), "Certify"),
            (reverse("custody:take-in"), "Take packages in"),
            (reverse("custody:packages"), "All packages"),
            (reverse("custody:notices"), notices.TITLE),
            (reverse("custody:holder-keys"), holder_keys.TITLE),
            (reverse("custody:log"), "FTI log"),
            (reverse(accounts.PAGE), "People and accounts"),
        ],
    )
    return pages.first(
        request,
        head,
        alarms=[
            *_alarms(visitor),
            *packages.alarms(owed, visitor.today, attestations, len(frozen)),
        ],
        stats=[
            {"label": "Packages here", "value": sum(each.here for each in kept)},
            *packages.duty_stats(owed, visitor.today),
            {"label": "Attestations outstanding", "value": attestations,
             "kind": "bad" if attestations else "plain", "url": reverse("custody:notices")},
            {"label": "Denied or failed", "value": len(denied),
             "note": f"of the newest {_LOOKED_AT} events", "kind": "warn" if denied else "plain"},
        ],
        waiting=packages.duties_table(owed[:_A_PAGE], visitor.today, ""),
        parts=[
            Part(table=packages.log_table(denied[:_NEWEST], "The newest denials")),
            Part(table=packages.stated_table(visitor.person, "/custody/signed/")),
        ],
        charts=[
            packages.due_when(owed, visitor.today),
            packages.states("Packages by what became of them", kept),
            packages.ages(
                "How long packages have been here",
                (each for each in kept if each.here),
                visitor.today,
            ),
        ],
    )  # fmt: skip


def _alarms(visitor: Visitor) -> list[dict[str, str]]:
    alarms = []
    if not holder_keys.has_holder_keys(visitor.deployment.requester):
        alarms.append(pages.alarm("error", *holder_keys.NO_HOLDER_KEYS))
    if proposed_keys.waiting():
        heading = "Keys of the holder wait for a second person"
        alarms.append(pages.alarm("warning", heading, "Compare their fingerprint first."))
    return alarms


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
        "table": packages.kept_table(
            visitor.deployment.requester,
            list(page.object_list),
            visitor.today,
            "All packages",
            "",
        ),
    }
    return render(request, "office/custody/listed.html", context)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def take_in(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Take sealed packages in."""
    return packages.take_in(request, visited, DESK)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def certify(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Ask what is certified of which packages; on POST, begin to certify it."""
    there = [each for each in visited.kept() if not each.disclosure.gone]
    first_due = sorted(there, key=lambda each: (not each.duties, each.duties[:1]))
    head = Head(
        DESK,
        "Certify return, destruction, or continued safeguard",
        "What is certified as returned or destroyed is removed from this home. Tick only what the "
        "certificate is true of, copies included.",
    )
    # Of what is there anything may be named, if fewer are offered.
    named = set(request.POST.getlist("packages"))
    offered = [
        each
        for place, each in enumerate(first_due)
        if place < _AT_ONCE or each.disclosure.package_id in named
    ]
    form = CertifyForm(offered, request.POST or None)
    return pages.ask(request, head, form, CERTIFY.name)


@require_GET
@at_desk(DESK)
def signed(request: HttpRequest, stated_id: UUID) -> HttpResponse:
    """Give what the custodian signed for the holder, as a file."""
    return packages.signed(request, stated_id)
