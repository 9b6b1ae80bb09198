"""Alarms, at the two desks that watch over the office: what stands, a new watch, acknowledging."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from portcullis.canonical import sha256_hex
from portcullis.errors import Refused
from portcullis.office import alarms, watching, work
from portcullis.office.alarms import Raised
from portcullis.office.models import Entry
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages, signing, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.said import Among, Id, Reason, Said
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.oversight import watching as rules

WATCH, ACKNOWLEDGE = alarms.WATCHED, watching.ACKNOWLEDGE
_MISSING = (
    "The file that says what it is about is missing, or is another than the ledger says. Put the "
    "folder alarms back from a backup."
)


class AcknowledgeForm(pages.Form):
    """Why an alarm is acknowledged."""

    reason = forms.CharField(
        label="What you found, and why no more need be done",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Kept in the office, encrypted; the ledger commits to it.",
    )


class Watch(Said):
    """At whose desk the office is watched over."""

    desk: Annotated[str, Among(("oversight", "safeguards"))] = "oversight"


class Acknowledgement(Watch):
    """Which alarm is acknowledged, and why."""

    alarm: Id
    reason: Reason


def urls(desk: str) -> list[URLPattern]:
    """Return the addresses of the alarms at ``desk``."""

    @at_desk(desk)
    def every(request: HttpRequest) -> HttpResponse:
        return _every(request, desk)

    @at_desk(desk)
    def watch(request: HttpRequest) -> HttpResponse:
        return signing.begin(request, WATCH, {"desk": desk})

    @at_desk(desk)
    def acknowledge(request: HttpRequest, alarm_id: str) -> HttpResponse:
        return _acknowledge(request, desk, alarm_id)

    return [
        path("alarms/", every, name="alarms"),
        path("alarms/watch/", require_POST(watch), name="watch"),
        path("alarms/<str:alarm_id>/", acknowledge, name="acknowledge"),
    ]


def standing(visitor: Visitor) -> list[Raised]:
    """Return the alarms that nobody has acknowledged yet, the oldest first."""
    every = alarms.on_record(visitor.deployment.holder).values()
    return [one for one in every if one.standing]


def waits(one: Raised, visitor: Visitor) -> int:
    """Return for how many days an alarm has stood: since the entry that raised it."""
    return (visitor.today - one.on).days


def listed(visitor: Visitor, desk: str, found: list[Raised], caption: str) -> Table:
    """Return the table of alarms, each a link to acknowledge it."""
    return table(
        caption,
        ["Alarm", "What", "About", "Waiting", "Ledger entry"],
        [
            [
                Cell(one.id, url=reverse(f"{desk}:acknowledge", args=[one.id]), mono=True),
                rules.words(one.alarm.code) if one.alarm else _MISSING,
                batches.person(visitor, one.alarm.subject) if one.alarm else None,
                batches.age(waits(one, visitor)),
                one.position,
            ]
            for one in found
        ],
        stacked=True,
        empty="No alarm stands.",
        quiet=True,
    )


def _every(request: HttpRequest, desk: str) -> HttpResponse:
    visitor = visitor_of(request)
    found = list(alarms.on_record(visitor.deployment.holder).values())
    done = [one for one in reversed(found) if one.acknowledged]
    page, query = batches.page_of(request, done)
    newest = Entry.objects.filter(kind=WATCH).order_by("-position").first()
    last = f"The last watch: {batches.day(batches.entry_day(newest))}." if newest else ""
    head = Head(
        desk,
        "Alarms",
        "A watch judges the office’s own acts by fixed rules. An alarm stands until somebody whom "
        "it does not name acknowledges it, with a reason.",
    )
    parts = [
        Part(
            "Standing",
            table=listed(visitor, desk, standing(visitor), "Alarms that stand"),
        ),
        Part(
            "Watch now",
            last or "Nobody has watched yet.",
            post=reverse(f"{desk}:watch"),
            submit="Go on to sign the watch",
        ),
        Part("Acknowledged", table=_acknowledged(visitor, page.object_list), page=page,
             query=query),
    ]  # fmt: skip
    task = working.newest("", "watch")
    return pages.page(request, head, parts, progress=working.progress(visitor, task))


def _acknowledged(visitor: Visitor, found: Iterable[Raised]) -> Table:
    return table(
        "Alarms acknowledged, the newest first",
        ["Alarm", "What", "About", "By", "Reason"],
        [
            [
                Cell(one.id, mono=True),
                rules.words(one.alarm.code) if one.alarm else _MISSING,
                batches.person(visitor, one.alarm.subject) if one.alarm else None,
                batches.person(visitor, one.acknowledged.by),
                one.acknowledged.reason or _MISSING,
            ]
            for one in found
            if one.acknowledged
        ],
        stacked=True,
        empty="No alarm was acknowledged yet.",
        quiet=True,
    )


def _acknowledge(request: HttpRequest, desk: str, alarm_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    one = _find(visitor, alarm_id)
    alarm = one.alarm
    facts: list[tuple[str, object]] = [("Ledger entry", f"{one.position:,}")]
    if alarm is not None:
        counts = ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in alarm.counts.items())
        facts = [
            ("What", rules.words(alarm.code)),
            ("About", batches.person(visitor, alarm.subject)),
            ("Since", f"{alarm.since:%-d %B %Y, %H:%M} UTC"),
            ("Counts", counts),
            ("It names", ", ".join(batches.person(visitor, one) for one in alarm.people) or "–"),
            ("Ledger entries it rests on", ", ".join(f"{each:,}" for each in alarm.evidence[:20])),
        ]
    head = Head(desk, "Acknowledge an alarm", up=[(reverse(f"{desk}:alarms"), "Alarms")])
    form = AcknowledgeForm(request.POST or None)
    if request.method == "POST" and alarm is not None and visitor.person.id in alarm.people:
        visitor.deployment.record_denied(ACKNOWLEDGE, visitor.person.id, "own-alarm")
        raise Refused("This alarm names you.", "Another person acknowledges it.")
    fixed = {"alarm": one.id, "desk": desk}
    return pages.ask(request, head, form, ACKNOWLEDGE, fixed, parts=[Part(facts=facts)])


def _find(visitor: Visitor, alarm_id: str) -> Raised:
    found = alarms.on_record(visitor.deployment.holder).get(alarm_id)
    if found is None or not found.standing:
        raise Refused("No alarm of that id stands.", "See the list of alarms.")
    return found


def _watch(deployment: Deployment, actor: Actor, data: Data) -> Done:
    after = reverse(f"{data['desk']}:alarms")
    return working.begin(deployment, actor, "watch", "", {}, after)


def _ordering_watch(_deployment: Deployment, _data: Data) -> tuple[str, Mapping[str, Any]]:
    return work.ordering("", {})


def _done(deployment: Deployment, actor: Actor, data: Data) -> Done:
    watching.acknowledge(deployment.holder, actor, data["alarm"], data["reason"])
    return Done(reverse(f"{data['desk']}:alarms"), "The alarm is acknowledged.")


def _ordering(_deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed: of the reason in words its digest, for the words may say anything."""
    return "", {"alarm": data["alarm"], "reason": sha256_hex([data["reason"].encode()])}


register(WebAct(WATCH, WATCH, "Watch over the office", _watch, _ordering_watch, Watch))
register(
    WebAct(ACKNOWLEDGE, ACKNOWLEDGE, "Acknowledge an alarm", _done, _ordering, Acknowledgement)
)
