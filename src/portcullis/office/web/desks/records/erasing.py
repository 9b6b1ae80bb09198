"""Disposing of working data: shown first, then signed for, then destroyed for good."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.errors import Misuse, Refused
from portcullis.office import erasure, retention
from portcullis.office.home import Home
from portcullis.office.keystore import BATCH, Erasable
from portcullis.office.models import Erasure
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.records.dashboard import KINDS, name
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.said import Among, Id, Said
from portcullis.office.web.visitors import visitor_of
from portcullis.standing import Hold

ACT = erasure.ACT


class EraseForm(pages.Form):
    """The id once more, so that nothing is disposed of by a slip."""

    subject = forms.CharField(label="Its id, once more", max_length=80)

    def __init__(self, what: Erasable, *args: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args)
        self._what = what

    def clean_subject(self) -> str:
        """Return the id; raise ValidationError where it is another."""
        if self.cleaned_data["subject"].strip() != self._what.id:
            raise forms.ValidationError("That is another id. Write the one shown above.")
        return self._what.id


class Erase(Said):
    """Which working data is disposed of."""

    kind: Annotated[str, Among.of(KINDS)]
    subject: Id


@at_desk("records")
def erase(request: HttpRequest, kind: str, subject: str) -> HttpResponse:
    """Show what is to be disposed of; on POST, begin the act."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    what = _what(kind, subject)
    since = retention.kept_since(what)
    due_on = retention.due_day(home, since) if since else None
    holds = retention.holds_on(home, what)
    facts: list[tuple[str, object]] = [
        ("Kind", KINDS[what.kind]),
        ("Id", what.id),
        ("Kept since", batches.day(since) if since else "Still needed: it is not answered"),
        ("Due on", batches.day(due_on) if due_on else "No day yet"),
        ("Kept by holds", ", ".join(hold.id for hold in holds) or "None"),
    ]
    head = Head(
        "records",
        f"Dispose of {name(what)}",
        "For good. Its key is destroyed first, and no copy can be read any more, backups "
        "included; then its files. The accounting, the ledger and who did what stay.",
    )
    if refused := _not_now(home, what, due_on, holds):
        if request.method == "POST":
            if holds and due_on is not None and home.today() >= due_on:
                visitor.deployment.record_denied(ACT, visitor.person.id, "hold")
            raise refused
        return pages.page(request, head, [Part(str(refused), facts=facts)])
    form = EraseForm(what, request.POST or None)
    return pages.ask(request, head, form, ACT, {"kind": what.kind}, parts=[Part(facts=facts)])


def _not_now(
    home: Home, what: Erasable, due_on: date | None, holds: Sequence[Hold]
) -> Refused | None:
    """Return why it is not disposed of today; None where it may be."""
    done = Erasure.objects.filter(kind=what.kind, subject=what.id, finished=True).first()
    if done is not None:
        return Refused(f"It was disposed of on {batches.day(done.on)}.", "Nothing is left of it.")
    if due_on is None or home.today() < due_on:
        return Refused("Its day has not come.", "The days are the agreement’s, in retention.toml.")
    if holds:
        return Refused("A preservation hold keeps it.", "Two of counsel lift the hold.")
    return None


def _what(kind: str, subject: str) -> Erasable:
    if kind not in KINDS:
        raise Misuse("There is no working data of that kind.", "See the list at the desk.")
    return Erasable(kind, subject)


def _erase(deployment: Deployment, actor: Actor, data: Data) -> Done:
    what = _what(data["kind"], data["subject"])
    erasure.erase(deployment.holder, actor, what)
    return Done(reverse("records:erased"), f"The working data of {name(what)} is disposed of.")


def _ordering(_deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed: which working data; a batch's under its own id."""
    return data["subject"] if data["kind"] == BATCH else "", dict(data)


register(WebAct(ACT, ACT, "Dispose of working data", _erase, _ordering, Erase))
