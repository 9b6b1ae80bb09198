"""The release protocol: nothing leaves before it is on the ledger, and an order stops the next.

For each package, in this order and no other:

1. ``authorise``: package row, its ``release-authorised`` entry and its accounting, all at once;
2. the entry is integrated in a checkpoint that meets the witness policy;
3. ``judge_again``: time-dependent elements, on the day of release; ``look_again``: where another
   index is in use than the list's, everyone anew;
4. ``seal``: written under its digest (fsync, rename); the row that names the digest is the commit;
5. ``publish``: gate lock taken shared; orders, recalls, safeguards and approval read inside it;
   published by rename; ``delivered`` or ``not-sent`` written before the lock is let go.

A crash leaves at worst an entry without its package. Run again, it goes on where it stopped.
"""

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from portcullis import progress
from portcullis.errors import Refused
from portcullis.office import entries, leaving, locks, looking_again, packing, subjects
from portcullis.office.conclusion import conclude
from portcullis.office.duties import check_apart
from portcullis.office.entries import Announce, silent
from portcullis.office.files import find_batch, list_in_force
from portcullis.office.freshness import (
    check_ledger,
    ledger_standing,
    refuse_unless,
    verify_whole,
)
from portcullis.office.home import Home
from portcullis.office.lifecycles import PACKAGE
from portcullis.office.listing import check_list
from portcullis.office.models import Act, Approval, Batch, Package
from portcullis.office.orders import orders_stopping
from portcullis.office.people import DIGEST_ONLY, Actor, record, sign, verified
from portcullis.office.permissions import may
from portcullis.office.referrals import check_none_unlisted
from portcullis.office.safeguards import may_receive_now, standing_today
from portcullis.office.stages import check_state, move
from portcullis.standing import RELEASE, USE, Standing, Subject, gate

RELEASE_WAITS = 600.0  # seconds a second process may wait for the first
LOOK_AFTER = 60.0  # seconds between two looks at the checkpoint's age while packages go out
TRANSMIT = "transmit"
SEALED, DELIVERED, NOT_SENT = "sealed", "delivered", "not-sent"


@dataclass(frozen=True)
class Released:
    """What became of a batch's packages: disclosure instances, not requests."""

    authorised: int
    delivered: int
    not_sent: int


def release(
    home: Home,
    batch_id: str,
    actor: Actor,
    announce: Announce = silent,
    *,
    show: progress.Show = progress.unseen,
) -> Released:
    """Release an approved list by the protocol, then answer the whole batch.

    Raises LedgerDamaged where the ledger is not whole, and Refused where it has no fresh
    checkpoint, the list is not approved, the pack's answer time has not come, or the transmitter
    did another's part of the work. Run on an answered batch it releases nothing more and only
    finishes the ledger. A batch of which nothing can be released (no eligible request, an unlawful
    item in the sample, or an approval that has expired) is answered all the same: silence for ever
    would be an answer of its own.
    """
    batch = find_batch(batch_id)
    check_apart(home, actor, "transmit", batch)
    verify_whole(home, show)
    check_ledger(home)
    nothing_leaves = _nothing_leaves(home, batch)
    check_state(
        batch, "approved", "releasing", "answered", *([batch.state] if nothing_leaves else [])
    )
    if nothing_leaves:
        _answer_only(home, batch, actor, announce, show)
        return count(batch)
    if batch.state == "answered":
        entries.integrate(home, announce)
        return count(batch)
    if batch.state == "approved":
        with alone(home, batch):
            batch.refresh_from_db()
            if batch.state == "approved":
                _begin(home, batch, actor, show)
    else:
        # Whatever a crash left, what is still to be sealed is what was approved.
        _check_list(home, batch, show)
        with transaction.atomic():
            _transmit(home, batch, actor)
    # One process packs a batch at a time: the sweep of one must not take another's fresh files.
    with alone(home, batch):
        announce("authorise")
        with progress.step(show, "Authorise the packages"):
            packing.authorise(home, batch)
        announce("integrate-authorised")
        with progress.step(show, "Put what is authorised on the ledger"):
            entries.integrate(home, announce)
        announce("judge-again")
        with progress.step(show, "Judge again what time may have changed"):
            packing.judge_again(home, batch)
        packing.look_again(home, batch, show)
        announce("seal")
        packing.seal_waiting(home, batch, announce, show)
    publish_waiting(home, batch, announce, show)
    _end(home, batch, announce, show)
    return count(batch)


def _end(home: Home, batch: Batch, announce: Announce, show: progress.Show) -> None:
    """Answer the batch, unless another process has meanwhile."""
    with alone(home, batch):
        batch.refresh_from_db()
        if batch.state != "answered":
            announce("conclude")
            conclude(home, batch, announce, show)


def alone(home: Home, batch: Batch) -> AbstractContextManager[None]:
    """Hold the batch alone: what packs it and what ends it is one process at a time."""
    return locks.alone(home, home.batch(batch.id) / "release.lock", RELEASE_WAITS)


def publish_waiting(
    home: Home,
    batch: Batch,
    announce: Announce = silent,
    show: progress.Show = progress.unseen,
) -> None:
    """Publish every sealed package of the batch, one at a time. Several processes may do so.

    The ledger's checkpoint is kept fresh meanwhile; where it cannot be, or where the records are
    indexed anew, the rest stays sealed.
    """
    waiting = Package.objects.filter(batch=batch, state=SEALED).order_by("authorised_id")
    looked = -math.inf
    ids = list(waiting.values_list("id", flat=True))
    if not ids:
        return
    index = looking_again.index_looked_at(home, batch)
    with progress.step(show, "Release one by one", len(ids), "packages") as advance:
        for package_id in ids:
            if time.monotonic() - looked > LOOK_AFTER:
                check_ledger(home)
                looking_again.check_still(home, index)
                looked = time.monotonic()
            publish(home, batch, package_id, announce)
            advance(1)


def publish(home: Home, batch: Batch, package_id: str, announce: Announce = silent) -> None:
    """Publish one package, or record why it was not sent; the gate is asked inside its lock.

    Raises Refused, and leaves the package sealed, where the ledger lets nothing leave now.
    """
    with locks.gate(home).shared(), transaction.atomic():
        refuse_unless(ledger_standing(home))
        package = Package.objects.select_for_update().get(id=package_id)
        if package.state != SEALED:
            return
        open_now = gate_now(home, batch, package)
        staged, out = packing.staged(home, package), packing.published(home, package)
        if open_now.met:
            announce("rename")
            leaving.let_out(staged, out, locks.check_held)
            announce("deliver")
            _conclude_package(home, package, DELIVERED, "")
        else:
            packing.dispose(home, package)
            _conclude_package(home, package, NOT_SENT, open_now.reasons[0].partition(":")[0])
        announce("commit-delivery")


def gate_now(home: Home, batch: Batch, package: Package) -> Standing:
    """Return whether the gate is open to ``package`` now. Call while holding the gate lock."""
    standing = _gate(home, package, RELEASE)
    return Standing.of([*standing.reasons, *_of_today(home, batch, package)])


def _of_today(home: Home, batch: Batch, package: Package) -> Iterator[str]:
    on = home.today()
    approval = Approval.objects.select_related("act").get(list=list_in_force(batch))
    if on > approval.expires_on:
        yield "approval-expired: The approval has expired."
    if not _still_may(home, approval.act):
        yield "approver-not-in-force: Who approved it may not approve today, or their key is out."
    if not _still_may(home, _newest_transmittal(batch)):
        yield "transmitter-not-in-force: Who transmits it may not today, or their key is out."
    officer = home.roster.get(package.officer)
    if officer is None or not officer.key_in_force(on):
        yield "officer-key: The key of the officer it is sealed to is not in force."


def _still_may(home: Home, act: Act) -> bool:
    """Whether who did ``act`` may do it today, and signed with what is in force today.

    Of an act put back from the ledger only the signature's digest is left, and its person counts.
    """
    on, person = home.today(), home.roster.get(act.person)
    if person is None or not may(person, act.kind, on):
        return False
    if act.signature.startswith(DIGEST_ONLY):
        return True
    try:
        person.verify(act.signature, on=on)
    except Refused:
        return False
    return True


def _newest_transmittal(batch: Batch) -> Act:
    return Act.objects.filter(batch=batch.id, kind=TRANSMIT).latest("entry_id")


def gate_now_for_opening(home: Home, package: Package) -> Standing:
    """Return whether the gate is open to the opening of a delivered package now."""
    standing = _gate(home, package, RELEASE, USE)
    return Standing.of([*standing.reasons, *ledger_standing(home).reasons])


def _gate(home: Home, package: Package, *acts: str) -> Standing:
    orders = orders_stopping(home, *acts)
    asked = subjects.of_package(home, package) if orders else Subject()
    return gate(orders, asked, may_receive_now(home, package.officer))


def count(batch: Batch) -> Released:
    """Count the batch's packages by what became of them."""
    packages = Package.objects.filter(batch=batch)
    return Released(
        authorised=packages.count(),
        delivered=packages.filter(state=DELIVERED).count(),
        not_sent=packages.filter(state=NOT_SENT).count(),
    )


def _nothing_leaves(home: Home, batch: Batch) -> bool:
    match batch.state:
        case "determined":
            return list_in_force(batch).eligible == 0
        case "approved":
            return home.today() > list_in_force(batch).approval.expires_on
        case _:
            return batch.state == "unapprovable"


def _answer_only(
    home: Home, batch: Batch, actor: Actor, announce: Announce, show: progress.Show
) -> None:
    _check_answer_day(home, batch)
    check_none_unlisted(home, batch)
    with alone(home, batch):
        batch.refresh_from_db()
        if batch.state == "answered":
            return
        with transaction.atomic():
            _transmit(home, batch, actor)
            if batch.state == "approved":
                move(batch, "releasing")
    _end(home, batch, announce, show)


def _check_answer_day(home: Home, batch: Batch) -> None:
    answer_day = batch.received_on + timedelta(days=home.pack.answers.answer_days)
    if home.today() < answer_day:
        raise Refused(
            f"The batch is answered on {answer_day}, all of it together, and not before.",
            "Release it on that day.",
        )


def _begin(home: Home, batch: Batch, actor: Actor, show: progress.Show) -> None:
    _check_answer_day(home, batch)
    standing = standing_today(home)
    if not standing.met:
        raise Refused(
            "The recipient may not receive today: " + " ".join(standing.reasons),
            "Safeguards staff put a current record in force with `portcullis safeguards`.",
        )
    _check_approval(home, batch)
    _check_list(home, batch, show)
    with transaction.atomic():
        _transmit(home, batch, actor)
        move(batch, "releasing")


def _transmit(home: Home, batch: Batch, actor: Actor) -> None:
    """Record that ``actor`` transmits; once for what they signed once. Run in a transaction."""
    listed = list_in_force(batch)
    facts = {"list": listed.entry_id, "root": listed.root}
    signed = sign(home, actor, TRANSMIT, facts, batch.id)
    known = Act.objects.filter(batch=batch.id, kind=TRANSMIT, signature=signed.signature)
    if not known.exists():
        record(home, signed)


def _check_approval(home: Home, batch: Batch) -> None:
    """Raise Refused unless the approval is signed, of this very list, by one who may today."""
    approval = Approval.objects.select_related("act", "list").get(list=list_in_force(batch))
    act, listed = approval.act, approval.list
    if not _still_may(home, act):
        raise Refused(
            "Who approved the list may not approve today, or their key is out of force.",
            "It is released only on an approval that stands; else it is answered once that ends.",
        )
    of_it = act.signature.startswith(DIGEST_ONLY)
    said = entries.body(act.entry) if of_it else verified(home, act)
    expected = {
        "list": listed.entry_id,
        "root": listed.root,
        "expires_on": approval.expires_on.isoformat(),
        "batch": batch.id,
    }
    who = (said.get("act", said.get("kind")), said.get("person", said.get("by")))
    if who != ("approve", act.person) or any(said.get(k) != v for k, v in expected.items()):
        raise Refused(
            "What the approver signed is not the approval of this list.",
            "Nothing of it is released. Look at the act's signature: `portcullis acts verify`.",
        )


def _check_list(home: Home, batch: Batch, show: progress.Show) -> None:
    with progress.step(show, "Check the list that was approved"):
        check_list(home, batch)


def _conclude_package(home: Home, package: Package, state: str, reason: str) -> None:
    facts: dict[str, str] = {"package": package.id}
    if reason:
        facts["reason"] = reason
    package.concluded = entries.record(
        state, facts, batch=package.batch_id, at=home.now().isoformat()
    )
    PACKAGE.check(package.state, state)
    package.state = state
    package.reason = reason
    package.save(update_fields=["state", "reason", "concluded"])
