"""The preservation holds over what a recall covers, and counsel's clearance: asked in this place.

Ask inside the gate lock: what is read here decides whether anything may be destroyed.
"""

from collections.abc import Sequence

from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import History, Package
from portcullis.office.orders import standing_holds
from portcullis.office.release import subject
from portcullis.office.retention import holds_on
from portcullis.standing import Hold, in_scope


def holds_over(home: Home, packages: Sequence[Package], history: History | None) -> list[Hold]:
    """Return the holds standing now that reach any of ``packages``, or the ``history``."""
    holds = standing_holds()
    if not holds:
        return []
    reaching = {
        hold.id
        for package in packages
        for hold in in_scope(holds, subject(home, package.batch, package))
    }
    if history is not None:
        reaching |= {hold.id for hold in holds_on(home, Erasable.history(history.id))}
    return [hold for hold in holds if hold.id in reaching]


def may_be_destroyed(home: Home, packages: Sequence[Package], history: History | None) -> bool:
    """Whether no hold keeps any of it, or counsel has cleared what is kept."""
    return not holds_over(home, packages, history)
