"""Who lives with whom: the households of the synthetic population, and what their members share."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from portcullis.scenarios import persons, tins
from portcullis.scenarios.draws import Bools, weighted
from portcullis.scenarios.vocabulary import Ints

# Role of a household's members, how many they are, and its share of all households. The plain
# ones (single, couple, partners) are whom most requests are about; the others are each the
# substance of one way in which a match goes wrong.
_ROLES = (
    ("single", 1, 0.59),
    ("couple", 2, 0.17),
    ("partners", 2, 0.08),
    ("roommates", 3, 0.05),
    ("father-son-suffix", 2, 0.012),
    ("father-son", 2, 0.012),
    ("twins", 2, 0.012),
    ("itin-then-ssn", 2, 0.010),
    ("shared-tin", 2, 0.008),
    ("borrowed-tin", 2, 0.006),
    ("information-return-only", 1, 0.030),
    ("protected", 1, 0.010),
    ("general-delivery", 1, 0.010),
)
ROLES = tuple(name for name, _, _ in _ROLES)
_SIZES = np.array([size for _, size, _ in _ROLES], dtype=np.int64)
_SHARES = np.array([share for _, _, share in _ROLES])
MEAN_SIZE = float((_SIZES * _SHARES).sum() / _SHARES.sum())

_SUFFIXED = 0.015
_MARRIED_BEFORE = 0.06


@dataclass(frozen=True)
class Members:
    """The members of one chunk's households, one place a person in each array.

    ``role`` is a position in ``ROLES``; ``place`` the member's own in the household, from 0;
    ``number`` the position among all taxpayers.
    """

    household: Ints
    role: Ints
    place: Ints
    number: Ints
    head: Ints

    def __len__(self) -> int:
        """Return the number of persons."""
        return len(self.role)

    def are(self, *roles: str) -> Bools:
        """Return which members live in a household of one of ``roles``."""
        return np.isin(self.role, [ROLES.index(role) for role in roles])


def draw_members(households: int, first: int, most: int, random: np.random.Generator) -> Members:
    """Draw ``households`` households, numbering their members from ``first``.

    Members beyond ``most`` are left out, so that the last household may lack its later ones.
    """
    role = weighted(random.random(households), _SHARES)
    size = _SIZES[role]
    household = np.repeat(np.arange(households), size)[:most]
    number = np.arange(len(household))
    head = (np.cumsum(size) - size)[household]
    return Members(household, role[household], number - head, first + number, head)


def draw_taxpayers(members: Members, random: np.random.Generator) -> pl.DataFrame:
    """Return the taxpayer table's rows for ``members``, in the records' columns."""
    people = persons.draw_people(len(members), random)[members.head]
    sex = _sexes(members, random)
    spouse = members.are("couple", "partners") & (members.place == 1)
    born = persons.draw_names(people, sex, random)
    drawn = _kin(members, born)
    frame = persons.written(drawn)
    maiden = persons.written(born.like(members.head, spouse, "diacritics"))["family_name"]
    other = persons.written(persons.draw_names(people, sex, random))["family_name"]
    woman = sex == 0
    changed = members.are("couple") & spouse & woman
    divorced = members.are("single") & woman & (random.random(len(members)) < _MARRIED_BEFORE)
    prior = (
        pl.when(pl.Series(changed))
        .then(pl.lit(maiden))
        .when(pl.Series(divorced))
        .then(pl.lit(other))
    )
    return frame.with_columns(
        _taxpayer_ids(members.number).alias("taxpayer_id"),
        tins.of_taxpayers(_tin_owners(members)).alias("tin"),
        _suffixes(members, sex, random).alias("suffix"),
        pl.when(prior.is_not_null() & (prior != pl.col("family_name"))).then(
            pl.concat_str(
                "given_name",
                pl.lit("|"),
                pl.col("middle_name").fill_null(""),
                pl.lit("|"),
                prior,
                pl.lit("|"),
            )
        ).alias("prior_names"),
    ).select(
        "taxpayer_id",
        "tin",
        tins.kind().alias("tin_type"),
        "given_name",
        "middle_name",
        "family_name",
        "suffix",
        "prior_names",
    )  # fmt: skip


def _sexes(members: Members, random: np.random.Generator) -> Ints:
    """Return 0 for a woman, 1 for a man: spouses differ, twins agree, fathers and sons are men."""
    sex = random.integers(0, 2, len(members))
    sex[members.are("father-son", "father-son-suffix")] = 1
    of_head = sex[members.head]
    sex = np.where(members.are("twins"), of_head, sex)
    spouse = members.are("couple", "partners") & (members.place == 1)
    return np.where(spouse, 1 - of_head, sex)


def _kin(members: Members, born: persons.Drawn) -> persons.Drawn:
    """Return the names with what kin share: surnames, a father's whole name, a twin's first."""
    second = members.place == 1
    family = second & members.are("couple", "twins")
    same = second & members.are("father-son-suffix", "father-son", "itin-then-ssn", "shared-tin")
    twins = members.are("twins")
    drawn = born.like(members.head, family, *persons.FAMILY_PARTS, "diacritics")
    drawn = drawn.like(members.head, same, *persons.ALL_PARTS)
    drawn = drawn.like(members.head, twins & second, "given")
    drawn.middle_style[twins] = persons.FULL_MIDDLE
    return drawn


def _tin_owners(members: Members) -> Ints:
    """Return the number of the taxpayer whose TIN each uses: mostly their own."""
    shared = members.are("shared-tin", "borrowed-tin") & (members.place == 1)
    return np.where(shared, members.number[members.head], members.number)


def _suffixes(members: Members, sex: Ints, random: np.random.Generator) -> pl.Series:
    chosen = np.full(len(members), 3)
    some = members.are("single") & (sex == 1) & (random.random(len(members)) < _SUFFIXED)
    chosen[some] = random.integers(1, 3, len(members))[some]
    father_son = members.are("father-son-suffix")
    chosen[father_son] = np.where(members.place[father_son] == 0, 0, 1)
    return pl.Series(["Sr", "Jr", "III", None], dtype=pl.String).gather(chosen)


def _taxpayer_ids(numbers: Ints) -> pl.Series:
    return pl.Series(numbers).cast(pl.String).str.zfill(9).str.replace(r"^", "T")
