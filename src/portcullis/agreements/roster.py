"""The roster: who may act, in which office, under which authority, with which enrolled key.

A JSON file ``{"format": "portcullis-roster/1", "people": [...]}``, or the same in TOML. One key
belongs to one person: two names with one key would make one pair of hands of two. That holds for
passkeys and for keys of before, too.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from joserfc.errors import JoseError
from pydantic import TypeAdapter, ValidationError

from portcullis import keys, passkeys
from portcullis.agreements.pack import Part
from portcullis.agreements.person import HOLDER_ROLES, Person
from portcullis.agreements.problems import Problem, RosterErrors, problems_of
from portcullis.errors import Misuse
from portcullis.tables import publish

FORMAT = "portcullis-roster/1"


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

    def signed_by(self, token: str) -> Person | None:
        """Return the person whose key or passkey ``token`` says it is signed by; None: nobody's.

        Nothing is verified: it only tells whose ``Person.verify`` to ask.
        """
        if keys.is_passkey(token):
            return self._by_credential.get(passkeys.credential_id(token))
        return self._by_thumbprint.get(keys.key_id(token))

    def by_thumbprint(self, thumbprint: str) -> Person | None:
        """Return the person who has, or had, the key of that thumbprint (RFC 7638), or None."""
        return self._by_thumbprint.get(thumbprint)

    @cached_property
    def _by_credential(self) -> dict[str, Person]:
        return {passkey.id: person for person in self.people for passkey in person.passkeys}

    @cached_property
    def _by_thumbprint(self) -> dict[str, Person]:
        return {
            keys.thumbprint(jwk): person for person in self.people for jwk in person.public_keys()
        }


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


def read_person(facts: Mapping[str, object], file: str = "the person's entry") -> Person:
    """Return the person of an entry as a roster has it; raise RosterErrors naming what is wrong."""
    try:
        return _PERSON.validate_json(json.dumps(facts, default=str))
    except ValidationError as error:
        raise RosterErrors(problems_of(error, file, Person)) from None


def save_roster(roster: Roster, path: Path) -> None:
    """Write ``roster`` to ``path`` as JSON."""
    publish(path, roster_bytes(roster))


def roster_bytes(roster: Roster) -> bytes:
    """Return what ``save_roster`` writes."""
    people = [person.model_dump(mode="json", exclude_none=True) for person in roster.people]
    text = json.dumps({"format": FORMAT, "people": people}, ensure_ascii=False, indent=1)
    return text.encode()


_PERSON = TypeAdapter(Person)


def _entries(path: Path) -> list[object]:
    remedy = f'It is {{"format": "{FORMAT}", "people": [...]}}, in JSON or TOML.'
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError, RecursionError):
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
        yield from _check_keys(person, file, key, number, enrolled)
        yield from _check_passkeys(person, file, key, number, enrolled)
        yield from _check_person(person, file, key)


def _check_keys(
    person: Person, file: str, key: str, number: int, enrolled: dict[str, int]
) -> Iterator[Problem]:
    yield from _check_key(person.jwk, file, f"{key}.jwk", number, enrolled)
    yield from _check_days(person.key_from, person.key_to, file, f"{key}.key_to")
    for each, former in enumerate(person.former_keys, start=1):
        place = f"{key}.former_keys[{each}]"
        yield from _check_key(former.jwk, file, f"{place}.jwk", number, enrolled)
        yield from _check_days(
            former.in_force_from, former.in_force_to, file, f"{place}.in_force_to"
        )


def _check_passkeys(
    person: Person, file: str, key: str, number: int, enrolled: dict[str, int]
) -> Iterator[Problem]:
    for each, passkey in enumerate(person.passkeys, start=1):
        place = f"{key}.passkeys[{each}]"
        yield from _check_key(passkey.jwk, file, f"{place}.jwk", number, enrolled)
        yield from _check_once(f"passkey {passkey.id}", file, f"{place}.id", number, enrolled)
        yield from _check_days(
            passkey.in_force_from, passkey.in_force_to, file, f"{place}.in_force_to"
        )
        if not passkey.origins or passkey.foreign_origins():
            yield Problem(
                file,
                f"{place}.origins",
                "A passkey signs at addresses of its own domain, and these are not.",
                "Name the office's address under the domain in rp_id.",
            )


def _check_key(
    jwk: Mapping[str, str], file: str, place: str, number: int, enrolled: dict[str, int]
) -> Iterator[Problem]:
    try:
        print_ = keys.thumbprint(jwk)
        usable = jwk.get("crv") == keys.CURVE
    except (JoseError, ValueError, TypeError, KeyError):
        usable = False
    if not usable:
        yield Problem(
            file,
            place,
            "This is not a P-256 public key.",
            "Enrol the members crv, kty, x and y of the person's public key.",
        )
        return
    if "d" in jwk:
        yield Problem(
            file,
            place,
            "This is a private key, and nobody but its owner may hold it.",
            "Make a new key pair and enrol the public half only.",
        )
    yield from _check_once(print_, file, place, number, enrolled)


def _check_once(
    what: str, file: str, place: str, number: int, enrolled: dict[str, int]
) -> Iterator[Problem]:
    if what in enrolled:
        whose = "enrolled" if enrolled[what] == number else f"that of people[{enrolled[what]}]"
        yield Problem(
            file,
            place,
            f"The key is {whose} too.",
            "One key belongs to one person, once: enrol another.",
        )
    enrolled.setdefault(what, number)


def _check_days(first: date | None, last: date | None, file: str, place: str) -> Iterator[Problem]:
    # A key put out of force from the very day it came into force was never in force.
    if first is not None and last is not None and last < first - timedelta(days=1):
        yield Problem(
            file,
            place,
            "The last day in force lies before the first.",
            "Put it on or after the first day.",
        )


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
