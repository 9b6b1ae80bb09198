"""What the recipient has signed, entered at a desk: a status or certificate proves itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from portcullis.errors import PortcullisError
from portcullis.office import entries, statements
from portcullis.office.models import Entry
from portcullis.office.owed import CERTIFICATE, STATUS
from portcullis.office.statements import Entered
from portcullis.office.web import batches, pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.documents import TextFileField
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of

SAYS = {
    "proceeding": "The case goes on",
    "closed": "The case is closed",
    "none": "Nothing came of it",
    "returned": "Returned",
    "destroyed": "Destroyed",
    "continued": "Safeguard continued",
}
_DENIED = "This statement is entered by people who hold another role."


class StatementForm(pages.Form):
    """A statement, as its officer or custodian signed it."""

    statement = TextFileField(
        label="The signed statement",
        help_text="An officer’s status, or a custodian’s certificate. It stands on the ledger "
        "whole: it holds codes and packages’ ids, and nobody’s data.",
    )

    def clean_statement(self) -> str:
        """Return the statement; raise ValidationError where it can be none."""
        text = str(self.cleaned_data["statement"])
        if not text.isascii():
            raise forms.ValidationError("That is no signed statement. Send the file as it came.")
        return text


def urls(desk: str) -> list[URLPattern]:
    """Return the address at which statements are entered at ``desk``."""

    @at_desk(desk)
    def enter(request: HttpRequest) -> HttpResponse:
        return _enter(request, desk)

    return [path("statements/", enter, name="statements")]


def _enter(request: HttpRequest, desk: str) -> HttpResponse:
    """Show what was entered; on POST, enter a statement. Its own signature is what it stands on."""
    visitor = visitor_of(request)
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        if not visitor.may(statements.ACT):
            visitor.deployment.deny(statements.ACT, visitor.person, _DENIED)
        try:
            done = statements.enter(visitor.deployment.holder, form.cleaned_data["statement"])
        except PortcullisError as error:
            form.add_error("statement", str(error))
        else:
            visitor.tell(request, _told(visitor, done))
            return redirect(request.path)
    found = Entry.objects.filter(kind__in=(STATUS, CERTIFICATE)).order_by("-position")
    page, query = batches.page_of(request, found)
    head = Head(
        desk,
        "What the recipient states",
        "An officer states what became of a case; a custodian certifies that packages were "
        "returned, destroyed, or are safeguarded still. Their signature is checked.",
    )
    listed = Part("Entered", table=_listed(visitor, page.object_list), page=page, query=query)
    return pages.asked(request, head, form, "Enter it", after=[listed])


def _told(visitor: Visitor, done: Entered) -> str:
    of = f"{done.packages:,} packages" if done.packages > 1 else "one package"
    told = f"Entered: {SAYS[done.says].lower()}, of {of}, by {batches.person(visitor, done.by)}."
    if not done.holds:
        return told
    return (
        f"{told} It was done against the preservation hold {', '.join(done.holds)}: that is an "
        "incident. Open one, and tell counsel."
    )


def _listed(visitor: Visitor, rows: Iterable[Entry]) -> Table:
    return table(
        "Statements entered, the newest first",
        ["Ledger entry", "Stated", "By", "Packages", "At (UTC)"],
        [
            [each.position, _says(said), batches.person(visitor, said["person"]),
             len(said["packages"]), str(said["stated_at"])[:16].replace("T", " ")]
            for each in rows
            for said in [entries.body(each)]
        ],
        stacked=True,
        empty="No statement was entered yet.",
        quiet=True,
    )  # fmt: skip


def _says(said: Mapping[str, Any]) -> Cell:
    holds = said.get("holds")
    against = f"Against hold {', '.join(holds)}" if holds else ""
    return Cell(SAYS[said["says"]], note=against)
