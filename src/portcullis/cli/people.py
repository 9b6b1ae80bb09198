"""``portcullis people``: who is enrolled, with which keys, and how two people change that."""

import json as json_text
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    Acting,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    office,
)
from portcullis.cli.output import say, show
from portcullis.errors import Misuse

if TYPE_CHECKING:
    from portcullis.agreements import Person
    from portcullis.office.roster_changes import Proposal


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="people", help="The roster: who is enrolled, and its changes by two people.")
    noun.command(list_, name="list")
    for verb in (request, countersign, enrol, change, revoke, adopt, accept):
        noun.command(verb)
    app.command(noun)


def list_(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """List who is enrolled, with which keys and until when, and the changes that wait."""
    opened = office(home)
    from portcullis.office import roster_changes, rosters

    day = opened.today()
    people = [_person(each, day) for each in opened.roster.people]
    waiting = [_proposal(each) for each in roster_changes.waiting(opened)]
    here, said = rosters.digest(opened.people), rosters.on_record()
    if json:
        facts = {"on": day, "roster": here, "on_the_ledger": said, "people": people}
        show({**facts, "waiting": waiting}, as_json=True)
        return
    for one in people:
        state = "" if one["in_force"] else ", not in force"
        say(f"{one['id']}  {one['name']}, {one['agency']}: {', '.join(one['roles'])}{state}")
        for key in one["keys"]:
            say(f"    {key['kind']} {key['id']}  {_days(key)}")
    for each in waiting:
        say(_waits(each))
    if said is None:
        say("The ledger has no roster yet: `portcullis people adopt` records this one.")
    elif said != here:
        say("This is not the roster that the ledger has; the gate is closed.")


def request(
    *,
    as_: AsOption,
    new: Annotated[Path, Parameter(help="The new key's file; it is made if there is none.")],
    old: Annotated[Path | None, Parameter(help="The key in force now, if there is one.")] = None,
    out: Annotated[Path, Parameter(help="The file to write, for the administrator.")],
    json: JsonOption = False,
) -> None:
    """Ask, as the person concerned, to have a new key enrolled. Both keys sign; no home is needed.

    Where the old key is lost, an administrator or counsel revokes it first.
    """
    from datetime import UTC, datetime

    from portcullis import keys, tables
    from portcullis.agreements import enrolment

    if not new.exists():
        keys.save_private(keys.generate(), new)
    key = keys.load_private(new)
    at = datetime.now(UTC).replace(microsecond=0)
    said = enrolment.statement(as_, at, jwk=keys.public_jwk(key))
    by_old = keys.sign(said, keys.load_private(old)) if old else ""
    tables.publish(out, enrolment.request(keys.sign(said, key), by_old).encode())
    show({"person": as_, "key": key.thumbprint(), "file": str(out)}, as_json=json)


def countersign(
    request: Annotated[Path, Parameter(help="The request, as the office's page My keys gave it.")],
    *,
    key: KeyOption,
    out: Annotated[Path, Parameter(help="The file to write, for the administrator.")],
    json: JsonOption = False,
) -> None:
    """Sign, with the key file in force now, a request made in the browser. No home is needed."""
    from portcullis import keys, tables
    from portcullis.agreements import enrolment

    text = _text(request)
    said = enrolment.countersigned(text, keys.load_private(key))
    tables.publish(out, said.encode())
    asked = enrolment.read_request(said)
    kind = "key" if asked.passkey is None else "passkey"
    show({"person": asked.person, "asks_for": kind, "file": str(out)}, as_json=json)


def enrol(
    request: Annotated[Path, Parameter(help="The person's own request.")],
    *,
    person: Annotated[
        Path | None,
        Parameter(help="A newcomer's entry, JSON or TOML, without keys; not for who is enrolled."),
    ] = None,
    acting: Acting,
) -> int:
    """Propose, as an administrator, what a person's request asks. Exit 1: it waits for a second."""
    opened = acting.office()
    from portcullis.office import roster_changes

    by = acting.actor(opened, roster_changes.PROPOSED)
    newcomer = _entry(person) if person else None
    proposal = roster_changes.propose_enrolment(opened, by, _text(request), newcomer)
    return _tell(proposal, acting.json)


def change(
    people: Annotated[Path, Parameter(help="A roster of those who change, as they are to be.")],
    *,
    acting: Acting,
) -> int:
    """Propose other roles, offices, authorities or days. Exit 1: it waits for a second person."""
    opened = acting.office()
    from portcullis.agreements import load_roster
    from portcullis.office import roster_changes

    by = acting.actor(opened, roster_changes.PROPOSED)
    changed = load_roster(people).people
    return _tell(roster_changes.propose_change(opened, by, changed), acting.json)


def revoke(
    person: Annotated[str, Parameter(help="The id of the person whose key is lost.")],
    only: Annotated[
        list[str] | None, Parameter(help="Keys and passkeys by their ids; else every one.")
    ] = None,
    *,
    from_: Annotated[
        date | None, Parameter(name="--from", help="The first day without; today if not given.")
    ] = None,
    acting: Acting,
) -> int:
    """Put a person's keys out of force from today, at once, as an administrator or counsel.

    From an earlier day, or where nobody else could act then, it waits for a second person: exit 1.
    """
    opened = acting.office()
    from portcullis.office import roster_changes

    by = acting.actor(opened, roster_changes.CHANGED)
    since = from_ or opened.today()
    return _tell(roster_changes.revoke(opened, by, person, since, only or ()), acting.json)


def adopt(*, acting: Acting) -> int:
    """Propose that the ledger have the roster as it stands here: at first, or where it is lost."""
    opened = acting.office()
    from portcullis.office import roster_changes

    by = acting.actor(opened, roster_changes.PROPOSED)
    return _tell(roster_changes.propose_adoption(opened, by), acting.json)


def accept(
    id: Annotated[int, Parameter(help="The change's id, as `portcullis people list` shows it.")],
    *,
    acting: Acting,
) -> int:
    """Approve a change that another proposed; it takes effect. Administrator or counsel."""
    opened = acting.office()
    from portcullis.office import roster_changes

    return _tell(
        roster_changes.approve(opened, acting.actor(opened, roster_changes.CHANGED), id),
        acting.json,
    )


def _tell(proposal: "Proposal", as_json: bool) -> int:
    facts = _proposal(proposal)
    if as_json:
        show(facts, as_json=True)
    elif proposal.decided:
        say(f"Done, and on the ledger: {_what(facts)}.")
    else:
        say(_waits(facts))
    return 0 if proposal.decided else 1


def _proposal(one: "Proposal") -> dict[str, Any]:
    return {
        "id": one.id,
        "says": one.says,
        "people": list(one.people),
        "by": one.by,
        "before": one.before,
        "after": one.after,
        "decided": one.decided,
        "differences": [vars(each) for each in one.differences],
    }


def _what(one: dict[str, Any]) -> str:
    return f"{one['says']} {', '.join(one['people']) or 'the roster as it stands'}"


def _waits(one: dict[str, Any]) -> str:
    fields = ", ".join(sorted({each["field"] for each in one["differences"]}))
    return (
        f"Waits for a second person, id {one['id']}: {_what(one)}"
        f"{f' ({fields})' if fields else ''}, proposed by {one['by']}."
    )


def _person(one: "Person", day: date) -> dict[str, Any]:
    from portcullis import keys

    listed = [("key", keys.thumbprint(one.jwk), one.key_from, one.key_to)]
    listed += [
        ("former key", keys.thumbprint(each.jwk), each.in_force_from, each.in_force_to)
        for each in one.former_keys
    ]
    listed += [("passkey", each.id, each.in_force_from, each.in_force_to) for each in one.passkeys]
    return {
        "id": one.id,
        "name": one.name,
        "agency": one.agency,
        "office": one.office,
        "roles": list(one.roles),
        "in_force": one.in_force(day),
        "keys": [
            {"kind": kind, "id": id_, "from": first, "to": last}
            for kind, id_, first, last in listed
        ],
    }


def _days(key: dict[str, Any]) -> str:
    first = f"from {key['from']}" if key["from"] else "from the beginning"
    return f"{first} to {key['to']}" if key["to"] else first


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise Misuse(f"{path.name} cannot be read.", "Name the file of the request.") from None


def _entry(path: Path) -> dict[str, Any]:
    text = _text(path)
    try:
        said = tomllib.loads(text) if path.suffix == ".toml" else json_text.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Misuse(
            f"{path.name} holds no person's entry.",
            'It has members as a person of the roster: {"id": ..., "name": ..., "roles": [...]}.',
        )
    return said
