"""Which preservation holds keep a disclosure, and what is due of it while they do."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from portcullis.custody import Duty
from portcullis.office.home import Home
from portcullis.office.models import Package
from portcullis.office.orders import standing_holds
from portcullis.office.owed import duties_of
from portcullis.office.release import subject
from portcullis.standing import Subject, in_scope

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
    owed, on = duties_of(home), home.today()
    batches = dict(Package.objects.filter(state="delivered").values_list("id", "batch_id"))
    disposals = [duty.package_id for duty in owed if duty.what in _DISPOSALS]
    held = holding(home, disposals)
    rows = []
    for duty in owed:
        by = held.get(duty.package_id, ()) if duty.what in _DISPOSALS else ()
        rows.append(Raised(duty, batches[duty.package_id], duty.overdue(on) and not by, by))
    return rows


def holding(home: Home, package_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return, of the packages that a preservation hold standing now reaches, the ids of those."""
    holds, wanted = standing_holds(), set(package_ids)
    if not holds or not wanted:
        return {}
    held, of_batch = {}, dict[str, Subject]()
    for package in Package.objects.filter(state="delivered").select_related("batch").iterator():
        if package.id not in wanted:
            continue
        if package.batch_id not in of_batch:
            of_batch[package.batch_id] = subject(home, package.batch, package)
        asked = replace(
            of_batch[package.batch_id],
            packages=frozenset({package.id}),
            officers=frozenset({package.officer}),
        )
        if reaching := in_scope(holds, asked):
            held[package.id] = tuple(hold.id for hold in reaching)
    return held
