"""The one answer to "is the gate open?"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portcullis.standing.orders import Order, in_scope
from portcullis.standing.scope import Subject


@dataclass(frozen=True)
class Standing:
    """Whether a condition stands met; if not, why: each reason a code, a colon, a sentence."""

    met: bool
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, reasons: Sequence[str]) -> "Standing":
        """Return the standing that ``reasons`` make: met where there are none."""
        return cls(met=not reasons, reasons=tuple(reasons))


def gate(orders: Iterable[Order], subject: Subject, safeguards: Standing) -> Standing:
    """Return whether the gate is open to ``subject``.

    ``orders`` are those that stand, ``safeguards`` is ``may_receive`` for that day. Both are to be
    read inside the gate lock, taken shared, and acted upon before it is let go.
    """
    closed = [
        f"order-stands: Order {order.id} of {order.court} {order.docket} closes the gate."
        for order in in_scope(orders, subject)
    ]
    return Standing.of([*closed, *safeguards.reasons, *_unexplained(safeguards)])


def _unexplained(safeguards: Standing) -> list[str]:
    if safeguards.met or safeguards.reasons:
        return []
    return ["safeguards-not-met: The recipient's safeguards are not met."]
