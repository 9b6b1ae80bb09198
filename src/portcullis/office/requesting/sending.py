"""Sending a signed batch, and taking in what the holder answers."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from portcullis import intake, release
from portcullis.canonical import sha256_hex
from portcullis.errors import Refused
from portcullis.office.requesting import acts, drafts, manifests
from portcullis.office.requesting.holder import holder_keys
from portcullis.office.requesting.models import Draft
from portcullis.tables import fsync_folder, whole

if TYPE_CHECKING:
    from portcullis.office.people import Actor
    from portcullis.office.requesting.home import RequesterHome

OUTGOING = "outgoing"
_RECEIPT = "portcullis-receipt/1"
_ANSWERS = "answers"


def outgoing(home: "RequesterHome", draft: Draft) -> Path:
    """Return the folder of the draft's transmittal, for whatever carries files to the holder."""
    return home.path / OUTGOING / draft.id


def send(home: "RequesterHome", actor: "Actor", draft: Draft) -> None:
    """Write the transmittal, the batch file and its signed manifest, into its outgoing folder.

    Raises Refused unless it is signed, and its file is the very one that was signed for.
    """
    acts.check_may(home, actor.person, "send")
    manifest = manifests.manifest_of(draft)
    signatory, preparer = manifests.signatures(draft)
    said = acts.statement(home, actor, draft, "send", manifest=manifest.digest)
    with transaction.atomic():
        acts.move(home, draft, "sent")
        token = acts.signed(home, actor, said)
        acts.note(home, draft, actor.person, "send", "sent", token)
        folder = outgoing(home, draft)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / drafts.file_name(draft)
        with whole(path) as part:
            drafts.write_file(home, draft, part)
            if intake.file_digest(part) != manifest.file.sha256:
                raise Refused(
                    "The batch's file is not the one that was signed for.",
                    "Withdraw the batch and prepare it again.",
                )
        intake.write_manifest(path, manifest, signatory, preparer, manifests.attestations(draft))
        fsync_folder(folder)


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
    if draft.state != "sent":
        raise Refused("That batch awaits no receipt.", "Look at your desk again.")
    receipt = read_receipt(home, draft, data)
    said = acts.statement(home, actor, draft, "receipt-keep", receipt=sha256_hex([data]))
    with transaction.atomic():
        token = acts.signed(home, actor, said)
        acts.note(home, draft, actor.person, "answers-keep", "receipt", token)
        draft.receipt = receipt
        draft.save(update_fields=["receipt"])


def keep_answers(home: "RequesterHome", actor: "Actor", draft: Draft, path: Path) -> None:
    """Keep the holder's answers at ``path``, their signature beside them.

    Raises Refused unless the holder signed them, for this batch and every row of it.
    """
    acts.check_may(home, actor.person, "answers-keep")
    if draft.state != "sent":
        raise Refused("That batch awaits no answers.", "Look at your desk again.")
    holder = holder_keys(home)
    found = release.read_answers(path, holder.holder, *holder.former)
    header = _header(path)
    manifest = manifests.manifest_of(draft)
    if header.get("manifest") != manifest.digest or found.height != draft.rows:
        raise Refused(
            "The answers are of another batch.", "Take in the answers that the holder gave for it."
        )
    said = acts.statement(home, actor, draft, "answers-keep", answers=intake.file_digest(path))
    with transaction.atomic():
        acts.move(home, draft, "answered")
        token = acts.signed(home, actor, said)
        acts.note(home, draft, actor.person, "answers-keep", "answers", token)
        drafts.sheets(home, draft, _ANSWERS).write([found])
        draft.answers = dict(found.group_by("answer").len().sort("answer").iter_rows())
        draft.answered_on = _day(header)
        draft.save(update_fields=["answers", "answered_on"])


def answers(home: "RequesterHome", draft: Draft, first: int, count: int) -> list[dict[str, Any]]:
    """Return ``count`` of the kept answers from the place ``first`` on, in the file's order."""
    found = drafts.sheets(home, draft, _ANSWERS).read(first, count) if draft.answers else None
    return [] if found is None else found.to_dicts()


def not_taken_in(home: "RequesterHome", actor: "Actor", draft: Draft, reason: str) -> None:
    """Keep that the holder refused the transmittal whole; it is made anew as another batch."""
    acts.check_may(home, actor.person, "answers-keep")
    said = acts.statement(home, actor, draft, "transmittal-refused", reason=reason)
    with transaction.atomic():
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
