"""Making a report: counted, reconciled, its digest on the ledger, its files in a folder."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MINYEAR, date, timedelta
from pathlib import Path

import polars as pl
from django.db import transaction

from portcullis import law, ledger, progress
from portcullis.canonical import json_bytes
from portcullis.errors import Misuse, Refused
from portcullis.office import entries
from portcullis.office.counting import count
from portcullis.office.home import Home
from portcullis.office.models import Entry
from portcullis.office.public import FILE, read_public
from portcullis.oversight import reports
from portcullis.oversight.reports import Counted, Document, Due
from portcullis.tables import publish_pieces

KIND = "report-made"
_A_PIECE = 50_000  # rows of a table written at a time


@dataclass(frozen=True)
class Made:
    """A report made: its documents, statement files by name, and what is due (``alert``).

    ``frames``: tables too long for a document, by name; they are written as CSV alone.
    """

    documents: tuple[Document, ...]
    statements: dict[str, str]
    alert: str = ""
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def make(home: Home, name: str, by: date, show: progress.Show = progress.unseen) -> Made:
    """Make the report ``name`` (of NAMES) as of the end of the day ``by``, and record that it was.

    What is published is counted to the last day that has ended: of a day still running the same
    report could be made twice, and the two would differ. The entry has the digest of its figures,
    which are the same whenever such a day is counted again. Raises Refused where ledger and
    accounting do not agree, or the day has not come.
    """
    if name not in NAMES:
        raise Misuse(f"There is no report {name}.", f"The reports are: {', '.join(NAMES)}.")
    if by.year == MINYEAR:
        raise Misuse("No year ended before that day.", "Name a later one with --as-of.")
    entries.integrate(home)
    counted = count(home, settled(home, name, by), show)
    with progress.step(show, "Make the report"):
        made = NAMES[name](home, counted)
    record(home, made.documents)
    return made


def settled(home: Home, name: str, by: date) -> date:
    """Return of which day a report ordered for ``by`` is: what is published, of one that ended."""
    return by - timedelta(days=1) if name in _OF_ENDED_DAYS and by == home.today() else by


def record(home: Home, documents: Sequence[Document]) -> None:
    """Put on the ledger that the reports were made: which, of which day, and their figures' digest.

    A public one's figures are public, and the others' digest tells nothing: it is keyed.
    """
    with transaction.atomic():
        for document in documents:
            facts = {
                "report": document.name,
                "as_of": document.as_of.isoformat(),
                "figures": figures(home, document),
            }
            entries.record(KIND, facts, at=home.now().isoformat())
    entries.integrate(home)


def figures(home: Home, document: Document) -> str:
    """Return the keyed digest (hex) of a document's tables: small numbers could be guessed else."""
    tables = {each.id: each.records for each in document.tables}
    said = json_bytes({"report": document.name, "as_of": document.as_of.isoformat(), **tables})
    return hmac.new(home.derived_key("report-figures"), said, "sha256").hexdigest()


def write(made: Made, folder: Path, show: progress.Show = progress.unseen) -> list[Path]:
    """Write every document (PDF, JSON, text; each table as CSV) and statement below ``folder``."""
    written: list[Path] = []
    try:
        for name, pieces in files(made, show):
            publish_pieces(folder / name, pieces)
            written.append(folder / name)
    except OSError as problem:
        raise Misuse(
            f"The report cannot be written to {folder.name}: {problem.strerror}.",
            "Name another folder.",
        ) from None
    return written


def files(
    made: Made, show: progress.Show = progress.unseen
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield every file of a report: its name (strokes part folders), and its bytes in pieces."""
    with progress.step(show, "Write the documents", len(made.documents), "files") as advance:
        for document in made.documents:
            yield f"{document.name}.pdf", [reports.pdf(document)]
            yield f"{document.name}.json", [document.json.encode()]
            yield f"{document.name}.txt", [document.text.encode()]
            for table in document.tables:
                yield f"{document.name}-{table.id}.csv", [table.csv.encode()]
            advance(1)
    for name, text in made.statements.items():
        yield f"statements/{name}.json", [text.encode()]
    for name, frame in made.frames.items():
        yield f"{name}.csv", _csv(frame)


def _csv(frame: pl.DataFrame) -> Iterator[bytes]:
    yield frame.clear().write_csv().encode()
    for part in frame.iter_slices(_A_PIECE):
        yield part.write_csv(include_header=False).encode()


def alerts(home: Home) -> list[str]:
    """Return what is due or overdue today of the reports that have a due day, and was not made."""
    year = home.today().year - 1
    alert = _alert(home, _due(year))
    return [f"Joint Committee, calendar year {year}: {alert}"] if alert else []


def _alert(home: Home, due: Due) -> str:
    """Return the alert of a year's reports; none of a year before the agreement was in force."""
    began = home.pack.agreement.in_force_from.year
    return due.alert(home.today()) if due.year >= began else ""


def _due(year: int) -> Due:
    """Return when the Joint Committee's reports of ``year`` are due, and when they were first made.

    Made as of a day before the year's end, a report is of the year before. One made on the very
    day it is as of is none: the year was not over.
    """
    said = (entries.body(each) for each in Entry.objects.filter(kind=KIND))
    made = [
        date.fromisoformat(each["at"][:10])
        for each in said
        if each["report"] == "joint-committee-c"
        and each["as_of"] < each["at"][:10]
        and reports.year_of(date.fromisoformat(each["as_of"])) == year
    ]
    return Due(year, reports.due_day(year), min(made, default=None))


def _joint_committee(home: Home, counted: Counted) -> Made:
    due = _due(reports.year_of(counted.by))
    # One id may stand in several provisions: the words are those of this agreement's.
    said = {
        element.id: (element.citation, element.statement)
        for provision in home.pack.provisions
        for element in law.PROVISIONS[provision].elements
    }
    documents = reports.report_b(counted, due, said), reports.report_c(counted, due)
    return Made(documents, {}, _alert(home, due))


def _register(_home: Home, counted: Counted) -> Made:
    return Made((reports.register(counted),), {})


def _court(home: Home, counted: Counted) -> Made:
    public = read_public(home.path / FILE)
    said = ledger.make_statements(
        home.ledger,
        list(public.ledger),
        list(public.witnesses),
        public.k,
        kinds=list(reports.COURT_KINDS),
        by=counted.by,
    )
    try:
        document = reports.court(counted, said)
    except ValueError as wrong:
        raise Refused(
            f"No report is made: its numbers do not reconcile. {wrong}.",
            "An entry's time contradicts the witnesses': see `portcullis statement`.",
        ) from None
    return Made((document,), {each.kind: each.text for each in said})


def _safeguards(_home: Home, counted: Counted) -> Made:
    return Made((reports.safeguards(counted),), {})


def _workload(_home: Home, counted: Counted) -> Made:
    return Made((reports.workload(counted),), {})


_OF_ENDED_DAYS = ("joint-committee", "register")
"""What is published, or is of a whole year."""

NAMES: dict[str, Callable[[Home, Counted], Made]] = {
    "joint-committee": _joint_committee,
    "court": _court,
    "register": _register,
    "safeguards": _safeguards,
    "workload": _workload,
}
"""Every report that anybody in the office may make. The oversight export is an act of its own."""
