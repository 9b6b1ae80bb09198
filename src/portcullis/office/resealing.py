"""Sealing again, to an officer's new key, what was delivered to one that is lost or replaced.

Nothing more is disclosed: it is the same answer of the same determination, to the same officer. Yet
it leaves once more, so all that release asks is asked again. A transmitter's act, signed; then for
each package, in this order and no other:

1. the elements that time may have changed are judged again; where another index is in use than the
   list's, everyone is looked up anew, and that is logged as a look-up;
2. sealed under its digest (fsync, rename), as it waits;
3. gate lock taken shared; orders, holds, recalls, the case and safeguards read inside it; then its
   ``resealed`` entry, and the row that names the new digest, both or neither. From here on the
   former package gets no token;
4. the entry is integrated in a checkpoint that meets the witness policy;
5. gate lock taken shared, and all of it asked once more; then its proof is published, and it itself
   by rename, in the former one's place.

A crash leaves at worst an entry whose package still waits. Run again, it goes on where it stopped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from portcullis import progress, release, tables
from portcullis.agreements import Person
from portcullis.custody import RESEALED, RESEALED_PROOF
from portcullis.errors import Misuse, Refused
from portcullis.keys import thumbprint
from portcullis.office import clearances, entries, erased, leaving, locks, looking_again, packing
from portcullis.office.duties import check_apart
from portcullis.office.entries import Announce, silent
from portcullis.office.files import find_batch
from portcullis.office.freshness import (
    check_ledger,
    ledger_standing,
    refuse_unless,
    verify_whole,
)
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Batch, Entry, Package, Recall
from portcullis.office.owed import OWED, disclosures, owing
from portcullis.office.people import Actor, sign_act
from portcullis.office.permissions import may
from portcullis.office.public import prove_entry
from portcullis.office.rejudging import no_longer_met
from portcullis.office.release import DELIVERED, alone, gate_now_for_opening
from portcullis.office.stages import check_state

ACT, ENTRY = "reseal", RESEALED
RECALLED, ENDED, HELD = "recalled", "case-ended", "hold-stands"


@dataclass(frozen=True)
class Resealed:
    """The packages sealed again and published, by id; and those left as they are, each with why."""

    packages: tuple[str, ...]
    left: Mapping[str, str]


def reseal(
    home: Home,
    batch_id: str,
    officer_id: str,
    actor: Actor,
    announce: Announce = silent,
    *,
    show: progress.Show = progress.unseen,
) -> Resealed:
    """Seal again what was delivered to that officer of a batch under another key than the enrolled.

    What may not leave now is left as it is, with the reason. Raises LedgerDamaged where the ledger
    is not whole; Refused where it has no fresh checkpoint, the batch is not released, its working
    data was erased, the officer is not in office, or there is nothing to seal again.
    """
    batch = find_batch(batch_id)
    check_apart(home, actor, "transmit", batch)
    verify_whole(home, show)
    check_ledger(home)
    check_state(batch, "releasing", "answered")
    erased.check(home, Erasable.batch(batch.id))
    officer = _officer(home, officer_id)
    with alone(home, batch):
        packing.sweep(home, batch)
        work = _Resealing(home, batch, officer, announce)
        wanted = work.wanted()
        if not wanted:
            raise Refused(
                "Nothing of this batch was delivered to that officer under another key.",
                "Enrol the officer's new key first.",
            )
        with transaction.atomic():
            sign_act(home, actor, ACT, {"officer": officer.id}, batch.id)
        work.judge(wanted, show)
        work.seal(show)
        announce("integrate-resealed")
        entries.integrate(home, announce)
        published = work.publish()
        packing.sweep(home, batch)
    return Resealed(published, work.left)


def _officer(home: Home, officer_id: str) -> Person:
    officer = home.roster.person(officer_id)
    if not may(officer, "open", home.today()):
        raise Refused(
            "The officer is not on the roster in force on this day.",
            "Renew the officer's entry on the roster.",
        )
    return officer


class _Resealing:
    """The packages of one officer and batch; ``left``: why one of them is left, by its id."""

    def __init__(self, home: Home, batch: Batch, officer: Person, announce: Announce) -> None:
        self._home, self._batch, self._officer = home, batch, officer
        self._announce = announce
        self.left: dict[str, str] = {}

    def wanted(self) -> list[Package]:
        """Return what is to be sealed again, and what was and is not published yet."""
        return [one for one in self._delivered() if self._waits(one) or not self._fits(one)]

    def judge(self, packages: Sequence[Package], show: progress.Show) -> None:
        """Leave what may not leave by what release would judge today."""
        home, batch = self._home, self._batch
        rows = sorted({package.row for package in packages})
        unmet = looking_again.changed(home, batch, rows, show) | no_longer_met(home, batch, rows)
        late = self._officer.id in owing(home)
        for package in packages:
            reason = OWED if late else unmet.get(package.row)
            if reason:
                self.left[package.id] = reason

    def seal(self, show: progress.Show) -> None:
        """Seal and enter what is not sealed to the enrolled key."""
        packages = [one for one in self._delivered() if one.id not in self.left]
        packages = [one for one in packages if not self._fits(one)]
        if not packages:
            return
        ended = _ended()
        with progress.step(show, "Seal the packages again", len(packages), "packages") as advance:
            made = packing.sealed(self._home, self._batch, packages, self._announce)
            for package, digest, half in made:
                self._enter(package.id, digest, half, ended)
                advance(1)

    def publish(self) -> tuple[str, ...]:
        """Publish what waits, each with the proof that it takes the former one's place."""
        rows = Entry.objects.filter(kind=ENTRY, batch=self._batch.id).order_by("position")
        entered = {entries.body(row)["package"]: row.position for row in rows}
        ended = _ended()
        waiting = [one for one in self._delivered() if self._waits(one) and one.id not in self.left]
        return tuple(
            package.id for package in waiting if self._publish(package, entered[package.id], ended)
        )

    def _delivered(self) -> list[Package]:
        rows = Package.objects.filter(batch=self._batch, officer=self._officer.id, state=DELIVERED)
        return list(rows.exclude(digest="").order_by("row"))

    def _waits(self, package: Package) -> bool:
        return packing.staged(self._home, package).exists()

    def _fits(self, package: Package) -> bool:
        """Whether the named bytes are here and can be shown to be sealed to the enrolled key."""
        home = self._home
        path = packing.staged(home, package)
        path = path if path.exists() else packing.published(home, package)
        try:
            found = release.read_package(path.read_bytes())
            what = Erasable.batch(package.batch_id)
            half = erased.file_key(home, what, package.wrapped_half)
            sealed_to = release.sealed_to(found, half)
        except (OSError, Misuse, Refused):
            return False
        return found.digest == package.digest and sealed_to == thumbprint(self._officer.jwk)

    def _enter(self, package_id: str, digest: str, half: bytes, ended: set[str]) -> None:
        """Enter that a package is sealed again, and name its new bytes, unless it is closed."""
        home = self._home
        with locks.gate(home).shared(), transaction.atomic():
            refuse_unless(ledger_standing(home))
            package = Package.objects.select_for_update().get(id=package_id)
            if self._is_closed(package, ended):
                return
            self._announce("enter-resealed")
            entries.record(
                ENTRY,
                {"package": package.id, "former": package.digest, "new": digest},
                batch=package.batch_id,
                at=home.now().isoformat(),
            )
            package.digest, package.wrapped_half = digest, half
            package.save(update_fields=["digest", "wrapped_half"])
            self._announce("commit-resealed")

    def _publish(self, package: Package, position: int, ended: set[str]) -> bool:
        home = self._home
        with locks.gate(home).shared():
            refuse_unless(ledger_standing(home))
            if self._is_closed(package, ended):
                return False
            out = packing.published(home, package)
            self._announce("prove-resealed")
            proof = prove_entry(home, position).encode()
            tables.publish(out.with_name(f"{package.id}{RESEALED_PROOF}"), proof)
            self._announce("rename-resealed")
            leaving.let_out(packing.staged(home, package), out, locks.check_held)
            self._announce("published-resealed")
        return True

    def _is_closed(self, package: Package, ended: set[str]) -> bool:
        """Whether a package may not leave once more now. Call while holding the gate lock."""
        reason = _closed(self._home, package, ended)
        if reason:
            self.left[package.id] = reason
        return bool(reason)


def _ended() -> set[str]:
    """Return the packages whose case has ended. Read once for many: each token asks it again."""
    return {name for name, one in disclosures().items() if one.ended}


def _closed(home: Home, package: Package, ended: set[str]) -> str:
    if Recall.objects.filter(package=package).exists():
        return RECALLED
    if package.id in ended:
        return ENDED
    # A hold keeps every copy as it is, the former package too.
    if clearances.holds_reaching(home, package):
        return HELD
    gate = gate_now_for_opening(home, package)
    return "" if gate.met else gate.reasons[0].partition(":")[0]
