"""What the requester's office does in the background: what is large, of a batch or a notice.

Each does what the pages do at once with a small one, by whoever began it: whose signature it is
done by, or, where nothing is signed, ``by`` (a roster id). Cut off and done again, it begins anew;
what changed the batch already is not done twice.
"""

import base64
from collections.abc import Callable
from typing import TypeVar

from portcullis.agreements import Person
from portcullis.errors import PortcullisError, Refused
from portcullis.keys import thumbprint
from portcullis.office.requesting import checking, drafts, filling, manifests, notices, sending
from portcullis.office.requesting.home import RequesterHome
from portcullis.office.requesting.models import Draft
from portcullis.office.work import uploads
from portcullis.office.work.kinds import Kind, Outcome, Work
from portcullis.office.work.kinds import register as add

FILL, CHECK, READY = "draft-fill", "draft-check", "draft-ready"
LEAVE_OUT, SEND, ANSWERS, NOTICE = "draft-leave-out", "draft-send", "answers-keep", "notice-keep"
NETWORK = "network"
_T = TypeVar("_T")
ALL = "all"
"""In a task that leaves requests out: all that would come back."""


def register() -> None:
    """Make the requester's kinds of work known."""
    for kind in (
        Kind(FILL, "Take a file in, and check it", "prepare", fill, signed=""),
        Kind(CHECK, "Check a batch", "prepare", check, signed=""),
        Kind(LEAVE_OUT, "Leave requests out, and check", "prepare", leave_out, signed=""),
        Kind(READY, "Make a batch ready to be signed", "prepare", ready, signed=""),
        Kind(SEND, "Send a batch to the holder", "send", send, signed="act"),
        Kind(ANSWERS, "Take in the holder's answers", "answers-keep", keep_answers, signed="act"),
        Kind(NETWORK, "Carry what was signed to the holder, or back", "send", carry, signed=""),
        Kind(NOTICE, "Keep a notice of the holder", "notice-keep", keep_notice, signed=""),
    ):
        add(kind)


def fill(work: Work) -> Outcome:
    """Put an uploaded file's requests into the draft, and check them.

    Data: ``Upload.as_json``, and ``generation``, the draft's before.
    """
    home = work.deployment.requester
    draft, upload = drafts.find(work.batch), str(work.data["upload"])
    if _unchanged(work, draft):
        path = uploads.path_of(home.path, upload, str(work.data["name"]))
        _or_without(work, lambda: filling.fill(home, draft, _by(work), path, show=work.show))
    outcome = check(work)
    uploads.remove(home.path, upload)
    return outcome


def check(work: Work) -> Outcome:
    """Check the draft."""
    home, draft = work.deployment.requester, drafts.find(work.batch)
    if not draft.rows:
        return Outcome("There is no request in the batch.")
    checking.check(home, draft, _by(work), show=work.show)
    return Outcome(checking.said(draft), {"batch": draft.id, "found": draft.found})


def leave_out(work: Work) -> Outcome:
    """Take requests out of the draft, and check it.

    Data: ``row`` (from 0) and ``was``, its digest; or ALL, and the generation in which they were
    seen. ``generation``, the draft's before.
    """
    home, draft = work.deployment.requester, drafts.find(work.batch)
    if _unchanged(work, draft):
        row = str(work.data["row"])
        rows = rows_to_leave(home, draft, row, str(work.data["was"]))
        drafts.take_out(home, draft, _by(work), rows, show=work.show)
    return check(work)


def rows_to_leave(home: RequesterHome, draft: Draft, row: str, was: str) -> Callable[[], list[int]]:
    """Return what says which rows are left out: row ``row`` (from 0), or ALL that come back.

    It raises Refused where ``was`` is not the digest of the one row, or the generation of all.
    """

    def rows() -> list[int]:
        if row == ALL:
            return checking.rows_that_come_back(home, draft, was)
        drafts.check_row(home, draft, int(row), was)
        return [int(row)]

    return rows


def ready(work: Work) -> Outcome:
    """Draft the manifest that is then signed. Data: ``signatory``, a roster id."""
    home, draft = work.deployment.requester, drafts.find(work.batch)
    signatory = str(work.data["signatory"])
    manifests.draft_manifest(home, draft, _by(work), signatory, show=work.show)
    return Outcome("The manifest is made; sign it as its preparer.", {"batch": draft.id})


def send(work: Work) -> Outcome:
    """Send the draft, by the signature of who sends it."""
    draft = drafts.find(work.batch)
    if not sending.was_sent(draft, work.token):
        sending.send(work.deployment.requester, work.acting, draft, show=work.show)
    return Outcome("The transmittal is in the outgoing folder.", {"batch": draft.id})


def keep_answers(work: Work) -> Outcome:
    """Keep the holder's answers, by the signature of who takes them in.

    Data: ``Upload.as_json``.
    """
    home, draft = work.deployment.requester, drafts.find(work.batch)
    upload = str(work.data["upload"])
    if not sending.were_kept(draft, work.token):
        path = uploads.path_of(home.path, upload, str(work.data["name"]))
        _or_without(work, lambda: sending.keep_answers(home, work.acting, draft, path))
    uploads.remove(home.path, upload)
    return Outcome("The answers are kept; their signature is the holder's.", {"batch": draft.id})


def keep_notice(work: Work) -> Outcome:
    """Keep a notice of the holder. Data: ``Upload.as_json``."""
    home, upload = work.deployment.requester, str(work.data["upload"])
    path = uploads.path_of(home.path, upload, str(work.data["name"]))
    kept = _or_without(work, lambda: notices.keep(home, _by(work), path))
    uploads.remove(home.path, upload)
    return Outcome(f"The notice is kept; it says: {kept.says}.", {"says": kept.says})


def carry(work: Work) -> Outcome:
    """Carry one signed request of an errand to the holder's office, and take its answer.

    Data: ``errand``, its name; ``call``, the request as it was signed, and ``signature`` (base64).
    """
    from portcullis.client import Call
    from portcullis.office.requesting import network
    from portcullis.office.web.network import relay

    home, draft = work.deployment.requester, drafts.find(work.batch)
    errand = network.of_draft(home, draft, str(work.data["errand"]))
    call, person = Call(**dict(work.data["call"])), _by(work)
    wanted = errand.next()
    if wanted is not None and wanted.path == call.path:
        signature = base64.b64decode(str(work.data["signature"]))
        answer = relay().send(call, thumbprint(person.jwk), signature, errand.body())
        errand.take(answer)
    return Outcome("It is done. Go on from the batch's page.", {"batch": draft.id})


def _unchanged(work: Work, draft: Draft) -> bool:
    """Say whether the draft's requests are those on which the work was begun."""
    return draft.generation == int(work.data["generation"])


def _or_without(work: Work, act: Callable[[], _T]) -> _T:
    """Do what is done with an uploaded file; where it is refused, the file is removed."""
    try:
        return act()
    except PortcullisError:
        uploads.remove(work.deployment.requester.path, str(work.data["upload"]))
        raise


def _by(work: Work) -> Person:
    person = work.deployment.member(str(work.data["by"]))
    if person is None:
        raise Refused("Whoever began this is not enrolled any more.", "Begin it again.")
    return person
