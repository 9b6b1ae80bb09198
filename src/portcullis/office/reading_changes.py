"""Putting a reading in force, or out of it: two people's act, with the source document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from portcullis import keys, law
from portcullis.errors import Misuse, PortcullisError, Refused
from portcullis.office import entries, locks, packing, readings, rosters
from portcullis.office.home import Home
from portcullis.office.models import Batch, ReadingApproval, ReadingChange
from portcullis.office.people import (
    Actor,
    approval,
    check_approved,
    check_role,
    counts,
    deny,
    sign_act,
)
from portcullis.office.permissions import PERMISSIONS
from portcullis.standing import check_digest, check_docket

ACT = "reading"
FORMAT = "portcullis-reading-change/2"
"""The format of what is approved; what names no ledger is of an earlier one."""
APPROVALS = PERMISSIONS[ACT].people
_SHOWN = "See `portcullis reading list`."


@dataclass(frozen=True)
class Deciding:
    """How far a change of readings has come."""

    reading: str
    in_force: bool
    effective_on: date
    approvals: int
    decided: bool


def change(home: Home, actor: Actor, asked: law.Change, docket: str, document: str) -> Deciding:
    """Approve putting a reading in force or out of it; the second person's approval decides.

    Who has ceased to be in office is not counted.

    ``docket`` is the docket or file reference of the source, ``document`` its SHA-256 (hex). The
    gate lock is held alone while it is decided, and what is about to be released is judged again
    inside it, so nothing leaves across the change. A reading that the pack or the floor has may be
    put in force by an act too, which puts its source on record. Raises Misuse for a reading that
    is unknown, loosens, conflicts with one in force then or later (both named), or is on the floor
    and would go out; Refused where an act has it so already, or the day lies in the past.
    """
    check_role(home, actor, ACT)
    check_docket(docket)
    check_digest(document)
    with locks.gate(home).exclusive(), transaction.atomic():
        row = _proposed(home, asked, _what(asked, docket, document))
        again = row.approvals.filter(person=actor.id).exists()
        if not again:
            _approve(home, actor, row, asked)
    if again:
        message = (
            "That person has approved this change already. It takes two people: have another of "
            "counsel approve the same."
        )
        deny(home, ACT, actor.id, "two-people", message)
    entries.publish(home)
    return _deciding(row)


def _approve(home: Home, actor: Actor, row: ReadingChange, asked: law.Change) -> None:
    signed = approval(home, actor, row.statement)
    _check_fresh(actor, signed)
    ReadingApproval.objects.create(change=row, person=actor.id, signature=signed)
    given = [one for one in row.approvals.order_by("id") if counts(home, one.person, ACT)]
    if len(given) < APPROVALS:
        sign_act(home, actor, "reading-proposed", row.statement)
    else:
        _decide(home, row, asked, given)


def _check_fresh(actor: Actor, signed: str) -> None:
    """Raise Refused where that very approval was given before.

    It stands in the ledger for anybody to read, and a reading may go in and out of force.
    """
    said = keys.unverified(signed)
    before = ReadingApproval.objects.filter(person=actor.id).values_list("signature", flat=True)
    if any(keys.unverified(each) == said for each in before):
        raise Refused("That approval was given before.", "Approve it anew, at a later moment.")


def waiting(day: date) -> list[Deciding]:
    """Return the changes that one person has approved, and that a second still can on ``day``."""
    # What an earlier release had approved names no ledger: it is approved anew.
    rows = ReadingChange.objects.filter(
        decided=None, effective_on__gte=day, statement__format=FORMAT
    ).order_by("id")
    return [_deciding(row) for row in rows]


def _deciding(row: ReadingChange) -> Deciding:
    return Deciding(
        row.reading,
        row.in_force,
        row.effective_on,
        row.approvals.count(),
        row.decided is not None,
    )


def _what(asked: law.Change, docket: str, document: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "reading": asked.reading,
        "in_force": asked.in_force,
        "effective_on": asked.effective_on.isoformat(),
        "docket": docket,
        "document": document,
    }


def _proposed(home: Home, asked: law.Change, statement: dict[str, Any]) -> ReadingChange:
    """Return the change that waits for a second approval of the same, or a fresh one."""
    _check(home, asked)
    row = ReadingChange.objects.filter(decided=None, statement=statement).first()
    return row or ReadingChange.objects.create(
        statement=statement,
        reading=asked.reading,
        in_force=asked.in_force,
        effective_on=asked.effective_on,
    )


def _check(home: Home, asked: law.Change) -> None:
    reading = law.reading(asked.reading)
    if asked.effective_on < home.today():
        raise Refused(
            "The day lies in the past.",
            "Name today or a later day; the past is judged again by `portcullis reexamine`.",
        )
    latest = {each.reading: each for each in readings.changes()}.get(asked.reading)
    if latest is not None and latest.effective_on > asked.effective_on:
        _check_not_contradicted(latest, asked)
    if asked.in_force:
        _check_may_hold(home, asked, latest)
    else:
        _check_may_go(home, reading, asked.effective_on)


def _check_not_contradicted(later: law.Change, asked: law.Change) -> None:
    """Raise Refused where a change decided for a later day says otherwise: this would undo it."""
    if later.in_force != asked.in_force:
        way = "in force" if later.in_force else "out of force"
        raise Refused(
            f"The reading {asked.reading!r} is decided to be {way} from "
            f"{later.effective_on.isoformat()}, which this would undo.",
            "Decide the same as this for that day first; then decide this.",
        )


def _check_may_hold(home: Home, asked: law.Change, latest: law.Change | None) -> None:
    before = readings.changes()
    held = latest is not None and latest.in_force and latest.effective_on <= asked.effective_on
    if held:
        raise Refused(f"The reading {asked.reading!r} is in force by an act already.", _SHOWN)
    for day in _days_of_change(home, asked.effective_on):
        law.tightening(law.changed(home.pack.readings_on(day), [*before, asked], day))


def _days_of_change(home: Home, first: date) -> Iterator[date]:
    """Yield ``first`` and every later day on which other readings hold than on the day before."""
    acts = (each.effective_on for each in readings.changes())
    agreed = (each.in_force_from for each in home.pack.readings)
    yield from sorted({first, *(day for day in (*acts, *agreed) if day > first)})


def _check_may_go(home: Home, reading: law.Reading, day: date) -> None:
    if reading.on_the_floor:
        raise Misuse(
            f"The reading {reading.id!r} is on the floor, which nothing loosens.",
            "Use `portcullis reexamine` to see the past under another reading.",
        )
    if reading.id not in readings.in_force(home.pack, day):
        raise Refused(f"The reading {reading.id!r} is not in force on that day.", _SHOWN)


def _decide(
    home: Home, row: ReadingChange, asked: law.Change, given: Sequence[ReadingApproval]
) -> None:
    if not asked.in_force:
        rosters.check_recorded(home)
    _check_signatures(home, row, given)
    facts = {
        **row.statement,
        "approvals": [{"person": one.person, "signature": one.signature} for one in given],
    }
    kind = "reading-in-force" if asked.in_force else "reading-out-of-force"
    row.decided = entries.record(kind, facts, at=home.now().isoformat())
    row.save(update_fields=["decided"])
    for batch in Batch.objects.filter(state="releasing"):
        packing.judge_again(home, batch)


def _check_signatures(home: Home, row: ReadingChange, given: Sequence[ReadingApproval]) -> None:
    """Raise Refused unless both approvals are by people of the roster, of this very change."""
    for one in given:
        try:
            check_approved(home, one.person, one.signature, row.statement)
        except PortcullisError:
            raise Refused(
                "An approval is of something else, or by nobody on the roster.",
                "Have two people approve the change anew, with another document or day.",
            ) from None
