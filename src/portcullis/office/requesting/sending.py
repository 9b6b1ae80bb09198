"""Sending a signed batch, and taking in what the holder answers."""

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from portcullis import intake, progress, release
from portcullis.agreements import Person
from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.intake import Manifest
from portcullis.office.requesting import acts, drafts, manifests
from portcullis.office.requesting.holder import holder_keys
from portcullis.office.requesting.models import Draft
from portcullis.office.requesting.stages import DRAFT
from portcullis.tables import fsync_folder, sweep, whole

if TYPE_CHECKING:
    from portcullis.office.people import Actor
    from portcullis.office.requesting.home import RequesterHome

OUTGOING = "outgoing"
SENT = "sent"
_RECEIPT = "portcullis-receipt/1"
_ANSWERS = "answers"


def outgoing(home: "RequesterHome", draft: Draft) -> Path:
    """Return the folder of the draft's transmittal, for whatever carries files to the holder."""
    return home.path / OUTGOING / draft.id


def sign_to_send(home: "RequesterHome", actor: "Actor", draft: Draft) -> str:
    """Return the actor's signature by which the draft is sent.

    Raises Refused unless the draft is signed by all who must, and may be sent.
    """
    acts.check_may(home, actor.person, "send")
    DRAFT.check(draft.state, "sent")
    manifests.check_signed(home, draft)
    digest = manifests.manifest_of(draft).digest
    said = acts.statement(home, actor, draft, "send", manifest=digest)
    return acts.signed(home, actor, said)


def send(
    home: "RequesterHome", actor: "Actor", draft: Draft, *, show: progress.Show = progress.unseen
) -> None:
    """Write the transmittal, the batch file and its signed manifest, into its outgoing folder.

    Raises Refused unless it is signed as the holder asks, and its file is the very one that was
    signed for. What is there of one that was not sent is removed.
    """
    with drafts.held(home, draft):
        _send(home, actor, draft, show)


def _send(home: "RequesterHome", actor: "Actor", draft: Draft, show: progress.Show) -> None:
    token = sign_to_send(home, actor, draft)
    manifest = manifests.manifest_of(draft)
    signatory, preparer = manifests.signatures(draft)
    folder = outgoing(home, draft)
    path = folder / drafts.file_name(draft)
    try:
        _write(home, draft, path, manifest, show)
        with transaction.atomic():
            acts.move(home, draft, "sent")
            acts.note(home, draft, actor.person, "send", SENT, token)
            attested = manifests.attestations(draft)
            intake.write_manifest(path, manifest, signatory, preparer, attested)
            fsync_folder(folder)
    except BaseException:
        if not Draft.objects.filter(id=draft.id, state="sent").exists():
            shutil.rmtree(folder, ignore_errors=True)
        raise


def fetch(home: "RequesterHome", draft: Draft, person: Person, name: str) -> Path:
    """Return one of the two files of the transmittal, for whatever carries them; it is noted.

    ``name``: batch or manifest. Raises Misuse where it is not here: the holder has it, once its
    receipt is kept.
    """
    acts.check_may(home, person, "send")
    batch = outgoing(home, draft) / drafts.file_name(draft)
    files = {"batch": batch, "manifest": intake.manifest_path(batch)}
    if draft.state != "sent" or name not in files or not files[name].is_file():
        raise Misuse(
            "There is no such file of that batch.",
            "Send the batch first. Once its receipt is kept, the holder has it.",
        )
    acts.note(home, draft, person, "send", f"{name} fetched")
    return files[name]


def was_sent(draft: Draft, token: str) -> bool:
    """Say whether the draft was sent by that very signature."""
    return draft.acts.filter(what=SENT, signature=token).exists()


def _write(
    home: "RequesterHome", draft: Draft, path: Path, manifest: Manifest, show: progress.Show
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent)
    with whole(path) as part:
        drafts.write_file(home, draft, part, show=show)
        if intake.file_digest(part) != manifest.file.sha256:
            raise Refused(
                "The batch's file is not the one that was signed for.",
                "Withdraw the batch and prepare it again.",
            )


def read_receipt(home: "RequesterHome", draft: Draft, data: bytes) -> dict[str, Any]:
    """Return the statement of the holder's receipt. Raises Refused where it is not of this batch.

    It must be signed by the holder, over the very manifest that was sent.
    """
    try:
        said = holder_keys(home).read_signed(str(json.loads(data)["signature"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("This is no receipt.", "Take in the receipt that the holder gave.") from None
    manifest = manifests.manifest_of(draft)
    if (said.get("format"), said.get("manifest_digest")) != (_RECEIPT, manifest.digest):
        raise Refused(
            "The receipt is of another batch, or of another manifest.",
            "Take in the receipt that the holder gave for this one.",
        )
    return said


def keep_receipt(home: "RequesterHome", actor: "Actor", draft: Draft, data: bytes) -> None:
    """Keep the holder's receipt of the batch."""
    acts.check_may(home, actor.person, "answers-keep")
    with drafts.held(home, draft):
        if draft.state not in ("sent", "answered"):
            raise Refused("That batch awaits no receipt.", "Look at your desk again.")
        receipt = read_receipt(home, draft, data)
        said = acts.statement(home, actor, draft, "receipt-keep", receipt=sha256_hex([data]))
        with transaction.atomic():
            token = acts.signed(home, actor, said)
            acts.note(home, draft, actor.person, "answers-keep", "receipt", token)
            draft.receipt = receipt
            draft.save(update_fields=["receipt"])
        _carried(home, draft)


def sign_answers(home: "RequesterHome", actor: "Actor", draft: Draft, sha256: str) -> str:
    """Return the actor's signature by which the answer file of that digest is kept."""
    acts.check_may(home, actor.person, "answers-keep")
    _check_awaits(draft)
    return acts.signed(
        home, actor, acts.statement(home, actor, draft, "answers-keep", answers=sha256)
    )


def keep_answers(home: "RequesterHome", actor: "Actor", draft: Draft, path: Path) -> None:
    """Keep the holder's answers at ``path``, their signature beside them.

    Raises Refused unless the holder signed them, for this batch and every row of it.
    """
    acts.check_may(home, actor.person, "answers-keep")
    with drafts.held(home, draft):
        _keep_answers(home, actor, draft, path)


def _keep_answers(home: "RequesterHome", actor: "Actor", draft: Draft, path: Path) -> None:
    _check_awaits(draft)
    holder = holder_keys(home)
    found = release.read_answers(path, holder.holder, *holder.former)
    header = _header(path)
    manifest = manifests.manifest_of(draft)
    if header.get("manifest") != manifest.digest or found.height != draft.rows:
        raise Refused(
            "The answers are of another batch.", "Take in the answers that the holder gave for it."
        )
    token = sign_answers(home, actor, draft, intake.file_digest(path))
    drafts.sheets(home, draft, _ANSWERS).write([found])
    with transaction.atomic():
        acts.move(home, draft, "answered")
        acts.note(home, draft, actor.person, "answers-keep", _ANSWERS, token)
        draft.answers = dict(found.group_by("answer").len().sort("answer").iter_rows())
        draft.answered_on = _day(header)
        draft.save(update_fields=["answers", "answered_on"])
    _carried(home, draft)


def _check_awaits(draft: Draft) -> None:
    if draft.state != "sent":
        raise Refused("That batch awaits no answers.", "Look at your desk again.")


def _carried(home: "RequesterHome", draft: Draft) -> None:
    """Remove the transmittal, in clear as it was carried: the holder has it."""
    shutil.rmtree(outgoing(home, draft), ignore_errors=True)


def were_kept(draft: Draft, token: str) -> bool:
    """Say whether answers were kept by that very signature."""
    return draft.acts.filter(what=_ANSWERS, signature=token).exists()


def answers(home: "RequesterHome", draft: Draft, first: int, count: int) -> list[dict[str, Any]]:
    """Return ``count`` of the kept answers from the place ``first`` on, in the file's order."""
    found = drafts.sheets(home, draft, _ANSWERS).read(first, count) if draft.answers else None
    return [] if found is None else found.to_dicts()


def not_taken_in(home: "RequesterHome", actor: "Actor", draft: Draft, reason: str) -> None:
    """Keep that the holder refused the transmittal whole; it is made anew as another batch."""
    acts.check_may(home, actor.person, "answers-keep")
    said = acts.statement(home, actor, draft, "transmittal-refused", reason=reason)
    with drafts.held(home, draft), transaction.atomic():
        acts.move(home, draft, "refused")
        token = acts.signed(home, actor, said)
        acts.note(home, draft, actor.person, "answers-keep", "refused", token, reason)


def _header(path: Path) -> Mapping[str, Any]:
    with path.open("rb") as source:
        try:
            return dict(json.loads(source.readline()))
        except (ValueError, TypeError):
            raise Refused("The answers have no header.", "Fetch them again.") from None


def _day(header: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(header.get("answered_on")))
    except ValueError:
        return None
