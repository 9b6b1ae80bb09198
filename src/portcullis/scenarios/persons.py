"""Synthetic persons' names, by column.

A name is drawn as positions in the vocabulary, so that kin can share parts of one, and written
out as text at the end.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
import polars as pl

from portcullis.scenarios.draws import Bools, from_pool, weighted, words
from portcullis.scenarios.vocabulary import Ints, Words, fold, names

NO_MIDDLE, INITIAL, FULL_MIDDLE = range(3)
ONE, TWO, HYPHENATED = range(3)

_MIDDLES = np.array([0.40, 0.25, 0.35])
_TWO_SURNAMES = np.array([0.35, 0.53, 0.12])
_WITH_DIACRITICS = 0.3


@dataclass(frozen=True)
class Drawn:
    """Names as positions in the vocabulary, one place a person in each array."""

    sex: Ints
    given: Ints
    middle: Ints
    middle_style: Ints
    family: Ints
    second_family: Ints
    family_style: Ints
    diacritics: Bools

    def like(self, model: Ints, where: Bools, *parts: str) -> "Drawn":
        """Return the names with ``parts`` of person ``model[i]`` in place of ``i``'s, ``where``."""
        shared = {
            part: np.where(where, getattr(self, part)[model], getattr(self, part)) for part in parts
        }
        return replace(self, **shared)


FAMILY_PARTS = ("family", "second_family", "family_style")
ALL_PARTS = tuple(field.name for field in fields(Drawn))


def draw_names(people: Ints, sex: Ints, random: np.random.Generator) -> Drawn:
    """Draw a name for each person of a people and sex (0 female, 1 male)."""
    vocabulary = names()
    size = len(people)
    style = weighted(random.random(size), _TWO_SURNAMES)
    return Drawn(
        sex=sex,
        given=from_pool(vocabulary.given, 2 * people + sex, random),
        middle=from_pool(vocabulary.given, 2 * people + sex, random),
        middle_style=weighted(random.random(size), _MIDDLES),
        family=from_pool(vocabulary.family, people, random),
        second_family=from_pool(vocabulary.family, people, random),
        family_style=np.where(vocabulary.two_surnames[people], style, ONE),
        diacritics=random.random(size) < _WITH_DIACRITICS,
    )


def draw_people(size: int, random: np.random.Generator) -> Ints:
    """Draw each one's people (its position in the vocabulary)."""
    return weighted(random.random(size), names().weights)


def written(drawn: Drawn) -> pl.DataFrame:
    """Return given_name, middle_name (null for none) and family_name as they are spelled."""
    vocabulary = names()
    plain = pl.DataFrame(
        {
            "given_name": _spelled(vocabulary.given.words, drawn.given, drawn.diacritics),
            "middle_name": _spelled(vocabulary.given.words, drawn.middle, drawn.diacritics),
            "family_name": _spelled(vocabulary.family.words, drawn.family, drawn.diacritics),
            "second": _spelled(vocabulary.family.words, drawn.second_family, drawn.diacritics),
            "middle_style": drawn.middle_style,
            "family_style": drawn.family_style,
        }
    )
    middle, family = pl.col("middle_name"), pl.col("family_name")
    return plain.select(
        "given_name",
        pl.when(pl.col("middle_style") == FULL_MIDDLE)
        .then(middle)
        .when(pl.col("middle_style") == INITIAL)
        .then(middle.str.slice(0, 1))
        .alias("middle_name"),
        pl.when(pl.col("family_style") == TWO)
        .then(pl.concat_str(family, pl.lit(" "), "second"))
        .when(pl.col("family_style") == HYPHENATED)
        .then(pl.concat_str(family, pl.lit("-"), "second"))
        .otherwise(family)
        .alias("family_name"),
    )


def _spelled(vocabulary: Words, positions: Ints, diacritics: Bools) -> pl.Series:
    both = np.array([*vocabulary, *(fold(word) for word in vocabulary)], dtype=object)
    return words(both, np.where(diacritics, positions, positions + len(vocabulary)))
