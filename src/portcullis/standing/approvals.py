"""Approvals of several people: each signs what is approved, who they are, when, for which ledger.

So an approval is one person's, of one moment, in one home. What somebody signed at another time, or
in another home that has the same order, is none here, though anybody can read it in a ledger.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portcullis.errors import Refused

_OF_THE_SIGNER = frozenset({"person", "at", "ledger"})


def approval_statement(
    what: Mapping[str, Any], person: str, at: datetime, ledger: str
) -> dict[str, Any]:
    """Return what ``person`` (a roster id) signs who approves ``what``.

    ``at`` has its time zone; ``ledger`` is the name of the ledger that it is for.
    """
    return {**what, "person": person, "at": at.isoformat(), "ledger": ledger}


def check_approval(
    said: Mapping[str, Any], what: Mapping[str, Any], person: str, ledger: str
) -> datetime:
    """Return when an approval was signed. Raises Refused unless it is that person's, of ``what``.

    ``said``: what was signed, its signature verified; ``ledger``: as ``approval_statement``.
    """
    of_what = {name: value for name, value in said.items() if name not in _OF_THE_SIGNER}
    if of_what != dict(what):
        raise Refused("An approval is of something else.", "Approve this very thing.")
    if said.get("person") != person:
        raise Refused("An approval is another person's.", "Each signs their own.")
    if said.get("ledger") != ledger:
        raise Refused("An approval is for another ledger.", "Approve it in this home.")
    return _moment(said.get("at"))


def _moment(said: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Refused("An approval does not say when it was signed.", "Approve it anew.")
    return at
