"""Where each batch stands, whose turn it is, and since when: what every desk sees first.

Nothing of a request is among it, and of the records only what a state shows of itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet

from portcullis.office.home import Home
from portcullis.office.lifecycles import BATCH
from portcullis.office.models import Act, Approval, Batch, DeterminationList, Impairment

FINISHED = ("answered", "lost")
UNFINISHED = tuple(state for state in BATCH.states if state not in FINISHED)


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: the act that comes next (``permissions``), and what to do in words."""

    act: str
    says: str


@dataclass(frozen=True)
class Whereabouts:
    """One batch: whose turn it is (several people's at once, or nobody's), and since when.

    ``eligible``: how many requests its list in force has as eligible; None before there is one.
    ``expires_on``: the last day of its approval.
    """

    batch: Batch
    turns: tuple[Turn, ...]
    since: date
    days: int
    eligible: int | None
    answer_day: date
    expires_on: date | None

    @property
    def acts(self) -> set[str]:
        """The acts that may come next."""
        return {turn.act for turn in self.turns}


def everywhere(home: Home, *, unfinished: bool = False) -> list[Whereabouts]:
    """Return where every batch stands, or every ``unfinished`` one; those received first first."""
    batches = Batch.objects.order_by("received_on", "id")
    return list(_of(home, batches.filter(state__in=UNFINISHED) if unfinished else batches))


def of_each(home: Home, batches: Iterable[Batch]) -> list[Whereabouts]:
    """Return where each of ``batches`` stands, in their order: a page of them, say."""
    wanted = [batch.id for batch in batches]
    found = {each.batch.id: each for each in _of(home, Batch.objects.filter(id__in=wanted))}
    return [found[each] for each in wanted]


def of(home: Home, batch: Batch) -> Whereabouts:
    """Return where one batch stands."""
    return next(_of(home, Batch.objects.filter(id=batch.id)))


def waiting_for(home: Home, acts: Iterable[str]) -> list[Whereabouts]:
    """Return the batches whose next act is one of ``acts``, the longest waiting first."""
    wanted = set(acts)
    found = [each for each in everywhere(home, unfinished=True) if each.acts & wanted]
    return sorted(found, key=lambda each: (each.since, each.batch.id))


def _of(home: Home, batches: "QuerySet[Batch]") -> Iterator[Whereabouts]:
    recorded = Exists(Impairment.objects.filter(batch=OuterRef("id")))
    rows = list(batches.annotate(barring_recorded=recorded))
    ids = [batch.id for batch in rows]
    acts = Act.objects.filter(batch__in=ids).order_by()
    last = dict(acts.values_list("batch").annotate(Max("at")))
    lists = DeterminationList.objects.filter(batch__in=ids, final=False).order_by("number")
    eligible = dict(lists.values_list("batch_id", "eligible"))
    approvals = Approval.objects.filter(list__batch__in=ids)
    expiries = dict(approvals.values_list("list__batch_id", "expires_on"))
    today, wait = home.today(), timedelta(days=home.pack.answers.answer_days)
    for batch in rows:
        since = last[batch.id].date() if batch.id in last else batch.received_on
        yield Whereabouts(
            batch,
            tuple(_turns(batch.state, eligible.get(batch.id), recorded=batch.barring_recorded)),
            since,
            (today - since).days,
            eligible.get(batch.id),
            batch.received_on + wait,
            expiries.get(batch.id),
        )


_RECORD = Turn("impairment", "Record under § 6103(i)(6)")
_ANSWER = Turn("transmit", "Answer the batch; nothing is released")


def _turns(state: str, eligible: int | None, *, recorded: bool) -> Iterator[Turn]:
    match state:
        case "received":
            yield Turn("adjudicate", "Adjudicate")
        case "held":
            yield Turn("adjudicate", "Adjudicate again, once what holds it is mended")
        case "determined" if not recorded:
            yield Turn("review", "Look at near misses")
            yield from (_RECORD, Turn("sample", "Draw the sample")) if eligible else (_ANSWER,)
        case "determined":
            yield Turn("sample", "Draw the sample")
        case "sampled":
            yield Turn("examine", "Examine the sample")
            yield from () if recorded else (_RECORD,)
        case "examined" if not recorded:
            yield _RECORD
        case "examined":
            yield Turn("approve", "Approve the list, or send it back")
        case "unapprovable":
            yield _ANSWER
        case "approved":
            yield Turn("transmit", "Release")
        case "releasing":
            yield Turn("transmit", "Finish the release")
