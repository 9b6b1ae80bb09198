"""Tokens that were used: what a person signed is done once, whichever way it is sent again.

A token is good for ``signing.LASTS`` anyhow; what is kept is its digest, for a day.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from portcullis.canonical import sha256_hex
from portcullis.errors import PortcullisError, Refused, place_of
from portcullis.office.acting import Proposed
from portcullis.office.web.deployment import deployment
from portcullis.office.web.models import SpentToken

_LOG = logging.getLogger("portcullis.web")


@contextmanager
def spending(tokens: Sequence[str]) -> Iterator[None]:
    """Use ``tokens`` in this block; where it raises and nothing was done, they are as before.

    Where an act that they sign is recorded by then they stay used, for it was done. Raises Refused
    where one of them was used; and, in the place of an error that is none of ours, where something
    failed after the act.
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
    except (PortcullisError, Proposed) as error:
        if isinstance(error, Proposed) or not _recorded(tokens):
            SpentToken.objects.filter(digest__in=digests).delete()
        raise
    except BaseException as error:
        if isinstance(error, Exception) and _recorded(tokens):
            _LOG.warning("After an act: %s in %s.", type(error).__name__, place_of(error))
            raise Refused(
                "What you signed is done, and is on the record; something after it failed.",
                "Look at what was done; do not do it again.",
            ) from error
        SpentToken.objects.filter(digest__in=digests).delete()
        raise


def _recorded(tokens: Sequence[str]) -> bool:
    """Say whether an act is recorded that one of the tokens is the signature of."""
    if deployment().role != "holder":
        return False
    from portcullis.office.models import Act

    return bool(tokens) and Act.objects.filter(signature__in=tokens).exists()
