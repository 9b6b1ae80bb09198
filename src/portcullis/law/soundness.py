"""Is the law itself whole: checked when a pack is loaded, before anything is judged by it.

A test that can give no answer, two elements nobody can tell apart, a reading that bears on an
element that is not there: each would be found out in the middle of a batch, or never.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from portcullis.law.basis import Basis, Thresholds
from portcullis.law.element import FOR_A_PERSON, NOT_MET, Element
from portcullis.law.facts import FACTS, columns_of
from portcullis.law.provision import Provision
from portcullis.law.readings import READINGS, Reading

_DAY = date(2025, 6, 30)
_NOMINAL = Basis(
    as_of=_DAY,
    agreement="nominal",
    agreement_version="0",
    provisions=(),
    statutes=("8 USC 1253(a)(1)(A)",),
    items=("last_known_address",),
    taxable_years_back=10,
    thresholds=Thresholds(
        window_days=90,
        batch_volume=1,
        officer_load=1,
        identical_reasons=1,
        shared_address=1,
        batch_halt_officer_share="0.50",
        batch_halt_reason_share="0.50",
        halt_minimum_rows=1,
        status_age_days=30,
        max_periods=7,
        approval_days=5,
    ),
)
_VALUES: dict[type[pl.DataType], Sequence[object]] = {
    pl.String: ("", "no", "yes", "same", "8USC1227(a)(1)(B)", "8USC1182(a)(6)", "a b c d e f g h"),
    pl.Boolean: (False, True),
    pl.UInt32: (0, 1, 2),
    pl.Int16: (2024,),
    pl.Date: (_DAY, _DAY - timedelta(days=90), _DAY - timedelta(days=91), _DAY + timedelta(days=1)),
    pl.List: ([], [2024], [None]),
}


@dataclass(frozen=True)
class Flaw:
    """What is wrong with the law as written: where, what, and how to mend it."""

    provision: str
    key: str
    message: str
    remedy: str


def flaws(
    provisions: Iterable[Provision], readings: Sequence[Reading] = READINGS
) -> tuple[Flaw, ...]:
    """Return what is wrong with these provisions, those of one agreement, and with the readings."""
    listed = tuple(provisions)
    return (*_doubles(listed), *_strangers(listed), *_nulls(listed), *_readings(readings))


def unknown_elements(readings: Sequence[Reading], known: frozenset[str]) -> tuple[Flaw, ...]:
    """Return the readings that bear on an element the law does not have."""
    return tuple(
        Flaw(
            each.id,
            "elements",
            f"The reading bears on {name!r}, and there is no such element.",
            "Name an element by its id, as docs/law lists them.",
        )
        for each in readings
        for name in each.elements
        if name not in known
    )


def _doubles(provisions: Sequence[Provision]) -> Iterator[Flaw]:
    counted = Counter(element.id for each in provisions for element in each.elements)
    for provision in provisions:
        for element in provision.elements:
            if counted[element.id] > 1:
                yield Flaw(
                    provision.id,
                    element.id,
                    "Another provision of the agreement has an element of this id.",
                    "Give each its own id, or leave one of the provisions out.",
                )


def _columns(provisions: Sequence[Provision]) -> dict[str, pl.DataType]:
    columns = {fact.name: fact.dtype for fact in FACTS.values()}
    for provision in provisions:
        for field in provision.fields:
            columns |= columns_of(field)
    return columns


def _bases() -> tuple[Basis, ...]:
    """Return the bases under which a test can have another form: no reading, and each alone."""
    return (_NOMINAL, *(replace(_NOMINAL, readings=(each.id,)) for each in READINGS))


def _strangers(provisions: Sequence[Provision]) -> Iterator[Flaw]:
    known = _columns(provisions)
    for provision, element in _each(provisions):
        read = {name for basis in _bases() for name in element.reads(basis)}
        for name in sorted(read - set(known)):
            yield Flaw(
                provision.id,
                element.id,
                f"The test reads {name!r}, which is no field of the agreement and no known fact.",
                "Declare the field in a provision of the agreement, or the fact in law/facts.py.",
            )


def _nulls(provisions: Sequence[Provision]) -> Iterator[Flaw]:
    """Try every test on rows that lack everything, and on rows that have one thing each."""
    frame = _probes(_columns(provisions))
    ill: set[str] = set()
    for basis in _bases():
        tests = {each.id: each.test(basis) for _, each in _each(provisions)}
        answers = frame.lazy().select(
            _ill(test).alias(name)
            for name, test in tests.items()
            if set(test.meta.root_names()) <= set(frame.columns)
        )
        ill |= {answer.name for answer in answers.collect() if answer[0]}
    for provision, element in _each(provisions):
        if element.id in ill:
            yield Flaw(
                provision.id,
                element.id,
                "The test can give something else than met, not met or for a person.",
                "End it in met_if or met_or_for_a_person, which take the unknown for not met.",
            )


def _ill(test: pl.Expr) -> pl.Expr:
    """Return whether ``test`` answers any row with nothing, or with what is no answer."""
    answer = test.cast(pl.Int64, strict=False)
    return ~answer.is_between(NOT_MET, FOR_A_PERSON).fill_null(value=False).all()


def _probes(columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return an empty row, and for each column a row for each value, alone and beside others."""
    typical = {name: _VALUES[type(kind)][-1] for name, kind in columns.items()}
    rows: list[dict[str, object]] = [{}, dict(typical)]
    for name, kind in columns.items():
        for value in (None, *_VALUES[type(kind)]):
            rows += [{name: value}, {**typical, name: value}]
    return pl.DataFrame(rows, schema=columns)


def _readings(readings: Sequence[Reading]) -> Iterator[Flaw]:
    known = {each.id for each in readings}
    for each in readings:
        for other in each.conflicts:
            if other not in known:
                yield Flaw(
                    each.id,
                    "conflicts",
                    f"The reading conflicts with {other!r}, and there is no such reading.",
                    "Name readings by their ids.",
                )


def _each(provisions: Sequence[Provision]) -> Iterator[tuple[Provision, Element]]:
    return ((provision, element) for provision in provisions for element in provision.elements)
