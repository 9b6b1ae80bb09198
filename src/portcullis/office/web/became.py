"""What became of a batch's requests, drawn: the funnel, the outcomes, and what was not met."""

from collections.abc import Iterator, Mapping
from typing import Any

from portcullis.errors import Refused
from portcullis.office import summaries
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.office.summaries import Summary
from portcullis.office.web import charts, reasons
from portcullis.oversight import words

_KINDS: Mapping[str, charts.Kind] = {
    "eligible": "good",
    "returned": "warn",
    "referred": "warn",
    "held": "bad",
}


def context(home: Home, batch: Batch, quarantine: str = "") -> dict[str, Any]:
    """Return the charts and the table of what became of a batch, for who may see its list.

    ``quarantine``: the address of its quarantined rows, where there is one. Where the batch's
    working data was erased, ``erased`` says so and nothing else is there.
    """
    try:
        counted = summaries.summary(home, batch)
    except Refused as erased:
        return {"erased": erased}
    funnel = [charts.Amount(*step) for step in summaries.funnel(batch, counted)]
    shown: dict[str, Any] = {"funnel": charts.funnel("From received to released", funnel)}
    if counted is not None:
        amounts = list(_outcomes(counted, batch, quarantine))
        shown["outcomes"] = charts.outcomes("Outcomes of the list", amounts)
        shown["reasons"] = reasons.listed(counted)
    return shown


def _outcomes(counted: Summary, batch: Batch, quarantine: str) -> Iterator[charts.Amount]:
    if batch.quarantined:
        yield charts.Amount(words.outcome("quarantined"), batch.quarantined, "warn", quarantine)
    for code in words.OUTCOMES:
        if number := counted.of(code):
            says = "Eligible" if code == "eligible" else words.outcome(code)
            yield charts.Amount(says, number, _KINDS.get(code, "plain"))
