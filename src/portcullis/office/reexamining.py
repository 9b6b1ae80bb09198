"""``reexamine``: every stored request judged again, and the result kept and signed for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction

from portcullis import law, matching, oversight, progress, screening, tables
from portcullis.agreements import Pack
from portcullis.canonical import sha256_hex
from portcullis.errors import Refused
from portcullis.law import Basis, Phase, judge
from portcullis.office import entries, erased, files, histories, locks, readings, versions
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Batch, Erasure, History, Package, Reexamination
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.oversight import Demand, Question, Rejudged

RESULTS = "results.tbl"
_STORED = (Phase.FACE, Phase.MATCH)
NOBODY_NAMED = "a recipient whom the file of disclosures does not name"


@dataclass(frozen=True)
class Asked:
    """What is asked: which readings are taken too, under which version, of which sources.

    ``batches`` and ``histories``: ids; None: all there are.
    """

    named: Sequence[str] = ()
    version: str | None = None
    batches: Sequence[str] | None = None
    histories: Sequence[str] | None = None


@dataclass(frozen=True)
class Reexamined:
    """What came of it.

    ``judged``: requests by source and verdict (``source, verdict, count``). ``others``: every
    request whose verdict is not ``same``, with whether it ``left``, on which day and to whom.
    ``readings``: ids of those it was judged under. ``erased``: the sources that could not be
    judged again, since their working data is gone.
    """

    number: int
    judged: pl.DataFrame
    others: pl.DataFrame
    readings: tuple[str, ...]
    pack: Pack
    erased: tuple[Erasure, ...] = ()

    @cached_property
    def counts(self) -> dict[str, int]:
        """Requests by verdict, over all sources."""
        counted = dict(self.judged.group_by("verdict").agg(pl.col("count").sum()).iter_rows())
        return {verdict: counted.get(verdict, 0) for verdict in oversight.VERDICTS}

    @property
    def unlawful(self) -> pl.DataFrame:
        """The disclosures that should not have been made: they left, and close now."""
        return self.others.filter(pl.col("left"), verdict=oversight.CLOSES)

    def by_element(self, verdict: str) -> pl.DataFrame:
        """Return ``element, requests, newly, alone`` of the requests of one verdict."""
        return oversight.by_element(self.others, verdict)


def reexamine(
    home: Home, actor: Actor, asked: Asked, *, show: progress.Show = progress.unseen
) -> Reexamined:
    """Judge stored requests again: under the readings in force today, and those named.

    Each is judged as of the day it was judged, or disclosed, on; measures of a batch are as they
    were taken. Nobody is looked up. The result is kept under a key of its own, and its digest goes
    on the ledger with the basis. Raises Misuse for unknown readings or two that conflict, Refused
    for a batch, history or version that is not here, and for one named that was erased. With none
    named, what was erased is passed by and told.
    """
    check_role(home, actor, "reexamine")
    run = _Run(home, asked)
    judged, others = [], []
    batches, imported = run.sources()
    total = sum(each.taken for each in batches) + sum(each.taken for each in imported)
    with progress.step(show, "Judge again", total) as advance:
        for source, part in run.parts(batches, imported):
            judged += [(source, verdict, count) for verdict, count in part.counts.items()]
            others.append(part.others.select(pl.lit(source).alias("source"), pl.all()))
            advance(sum(part.counts.values()))
    if not others:
        raise _nothing(run.erased)
    every = pl.concat(others)
    facts = {
        "named": list(asked.named),
        "sources": list(dict.fromkeys(source for source, _, _ in judged)),
        "basis": run.basis.as_json(),
    }
    number = _keep(home, actor, facts, every)
    counted = pl.DataFrame(judged, ["source", "verdict", "count"], orient="row")
    totals = counted.group_by("source", "verdict").agg(pl.col("count").sum())
    totals = totals.filter(pl.col("count") > 0).sort("source", "verdict")
    return Reexamined(number, totals, every, run.basis.readings, run.pack, tuple(run.erased))


def demands(home: Home, done: Reexamined) -> dict[str, str]:
    """Return the draft of a recall demand for each recipient of a disclosure that closes."""
    unlawful = done.unlawful
    basis = Basis.from_pack(done.pack, home.today())
    elements = {each.id: each for each in law.applicable(basis)}
    drafts = {}
    for (recipient,), part in sorted(unlawful.group_by("to"), key=lambda group: str(group[0])):
        grounds = oversight.by_element(part, oversight.CLOSES)
        drafts[str(recipient)] = oversight.demand_text(
            Demand(
                holder=done.pack.agreement.holder.name,
                recipient=str(recipient),
                agreement=done.pack.agreement.title,
                drafted_on=home.today(),
                due_on=home.today() + timedelta(days=done.pack.safeguards.disposal_days),
                requests=part["request_id"].to_list(),
                readings=[law.reading(each) for each in done.readings],
                grounds=[elements[name] for name in grounds["element"]],
            )
        )
    return drafts


class _Run:
    """One re-examination: what is judged again, and under what."""

    def __init__(self, home: Home, asked: Asked) -> None:
        self.pack = versions.pack_of(home, asked.version)
        self._home = home
        self._asked = asked
        self._held = readings.in_force(self.pack, home.today())
        self.basis = self._after(home.today())
        self.erased: list[Erasure] = []

    def sources(self) -> tuple[list[Batch], list[History]]:
        """Return what is judged again: what was asked for, else all that is still readable."""
        batches, imported = self._asked.batches, self._asked.histories
        if batches is None and imported is None:
            judged = Batch.objects.filter(lists__number=1).values_list("id", flat=True)
            batches = [each for each in judged if self._readable(Erasable.batch(each))]
            every = History.objects.values_list("id", flat=True)
            imported = [each for each in every if self._readable(Erasable.history(each))]
        return (
            [files.find_batch(each) for each in dict.fromkeys(batches or ())],
            [histories.find_history(each) for each in dict.fromkeys(imported or ())],
        )

    def parts(
        self, batches: Sequence[Batch], imported: Sequence[History]
    ) -> Iterator[tuple[str, Rejudged]]:
        """Yield what comes of every part of every source, with the source's id.

        ``others`` says, beside the verdict, whether the request ``left``, ``on`` which day, and
        ``to`` whom.
        """
        for batch in batches:
            yield from ((batch.id, part) for part in self._batch(batch))
        for history in imported:
            yield from ((history.id, part) for part in self._history(history))

    def _readable(self, what: Erasable) -> bool:
        """Whether ``what`` can still be judged; what was erased is noted."""
        erasure = erased.erasure_of(self._home, what)
        if erasure is not None:
            self.erased.append(erasure)
        return erasure is None

    def _after(self, day: date) -> Basis:
        return Basis.from_pack(self.pack, day, self._held).re_examined(self._asked.named)

    def _batch(self, batch: Batch) -> Iterator[Rejudged]:
        if not batch.lists.filter(number=1).exists():
            raise Refused(f"The batch {batch.id} was not judged yet.", "Adjudicate it first.")
        before = files.basis_of(batch)
        question = Question(before, self._after(before.as_of))
        left = _left(self._home, batch)
        for part in self._stored(batch, question):
            found = oversight.reexamine(part, question)
            placed = found.others.join(left, on="row", how="left", maintain_order="left")
            others = placed.with_columns(pl.col("left").fill_null(value=False))
            yield Rejudged(found.counts, others)

    def _stored(self, batch: Batch, question: Question) -> Iterator[pl.DataFrame]:
        """Yield what is stored of a batch, with what the changed elements read."""
        folder, key = self._home.batch(batch.id), files.batch_key(self._home, batch)
        columns = ["row", "request_id", *self._fields(question)]
        matches = _flags(self._home, batch, question)
        decided = files.in_force(batch, files.DETERMINATIONS)
        outcomes = files.read_step(self._home, batch, decided, ["row", "outcome"])
        opened = outcomes.select("row", (pl.col("outcome") == "eligible").alias("was_open"))
        measures = None
        if any(name.startswith("m_") for name in question.columns):
            measures = files.read_step(self._home, batch, files.MEASURES)
        requests = tables.scan_table(folder / files.REQUESTS, key, columns)
        findings = tables.scan_table(folder / files.FINDINGS, key)
        for part, found in zip(requests, findings, strict=True):
            frame = screening.prepare(part, self.pack, question.columns)
            stored = found.select(pl.exclude("row", "face_outcome").name.prefix(oversight.WAS))
            yield _joined(frame.hstack(stored), matches, opened, measures)

    def _fields(self, question: Question) -> list[str]:
        """Return the stored columns behind what the changed elements read."""
        wanted = set(question.fields)
        if any(name.startswith(("a_", "n_")) for name in question.columns):
            wanted |= {field.name for field in (*law.NAME, *law.ADDRESS)}
        kept = (*self._home.pack.fields, *histories.TRANSMITTAL)
        return [name for name in kept if name in wanted and name != "request_id"]

    def _history(self, history: History) -> Iterator[Rejudged]:
        key = histories.history_key(self._home, history)
        folder = histories.folder(self._home, history.id)
        measures = tables.read_table(folder / files.MEASURES, key)
        matches = pl.DataFrame(schema=matching.MATCH)
        if history.compared is not None:
            matches = matching.as_of_today(tables.read_table(folder / files.MATCHES, key))
        matches = matches.with_columns(pl.lit(value=True).alias("looked_up"))
        for part in tables.scan_table(folder / files.REQUESTS, key):
            frame = screening.prepare(part, self.pack).with_columns(
                pl.lit(value=True).alias("was_open")
            )
            for table in (measures, matches):
                frame = frame.join(table, on="row", how="left", maintain_order="left")
            frame = frame.with_columns(pl.col("looked_up").fill_null(value=False))
            for (day,), of_day in frame.group_by("disclosed_on", maintain_order=True):
                yield self._disclosed(of_day, history, histories.day_of(day))

    def _disclosed(self, frame: pl.DataFrame, history: History, day: date) -> Rejudged:
        """Judge what was disclosed elsewhere on one day: then, as it was made, and now."""
        before = readings.basis_on(self._home, day).re_examined(history.made_under)
        question = Question(before, self._after(day))
        asked = [each for phase in _STORED for each in law.applicable(before, phase)]
        was = judge(frame, asked, before).drop("row")
        found = oversight.reexamine(
            frame.hstack(was.rename(lambda name: f"{oversight.WAS}{name}")), question
        )
        to = frame.select("row", pl.col("disclosed_to").fill_null(NOBODY_NAMED).alias("to"))
        others = found.others.with_columns(
            pl.lit(value=True).alias("left"), pl.lit(day.isoformat()).alias("on")
        )
        return Rejudged(found.counts, others.join(to, on="row", how="left", maintain_order="left"))


def _nothing(gone: Sequence[Erasure]) -> Refused:
    if gone:
        told = " ".join(erased.words(each) for each in gone)
        return Refused(f"There is nothing left to judge again. {told}", erased.REMAINS)
    return Refused("Nothing was judged or imported yet.", "Adjudicate or import first.")


def _left(home: Home, batch: Batch) -> pl.DataFrame:
    """Return ``row, left, on, to`` of the requests that left: the first day of each."""
    delivered = Package.objects.filter(batch=batch, state="delivered")
    concluded = delivered.order_by("-concluded_id").values_list("row", "concluded__body")
    days = {row: json.loads(bytes(body))["at"][:10] for row, body in concluded}
    left = pl.DataFrame(list(days.items()), {"row": pl.UInt32, "on": pl.String}, orient="row")
    recipient = home.pack.agreement.requester.name
    return left.select("row", left=pl.lit(value=True), on="on", to=pl.lit(recipient))


def _joined(
    frame: pl.DataFrame,
    matches: pl.DataFrame,
    opened: pl.DataFrame,
    measures: pl.DataFrame | None,
) -> pl.DataFrame:
    span = pl.col("row").is_between(frame["row"].min(), frame["row"].max())
    for table in (matches, opened, measures):
        if table is not None:
            frame = frame.join(table.filter(span), on="row", how="left", maintain_order="left")
    return frame.with_columns(
        pl.col("looked_up").fill_null(value=False), pl.col("was_open").fill_null(value=False)
    )


def _flags(home: Home, batch: Batch, question: Question) -> pl.DataFrame:
    """Return the flags that changed elements read, and the match elements' stored results."""
    judged = [each.id for each in law.applicable(question.before, Phase.MATCH)]
    flags = sorted((question.columns | {"lka_found"}) & set(matching.MATCH))
    matched = files.in_force(batch, files.MATCHES)
    stored = matching.as_of_today(files.read_step(home, batch, matched))
    matches = stored.select("row", *flags, *judged)
    return matches.with_columns(pl.lit(value=True).alias("looked_up")).rename(
        {name: f"{oversight.WAS}{name}" for name in judged}
    )


def result_file(home: Home, number: int) -> Path:
    """Return the path of the result of one re-examination."""
    return home.path / "reexaminations" / str(number) / RESULTS


def _keep(home: Home, actor: Actor, facts: Mapping[str, Any], others: pl.DataFrame) -> int:
    """Write the result's file, then act and row; a file without its row counts for nothing."""
    with locks.alone(home, home.path / "reexamination.lock"):
        number = Reexamination.objects.count() + 1
        path = result_file(home, number)
        what = Erasable.reexamination(number)
        home.secrets.draw(what)
        key = tables.new_key()
        tables.write_table(path, others, key)
        # Encrypted under a fresh key, the file's digest commits to it and tells nothing of it.
        digest = sha256_hex([path.read_bytes()])
        with transaction.atomic():
            said = {**facts, "number": number, "result": digest}
            Reexamination.objects.create(
                number=number,
                basis=facts["basis"],
                digest=digest,
                wrapped_key=home.wrap(key, what),
                act=sign_act(home, actor, "reexamined", said),
            )
    entries.publish(home)
    return number
