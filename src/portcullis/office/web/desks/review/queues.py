"""The near misses of a batch as pages read them: nothing of a record, and read once a change."""

from collections.abc import Sequence
from functools import lru_cache

from django.db.models import Max

from portcullis.errors import Misuse
from portcullis.office import files, referrals
from portcullis.office.home import Home
from portcullis.office.models import Batch, Entry
from portcullis.office.referrals import Waiting
from portcullis.office.review_journal import ENTRY

STATES: dict[str, tuple[str, str]] = {
    "open": ("Nobody found anything", "plain"),
    "found": ("Found, waits for a second reviewer", "busy"),
    "confirmed": ("Confirmed", "good"),
    "refused": ("Refused by the second reviewer", "bad"),
}
"""State of a review -> its words, and the tag it is shown with."""


def near_misses(home: Home, batch: Batch) -> Sequence[Waiting]:
    """Return the near misses of a batch with where the review of each stands, in row order.

    Raises Refused where the batch's working data was erased.
    """
    files.batch_key(home, batch)
    acts = Entry.objects.filter(batch=batch.id, kind=ENTRY)
    newest = acts.aggregate(newest=Max("position"))["newest"]
    return _read(home, batch, files.list_in_force(batch).number, newest)


def one(home: Home, batch: Batch, row: int) -> Waiting:
    """Return the near miss of that row. Raises Misuse where none stands there."""
    for each in near_misses(home, batch):
        if each.row == row:
            return each
    raise Misuse("No near miss stands in that row of the batch.", "See the queue of the batch.")


@lru_cache(maxsize=32)
def _read(home: Home, batch: Batch, _list: int, _newest: int | None) -> Sequence[Waiting]:
    return tuple(referrals.waiting(home, batch))
