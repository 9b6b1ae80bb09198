"""Tokens that were used: what a person signed is done once, whichever way it is sent again.

A token is good for ``signing.LASTS`` anyhow; what is kept is its digest, for a day.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from portcullis.canonical import sha256_hex
from portcullis.errors import Refused
from portcullis.office.web.models import SpentToken


@contextmanager
def spending(tokens: Sequence[str]) -> Iterator[None]:
    """Use ``tokens`` in this block; where it raises, nothing was done and they are as before.

    Raises Refused where one of them was used.
    """
    digests = [sha256_hex([token.encode()]) for token in dict.fromkeys(tokens)]
    try:
        with transaction.atomic():
            SpentToken.objects.bulk_create(SpentToken(digest=each) for each in digests)
    except IntegrityError:
        raise Refused(
            "What was signed was done already, or is being done.",
            "Look whether it was done; else begin the act again.",
        ) from None
    try:
        yield
    except BaseException:
        SpentToken.objects.filter(digest__in=digests).delete()
        raise
