"""The draft of a recall demand: what the holder asks of a recipient, for counsel to send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portcullis.law import Element, Phase, Reading


@dataclass(frozen=True)
class Demand:
    """What a demand says: to whom, by when, for which disclosures, and on what ground.

    ``requests`` are the requests' own ids. ``why``: a sentence's beginning that says why they are
    recalled; without one they were judged again, under ``readings``, and ``grounds`` are the
    elements not met. Of what the records say only what the readings bear on is told: the demand
    goes outside (design, floor 7). ``holds``: the preservation holds that stand over any of it.
    ``unread``: how many rows of the imported files it rests on could not be read, and so are not
    among the requests.
    """

    holder: str
    recipient: str
    agreement: str
    drafted_on: date
    due_on: date
    requests: Sequence[str]
    readings: Sequence[Reading] = ()
    grounds: Sequence[Element] = ()
    why: str = ""
    recall: str = ""
    holds: Sequence[str] = ()
    unread: int = 0


def demand_text(demand: Demand) -> str:
    """Return the draft as Markdown: plain, complete, without any personal data."""
    count = len(demand.requests)
    return "\n".join(
        [
            "# Draft: demand for the recall of return information",
            "",
            f"From: {demand.holder}  ",
            f"To: {demand.recipient}  ",
            f"Agreement: {demand.agreement}  ",
            *([f"Recall: {demand.recall}  "] if demand.recall else []),
            f"Drafted: {demand.drafted_on.isoformat()}. Not sent; for counsel to settle.",
            "",
            *_why(demand, f"{count:,} {_disclosures(count)} made to you"),
            "",
            f"By {demand.due_on.isoformat()} you are asked, for each request listed below,",
            "",
            "1. to stop at once all inspection, use and further disclosure;",
            "2. to identify every copy, every record made from it, every onward recipient and "
            "every action taken on it;",
            "3. to return it, or to make it undisclosable, in every such place (26 U.S.C. § "
            "6103(p)(4)(F)(ii)), unless a preservation hold stands: then to sequester it instead;",
            "4. to certify all this, signed by the custodian of each place.",
            "",
            "If a preservation hold or an order of a court reaches any of it, say so before "
            "anything is destroyed.",
            "",
            *_held(demand),
            f"## The {count:,} requests" if count > 1 else "## The request",
            "",
            *[f"- {request_id}" for request_id in demand.requests],
            "",
            *_unread(demand),
        ]
    )


def _why(demand: Demand, what: str) -> list[str]:
    if demand.why:
        return [f"{demand.why}: {what}. Their return is demanded."]
    return [
        f"On re-examination, {what} did not meet the law. "
        "They were judged again under these readings of it:",
        "",
        *[f"- {_reading(each)}" for each in demand.readings],
        "",
        "Among what is not met:",
        "",
        *[f"- {each.citation}: {each.statement}" for each in _told(demand)],
    ]


def _held(demand: Demand) -> list[str]:
    """Under a hold nothing is destroyed; it is kept apart and frozen."""
    if not demand.holds:
        return []
    return [
        f"Preservation holds stand over this: {', '.join(demand.holds)}. Destroy nothing. "
        "Sequester it, freeze all use, and certify that; destruction needs the recorded clearance "
        "of the holder's counsel.",
        "",
    ]


def _unread(demand: Demand) -> list[str]:
    """Tell of what could not be read, and so is not listed."""
    if not demand.unread:
        return []
    rows = "1 row" if demand.unread == 1 else f"{demand.unread:,} rows"
    return [
        f"Beside these, {rows} of the files in which such disclosures are recorded could not be "
        "read. What they stand for is not listed: identify whatever you hold from the same source "
        "that is not in this list.",
        "",
    ]


def _told(demand: Demand) -> list[Element]:
    borne_on = {name for each in demand.readings for name in each.elements}
    return [each for each in demand.grounds if each.phase is Phase.FACE or each.id in borne_on]


def _disclosures(count: int) -> str:
    return "disclosure" if count == 1 else "disclosures"


def _reading(reading: Reading) -> str:
    docket = f", No. {reading.docket}" if reading.docket else ""
    return f"{reading.holding} ({reading.source}{docket})"
