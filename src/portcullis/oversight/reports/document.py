"""A report as a document: what every rendering of it (PDF, JSON, CSV) says alike."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeGuard

from portcullis.errors import Refused

FORMAT = "portcullis-report/1"
WITHHELD = "*"
"""What stands in a cell that is not published."""

Value = str | int | None


@dataclass(frozen=True)
class Table:
    """Rows under named columns; ``id`` names its file, ``printed`` whether the PDF has it.

    ``columns``: a column's name in the data, and the words above it.
    """

    id: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""
    printed: bool = True

    @property
    def records(self) -> list[dict[str, Value]]:
        """Return the rows as objects."""
        names = [name for name, _ in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    @property
    def csv(self) -> str:
        """Return the table as CSV (RFC 4180)."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([name for name, _ in self.columns])
        writer.writerows(self.rows)
        return out.getvalue()


@dataclass(frozen=True)
class Section:
    """A heading, paragraphs, and the tables under them."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Check:
    """A number had from two places: the report is made only where they agree."""

    what: str
    ledger: int | str
    accounting: int | str

    @property
    def holds(self) -> bool:
        """Whether both places say the same."""
        return self.ledger == self.accounting


@dataclass(frozen=True)
class Source:
    """The ledger a report was counted from: its origin, size, root (hex) and signed checkpoint.

    ``by``: how many of its entries claim a day up to the report's.
    """

    origin: str
    size: int
    root: str
    checkpoint: str
    by: int

    @property
    def facts(self) -> dict[str, Value]:
        """Return what JSON has of it."""
        return {
            "origin": self.origin,
            "entries": self.size,
            "root": self.root,
            "entries_by_that_day": self.by,
            "checkpoint": self.checkpoint,
        }


@dataclass(frozen=True)
class Document:
    """One report. ``about``: labels and values at its head; ``verify``: how to check it.

    ``source`` is None in a letter to a person: what stands on the ledger differs with what was done
    for others, and the letter must not.
    """

    name: str
    title: str
    as_of: date
    agreement: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    source: Source | None
    verify: tuple[str, ...]
    public: bool = False
    language: str = "en"

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return every table of it."""
        return tuple(table for section in self.sections for table in section.tables)

    @property
    def facts(self) -> dict[str, Any]:
        """Return what it says, as JSON has it."""
        return {
            "format": FORMAT,
            "report": self.name,
            "title": self.title,
            "as_of": self.as_of.isoformat(),
            "agreement": self.agreement,
            "about": dict(self.about),
            "public": self.public,
            "text": {each.title: list(each.paragraphs) for each in self.sections},
            "tables": {each.id: each.records for each in self.tables},
            "ledger": self._ledger,
            "verify": list(self.verify),
        }

    @property
    def _ledger(self) -> dict[str, Value] | None:
        """Return the ledger's facts: in a public report no count of entries up to its day.

        The counts of two days would tell how much was done between them.
        """
        if self.source is None:
            return None
        hidden = {"entries_by_that_day"} if self.public else set()
        return {name: value for name, value in self.source.facts.items() if name not in hidden}

    @property
    def json(self) -> str:
        """Return the document as JSON text."""
        return json.dumps(self.facts, ensure_ascii=False, indent=1) + "\n"

    @property
    def text(self) -> str:
        """Return it as plain text, as a golden file or a terminal shows it."""
        return "\n".join(_lines(self)) + "\n"


def refuse_unless_agreed(checks: Sequence[Check]) -> None:
    """Raise Refused, naming every number that the ledger and the accounting do not agree on."""
    wrong = [each for each in checks if not each.holds]
    if wrong:
        named = "; ".join(
            f"{each.what}: the ledger says {each.ledger}, the accounting {each.accounting}"
            for each in wrong
        )
        raise Refused(
            f"No report is made: its numbers do not reconcile. {named}.",
            "Find out which of the two was changed: `portcullis verify` checks the ledger; the "
            "accounting's files are in the backups.",
        )


def total(rows: Iterable[tuple[Value, ...]], column: int) -> int:
    """Return the sum of a column's numbers."""
    return sum(value for row in rows for value in row[column : column + 1] if _is_number(value))


def written(value: Value) -> str:
    """Return a cell as a reader sees it."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else value


def _is_number(value: Value) -> TypeGuard[int]:
    return isinstance(value, int)


def _lines(document: Document) -> list[str]:
    lines = [document.title, f"As of {document.as_of.isoformat()}", document.agreement, ""]
    lines += [f"{label}: {value}" for label, value in document.about]
    for section in document.sections:
        lines += ["", section.title, "", *section.paragraphs]
        for table in section.tables:
            if table.printed:
                lines += ["", table.title, " | ".join(words for _, words in table.columns)]
                lines += [" | ".join(map(written, row)) for row in table.rows]
                lines += [table.note] if table.note else []
    return lines
