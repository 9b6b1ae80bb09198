"""What the recipient owes of each disclosure, by the ledger's entries alone.

No row of its own: a home put back from a backup owes and is owed what the entries say.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime

from portcullis.custody import Disclosure, Duty, Terms, day_of, duties
from portcullis.office.home import Home
from portcullis.office.models import Entry, Package

STATUS, CERTIFICATE = "disclosure-status", "certificate"
OWED = "status-owed"


def disclosures() -> dict[str, Disclosure]:
    """Return every package delivered, by its id, with the newest that was stated of it."""
    delivered = (
        Package.objects.filter(state="delivered")
        .order_by("concluded_id")
        .values_list("id", "officer", "concluded__body")
    )
    found = {
        package: Disclosure(package, officer, day_of(_at(bytes(body))))
        for package, officer, body in delivered
    }
    for kind, said, on, packages in _statements():
        for package in packages:
            one = found.get(package)
            if one is not None:
                found[package] = one.stated(said, on) if kind == STATUS else one.certified(said, on)
    return found


def duties_of(home: Home) -> list[Duty]:
    """Return what is owed today of every disclosure, the first due first."""
    terms, on = Terms.of(home.pack), home.today()
    return sorted(duty for one in disclosures().values() for duty in duties(one, terms, on))


def owing(home: Home) -> dict[str, date]:
    """Return the officers who owe a status that is overdue, each with the oldest day it was due."""
    owed: dict[str, date] = {}
    for duty in duties_of(home):
        if duty.what == "status" and duty.overdue(home.today()):
            owed.setdefault(duty.officer, duty.due_on)
    return owed


def _statements() -> Iterator[tuple[str, str, date, list[str]]]:
    rows = Entry.objects.filter(kind__in=(STATUS, CERTIFICATE)).order_by("position")
    for kind, body in rows.values_list("kind", "body"):
        said = json.loads(bytes(body))
        on = day_of(datetime.fromisoformat(said["stated_at"]))
        yield kind, said["says"], on, said["packages"]


def _at(body: bytes) -> datetime:
    return datetime.fromisoformat(json.loads(body)["at"])
