"""Which preservation holds keep a disclosure, and what is due of it while they do."""

from dataclasses import dataclass
from itertools import groupby

from portcullis.custody import Duty
from portcullis.office import clearances, subjects
from portcullis.office.home import Home
from portcullis.office.models import Package
from portcullis.office.orders import standing_holds
from portcullis.office.owed import duties_of
from portcullis.standing import in_scope

_DISPOSALS = ("disposal", "disposal-review")


@dataclass(frozen=True)
class Raised:
    """A duty as the holder raises it: of which batch, whether overdue, which holds stop it.

    A disposal that a hold stops is not overdue: what it reaches is sequestered, not destroyed.
    """

    duty: Duty
    batch: str
    overdue: bool
    holds: tuple[str, ...]


def raised(home: Home) -> list[Raised]:
    """Return every duty of the recipient, the first due first."""
    duties, today = duties_of(home), home.today()
    of = dict(Package.objects.filter(state="delivered").values_list("id", "batch_id"))
    disposed = {duty.package_id for duty in duties if duty.what in _DISPOSALS}
    by = _stopping(home, disposed)
    rows = []
    for duty in duties:
        holds = by.get(duty.package_id, ()) if duty.what in _DISPOSALS else ()
        overdue = duty.overdue(today) and not holds
        rows.append(Raised(duty, of[duty.package_id], overdue, holds))
    return rows


def _stopping(home: Home, packages: set[str]) -> dict[str, tuple[str, ...]]:
    """Return the ids of the holds that reach each of ``packages``.

    Holds are read once, and what is known of a package once a batch; a hold on everything asks for
    nothing at all.
    """
    holds = standing_holds()
    if all(hold.scope.everything for hold in holds):
        return dict.fromkeys(packages, tuple(hold.id for hold in holds))
    found = Package.objects.filter(state="delivered").select_related("batch").order_by("batch")
    wanted = (package for package in found.iterator() if package.id in packages)
    return {
        package.id: tuple(hold.id for hold in in_scope(holds, subject))
        for batch, mine in groupby(wanted, key=lambda each: each.batch)
        for package, subject in subjects.of_packages(home, batch, mine)
    }


def holding(home: Home, package: Package) -> tuple[str, ...]:
    """Return the ids of the preservation holds standing now that reach ``package``."""
    return tuple(hold.id for hold in clearances.holds_reaching(home, package))
