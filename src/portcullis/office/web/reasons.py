"""Why requests did not pass, in words: elements with their citations, causes, defects of rows."""

from portcullis import law
from portcullis.matching import CAUSES
from portcullis.office.look_ups import ORDER_STANDS
from portcullis.office.summaries import Reason, Summary
from portcullis.office.web.parts import Cell, Table, table
from portcullis.oversight import words

_DEFECTS: dict[str, str] = {
    "ragged": "Too few or too many values",
    "malformed": "Not one JSON object of texts",
    "encoding": "Not UTF-8 text",
    "formula": "Begins like a formula",
    "control-character": "Holds a character that cannot be seen",
    "oversize": "Longer than agreed",
    "missing-request-id": "No request id",
    "spreadsheet-mangled": "Altered by a spreadsheet",
    "duplicate-request-id": "Request id used before",
}
_NOT_SENT: dict[str, tuple[str, str]] = {
    "approval-expired": (
        "The approval had expired.",
        "The list can be approved no more. The request may be made again, citing this one.",
    ),
    "approver-not-in-force": (
        "Who approved it may not approve any more, or their key is out of force.",
        "The request may be made again, citing this one; another approver decides.",
    ),
    "transmitter-not-in-force": (
        "Who transmitted it may not any more, or their key is out of force.",
        "The request may be made again, citing this one; another transmitter releases it.",
    ),
    "order-stands": (
        "A court's order reached it.",
        "Once the order is lifted, the request may be made again, citing this one.",
    ),
    "officer-not-in-force": (
        "Its officer was not on the roster in force.",
        "The requester names an officer in office; the administrator enrols them.",
    ),
    "status-owed": (
        "Its officer owed the status of an earlier disclosure.",
        "The officer states it, or the custodian certifies its disposal.",
    ),
}


def defect(code: str) -> str:
    """Return a defect of a row in a few words."""
    return _DEFECTS.get(code, code)


def reason(found: Reason) -> tuple[str, str]:
    """Return what stood in the way: in words, and its citation (empty for what is no element)."""
    if found.id in CAUSES:
        return CAUSES[found.id], "Matching"
    if found.id == ORDER_STANDS:
        return "A court's order stops the look-up.", "Order"
    try:
        element = law.element(found.id)
    except StopIteration:
        return found.id, ""
    return element.statement, element.citation


def listed(counted: Summary) -> Table:
    """Return why requests did not pass, by how many; a request may have several reasons."""
    rows = []
    for each in counted.reasons:
        says, citation = reason(each)
        rows.append(
            [Cell(says, note=each.id), citation, words.outcome(each.outcome), each.requests]
        )
    return table(
        "Why requests did not pass",
        ["What was not met", "Citation", "Outcome", "Requests"],
        rows,
        stacked=True,
        empty="Every request passed.",
    )


def sentence(standing: str) -> str:
    """Return the sentence of a reason why a standing is not met: a code, a colon, a sentence."""
    return standing.partition(": ")[2] or standing


def said(value: object) -> str:
    """Return a value of a receipt in words."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def not_sent(code: str) -> tuple[str, str]:
    """Return why a package was not sent, and what can be done about it."""
    if code in _NOT_SENT:
        return _NOT_SENT[code]
    if code in CAUSES:
        return f"Looked up again: {CAUSES[code][0].lower()}{CAUSES[code][1:]}", _ASK_AGAIN
    try:
        return f"No longer met: {law.element(code).statement}", _ASK_AGAIN
    except StopIteration:
        return code.replace("-", " ").capitalize() + ".", _ASK_AGAIN


_ASK_AGAIN = "The request may be made again, citing this one and what changed."
