"""A stored request explained to whom it concerns: judged again under the basis on the ledger.

Who reads what is a matter of role. What was found under 26 U.S.C. § 6103(i)(6) is its official's
alone to read; that official reads the request's face beside it, and nothing of the records. Every
reading is itself on the ledger.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl
from django.db import transaction

from portcullis import law, matching, screening, tables
from portcullis.errors import Refused
from portcullis.law import Basis, Explained, Phase, Result
from portcullis.office import entries, erased, files, persons
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Batch, Erasure, Package, SafeguardRecord
from portcullis.office.orders import orders_stopping
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.office.permissions import may
from portcullis.office.review_journal import REVIEWED
from portcullis.office.safeguards import standing_of
from portcullis.oversight import Explanation, Returned
from portcullis.standing import LOOK_UP, RELEASE, SafeguardStanding, Subject, in_scope

ACT, RECORDS, BARRED = "explain", "explain-records", "explain-impairment"
ENTRY = "inspected"
IMPAIRMENT = "26 USC 6103(i)(6)"

_CODES = {
    Result.MET: law.MET,
    Result.NOT_MET: law.NOT_MET,
    Result.FOR_A_PERSON: law.FOR_A_PERSON,
}
_FACE, _WHOLE = frozenset({Phase.FACE}), frozenset({Phase.FACE, Phase.STANDING, Phase.MATCH})


@dataclass(frozen=True)
class _Found:
    """Where a request stands: its batch, and its row, or its place in the quarantine."""

    batch: Batch
    row: int | None
    source_row: int


@dataclass(frozen=True)
class _Reader:
    """What a person may read by the roles they hold."""

    phases: frozenset[Phase]
    impairment: bool

    def shown(self, line: Explained) -> Explained:
        """Return the line as this reader reads it."""
        own = self.impairment and line.provision.id == IMPAIRMENT
        return line if own or line.element.phase in self.phases else line.hidden()


def explain_request(
    home: Home, request_id: str, actor: Actor, batch: str | None = None
) -> Explanation:
    """Explain the request of that id to ``actor``, and put the reading on the ledger.

    Only batches that were adjudicated have anything to explain. ``request_id`` may be ``row N``,
    with a batch, for a row that was returned without a legible id. Raises Refused, with the
    attempt on record, for whom no role lets read; and for an id that stands nowhere, or in several
    batches with none named, or in a batch that was erased.
    """
    reader = _reader(home, actor)
    found = _find(home, request_id, batch)
    explained = _explain(home, found, request_id, reader)
    place = {"source_row": found.source_row} if found.row is None else {"row": found.row}
    with transaction.atomic():
        sign_act(home, actor, ACT, {**place, "act": ACT}, found.batch.id, entry_kind=ENTRY)
    entries.integrate(home)
    return explained


def _reader(home: Home, actor: Actor) -> _Reader:
    check_role(home, actor, ACT)
    whole = may(actor.person, RECORDS, home.today())
    return _Reader(_WHOLE if whole else _FACE, may(actor.person, BARRED, home.today()))


def _find(home: Home, request_id: str, batch_id: str | None) -> _Found:
    found: list[_Found] = []
    gone: list[Erasure] = []
    for batch in _batches(home, batch_id):
        erasure = erased.erasure_of(home, Erasable.batch(batch.id))
        place = None if erasure else _place(home, batch, request_id)
        found += [place] if place else []
        gone += [erasure] if erasure else []
    if not found:
        raise _nowhere(gone)
    if len(found) > 1:
        names = ", ".join(place.batch.id for place in found)
        raise Refused(
            "A request of that id stands in several batches.", f"Name one with --batch: {names}."
        )
    return found[0]


def _nowhere(gone: list[Erasure]) -> Refused:
    """Return the refusal of an id that stands in no batch, or in none that is still there."""
    message = "No request of that id stands in a batch that was adjudicated"
    if gone:
        told = " ".join(erased.words(each) for each in gone)
        return Refused(f"{message} and can still be read. {told}", erased.REMAINS)
    return Refused(f"{message}.", "See `portcullis batches`; adjudicate the batch first.")


def _batches(home: Home, batch_id: str | None) -> Iterable[Batch]:
    listed = Batch.objects.filter(lists__number=1).order_by("received_on", "id")
    if batch_id is None:
        return listed
    erased.check(home, Erasable.batch(files.find_batch(batch_id).id))
    return listed.filter(id=batch_id)


def _place(home: Home, batch: Batch, request_id: str) -> _Found | None:
    """Return where the request stands in ``batch``; one taken in goes before one returned."""
    ids = files.read_step(home, batch, files.REQUESTS, ["row", "source_row", "request_id"])
    for row, source_row, _ in ids.filter(pl.col("request_id") == request_id).iter_rows():
        return _Found(batch, row, source_row)
    returned = files.read_step(home, batch, files.QUARANTINE, ["source_row", "request_id"])
    named = pl.col("request_id").fill_null(pl.format("row {}", "source_row"))
    for (source_row,) in returned.filter(named == request_id).select("source_row").iter_rows():
        return _Found(batch, None, source_row)
    return None


def _explain(home: Home, found: _Found, request_id: str, reader: _Reader) -> Explanation:
    batch = found.batch
    basis = files.basis_of(batch)
    document = Explanation(
        request_id=request_id,
        batch=batch.id,
        agreement=basis.agreement,
        agreement_version=basis.agreement_version,
        as_of=basis.as_of,
        basis=basis.digest(),
        outcome=screening.RETURNED,
    )
    if found.row is None:
        return replace(document, returned=_returned(home, found))
    lines, outcome, notes = _judged(home, batch, found.row, basis, reader)
    return replace(document, lines=lines, outcome=outcome, notes=notes)


def _returned(home: Home, found: _Found) -> Returned:
    rows = files.read_step(home, found.batch, files.QUARANTINE)
    row = rows.filter(pl.col("source_row") == found.source_row).row(0, named=True)
    return Returned(row["reason"], row["field"] or "", row["message"])


def _judged(
    home: Home, batch: Batch, row: int, basis: Basis, reader: _Reader
) -> tuple[tuple[Explained, ...], str, tuple[str, ...]]:
    """Return the lines as ``reader`` may read them, the outcome, and what must be said beside."""
    request = screening.prepare(_row(home, batch, files.REQUESTS, row), home.pack)
    frame = request.join(_row(home, batch, files.MEASURES, row), on="row", how="left")
    stored = _row(home, batch, files.FINDINGS, row).row(0, named=True)
    outcome = str(stored["face_outcome"])
    phases = set(reader.phases)
    notes = []
    if Phase.MATCH in phases:
        decided = _row(home, batch, files.in_force(batch, files.DETERMINATIONS), row)
        outcome = str(decided["outcome"][0])
        notes += _reviewed(str(decided["reasons"][0]))
        matched = matching.as_of_today(_row(home, batch, files.in_force(batch, files.MATCHES), row))
        if matched.height:
            frame = frame.with_columns(matched.select(_facts(matched)))
            stored |= matched.row(0, named=True)
    if Phase.STANDING in phases:
        frame = frame.with_columns(_standing(home, batch, frame, basis))
        notes.append(
            f"Orders of court are those that stand on {home.today()}, when this was read; "
            f"all else is as of {basis.as_of}."
        )
    if reader.impairment:
        phases.add(Phase.OFFICIAL)
        frame = frame.with_columns(_impairment(batch, row))
    lines = law.explain(frame, basis, phases)
    shown = tuple(reader.shown(line) for line in lines)
    return shown, outcome, (*notes, *_differing(shown, stored))


def _row(home: Home, batch: Batch, step: str, row: int) -> pl.DataFrame:
    """Return the row of one step's table; none where the step did not reach it."""
    key = files.batch_key(home, batch)
    parts = tables.scan_table(home.batch(batch.id) / step, key)
    return pl.concat(part.filter(pl.col("row") == row) for part in parts)


def _reviewed(reasons: str) -> list[str]:
    """Return the note that what was matched is what two reviewers found, where it is so."""
    word, _, rule = reasons.partition(":")
    if word != REVIEWED:
        return []
    return [
        f"It was a near miss. Two reviewers found, by the rule {rule}, that the address in the "
        "request is an address of record of the one taxpayer; it was matched again as found."
    ]


def _facts(matched: pl.DataFrame) -> list[str]:
    """Return the comparison flags among the columns; nothing of a record is one."""
    return [name for name in matched.columns if name in law.FACTS]


def _standing(home: Home, batch: Batch, frame: pl.DataFrame, basis: Basis) -> list[pl.Series]:
    """Return the standing of the gate: on the basis's day, and by the orders that stand now."""
    records = SafeguardRecord.objects.filter(recorded_on__lte=basis.as_of).order_by("-id")
    newest = records.first()
    record = SafeguardStanding.model_validate(newest.record) if newest else None
    asked = _subject(home, batch, frame, basis)
    facts = {
        "agreement_in_force": home.pack.in_force(basis.as_of),
        "standing_met": standing_of(home, record, basis.as_of).met,
        "order_in_scope": bool(in_scope(orders_stopping(home, LOOK_UP, RELEASE), asked)),
    }
    return [pl.Series(name, [value]) for name, value in facts.items()]


def _subject(home: Home, batch: Batch, frame: pl.DataFrame, basis: Basis) -> Subject:
    row = frame.row(0, named=True)
    packages = Package.objects.filter(batch=batch, row=row["row"]).values_list("id", flat=True)
    return Subject(
        agreements=frozenset({basis.agreement}),
        batches=frozenset({batch.id}),
        packages=frozenset(packages),
        statutes=frozenset({*basis.statutes, home.pack.agreement.legal_basis}),
        officers=frozenset(row.get("officer_list") or ()),
        readings=frozenset(basis.readings),
        persons=persons.in_batch(home, batch.id, persons.named()).of(row["row"]),
        received_on=batch.received_on,
    )


def _impairment(batch: Batch, row: int) -> list[pl.Series]:
    """Return what the official recorded of the row; nothing where there was nothing to record."""
    record = batch.impairments.filter(row=row).first()
    if record is None:
        return []
    return [
        pl.Series("impairment_recorded", [True]),
        pl.Series("impairment_adverse", [record.adverse]),
    ]


def _differing(lines: Iterable[Explained], stored: Mapping[str, object]) -> list[str]:
    """Return the note that elements are found otherwise than the determination found them."""
    ids = [
        line.element.id
        for line in lines
        if line.result in _CODES and stored.get(line.element.id) not in (None, _CODES[line.result])
    ]
    if not ids:
        return []
    return [
        "The determination found otherwise on "
        f"{', '.join(ids)}: the tests, or the batch's files, are not those it was made with."
    ]
