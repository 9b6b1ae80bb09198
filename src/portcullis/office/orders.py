"""Court orders and preservation holds: filed by one person at once, lifted by two."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction

from portcullis import ledger, standing
from portcullis.canonical import json_bytes
from portcullis.errors import Refused
from portcullis.office import entries, locks, rosters, signers
from portcullis.office.home import Home
from portcullis.office.models import Entry, LiftApproval, Placed
from portcullis.office.people import Actor, check_role, counts, sign_act, signature
from portcullis.standing import EVERYTHING, Hold, Lift, Order, Scope

LIFT = "lift"
_BESIDE_SCOPE = 4096  # bytes of an entry left for what it says beside its scope


@dataclass(frozen=True)
class Lifting:
    """How far the lifting of an order or hold has come."""

    id: str
    approvals: int
    lifted: bool


def place(home: Home, actor: Actor, placed: Order | Hold) -> Placed:
    """File an order or place a hold as ``enact``, and put it on the ledger."""
    row = enact(home, actor, placed)
    entries.integrate(home)
    return row


def enact(home: Home, actor: Actor, placed: Order | Hold) -> Placed:
    """File an order (the gate closes at once) or place a hold; its entry is left waiting.

    The gate lock is held alone while order and ledger entry are written, so every ``delivered``
    in its scope stands before it. Nothing else is asked: what is filed is in force. A scope longer
    than one entry of the ledger holds is filed as everything, for it must not wait.
    """
    check_role(home, actor, f"{placed.KIND}-file")
    entry = standing.placed_entry(_holdable(placed))
    with locks.gate(home).exclusive(), transaction.atomic():
        if Placed.objects.filter(id=placed.id).exists():
            raise Refused(f"There is an order or hold of the id {placed.id} already.")
        kind = str(entry["kind"])
        act = sign_act(home, actor, kind, {k: v for k, v in entry.items() if k != "kind"})
        return Placed.objects.create(id=placed.id, kind=placed.KIND, entry=entry, act=act)


def lift(home: Home, actor: Actor, placed_id: str, docket: str, document: str) -> Lifting:
    """Approve the lifting of an order or hold as ``approve_lift``, and put it on the ledger."""
    lifting = approve_lift(home, actor, placed_id, docket, document)
    entries.integrate(home)
    return lifting


def approve_lift(home: Home, actor: Actor, placed_id: str, docket: str, document: str) -> Lifting:
    """Approve the lifting of an order or hold; the second person's approval lifts it.

    Its entry is left waiting for the ledger.

    ``docket`` is the docket reference on whose authority it is lifted, ``document`` the SHA-256 of
    the sealed source document. Both approvers sign the same statement, and both are counsel in
    office on the day of the second approval; who has ceased to be is not counted, nor is what was
    signed with a key that is out of force by then.
    """
    check_role(home, actor, LIFT)
    with locks.gate(home).exclusive(), transaction.atomic():
        row = _standing_row(placed_id)
        first = row.lifts.first()
        on = date.fromisoformat(first.statement["on"]) if first else home.today()
        of = first.statement.get("ledger", "") if first else signers.origin()
        statement = _statement(row.kind, placed_id, docket, on, document, of)
        if first and first.statement != statement:
            raise Refused(
                "The first approval names another docket reference or document.",
                "Both people approve the same lift.",
            )
        if any(_counts(home, one) for one in row.lifts.filter(person=actor.id)):
            raise Refused("That person has approved this lift already.", "It takes two people.")
        LiftApproval.objects.update_or_create(
            placed=row,
            person=actor.id,
            defaults={"statement": statement, "signature": signature(home, actor, statement)},
        )
        given = [one for one in row.lifts.order_by("id") if _counts(home, one)]
        lifted = len(given) >= standing.orders.APPROVALS_TO_LIFT
        if lifted:
            _lift_now(home, row, given)
        else:
            sign_act(home, actor, "lift-approved", {"of": placed_id, "docket": docket})
    return Lifting(placed_id, len(given), lifted)


def standing_orders() -> list[Order]:
    """Return the orders that are filed and not lifted, whether or not they have taken effect."""
    return [one for one in _standing(Order.KIND) if isinstance(one, Order)]


def orders_stopping(home: Home, *acts: str) -> list[Order]:
    """Return the orders that stop any of ``acts`` (of ``STOPS``) now.

    Read inside the gate lock when something is to go out. A clock that was put back opens nothing:
    what had taken effect when the newest entry was written has taken effect.
    """
    orders = standing_orders()
    if all(order.effective_at is None for order in orders):
        return standing.stopping(orders, acts, home.now())
    return standing.stopping(orders, acts, max(home.now(), newest_entry(home)))


def newest_entry(home: Home) -> datetime:
    """Return the time of the newest entry; now where there is none."""
    newest = Entry.objects.order_by("-position").first()
    return datetime.fromisoformat(entries.body(newest)["at"]) if newest else home.now()


def standing_holds() -> list[Hold]:
    """Return the preservation holds that stand now. Read inside the gate lock before an erasure."""
    return [one for one in _standing(Hold.KIND) if isinstance(one, Hold)]


def listing() -> list[dict[str, Any]]:
    """Return every order and hold there was, with who filed it and whether it stands."""
    return [
        {**row.entry, "kind": row.kind, "by": row.act.person, "standing": row.standing}
        for row in Placed.objects.order_by("act_id").select_related("act")
    ]


def read_scope(value: object, known: Mapping[str, list[str]]) -> Scope:
    """Return the scope a person wrote; whatever is unclear, or unknown here, is everything."""
    return Scope.read(value).settled(known)


def _holdable(placed: Order | Hold) -> Order | Hold:
    """Return it as one entry of the ledger holds it: with a scope too long for that, everything."""
    if len(json_bytes(placed.scope.to_json())) > ledger.LONGEST_ENTRY - _BESIDE_SCOPE:
        return replace(placed, scope=EVERYTHING)
    return placed


def _standing(kind: str) -> list[Order | Hold]:
    rows = Placed.objects.filter(kind=kind, standing=True).order_by("act_id")
    return [standing.read_placed(row.entry) for row in rows]


def _standing_row(placed_id: str) -> Placed:
    row = Placed.objects.filter(id=placed_id, standing=True).first()
    if row is None:
        raise Refused(
            f"No order or hold of the id {placed_id} stands.", "See `portcullis order list`."
        )
    return row


def _statement(  # noqa: PLR0917 - what is signed
    kind: str, placed_id: str, docket: str, on: date, document: str, of: str
) -> dict[str, Any]:
    """Return what both sign; ``of``: the ledger's name, "" in a lift begun by an earlier release.

    Without it, what one signed in another home with the same order would be an approval here.
    """
    return {
        "format": f"portcullis-{kind}-lift/1",
        "id": placed_id,
        "docket": docket,
        "on": on.isoformat(),
        "document": document,
        **({"ledger": of} if of else {}),
    }


def _counts(home: Home, given: LiftApproval) -> bool:
    """Say whether the approval is by one who may lift today, with what is in force today."""
    person = home.roster.get(given.person)
    if person is None or not counts(home, given.person, LIFT):
        return False
    try:
        return bool(person.verify(given.signature, on=home.today()) == given.statement)
    except Refused:
        return False


def _lift_now(home: Home, row: Placed, given: list[LiftApproval]) -> None:
    # By another roster, in a home put back from a backup, a lost key would be in force again.
    rosters.check_recorded(home)
    approvals = tuple(standing.Approval(one.person, one.signature) for one in given)
    said = given[0].statement
    on = date.fromisoformat(said["on"])
    of = said.get("ledger", "")
    lifting = Lift(row.kind, row.id, said["docket"], on, said["document"], approvals, of)
    roster = home.roster
    people = {
        one.person: partial(roster.person(one.person).verify, on=home.today()) for one in given
    }
    standing.check_approvals(lifting, people)
    facts = {k: v for k, v in standing.lifted_entry(lifting).items() if k != "kind"}
    entries.record(f"{row.kind}-lifted", facts, at=home.now().isoformat())
    row.standing = False
    row.save(update_fields=["standing"])
