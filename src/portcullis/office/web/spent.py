"""What was signed and used: it is done once, whichever way it is sent again.

Known by the statement, which names its person and moment, and not by the signature's bytes: of one
statement there are many signatures, and of a signature more than one spelling. It is good for
``signing.LASTS`` anyhow; what is kept is a digest, for a day.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from portcullis import keys
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Refused
from portcullis.office.acting import Proposed
from portcullis.office.web.models import SpentToken


@contextmanager
def spending(tokens: Sequence[str]) -> Iterator[None]:
    """Use ``tokens``, which the person at hand signed, in this block.

    Where it asks for a further signature nothing was done, and they are as before. Where it fails
    they stay used: it may have been done before that. Raises Refused where one was used.
    """
    digests = set(map(_digest, tokens))
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
        SpentToken.objects.filter(digest__in=digests).delete()
        raise


def _digest(token: str) -> str:
    said = keys.unverified(token)
    # What two people sign alike names no moment: it counts once for each by itself.
    return sha256_hex([json_bytes(said) if "at" in said else token.encode()])
