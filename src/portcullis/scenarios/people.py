"""The people of the scenario: who asks, who signs, who decides, and their keys.

Everybody's private key lies in a file of their own under ``keys/``. That one folder holds them
all is why a scenario's people can never become a real home's.
"""

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from joserfc.jwk import ECKey

from portcullis import keys
from portcullis.agreements import Person, Roster, load_roster, save_roster
from portcullis.scenarios.draws import generator
from portcullis.scenarios.persons import draw_names, draw_people, written

ROSTER, KEYS = "people.json", "keys"
PREPARER, SIGNATORY, ASSISTANT_DIRECTOR = "ice-preparer", "dhs-secretary", "ice-assistant-director"
CUSTODIAN = "ice-custodian"

# Requests an officer is named in on average, well below the agreement's limit.
_LOAD = 395
_LEAST_OFFICERS = 8
_FROM = date(2025, 1, 20)
_PURPOSE = 3

_OFFICIALS: tuple[tuple[str, str, str, tuple[str, ...], str | None], ...] = (
    (PREPARER, "ICE", "Law Enforcement Systems and Analysis", ("preparer",), None),
    (SIGNATORY, "DHS", "Secretary of Homeland Security", ("signatory",), "agency-head"),
    (CUSTODIAN, "ICE", "Records and Safeguards", ("custodian",), None),
    (ASSISTANT_DIRECTOR, "ICE", "Assistant Director", ("officer",), None),
    ("irs-specialist", "IRS", "Disclosure Office", ("specialist",), None),
    ("irs-second-specialist", "IRS", "Disclosure Office", ("specialist",), None),
    ("irs-reviewer", "IRS", "Disclosure Review", ("reviewer",), None),
    ("irs-second-reviewer", "IRS", "Disclosure Review", ("reviewer",), None),
    ("irs-impairment", "IRS", "Criminal Investigation", ("impairment-official",), None),
    ("irs-sampler", "IRS", "Office of Quality Review", ("sampler",), None),
    ("irs-approver", "IRS", "Director of Disclosure", ("approver",), None),
    ("irs-transmitter", "IRS", "Secure Data Transfer", ("transmitter",), None),
    ("irs-counsel", "IRS", "Office of Chief Counsel", ("counsel",), None),
    ("irs-second-counsel", "IRS", "Office of Chief Counsel", ("counsel",), None),
    ("irs-safeguards", "IRS", "Office of Safeguards", ("safeguards",), None),
    ("irs-administrator", "IRS", "Information Technology", ("administrator",), None),
    ("irs-records", "IRS", "Records and Information Management", ("records-officer",), None),
    ("tigta-inspector", "IRS", "Treasury Inspector General", ("inspector",), None),
    ("irs-second-safeguards", "IRS", "Office of Safeguards", ("safeguards",), None),
)


@dataclass(frozen=True)
class People:
    """The roster's file and the folder of private keys; officers by what the scenario needs.

    ``officers`` carry the requests between them, ``overloaded`` too many, ``unsigned`` never
    attests.
    """

    roster: Path
    keys: Path
    officers: tuple[str, ...]
    overloaded: str
    unsigned: str

    def key(self, person_id: str) -> ECKey:
        """Return the private key of one of them."""
        return keys.load_private(self.keys / f"{person_id}.pem")


def officers_for(requests: int) -> int:
    """Return how many officers a batch of ``requests`` needs."""
    return max(_LEAST_OFFICERS, math.ceil(requests / _LOAD))


def make_people(folder: Path, officers: int, seed: int = 0) -> People:
    """Make or find the people in ``folder``, with at least ``officers`` officers who sign.

    Names are drawn by ``seed``; keys are random, as keys must be.
    """
    path = folder / ROSTER
    wanted = [_officer(number) for number in range(1, officers + 3)]
    if path.is_file():
        known = load_roster(path)
        if all(known.get(person_id) for person_id in wanted):
            return _people(folder, officers)
    folder_of_keys = folder / KEYS
    folder_of_keys.mkdir(parents=True, exist_ok=True)
    names = _names(len(_OFFICIALS) + len(wanted), seed)
    posts = [*_OFFICIALS, *((each, "ICE", "Special Agent", ("officer",), None) for each in wanted)]
    people = [
        Person.model_validate(
            {
                "id": person_id,
                "name": name,
                "agency": agency,
                "office": office,
                "roles": roles,
                "authority": authority,
                "jwk": keys.public_jwk(_make_key(folder_of_keys / f"{person_id}.pem")),
                "in_force_from": _FROM,
            }
        )
        for name, (person_id, agency, office, roles, authority) in zip(names, posts, strict=True)
    ]
    save_roster(Roster.from_people(people), path)
    return _people(folder, officers)


def _people(folder: Path, officers: int) -> People:
    ids = tuple(_officer(number) for number in range(1, officers + 1))
    return People(
        folder / ROSTER, folder / KEYS, ids, _officer(officers + 1), _officer(officers + 2)
    )


def _officer(number: int) -> str:
    return f"ice-officer-{number:04d}"


def _make_key(path: Path) -> ECKey:
    """Write a new private key. Not made durable: the scenario can always be made again."""
    key = keys.generate()
    path.touch(mode=0o600)
    path.write_bytes(key.as_pem(private=True))
    return key


def _names(count: int, seed: int) -> list[str]:
    random = generator(seed, _PURPOSE)
    drawn = draw_names(draw_people(count, random), random.integers(0, 2, count), random)
    return [f"{given} {family}" for given, _, family in written(drawn).iter_rows()]
