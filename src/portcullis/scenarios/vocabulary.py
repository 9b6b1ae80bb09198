"""The words the synthetic world is made of: peoples' names, towns, streets, junk.

The lists stand in the TOML files beside this module. No real person or place is meant.
"""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]

_LETTERS = str.maketrans({"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss"})


def fold(word: str) -> str:
    """Return ``word`` without diacritics, its case kept (``Đỗ`` becomes ``Do``)."""
    spread = unicodedata.normalize("NFKD", word.translate(_LETTERS))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


@cache
def read(name: str) -> dict[str, Any]:
    """Return the TOML file ``name`` of this room."""
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


def split(text: str) -> list[str]:
    """Return the words of ``text``; an underscore stands for a blank inside one."""
    return [word.replace("_", " ") for word in text.split()]


@dataclass(frozen=True)
class Pools:
    """Words of several kinds laid end to end: kind ``k`` has ``sizes[k]`` from ``starts[k]`` on."""

    words: Words
    starts: Ints
    sizes: Ints

    @classmethod
    def of(cls, lists: list[list[str]]) -> "Pools":
        """Lay ``lists`` end to end."""
        sizes = np.array([len(words) for words in lists], dtype=np.int64)
        words = np.array([word for words in lists for word in words], dtype=object)
        return cls(words, np.cumsum(sizes) - sizes, sizes)


@dataclass(frozen=True)
class Names:
    """Personal names by people: weights, whether two surnames are usual, and the pools.

    Given names of people ``p`` stand in pool ``2 * p`` (female) and ``2 * p + 1`` (male).
    """

    weights: npt.NDArray[np.float64]
    two_surnames: npt.NDArray[np.bool_]
    given: Pools
    family: Pools


@cache
def names() -> Names:
    """Return the personal names of ``names.toml``."""
    peoples = list(read("names.toml").values())
    weights = np.array([people["weight"] for people in peoples], dtype=np.float64)
    return Names(
        weights=weights / weights.sum(),
        two_surnames=np.array([people["surnames"] == "two" for people in peoples]),
        given=Pools.of([split(people[sex]) for people in peoples for sex in ("female", "male")]),
        family=Pools.of([split(people["family"]) for people in peoples]),
    )


@dataclass(frozen=True)
class Towns:
    """Invented towns: names, state codes, weights, and the first of each one's ZIP codes.

    Town ``t`` has ``zips[t]`` consecutive ZIP codes from ``first_zip[t]`` on.
    """

    names: Words
    states: Words
    weights: npt.NDArray[np.float64]
    first_zip: Ints
    zips: Ints


TOWNS = 1_500
_MOST_ZIPS = 4


@cache
def towns() -> Towns:
    """Return the towns: a fixed draw, the same in every scenario, so that ZIP codes agree."""
    places = read("places.toml")
    random = np.random.default_rng(6103)
    first, last = split(places["towns"]["first"]), split(places["towns"]["last"])
    spellings = np.array([head + tail for head in first for tail in last], dtype=object)
    codes = np.array(list(places["states"]), dtype=object)
    ranges = np.array(list(places["states"].values()), dtype=np.int64)
    share = ranges[:, 2] / ranges[:, 2].sum()
    state = np.concatenate(
        [np.arange(len(codes)), random.choice(len(codes), TOWNS - len(codes), p=share)]
    )
    order = np.argsort(state, kind="stable")
    state = state[order]
    rank = np.arange(TOWNS) - np.searchsorted(state, state)
    room = (ranges[state, 1] - ranges[state, 0] + 1) * 100
    step = room // np.bincount(state)[state]
    return Towns(
        names=spellings[_distinct_within(state, len(spellings), random)],
        states=codes[state],
        weights=random.pareto(1.6, TOWNS) + 0.3,
        first_zip=ranges[state, 0] * 100 + rank * step + 1,
        zips=np.minimum(random.integers(1, _MOST_ZIPS + 1, TOWNS), step - 1),
    )


def _distinct_within(group: Ints, size: int, random: np.random.Generator) -> Ints:
    """Return one number below ``size`` a member, no two alike within one group."""
    start = random.integers(0, size, int(group.max()) + 1)
    rank = np.arange(len(group)) - np.searchsorted(group, group)
    return (start[group] + rank * 7) % size


@dataclass(frozen=True)
class Streets:
    """Street names: those of the records, and those on which no taxpayer ever lived."""

    inhabited: Words
    uninhabited: Words
    kinds: Words
    abbreviations: Words


_ORDINALS = 99


@cache
def streets() -> Streets:
    """Return the street names of ``places.toml`` and the numbered ones."""
    listed = read("places.toml")["streets"]
    first = split(listed["first"])

    def named(endings: str) -> list[str]:
        return [head + tail for head in first for tail in split(listed[endings])]

    numbered = [_ordinal(number) for number in range(1, _ORDINALS + 1)]
    return Streets(
        inhabited=np.array([*named("inhabited"), *numbered], dtype=object),
        uninhabited=np.array(named("uninhabited"), dtype=object),
        kinds=np.array(split(listed["kinds"]), dtype=object),
        abbreviations=np.array(split(listed["abbreviations"]), dtype=object),
    )


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number in (11, 12, 13) else ending}"
