"""What the published checkpoint tells of the ledger's health and of this machine's clock.

A cosignature carries the time at which its witness gave it. A checkpoint cosigned long ago may hide
that the ledger went on elsewhere; one cosigned in this machine's future shows that its clock is
wrong.
"""

import time
from functools import lru_cache

from portcullis import ledger
from portcullis.office import signers, witnesses
from portcullis.office.home import Home

CLOCKS_MAY_DIFFER = 300  # seconds
_MINUTE = 60


def clock_reasons(home: Home) -> list[str]:
    """Return why this machine's clock will not do: a code, a colon, a sentence; or nothing.

    Raises NoteInvalid or LedgerDamaged where the checkpoint is not what it must be.
    """
    return _of_the_future(home, _ages(home)[0])


def age_reasons(home: Home, limit: int) -> list[str]:
    """Return why the checkpoint is too old, if the ``k`` freshest cosignatures it needs are.

    limit: the greatest age, in seconds. Raises as ``clock_reasons``.
    """
    return _too_old(*_ages(home), limit)


def reasons(home: Home, limit: int) -> list[str]:
    """Return what ``clock_reasons`` and ``age_reasons`` do, looking at the checkpoint once."""
    ages, k = _ages(home)
    return [*_of_the_future(home, ages), *_too_old(ages, k, limit)]


def _of_the_future(home: Home, ages: dict[str, int]) -> list[str]:
    by_hand = {one.name for one in home.pack.witnesses.witness if one.local and home.date_is_set}
    ahead = -min((age for name, age in ages.items() if name not in by_hand), default=0)
    if ahead <= CLOCKS_MAY_DIFFER:
        return []
    return [
        f"clock-wrong: By this machine's clock the newest checkpoint was cosigned "
        f"{ahead // _MINUTE} minutes in the future."
    ]


def _too_old(ages: dict[str, int], k: int, limit: int) -> list[str]:
    age = sorted(ages.values())[k - 1] if k else 0
    if age <= limit:
        return []
    return [
        f"ledger-stale: The newest checkpoint was cosigned {age // _MINUTE} minutes ago; nothing "
        f"leaves after {limit // _MINUTE}."
    ]


def _ages(home: Home) -> tuple[dict[str, int], int]:
    """Return the age of each witness's cosignature in seconds, by its own clock, and ``k``."""
    log = ledger.Log.open(home.ledger)
    said = signers.in_force(log.size)
    signed = _opened(log.checkpoint, said)
    clocks, now = witnesses.clocks(home), int(time.time())
    # A witness that the pack no longer names was somewhere else.
    ages = {name: clocks.get(name, now) - moment for name, moment in signed.cosigned.items()}
    return ages, said.k


@lru_cache(maxsize=4)
def _opened(note: str, said: ledger.LogKeys) -> ledger.SignedCheckpoint:
    """Return the checkpoint in ``note``; one note is asked about for thousands of packages."""
    return ledger.open_checkpoint(note, said.signed_by, said.witnesses, said.k)
