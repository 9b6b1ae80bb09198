"""For each element a request that fails only it; without one, the elements that imply it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portcullis.law import MET, Element
from portcullis.oversight.analysis.space import Space, Terms
from portcullis.oversight.analysis.values import Value

MOST_TRIED = 100_000
"""Requests tried for one element in which three columns are varied; beyond, a seeded sample."""

_SEED = 6103

Picks = npt.NDArray[np.intp]
Failed = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Witness:
    """What shows that ``element`` asks something of its own, or that it does not.

    ``differs``: in what the request that fails only this element differs from the complete one;
    None without one. Then ``implied_by`` are the ids of elements of which one fails whenever it
    does; none at all where nothing that was tried fails it.
    """

    element: Element
    differs: dict[str, Value] | None
    implied_by: tuple[str, ...] = ()

    @property
    def implied(self) -> bool:
        """Whether no request was found that fails only this element."""
        return self.differs is None


def witnesses(terms: Terms) -> tuple[Witness, ...]:
    """Return a witness for each element of ``terms``, in the law's order.

    One column of the complete request is varied at a time, then two, then three: one that the
    element reads, and for the third one that the elements read that fail beside it. Raises Refused
    where no request meets every element.
    """
    search = _Search(terms, Space.of(terms))
    search.take(search.space.singles(), range(len(terms.elements)))
    for number in search.missing():
        search.take(_pairs(search, number), [number])
    for number in search.missing():
        search.take(_triples(search, number), [number])
    return tuple(search.witness(number) for number in range(len(terms.elements)))


class _Search:
    """What was found so far, and how else the elements without a witness failed."""

    def __init__(self, terms: Terms, space: Space) -> None:
        self.terms, self.space = terms, space
        self.start = space.starts[0]
        self.found: dict[int, dict[str, Value]] = {}
        self.failures: dict[int, list[Failed]] = {}

    def missing(self) -> list[int]:
        return [n for n in range(len(self.terms.elements)) if n not in self.found]

    def take(self, picks: Picks, wanted: Iterable[int]) -> None:
        """Judge the requests that ``picks`` make; keep witnesses of ``wanted``, or failures."""
        choice = self.space.varied(self.start, picks)
        failed = self.space.judged(choice, self.terms) != MET
        alone = failed.sum(axis=1) == 1
        plainness = self.space.plainness(self.start, choice)
        for number in wanted:
            rows = np.flatnonzero(failed[:, number] & alone)
            if len(rows):
                best = rows[np.argmin(plainness[rows])]
                self.found[number] = self.space.differences(self.start, choice[best])
            else:
                self.failures.setdefault(number, []).append(failed[failed[:, number]])

    def failed(self, number: int) -> Failed:
        """Return which elements failed in every request tried that fails this one."""
        return np.concatenate(self.failures[number])

    def variations(self, numbers: Iterable[int]) -> Picks:
        """Return the numbers of the variations of the columns on which these elements rest."""
        elements, basis = self.terms.elements, self.terms.basis
        columns = {c for n in numbers for c in self.space.near(elements[n], basis)}
        return np.flatnonzero(np.isin(self.space.variations[:, 0], list(columns)))

    def witness(self, number: int) -> Witness:
        element = self.terms.elements[number]
        if number in self.found:
            return Witness(element, self.found[number])
        covering = _covering(self.failed(number), number)
        return Witness(element, None, tuple(self.terms.elements[n].id for n in covering))


def _pairs(search: _Search, number: int) -> Picks:
    every = np.arange(len(search.space.variations))
    return _product(search.space, search.variations([number]), every)


def _triples(search: _Search, number: int) -> Picks:
    """Return what may fail the element alone, given which elements failed beside it."""
    failed = search.failed(number)
    beside: Sequence[int] = ()
    if len(failed):
        fewest = failed[np.argmin(failed.sum(axis=1))]
        beside = [int(n) for n in np.flatnonzero(fewest)]
    own, others = search.variations([number]), search.variations([number, *beside])
    return _product(search.space, own, others, others)


def _product(space: Space, *sides: Picks) -> Picks:
    """Return every combination of these variations of different columns, a sample if many."""
    size = int(np.prod([len(side) for side in sides]))
    if size > MOST_TRIED and len(sides) > 2:  # noqa: PLR2004 - pairs are always tried whole
        drawn = np.random.default_rng(_SEED).integers(0, size, MOST_TRIED)
    else:
        drawn = np.arange(size)
    places = np.unravel_index(drawn, [len(side) for side in sides])
    picks = np.stack([side[place] for side, place in zip(sides, places, strict=True)], axis=1)
    columns = np.sort(space.variations[picks, 0], axis=1)
    kept: Picks = picks[(np.diff(columns, axis=1) != 0).all(axis=1)]
    return kept


def _covering(failed: Failed, number: int) -> tuple[int, ...]:
    """Return the others of which one fails in every row: those that always do, else the fewest."""
    others = failed.copy()
    others[:, number] = False
    if not len(others):
        return ()
    always = np.flatnonzero(others.all(axis=0))
    if len(always):
        return tuple(int(each) for each in always)
    cover: list[int] = []
    left = others
    while len(left):
        best = int(np.argmax(left.sum(axis=0)))
        cover.append(best)
        left = left[~left[:, best]]
    return tuple(sorted(cover))
