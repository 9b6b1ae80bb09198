"""Taking in a transmittal: stored, accounted for and receipted, or refused whole and recorded."""

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.db import transaction

from portcullis import intake, keys, progress, tables
from portcullis.errors import Refused
from portcullis.office import accounting, entries, locks
from portcullis.office.entries import Announce, silent
from portcullis.office.files import QUARANTINE, REQUESTS, accounted
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Batch, SingleRequest
from portcullis.office.nonces import draw_nonces
from portcullis.office.public import FILE, read_public

INTAKE_WAITS = 600.0  # seconds one transmittal may wait for another


def receive(
    home: Home,
    path: Path,
    announce: Announce = silent,
    *,
    show: progress.Show = progress.unseen,
    seen: Callable[[str, str], bool] | None = None,
) -> dict[str, Any]:
    """Take in the batch at ``path`` with the manifest beside it; return the signed receipt.

    Raises intake.TransmittalRefused where it is refused whole; the refusal is on the ledger by
    then. Every row received, quarantined and refused ones too, is in the permanent accounting
    first. A batch that a crash left without its receipt gets it when the same transmittal is sent
    again. One transmittal is taken in at a time: two of one batch would write the same files.
    ``seen`` says which were received before, where that is known better.
    """
    with locks.alone(home, home.path / "intake.lock", INTAKE_WAITS):
        try:
            transmittal = intake.take_in(
                path, home.pack, home.roster, on=home.today(), seen=seen or _seen
            )
            key = tables.new_key()
            announce("store")
            folder = _fresh_folder(home, transmittal.manifest.batch_id)
            _store(home, transmittal, folder, key, announce, show)
        except intake.TransmittalRefused as refused:
            if refused.code == "replay" and (receipt := _receipt_owed(home, path, announce)):
                return receipt
            _record_refusal(home, path, refused.code)
            entries.integrate(home)
            raise
        return _commit(home, transmittal.result, key, announce)


def receive_singles(
    home: Home,
    collected: intake.Collected,
    also: Callable[[Batch], None],
    announce: Announce = silent,
) -> dict[str, Any]:
    """Take in single requests together, as one batch of the gateway's own making.

    ``also`` is run in the transaction that makes the batch. Returns the batch's receipt.
    """
    with locks.alone(home, home.path / "intake.lock", INTAKE_WAITS):
        if Batch.objects.filter(id=collected.manifest.batch_id).exists():
            raise Refused("Single requests were gathered under that name before.")
        key = tables.new_key()
        announce("store")
        folder = _fresh_folder(home, collected.manifest.batch_id)
        _store(home, collected, folder, key, announce, progress.unseen)
        return _commit(home, collected.result, key, announce, also)


def refuse(home: Home, path: Path, code: str, also: Callable[[], object]) -> None:
    """Record that the transmittal at ``path`` was refused for ``code`` when it came.

    ``also`` is run in the transaction that does. The entries wait to be integrated.
    """
    with locks.alone(home, home.path / "intake.lock", INTAKE_WAITS):
        _record_refusal(home, path, code, also)


def read_receipt(receipt: dict[str, Any], home: Home) -> dict[str, Any]:
    """Return the statement of a signed receipt; raise Refused where it is not this holder's."""
    return read_public(home.path / FILE).read_signed(str(receipt["signature"]))


def _seen(manifest_digest: str, batch_id: str) -> bool:
    return (
        Batch.objects.filter(manifest_digest=manifest_digest).exists()
        or Batch.objects.filter(id=batch_id).exists()
        or SingleRequest.objects.filter(claimed=batch_id).exists()
    )


def _fresh_folder(home: Home, batch_id: str) -> Path:
    """Return the batch's folder. What a crash left there is overwritten: no row names it."""
    folder = home.batch(batch_id)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _store(  # noqa: PLR0917 - where it goes, and who is told
    home: Home,
    transmittal: intake.Transmittal | intake.Collected,
    folder: Path,
    key: bytes,
    announce: Announce,
    show: progress.Show,
) -> None:
    """Write requests, nonces, quarantine and accounting; they count once the row is written."""
    batch_id = transmittal.manifest.batch_id
    source = accounting.Source(accounting.BATCH, batch_id)
    permanent = home.derived_key("accounting")
    with ExitStack() as files:
        requests = files.enter_context(tables.TableWriter(folder / REQUESTS, key))
        account = files.enter_context(
            tables.TableWriter(accounting.where(home, source, accounting.REQUESTS), permanent)
        )
        signed_for = transmittal.manifest.file.rows
        advance = files.enter_context(progress.step(show, "Take in the requests", signed_for))
        for frame in transmittal.frames():
            requests.write(frame)
            account.write(frame.select(*accounted(frame.columns), "source_row", "officers"))
            announce(f"stored {requests.rows}")
            advance(frame.height)
        # The files take their names next: over those of nobody who has the lock by now.
        locks.check_held()
    quarantined = transmittal.result.quarantined
    tables.write_table(folder / QUARANTINE, quarantined, key)
    accounting.write(home, source, accounting.QUARANTINED, quarantined)
    draw_nonces(home, batch_id, key, transmittal.result.taken)


def _commit(
    home: Home,
    taken_in: intake.Intake,
    key: bytes,
    announce: Announce,
    also: Callable[[Batch], None] = lambda _batch: None,
) -> dict[str, Any]:
    announce("commit-received")
    what = Erasable.batch(taken_in.batch_id)
    home.secrets.draw(what)
    at = home.now()
    with transaction.atomic():
        position = entries.take_positions(0)
        statement = intake.receipt_statement(taken_in, at.date(), position)
        # The manifest is salted, so its digest tells nothing of the requests it commits to.
        facts = {
            "batch": taken_in.batch_id,
            "manifest": taken_in.manifest_digest,
            "rows": taken_in.rows,
            "taken": taken_in.taken,
            "quarantined": taken_in.quarantined.height,
        }
        entry = entries.record("batch-received", facts, batch=taken_in.batch_id, at=at.isoformat())
        source = accounting.Source(accounting.BATCH, taken_in.batch_id)
        kept = accounting.REQUESTS, accounting.QUARANTINED
        accounting.commit(home, source, *kept, at=at.isoformat())
        batch = Batch.objects.create(
            id=taken_in.batch_id,
            state="received",
            manifest_digest=taken_in.manifest_digest,
            signatory=taken_in.manifest.signatory,
            prepared_by=taken_in.manifest.prepared_by,
            agreement_version=home.pack.version,
            received_on=at.date(),
            received_entry=entry,
            taken=taken_in.taken,
            quarantined=taken_in.quarantined.height,
            wrapped_key=home.wrap(key, what),
        )
        also(batch)
    return _give_receipt(home, statement, announce)


def _give_receipt(home: Home, statement: dict[str, Any], announce: Announce) -> dict[str, Any]:
    announce("integrate-received")
    checkpoint = entries.integrate(home, announce)
    signature = keys.sign(statement, home.service_key())
    receipt = {**statement, "checkpoint": checkpoint, "signature": signature}
    data = json.dumps(receipt, ensure_ascii=False, indent=1).encode()
    tables.publish(_receipt_path(home, str(statement["batch_id"])), data)
    return receipt


def _receipt_owed(home: Home, path: Path, announce: Announce) -> dict[str, Any] | None:
    """Give the receipt of a batch that was taken in without one; None where there is none owed."""
    try:
        sent = intake.take_in(
            path, home.pack, home.roster, on=home.today(), seen=lambda _digest, _batch: False
        )
    except intake.TransmittalRefused:
        return None  # another file under that manifest: no receipt is owed for it
    batch = Batch.objects.filter(manifest_digest=sent.manifest_digest).first()
    if batch is None or batch.state == "lost" or _receipt_path(home, batch.id).exists():
        return None
    for _ in sent.frames():
        pass
    statement = intake.receipt_statement(sent.result, batch.received_on, batch.received_entry_id)
    return _give_receipt(home, statement, announce)


def _receipt_path(home: Home, batch_id: str) -> Path:
    return home.outgoing / batch_id / "receipt.json"


def _record_refusal(
    home: Home, path: Path, code: str, also: Callable[[], object] = lambda: None
) -> None:
    kept = accounting.SAME if _taken_in(path) else accounting.keep_refused(home, path)
    at = home.now().isoformat()
    with transaction.atomic():
        facts = {"code": code, "file": _digest(path)}
        entry = entries.record("transmittal-refused", facts, at=at)
        accounting.commit_refused(home, kept, entry.position, at)
        also()


def _taken_in(path: Path) -> bool:
    """Whether this very transmittal was taken in before: then its requests are accounted for."""
    try:
        manifest = intake.read_manifest(path).manifest
        same = intake.file_digest(path) == manifest.file.sha256
    except (intake.TransmittalRefused, OSError):
        return False
    return same and Batch.objects.filter(manifest_digest=manifest.digest).exists()


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError:
        return ""
