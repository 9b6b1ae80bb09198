"""Whether the gate is open, for the transmitter: to the recipient, by orders, and by the ledger."""

from dataclasses import dataclass

from portcullis.office import orders
from portcullis.office.freshness import ledger_standing
from portcullis.office.home import Home
from portcullis.office.safeguards import standing_today
from portcullis.office.web import reasons
from portcullis.standing import RELEASE

_STALE = "ledger-stale"


@dataclass(frozen=True)
class Gate:
    """The gate now: why it is closed (sentences), and what else must be known."""

    closed: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether nothing closes it. An order may still reach single packages."""
        return not self.closed


def now(home: Home) -> Gate:
    """Return whether the gate is open now. The release asks again, for each package."""
    ledger = ledger_standing(home).reasons
    stopping = [
        f"Order {order.id} of {order.court}, {order.docket}, stops releases in its scope."
        for order in orders.orders_stopping(home, RELEASE)
    ]
    stale = [each for each in ledger if each.startswith(_STALE)]
    closed = [*standing_today(home).reasons, *(each for each in ledger if each not in stale)]
    notes = [
        *stopping,
        *("The newest checkpoint is cosigned anew when a release begins." for _ in stale),
    ]
    return Gate(tuple(reasons.sentence(each) for each in closed), tuple(notes))
