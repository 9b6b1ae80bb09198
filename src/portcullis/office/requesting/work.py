"""What the requester's office does in the background: a large batch read, checked, made ready.

Each does what the pages do at once with a small one, by whoever began it (``by``, a roster id). Cut
off and done again, it begins anew: what a draft's row does not name counts for nothing.
"""

from portcullis.agreements import Person
from portcullis.errors import Refused
from portcullis.office.requesting import checking, drafts, manifests
from portcullis.office.work import uploads
from portcullis.office.work.kinds import Kind, Outcome, Work
from portcullis.office.work.kinds import register as add

FILL, CHECK, READY = "draft-fill", "draft-check", "draft-ready"


def register() -> None:
    """Make the requester's kinds of work known."""
    for kind in (
        Kind(FILL, "Take a file in, and check it", "prepare", fill, signed=""),
        Kind(CHECK, "Check a batch", "prepare", check, signed=""),
        Kind(READY, "Make a batch ready to be signed", "prepare", ready, signed=""),
    ):
        add(kind)


def fill(work: Work) -> Outcome:
    """Put an uploaded file's requests into the draft, and check them. Data: ``Upload.as_json``."""
    home = work.deployment.requester
    draft, upload = drafts.find(work.batch), str(work.data["upload"])
    path = uploads.path_of(home.path, upload, str(work.data["name"]))
    drafts.fill(home, draft, _by(work), path, show=work.show)
    outcome = check(work)
    uploads.remove(home.path, upload)
    return outcome


def check(work: Work) -> Outcome:
    """Check the draft."""
    home, draft = work.deployment.requester, drafts.find(work.batch)
    if not draft.rows:
        return Outcome("There was no request in the file that could be read.")
    checking.check(home, draft, _by(work), show=work.show)
    return Outcome(checking.said(draft), {"batch": draft.id, "found": draft.found})


def ready(work: Work) -> Outcome:
    """Draft the manifest that is then signed. Data: ``signatory``, a roster id."""
    home, draft = work.deployment.requester, drafts.find(work.batch)
    signatory = str(work.data["signatory"])
    manifests.draft_manifest(home, draft, _by(work), signatory, show=work.show)
    return Outcome("The manifest is made; sign it as its preparer.", {"batch": draft.id})


def _by(work: Work) -> Person:
    person = work.deployment.member(str(work.data["by"]))
    if person is None:
        raise Refused("Whoever began this is not enrolled any more.", "Begin it again.")
    return person
