"""Court orders and preservation holds: filed by one person at once, lifted by two."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction

from portcullis import ledger, standing
from portcullis.canonical import json_bytes
from portcullis.errors import Refused
from portcullis.office import entries, locks, persons, rosters, signers
from portcullis.office.home import Home
from portcullis.office.models import Entry, LiftApproval, Placed
from portcullis.office.people import (
    Actor,
    approval,
    check_approved,
    check_role,
    counts,
    deny,
    sign_act,
)
from portcullis.standing import EVERYTHING, Hold, Lift, Order

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
    entries.publish(home)
    return row


def enact(
    home: Home, actor: Actor, placed: Order | Hold, sealed: persons.Named | None = None
) -> Placed:
    """File an order (the gate closes at once) or place a hold; its entry is left waiting.

    ``sealed``: the persons that its scope names under seal, whose digests are kept from now on.

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
        if sealed is not None:
            persons.keep(home, sealed)
        return Placed.objects.create(id=placed.id, kind=placed.KIND, entry=entry, act=act)


def lift(home: Home, actor: Actor, placed_id: str, docket: str, document: str) -> Lifting:
    """Approve the lifting of an order or hold as ``approve_lift``, and put it on the ledger."""
    lifting = approve_lift(home, actor, placed_id, docket, document)
    entries.publish(home)
    return lifting


def approve_lift(home: Home, actor: Actor, placed_id: str, docket: str, document: str) -> Lifting:
    """Approve the lifting of an order or hold; the second person's approval lifts it.

    Its entry is left waiting for the ledger.

    ``docket`` is the docket reference on whose authority it is lifted, ``document`` the SHA-256 of
    the sealed source document. Both approve the same, each as ``standing.approval_statement`` has
    it, and both are counsel in office on the day of the second approval; who has ceased to be is
    not counted, nor is what was signed with a key that is out of force by then. An approval that
    names another docket or document stands in nobody's way: it waits for its own second, and its
    person may replace it.
    Raises Misuse where docket or document is none; Refused, on the record, for the same again.
    """
    check_role(home, actor, LIFT)
    standing.check_docket(docket)
    standing.check_digest(document)
    with locks.gate(home).exclusive(), transaction.atomic():
        row = _standing_row(placed_id)
        same = [
            one
            for one in approvals_of(home, row)
            if (one.statement["docket"], one.statement["document"]) == (docket, document)
        ]
        same = [one for one in same if one.statement == same[0].statement]
        again = any(one.person == actor.id for one in same)
        if not again:
            on = date.fromisoformat(same[0].statement["on"]) if same else home.today()
            what = standing.lift_statement(row.kind, row.id, docket, on, document)
            lifting = _approve(home, actor, row, same, what)
    if again:
        message = "That person has approved this lift already. It takes two people."
        deny(home, LIFT, actor.id, "two-people", message)
    return lifting


def _approve(
    home: Home, actor: Actor, row: Placed, same: list[LiftApproval], what: dict[str, Any]
) -> Lifting:
    """Record the approval, in the place of another of the same person's; the second lifts."""
    mine, _ = LiftApproval.objects.update_or_create(
        placed=row,
        person=actor.id,
        defaults={"statement": what, "signature": approval(home, actor, what)},
    )
    given = [*same, mine]
    lifted = len(given) >= standing.orders.APPROVALS_TO_LIFT
    if lifted:
        _lift_now(home, row, given)
    else:
        sign_act(home, actor, "lift-approved", {"of": row.id, "docket": what["docket"]})
    return Lifting(row.id, len(given), lifted)


def approvals_of(home: Home, row: Placed) -> list[LiftApproval]:
    """Return the approvals of a lift that count today, the earliest first."""
    return [one for one in row.lifts.order_by("id") if _counts(home, one)]


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


def _counts(home: Home, given: LiftApproval) -> bool:
    """Say whether the approval is by one who may lift today, with what is in force today.

    One that an earlier release took names no ledger, and is given again.
    """
    if not counts(home, given.person, LIFT):
        return False
    try:
        check_approved(home, given.person, given.signature, given.statement)
    except Refused:
        return False
    return True


def _lift_now(home: Home, row: Placed, given: list[LiftApproval]) -> None:
    # By another roster, in a home put back from a backup, a lost key would be in force again.
    rosters.check_recorded(home)
    approvals = tuple(standing.Approval(one.person, one.signature) for one in given)
    said = given[0].statement
    on = date.fromisoformat(said["on"])
    lifting = Lift(row.kind, row.id, said["docket"], on, said["document"], approvals)
    roster = home.roster
    people = {
        one.person: partial(roster.person(one.person).verify, on=home.today()) for one in given
    }
    standing.check_approvals(lifting, people, signers.origin())
    facts = {k: v for k, v in standing.lifted_entry(lifting).items() if k != "kind"}
    entries.record(f"{row.kind}-lifted", facts, at=home.now().isoformat())
    row.standing = False
    row.save(update_fields=["standing"])
