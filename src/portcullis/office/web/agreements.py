"""The agreement in words, and its other versions, as the desks show them that keep it."""

from portcullis.agreements.describe import describe
from portcullis.office import entries
from portcullis.office.models import Entry
from portcullis.office.web import batches
from portcullis.office.web.pages import Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import Visitor

TITLE = "The agreement"


def lede(visitor: Visitor) -> str:
    """Return which agreement is in use."""
    pack = visitor.deployment.pack
    return (
        f"{pack.agreement.title}, version {pack.version}: what is determined and released here "
        "follows it."
    )


def parts(visitor: Visitor) -> list[Part]:
    """Return the agreement in use in words, and the versions kept beside it."""
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
        empty="No other version is kept. Counsel adds one at their desk.",
        quiet=True,
    )
    return [
        Part("In words", paragraphs=_paragraphs(describe(visitor.deployment.pack))),
        Part("Other versions, kept so that the past can be judged", table=listed),
    ]


def _paragraphs(text: str) -> list[list[str]]:
    """Return the text's paragraphs, each as its lines."""
    return [part.splitlines() for part in text.split("\n\n") if part.strip()]
