"""What a client may sign of what an office asks of it: the act that it began, and nothing else.

An office that somebody has taken over could ask a client for any signature: over an enrolment of a
key of its own, say. So whoever signs without reading checks that the statement is of the act begun,
of this moment, and says nothing else than was sent.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from portcullis.agreements.ordering import ORDERED
from portcullis.canonical import sha256_hex
from portcullis.errors import Refused

_SIGNED_AS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "supplement": frozenset({"adjudicate"}),
        "singles-order": frozenset({"adjudicate"}),
        "review-find": frozenset({"review"}),
        "review-confirm": frozenset({"review"}),
        "release": frozenset({"transmit"}),
        "order-file": frozenset({"order-filed"}),
        "hold-file": frozenset({"hold-placed"}),
        "lift": frozenset({"lift-approved"}),
        "reading": frozenset({"reading-proposed"}),
        "recall-attest": frozenset({"recall-attested"}),
        "recall-close": frozenset({"recall-closed"}),
        "incident": frozenset({"incident-suspected"}),
        "incident-close": frozenset({"incident-closed"}),
        "notice-charged": frozenset({"notice-7431e"}),
        "ledger-key-announce": frozenset({"ledger-key-announce", "announce-ledger-key"}),
        "ledger-key-retire": frozenset({"ledger-key-retire", "retire-ledger-key"}),
        "ledger-witnesses": frozenset({"ledger-witnesses", "adopt-ledger-witnesses"}),
        "ledger-recosign": frozenset({"ledger-recosign", "recosign-ledger"}),
        "roster-enrol": frozenset({"roster-proposed"}),
        "roster-change": frozenset({"roster-proposed"}),
        "roster-approve": frozenset({"roster-changed"}),
        "roster-revoke": frozenset({"roster-changed"}),
    }
)
"""Of each act of a desk, the act that its statement names, where that is not its own name."""

_ROSTER = frozenset({"portcullis-roster-change/1"})
_FORMATS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "lift": frozenset({"portcullis-order-lift/2", "portcullis-hold-lift/2"}),
        "reading": frozenset({"portcullis-reading-change/2"}),
        **dict.fromkeys(
            ("roster-enrol", "roster-change", "roster-approve", "roster-revoke"), _ROSTER
        ),
    }
)
"""The forms that a statement may have which an act asks for; of others none has a form."""

_AS_SENT = (
    *("batch", "id", "court", "docket", "document", "recall", "incident", "finding", "alarm"),
    *("report", "body", "request", "kind", "subject", "key", "reading", "reason"),
)
"""Fields that stand in a statement, where they do, as they were sent; or a text by its SHA-256."""


def signed_as(name: str) -> frozenset[str]:
    """Return the acts that a statement may name which the desk's act ``name`` asks for."""
    return _SIGNED_AS.get(name, frozenset({name}))


def check(statement: Mapping[str, Any], name: str, data: Mapping[str, Any], moment: str) -> None:
    """Raise Refused unless ``statement`` is of the desk's act ``name``, begun with ``data``.

    ``moment``: the one that the office named beside it. What the statement says of what was sent
    is what was sent.
    """
    form = statement.get("format")
    fits = form is None or form in _FORMATS.get(name, ())
    fits &= statement.get("at") == moment
    if form is None or "act" in statement:
        fits &= statement.get("act") in signed_as(name)
    if not (fits and all(_agrees(each, data) for each in _said(statement))):
        raise Refused(
            "The office asks for a signature of something else than was sent. Nothing is signed.",
            "Tell whoever keeps the office; do not sign it elsewhere either.",
        )


def _said(statement: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return what a statement says, and what it orders: each a field and its value."""
    ordered = statement.get(ORDERED, {})
    of_order = ordered.items() if isinstance(ordered, Mapping) else ()
    return [*statement.items(), *of_order]


def _agrees(said: tuple[str, Any], data: Mapping[str, Any]) -> bool:
    field, value = said
    if field not in _AS_SENT or field not in data:
        return True
    sent = data[field]
    return value == sent or (isinstance(sent, str) and value == sha256_hex([sent.encode()]))
