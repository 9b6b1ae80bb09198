"""One request explained: every element, what its result rests on, and what would mend it.

An explanation shows the *shape* of what was read, never the value: ``a date``, ``empty``, ``text
of 12 words``. Two things are shown by their code, because the code is no content of a request or
a record: how far a name or an address agrees. Counts are shown against their limit alone.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

import polars as pl

from portcullis.law.basis import Basis
from portcullis.law.element import FOR_A_PERSON, MET, NOT_MET, Element, Phase
from portcullis.law.evaluate import judge
from portcullis.law.facts import FACTS, Fact, field_behind
from portcullis.law.fields import Field, Kind
from portcullis.law.provision import Provision
from portcullis.law.readings import READINGS, Reading

REQUEST = "the request"
EMPTY = "empty"
NOT_RECORDED = "nothing recorded"


class Result(StrEnum):
    """What an explanation says of an element, in the words it is shown with."""

    MET = "met"
    NOT_MET = "not met"
    FOR_A_PERSON = "for a person"
    NOT_JUDGED = "not judged"
    NOT_SHOWN = "not shown to this reader"


_RESULTS = {MET: Result.MET, NOT_MET: Result.NOT_MET, FOR_A_PERSON: Result.FOR_A_PERSON}
_OPEN = (Result.NOT_MET, Result.FOR_A_PERSON)


@dataclass(frozen=True)
class Evidence:
    """One field or fact that a result rests on: what it says, whose word it is, its shape."""

    name: str
    says: str
    source: str
    shape: str


@dataclass(frozen=True, kw_only=True)
class Explained:
    """One element of one request, explained.

    ``cause`` is the code of why it is not met, where the element tells causes apart. ``readings``
    are those that hold and bear on it; ``mend`` is empty where there is nothing to mend.
    ``waived``: a reading has nobody ask for it. ``tightened``: the agreement takes "for a person"
    for not met.
    """

    element: Element
    provision: Provision
    result: Result
    cause: str = ""
    evidence: tuple[Evidence, ...] = ()
    readings: tuple[Reading, ...] = ()
    mend: str = ""
    waived: bool = False
    tightened: bool = False

    def hidden(self) -> Self:
        """Return the line as one reads it who may not know what was found."""
        return replace(self, result=Result.NOT_SHOWN, cause="", evidence=(), mend="")


def explain(
    provisions: Iterable[Provision], row: pl.DataFrame, basis: Basis, phases: Collection[Phase]
) -> tuple[Explained, ...]:
    """Explain one request under ``basis``: a line for each element of ``provisions``, in order.

    ``row``: a table of one row, as ``screening.prepare`` returns it, with whatever facts there are
    (measures, comparison flags, standing). An element is judged where its phase is in ``phases``
    and its facts are there; on the face of a request what is absent is not met, as ever. Raises
    ValueError for any other number of rows.
    """
    if row.height != 1:
        raise ValueError("one request is explained at a time")
    given = [(provision, each) for provision in provisions for each in provision.elements]
    judged = [each for _, each in given if _can_judge(each, row, basis, phases)]
    found = judge(row, judged, basis, keep=()).row(0, named=True) if judged else {}
    shapes = _Shapes([field for each in provisions for field in each.fields], row, basis)
    return tuple(
        _explained(provision, each, found.get(each.id), shapes) for provision, each in given
    )


def bearing(element: Element, basis: Basis) -> tuple[Reading, ...]:
    """Return the readings that hold under ``basis`` and bear on ``element``."""
    return tuple(
        each
        for each in READINGS
        if basis.holds(each.id) and (element.id in each.elements or _waives(each, element))
    )


def _waives(reading: Reading, element: Element) -> bool:
    return element.phase is Phase.FACE and element.layer in reading.waives


def _can_judge(
    element: Element, row: pl.DataFrame, basis: Basis, phases: Collection[Phase]
) -> bool:
    if element.phase not in phases:
        return False
    there = set(element.result(basis).meta.root_names()) <= set(row.columns)
    return there or element.phase is Phase.FACE


def _explained(
    provision: Provision, element: Element, found: int | None, shapes: "_Shapes"
) -> Explained:
    basis = shapes.basis
    result = Result.NOT_JUDGED if found is None else _RESULTS[found]
    readings = bearing(element, basis)
    cause = shapes.cause(element) if result is Result.NOT_MET else ""
    mend = ""
    if found is not None and result in _OPEN:
        mend = element.message_for(basis, found, cause or None)
    return Explained(
        element=element,
        provision=provision,
        result=result,
        cause=cause,
        evidence=() if found is None else shapes.evidence(element),
        readings=readings,
        mend=mend,
        waived=any(_waives(each, element) for each in readings),
        tightened=element.id in basis.tightened,
    )


class _Shapes:
    """What one request's columns look like, without what they say."""

    def __init__(self, fields: Iterable[Field], row: pl.DataFrame, basis: Basis) -> None:
        self.basis = basis
        self._fields = {field.name: field for field in fields}
        self._row = row
        self._values = row.row(0, named=True)

    def cause(self, element: Element) -> str:
        """Return the code of why ``element`` is not met, or nothing where none is told."""
        if element.cause is None:
            return ""
        told = element.cause(self.basis)
        if not set(told.meta.root_names()) <= set(self._row.columns):
            return ""
        code = self._row.select(told.alias("cause"))["cause"][0]
        return "" if code is None else str(code)

    def evidence(self, element: Element) -> tuple[Evidence, ...]:
        """Return the fields the element reads, in a request's order, then the facts."""
        read = element.result(self.basis).meta.root_names()
        names = dict.fromkeys([element.field, *(field_behind(column) for column in read)])
        fields = [each for name, each in self._fields.items() if name in names]
        facts = [FACTS[name] for name in FACTS if name in read and field_behind(name) == name]
        return (
            *(Evidence(each.name, each.says, REQUEST, self._of_field(each)) for each in fields),
            *(Evidence(each.name, each.says, each.source, self._of_fact(each)) for each in facts),
        )

    def _of_field(self, field: Field) -> str:
        text = self._values.get(field.name)
        return EMPTY if text is None else _FIELD_SHAPES[field.kind](field.name, text, self._values)

    def _of_fact(self, fact: Fact) -> str:
        value = self._values.get(fact.name)
        if value is None:
            return NOT_RECORDED
        if fact.name in _LIMITS:
            limit = getattr(self.basis.thresholds, _LIMITS[fact.name])
            return f"{'within' if value <= limit else 'above'} the limit of {limit:,}"
        if fact.name == "margin":
            return _MARGINS[value]
        if fact.name in _AGREEMENT:
            return f"the code “{value}”"
        return _FACT_SHAPES[type(fact.dtype)](value)


_LIMITS = {
    "m_officer_load_max": "officer_load",
    "m_identical_reasons": "identical_reasons",
    "m_shared_address": "shared_address",
    "m_window_volume": "batch_volume",
}
_AGREEMENT = ("tin_name", "tin_address")
_MARGINS = (
    "none: another person nearly agrees on name and address",
    "one: the closest other person falls short in name or address",
    "two: no other person comes near in name or address",
)
_ANSWERS = ("yes", "no")


def _amount(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def _listed(text: str) -> str:
    return f"a list of {sum(1 for each in text.split(';') if each.strip())}"


def _written(_name: str, _text: str, _row: Mapping[str, Any]) -> str:
    return "written"


def _date(name: str, _text: str, row: Mapping[str, Any]) -> str:
    return "no date" if row.get(f"d_{name}") is None else "a date"


def _years(_name: str, _text: str, row: Mapping[str, Any]) -> str:
    years = row.get("periods")
    return "no years" if years is None else f"a list of {_amount(len(years), 'year')}"


def _tin(_name: str, _text: str, row: Mapping[str, Any]) -> str:
    return "not nine digits" if row.get("tin_digits") is None else "nine digits"


_Shape = Callable[[str, str, Mapping[str, Any]], str]
_FIELD_SHAPES: dict[Kind, _Shape] = {
    Kind.TEXT: _written,
    Kind.NAME: _written,
    Kind.ADDRESS: _written,
    Kind.NUMBER: _written,
    Kind.FREE_TEXT: lambda _name, text, _row: f"text of {_amount(len(text.split()), 'word')}",
    Kind.TIN: _tin,
    Kind.DATE: _date,
    Kind.ANSWER: lambda _name, text, _row: "answered" if text in _ANSWERS else "neither yes nor no",
    Kind.CODE: lambda _name, _text, _row: "a code",
    Kind.CITATION: lambda _name, _text, _row: "a citation",
    Kind.YEARS: _years,
    Kind.LIST: lambda _name, text, _row: _listed(text),
}
_FACT_SHAPES: dict[type[pl.DataType], Callable[[Any], str]] = {
    pl.Boolean: lambda _value: "recorded",
    pl.String: lambda _value: "a code",
    pl.Date: lambda _value: "a date",
    pl.Int16: lambda _value: "a year",
    pl.UInt32: lambda value: ("none", "one")[value] if value <= 1 else "several",
}
