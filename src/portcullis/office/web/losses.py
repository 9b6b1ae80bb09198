"""Accepting a loss after a restore: two people's act, one of them an administrator.

One page for whoever may: their desks link to it while the home was put back and lacks something.
"""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import catching_up, losses
from portcullis.office.people import Actor
from portcullis.office.restored import Restored
from portcullis.office.web import pages, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import visitor_of

PAGE = "losses"
DOCTOR = "doctor"
_LOST = "lost"


class LossForm(pages.Form):
    """Which losses are accepted."""

    losses = forms.CharField(
        label="Losses",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=8000,
        help_text="By the names that the doctor and the catching up give, one a line: "
        "batch:2025-07, packages:12-40, entries-after:1204. Both people name the same.",
    )

    def clean_losses(self) -> list[str]:
        """Return the names."""
        return str(self.cleaned_data["losses"]).split()


def waiting(deployment: Deployment) -> bool:
    """Say whether the home was put back from a backup and still lacks something. Cheap."""
    mark = Restored.read(deployment.path)
    return mark is not None and mark.caught_up is not None


def links(deployment: Deployment) -> list[pages.Link]:
    """Return the link to this page, while there may be something to accept."""
    return [(reverse(PAGE), "Accept a loss")] if waiting(deployment) else []


def every(request: HttpRequest) -> HttpResponse:
    """Show what the doctor found missing; on POST, begin to accept losses."""
    visitor = visitor_of(request)
    if not visitor.may(losses.ACT):
        visitor.refuse(request, losses.ACT, "That person accepts no losses.")
    desk = "administration" if visitor.may("administrator-desk") else "counsel"
    head = Head(
        desk,
        "Accept a loss",
        "A home put back from a backup may lack what its ledger records. Its gate stays closed "
        "until that is brought, or two people, one an administrator, accept that it is lost.",
    )
    if not waiting(visitor.deployment):
        told = "This home lacks nothing that its ledger records, or has not caught up with it yet."
        return pages.page(request, head, [Part("There is nothing to accept", told)])
    form = LossForm(request.POST or None)
    return pages.ask(request, head, form, losses.ACT, parts=[_missing()])


def _missing() -> Part:
    """Return what the doctor last found missing; it is asked at the administrator's desk."""
    task = working.newest("", DOCTOR)
    found = (task.result or {}).get("findings", []) if task else []
    rows = [[Cell(message), remedy] for code, message, remedy in found if code == _LOST]
    empty = "The doctor named no loss: have it look at the administrator’s desk, under Health."
    listed = table(
        "What the doctor found missing",
        ["What is missing", "What to do instead"],
        rows,
        stacked=True,
        empty=empty,
        quiet=True,
    )
    return Part("Missing", table=listed)


def _accept(deployment: Deployment, actor: Actor, data: Data) -> Done:
    approvals, found = catching_up.accept_losses(deployment.holder, actor, list(data["losses"]))
    if approvals < losses.APPROVALS:
        told = "You have accepted it. A second person accepts the same."
    elif found.whole:
        told = "It is accepted by two. The home is no longer closed on this account."
    else:
        told = "It is accepted by two. More is missing; see the doctor."
    return Done(reverse(PAGE), told)


register(WebAct(losses.ACT, losses.ACT, "Accept a loss", _accept, browser_only=True))
