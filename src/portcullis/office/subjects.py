"""What an order or a hold is asked about: packages, batches and histories, with all that is known.

What is known of a package is its request's row, its officer, and the readings of its list and of
today, so that an order on either reaches it. What is not known lies in every scope.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from portcullis import tables
from portcullis.law import Basis
from portcullis.office import files, persons, readings
from portcullis.office.home import Home
from portcullis.office.models import Batch, History, Package
from portcullis.standing import Hold, Subject

NONE: frozenset[str] = frozenset()


def of_package(home: Home, package: Package) -> Subject:
    """Return what is known of one package."""
    return next(of_packages(home, package.batch, [package]))[1]


def of_packages(
    home: Home, batch: Batch, packages: Iterable[Package]
) -> Iterator[tuple[Package, Subject]]:
    """Yield each of a batch's ``packages`` with what is known of it."""
    wanted = list(packages)
    if not wanted:
        return
    shared = of_batch(home, batch)
    sets = persons.in_batch(home, batch.id, persons.named())
    for package in wanted:
        yield (
            package,
            replace(
                shared,
                packages=frozenset({package.id}),
                officers=frozenset({package.officer}),
                persons=sets.of(package.row),
            ),
        )


def of_each(home: Home, packages: Iterable[Package]) -> Iterator[tuple[Package, Subject]]:
    """Yield each of ``packages``, of any batches, with what is known of it; a batch is read once.

    They come by their batches.
    """
    for batch, mine in groupby(
        sorted(packages, key=lambda each: each.batch_id), key=lambda each: each.batch
    ):
        yield from of_packages(home, batch, mine)


def of_batch(home: Home, batch: Batch) -> Subject:
    """Return what holds of every request of a batch: no officer, no person, no package."""
    bases = [readings.basis_on(home, home.today()), *_listed(batch)]
    pack = home.pack
    statutes = {*pack.request.statutes, pack.agreement.legal_basis}
    return Subject(
        agreements=frozenset({pack.id, *(basis.agreement for basis in bases)}),
        batches=frozenset({batch.id}),
        packages=NONE,
        statutes=frozenset(statutes.union(*(basis.statutes for basis in bases))),
        officers=NONE,
        readings=frozenset(reading for basis in bases for reading in basis.readings),
        persons=NONE,
        received_on=batch.received_on,
    )


def statutes(home: Home) -> frozenset[str]:
    """Return every citation that a batch of this home rests on, or could under its agreement."""
    pack = home.pack
    there_are = {*pack.request.statutes, pack.agreement.legal_basis}
    return frozenset(
        there_are.union(*(of_batch(home, batch).statutes or () for batch in Batch.objects.all()))
    )


def of_whole_batch(home: Home, batch: Batch, asking: Sequence[Hold]) -> Subject:
    """Return a batch with everybody in it, as far as what is ``asking`` about it names anybody.

    What reaches one of them reaches it. Read from the accounting, which is there for ever, and only
    where it must be: a batch may have a million rows.
    """
    scopes = [each.scope for each in asking]
    sets = dict.fromkeys(name for scope in scopes for name in scope.persons)
    packages = batch.packages.values_list("id", flat=True)
    return replace(
        of_batch(home, batch),
        packages=frozenset(packages if any(scope.packages for scope in scopes) else ()),
        officers=_officers(home, batch) if any(scope.officers for scope in scopes) else NONE,
        persons=persons.in_batch(home, batch.id, sets).any,
    )


def _officers(home: Home, batch: Batch) -> frozenset[str]:
    path = files.accounting(home, batch.id, "requests.tbl")
    named = tables.read_table(path, home.derived_key("accounting"), ["officers"])["officers"]
    each = named.drop_nulls().unique().str.split(";").explode().str.strip_chars()
    return frozenset(each.to_list())


def of_imported(home: Home, history: History) -> Subject:
    """Return what holds of all of an imported history: no person. What it does not say is open."""
    return Subject(
        agreements=frozenset({home.pack.id}),
        batches=frozenset({history.id}),
        packages=NONE,
        persons=NONE,
    )


def of_history(home: Home, history: History) -> Subject:
    """Return an imported history with everybody in it: what it does not say lies in every scope."""
    sets = persons.in_history(home, history, persons.named())
    return replace(of_imported(home, history), persons=sets.any)


def _listed(batch: Batch) -> list[Basis]:
    return [files.basis_of(batch)] if batch.lists.filter(number=1).exists() else []
