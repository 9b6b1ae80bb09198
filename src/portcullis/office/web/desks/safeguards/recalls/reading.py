"""Whom a recall covers: reading the list is an act, on the ledger before any of it is shown."""

import polars as pl
from django.http import HttpRequest, HttpResponse

from portcullis.office import recall_proof, unsealing
from portcullis.office.people import Actor
from portcullis.office.web import pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import View
from portcullis.office.web.desks.safeguards.recalls.showing import RECALLS
from portcullis.office.web.pages import File, Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.oversight.recall_statement import COVERED, RecallStatement

STATEMENT = unsealing.RECALL_LIST
_SHOWN = 200  # requests in the page; the file has all of them


def begin(desk: str) -> View[[]]:
    """Return the view of ``desk`` that begins the reading of whom a recall covers."""
    return RECALLS.beginning(desk, STATEMENT)


def _read(deployment: Deployment, actor: Actor, data: Data) -> Done:
    desk, of = data["desk"], data["recall"]
    said = recall_proof.statement(deployment.holder, of, reader=actor)
    covered = pl.DataFrame(schema=COVERED) if said.covered is None else said.covered

    def show(request: HttpRequest) -> HttpResponse:
        head = Head(
            desk,
            f"Whom recall {of} covers",
            "This page is shown once; to read it again is another act.",
            RECALLS.up(desk, of),
        )
        return pages.page(request, head, [_statement(said), _covered(covered)])

    return Done(RECALLS.url(desk, of), "The list was read.", show)


def _statement(said: RecallStatement) -> Part:
    return Part(
        "The statement",
        "The whole list, with every step of the recall and the proof that it is on the ledger. "
        "Whoever has the holder’s public keys checks it without this office.",
        commands=("portcullis recall check STATEMENT --keys public.json",),
        files=[File(f"recall-{said.recall.replace('/', '-')}.json", said.text.encode())],
    )


def _covered(rows: pl.DataFrame) -> Part:
    first = rows.head(_SHOWN)
    listed = table(
        "Disclosures covered",
        ["Lot", "Source", "Request", "Package", "To"],
        [
            [
                row["lot"],
                row["source"],
                row["request_id"],
                Cell(row["package"], mono=True) if row["package"] else None,
                Cell(row["recipient"], note=row["custodian"]),
            ]
            for row in first.iter_rows(named=True)
        ],
        stacked=True,
        empty="It covers nothing.",
        quiet=True,
    )
    says = f"{first.height:,} of {rows.height:,} are shown; the statement has all."
    return Part("Disclosures covered", says, table=listed)


register(WebAct(STATEMENT, STATEMENT, "Read whom a recall covers", _read, browser_only=True))
