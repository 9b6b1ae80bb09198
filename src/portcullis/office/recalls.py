"""Recall: what should not have left is closed at once, and its disposal demanded and tracked.

The recall is an object on the ledger: its ground, its day, a commitment to the list of what it
covers, a lot for each recipient of each source, and every step after. Packages are closed by their
own entries, so that no token is given for them any more. How far it is, is folded from the entries
(``oversight.recall``); the list itself is sealed.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import TypeVar

import polars as pl
from django.db import transaction

from portcullis.canonical import sha256_hex
from portcullis.errors import Refused
from portcullis.office import entries, incidents, locks, sealed
from portcullis.office.home import Home
from portcullis.office.keystore import HISTORY
from portcullis.office.models import Entry, History, Package, Recall
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.office.recall_cover import NOTHING, Ground, Named, cover
from portcullis.oversight import recall as rules
from portcullis.oversight.recall_statement import commitment

_A_LOT = 500  # packages an entry: an entry of the ledger has at most 65,535 bytes
T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """What is asked: a recall under ``id``, on a ``ground``, of what is ``named`` beside it.

    ``disclosures``: how many it was found to cover when it was signed for, where that was before.
    """

    id: str
    ground: Ground
    named: Named = NOTHING
    disclosures: int | None = None


def every() -> dict[str, rules.Recall]:
    """Return every recall, by id, as the entries make them."""
    rows = Entry.objects.filter(kind__in=rules.KINDS).order_by("position")
    return rules.fold(entries.body(row) for row in rows)


def find(recall_id: str) -> rules.Recall:
    """Return a recall; raise Refused where there is none of that id."""
    found = every().get(recall_id)
    if found is None:
        raise Refused("There is no recall of that id.", "See the list of recalls.")
    return found


def open_recall(home: Home, actor: Actor, asked: Asked) -> rules.Recall:
    """Recall, in one act, all that the ground covers: no token is given for its packages any more.

    Disposal is due within the pack's number of days; of a package recalled before, the day it was
    then due stands. Raises Misuse and Refused as ``cover``, Refused where the id is taken, or it
    covers another number by now than was signed for.
    """
    check_role(home, actor, "recall")
    incidents.check_id("id", asked.id)
    covered = cover(home, asked.ground, asked.named)
    salt = secrets.token_hex(32)
    due = home.today() + timedelta(days=home.pack.safeguards.disposal_days)
    with locks.gate(home).exclusive(), transaction.atomic():
        if asked.id in every():
            raise Refused("There is a recall of that id already.", "Give it another id.")
        if asked.disclosures not in (None, covered.height):
            raise Refused(
                f"It was signed for {asked.disclosures:,} disclosures, and covers "
                f"{covered.height:,} by now.",
                "Begin it again, and sign for what it covers.",
            )
        name = f"recall-{sha256_hex([asked.id.encode()])[:32]}"
        facts = {
            "recall": asked.id,
            "because": {"kind": asked.ground.kind, "of": asked.ground.of},
            "cause": asked.ground.cause,
            "due_on": due.isoformat(),
            "disclosures": covered.height,
            "covered": commitment(salt, covered),
            sealed.FIELD: sealed.keep(home, name, {"salt": salt}, covered),
        }
        sign_act(home, actor, rules.OPENED, facts)
        entries.record_all(rules.LOT, _lots(asked.id, covered), at=home.now().isoformat())
        _close(home, actor, asked, covered["package"], due)
    entries.publish(home)
    return find(asked.id)


def recall(home: Home, actor: Actor, package_ids: Sequence[str], cause: str) -> list[Recall]:
    """Recall packages by their ids, as a recall of its own under the next free number."""
    check_role(home, actor, "recall")
    taken = every()
    free = next(f"recall-{each}" for each in count(1) if f"recall-{each}" not in taken)
    asked = Asked(free, Ground("named", cause), Named(tuple(package_ids)))
    open_recall(home, actor, asked)
    found = Recall.objects.filter(package__in=set(package_ids))
    return list(found.order_by("due_on", "package_id"))


def covered_by(home: Home, found: rules.Recall) -> tuple[str, pl.DataFrame]:
    """Return the random bytes (hex) and the list that the recall's entry commits to."""
    facts = sealed.facts_of(home, found.sealed)
    return str(facts["salt"]), sealed.table_of(home, found.sealed)


def unread_rows(found: rules.Recall) -> dict[str, int]:
    """Return how many rows of each history covered could not be read: they are in no lot."""
    sources = {lot.source for lot in found.lots.values() if lot.kind == HISTORY}
    rows = History.objects.filter(id__in=sources, quarantined__gt=0).order_by("id")
    return dict(rows.values_list("id", "quarantined"))


def chunks(items: Sequence[T], size: int = _A_LOT) -> Iterator[Sequence[T]]:
    """Yield ``items`` in runs of at most ``size``."""
    yield from (items[first : first + size] for first in range(0, len(items), size))


def _lots(recall_id: str, covered: pl.DataFrame) -> list[dict[str, object]]:
    """Return what the ledger says of each lot: never to whom in words, which a file may say."""
    lots = covered.group_by("lot", "of", "source", "custodian", maintain_order=True).len()
    return [
        {
            "recall": recall_id,
            "lot": lot,
            "of": of,
            "source": source,
            "custodian": custodian,
            "disclosures": count,
        }
        for lot, of, source, custodian, count in lots.iter_rows()
    ]


def _close(home: Home, actor: Actor, asked: Asked, packages: pl.Series, due: date) -> None:
    """Close the packages that no recall closed before."""
    before = set(Recall.objects.values_list("package_id", flat=True))
    fresh = sorted(set(packages.to_list()) - before - {""})
    for part in chunks(fresh):
        if Package.objects.filter(id__in=part, state="delivered").count() != len(part):
            raise Refused("Not every package named was delivered.", "Name delivered packages only.")
        facts = {
            "recall": asked.id,
            "packages": list(part),
            "cause": asked.ground.cause,
            "due_on": due.isoformat(),
        }
        act = sign_act(home, actor, rules.PACKAGES, facts)
        Recall.objects.bulk_create(
            Recall(package_id=one, cause=asked.ground.cause, due_on=due, act=act) for one in part
        )
