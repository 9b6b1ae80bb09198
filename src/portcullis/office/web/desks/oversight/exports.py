"""Exports for bodies that oversee: ordered here, made by a worker, kept a week for their person."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from pydantic import Field

from portcullis.errors import Refused
from portcullis.office import work
from portcullis.office.people import Actor
from portcullis.office.web import pages, reported, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head
from portcullis.office.web.reported import EXPORT
from portcullis.office.web.said import Among, Day, Digest, Said
from portcullis.office.web.visitors import visitor_of
from portcullis.oversight.reports import OVERSEERS

TITLE = "Reports and exports"


class ExportForm(pages.Form):
    """For which body, on which request, and whether persons are in it."""

    body = forms.ChoiceField(
        label="For",
        choices=[(name, f"{each.name} ({each.authority})") for name, each in OVERSEERS.items()],
    )
    request = DocumentField(label="Its written request", help_text="Only its SHA-256 is kept.")
    by = forms.DateField(label="As of the end of", widget=DateInput)
    persons = forms.BooleanField(
        label="With the return information of every disclosure made",
        required=False,
        help_text="Only where the body’s law gives it, and its request asks for it. Each "
        "disclosure it is told of is put in the accounting first.",
    )

    def clean(self) -> dict[str, Any]:
        """Raise ValidationError where the body's law gives it no return information."""
        said = self.cleaned_data
        body = OVERSEERS.get(said.get("body", ""))
        if said.get("persons") and body is not None and not body.sees:
            self.add_error(
                "persons", "The law gives this body no return information. Export it without."
            )
        return said


class Export(Said):
    """For which body, on which request, as of which day, and whether persons are in it."""

    body: Annotated[str, Among.of(OVERSEERS)]
    request: Digest
    by: Day
    persons: Annotated[
        bool, Field(description="Whether the return information of each disclosure is in it.")
    ] = False


@at_desk("oversight")
def export(request: HttpRequest) -> HttpResponse:
    """Order an export for a body that oversees."""
    head = Head(
        "oversight",
        "Make an export",
        "For a body that oversees, on its written request, under its own law.",
        [reported.up("oversight", TITLE)],
    )
    today = visitor_of(request).today
    form = ExportForm(request.POST or None, request.FILES or None, initial={"by": today})
    if request.method == "POST" and form.is_valid():
        reported.not_to_come(request, form)
    return pages.ask(request, head, form, EXPORT)


def _export(deployment: Deployment, actor: Actor, data: Data) -> Done:
    after = reverse("oversight:reports")
    return working.begin(deployment, actor, EXPORT, "", _asked(data), after)


def _ordering(deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed; refuse, before it is, what is refused when it is made."""
    reported.check_come(deployment, date.fromisoformat(data["by"]))
    if data.get("persons") and not OVERSEERS[data["body"]].sees:
        raise Refused(
            "The field persons asks for what the law gives this body not: return information.",
            "Export it without.",
        )
    return work.ordering("", _asked(data))


def _asked(data: Data) -> dict[str, Any]:
    """Return what is ordered; persons only where that is said."""
    persons = data.get("persons", False) is True
    return {name: data[name] for name in ("body", "request", "by")} | {"persons": persons}


register(WebAct(EXPORT, EXPORT, "Make an export for an overseer", _export, _ordering, Export))
