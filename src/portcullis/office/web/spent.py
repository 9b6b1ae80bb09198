"""Tokens that were used: what a person signed is done once, whichever way it is sent again.

A token is good for ``signing.LASTS`` anyhow; what is kept is its digest, for a day.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from portcullis.canonical import sha256_hex
from portcullis.errors import PortcullisError, Refused
from portcullis.office import acting
from portcullis.office.web.models import SpentToken


class OnRecord(PortcullisError):  # noqa: N818 - read as a sentence: it was done
    """The act is on record all the same; what was to follow it, its publication say, waits."""

    def __init__(self, waits: PortcullisError) -> None:
        super().__init__(
            f"It is on record and in force. What was to follow waits: {waits.message}",
            "Do not do it again. The ledger publishes it with the next act, once that is mended; "
            "tell whoever operates the office.",
        )


@contextmanager
def spending(tokens: Sequence[str]) -> Iterator[None]:
    """Use ``tokens`` in this block; where it raises, nothing was done and they are as before.

    Raises Refused where one of them was used, and OnRecord, in the place of what was raised, where
    an act by one of them is on record all the same: then they are used.
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
    except BaseException as error:
        if not acting.on_record(tokens):
            SpentToken.objects.filter(digest__in=digests).delete()
            raise
        if isinstance(error, PortcullisError):
            raise OnRecord(error) from error
        raise
