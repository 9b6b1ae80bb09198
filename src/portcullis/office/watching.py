"""Watching over the office: what the rules see is gathered, alarms are raised and acknowledged.

Who watches is an inspector or the holder's safeguards staff; every watch is on the ledger before
anything of it is shown. Nobody acknowledges an alarm that names them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
from django.db import transaction

from portcullis import tables
from portcullis.errors import Misuse, Refused
from portcullis.law import Thresholds
from portcullis.office import alarms, entries, explanations, locks, review_journal
from portcullis.office.erased import erasure_of
from portcullis.office.files import batch_key
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Act, Approval, Batch, Entry, Sample
from portcullis.office.people import Actor, check_role, deny, sign_act
from portcullis.office.window import window_file
from portcullis.oversight import watching
from portcullis.oversight.watching import ASKED, LOOKS, Alarm, Finding, OfficeHours, Reading

ACKNOWLEDGE = alarms.ACKNOWLEDGED
_LOOKED_UP = "looked-up"
_SIGNED_LOOKS = (review_journal.ENTRY, explanations.ENTRY)
_SEEN_KINDS = ("officer", "reason", "address", "volume")
_COLUMNS = ["kind", "digest", "on", "count"]


@dataclass(frozen=True)
class Watched:
    """What one watch came to: the alarms that stand, oldest first, and what was not judged.

    ``position``: the ledger entry of this reading. ``raised``: ids of the alarms it raised.
    ``acknowledged``: those of before, with who acknowledged them and why.
    """

    position: int
    hours: OfficeHours
    standing: tuple[alarms.Raised, ...]
    acknowledged: tuple[alarms.Raised, ...]
    raised: tuple[str, ...]
    not_judged: tuple[str, ...]


def watch(home: Home, actor: Actor) -> Watched:
    """Judge by the rules, raise what is new, put the reading on the ledger; return what stands.

    An alarm is raised once. Where what it is about goes on, a new one takes its place while it
    stands; acknowledged, it is raised again only for what came after. One whose file is missing is
    raised anew where the rules still find it. Where the home's date is set
    by hand, as only a demonstration's can be, the rules of the clock are not judged.
    """
    check_role(home, actor, alarms.WATCHED)
    hours = office_hours(home)
    with locks.alone(home, home.path / "watch.lock"):
        before = alarms.on_record(home)
        found = watching.group(_findings(home, hours), alarms.covered(before))
        new = {alarms.alarm_id(home, one): one for one in found}
        new = {id_: one for id_, one in new.items() if not _is_known(before.get(id_))}
        facts = {"raised": sorted(new), "hours": _told(hours), **alarms.store(home, new)}
        with transaction.atomic():
            act = sign_act(home, actor, alarms.WATCHED, facts)
        every = alarms.on_record(home).values()
    entries.publish(home)
    return Watched(
        position=act.entry_id,
        hours=hours,
        standing=tuple(one for one in every if one.standing),
        acknowledged=tuple(one for one in every if one.acknowledged),
        raised=tuple(sorted(new)),
        not_judged=tuple(sorted(_BY_THE_CLOCK)) if home.date_is_set else (),
    )


def acknowledge(home: Home, actor: Actor, id_: str, reason: str) -> int:
    """Acknowledge a standing alarm, with the reason; return the entry's position.

    The reason stays in the home, and the ledger commits to it. Raises Refused where no alarm of
    that id stands, no reason is given, the file that says whom it names is missing, or it names the
    person (the attempt is on record).
    """
    check_role(home, actor, ACKNOWLEDGE)
    if not reason.strip():
        raise Refused("An alarm is acknowledged with a reason.", "Say why, in words.")
    with locks.alone(home, home.path / "watch.lock"):
        found = alarms.on_record(home).get(id_)
        if found is None or not found.standing:
            raise Refused(f"No alarm of the id {id_} stands.", "See the list of alarms.")
        if found.alarm is None:
            raise Refused(
                _MISSING,
                "Where it is lost, `portcullis watch` raises anew what the rules still find.",
            )
        if actor.id in found.alarm.people:
            deny(home, ACKNOWLEDGE, actor.id, "own-alarm", "That alarm names this person.")
        facts = {"alarm": id_, **alarms.store_reason(home, id_, reason.strip())}
        with transaction.atomic():
            act = sign_act(home, actor, ACKNOWLEDGE, facts)
    entries.publish(home)
    return act.entry_id


def office_hours(home: Home) -> OfficeHours:
    """Return the hours of the home's ``office-hours.toml``, else those that are usual."""
    path = home.path / watching.HOURS_FILE
    try:
        return watching.read_hours(path.read_text("utf-8"))
    except FileNotFoundError:
        return OfficeHours()
    except (OSError, UnicodeDecodeError):
        raise Misuse(f"{path.name} cannot be read.", "Mend it, or take it away.") from None


def _is_known(raised: alarms.Raised | None) -> bool:
    """Whether an alarm is on record with all that it says."""
    return raised is not None and raised.alarm is not None


def _told(hours: OfficeHours) -> dict[str, Any]:
    return hours.model_dump(mode="json")


_BY_THE_CLOCK = (
    watching.OFF_HOURS,
    watching.APPROVED_TOO_FAST,
    watching.EXAMINED_TOO_FAST,
)


def _findings(home: Home, hours: OfficeHours) -> Iterator[Finding]:
    limits = Thresholds.from_values(home.pack.thresholds)
    asked = asked_of(home)
    for rule in (watching.officer_loads, watching.identical_reasons, watching.households):
        yield from rule(asked, limits)
    if not home.date_is_set:
        yield from watching.off_hours(looks(), hours)
        yield from watching.too_fast(readings())


def asked_of(home: Home) -> pl.DataFrame:
    """Return what the window keeps of every batch judged and not erased (``watching.ASKED``)."""
    parts = [ASKED.to_frame()]
    kept = Batch.objects.exclude(state="lost").select_related("received_entry")
    for batch in kept.order_by("received_entry_id"):
        path = window_file(home, batch.id)
        if not path.exists() or erasure_of(home, Erasable.batch(batch.id)) is not None:
            continue
        at = _time(entries.body(batch.received_entry)["at"])
        for part in tables.scan_table(path, batch_key(home, batch), _COLUMNS):
            seen = part.filter(pl.col("kind").is_in(_SEEN_KINDS)).with_columns(
                pl.lit(batch.id).alias("batch"),
                pl.lit(batch.received_entry_id, pl.Int64).alias("position"),
                pl.lit(at, ASKED["at"]).alias("at"),
            )
            parts.append(seen.select(pl.col(name).cast(kind) for name, kind in ASKED.items()))
    return pl.concat(parts)


def looks() -> pl.DataFrame:
    """Return every look at the records on the ledger (``watching.LOOKS``).

    A look-up in bulk is by whoever did the next act on that batch: its entry comes first.
    """
    signed = Act.objects.filter(entry__kind__in=_SIGNED_LOOKS).values_list(
        "entry_id", "at", "person"
    )
    found: list[tuple[int, datetime, str]] = [*signed]
    for entry in Entry.objects.filter(kind=_LOOKED_UP).order_by("position"):
        then = Act.objects.filter(batch=entry.batch, entry_id__gt=entry.position)
        person = then.order_by("entry_id").values_list("person", flat=True).first() or ""
        found.append((entry.position, _time(entries.body(entry)["at"]), person))
    return pl.DataFrame(found, schema=LOOKS, orient="row").sort("position")


def readings() -> Iterator[Reading]:
    """Yield every list approved and every sample examined, with the time there was to read it."""
    for one in Approval.objects.select_related("act", "list__entry").order_by("act_id"):
        yield Reading(
            code=watching.APPROVED_TOO_FAST,
            person=one.act.person,
            given=_time(entries.body(one.list.entry)["at"]),
            given_entry=one.list.entry_id,
            done=one.act.at,
            entry=one.act.entry_id,
            rows=one.list.eligible,
        )
    for drawn in Sample.objects.exclude(examined=None).select_related("act", "examined"):
        if drawn.examined is not None:
            yield Reading(
                code=watching.EXAMINED_TOO_FAST,
                person=drawn.examined.person,
                given=drawn.act.at,
                given_entry=drawn.act.entry_id,
                done=drawn.examined.at,
                entry=drawn.examined.entry_id,
                rows=len(drawn.rows),
            )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def facts_of(watched: Watched) -> dict[str, Any]:
    """Return what one watch came to, as the command line prints it."""
    return {
        "position": watched.position,
        "hours": _told(watched.hours),
        "not_judged": list(watched.not_judged),
        "raised": list(watched.raised),
        "alarms": [_facts(one) for one in watched.standing],
        "acknowledged": [_facts(one) for one in watched.acknowledged],
    }


def _facts(one: alarms.Raised) -> dict[str, Any]:
    said = _alarm_facts(one.alarm) if one.alarm else {"code": "unknown", "what": _MISSING}
    given = one.acknowledged
    closed = (
        {"acknowledged_at": given.position, "by": given.by, "reason": given.reason} if given else {}
    )
    return {"alarm": one.id, "raised_at": one.position, **said, **closed}


_MISSING = "The file that says what this alarm is about is missing: put the folder alarms back."


def _alarm_facts(alarm: Alarm) -> dict[str, Any]:
    return {
        "code": alarm.code,
        "what": watching.words(alarm.code),
        "about": alarm.subject,
        "since": alarm.since.isoformat(),
        "counts": dict(alarm.counts),
        "people": list(alarm.people),
        "evidence": list(alarm.evidence),
    }
