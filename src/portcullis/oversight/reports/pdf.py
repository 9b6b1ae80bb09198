"""A document as a tagged PDF (PDF/UA-1), set by Typst; the same document, the same bytes."""

import json
from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from portcullis.oversight.reports.common import day_words
from portcullis.oversight.reports.document import Document, Table, Value, written

_WORDS = {
    "en": {
        "page": "Page",
        "of": "of",
        "source": "Source",
        "verify": "How to verify this",
        "as_of": "As of the end of {day} (UTC)",
        "counted": "Counted from the ledger {origin}, {size} entries, root `{root}`.{claimed} "
        "Its signed checkpoint:",
        "claimed": " Of them, {by} claim a day up to the day above.",
        "public": "For disclosure to the public",
        "closed": "Not for disclosure to the public",
    },
    "es": {
        "page": "Página",
        "of": "de",
        "source": "Fuente",
        "verify": "Cómo comprobar esto",
        "as_of": "Al final del {day} (UTC)",
        "counted": "Contado del registro {origin}, {size} asientos, raíz `{root}`.{claimed} "
        "Su punto de control firmado:",
        "claimed": " De ellos, {by} declaran un día hasta el indicado.",
        "public": "Para divulgación pública",
        "closed": "No es para divulgación pública",
    },
}
_WIDEST, _NARROWEST = 52, 9  # characters a column is given room for


def pdf(document: Document) -> bytes:
    """Return the document as PDF: tagged, with title and language, fit for a screen reader."""
    with _template() as path:
        return typst.compile(
            path,
            sys_inputs=_inputs(document),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
        )


def pages(document: Document, ppi: float = 110) -> list[bytes]:
    """Return every page as PNG, for looking at."""
    with _template() as path:
        made: bytes | list[bytes] = typst.compile(
            path, sys_inputs=_inputs(document), ignore_system_fonts=True, format="png", ppi=ppi
        )
    return [made] if isinstance(made, bytes) else made


def _template() -> AbstractContextManager[Path]:
    return as_file(files("portcullis.oversight.reports").joinpath("report.typ"))


def _inputs(document: Document) -> dict[str, str]:
    words = _WORDS[document.language]
    return {"document": json.dumps(_data(document, words)), "words": json.dumps(words)}


def _data(document: Document, words: dict[str, str]) -> dict[str, Any]:
    return {
        "title": document.title,
        "author": "Portcullis",
        "language": document.language,
        "kicker": document.agreement,
        "classification": words["public" if document.public else "closed"],
        "as_of_words": words["as_of"].format(day=day_words(document.as_of, document.language)),
        "about": [list(each) for each in document.about],
        "sections": [
            {
                "title": section.title,
                "paragraphs": list(section.paragraphs),
                "tables": [_table(each) for each in section.tables if each.printed],
            }
            for section in document.sections
        ],
        "source_words": _source(document, words),
        "checkpoint": document.source.checkpoint if document.source else "",
        "verify": list(document.verify),
    }


def _source(document: Document, words: dict[str, str]) -> str:
    source = document.source
    if source is None:
        return ""
    claimed = "" if document.public else words["claimed"].format(by=f"{source.by:,}")
    return words["counted"].format(
        origin=source.origin, size=f"{source.size:,}", root=source.root, claimed=claimed
    )


def _table(table: Table) -> dict[str, Any]:
    columns = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.columns)
    return {
        "title": table.title,
        "columns": [words for _, words in table.columns],
        "rows": [[written(value) for value in row] for row in table.rows],
        "numeric": [_numeric(values) for values in columns],
        "widths": [
            _width(words, values) for (_, words), values in zip(table.columns, columns, strict=True)
        ],
        "note": table.note,
    }


def _numeric(values: tuple[Value, ...]) -> bool:
    return any(isinstance(value, int) for value in values)


def _width(words: str, values: tuple[Value, ...]) -> int:
    """Return the room a column asks for: its longest value, or the longest word above it."""
    longest = max([len(word) for word in words.split()], default=0)
    inside = max([len(written(value)) for value in values], default=0)
    return min(max(longest, inside, _NARROWEST) + 2, _WIDEST)
