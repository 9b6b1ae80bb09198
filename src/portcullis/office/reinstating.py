"""What the ledger says and the database lacks is put back into the database.

Orders, holds, readings, acts and what became of packages stand in the ledger whole. A first
approval that waited for its second does not, nor does a person's signature: only its digest. Such
an approval is given again; a signature stays as its digest. Whatever cannot be put back is named,
with what is to be done again.
"""

from collections.abc import Iterable
from datetime import date, datetime

from portcullis.office import persons, rosters, sealed, signers, witnesses
from portcullis.office.home import Home
from portcullis.office.models import (
    Act,
    DeniedAttempt,
    Entry,
    History,
    LiftApproval,
    Opening,
    Package,
    Placed,
    ReadingApproval,
    ReadingChange,
    Recall,
    Reexamination,
    RosterChange,
    SafeguardRecord,
)
from portcullis.office.people import DIGEST_ONLY
from portcullis.office.rebuilding import Facts, Recorded

_BULK = 2000


def add_entries(entries: Iterable[tuple[int, bytes, Facts]]) -> None:
    """Write the entries (position, bytes, body) that the database lacks."""
    Entry.objects.bulk_create(
        (
            Entry(
                position=position,
                kind=str(facts["kind"]),
                batch=str(facts.get("batch", "")),
                body=body,
                integrated=True,
            )
            for position, body, facts in entries
        ),
        batch_size=_BULK,
    )


def reinstate_acts(recorded: Recorded) -> None:
    """Put back who did what, by which the same person is kept from the next step, and denials."""
    have = set(Act.objects.values_list("entry_id", flat=True))
    Act.objects.bulk_create(
        (
            Act(
                kind=act.kind,
                person=act.person,
                batch=act.batch,
                at=datetime.fromisoformat(act.at),
                signature=f"{DIGEST_ONLY}{act.signature_digest}",
                entry_id=position,
            )
            for position, act in recorded.acts.items()
            if position not in have
        ),
        batch_size=_BULK,
    )
    have = set(DeniedAttempt.objects.values_list("entry_id", flat=True))
    DeniedAttempt.objects.bulk_create(
        (
            DeniedAttempt(
                kind=body["act"],
                person=body["person"],
                batch=body["batch"],
                at=datetime.fromisoformat(body["at"]),
                reason=body["reason"],
                times=body.get("times", 1),
                entry_id=position,
            )
            for position, body in ((each, recorded.bodies[each]) for each in recorded.denied)
            if position not in have
        ),
        batch_size=_BULK,
    )


def reinstate_orders(recorded: Recorded) -> None:
    """Put back every order and hold, standing unless the ledger has its lift."""
    for name, placed in recorded.placed.items():
        kind = "order" if placed.entry["kind"] == "order-filed" else "hold"
        row, _ = Placed.objects.get_or_create(
            id=name,
            defaults={"kind": kind, "entry": dict(placed.entry), "act": act_at(placed.position)},
        )
        if placed.lifted is None or not row.standing:
            continue
        row.standing = False
        row.save(update_fields=["standing"])
        # The entries of earlier releases do not say their format.
        statement = {"format": f"portcullis-{kind}-lift/1", **recorded.statement(placed.lifted)}
        for approval in recorded.bodies[placed.lifted]["approvals"]:
            LiftApproval.objects.update_or_create(
                placed=row,
                person=approval["person"],
                defaults={"statement": statement, "signature": approval["signature"]},
            )


def reinstate_readings(recorded: Recorded) -> None:
    """Put back every change of readings that two people decided."""
    have = set(ReadingChange.objects.exclude(decided=None).values_list("decided_id", flat=True))
    for position in recorded.readings:
        if position in have:
            continue
        said = recorded.statement(position)
        waiting = ReadingChange.objects.filter(statement=said, decided=None).first()
        row = waiting or ReadingChange.objects.create(
            statement=said,
            reading=said["reading"],
            in_force=said["in_force"],
            effective_on=date.fromisoformat(said["effective_on"]),
        )
        row.decided_id = position
        row.save(update_fields=["decided"])
        for approval in recorded.bodies[position]["approvals"]:
            ReadingApproval.objects.update_or_create(
                change=row,
                person=approval["person"],
                defaults={"signature": approval["signature"]},
            )


def reinstate_rosters(recorded: Recorded) -> None:
    """Put back every change of the roster that took effect."""
    have = set(RosterChange.objects.exclude(decided=None).values_list("decided__entry", flat=True))
    for position in recorded.rosters:
        if position in have:
            continue
        body, decided = recorded.bodies[position], act_at(position)
        proposed = act_at(body.get("proposal", position))
        RosterChange.objects.update_or_create(
            proposed=proposed,
            defaults={
                "says": body["says"],
                "people": body["people"],
                "before": body["before"],
                "after": body["after"],
                "decided": decided,
            },
        )


def reinstate_safeguards(recorded: Recorded) -> list[str]:
    """Void the recipient's record where the ledger has a newer one, whose content is not there."""
    newest = SafeguardRecord.objects.order_by("-id").values_list("act__entry_id", flat=True).first()
    if recorded.safeguards is None or (newest or 0) >= recorded.safeguards:
        return []
    body = recorded.bodies[recorded.safeguards]
    SafeguardRecord.objects.create(
        record={"recipient": body["recipient"], "findings": [], "duties": [], "contractors": []},
        recorded_on=date.fromisoformat(body["at"][:10]),
        act=act_at(recorded.safeguards),
    )
    return [
        "The recipient's newest safeguard record is not in the backup, and the older one no longer "
        "counts: put it in force again with `portcullis safeguards`, and accept its findings anew."
    ]


def reinstate_openings(recorded: Recorded) -> None:
    """Put back every token given, so that its nonce stays spent, and every recall."""
    known = set(Package.objects.values_list("id", flat=True))
    have = set(Opening.objects.values_list("entry_id", flat=True))
    for position, package in recorded.openings.items():
        if package in known and position not in have:
            body = recorded.bodies[position]
            Opening.objects.create(
                package_id=package,
                nonce=body["nonce"],
                purpose=body["purpose"],
                at=datetime.fromisoformat(body["at"]),
                entry_id=position,
            )
    for package, position in recorded.recalls.items():
        if package in known:
            body = recorded.bodies[position]
            Recall.objects.get_or_create(
                package_id=package,
                defaults={
                    "cause": body["cause"],
                    "due_on": date.fromisoformat(body["due_on"]),
                    "act": act_at(position),
                },
            )


def reinstate_reexaminations(recorded: Recorded) -> list[str]:
    """Put back the number and digest of each re-examination; its result cannot be read again."""
    have = set(Reexamination.objects.values_list("number", flat=True))
    missing = {k: v for k, v in recorded.reexaminations.items() if k not in have}
    for number, position in missing.items():
        body = recorded.bodies[position]
        Reexamination.objects.create(
            number=number,
            basis=body["basis"],
            digest=body["result"],
            wrapped_key=b"",
            act=act_at(position),
        )
    return [
        f"The result of re-examination {number} is not in the backup: run `portcullis reexamine` "
        "again if it is wanted."
        for number in missing
    ]


def to_do_again(home: Home, recorded: Recorded) -> list[str]:
    """Return what was done after the backup, is not in it, and does no harm until done again."""
    again = [
        f"The comparison of the history {row.id} with the records is not in the backup: run "
        "`portcullis history compare` again."
        for row in History.objects.filter(compared=None)
        if (said := recorded.histories.get(row.id)) and said.compared is not None
    ]
    again += [
        f"The agreement's version {version} is not in the backup: put its files into the home's "
        f"folder versions/{digest}."
        for version, digest in recorded.versions.items()
        if not (home.versions / digest).is_dir()
    ]
    if rosters.closed_reasons(home):
        again.append(
            "The roster was changed after the backup, and people.json here is the older one: put "
            "the newest back. Where it is lost, `portcullis people adopt` takes this one."
        )
    again += sealed.missing(home)
    again += [
        f"The persons under seal that {name} names are not in the backup, and until they are it "
        f"reaches every request: seal them again with `portcullis order persons {name}`."
        for name in persons.missing(home)
    ]
    if not witnesses.pack_agrees(home, signers.now_in_force()):
        again.append(
            "The witnesses were changed after the backup, and the agreement's witnesses.toml here "
            "is the older one: run `portcullis ledger witnesses` again with the newer."
        )
    return again


def act_at(position: int) -> Act:
    """Return the act whose entry is at ``position``."""
    return Act.objects.get(entry_id=position)


def newer_index(recorded: Recorded, digest: str | None) -> list[str]:
    """Return that the records were indexed after the backup, if ``digest`` is the index's here."""
    if recorded.indexed is None or recorded.bodies[recorded.indexed]["digest"] == digest:
        return []
    return [
        "The index over the holder's records is not the newest that was made: run "
        "`portcullis records index` again before the next batch is adjudicated."
    ]
