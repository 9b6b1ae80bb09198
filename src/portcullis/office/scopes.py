"""What a scope can name in this home, and what of it a scope reaches, before anything is filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet

from portcullis import law
from portcullis.office import persons, subjects
from portcullis.office.home import Home
from portcullis.office.models import Batch, History, Package
from portcullis.office.persons import Named
from portcullis.standing import EVERYTHING, Scope, Subject


@dataclass(frozen=True)
class Reach:
    """What lies in a scope today, but for what only persons under seal bring into it.

    ``requests`` are those of batches that it reaches whole: ``batches`` of them. ``delivered`` and
    ``undelivered`` are packages, ``imported`` disclosures of histories.
    """

    batches: int
    requests: int
    delivered: int
    undelivered: int
    imported: int


def known(home: Home) -> Mapping[str, frozenset[str]]:
    """Return every value that a scope can name here, by its kind.

    One that it cannot name makes a scope everything (``Scope.settled``).
    """
    batches = Batch.objects.values_list("id", flat=True)
    histories = History.objects.values_list("id", flat=True)
    return {
        "statutes": subjects.statutes(home),
        "agreements": frozenset({home.pack.id}),
        "officers": frozenset(person.id for person in home.roster.people),
        "readings": frozenset(reading.id for reading in law.READINGS),
        "batches": frozenset({*batches, *histories}),
        "packages": frozenset(Package.objects.values_list("id", flat=True)),
        "persons": frozenset(persons.known(home)),
    }


def read(home: Home, written: object, sealed: Named | None = None) -> Scope:
    """Return the scope a person wrote; whatever is unclear, or unknown here, is everything.

    ``sealed``: the persons that it names under seal beside what is ``written``, if anything is.
    """
    if sealed is not None and not written:
        return Scope(persons=(sealed.name,))
    scope = Scope.read(written).settled(known(home))
    if sealed is None or scope.everything:
        return scope
    return replace(scope, persons=(*scope.persons, sealed.name))


def reach(home: Home, scope: Scope) -> Reach:
    """Count what lies in ``scope``: by the office's own rows, looking nobody up.

    The requests of an officer whose batch it does not reach whole are counted once they have
    packages.
    """
    whole = _whole(home, scope)
    found = _packages(scope, whole).aggregate(
        all=Count("id"), delivered=Count("id", filter=Q(state="delivered"))
    )
    return Reach(
        batches=len(whole),
        requests=sum(batch.taken + batch.quarantined for batch in whole),
        delivered=found["delivered"],
        undelivered=found["all"] - found["delivered"],
        imported=sum(history.taken for history in histories(home, scope)),
    )


def packages(home: Home, scope: Scope) -> QuerySet[Package]:
    """Return the packages in ``scope``, but for those that only persons under seal bring in."""
    return _packages(scope, _whole(home, scope))


def histories(home: Home, scope: Scope) -> list[History]:
    """Return the imported histories in ``scope``, but for those only persons bring in."""
    asked = replace(scope, persons=())
    return [
        history
        for history in History.objects.order_by("id")
        if _covers(scope, asked, subjects.of_imported(home, history))
    ]


def _packages(scope: Scope, whole: Sequence[Batch]) -> QuerySet[Package]:
    if scope.everything:
        return Package.objects.all()
    return Package.objects.filter(
        Q(batch__in=[batch.id for batch in whole])
        | Q(officer__in=scope.officers)
        | Q(id__in=scope.packages)
    )


def _whole(home: Home, scope: Scope) -> list[Batch]:
    """Return the batches all of whose requests lie in ``scope``."""
    asked = replace(scope, officers=(), packages=(), persons=())
    return [
        batch
        for batch in Batch.objects.order_by("id")
        if _covers(scope, asked, subjects.of_batch(home, batch))
    ]


def _covers(scope: Scope, asked: Scope, subject: Subject) -> bool:
    """Whether ``asked``, what is left of ``scope``, covers: nothing left covers nothing."""
    if scope.everything:
        return True
    return asked != EVERYTHING and asked.covers(subject)
