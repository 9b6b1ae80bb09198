"""What was erased, and the words for it: every step that reads working data asks here first."""

from portcullis.errors import Refused
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Erasure

REMAINS = "Its accounting is kept for ever; its leaves stay on the ledger, and their proofs hold."


def erasure_of(home: Home, what: Erasable) -> Erasure | None:
    """Return the erasure that made ``what`` unreadable; None while its secret is there.

    An erasure that was decided and not carried out has destroyed nothing yet.
    """
    if home.secrets.has(what):
        return None
    return Erasure.objects.filter(kind=what.kind, subject=what.id).first()


def words(erasure: Erasure) -> str:
    """Return the sentence that tells of an erasure: of what, on which day, under which schedule."""
    return (
        f"The working data of the {erasure.kind} {erasure.subject} was erased on {erasure.on} "
        f"under the retention schedule ({erasure.days:,} days)."
    )


def check(home: Home, what: Erasable) -> None:
    """Raise Refused, in plain words, where the working data of ``what`` was erased."""
    erasure = erasure_of(home, what)
    if erasure is not None:
        raise Refused(words(erasure), REMAINS)


def file_key(home: Home, what: Erasable, wrapped: bytes | memoryview | None) -> bytes:
    """Return the key that lies ``wrapped`` in the database for ``what``.

    Raises Refused where it was erased under the schedule, Misuse where it cannot be read otherwise.
    """
    check(home, what)
    return home.unwrap(bytes(wrapped or b""), what)
