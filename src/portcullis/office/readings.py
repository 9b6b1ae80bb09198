"""Readings in force: put in force, or out of it, by two people with the source document.

The agreement's pack says which readings the parties work under; counsel may put others in force,
or one out, from a day on. Those on the floor never go out. What holds on a day is the pack's,
after the changes that are on the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from portcullis import keys, law
from portcullis.agreements import Pack
from portcullis.errors import Misuse, Refused
from portcullis.office import entries
from portcullis.office.home import Home
from portcullis.office.models import ReadingApproval, ReadingChange
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.standing import GateLock, check_docket

COUNSEL = "counsel"
APPROVALS = 2


@dataclass(frozen=True)
class Deciding:
    """How far a change of readings has come."""

    reading: str
    in_force: bool
    effective_on: date
    approvals: int
    decided: bool


@dataclass(frozen=True)
class Held:
    """A reading that holds on a day: from where, and since when (None: always)."""

    reading: law.Reading
    source: str
    since: date | None


def basis_on(home: Home, day: date, pack: Pack | None = None) -> law.Basis:
    """Return the basis of a determination made on ``day``: the pack and the readings in force."""
    agreed = pack or home.pack
    return law.Basis.from_pack(agreed, day, in_force(agreed, day))


def in_force(pack: Pack, day: date) -> tuple[str, ...]:
    """Return the ids of the readings in force on ``day``, beside those on the floor."""
    return law.changed(pack.readings_on(day), _changes(), day)


def held_on(pack: Pack, day: date) -> list[Held]:
    """Return every reading that holds on ``day``, with where it comes from and since when."""
    agreed = {each.id: each.in_force_from for each in pack.readings if each.id}
    acts = {each.reading: each.effective_on for each in _changes() if each.effective_on <= day}
    held = dict.fromkeys([*law.FLOOR, *in_force(pack, day)])
    found = []
    for name in held:
        since = acts.get(name, agreed.get(name))
        source = "act" if name in acts else "agreement" if name in agreed else "floor"
        found.append(Held(law.reading(name), source, since))
    return found


def change(home: Home, actor: Actor, asked: law.Change, docket: str, document: str) -> Deciding:
    """Approve putting a reading in force or out of it; the second person's approval decides.

    ``docket`` is the docket or file reference of the source, ``document`` its SHA-256 (hex). The
    gate lock is held alone while it is decided, so nothing is released across the change. Raises
    Misuse for a reading that is unknown, loosens, conflicts with one in force (both named), or is
    on the floor and would go out; Refused where it is so already, or the day lies in the past.
    """
    check_role(home, actor, COUNSEL, "reading")
    check_docket(docket)
    with GateLock(home.gate_lock).exclusive(), transaction.atomic():
        statement = _statement(asked, docket, document)
        row = ReadingChange.objects.filter(statement=statement, decided=None).first()
        if row is None:
            _check(home, asked)
            row = ReadingChange.objects.create(
                statement=statement,
                reading=asked.reading,
                in_force=asked.in_force,
                effective_on=asked.effective_on,
            )
        if row.approvals.filter(person=actor.id).exists():
            raise Refused("That person has approved this change already.", "It takes two people.")
        signature = keys.sign(statement, actor.key)
        ReadingApproval.objects.create(change=row, person=actor.id, signature=signature)
        given = list(row.approvals.order_by("id"))
        if len(given) < APPROVALS:
            facts = {"reading": asked.reading, "in_force": asked.in_force, "docket": docket}
            sign_act(home, actor, "reading-proposed", facts)
        else:
            _decide(home, row, asked, given)
    entries.integrate(home)
    return Deciding(
        asked.reading, asked.in_force, asked.effective_on, len(given), row.decided is not None
    )


def waiting() -> list[Deciding]:
    """Return the changes that one person has approved and a second has not."""
    return [
        Deciding(row.reading, row.in_force, row.effective_on, row.approvals.count(), decided=False)
        for row in ReadingChange.objects.filter(decided=None).order_by("id")
    ]


def _changes() -> list[law.Change]:
    rows = ReadingChange.objects.exclude(decided=None).order_by("decided_id")
    return [law.Change(row.reading, row.in_force, row.effective_on) for row in rows]


def _statement(asked: law.Change, docket: str, document: str) -> dict[str, Any]:
    return {
        "format": "portcullis-reading-change/1",
        "reading": asked.reading,
        "in_force": asked.in_force,
        "effective_on": asked.effective_on.isoformat(),
        "docket": docket,
        "document": document,
    }


def _check(home: Home, asked: law.Change) -> None:
    reading = law.reading(asked.reading)
    if asked.effective_on < home.today():
        raise Refused(
            "The day lies in the past.",
            "Put the reading in force from today on; the past is judged by `portcullis reexamine`.",
        )
    before = in_force(home.pack, asked.effective_on)
    if asked.in_force:
        _check_may_hold(before, reading)
    else:
        _check_may_go(before, reading)


def _check_may_hold(before: Sequence[str], reading: law.Reading) -> None:
    if any(each.reading == reading.id and each.in_force for each in _latest()):
        raise Refused(f"The reading {reading.id!r} is in force by an act already.")
    law.tightening([*before, reading.id])


def _check_may_go(before: Sequence[str], reading: law.Reading) -> None:
    if reading.on_the_floor:
        raise Misuse(
            f"The reading {reading.id!r} is on the floor, which nothing loosens.",
            "Use `portcullis reexamine` to see the past under another reading.",
        )
    if reading.id not in before:
        raise Refused(f"The reading {reading.id!r} is not in force then.")


def _latest() -> list[law.Change]:
    """Return the last change made of each reading."""
    return list({each.reading: each for each in _changes()}.values())


def _decide(
    home: Home, row: ReadingChange, asked: law.Change, given: Sequence[ReadingApproval]
) -> None:
    _check(home, asked)
    _check_signatures(home, row, given)
    facts = {
        **row.statement,
        "approvals": [{"person": one.person, "signature": one.signature} for one in given],
    }
    kind = "reading-in-force" if asked.in_force else "reading-out-of-force"
    row.decided = entries.record(kind, facts, at=home.now().isoformat())
    row.save(update_fields=["decided"])


def _check_signatures(home: Home, row: ReadingChange, given: Sequence[ReadingApproval]) -> None:
    """Raise Refused unless both approvals are by people of the roster, over this very change."""
    for one in given:
        person = home.roster.get(one.person)
        if person is None or keys.verify(one.signature, person.jwk) != row.statement:
            raise Refused("An approval is of something else, or by nobody on the roster.")
