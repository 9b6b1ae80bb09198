"""The roster: who may act, in which office, under which authority, with which enrolled key.

A JSON file ``{"format": "portcullis-roster/1", "people": [...]}``, or the same in TOML. One key
belongs to one person: two names with one key would make one pair of hands of two.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from joserfc.errors import JoseError
from pydantic import AfterValidator, StringConstraints, TypeAdapter, ValidationError

from portcullis import keys, law
from portcullis.agreements.pack import Many, Part, Text
from portcullis.agreements.problems import Problem, RosterErrors, problems_of
from portcullis.errors import Misuse
from portcullis.tables import publish

FORMAT = "portcullis-roster/1"
REQUESTER_ROLES = ("preparer", "signatory", "officer", "custodian")
HOLDER_ROLES = (
    "specialist",
    "reviewer",
    "impairment-official",
    "sampler",
    "approver",
    "transmitter",
    "counsel",
    "safeguards",
    "inspector",
    "administrator",
    "records-officer",
)
Role = Literal[
    "preparer",
    "signatory",
    "officer",
    "custodian",
    "specialist",
    "reviewer",
    "impairment-official",
    "sampler",
    "approver",
    "transmitter",
    "counsel",
    "safeguards",
    "inspector",
    "administrator",
    "records-officer",
]


def _authority(value: str) -> str:
    if value not in law.SIGNING:
        raise ValueError(f"Nobody signs under {value!r}.|Write one of {', '.join(law.SIGNING)}.")
    return value


Authority = Annotated[str, AfterValidator(_authority)]


class Person(Part):
    """One person on the roster.

    ``authority`` is what a signatory signs under (26 USC 6103(i)(2)(A)); ``delegated`` needs the
    ``determination`` it rests on. ``jwk`` is the enrolled P-256 public key (RFC 7517).
    """

    id: Annotated[Text, StringConstraints(max_length=80)]
    name: Text
    agency: Text
    office: Text
    roles: Many[Role]
    authority: Authority | None = None
    determination: str | None = None
    jwk: dict[str, str]
    in_force_from: date
    in_force_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Say whether the person may act on the day ``on``."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)

    def holds(self, role: str, on: date) -> bool:
        """Say whether the person holds ``role`` on the day ``on``."""
        return role in self.roles and self.in_force(on)


class Roster(Part):
    """Everybody enrolled, by identifier."""

    people: tuple[Person, ...]

    @classmethod
    def from_people(cls, people: Iterable[Person], file: str = "roster") -> "Roster":
        """Return the roster of ``people``; raise RosterErrors where they do not go together."""
        listed = tuple(people)
        problems = list(_check(listed, file))
        if problems:
            raise RosterErrors(problems)
        return cls(people=listed)

    @cached_property
    def _by_id(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    def get(self, person_id: str) -> Person | None:
        """Return the person of that identifier, or None."""
        return self._by_id.get(person_id)

    def person(self, person_id: str) -> Person:
        """Return the person of that identifier; raise Misuse if nobody has it."""
        found = self.get(person_id)
        if found is None:
            raise Misuse(
                f"Nobody on the roster has the identifier {person_id}.",
                "Use an identifier from the roster, or enrol the person first.",
            )
        return found

    def with_role(self, role: str, on: date) -> tuple[Person, ...]:
        """Return everybody who holds ``role`` on the day ``on``, in roster order."""
        return tuple(person for person in self.people if person.holds(role, on))


def load_roster(path: Path) -> Roster:
    """Read a roster from a JSON or TOML file; raise RosterErrors naming everything wrong."""
    people: list[Person] = []
    problems: list[Problem] = []
    for number, item in enumerate(_entries(path)):
        try:
            people.append(_PERSON.validate_json(json.dumps(item, default=str)))
        except ValidationError as error:
            problems += problems_of(error, path.name, Person, prefix=f"people[{number + 1}]")
    if problems:
        raise RosterErrors(problems)
    return Roster.from_people(people, path.name)


def save_roster(roster: Roster, path: Path) -> None:
    """Write ``roster`` to ``path`` as JSON."""
    people = [person.model_dump(mode="json", exclude_none=True) for person in roster.people]
    text = json.dumps({"format": FORMAT, "people": people}, ensure_ascii=False, indent=1)
    publish(path, text.encode())


_PERSON = TypeAdapter(Person)


def _entries(path: Path) -> list[object]:
    remedy = f'It is {{"format": "{FORMAT}", "people": [...]}}, in JSON or TOML.'
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError):
        raise Misuse(f"{path.name} cannot be read as a roster.", remedy) from None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise Misuse(f"{path.name} is not a roster.", remedy)
    people = values.get("people")
    if not isinstance(people, list):
        raise Misuse(f"{path.name} lists no people.", remedy)
    return people


def _check(people: tuple[Person, ...], file: str) -> Iterator[Problem]:
    ids: dict[str, int] = {}
    enrolled: dict[str, int] = {}
    for number, person in enumerate(people, start=1):
        key = f"people[{number}]"
        if person.id in ids:
            yield Problem(
                file,
                f"{key}.id",
                f"The identifier is that of people[{ids[person.id]}] too.",
                "Give each person one of their own.",
            )
        ids.setdefault(person.id, number)
        yield from _check_key(person, file, key, number, enrolled)
        yield from _check_person(person, file, key)


def _check_key(
    person: Person, file: str, key: str, number: int, enrolled: dict[str, int]
) -> Iterator[Problem]:
    try:
        print_ = keys.thumbprint(person.jwk)
        usable = person.jwk.get("crv") == keys.CURVE
    except (JoseError, ValueError, TypeError, KeyError):
        usable = False
    if not usable:
        yield Problem(
            file,
            f"{key}.jwk",
            "This is not a P-256 public key.",
            "Enrol the members crv, kty, x and y of the person's public key.",
        )
        return
    if "d" in person.jwk:
        yield Problem(
            file,
            f"{key}.jwk",
            "This is a private key, and nobody but its owner may hold it.",
            "Make a new key pair and enrol the public half only.",
        )
    if print_ in enrolled:
        yield Problem(
            file,
            f"{key}.jwk",
            f"The key is that of people[{enrolled[print_]}] too.",
            "One key belongs to one person: enrol another.",
        )
    enrolled.setdefault(print_, number)


def _check_person(person: Person, file: str, key: str) -> Iterator[Problem]:
    sides = {role in HOLDER_ROLES for role in person.roles}
    if len(sides) > 1:
        yield Problem(
            file,
            f"{key}.roles",
            "One person cannot act for the holder and for the requester.",
            "Keep the roles of one side.",
        )
    if not person.roles:
        yield Problem(file, f"{key}.roles", "The person has no role.", "Name at least one.")
    if person.in_force_to is not None and person.in_force_to < person.in_force_from:
        yield Problem(
            file,
            f"{key}.in_force_to",
            "The last day in force lies before the first.",
            "Put in_force_to on or after in_force_from.",
        )
    if "signatory" in person.roles and person.authority is None:
        yield Problem(
            file,
            f"{key}.authority",
            "A signatory signs under an authority, and none is named.",
            "Use 'agency-head' or 'inspector-general' (26 USC 6103(i)(2)(A)), or what another "
            "authority asks for.",
        )
    if person.authority == "delegated" and not person.determination:
        yield Problem(
            file,
            f"{key}.determination",
            "A delegated authority rests on a legal determination, and none is cited.",
            "Cite it, or take the authority out.",
        )
