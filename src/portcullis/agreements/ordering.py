"""What a person's signed order may stand behind: one table, asked wherever an order is taken.

An order to do some work is signed once, and its signature then stands behind what the work puts on
the ledger: that, and nothing else. No order stands behind an act that binds: its own statement is
signed. The office asks before it signs and before it records, and the offline verifier after.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

ORDERED = "ordered"
"""The member by which a signed statement orders work."""

SINGLES_RECEIVED_ON = "single_requests_received_on"
"""The member of a day's order to adjudicate the single requests received on that day."""

STANDS_BEHIND: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "adjudicate": frozenset({"adjudicate", "held"}),
        "review": frozenset({"review"}),
        "model-training": frozenset({"model-training", "model-trained"}),
        "reexamine": frozenset({"reexamined"}),
        "history-import": frozenset({"history-imported"}),
        "history-compare": frozenset({"history-compared"}),
        "recall": frozenset({"recall-opened", "recall"}),
        "incident-report": frozenset({"incident-reported"}),
        "notice-7431e": frozenset({"notice-7431e-triggered"}),
        "accounting-attested": frozenset({"accounting-attested"}),
        "report": frozenset(),
        "oversight-export": frozenset({"oversight-export"}),
        "watched": frozenset({"watched"}),
        "alarm-acknowledged": frozenset({"alarm-acknowledged"}),
        "erase": frozenset({"erase"}),
    }
)
"""Of each act that is ordered, the acts that its signature stands behind; of no other act any."""


def singles_batches(day: str) -> str:
    """Return how the ids begin of the batches of single requests received on ``day`` (ISO)."""
    return f"singles-{day.replace('-', '')}-"


MANY = frozenset({"recall", "review"})
"""Acts of which one order makes as many entries as it takes; of any other one for each batch."""

AGREES: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "recall-opened": (
            ("id", "recall"),
            ("kind", "because.kind"),
            ("of", "because.of"),
            ("disclosures", "disclosures"),
        ),
        "recall": (("id", "recall"),),
        "incident-reported": (("incident", "incident"), ("report", "report")),
        "notice-7431e-triggered": (
            ("notice", "notice"),
            ("trigger", "trigger"),
            ("triggered_on", "triggered_on"),
            ("complained_of", "complained_of"),
            ("act_on", "act_on"),
            ("incident", "incident"),
            ("of.package", "of.package"),
            ("of.history", "of.history"),
        ),
        "oversight-export": (
            ("body", "body"),
            ("request", "request"),
            ("by", "as_of"),
            ("persons", "return_information"),
        ),
        "alarm-acknowledged": (("alarm", "alarm"),),
        "erase": (("kind", "subject.kind"), ("subject", "subject.id")),
        "history-imported": (
            ("history", "history"),
            ("sha256", "file"),
            ("made_under", "made_under"),
        ),
        "history-compared": (("history", "history"),),
        "reexamined": (("readings", "named"),),
    }
)
"""Of an act done by order: which member of the order says the same as which member of the act's own
statement (a point leads into one). An order for the one subject is none for another."""

_SOURCES = ("batches", "histories")


def unfit(order: Mapping[str, Any], statement: Mapping[str, Any]) -> str:
    """Return why ``order`` does not stand behind a ``statement`` of an act; "" if it does.

    The statement names act, person and batch, and what the act says. An order of no batch (``""``)
    stands behind what is of no batch; but the order of a day's single requests stands behind the
    batches that the office makes of them, and nothing else.
    """
    ordered = order.get(ORDERED)
    if not isinstance(ordered, Mapping):
        return "What was signed is no order."
    if order.get("person") != statement.get("person"):
        return "The order is another person's."
    if order.get("ledger") != statement.get("ledger"):
        return "The order is of another office's ledger."
    act, batch = str(statement.get("act")), statement.get("batch")
    if act not in STANDS_BEHIND.get(str(order.get("act")), ()):
        return "The order is to do something else."
    day = ordered.get(SINGLES_RECEIVED_ON)
    if day is not None:
        fits = order.get("batch") == "" and str(batch).startswith(singles_batches(str(day)))
    else:
        fits = order.get("batch") == batch
    if not fits:
        return "The order is of another batch."
    differ = [
        name
        for name, path in AGREES.get(act, ())
        if name.partition(".")[0] not in ordered
        or _member(ordered, name) != _member(statement, path)
    ]
    if act == "reexamined" and not _within(ordered, statement):
        differ += _SOURCES
    return f"The order says something else of: {', '.join(differ)}." if differ else ""


def _member(facts: object, path: str) -> object:
    for name in path.split("."):
        facts = facts.get(name) if isinstance(facts, Mapping) else None
    return facts


def _within(ordered: Mapping[str, Any], statement: Mapping[str, Any]) -> bool:
    """Say whether no source was judged again but those ordered; where none is named, all are."""
    asked = [ordered[name] for name in _SOURCES if ordered.get(name) is not None]
    judged = statement.get("sources")
    if not isinstance(judged, list) or not all(isinstance(ids, list) for ids in asked):
        return False
    return not asked or all(any(each in ids for ids in asked) for each in judged)
