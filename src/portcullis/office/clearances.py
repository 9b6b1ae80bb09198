"""Preservation holds over what was disclosed, and counsel's clearance to destroy it all the same.

A hold overrides every disposal: while one reaches a package, or an imported history, its copies are
kept apart and frozen, and nobody destroys them. Counsel may clear the destruction of named ones, on
the authority of a docket and a document; the clearance is an act on the ledger, and good for the
holds it names alone: one placed later is cleared anew.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from portcullis import standing
from portcullis.errors import Refused
from portcullis.office import entries, locks, subjects
from portcullis.office.home import Home
from portcullis.office.models import Act, History, Package
from portcullis.office.orders import standing_holds
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.standing import Hold, in_scope

ACT = "destruction-cleared"
MOST_NAMED = 500
"""What one clearance names at most: an entry of the ledger has 64 KiB."""


@dataclass(frozen=True)
class Clearance:
    """What counsel clears for destruction, under the hold ``hold``: packages and histories, by id.

    ``docket`` and ``document`` (SHA-256, hex) are on whose authority.
    """

    hold: str
    docket: str
    document: str
    packages: Sequence[str] = ()
    histories: Sequence[str] = ()


def holds_reaching(home: Home, package: Package) -> list[Hold]:
    """Return the preservation holds standing now that reach ``package``: it is not destroyed."""
    holds = standing_holds()
    return in_scope(holds, subjects.of_package(home, package)) if holds else []


def holds_reaching_history(home: Home, history: History) -> list[Hold]:
    """Return the preservation holds standing now that reach an imported history."""
    holds = standing_holds()
    return in_scope(holds, subjects.of_history(home, history)) if holds else []


def cleared(home: Home, package: Package) -> bool:
    """Whether ``package`` may be destroyed: counsel cleared it under each hold that reaches it.

    Where no hold reaches it there is nothing to clear. Ask inside the gate lock before destroying.
    """
    reaching = {hold.id for hold in holds_reaching(home, package)}
    return reaching <= cleared_under("packages").get(package.id, set())


def cleared_history(home: Home, history: History) -> bool:
    """Whether the copies of an imported history's disclosures may be destroyed, likewise."""
    reaching = {hold.id for hold in holds_reaching_history(home, history)}
    return reaching <= cleared_under("histories").get(history.id, set())


def cleared_under(kind: str) -> dict[str, set[str]]:
    """Return the holds under which counsel cleared each thing named, by its id.

    ``kind``: ``packages`` or ``histories``. Read once for whatever is asked of many of them.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for act in Act.objects.filter(kind=ACT).select_related("entry"):
        body = entries.body(act.entry)
        for name in body[kind]:
            found[name].add(body["of"])
    return found


def clear(home: Home, actor: Actor, clearance: Clearance) -> Act:
    """Record counsel's clearance to destroy what a hold keeps; return the act.

    Raises Refused where that hold does not stand, or does not reach everything named; Misuse where
    docket or document is none.
    """
    check_role(home, actor, ACT)
    standing.check_docket(clearance.docket)
    standing.check_digest(clearance.document)
    with locks.gate(home).exclusive(), transaction.atomic():
        _check_reached(home, clearance)
        facts = {
            "of": clearance.hold,
            "docket": clearance.docket,
            "document": clearance.document,
            "packages": sorted(set(clearance.packages)),
            "histories": sorted(set(clearance.histories)),
        }
        act = sign_act(home, actor, ACT, facts)
    entries.publish(home)
    return act


def _check_reached(home: Home, clearance: Clearance) -> None:
    named = len(set(clearance.packages)) + len(set(clearance.histories))
    if named > MOST_NAMED:
        raise Refused(
            f"One clearance names at most {MOST_NAMED} packages and histories.",
            "Record several, one after another.",
        )
    if not named:
        raise Refused("Nothing is named to be cleared.", "Name packages, or an imported history.")
    holds = [hold for hold in standing_holds() if hold.id == clearance.hold]
    if not holds:
        raise Refused(f"No hold {clearance.hold} stands.", "See `portcullis hold list`.")
    packages = Package.objects.filter(id__in=clearance.packages, state="delivered")
    histories = History.objects.filter(id__in=clearance.histories)
    if packages.count() != len(set(clearance.packages)) or histories.count() != len(
        set(clearance.histories)
    ):
        raise Refused(
            "Not everything named was disclosed from here, or imported.",
            "Name delivered packages, and histories of `portcullis history list`.",
        )
    asked = [
        *(subject for _, subject in subjects.of_each(home, packages.select_related("batch"))),
        *(subjects.of_history(home, history) for history in histories),
    ]
    if not all(in_scope(holds, subject) for subject in asked):
        raise Refused(
            f"The hold {clearance.hold} does not reach everything named.",
            "Name what it reaches, or the hold that reaches it.",
        )
