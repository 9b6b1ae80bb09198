"""Where each batch stands, whose turn it is, and since when: what every desk sees first.

Nothing of a request is among it, and of the records only what a state shows of itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, Max, OuterRef

from portcullis.office.home import Home
from portcullis.office.models import Act, Batch, DeterminationList, Impairment

FINISHED = ("answered", "lost")


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: the act that comes next (``permissions``), and what to do in words."""

    act: str
    says: str


@dataclass(frozen=True)
class Whereabouts:
    """One batch: whose turn it is (several at once, or nobody), since when, and for how long."""

    batch: Batch
    turns: tuple[Turn, ...]
    since: date
    days: int
    eligible: int | None
    answer_day: date

    @property
    def acts(self) -> set[str]:
        """The acts that may come next."""
        return {turn.act for turn in self.turns}

    @property
    def finished(self) -> bool:
        """Whether nothing more is to be done."""
        return self.batch.state in FINISHED


def everywhere(home: Home, *, open_only: bool = False) -> list[Whereabouts]:
    """Return where every batch stands, the oldest first; with ``open_only`` the unfinished."""
    wanted = Batch.objects.exclude(state__in=FINISHED) if open_only else Batch.objects.all()
    return _of(home, wanted.order_by("received_on", "id"))


def of(home: Home, batch: Batch) -> Whereabouts:
    """Return where one batch stands."""
    (found,) = _of(home, Batch.objects.filter(id=batch.id))
    return found


def waiting_for(home: Home, acts: Iterable[str]) -> list[Whereabouts]:
    """Return the batches whose next act is one of ``acts``, the longest waiting first."""
    wanted = set(acts)
    found = [each for each in everywhere(home, open_only=True) if each.acts & wanted]
    return sorted(found, key=lambda each: (each.since, each.batch.id))


def _of(home: Home, batches: Iterable[Batch]) -> list[Whereabouts]:
    rows = list(
        batches.annotate(recorded=Exists(Impairment.objects.filter(batch=OuterRef("id"))))
        if hasattr(batches, "annotate")
        else batches
    )
    ids = [batch.id for batch in rows]
    last = dict(
        Act.objects.filter(batch__in=ids).values_list("batch").annotate(Max("at")).order_by()
    )
    lists = {
        each.batch_id: each
        for each in DeterminationList.objects.filter(batch__in=ids, final=False).order_by("number")
    }
    today = home.today()
    return [_standing(home, batch, last.get(batch.id), lists.get(batch.id), today) for batch in rows]
