"""The steps of a recall after its opening: the demand sent, what custodians attest, its closing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db import transaction

from portcullis import standing
from portcullis.errors import Misuse, Refused
from portcullis.office import entries, locks, recall_holds, recalls
from portcullis.office.home import Home
from portcullis.office.incidents import check_id
from portcullis.office.models import Entry, History, Package
from portcullis.office.orders import standing_holds
from portcullis.office.people import Actor, check_role, deny, sign_act
from portcullis.oversight import recall as rules
from portcullis.oversight.recall import Lot, Place
from portcullis.standing import Hold

_TOLD = 10
ATTESTED_AS = (rules.FROZEN, rules.SEQUESTERED, rules.DISPOSED)


@dataclass(frozen=True)
class Attestation:
    """What the custodian of one place certifies, of those lots of a recall that it holds.

    It covers all four, whatever the stage: how many ``copies`` and ``derived_records`` are, or
    were, there; every ``onward`` recipient (each a place that will attest itself); how many
    ``actions_taken`` rested on it. ``method``, of a disposal: one of ``oversight.recall.METHODS``.
    ``document``: SHA-256 (hex) of the signed attestation.
    """

    place: Place
    lots: Sequence[str]
    stage: str
    copies: int
    derived_records: int
    actions_taken: int
    document: str
    onward: Sequence[Place]
    method: str = ""


def demanded(
    home: Home, actor: Actor, recall_id: str, *, lots: Sequence[str], sent_on: date, document: str
) -> rules.Recall:
    """Record that counsel sent the demand for ``lots`` (none named: all), its text by its digest.

    Raises Refused where the recall is closed or has no such lot, Misuse for a day outside it.
    """
    check_role(home, actor, "recall-demand")
    standing.check_digest(document)
    with locks.gate(home).exclusive(), transaction.atomic():
        found = _open(recall_id)
        wanted = _lots(found, lots)
        if not found.opened_on <= sent_on <= home.today():
            raise Misuse("The demand follows the recall, and is not to come.", "Mend the day.")
        facts = {
            "recall": recall_id,
            "lots": wanted,
            "sent_on": sent_on.isoformat(),
            "document": document,
        }
        sign_act(home, actor, rules.DEMANDED, facts)
    entries.publish(home)
    return recalls.find(recall_id)


def attest(home: Home, actor: Actor, recall_id: str, said: Attestation) -> rules.Recall:
    """Put a custodian's attestation on record.

    A disposal is refused, and the attempt recorded, while a preservation hold reaches any of it
    that counsel has not cleared: then it is sequestered. Raises Misuse for what is not whole or not
    consistent, Refused where the recall is closed, has no such lot, or the place was further or
    holds more.
    """
    check_role(home, actor, "recall-attest")
    _check_whole(said)
    with locks.gate(home).exclusive(), transaction.atomic():
        found = _open(recall_id)
        if not said.lots and len(found.lots) > 1:
            raise Misuse(
                f"Which of the {len(found.lots):,} lots does this place hold?",
                "Name each, as the recall lists them; none is taken for granted.",
            )
        lots = _lots(found, said.lots)
        _check_forward(found, said, lots)
        kept = _held(home, found, lots) if said.stage == rules.DISPOSED else []
        if not kept:
            sign_act(home, actor, rules.ATTESTED, _facts(recall_id, said, lots))
    if kept:
        named = ", ".join(f"{hold.id} ({hold.court} {hold.docket})" for hold in kept)
        message = (
            f"Nothing of these lots is destroyed while a preservation hold reaches it: {named}. "
            "Attest that it is sequestered, or have counsel's clearance recorded first."
        )
        deny(home, "recall-attest", actor.id, "hold", message)
    entries.publish(home)
    return recalls.find(recall_id)


def close(home: Home, actor: Actor, recall_id: str) -> rules.Recall:
    """Close a recall. Raises Refused while anything of it is not disposed of.

    It takes two people: who entered an attestation of it is denied its closing.
    """
    check_role(home, actor, "recall-close")
    if actor.id in entered_by(recall_id):
        message = "Who entered what a custodian attests of a recall does not close it too."
        deny(home, "recall-close", actor.id, "two-people", message)
    with locks.gate(home).exclusive(), transaction.atomic():
        found = _open(recall_id)
        waiting = found.open_lots()
        if waiting:
            told = "; ".join(f"lot {lot.id}, {found.stage_of(lot.id)}" for lot in waiting[:_TOLD])
            more = f"; and {len(waiting) - _TOLD:,} more" if len(waiting) > _TOLD else ""
            raise Refused(
                f"The recall is not closed: not disposed of are {told}{more}.",
                "Its list of places says which have not attested.",
            )
        sign_act(home, actor, rules.CLOSED, {"recall": recall_id, **found.totals()})
    entries.publish(home)
    return recalls.find(recall_id)


def entered_by(recall_id: str) -> set[str]:
    """Return who entered an attestation of a recall, by their ids."""
    said = (entries.body(row) for row in Entry.objects.filter(kind=rules.ATTESTED))
    return {str(each["by"]) for each in said if each["recall"] == recall_id}


def holds_over(home: Home, found: rules.Recall) -> list[Hold]:
    """Return the preservation holds that stand over any lot of a recall."""
    reached = {
        hold.id: hold
        for packages, history in _parts(home, found, list(found.lots))
        for hold in recall_holds.holds_over(home, packages, history)
    }
    return list(reached.values())


def overdue(home: Home) -> set[str]:
    """Return the ids of the recalls whose day has passed, holds taken into account."""
    day = home.today()
    return {
        found.id
        for found in recalls.every().values()
        if found.is_overdue(day, held=True)
        or (found.is_overdue(day, held=False) and not _is_held(home, found))
    }


def _is_held(home: Home, found: rules.Recall) -> bool:
    """Whether a hold keeps any of it; where its list is lost nobody can say, and it is not."""
    try:
        return bool(holds_over(home, found))
    except Misuse:
        return False


def _open(recall_id: str) -> rules.Recall:
    found = recalls.find(recall_id)
    if found.closed_on is not None:
        raise Refused(f"The recall was closed on {found.closed_on}.", "Open another.")
    return found


def _lots(found: rules.Recall, named: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(named)) or list(found.lots)
    if not set(wanted) <= set(found.lots):
        raise Refused("The recall has no such lot.", "Name lots that it lists.")
    return wanted


def _check_whole(said: Attestation) -> None:
    standing.check_digest(said.document)
    for place in (said.place, *said.onward):
        check_id("custodian", place.custodian)
        check_id("place", place.place)
    if said.stage not in ATTESTED_AS:
        raise Misuse("That is not attested.", f"What is: {', '.join(ATTESTED_AS)}.")
    if min(said.copies, said.derived_records, said.actions_taken) < 0:
        raise Misuse("A number of copies, records or actions is below zero.", "Mend it.")
    if (said.stage == rules.DISPOSED) != (said.method in rules.METHODS):
        raise Misuse(
            "A disposal says how, and nothing else does.", f"Methods: {', '.join(rules.METHODS)}."
        )
    if said.method == rules.NOTHING_HELD and (said.copies or said.derived_records):
        raise Misuse(
            "Where nothing was held there are no copies and no derived records.",
            "Name the method by which they were disposed of.",
        )
    if said.place in said.onward:
        raise Misuse("A place is not its own onward recipient.", "Name the others.")


def _check_forward(found: rules.Recall, said: Attestation, lots: list[str]) -> None:
    before = found.places.get(said.place)
    if before is None:
        return
    if not before.lots <= set(lots):
        raise Refused(
            f"That place holds lots {', '.join(sorted(before.lots, key=int))} of this recall.",
            "One attestation tells of all that is there: name all of them.",
        )
    told = before.told["onward"] if before.told else []
    known = {Place(one["custodian"], one["place"]) for one in told}
    if left_out := known - set(said.onward):
        named = ", ".join(f"{one.custodian}:{one.place}" for one in sorted(left_out))
        raise Refused(
            f"That place told before that it was passed on to {named}.",
            "One attestation tells of all: name these again, and whoever came since.",
        )
    if rules.STAGES.index(said.stage) < rules.STAGES.index(before.stage):
        raise Refused(
            f"That place has attested already that it is {before.stage}.",
            "What was found since goes under another place.",
        )


def _facts(recall_id: str, said: Attestation, lots: list[str]) -> dict[str, object]:
    return {
        "recall": recall_id,
        "custodian": said.place.custodian,
        "place": said.place.place,
        "lots": lots,
        "stage": said.stage,
        "method": said.method,
        "copies": said.copies,
        "derived_records": said.derived_records,
        "onward": [{"custodian": one.custodian, "place": one.place} for one in said.onward],
        "actions_taken": said.actions_taken,
        "document": said.document,
    }


def _held(home: Home, found: rules.Recall, lots: list[str]) -> list[Hold]:
    """Return the holds for which nothing of ``lots`` may be destroyed now."""
    return [
        hold
        for packages, history in _parts(home, found, lots)
        if not recall_holds.may_be_destroyed(home, packages, history)
        for hold in recall_holds.holds_over(home, packages, history)
    ]


def _parts(
    home: Home, found: rules.Recall, lots: Sequence[str]
) -> list[tuple[list[Package], History | None]]:
    """Return what holds are asked about: the packages of ``lots``, and each history of them.

    Nothing where no hold stands. Raises Misuse where the list covered is missing.
    """
    if not standing_holds():
        return []
    histories = _histories(found.lots[lot] for lot in lots)
    return [(_packages(home, found, lots), None), *(([], history) for history in histories)]


def _histories(lots: Iterable[Lot]) -> list[History]:
    names = {lot.source for lot in lots if lot.kind == "history"}
    return list(History.objects.filter(id__in=names).order_by("id"))


def _packages(home: Home, found: rules.Recall, lots: Sequence[str]) -> list[Package]:
    if all(found.lots[lot].kind == "history" for lot in lots):
        return []
    _, covered = recalls.covered_by(home, found)
    mine = covered.filter(pl.col("lot").is_in(lots), pl.col("package") != "")["package"].to_list()
    return [
        package
        for part in recalls.chunks(sorted(mine))
        for package in Package.objects.filter(id__in=part).select_related("batch")
    ]
