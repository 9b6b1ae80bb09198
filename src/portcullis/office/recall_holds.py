"""The preservation holds over what a recall covers, and counsel's clearance: asked in this place.

Ask inside the gate lock: what is read here decides whether anything may be destroyed.
"""

from collections.abc import Sequence

from portcullis.office import clearances, subjects
from portcullis.office.home import Home
from portcullis.office.models import History, Package
from portcullis.office.orders import standing_holds
from portcullis.standing import Hold, in_scope


def holds_over(home: Home, packages: Sequence[Package], history: History | None) -> list[Hold]:
    """Return the holds standing now that reach any of ``packages``, or the ``history``."""
    holds = standing_holds()
    if not holds:
        return []
    asked = [
        *(subject for _, subject in subjects.of_each(home, packages)),
        *([subjects.of_history(home, history)] if history else []),
    ]
    reaching = {hold.id for subject in asked for hold in in_scope(holds, subject)}
    return [hold for hold in holds if hold.id in reaching]


def may_be_destroyed(home: Home, packages: Sequence[Package], history: History | None) -> bool:
    """Whether no hold keeps any of it, or counsel has cleared what is kept.

    Holds and clearances are read once, what is known of a package once a batch: it is asked inside
    the gate lock, of as many packages as a recall covers.
    """
    holds = standing_holds()
    if not holds:
        return True
    if history is not None and not clearances.cleared_history(home, history):
        return False
    cleared = clearances.cleared_under("packages")
    return all(
        {hold.id for hold in in_scope(holds, subject)} <= cleared.get(package.id, set())
        for package, subject in subjects.of_each(home, packages)
    )
