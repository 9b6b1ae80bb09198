"""The retention schedule: from which day working data is due for erasure, and what holds reach it.

The days are the pack's. They are counted from the day a batch was answered, a history imported, a
re-examination made. The accounting of requests and disclosures is permanent and stands in no
schedule [law.md 42; 26 USC 6103(p)(3)(A)].
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portcullis.errors import Refused
from portcullis.office import entries, subjects
from portcullis.office.home import Home
from portcullis.office.keystore import BATCH, HISTORY, REEXAMINATION, Erasable
from portcullis.office.models import Batch, Entry, Erasure, History, Reexamination
from portcullis.office.orders import standing_holds
from portcullis.standing import Hold, Subject, in_scope


@dataclass(frozen=True)
class Waiting:
    """Working data that is due: since which day it is kept, and due from which.

    ``begun``: its erasure was decided and is not finished; run it again.
    """

    what: Erasable
    since: date
    due_on: date
    begun: bool


@dataclass(frozen=True)
class Due(Waiting):
    """The same, with the preservation holds that keep it."""

    holds: tuple[Hold, ...]


def due(home: Home) -> list[Due]:
    """Return all working data whose day has come, that under a hold too, the longest due first."""
    return kept_by(home, waiting(home))


def waiting(home: Home) -> list[Waiting]:
    """Return all working data whose day has come, the longest due first. Holds are not asked."""
    begun = {
        Erasable(each.kind, each.subject): each.finished
        for each in Erasure.objects.order_by("entry_id")
    }
    return sorted(
        (
            Waiting(what, since, due_on, what in begun)
            for what, since in _kept()
            if since is not None and not begun.get(what)
            for due_on in [due_day(home, since)]
            if due_on <= home.today()
        ),
        key=lambda each: (each.due_on, each.what),
    )


def kept_by(home: Home, found: Iterable[Waiting]) -> list[Due]:
    """Return what is due with the holds that keep it. Each may take a look at its whole batch."""
    holds = standing_holds()
    return [
        Due(each.what, each.since, each.due_on, each.begun, tuple(reaching(home, each.what, holds)))
        for each in found
    ]


def kept() -> list[tuple[Erasable, date | None]]:
    """Return all working data that is still here, with the day it is kept since; None: not yet."""
    gone = set(Erasure.objects.filter(finished=True).values_list("kind", "subject"))
    return [(what, since) for what, since in _kept() if (what.kind, what.id) not in gone]


def due_day(home: Home, since: date) -> date:
    """Return the day on which working data kept since the day ``since`` becomes due."""
    return since + timedelta(days=home.pack.retention.working_data_days)


def kept_since(what: Erasable) -> date | None:
    """Return the day from which the days are counted; None for a batch that is not answered.

    Raises Refused where there is no such thing.
    """
    for known, since in _kept():
        if known == what:
            return since
    raise Refused(f"There is no {what.kind} {what.id} here.", "See `portcullis retention due`.")


def holds_on(home: Home, what: Erasable) -> list[Hold]:
    """Return the preservation holds standing now that reach ``what``."""
    return reaching(home, what, standing_holds())


def reaching(home: Home, what: Erasable, holds: Sequence[Hold]) -> list[Hold]:
    """Return which of ``holds`` reach ``what``. A hold on everything does, whatever it is."""
    if all(hold.scope.everything for hold in holds):
        return list(holds)
    asked = _REACHED_AS[what.kind](home, what.id, holds)
    found = {hold.id for subject in asked for hold in in_scope(holds, subject)}
    return [hold for hold in holds if hold.id in found]


def _kept() -> list[tuple[Erasable, date | None]]:
    """Return everything there is or was working data of, with the day it is kept since."""
    answered = {
        entry.batch: date.fromisoformat(entries.body(entry)["at"][:10])
        for entry in Entry.objects.filter(kind="answered")
    }
    ids = Batch.objects.values_list("id", flat=True)
    return [
        *((Erasable.batch(each), answered.get(each)) for each in ids),
        *((Erasable.history(each.id), each.imported_on) for each in History.objects.all()),
        *(
            (Erasable.reexamination(each.number), each.act.at.date())
            for each in Reexamination.objects.select_related("act")
        ),
    ]


def _batch(home: Home, batch_id: str, holds: Sequence[Hold]) -> list[Subject]:
    """Return a batch as a hold asks about it."""
    batch = Batch.objects.filter(id=batch_id).first()
    return [Subject() if batch is None else subjects.of_whole_batch(home, batch, holds)]


def _history(home: Home, history_id: str, _holds: Sequence[Hold]) -> list[Subject]:
    """Return a history as a hold asks about it."""
    history = History.objects.filter(id=history_id).first()
    return [Subject() if history is None else subjects.of_history(home, history)]


def _reexamination(home: Home, number: str, holds: Sequence[Hold]) -> list[Subject]:
    """Return every source that a re-examination judged: a hold on one of them reaches it."""
    found = Reexamination.objects.filter(number=number).first()
    if found is None:
        return [Subject()]
    sources = entries.body(found.act.entry)["sources"]
    histories = set(History.objects.filter(id__in=sources).values_list("id", flat=True))
    batches = set(Batch.objects.filter(id__in=sources).values_list("id", flat=True))
    return [
        *(each for source in sources if source in batches for each in _batch(home, source, holds)),
        *(
            each
            for source in sources
            if source in histories
            for each in _history(home, source, holds)
        ),
    ]


_REACHED_AS: dict[str, Callable[[Home, str, Sequence[Hold]], list[Subject]]] = {
    BATCH: _batch,
    HISTORY: _history,
    REEXAMINATION: _reexamination,
}
