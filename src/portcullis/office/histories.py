"""Disclosures made elsewhere, or before: imported with the requests they answered.

What left without this gateway is taken in whole, so that it can be judged by the law, listed and
recalled. Such a request was never screened before somebody looked; to know whether the address
in it was the taxpayer's it must be compared with the records now, which is a look-up of its own
and is logged as one.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import polars as pl
from django.db import transaction

from portcullis import intake, law, matching, progress, records, screening, tables
from portcullis.agreements import FieldRule, Pack
from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.office import accounting, entries, erased, files, locks, look_ups, readings
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import History
from portcullis.office.people import Actor, check_role, sign_act

WAITS = 600.0  # seconds one import or comparison may wait for another
DISCLOSED = ("disclosed_on", "disclosed_to")
"""What a file of disclosures says beside the fields of the requests: when, and to whom."""

TRANSMITTAL = ("signed_by", "officers_employed", "officers_same_agency", "engaged", "sole_use")
"""What it may say of how the requests were signed for: an office, and ``yes`` or ``no``."""

_LENGTH = 200
_DAY = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_NO_DAY = (
    "The row does not say on which day it was disclosed. Write it in disclosed_on as YYYY-MM-DD."
)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def folder(home: Home, history_id: str) -> Path:
    """Return the folder of one history's files."""
    return files.history(home, history_id)


def find_history(history_id: str) -> History:
    """Return the history, or raise Refused where none of that id was imported."""
    try:
        return History.objects.get(id=history_id)
    except History.DoesNotExist:
        raise Refused(
            "No history of that id was imported.", "See `portcullis history list`."
        ) from None


def history_key(home: Home, history: History) -> bytes:
    """Return the key of the history's files. Raises Refused where its working data was erased."""
    return erased.file_key(home, Erasable.history(history.id), history.wrapped_key)


def import_history(
    home: Home,
    actor: Actor,
    path: Path,
    history_id: str,
    made_under: Sequence[str],
    *,
    show: progress.Show = progress.unseen,
) -> History:
    """Take in a file of disclosures made elsewhere, each with the request it answered.

    The file has the fields of the agreement's requests (what it lacks is blank), ``DISCLOSED`` and
    ``TRANSMITTAL``. ``made_under``: the readings they were made under. Rows that cannot be read,
    or do not say when, are quarantined with row and reason; taken and quarantined are all there
    are. Raises Misuse for an unknown reading or id, Refused where the file was imported before;
    cut off between its row and the ledger, it is put on the ledger and returned.
    """
    check_role(home, actor, "history-import")
    _check_named(history_id, made_under)
    with _alone(home):
        digest = _digest(path)
        cut_off = History.objects.filter(
            id=history_id, file_digest=digest, act__entry__integrated=False
        ).first()
        if cut_off is not None:
            entries.integrate(home)
            return cut_off
        _check_not_imported(history_id, digest)
        key = tables.new_key()
        taken, quarantined = _store(home, path, history_id, key, show)
        with progress.step(show, "Measure the disclosures", taken, "rows") as advance:
            measured = _measure(home, history_id, key, advance)
        tables.write_table(folder(home, history_id) / files.MEASURES, measured, key)
        facts = {
            "history": history_id,
            "file": digest,
            "rows": taken + quarantined,
            "taken": taken,
            "quarantined": quarantined,
            "made_under": list(made_under),
        }
        account(home, history_id, key, show)
        what = Erasable.history(history_id)
        home.secrets.draw(what)
        kept = accounting.DISCLOSURES, accounting.QUARANTINED
        with transaction.atomic():
            history = History.objects.create(
                id=history_id,
                file_digest=digest,
                made_under=list(made_under),
                taken=taken,
                quarantined=quarantined,
                imported_on=home.today(),
                wrapped_key=home.wrap(key, what),
                act=sign_act(home, actor, "history-imported", facts),
            )
            accounting.commit(home, _source(history_id), *kept, at=home.now().isoformat())
    entries.integrate(home)
    return history


def check_new(history_id: str, digest: str, made_under: Sequence[str]) -> None:
    """Raise what ``import_history`` raises of a file by its SHA-256 (hex), before it is read."""
    _check_named(history_id, made_under)
    _check_not_imported(history_id, digest)


def _check_named(history_id: str, made_under: Sequence[str]) -> None:
    law.refuse_conflicts(made_under)
    if not _ID.fullmatch(history_id):
        raise Misuse("That is no id for a history.", "Use letters, digits, points and hyphens.")


def _check_not_imported(history_id: str, digest: str) -> None:
    if History.objects.filter(id=history_id).exists():
        raise Refused("A history of that id was imported before.", "Give it another id.")
    if History.objects.filter(file_digest=digest).exists():
        raise Refused("That file was imported before.", "See `portcullis history list`.")


def check_uncompared(history: History) -> None:
    """Raise Refused where the history was compared: that is done once."""
    if history.compared is not None:
        raise Refused("That history was compared already.", "Run `portcullis reexamine`.")


def compare_history(
    home: Home, actor: Actor, history_id: str, *, show: progress.Show = progress.unseen
) -> int:
    """Compare every imported request with the holder's records, and keep what was found.

    The look-ups are logged first. The last known address is sought as of the day of disclosure.
    Returns how many requests were compared. Safe to run again: the comparison counts once its act
    is written. Raises Refused where an order that stops look-ups reaches the history.
    """
    check_role(home, actor, "history-compare")
    with _alone(home):
        history = find_history(history_id)
        check_uncompared(history)
        key = history_key(home, history)
        requests = _comparable(home, history, key)
        with records.open_index(home.index, home.derived_key("index")) as index:
            with look_ups.looking_up_history(home, history):
                _log_lookups(home, history, requests["row"], index.info.digest, key)
            basis = readings.basis_on(home, home.today())
            found = []
            with progress.step(show, "Compare with the records", requests.height) as advance:
                for (disclosed_on,), part in requests.group_by("disclosed_on"):
                    then = basis.on(day_of(disclosed_on))
                    found.append(matching.match(part.drop("disclosed_on"), index, then))
                    advance(part.height)
        matches = pl.concat([pl.DataFrame(schema=matching.MATCH), *found]).sort("row")
        tables.write_table(folder(home, history_id) / files.MATCHES, matches, key)
        whose = matches.select("row", pl.col("taxpayer_id").alias("taxpayer"))
        accounting.write(home, _source(history_id), accounting.RESOLVED, whose)
        with transaction.atomic():
            act = sign_act(home, actor, "history-compared", {"history": history_id})
            at = home.now().isoformat()
            accounting.commit(home, _source(history_id), accounting.RESOLVED, at=at)
            history.compared = act
            history.save(update_fields=["compared"])
    entries.publish(home)
    return matches.height


def account(home: Home, history_id: str, key: bytes, show: progress.Show) -> None:
    """Write the disclosures of a history into the permanent accounting, as it has all others."""
    accounting.write_history(home, history_id, folder(home, history_id), key, DISCLOSED, show)


def day_of(disclosed_on: object) -> date:
    """Return the day of disclosure as imported; every row taken has one."""
    return date.fromisoformat(str(disclosed_on))


def quarantined_rows(home: Home, history: History) -> pl.DataFrame:
    """Return the rows of the file that were not taken: row, field, reason and message."""
    return tables.read_table(
        folder(home, history.id) / files.QUARANTINE,
        history_key(home, history),
        ["source_row", "request_id", "reason", "field", "message"],
    )


def disclosed(home: Home, history: History) -> pl.DataFrame:
    """Return ``row, request_id, disclosed_on, disclosed_to`` of every disclosure taken in."""
    columns = ["row", "request_id", *DISCLOSED]
    return tables.read_table(
        folder(home, history.id) / files.REQUESTS, history_key(home, history), columns
    )


def _reading_pack(pack: Pack) -> Pack:
    """Return the pack as a file of disclosures is read by: more columns, hardly any required."""
    more = [
        FieldRule(name=name, max_length=_LENGTH, required=name == "disclosed_on")
        for name in (*DISCLOSED, *TRANSMITTAL)
    ]
    fields = [
        rule if rule.name == "request_id" else rule.model_copy(update={"required": False})
        for rule in pack.request.fields
    ]
    request = pack.request.model_copy(update={"fields": (*fields, *more)})
    return pack.model_copy(update={"request": request})


def _store(
    home: Home, path: Path, history_id: str, key: bytes, show: progress.Show
) -> tuple[int, int]:
    where = folder(home, history_id)
    where.mkdir(parents=True, exist_ok=True)
    quarantined = []
    with tables.TableWriter(where / files.REQUESTS, key) as out:
        batch = intake.open_batch(path, _reading_pack(home.pack))
        for chunk in batch.shown_chunks(show, "Take in the disclosures"):
            undated = _undated(chunk.taken)
            out.write(chunk.taken.filter(_dated()).with_columns(_signed()))
            quarantined += [chunk.quarantined, undated]
        taken = out.rows
    apart = pl.concat(quarantined).sort("source_row")
    tables.write_table(where / files.QUARANTINE, apart, key)
    return taken, apart.height


def _dated() -> pl.Expr:
    text = pl.col("disclosed_on")
    day = text.str.to_date("%Y-%m-%d", strict=False)
    return (text.str.contains(_DAY) & day.is_not_null()).fill_null(value=False)


def _undated(taken: pl.DataFrame) -> pl.DataFrame:
    return taken.filter(~_dated()).select(
        "source_row",
        "request_id",
        pl.lit("no-day-of-disclosure").alias("reason"),
        pl.lit("disclosed_on").alias("field"),
        pl.lit(_NO_DAY).alias("message"),
        pl.col("request_hash").alias("row_digest"),
    )


def _signed() -> list[pl.Expr]:
    """Return what the file says of signatures as facts: ``yes`` true, ``no`` false, else null."""
    answers = {"yes": True, "no": False}
    return [
        pl.col(name).replace_strict(answers, default=None, return_dtype=pl.Boolean)
        for name in TRANSMITTAL
        if name != "signed_by"
    ]


def _measure(home: Home, history_id: str, key: bytes, advance: progress.Advance) -> pl.DataFrame:
    """Measure the history among its own requests: it never was in this gateway's window."""
    pack = home.pack
    basis = readings.basis_on(home, home.today())
    window_key = home.derived_key("window")

    def prepared() -> Iterator[pl.DataFrame]:
        for part in tables.scan_table(folder(home, history_id) / files.REQUESTS, key):
            yield screening.prepare(part, pack)
            advance(part.height)

    return screening.measure(
        prepared(), None, window_key, basis, basis.as_of, batch_id=history_id
    ).measures


def _comparable(home: Home, history: History, key: bytes) -> pl.DataFrame:
    """Return what matching needs of every imported request, and its day of disclosure."""
    return pl.concat(
        screening.prepare(part, home.pack).select(
            "row", "disclosed_on", "^tin$", "^periods$", "^n_.*$", "^a_.*$"
        )
        for part in tables.scan_table(folder(home, history.id) / files.REQUESTS, key)
    )


def _source(history_id: str) -> accounting.Source:
    return accounting.Source(accounting.HISTORY, history_id)


def _alone(home: Home) -> AbstractContextManager[None]:
    """Hold the histories alone: two of one id would write the same files."""
    return locks.alone(home, home.path / "history.lock", WAITS)


def _log_lookups(home: Home, history: History, rows: pl.Series, index: str, key: bytes) -> None:
    path = folder(home, history.id) / files.LOOKUPS
    tables.write_table(path, rows.to_frame(), key)
    facts = {
        "history": history.id,
        "index": index,
        "log": sha256_hex([path.read_bytes()]),
        "statute": "26 USC 7213A",
        "purpose": "re-examination",
    }
    with transaction.atomic():
        entries.record("looked-up", facts, at=home.now().isoformat())


def _digest(path: Path) -> str:
    try:
        return intake.file_digest(path)
    except OSError:
        raise Misuse(f"{path.name} cannot be read.", "Name a file of disclosures.") from None
