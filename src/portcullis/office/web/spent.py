"""What was signed and used: it is done once, whichever way it is sent again.

Known by the statement and who signed it, not by the signature's bytes: of one statement there are
many signatures, and of a signature more than one spelling. A statement is good for
``signing.LASTS`` anyhow; what is kept is a digest, for a day.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from portcullis import keys
from portcullis.agreements import Person
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import PortcullisError, Refused, place_of
from portcullis.office.acting import Proposed
from portcullis.office.entries import OnRecord
from portcullis.office.web.deployment import deployment
from portcullis.office.web.models import SpentToken

_LOG = logging.getLogger("portcullis.web")


@contextmanager
def spending(person: Person, tokens: Sequence[str]) -> Iterator[None]:
    """Use ``tokens``, which ``person`` signed, in this block; done, they are used.

    Where it raises and nothing is on record by them they are as before. Where an act by them is on
    record all the same they are used, and OnRecord is raised. Raises Refused where one was used.
    """
    digests = {_digest(person, token) for token in tokens}
    try:
        with transaction.atomic():
            SpentToken.objects.bulk_create(SpentToken(digest=each) for each in sorted(digests))
    except IntegrityError:
        raise Refused(
            "What was signed was done already, or is being done.",
            "Look whether it was done; else begin the act again.",
        ) from None
    try:
        yield
    except Proposed:
        _give_back(digests)
        raise
    except BaseException as error:
        if not _on_record(tokens):
            _give_back(digests)
            raise
        if isinstance(error, OnRecord) or not isinstance(error, Exception):
            raise
        raise _cut_off(error) from error


def _digest(person: Person, token: str) -> str:
    said = keys.unverified(token)
    # A manifest's approval names no moment, and the same one may be signed for again.
    known = {"person": person.id, "said": said} if "at" in said else {"token": token}
    return sha256_hex([json_bytes(known)])


def _give_back(digests: set[str]) -> None:
    SpentToken.objects.filter(digest__in=digests).delete()


def _on_record(tokens: Sequence[str]) -> bool:
    """Say whether one of ``tokens`` stands behind an act on record, or an approval of one."""
    if deployment().role == "holder":
        from portcullis.office.models import Act, LiftApproval, LossApproval, ReadingApproval

        kept = (Act, LiftApproval, ReadingApproval, LossApproval)
        return any(each.objects.filter(signature__in=tokens).exists() for each in kept)
    from portcullis.office.requesting.models import DraftAct

    return DraftAct.objects.filter(signature__in=tokens).exists()


def _cut_off(error: Exception) -> OnRecord:
    if isinstance(error, PortcullisError):
        why = error.message
    else:
        why = "something in Portcullis itself failed."
        _LOG.error("Failed after an act (%s in %s).", type(error).__name__, place_of(error))
    return OnRecord(
        f"What you signed is on record, and counts. What was to follow it was cut off: {why}",
        "Look at its desk before you begin it again.",
    )
