"""What newly opens and what newly closes between two terms, with an example request each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from portcullis.law import FOR_A_PERSON, MET, NOT_MET, Element
from portcullis.oversight.analysis.space import Choice, Space, Terms, results
from portcullis.oversight.analysis.values import Value

SAMPLE = 20_000
"""Requests drawn in which more than two columns are varied."""

RESULTS = ("not met", "for a person", "met")
"""What an element finds of a request, the worst first; one that is not asked for is met."""

_SEED = 6103
_MOST_VARIED = 6
_RANK = np.zeros(3, np.uint8)
_RANK[[NOT_MET, FOR_A_PERSON, MET]] = (0, 1, 2)
_MET = 2

Ranks = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Change:
    """Requests of which more comes after than before, or less, by the element that decides it.

    ``was``, ``now``: what the element finds, of ``RESULTS``. ``count``: of the requests tried.
    ``differs``: in what a smallest example differs from the complete request of the terms ``of``
    (before or after).
    """

    element: Element
    was: str
    now: str
    count: int
    differs: dict[str, Value]
    of: str


@dataclass(frozen=True)
class Comparison:
    """What changes between two terms, over ``tried`` requests.

    ``only_before``, ``only_after``: the fields that requests have under one of them alone.
    """

    opens: tuple[Change, ...]
    closes: tuple[Change, ...]
    tried: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]


def compare(before: Terms, after: Terms) -> Comparison:
    """Return what newly opens and closes from ``before`` to ``after``, in the law's order.

    Tried are the complete requests of both, those with one and two columns varied, and a seeded
    sample with more. An element that one side does not ask for is met there; a field that one side
    does not have is empty there. Raises Refused where no request meets every element of a side.
    """
    space = Space.of(before, after)
    elements = {each.id: each for terms in (after, before) for each in terms.elements}
    tally = _Tally(space, list(elements.values()))
    differing = _differing(before, after, list(elements))
    for of, start in _starts(space):
        for choice in _tried(space, start):
            tally.tried += len(choice)
            frames = _frames(space, choice, before, after)
            was, now = _both(frames, before, after, differing)
            # Where tests that differ find the same, the same comes on both sides.
            apart = (was != now).any(axis=1)
            frames = (frames[0].filter(apart), frames[1].filter(apart))
            was, now = _both(frames, before, after, list(elements))
            tally.take(of, start, choice[apart], was, now)
    had, has = before.pack.fields, after.pack.fields
    return Comparison(
        opens=tally.changes(opening=True),
        closes=tally.changes(opening=False),
        tried=tally.tried,
        only_before=tuple(name for name in had if name not in has),
        only_after=tuple(name for name in has if name not in had),
    )


class _Example(NamedTuple):
    of: str
    weight: int
    differs: dict[str, Value]


class _Tally:
    """The changes found so far, by the element that decides, its result before and after."""

    def __init__(self, space: Space, elements: list[Element]) -> None:
        self.space, self.elements = space, elements
        self.tried = 0
        self.found: dict[tuple[int, int, int], tuple[int, _Example]] = {}

    def take(self, of: str, start: Choice, choice: Choice, before: Ranks, after: Ranks) -> None:
        was, now = before.min(axis=1), after.min(axis=1)
        falls = (now < was)[:, None] & (after == now[:, None]) & (after < before)
        rises = (now > was)[:, None] & (before == was[:, None]) & (before < after)
        deciding = np.argmax(falls | rises, axis=1)
        weights = self.space.plainness(start, choice)
        changed = np.flatnonzero(was != now)
        decided = deciding[changed]
        found = before[changed, decided], after[changed, decided]
        keys = np.stack([decided, *found], axis=1)
        groups, members = np.unique(keys, axis=0, return_inverse=True)
        for number, group in enumerate(groups):
            key = (int(group[0]), int(group[1]), int(group[2]))
            rows = changed[members == number]
            best = rows[np.argmin(weights[rows])]
            example = _Example(of, int(weights[best]), self.space.differences(start, choice[best]))
            self._add(key, len(rows), example)

    def changes(self, *, opening: bool) -> tuple[Change, ...]:
        keys = sorted(key for key in self.found if (key[2] > key[1]) == opening)
        return tuple(self._change(key, *self.found[key]) for key in keys)

    def _change(self, key: tuple[int, int, int], count: int, example: _Example) -> Change:
        element, was, now = key
        return Change(
            element=self.elements[element],
            was=RESULTS[was],
            now=RESULTS[now],
            count=count,
            differs=example.differs,
            of=example.of,
        )

    def _add(self, key: tuple[int, int, int], count: int, example: _Example) -> None:
        total, least = self.found.get(key, (0, example))
        if example.weight < least.weight:
            least = example
        self.found[key] = (total + count, least)


def _starts(space: Space) -> Iterator[tuple[str, Choice]]:
    before, after = space.starts
    yield "before", before
    if (before != after).any():
        yield "after", after


def _tried(space: Space, start: Choice) -> Iterator[Choice]:
    """Yield the start itself, every one and two variations of it, and a sample of more."""
    columns, positions = space.variations.T
    other = np.flatnonzero(positions != start[0, columns])
    yield start
    yield space.varied(start, other[:, None])
    first, second = np.triu_indices(len(other), 1)
    pairs = np.stack([other[first], other[second]], axis=1)
    yield space.varied(start, pairs[columns[pairs[:, 0]] != columns[pairs[:, 1]]])
    drawn = np.random.default_rng(_SEED)
    for many in range(3, _MOST_VARIED + 1):
        count = SAMPLE // (_MOST_VARIED - 2)
        yield space.varied(start, drawn.choice(other, (count, many)))


def _differing(before: Terms, after: Terms, ids: list[str]) -> list[str]:
    """Return the ids of the elements whose tests are not the same on both sides."""
    tests = [
        {each.id: each.result(terms.basis) for each in terms.elements} for terms in (before, after)
    ]
    return [
        each
        for each in ids
        if not all(each in side for side in tests) or not tests[0][each].meta.eq(tests[1][each])
    ]


def _frames(
    space: Space, choice: Choice, before: Terms, after: Terms
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the requests as each side prepares them: once, where they have the same fields."""
    frame = space.frame(choice, before.pack)
    same = before.pack.fields == after.pack.fields
    return frame, frame if same else space.frame(choice, after.pack)


def _both(
    frames: tuple[pl.DataFrame, pl.DataFrame], before: Terms, after: Terms, ids: list[str]
) -> tuple[Ranks, Ranks]:
    return _ranks(frames[0], before, ids), _ranks(frames[1], after, ids)


def _ranks(frame: pl.DataFrame, terms: Terms, ids: list[str]) -> Ranks:
    """Return how well each element is met: 0 not, 1 for a person, 2 met or not asked for."""
    ranks = np.full((frame.height, len(ids)), _MET, np.uint8)
    asked = [each for each in terms.elements if each.id in ids]
    if asked and frame.height:
        places = [ids.index(each.id) for each in asked]
        ranks[:, places] = _RANK[results(frame, terms, asked)]
    return ranks
