"""One request explained, as a document: text, JSON, or one HTML file that needs nothing else.

The document shows the shape of what was read and never a value; what its reader may not know stands
as *not shown to this reader*, whatever was found.
"""

import json
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import groupby
from typing import Any

import jinja2
from markupsafe import Markup

from portcullis import __version__
from portcullis.law import Explained, Provision, Reading, Result
from portcullis.law.quotation import Paragraph, paragraphs
from portcullis.oversight import words

FORMAT = "portcullis-explanation/1"
OPEN = (Result.NOT_MET, Result.FOR_A_PERSON)

_WIDTH = 96
_INDENT = " " * 6
_MARKS = {
    Result.MET: "✓",
    Result.NOT_MET: "✗",
    Result.FOR_A_PERSON: "?",
    Result.NOT_JUDGED: "–",
    Result.NOT_SHOWN: "■",
}
_OUTCOMES = {"passed": "Passed on its face"}


@dataclass(frozen=True)
class Returned:
    """Why intake returned a row before anything was judged: code, field at fault, and words."""

    code: str
    field: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One request under one basis.

    ``batch`` is empty where the request was never sent, ``basis`` is the basis's digest. ``lines``
    are in the law's order; a row that intake returned has none, and ``returned`` says why.
    ``notes`` are sentences a reader must know beside them.
    """

    request_id: str
    batch: str
    agreement: str
    agreement_version: str
    as_of: date
    basis: str
    outcome: str
    lines: tuple[Explained, ...] = ()
    returned: Returned | None = None
    notes: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether nothing that was judged stands in the way, nor waits for a person."""
        return self.returned is None and not self.open

    @property
    def defective(self) -> bool:
        """Whether the request was returned, or something judged is not met."""
        return self.returned is not None or any(
            line.result is Result.NOT_MET for line in self.lines
        )

    @property
    def open(self) -> tuple[Explained, ...]:
        """The lines that are not met or for a person."""
        return tuple(line for line in self.lines if line.result in OPEN)

    def as_json(self) -> str:
        """Return the explanation as JSON, keys sorted, elements in the law's order.

        ``format``, ``request``, ``batch``, ``agreement`` {``id``, ``version``}, ``as_of``,
        ``basis``, ``outcome``, ``met``, ``notes`` [text], ``returned`` (null, or {``code``,
        ``field``, ``message``}) and ``elements``, each {``id``, ``provision`` {``id``,
        ``citation``, ``title``, ``text``}, ``citation``, ``statement``, ``layer``, ``phase``,
        ``time_dependent``, ``result``, ``cause``, ``mend``, ``waived``, ``tightened``, ``evidence``
        [{``name``, ``says``, ``source``, ``shape``}], ``readings`` [{``id``, ``holding``,
        ``source``, ``docket``, ``decided_on``, ``changes``}]}.
        """
        facts = {
            "format": FORMAT,
            "request": self.request_id,
            "batch": self.batch,
            "agreement": {"id": self.agreement, "version": self.agreement_version},
            "as_of": self.as_of.isoformat(),
            "basis": self.basis,
            "outcome": self.outcome,
            "met": self.met,
            "notes": list(self.notes),
            "returned": self.returned and vars(self.returned),
            "elements": [_line_json(line) for line in self.lines],
        }
        return json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def as_text(self) -> str:
        """Return the explanation as plain text, for a terminal or a file."""
        return "\n".join(_text(self)) + "\n"

    def as_html(self) -> str:
        """Return the explanation as the text of one HTML file."""
        return _template().render(
            version=__version__,
            style=Markup(_file("demo_report.css") + _file("explanation.css")),  # noqa: S704 - ours
            it=self,
            sections=[_Section(provision, lines) for provision, lines in _sections(self)],
            counts=_counts(self),
        )


@dataclass(frozen=True)
class _Section:
    """One provision of the page, and its lines."""

    provision: Provision
    lines: tuple[Explained, ...]

    @property
    def open(self) -> int:
        return sum(line.result in OPEN for line in self.lines)

    @property
    def text(self) -> list[Paragraph]:
        return paragraphs(self.provision.text)


def _sections(it: Explanation) -> Iterator[tuple[Provision, tuple[Explained, ...]]]:
    for _, lines in groupby(it.lines, key=lambda line: line.provision.id):
        listed = tuple(lines)
        yield listed[0].provision, listed


def _counts(it: Explanation) -> list[tuple[Result, int]]:
    counted = Counter(line.result for line in it.lines)
    return [(result, counted[result]) for result in Result if counted[result]]


def _line_json(line: Explained) -> dict[str, Any]:
    element, provision = line.element, line.provision
    return {
        "id": element.id,
        "provision": {
            "id": provision.id,
            "citation": provision.citation,
            "title": provision.title,
            "text": provision.text,
        },
        "citation": element.citation,
        "statement": element.statement,
        "layer": str(element.layer),
        "phase": str(element.phase),
        "time_dependent": element.time_dependent,
        "result": str(line.result),
        "cause": line.cause,
        "mend": line.mend,
        "waived": line.waived,
        "tightened": line.tightened,
        "evidence": [vars(each) for each in line.evidence],
        "readings": [_reading_json(each) for each in line.readings],
    }


def _reading_json(reading: Reading) -> dict[str, Any]:
    return {
        "id": reading.id,
        "holding": reading.holding,
        "source": reading.source,
        "docket": reading.docket,
        "decided_on": reading.decided_on and reading.decided_on.isoformat(),
        "changes": reading.changes,
    }


def _text(it: Explanation) -> Iterator[str]:
    yield f"Request {it.request_id}"
    batch = f"batch {it.batch}, " if it.batch else ""
    yield f"{batch}agreement {it.agreement} {it.agreement_version}, as of {_day(it.as_of)}"
    yield f"Basis {it.basis}"
    yield f"Outcome: {_outcome(it.outcome)}"
    if it.lines:
        yield "Elements: " + ", ".join(f"{number} {result}" for result, number in _counts(it))
    if it.returned:
        yield ""
        yield from _wrapped(f"Returned ({it.returned.code}): {it.returned.message}", "")
    for note in it.notes:
        yield ""
        yield from _wrapped(f"Note: {note}", "")
    for provision, lines in _sections(it):
        yield ""
        yield f"{provision.citation}: {provision.title}"
        yield from (f"  | {line}".rstrip() for line in provision.text.splitlines())
        for line in lines:
            yield ""
            yield from _text_line(line)


def _text_line(line: Explained) -> Iterator[str]:
    element = line.element
    yield from _wrapped(
        f"  {_MARKS[line.result]} {line.result.upper()}: {element.statement}", "    "
    )
    yield from _wrapped(f"{element.id} · {element.citation} · {element.layer}", _INDENT)
    for each in line.evidence:
        yield from _wrapped(f"rests on {each.name}, {each.says} ({each.source}): {each.shape}")
    for reading in line.readings:
        yield from _wrapped(f"reading {reading.id}: {reading.holding} {_source(reading)}")
    for remark in _remarks(line):
        yield from _wrapped(remark)
    if line.mend:
        label = "to mend" if line.result is Result.NOT_MET else "why a person looks"
        yield from _wrapped(f"{label}: {line.mend}")


def _wrapped(text: str, indent: str = _INDENT) -> list[str]:
    first = "" if text.startswith(" ") else indent
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
    )


def _remarks(line: Explained) -> list[str]:
    said = [
        (line.waived, "Nobody asks for this element: a reading waives its whole layer."),
        (line.tightened, "The agreement takes what the law leaves to a person for not met."),
        (line.element.time_dependent, "Judged again on the day of release."),
    ]
    return [words_ for holds, words_ in said if holds]


def _source(reading: Reading) -> str:
    """Return where a reading was given: court, docket and day, as far as there are any."""
    docket = f"No. {reading.docket}" if reading.docket else ""
    day = _day(reading.decided_on) if reading.decided_on else ""
    return ", ".join(part for part in (reading.source, docket, day) if part)


def _outcome(code: str) -> str:
    return _OUTCOMES.get(code) or words.outcome(code)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _sentence(text: str) -> str:
    """Return ``text`` with a capital first letter, the others as they are (TIN stays TIN)."""
    return text[:1].upper() + text[1:]


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "capitalize_first": _sentence,
        "day": _day,
        "mark": _MARKS.__getitem__,
        "outcome": _outcome,
        "remarks": _remarks,
        "source": _source,
    }
    return environment.from_string(_file("explanation.html.jinja"))


def _file(name: str) -> str:
    return files("portcullis.oversight").joinpath(name).read_text(encoding="utf-8")
