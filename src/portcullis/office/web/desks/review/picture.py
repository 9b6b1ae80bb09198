"""The picture of one near miss, for its page: request and record, and the match weights drawn."""

from dataclasses import dataclass
from typing import Any

from portcullis.matching import RULES
from portcullis.office.web.desks.review.forms import FindForm
from portcullis.oversight.near_miss import Beside, Difference, Picture, Waterfall

_AGREES = {"equal"}
_NEARLY = {"slip", "initial", "nickname", "partial", "reordered", "swapped"}


@dataclass(frozen=True)
class Step:
    """One step of the waterfall as it is drawn: where its bar stands, in per cent of the width."""

    part: str
    agreement: str
    bits: str
    left: str
    width: str
    kind: str


def context(seen: Picture) -> dict[str, Any]:
    """Return what the page shows of the picture."""
    near = [number for number, each in enumerate(seen.addresses, start=1) if each.near]
    return {
        "it": seen,
        "names": [(each, _parts(each)) for each in seen.names],
        "addresses": [(each, _parts(each)) for each in seen.addresses],
        "steps": steps(seen.waterfall) if seen.waterfall else (),
        "rules": RULES.values(),
        "find_form": FindForm(initial={"number": near[0] if len(near) == 1 else None}),
    }


def steps(waterfall: Waterfall) -> tuple[list[Step], str]:
    """Return the steps from the prior to the sum, and where zero stands (per cent)."""
    ends = _ends(waterfall)
    low = min(0.0, *(min(pair) for pair in ends))
    high = max(0.0, *(max(pair) for pair in ends))
    whole = (high - low) or 1.0

    def place(bits: float) -> float:
        return 100 * (bits - low) / whole

    drawn = [
        Step(
            each.part.replace("_", " ").capitalize(),
            each.agreement,
            f"{each.bits:+.2f}",
            f"{place(min(pair)):.2f}%",
            f"{abs(place(pair[1]) - place(pair[0])):.2f}%",
            "plain" if each is waterfall.weights[-1] else "good" if each.bits >= 0 else "bad",
        )
        for each, pair in zip(waterfall.weights, ends, strict=True)
    ]
    return drawn, f"{place(0.0):.2f}%"


def _ends(waterfall: Waterfall) -> list[tuple[float, float]]:
    """Return from where to where each step goes; the last is the sum, from zero."""
    ends, at = [], 0.0
    for each in waterfall.weights[:-1]:
        ends.append((at, at + each.bits))
        at += each.bits
    return [*ends, (0.0, waterfall.weights[-1].bits)]


def _parts(beside: Beside) -> list[tuple[Difference, str, str, str]]:
    """Return of each part its difference, both texts with what differs marked, and its tag."""
    return [(part, *part.marked, _tag(part)) for part in beside.parts]


def _tag(part: Difference) -> str:
    if part.state in _AGREES:
        return "good"
    if part.note or part.state not in {*_NEARLY, "differs"}:
        return "plain"
    return "warn" if part.state in _NEARLY else "bad"
