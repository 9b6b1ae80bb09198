"""Does the office's state agree with the ledger? Each disagreement is a sentence; none: it does."""

from collections.abc import Iterable, Iterator

from portcullis.office.models import (
    Act,
    Batch,
    DeniedAttempt,
    History,
    Opening,
    Package,
    Placed,
    ReadingChange,
    Recall,
    RosterChange,
    SafeguardRecord,
)
from portcullis.office.rebuilding import Recorded

_WAITING = ("authorised", "sealed")


def disagreements(recorded: Recorded) -> list[str]:
    """Return every point in which the database says something else than the ledger."""
    return [
        *_sets("act", _positions(Act), recorded.acts),
        *_sets("denied attempt", _positions(DeniedAttempt), recorded.denied),
        *_orders(recorded),
        *_readings(recorded),
        *_rosters(recorded),
        *_batches(recorded),
        *_packages(recorded),
        *_histories(recorded),
        *_safeguards(recorded),
    ]


def _positions(model: type[Act] | type[DeniedAttempt]) -> set[int]:
    return set(model.objects.values_list("entry_id", flat=True))


def _sets(what: str, have: Iterable[int], said: Iterable[int]) -> Iterator[str]:
    have, said = set(have), set(said)
    for position in sorted(said - have):
        yield f"The {what} of entry {position} is not in the database."
    for position in sorted(have - said):
        yield f"The {what} of entry {position} is in the database and not on the ledger."


def _orders(recorded: Recorded) -> Iterator[str]:
    rows = {row.id: row for row in Placed.objects.all()}
    yield from _names("order or hold", rows, recorded.placed)
    for name, placed in recorded.placed.items():
        row = rows.get(name)
        if row is None:
            continue
        if row.standing == (placed.lifted is not None):
            state = "lifted" if placed.lifted is not None else "standing"
            yield f"By the ledger the {row.kind} {name} is {state}; by the database it is not."
        if row.entry != dict(placed.entry):
            yield f"The {row.kind} {name} is another in the database than on the ledger."


def _readings(recorded: Recorded) -> Iterator[str]:
    decided = {row.decided_id: row for row in ReadingChange.objects.exclude(decided=None)}
    yield from _sets("change of readings", (at for at in decided if at), recorded.readings)
    for position in recorded.readings:
        row = decided.get(position)
        if row is not None and row.statement != recorded.statement(position):
            yield f"The change of readings of entry {position} is another in the database."


def _rosters(recorded: Recorded) -> Iterator[str]:
    rows = RosterChange.objects.exclude(decided=None).values_list("decided__entry", "after")
    decided = dict(rows)
    yield from _sets("change of the roster", decided, recorded.rosters)
    for position in set(decided) & set(recorded.rosters):
        if decided[position] != recorded.bodies[position]["after"]:
            yield f"The change of the roster of entry {position} is another in the database."


def _batches(recorded: Recorded) -> Iterator[str]:
    states = dict(Batch.objects.values_list("id", "state"))
    yield from _names("batch", states, recorded.batches)
    for name, said in recorded.batches.items():
        if name in states and states[name] != said.state:
            yield f"By the ledger the batch {name} is {said.state}; in the database {states[name]}."


def _packages(recorded: Recorded) -> Iterator[str]:
    states = dict(Package.objects.values_list("id", "state"))
    said = {name: one for name, one in recorded.packages.items() if not recorded.is_lost(one)}
    yield from _names("package", states, {**said, **_known(recorded, states)})
    for name, one in recorded.packages.items():
        have = states.get(name)
        if have is None:
            continue
        agrees = have == one.state if one.concluded is not None else have in _WAITING
        if not agrees:
            yield f"By the ledger the package {name} is {one.state}; in the database {have}."
    digests = dict(Package.objects.values_list("id", "digest"))
    for name, one in recorded.packages.items():
        if one.resealed and digests.get(name, one.resealed) != one.resealed:
            yield f"By the ledger the package {name} was sealed again; in the database it was not."
    recalled = set(Recall.objects.values_list("package_id", flat=True))
    yield from _names("recall of package", recalled, set(recorded.recalls) & set(states))
    opened = set(Opening.objects.values_list("entry_id", flat=True))
    known = (at for at, package in recorded.openings.items() if package in states)
    yield from _sets("opening", opened, known)


def _known(recorded: Recorded, states: Iterable[str]) -> dict[str, object]:
    return {name: recorded.packages[name] for name in states if name in recorded.packages}


def _histories(recorded: Recorded) -> Iterator[str]:
    have = set(History.objects.values_list("id", flat=True))
    said = {each for each in recorded.histories if f"history:{each}" not in recorded.lost}
    yield from _names("history", have, said)


def _safeguards(recorded: Recorded) -> Iterator[str]:
    newest = SafeguardRecord.objects.order_by("-id").values_list("act__entry_id", flat=True).first()
    if newest != recorded.safeguards:
        yield "The newest safeguard record in the database is not the newest on the ledger."


def _names(what: str, have: Iterable[str], said: Iterable[str]) -> Iterator[str]:
    have, said = set(have), set(said)
    for name in sorted(said - have):
        yield f"The {what} {name} is on the ledger and not in the database."
    for name in sorted(have - said):
        yield f"The {what} {name} is in the database and not on the ledger."
