"""The retention schedule: from which day working data is due for erasure, and what holds reach it.

The days are the pack's. They are counted from the day a batch was answered, a history imported, a
re-examination made. The accounting of requests and disclosures is permanent and stands in no
schedule [law.md 42; 26 USC 6103(p)(3)(A)].
"""

from collections.abc import Callable
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
class Due:
    """Working data that is due: since which day it is kept, due from which, reached by what holds.

    ``begun``: its erasure was decided and is not finished; run it again.
    """

    what: Erasable
    since: date
    due_on: date
    holds: tuple[Hold, ...]
    begun: bool


def due(home: Home) -> list[Due]:
    """Return all working data whose day has come, that under a hold too, the longest due first."""
    begun = {
        Erasable(each.kind, each.subject): each.finished
        for each in Erasure.objects.order_by("entry_id")
    }
    return sorted(
        (
            Due(what, since, due_on, tuple(holds_on(home, what)), what in begun)
            for what, since in _kept()
            if since is not None and not begun.get(what)
            for due_on in [due_day(home, since)]
            if due_on <= home.today()
        ),
        key=lambda each: (each.due_on, each.what),
    )


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
    holds = standing_holds()
    subjects = _REACHED_AS[what.kind](home, what.id) if holds else []
    reaching = {hold.id for subject in subjects for hold in in_scope(holds, subject)}
    return [hold for hold in holds if hold.id in reaching]


def _kept() -> list[tuple[Erasable, date | None]]:
    """Return everything there is or was working data of, with the day it is kept since."""
    answered = {
        entry.batch: date.fromisoformat(entries.body(entry)["at"][:10])
        for entry in Entry.objects.filter(kind="answered")
    }
    return [
        *((Erasable.batch(each.id), answered.get(each.id)) for each in Batch.objects.all()),
        *((Erasable.history(each.id), each.imported_on) for each in History.objects.all()),
        *(
            (Erasable.reexamination(each.number), each.act.at.date())
            for each in Reexamination.objects.select_related("act")
        ),
    ]


def _batch(home: Home, batch_id: str) -> list[Subject]:
    """Return a batch as a hold asks about it."""
    batch = Batch.objects.filter(id=batch_id).first()
    return [Subject() if batch is None else subjects.of_whole_batch(home, batch)]


def _history(home: Home, history_id: str) -> list[Subject]:
    """Return a history as a hold asks about it."""
    history = History.objects.filter(id=history_id).first()
    return [Subject() if history is None else subjects.of_history(home, history)]


def _reexamination(home: Home, number: str) -> list[Subject]:
    """Return every source that a re-examination judged: a hold on one of them reaches it."""
    found = Reexamination.objects.filter(number=number).first()
    if found is None:
        return [Subject()]
    sources = entries.body(found.act.entry)["sources"]
    histories = set(History.objects.filter(id__in=sources).values_list("id", flat=True))
    batches = set(Batch.objects.filter(id__in=sources).values_list("id", flat=True))
    return [
        *(each for source in sources if source in batches for each in _batch(home, source)),
        *(each for source in sources if source in histories for each in _history(home, source)),
    ]


_REACHED_AS: dict[str, Callable[[Home, str], list[Subject]]] = {
    BATCH: _batch,
    HISTORY: _history,
    REEXAMINATION: _reexamination,
}
