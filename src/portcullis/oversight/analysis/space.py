"""The space of requests of an agreement: a complete one, and all that can be varied in it.

What varies are the fields of a request and the facts beside it (the signature, the measures, the
comparison, the standing, the officials' acts), each on its own: the law is tried for every state
it can be asked about, whether or not the rooms of today can bring it about. What is made of a
field (dates, normal forms) is made by screening itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from portcullis import law
from portcullis.agreements import Pack, template_rows
from portcullis.errors import Refused
from portcullis.law import MET, Basis, Element, Kind
from portcullis.oversight.analysis.values import Value, literals, of_fact, of_field
from portcullis.screening import prepare

Choice = npt.NDArray[np.uint8]
"""One row a request, one column a field or fact: the position of its value in ``Space.values``."""

Results = npt.NDArray[np.uint8]
"""One row a request, one column an element: 0 not met, 1 met, 2 for a person."""

_FORMED = (Kind.NAME, Kind.ADDRESS)
_ROUNDS = 3


@dataclass(frozen=True)
class Terms:
    """What requests are judged by: an agreement and a basis taken from it."""

    pack: Pack
    basis: Basis

    @classmethod
    def of(cls, pack: Pack, day: date, readings: Sequence[str] = ()) -> Self:
        """Take the terms of ``pack`` on ``day``, re-examined under ``readings`` where there are."""
        basis = Basis.from_pack(pack, day)
        return cls(pack, basis.re_examined(readings) if readings else basis)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Every element these terms ask for, of all phases, in the law's order."""
        return law.applicable(self.basis)


@dataclass(frozen=True)
class Space:
    """The values of every field and fact that ``terms`` have between them.

    ``values``: by column, what is tried in it. ``starts``: for each of the terms, the choice (one
    row) of its complete request.
    """

    day: date
    fields: tuple[str, ...]
    values: dict[str, tuple[Value, ...]]
    starts: tuple[Choice, ...]

    @classmethod
    def of(cls, *terms: Terms) -> Self:
        """Make the space of these terms, all on the day of the first.

        Raises Refused where no request is found that meets every element of one of them.
        """
        day = terms[0].basis.as_of
        fields = tuple(dict.fromkeys(name for each in terms for name in each.pack.fields))
        values = {**_of_fields(terms, day), **_of_facts(terms, day)}
        starts: tuple[Choice, ...] = ()
        for each in terms:
            starts += (_complete(cls(day, fields, values, starts), each),)
        return cls(day, fields, values, starts)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of fields and facts, in the order of a choice."""
        return tuple(self.values)

    @cached_property
    def variations(self) -> npt.NDArray[np.intp]:
        """Every (column, position) there is, n x 2: field by field, then fact by fact."""
        pairs = [
            (number, position)
            for number, tried in enumerate(self.values.values())
            for position in range(len(tried))
        ]
        return np.array(pairs, dtype=np.intp)

    def singles(self) -> npt.NDArray[np.intp]:
        """Return the picks of every request in which one column is varied."""
        return np.arange(len(self.variations))[:, None]

    def varied(self, start: Choice, picks: npt.NDArray[np.intp]) -> Choice:
        """Return ``start`` once for each row of ``picks``, bent by the variations it numbers."""
        choice = np.repeat(start, len(picks), axis=0)
        rows = np.arange(len(picks))
        for slot in picks.T:
            column, position = self.variations[slot].T
            choice[rows, column] = position
        return choice

    def frame(self, choice: Choice, pack: Pack) -> pl.DataFrame:
        """Return the requests of ``choice`` as screening prepares them for ``pack``."""
        said = [name for name in self.fields if name in pack.fields]
        requests = self._table(choice, said).hstack(self.facts(choice))
        return _prepared(requests, pack)

    def facts(self, choice: Choice) -> pl.DataFrame:
        """Return the facts beside the requests of ``choice``, and nothing of the requests."""
        return self._table(choice, self.columns[len(self.fields) :])

    def judged(self, choice: Choice, terms: Terms) -> Results:
        """Return what every element of ``terms`` finds of each request of ``choice``."""
        if not len(choice):
            return np.zeros((0, len(terms.elements)), np.uint8)
        return results(self.frame(choice, terms.pack), terms, terms.elements)

    def near(self, element: Element, basis: Basis) -> tuple[int, ...]:
        """Return the numbers of the columns on which the result of ``element`` rests."""
        return tuple(
            number
            for number, name in enumerate(self.columns)
            if name in self._behind(element.reads(basis))
        )

    def differences(self, start: Choice, row: npt.NDArray[np.uint8]) -> dict[str, Value]:
        """Return the columns in which a request differs from ``start``, with their values."""
        return {
            name: self.values[name][row[number]]
            for number, name in enumerate(self.columns)
            if row[number] != start[0, number]
        }

    def plainness(self, start: Choice, choice: Choice) -> npt.NDArray[np.intp]:
        """Return how hard each request is to read: by what differs, and most by what is empty."""
        empty = [self.values[name].index(None) for name in self.columns]
        changed = choice != start
        emptied = changed & (choice == np.array(empty))
        weights: npt.NDArray[np.intp] = changed.sum(axis=1) + len(empty) * emptied.sum(axis=1)
        return weights

    def _table(self, choice: Choice, names: Sequence[str]) -> pl.DataFrame:
        return pl.DataFrame(
            [self._series(name).gather(choice[:, self.columns.index(name)]) for name in names]
        )

    def _series(self, name: str) -> pl.Series:
        dtype = pl.String() if name in self.fields else law.FACTS[name].dtype
        return pl.Series(name, self.values[name], dtype)

    def _behind(self, columns: Iterable[str]) -> set[str]:
        return {law.field_behind(name) for name in columns} | {
            field for name in columns for field in self._forming(name)
        }

    def _forming(self, column: str) -> tuple[str, ...]:
        """Return the fields of which the normal form ``column`` is made."""
        if column in self.values:
            return ()
        kinds = {f"{kind[0]}_": kind for kind in _FORMED}
        kind = kinds.get(column[:2])
        return tuple(name for name in self.fields if kind and _kind(name) == kind)


def _kind(name: str) -> Kind:
    return law.fields(law.PROVISIONS)[name].kind


def _of_fields(terms: Sequence[Terms], day: date) -> dict[str, tuple[Value, ...]]:
    """Return what is tried in each field: the examples of all terms, then what they compare."""
    examples = [template_rows(each.pack, day).row(0, named=True) for each in terms]
    values: dict[str, tuple[Value, ...]] = {}
    for each, example in zip(terms, examples, strict=True):
        known = law.fields(each.pack.provisions)
        for name in each.pack.fields:
            made = {name, f"d_{name}", f"c_{name}"} | _MADE.get(name, set())
            compared = literals(_reading(each, made), each.basis)
            tried = of_field(known[name], example[name], compared, day)
            values[name] = tuple(dict.fromkeys([*values.get(name, ()), *tried]))
    return values


_MADE = {
    law.field_behind(column): {column} for column in law.FACTS if law.field_behind(column) != column
}


def _of_facts(terms: Sequence[Terms], day: date) -> dict[str, tuple[Value, ...]]:
    """Return what is tried as each fact that some element reads and no field makes."""
    values: dict[str, tuple[Value, ...]] = {}
    for each in terms:
        example = template_rows(each.pack, day)
        made = _prepared(example, each.pack).columns
        read = {name for element in each.elements for name in element.reads(each.basis)}
        for fact in law.FACTS.values():
            if fact.name in read and fact.name not in made:
                compared = literals(_reading(each, {fact.name}), each.basis)
                tried = of_fact(fact, compared, day)
                values[fact.name] = tuple(dict.fromkeys([*values.get(fact.name, ()), *tried]))
    return {name: values[name] for name in law.FACTS if name in values}


def results(frame: pl.DataFrame, terms: Terms, elements: Sequence[Element]) -> Results:
    """Return what ``elements`` find of each request of a prepared ``frame``."""
    judged = law.judge(frame.with_row_index("row"), elements, terms.basis)
    return judged.drop("row").to_numpy()


def _reading(terms: Terms, columns: set[str]) -> list[Element]:
    return [each for each in terms.elements if columns & set(each.reads(terms.basis))]


def _prepared(requests: pl.DataFrame, pack: Pack) -> pl.DataFrame:
    """Prepare ``requests``, the normal forms once for each name and address there is."""
    keys = list(pack.fields_of(*_FORMED))
    if not keys:
        return prepare(requests, pack)
    forms = prepare(requests.unique(keys), pack)
    made = [name for name in law.FACTS if name[:2] in ("a_", "n_") and name in forms.columns]
    joined = requests.join(
        forms.select(*keys, *made), on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    return prepare(joined, pack)


def _complete(space: Space, terms: Terms) -> Choice:
    """Return the agreement's own example with facts that meet every element, found by search.

    From the facts of the terms before it on, or of a quiet request, the facts that one unmet
    element reads are changed, as few as can be, so that it and most others are met; and again
    where that undid another.
    """
    example = template_rows(terms.pack, space.day).row(0, named=True)
    quiet = np.zeros((1, len(space.columns)), np.uint8)
    start = space.starts[-1].copy() if space.starts else quiet
    for number, name in enumerate(space.columns):
        if name in space.fields:
            start[0, number] = space.values[name].index(example.get(name))
    fixed = space.frame(start, terms.pack).select(pl.exclude(space.columns[len(space.fields) :]))
    unmet = _unmet(space, terms, start)
    for _ in range(_ROUNDS):
        for number in unmet:
            start = _mended(space, terms, number, start, fixed)
        unmet = _unmet(space, terms, start)
    if unmet:
        raise Refused(
            f"No request was found that meets every element of {terms.pack.id}: "
            f"{', '.join(terms.elements[number].id for number in unmet)} stays unmet.",
            "Look at the element and at the examples its provision gives for its fields.",
        )
    return start


def _unmet(space: Space, terms: Terms, start: Choice) -> list[int]:
    return [int(number) for number in np.flatnonzero(space.judged(start, terms)[0] != MET)]


def _mended(space: Space, terms: Terms, unmet: int, start: Choice, fixed: pl.DataFrame) -> Choice:
    """Return ``start`` with those facts under which the element and most others are met.

    ``fixed`` is the rest of the request, prepared: what no fact changes.
    """
    near = space.near(terms.elements[unmet], terms.basis)
    facts = [number for number in near if space.columns[number] not in space.fields]
    tried = [range(len(space.values[space.columns[number]])) for number in facts]
    combinations = np.array(list(product(*tried)), dtype=np.uint8).reshape(-1, len(facts))
    choice = np.repeat(start, len(combinations), axis=0)
    choice[:, facts] = combinations
    frame = space.facts(choice).join(fixed, how="cross", maintain_order="left_right")
    met = results(frame, terms, terms.elements) == MET
    changed = (choice != start).sum(axis=1)
    return choice[[np.lexsort((changed, -met.sum(axis=1), ~met[:, unmet]))[0]]]
