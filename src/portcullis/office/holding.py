"""Which preservation holds keep a disclosure, and what is due of it while they do."""

from dataclasses import dataclass

from portcullis.custody import Duty
from portcullis.office.home import Home
from portcullis.office.models import Package
from portcullis.office.orders import standing_holds
from portcullis.office.owed import duties_of
from portcullis.office.release import subject
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
    duties = duties_of(home)
    found = {
        one.id: one
        for one in Package.objects.filter(state="delivered").select_related("batch").iterator()
    }
    holds = bool(standing_holds())
    rows = []
    for duty in duties:
        package = found[duty.package_id]
        by = holding(home, package) if holds and duty.what in _DISPOSALS else ()
        rows.append(Raised(duty, package.batch_id, duty.overdue(home.today()) and not by, by))
    return rows


def holding(home: Home, package: Package) -> tuple[str, ...]:
    """Return the ids of the preservation holds standing now that reach ``package``."""
    holds = standing_holds()
    if not holds:
        return ()
    return tuple(hold.id for hold in in_scope(holds, subject(home, package.batch, package)))
