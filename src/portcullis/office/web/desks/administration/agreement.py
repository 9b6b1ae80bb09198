"""The agreement in words, and the versions of it that are kept beside it."""

from django.http import HttpRequest, HttpResponse

from portcullis.agreements.describe import describe
from portcullis.office import entries
from portcullis.office.models import Entry
from portcullis.office.web import batches, pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import visitor_of


@at_desk("administration")
def shown(request: HttpRequest) -> HttpResponse:
    """Show the agreement in use in words, and its other versions."""
    visitor = visitor_of(request)
    pack = visitor.deployment.pack
    added = Entry.objects.filter(kind="agreement-added").order_by("-position")
    rows = [
        [said["version"], Cell(said["pack"], mono=True), batches.person(visitor, said["by"]),
         batches.day(batches.entry_day(each))]
        for each in added
        for said in [entries.body(each)]
    ]  # fmt: skip
    listed = table(
        "Versions kept",
        ["Version", "Digest", "By", "On"],
        rows,
        stacked=True,
        empty="No other version is kept. Counsel adds one with portcullis agreement add.",
        quiet=True,
    )
    head = Head(
        "administration",
        "The agreement",
        f"{pack.agreement.title}, version {pack.version}: what is determined and released here "
        "follows it.",
    )
    parts = [
        Part("In words", paragraphs=tuple(_paragraphs(describe(pack)))),
        Part("Other versions, kept so that the past can be judged", table=listed),
    ]
    return pages.page(request, head, parts)


def _paragraphs(text: str) -> list[list[str]]:
    """Return the text's paragraphs, each as its lines."""
    return [part.splitlines() for part in text.split("\n\n") if part.strip()]
