"""Persons, homes and requests of the adversarial set, one by one, with the truth of each.

The set is small (thousands, not millions), so it is told person by person.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

import numpy as np
import polars as pl

from portcullis.scenarios import tins
from portcullis.scenarios.draws import generator
from portcullis.scenarios.places import KINDS, draw_homes
from portcullis.scenarios.vocabulary import fold, read, split

_PURPOSE = 7
_BLOCK = 4_096
_LAST_YEAR = 2024
_ITIN_FIRST = 9


@dataclass(frozen=True)
class Home:
    """One delivery point, as people write it and as the postal service does."""

    written: tuple[str, str | None, str]
    usps: tuple[str, str | None, str]
    state: str
    zip5: str

    def other(self, line1: str, line2: str | None = None) -> "Home":
        """Return a home in the same town with these lines."""
        city, capital = self.written[2], self.usps[2]
        upper = line2 and line2.upper()
        return replace(self, written=(line1, line2, city), usps=(line1.upper(), upper, capital))

    @property
    def street_line(self) -> str:
        """The delivery line as people write it, without a unit."""
        return self.written[0]


@dataclass(frozen=True)
class Person:
    """Somebody requests can be about; ``taxpayer_id`` is None for one in no record."""

    given: str
    family: str
    middle: str | None = None
    suffix: str | None = None
    tin: str | None = None
    homes: tuple[Home, ...] = ()
    prior: str | None = None
    taxpayer_id: str | None = None

    @property
    def home(self) -> Home:
        """The home of the last return."""
        return self.homes[-1]


@dataclass(frozen=True)
class _Asked:
    """One request: about whom, at which home, and what it says."""

    case: str
    variant: str
    about: Person
    home: Home
    lawful: bool
    row: dict[str, str | None]


@dataclass
class Cast:
    """Everybody and every request so far; ``case`` names what is being played."""

    seed: int
    random: Random = field(init=False)
    case: str = ""
    people: list[Person] = field(default_factory=list)
    _asked: "list[_Asked]" = field(default_factory=list)
    _numbers: Iterator[tuple[str, str]] = field(init=False)
    _nobodys: Iterator[str] = field(init=False)
    _homes: dict[str, Iterator[Home]] = field(init=False)

    def __post_init__(self) -> None:
        """Open the streams of numbers and homes that never repeat."""
        self.random = Random(self.seed)  # noqa: S311 - a scenario, no secret
        self._numbers = _numbers()
        self._nobodys = _nobodys()
        self._homes = {kind: _homes(kind, self.seed) for kind in ("street", "apartment", "po-box")}

    def ssn(self) -> str:
        """Return the next number like a social security number."""
        return next(self._numbers)[0]

    def itin(self) -> str:
        """Return the next number like an ITIN."""
        return next(self._numbers)[1]

    def nobodys_tin(self) -> str:
        """Return a number that is on no record."""
        return next(self._nobodys)

    def house(self, kind: str = "street") -> Home:
        """Return a home nobody of the set has yet; ``kind`` street, apartment or po-box."""
        return next(self._homes[kind])

    def given(self, sex: str | None = None) -> str:
        """Return a given name of one of the peoples."""
        people = read("names.toml")[self.random.choice(_PEOPLES)]
        return self.random.choice(split(people[sex or self.random.choice(("female", "male"))]))

    def surname(self, people: str | None = None) -> str:
        """Return a surname without a particle."""
        names = split(read("names.toml")[people or self.random.choice(_PEOPLES)]["family"])
        return self.random.choice([name for name in names if " " not in name])

    def record(self, person: Person) -> Person:
        """Put ``person`` in the records, under an identifier of the order of their coming."""
        known = replace(person, taxpayer_id=f"A{len(self.people):07}")
        self.people.append(known)
        return known

    def ask(
        self, about: Person, variant: str, home: Home | None = None, *,
        lawful: bool | None = None, **said: str | None,
    ) -> None:  # fmt: skip
        """Ask for ``about`` at ``home`` (their last), with fields ``said`` otherwise.

        ``lawful`` is whether the address is one of record of that person, and told only where the
        lines said are not those of ``home``. What nothing could tell from a lawful request about
        somebody else is left out: see ``_is_anothers``.
        """
        where = home or about.home
        city, state, code = where.written[2], where.state, where.zip5
        line1, line2, city = self.random.choice((where.written, where.usps))
        row = {
            "tin": about.tin, "given_name": about.given, "middle_name": about.middle,
            "family_name": about.family, "suffix": about.suffix, "address_line1": line1,
            "address_line2": line2, "city": city, "state": state, "zip": code, **said,
        }  # fmt: skip
        theirs = about.taxpayer_id is not None and where in about.homes
        self._asked.append(
            _Asked(self.case, variant, about, where, lawful is not False and theirs, row)
        )

    def requests(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the requests and, in the same order, their truth."""
        at_home: dict[Home, list[Person]] = {}
        for person in self.people:
            for home in set(person.homes):
                at_home.setdefault(home, []).append(person)
        asked = [
            each
            for each in self._asked
            if not any(
                _is_anothers(each.row, each.about, other) for other in at_home.get(each.home, ())
            )
        ]
        rows = [
            (f"A{place:07}", *(each.row[name] for name in REQUEST if name != "request_id"))
            for place, each in enumerate(asked)
        ]
        truth = [
            (f"A{place:07}", each.about.taxpayer_id, each.case, each.variant, each.lawful)
            for place, each in enumerate(asked)
        ]
        return (
            pl.DataFrame(rows, schema=REQUEST, orient="row"),
            pl.DataFrame(truth, schema=TRUTH, orient="row"),
        )

    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the two tables of the records."""
        taxpayers = [
            (p.taxpayer_id, p.tin, _kind(p.tin), p.given, p.middle, p.family, p.suffix, p.prior)
            for p in self.people
        ]
        rows = [
            (person.taxpayer_id, *self._styled(home), year, "return", date(year + 1, 4, 15), False)
            for person in self.people
            for place, home in enumerate(person.homes)
            for year in self._years(place, len(person.homes))
        ]
        return (
            pl.DataFrame(taxpayers, schema=TAXPAYER, orient="row"),
            pl.DataFrame(rows, schema=ADDRESS, orient="row"),
        )

    def _styled(self, home: Home) -> tuple[str | None, ...]:
        line1, line2, city = self.random.choice((home.written, home.usps))
        return line1, line2, city, home.state, home.zip5

    def _years(self, place: int, homes: int) -> range:
        """Return the taxable years of one's ``place``-th home of so many: two for each."""
        last = _LAST_YEAR - 2 * (homes - 1 - place)
        return range(last - 1, last + 1)


def _is_anothers(row: dict[str, str | None], about: Person, other: Person) -> bool:
    """Whether a request says what is of record of ``other``, and nothing of record of ``about``.

    So it is where all it says of the name is true of ``other``, the number is theirs (or, the
    name being whole, left out), and so is the home; while the one it is about is in no record by
    that name. No rule can tell it from a request about ``other``, as no clerk could.
    """
    if other is about or row["tin"] not in {None, other.tin}:
        return False
    if about.taxpayer_id is not None and _bears(row, about, whole=False):
        return False
    return _bears(row, other, whole=row["tin"] is None)


def _bears(row: dict[str, str | None], person: Person, *, whole: bool) -> bool:
    """Whether the name said is ``person``'s; the middle name may be missing unless ``whole``."""
    said = [_plain(row[f"{part}_name"]) for part in ("given", "middle", "family")]
    middle = _plain(person.middle)
    prior = (person.prior or "").split("|")
    for given, held, family in (
        (_plain(person.given), middle, _plain(person.family)),
        *([(_plain(prior[0]), _plain(prior[1]), _plain(prior[2]))] if person.prior else []),
    ):
        names = (said[0], said[2], _plain(row["suffix"])) == (given, family, _plain(person.suffix))
        missing = (
            not said[1] or not held or (said[1][0] == held[0] and 1 in {len(said[1]), len(held)})
        )
        if names and (said[1] == held or (missing and not whole)):
            return True
    return False


def _plain(text: str | None) -> str:
    return fold(text or "").upper()


def _kind(tin: str | None) -> str | None:
    return tin and ("ITIN" if tin.startswith(str(_ITIN_FIRST)) else "SSN")


def _numbers() -> Iterator[tuple[str, str]]:
    first = 0
    while True:
        digits = tins.of_taxpayers(np.arange(first, first + _BLOCK)).to_list()
        yield from zip(digits[::2], digits[1::2], strict=True)
        first += _BLOCK


def _nobodys() -> Iterator[str]:
    first = 0
    while True:
        yield from tins.of_nobody(np.arange(first, first + _BLOCK)).to_list()
        first += _BLOCK


def _homes(kind: str, seed: int) -> Iterator[Home]:
    place = KINDS.index(kind)
    seen: set[tuple[str, str]] = set()
    for block in range(1_000_000):
        random = generator(seed, _PURPOSE, place, block)
        kinds = np.full(_BLOCK, place, dtype=np.int64)
        for row in draw_homes(kinds, random, inhabited=True, buildings=_BLOCK).iter_rows(
            named=True
        ):
            # Building and town once only: nobody of the set lives by chance where another does.
            point = (row["written_line1"], row["zip5"])
            if point not in seen:
                seen.add(point)
                written, usps = (
                    (row[f"{style}_line1"], row[f"{style}_line2"], row[f"{style}_city"])
                    for style in ("written", "usps")
                )
                yield Home(written, usps, row["state"], row["zip5"])


_PEOPLES = tuple(read("names.toml"))
REQUEST = dict.fromkeys(
    ("request_id", "tin", "given_name", "middle_name", "family_name", "suffix", "address_line1",
     "address_line2", "city", "state", "zip"), pl.String(),
)  # fmt: skip
TRUTH: dict[str, pl.DataType] = {
    **dict.fromkeys(("request_id", "taxpayer_id", "case", "variant"), pl.String()),
    "lawful": pl.Boolean(),
}
TAXPAYER = dict.fromkeys(
    ("taxpayer_id", "tin", "tin_type", "given_name", "middle_name", "family_name", "suffix",
     "prior_names"), pl.String(),
)  # fmt: skip
ADDRESS: dict[str, pl.DataType] = {
    **dict.fromkeys(("taxpayer_id", "line1", "line2", "city", "state", "zip"), pl.String()),
    "taxable_period": pl.Int16(),
    "source_kind": pl.String(),
    "processed_on": pl.Date(),
    "protected": pl.Boolean(),
}
