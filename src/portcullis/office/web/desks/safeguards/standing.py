"""May the recipient receive today, and why not; its safeguard record, and findings accepted."""

from collections.abc import Iterable
from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from portcullis.errors import Misuse
from portcullis.office import safeguards
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages, reasons
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.safeguards import said as says
from portcullis.office.web.desks.safeguards.matters import HERE
from portcullis.office.web.documents import TextFileField
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.standing import SafeguardFinding, SafeguardStanding, Standing, read_safeguards

RECORD, ACCEPT = safeguards.ACT, safeguards.ACCEPT
_NEWER = "Put a newer record in force once the recipient has mended it."
_REMEDIES = {
    "no-safeguard-record": "Put the recipient’s record in force.",
    "agreement-not-in-force": "The agreement’s days are the parties’ to mend.",
    "another-recipient": "Put the record of this agreement’s requester in force.",
    "ssr-not-approved": "The IRS Office of Safeguards approves it; then record the day.",
    "ssr-outdated": "A newer report is approved; then record its day.",
    "ssr-undated": "Record the last day of the approval.",
    "ssr-expired": "The approval is renewed; then record it.",
    "not-attested": "The recipient attests to its safeguards; record the day.",
    "not-attested-today": "The recipient attests anew on each day it receives; record today.",
    "finding-open": "It is closed, or, with a dated plan, accepted here for a time.",
    "no-corrective-plan": "The recipient gives its plan with a day and a due day.",
    "corrective-plan-overdue": "The recipient carries out the plan, or gives another.",
    "critical-finding": "A critical finding is closed; it is never accepted.",
    "acceptance-expired": "Accept it anew, or have it closed.",
    "duty-overdue": "The recipient does it; record the day.",
    "contractor-not-certified": "The contractor is certified; record both days.",
}


class RecordForm(pages.Form):
    """The recipient's safeguard record, as a file."""

    record = TextFileField(
        label="The record",
        help_text="A JSON file: the report’s days, findings, duties, contractors, and each "
        "officer’s access.",
    )

    def clean_record(self) -> str:
        """Return the record's text; raise ValidationError naming the field that is wrong."""
        try:
            read_safeguards(self.cleaned_data["record"])
        except Misuse as error:
            raise forms.ValidationError(str(error)) from None
        return str(self.cleaned_data["record"])


class AcceptForm(pages.Form):
    """Why a finding is accepted, and until when."""

    reason = forms.CharField(
        label="Why it can be borne until then",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the record. The ledger has the record’s digest.",
    )
    expires_on = forms.DateField(label="Accepted until", widget=DateInput)


def urls(desk: str) -> list[URLPattern]:
    """Return the address at which ``desk`` sees whether the recipient may receive, and why not."""

    @at_desk(desk)
    def now(request: HttpRequest) -> HttpResponse:
        return _now(request, desk)

    return [path("standing/", now, name="standing")]


def _now(request: HttpRequest, desk: str) -> HttpResponse:
    visitor = visitor_of(request)
    home, record = visitor.deployment.holder, safeguards.in_force()
    found = safeguards.standing_today(home)
    parts = [Part("Today", _said(found), table=_why(found) if not found.met else None)]
    if record is not None:
        findings, query = batches.page_of(request, record.findings)
        parts += [
            Part("Findings", table=_findings(visitor, findings.object_list, desk), page=findings,
                 query=query),
            Part("The record in force", facts=_facts(record)),
            Part(table=_duties(record)),
        ]  # fmt: skip
    head = Head(
        desk,
        "May the recipient receive?",
        "Nothing leaves while one reason stands against it. An officer’s own access is asked "
        "again for each package.",
        actions=[(reverse(f"{HERE}:record"), "Put a record in force")] if desk == HERE else [],
    )
    return pages.page(request, head, parts)


@at_desk("safeguards")
def record(request: HttpRequest) -> HttpResponse:
    """Put a record of the recipient's safeguards in force."""
    head = Head(
        "safeguards",
        "Put a record in force",
        "It takes the place of the last. What was accepted of the same findings goes on into it.",
        [(reverse("safeguards:standing"), "May the recipient receive?")],
    )
    form = RecordForm(request.POST or None, request.FILES or None)
    return pages.ask(request, head, form, RECORD)


@at_desk("safeguards")
def accept(request: HttpRequest, finding_id: str) -> HttpResponse:
    """Accept a finding of the record in force, for a reason and a time."""
    visitor = visitor_of(request)
    finding = _finding(finding_id)
    last = visitor.today + timedelta(days=visitor.deployment.pack.safeguards.report_valid_days)
    head = Head(
        "safeguards",
        f"Accept finding {finding.id}",
        f"Only with a dated corrective plan, never a critical one, and until {batches.day(last)} "
        "at the latest.",
        [(reverse("safeguards:standing"), "May the recipient receive?")],
    )
    form = AcceptForm(request.POST or None)
    parts = [Part(facts=_finding_facts(finding))]
    return pages.ask(request, head, form, ACCEPT, {"finding": finding.id}, parts=parts)


def why_not(found: Standing) -> list[tuple[str, str]]:
    """Return each reason why the recipient may not receive, and its remedy."""
    return [
        (reasons.sentence(each), _REMEDIES.get(each.partition(":")[0], _NEWER))
        for each in found.reasons
    ]


def _said(found: Standing) -> str:
    if found.met:
        return "The recipient may receive today."
    number = len(found.reasons)
    stand = "One reason stands" if number == 1 else f"{number:,} reasons stand"
    return f"The recipient may not receive today. {stand} against it."


def _why(found: Standing) -> Table:
    return table(
        "Why the recipient may not receive",
        ["Reason", "Remedy"],
        why_not(found),
        stacked=True,
        quiet=True,
    )


def _findings(visitor: Visitor, found: Iterable[SafeguardFinding], desk: str) -> Table:
    return table(
        "Findings of the record in force",
        ["Finding", "Severity", "Status", "Plan due", "Accepted"],
        [
            [
                Cell(each.id, url=_accept_url(each) if desk == HERE else ""),
                each.severity,
                Cell(each.status, tag=_KINDS.get(each.status, "plain")),
                batches.day(each.corrective_plan_due_on) if each.corrective_plan_due_on else None,
                _accepted(visitor, each),
            ]
            for each in found
        ],
        stacked=True,
        empty="The record has no findings.",
        quiet=True,
    )


_KINDS = {"open": "bad", "accepted": "warn", "closed": "good"}


def _accept_url(finding: SafeguardFinding) -> str:
    """Return where it may be accepted; "" for what nobody accepts."""
    dated = finding.corrective_plan_on and finding.corrective_plan_due_on
    if finding.status == "closed" or finding.severity == "critical" or not dated:
        return ""
    return reverse("safeguards:accept", args=[finding.id])


def _accepted(visitor: Visitor, finding: SafeguardFinding) -> Cell | None:
    given = finding.acceptance
    if given is None:
        return None
    until = batches.day(given.expires_on) if given.expires_on else "no day"
    return Cell(f"Until {until}", note=batches.person(visitor, given.by))


def _facts(record: SafeguardStanding) -> list[tuple[str, object]]:
    days = (
        ("Report approved on", record.ssr_approved_on),
        ("Approval ends on", record.ssr_expires_on),
        ("Attested on", record.attested_on),
    )
    return [
        ("Recipient", record.recipient),
        *((label, batches.day(on) if on else "Not recorded") for label, on in days),
        ("Contractors", f"{len(record.contractors):,}"),
        ("Officers whose access is recorded", f"{len(record.access):,}"),
    ]


def _duties(record: SafeguardStanding) -> Table:
    return table(
        "Duties in the record",
        ["Duty", "Due", "Done"],
        [
            [
                each.what,
                batches.day(each.due_on) if each.due_on else "No day",
                batches.day(each.done_on) if each.done_on else None,
            ]
            for each in record.duties
        ],
        stacked=True,
        empty="The record has no duties.",
    )


def _finding(finding_id: str) -> SafeguardFinding:
    record = safeguards.in_force()
    for each in record.findings if record else ():
        if each.id == finding_id:
            return each
    raise Misuse("The record in force has no finding of that id.", "See its findings.")


def _finding_facts(finding: SafeguardFinding) -> list[tuple[str, object]]:
    made, due = finding.corrective_plan_on, finding.corrective_plan_due_on
    return [
        ("Severity", finding.severity),
        ("Status", finding.status),
        ("Corrective plan of", batches.day(made) if made else "No plan"),
        ("Plan due", batches.day(due) if due else "No day"),
    ]


def _record(deployment: Deployment, actor: Actor, data: Data) -> Done:
    found = safeguards.record_safeguards(deployment.holder, actor, read_safeguards(data["record"]))
    return Done(reverse("safeguards:standing"), f"The record is in force. {_said(found)}")


def _accept(deployment: Deployment, actor: Actor, data: Data) -> Done:
    until = forms.DateField().clean(data["expires_on"])
    found = safeguards.accept_finding(
        deployment.holder, actor, data["finding"], data["reason"], until
    )
    return Done(reverse("safeguards:standing"), f"The finding is accepted. {_said(found)}")


register(
    WebAct(RECORD, RECORD, "Put a safeguard record in force", _record, takes=says.SafeguardRecord)
)
register(WebAct(ACCEPT, ACCEPT, "Accept a finding", _accept, takes=says.AcceptedFinding))
