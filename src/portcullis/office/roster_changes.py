"""Changes of the roster: an administrator proposes, a second person approves, and each signs.

The ledger gets the digests of the roster before and after, what kind of change it is, and the ids
of those it changes: no name and no key. Nobody proposes or approves a change of their own entry. A
revocation from today on takes effect with one person, at once.

Nobody is ever taken off the roster, nor is a key: what was signed must still be verified.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from portcullis import agreements
from portcullis.agreements import Person, Roster, enrolment
from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.office import entries, locks, rosters
from portcullis.office.home import Home
from portcullis.office.models import Act, RosterChange
from portcullis.office.people import Actor, check_role, counts, deny, sign_act, verified
from portcullis.office.permissions import who_may

PROPOSED, CHANGED = "roster-proposed", "roster-changed"
FORMAT = "portcullis-roster-change/1"
ENROL, CHANGE, REVOKE, ADOPT = "enrol", "change", "revoke", "adopt"
_KEYS = ("jwk", "key_from", "key_to", "former_keys", "passkeys")
_SHOWN = "See `portcullis people list`."
_TWO = 2


@dataclass(frozen=True)
class Difference:
    """One field of one person's entry, as it stands and as it is to stand; None: no entry."""

    person: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Proposal:
    """A change that waits for a second person, or was decided.

    ``id``: the position of its first entry. ``differences``: from the roster it was proposed upon;
    empty where its file is not here.
    """

    id: int
    says: str
    people: tuple[str, ...]
    by: str
    before: str
    after: str
    decided: bool
    differences: tuple[Difference, ...]


def propose_enrolment(
    home: Home, actor: Actor, text: str, newcomer: dict[str, Any] | None = None
) -> Proposal:
    """Propose what a person's own request (its ``text``) asks; return it, waiting for a second.

    ``newcomer``: the entry, without its keys, of a person who is not yet enrolled; it begins with
    the key of the request. Raises Refused where the request does not hold, Misuse where the person
    is unknown and ``newcomer`` missing, RosterErrors where the roster would not be whole.
    """
    check_role(home, actor, PROPOSED)
    asked, on = enrolment.read_request(text), home.today()
    person = home.roster.get(asked.person)
    if person is not None and newcomer is not None:
        raise Misuse("That person is enrolled already.", "Propose the request alone.")
    if person is None:
        added = _newcomer(asked, newcomer, on)
    else:
        added = enrolment.enrolled(person, asked, on)
    return _propose(home, actor, ENROL, [added])


def propose_change(home: Home, actor: Actor, people: Iterable[Person]) -> Proposal:
    """Propose that these entries take the place of those of the same ids.

    Roles, office, authority and days may change. Keys are enrolled by their owner's request, and
    revoked. Raises Misuse where somebody is not enrolled, or a key is another.
    """
    check_role(home, actor, PROPOSED)
    changed = list(people)
    for each in changed:
        before = home.roster.person(each.id)
        if any(getattr(before, name) != getattr(each, name) for name in _KEYS):
            raise Misuse(
                f"The keys of {each.id} would change with the rest.",
                "Enrol a key with `portcullis people enrol`, or revoke one.",
            )
    return _propose(home, actor, CHANGE, changed)


def propose_adoption(home: Home, actor: Actor) -> Proposal:
    """Propose that the roster on disk, as it stands, be the one that the ledger has.

    For the first time, and where the roster that the ledger has is lost. Raises Refused where it is
    that one already, or that one is here.
    """
    check_role(home, actor, PROPOSED)
    said, after = rosters.on_record(), rosters.keep(home)
    if said == after:
        raise Refused("The ledger has this roster already.", "There is nothing to adopt.")
    if said is not None and rosters.digest(rosters.kept(home, said)) == said:
        raise Refused(
            "The roster that the ledger has is not lost.",
            f"Put it back: it is rosters/{said}.json in the home, and belongs at people.json.",
        )
    return _record(home, actor, ADOPT, [], said or after, after)


def revoke(
    home: Home, actor: Actor, person_id: str, since: date, only: Sequence[str] = ()
) -> Proposal:
    """Put a person's keys and passkeys out of force: from today, at once, on one signature.

    ``only``: as ``agreements.enrolment.revoked``. An administrator's or counsel's act. From an
    earlier day it is proposed only, and another of them approves it: it takes from what the person
    signed since. So it is where nobody would be left who can file an order, or no two to change the
    roster. Raises Refused where the day lies ahead, or before the person's first in office.
    """
    check_role(home, actor, CHANGED)
    if since > home.today():
        raise Refused("The day lies ahead.", "Name the day the key was lost, or today.")
    person = home.roster.person(person_id)
    if since < person.in_force_from:
        raise Refused(
            "The day lies before the person's first in office: no key of theirs was in force then.",
            "Name the day the key was lost, or today.",
        )
    changed = [enrolment.revoked(person, since, only)]
    _check_not_own(home, actor, [person_id])
    if since < home.today() or _disarms(home, changed):
        return _propose(home, actor, REVOKE, changed)
    with locks.gate(home).exclusive():
        rosters.check_recorded(home)
        before, after = _keep(home, changed)
        facts = _facts(REVOKE, [person_id], before, after)
        with transaction.atomic():
            act = sign_act(home, actor, CHANGED, facts)
            row = _row(facts, act, act)
        rosters.settle(home)
    entries.publish(home)
    return _proposal(home, row)


def approve(home: Home, actor: Actor, proposal: int) -> Proposal:
    """Approve the proposal of that id, as the second person: it takes effect.

    The gate lock is held alone meanwhile, so nothing leaves across the change. Raises Refused where
    the roster is another by now than it was proposed upon, or the proposer may not propose any
    more.
    """
    check_role(home, actor, CHANGED)
    # A denial goes on the ledger, and that may wait for witnesses: not while the gate is held.
    row = _row_waiting(proposal)
    if row.proposed.person == actor.id:
        message = "That person proposed the change. It takes two people."
        deny(home, CHANGED, actor.id, "two-people", message)
    _check_not_own(home, actor, row.people)
    with locks.gate(home).exclusive():
        row = _row_waiting(proposal)
        _check_proposed(home, row)
        with transaction.atomic():
            facts = {**_facts_of(row), "proposed_by": row.proposed.person, "proposal": proposal}
            row.decided = sign_act(home, actor, CHANGED, facts)
            row.save(update_fields=["decided"])
        rosters.settle(home)
    entries.publish(home)
    return _proposal(home, row)


def waiting(home: Home) -> list[Proposal]:
    """Return the proposals upon the roster as it stands that nobody has approved yet."""
    now = rosters.digest(home.people)
    rows = _waiting().order_by("proposed__entry_id")
    return [_proposal(home, row) for row in rows if _upon(row) == now]


def _disarms(home: Home, changed: Sequence[Person]) -> bool:
    """Whether nobody would be left with a key to file an order, or no two to change the roster."""
    by_id, today = {each.id: each for each in changed}, home.today()
    people = [by_id.get(each.id, each) for each in home.roster.people]
    armed = Roster.from_people([each for each in people if _signs(each, today)], home.people.name)
    files, changes = (who_may(armed, act, today) for act in ("order-file", CHANGED))
    return not files or len(changes) < _TWO


def _signs(person: Person, on: date) -> bool:
    return person.key_in_force(on) or any(each.in_force(on) for each in person.passkeys)


def _row_waiting(proposal: int) -> RosterChange:
    row = _waiting().filter(proposed__entry_id=proposal).first()
    if row is None:
        raise Refused(f"No change of the id {proposal} waits.", _SHOWN)
    return row  # type: ignore[no-any-return]


def _newcomer(asked: enrolment.Enrolment, facts: dict[str, Any] | None, on: date) -> Person:
    if facts is None:
        raise Misuse(
            "Nobody of that id is enrolled.",
            "Give the person's entry too: name, agency, office, roles and the first day.",
        )
    if asked.jwk is None:
        raise Misuse("A person is enrolled with a key first.", "The passkey comes after it.")
    if facts.get("id") != asked.person or set(facts) & set(_KEYS):
        raise Misuse(
            "The entry is not that of the person who asks, or it has keys in it.",
            "Write it with the id of the request, and without keys: the request has the key.",
        )
    enrolment.check_time(asked, on)
    return agreements.read_person({**facts, "jwk": asked.jwk, "key_from": on.isoformat()})


def _propose(home: Home, actor: Actor, says: str, changed: Sequence[Person]) -> Proposal:
    _check_not_own(home, actor, [each.id for each in changed])
    rosters.check_recorded(home)
    before, after = _keep(home, changed)
    if before == after:
        raise Misuse("Nothing would change.", _SHOWN)
    return _record(home, actor, says, [each.id for each in changed], before, after)


def _record(  # noqa: PLR0917 - what an entry says
    home: Home, actor: Actor, says: str, people: Sequence[str], before: str, after: str
) -> Proposal:
    facts = _facts(says, people, before, after)
    with transaction.atomic():
        row = _row(facts, sign_act(home, actor, PROPOSED, facts), None)
    entries.publish(home)
    return _proposal(home, row)


def _keep(home: Home, changed: Sequence[Person]) -> tuple[str, str]:
    """Keep the roster and what it becomes with ``changed``; return their digests."""
    by_id = {each.id: each for each in changed}
    old = [by_id.pop(each.id, each) for each in home.roster.people]
    roster = Roster.from_people([*old, *by_id.values()], home.people.name)
    before = rosters.keep(home)
    data = agreements.roster_bytes(roster)
    after = sha256_hex([data])
    if not rosters.kept(home, after).exists():
        agreements.save_roster(roster, rosters.kept(home, after))
    return before, after


def _check_not_own(home: Home, actor: Actor, people: Iterable[str]) -> None:
    if actor.id in people:
        deny(home, CHANGED, actor.id, "own", "Nobody changes their own entry of the roster.")


def _check_proposed(home: Home, row: RosterChange) -> None:
    """Raise Refused unless the proposal still stands, upon this roster, by whom may propose."""
    if _upon(row) != rosters.digest(home.people) or row.before != (
        rosters.on_record() or row.before
    ):
        raise Refused("The roster has changed since it was proposed.", "Propose it anew.")
    if rosters.digest(rosters.kept(home, row.after)) != row.after:
        raise Refused("The proposed roster is not here, or damaged.", "Propose it anew.")
    if not counts(home, row.proposed.person, CHANGED if row.says == REVOKE else PROPOSED):
        raise Refused("The proposer may not propose it today.", "Have another propose it.")
    said = verified(home, row.proposed)
    facts = _facts_of(row)
    if {name: said.get(name) for name in facts} != facts or said.get("act") != PROPOSED:
        raise Refused("What was signed is another proposal.", "Propose it anew.")


def _upon(row: RosterChange) -> str:
    """Return the digest of the roster on disk for which the proposal was made."""
    return str(row.after if row.says == ADOPT else row.before)


def _facts(says: str, people: Sequence[str], before: str, after: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "says": says,
        "people": sorted(people),
        "before": before,
        "after": after,
    }


def _facts_of(row: RosterChange) -> dict[str, Any]:
    return _facts(row.says, row.people, row.before, row.after)


def _row(facts: dict[str, Any], proposed: Act, decided: Act | None) -> RosterChange:
    return RosterChange.objects.create(
        says=facts["says"],
        people=facts["people"],
        before=facts["before"],
        after=facts["after"],
        proposed=proposed,
        decided=decided,
    )


def _waiting() -> Any:  # noqa: ANN401 - Django's queryset
    return RosterChange.objects.filter(decided=None)


def _proposal(home: Home, row: RosterChange) -> Proposal:
    return Proposal(
        row.proposed.entry_id,
        row.says,
        tuple(row.people),
        row.proposed.person,
        row.before,
        row.after,
        row.decided is not None,
        tuple(_differences(home, row)),
    )


def _differences(home: Home, row: RosterChange) -> Iterable[Difference]:
    paths = [rosters.kept(home, each) for each in (row.before, row.after)]
    if not all(path.exists() for path in paths):
        return
    before, after = (agreements.load_roster(path) for path in paths)
    for person in after.people:
        old = before.get(person.id)
        was = old.model_dump(mode="json") if old else {}
        now = person.model_dump(mode="json")
        for name, value in now.items():
            if was.get(name) != value:
                yield Difference(person.id, name, was.get(name), value)
    for person in before.people:
        if after.get(person.id) is None:
            yield Difference(person.id, "id", person.id, None)
