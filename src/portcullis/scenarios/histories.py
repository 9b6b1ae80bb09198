"""Address histories: which home each taxpayer's return, notice or update named, year by year."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from portcullis.scenarios.draws import Bools, below, weighted
from portcullis.scenarios.households import Members
from portcullis.scenarios.places import GENERAL_DELIVERY, USUAL, draw_homes
from portcullis.scenarios.vocabulary import Ints

FIRST_YEAR, LAST_YEAR = 2018, 2024
_YEARS = LAST_YEAR - FIRST_YEAR + 1
RETURN, NOTICE, INFORMATION_RETURN, USPS = range(4)
SOURCES = ("return", "notice", "information-return", "usps")

_EPOCH = date(1970, 1, 1)
_LAST_DAY = (date(2025, 6, 20) - _EPOCH).days
# Returns of a year are processed from 1 February of the next, most of them by the middle of June.
_SEASON = np.array([(date(FIRST_YEAR + year + 1, 2, 1) - _EPOCH).days for year in range(_YEARS)])
_SEASON_DAYS = 135

_MOVES = np.array([0.55, 0.30, 0.15])
_FIRST_YEARS = np.array([0.40, 0.10, 0.10, 0.10, 0.10, 0.10, 0.10])
_FILED = 0.75
_LATE = 0.03
# Filers of long standing; the returns of all others begin in the last five years they filed.
_LONG_FILERS = 0.5
_RECENT_YEARS = 4
_NOTICES = 0.3
_MOVED_LATELY = 0.10
_STRAY = 0.15
_STYLED_BY_HAND = np.array([0.6, 0.0, 0.5, 0.0])
_WITH_PLUS4 = np.array([0.2, 0.5, 0.3, 1.0])


@dataclass(frozen=True)
class _Rows:
    """Address rows before they are written out: person, home, year and source of each."""

    person: Ints
    home: Ints
    year: Ints
    source: Ints
    day: Ints


def draw_histories(
    members: Members, taxpayer_ids: pl.Series, random: np.random.Generator, buildings: int
) -> pl.DataFrame:
    """Return the address_of_record rows of ``members``, a person's together and in time."""
    households = int(members.household[-1]) + 1
    moves = weighted(random.random(households), _MOVES)
    fate = random.random(households)
    moved_lately = fate < _MOVED_LATELY
    stray = ~moved_lately & (fate < _MOVED_LATELY + _STRAY)
    homes = moves + 1 + (moved_lately | stray)
    first_home = np.cumsum(homes) - homes
    last_year = _last_years(members, random)
    returns = _returns(members, last_year, first_home, moves, random)
    extra = first_home + moves + 1
    rows = _together(
        returns,
        _updates(members, last_year, extra, moved_lately, random),
        _hearsay(members, extra, stray, random),
    )
    kinds = _home_kinds(members, homes, random)
    places = draw_homes(kinds, random, inhabited=True, buildings=buildings)
    protected = _protected(rows, members, last_year)
    return _write_out(rows, places, taxpayer_ids, protected, random)


def _last_years(members: Members, random: np.random.Generator) -> Ints:
    """Return the last taxable year (0 for the first of all) for which each person filed."""
    first = weighted(random.random(len(members)), _FIRST_YEARS)
    return first + below(random.random(len(members)) ** 0.4, _YEARS - first)


def _returns(
    members: Members, last: Ints, first_home: Ints, moves: Ints, random: np.random.Generator
) -> _Rows:
    size = len(members)
    year = np.arange(_YEARS)
    filed = (year <= last[:, None]) & (random.random((size, _YEARS)) < _FILED)
    filed[np.arange(size), last] = True
    filed &= (year >= last[:, None] - _RECENT_YEARS) | (random.random((size, 1)) < _LONG_FILERS)
    filed &= _own_years(members)
    filed[np.arange(size), np.where(members.are("itin-then-ssn"), _SWITCH, last)] = True
    moved = np.sort(random.integers(1, _YEARS, (len(moves), 2)), axis=1)
    moved[np.arange(2) >= moves[:, None]] = _YEARS
    person, years = np.nonzero(filed)
    household = members.household[person]
    home = first_home[household] + (moved[household] <= years[:, None]).sum(axis=1)
    day = _SEASON[years] + below(random.random(len(person)) ** 2, _SEASON_DAYS)
    late = random.random(len(person)) < _LATE
    day = np.where(late, day + below(random.random(len(person)), _LAST_DAY - day + 1), day)
    source = np.where(members.are("information-return-only")[person], INFORMATION_RETURN, RETURN)
    return _Rows(person, home, years, source, day)


# The year in which the ITIN's returns end and the social security number's begin.
_SWITCH = 3


def _own_years(members: Members) -> Bools:
    """Return which years may be filed: under an ITIN the early ones, then under the SSN."""
    year = np.arange(_YEARS)
    changed = members.are("itin-then-ssn")[:, None]
    early = (members.number % 2 == 1)[:, None]
    able: Bools = ~changed | (early & (year <= _SWITCH)) | (~early & (year >= _SWITCH))
    return able


def _updates(
    members: Members, last: Ints, home: Ints, moved_lately: Bools, random: np.random.Generator
) -> _Rows:
    """Return a postal update or a clear notice of a new home, after the last return."""
    known = moved_lately[members.household] & ~members.are("information-return-only")
    person = np.flatnonzero(known)
    earliest = np.minimum(_SEASON[last[person]] + _SEASON_DAYS + 5, _LAST_DAY - 40)
    day = earliest + 1 + below(random.random(len(person)), _LAST_DAY - earliest)
    source = np.where(random.random(len(person)) < _NOTICES, NOTICE, USPS)
    return _Rows(person, home[members.household[person]], last[person], source, day)


def _hearsay(members: Members, home: Ints, stray: Bools, random: np.random.Generator) -> _Rows:
    """Return an information return that puts the head at a home no return ever named."""
    person = np.flatnonzero(stray[members.household] & (members.place == 0))
    year = np.full(len(person), _YEARS - 1)
    day = _SEASON[year] + below(random.random(len(person)), 60)
    source = np.full(len(person), INFORMATION_RETURN)
    return _Rows(person, home[members.household[person]], year, source, day)


def _together(*parts: _Rows) -> _Rows:
    columns = [
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("person", "home", "year", "source", "day")
    ]
    order = np.lexsort((columns[4], columns[0]))
    return _Rows(*(column[order] for column in columns))


def _home_kinds(members: Members, homes: Ints, random: np.random.Generator) -> Ints:
    kinds = weighted(random.random(int(homes.sum())), USUAL)
    nowhere = np.zeros(len(homes), dtype=np.bool_)
    nowhere[members.household[members.are("general-delivery")]] = True
    kinds[np.repeat(nowhere, homes)] = GENERAL_DELIVERY
    return kinds


def _protected(rows: _Rows, members: Members, last: Ints) -> Bools:
    """Return which rows are protected: of every other protected person only the last year's."""
    guarded = members.are("protected")
    always = guarded & (members.number % 2 == 0)
    rest: Bools = guarded[rows.person] & (rows.year == last[rows.person])
    whole: Bools = always[rows.person] | rest
    return whole


def _write_out(
    rows: _Rows,
    homes: pl.DataFrame,
    taxpayer_ids: pl.Series,
    protected: Bools,
    random: np.random.Generator,
) -> pl.DataFrame:
    size = len(rows.person)
    by_hand = pl.Series(random.random(size) < _STYLED_BY_HAND[rows.source])
    plus4 = pl.Series(random.random(size) < _WITH_PLUS4[rows.source])
    written = homes[rows.home]

    def styled(part: str) -> pl.Expr:
        return (
            pl.when(by_hand)
            .then(pl.col(f"written_{part}"))
            .otherwise(pl.col(f"usps_{part}"))
            .alias(part)
        )

    return written.select(
        taxpayer_ids.gather(rows.person).alias("taxpayer_id"),
        styled("line1"),
        styled("line2"),
        styled("city"),
        "state",
        pl.when(plus4).then("zip9").otherwise("zip5").alias("zip"),
        pl.Series("taxable_period", (FIRST_YEAR + rows.year).astype(np.int16)),
        pl.Series(list(SOURCES), dtype=pl.String).gather(rows.source).alias("source_kind"),
        pl.Series("processed_on", rows.day.astype(np.int32)).cast(pl.Date),
        pl.Series("protected", protected),
    )
