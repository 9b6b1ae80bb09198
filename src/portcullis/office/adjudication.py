"""From a batch taken in to its determination list on the ledger: screening, matching, decision."""

import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import polars as pl
from django.db import transaction

from portcullis import determination, ledger, matching, progress, records, screening, tables
from portcullis.canonical import sha256_hex
from portcullis.law import Phase, applicable, judge
from portcullis.office import entries, files, locks, look_ups, readings, window
from portcullis.office.duties import check_apart
from portcullis.office.entries import Announce, silent
from portcullis.office.files import batch_key, find_batch
from portcullis.office.home import Home
from portcullis.office.listing import list_leaves
from portcullis.office.models import Batch, DeterminationList
from portcullis.office.owed import OWED, owing
from portcullis.office.people import Actor, sign_act
from portcullis.office.stages import check_state, move
from portcullis.standing import Standing
from portcullis.streams import ahead

ADJUDICATION_WAITS = 600.0  # seconds a second process may wait for the first


@dataclass
class Adjudication:
    """How a batch was adjudicated: requests by outcome, look-ups made, seconds by stage."""

    batch: str
    outcomes: dict[str, int] = field(default_factory=dict)
    looked_up: int = 0
    root: str = ""
    position: int = -1
    seconds: dict[str, float] = field(default_factory=dict)
    held: tuple[str, ...] = ()


def adjudicate(
    home: Home,
    batch_id: str,
    actor: Actor,
    announce: Announce = silent,
    *,
    show: progress.Show = progress.unseen,
) -> Adjudication:
    """Screen, match and decide every request of a batch, and put the list's root on the ledger.

    Where the recipient may not receive today, an order stops look-ups, or a request names an
    officer who owes a status of what was disclosed before, nothing is looked up and the batch is
    held; requests that an order reaches by themselves are not looked up. Only requests that passed
    their face are looked up, and every look-up is logged. Safe to run again after a crash: each
    step's file is written whole, and the list counts once its row is written. Cut off between its
    row and the ledger, the list is put on the ledger and returned.
    """
    batch = find_batch(batch_id)
    check_apart(home, actor, "adjudicate", batch)
    _check(batch)
    # One process at a time: the files of a list that is on the ledger are never written again.
    with locks.alone(home, home.batch(batch_id) / "adjudication.lock", ADJUDICATION_WAITS):
        return _adjudicate(home, find_batch(batch_id), actor, announce, show)


def _adjudicate(
    home: Home, batch: Batch, actor: Actor, announce: Announce, show: progress.Show
) -> Adjudication:
    listed = _check(batch)
    if listed is not None:
        return _finish(home, batch, listed)
    standing = look_ups.may_look_up(home, batch)
    reasons = (*standing.reasons, *_owing_officers(home, batch))
    if standing.met and not reasons:
        try:
            return _Run(home, batch, actor, announce, show).through()
        except _Held as held:
            reasons = held.standing.reasons
    _hold(home, batch, actor, reasons)
    return Adjudication(batch.id, held=reasons)


def _check(batch: Batch) -> DeterminationList | None:
    """Return the list of an adjudication that was cut off before the ledger; None for none.

    Raises Refused where the batch's state lets nobody adjudicate it.
    """
    listed = batch.lists.filter(number=1, entry__integrated=False).first()
    check_state(batch, "received", "held", *(["determined"] if listed else []))
    return listed


class _Held(Exception):  # noqa: N818 - nothing went wrong
    """What was allowed when the batch was begun is not when somebody is to be looked up."""

    def __init__(self, standing: Standing) -> None:
        super().__init__()
        self.standing = standing


def _owing_officers(home: Home, batch: Batch) -> list[str]:
    """Return why the batch is held for officers it names who owe an overdue status."""
    overdue = owing(home)
    if not overdue or "officers" not in home.pack.fields:
        return []
    named = files.read_step(home, batch, files.REQUESTS, ["officers"])["officers"]
    each = set(named.drop_nulls().unique().str.split(";").explode().str.strip_chars().to_list())
    return [
        f"{OWED}: The officer {officer}, named in this batch, owes the status of an earlier "
        f"disclosure since {due_on}. The officer states it with `portcullis custody status`, or "
        "the custodian certifies its disposal; then adjudicate again."
        for officer, due_on in sorted(overdue.items())
        if officer in each
    ]


def _hold(home: Home, batch: Batch, actor: Actor, reasons: tuple[str, ...]) -> None:
    codes = list(dict.fromkeys(reason.partition(":")[0] for reason in reasons))
    with transaction.atomic():
        sign_act(home, actor, "held", {"reasons": codes}, batch.id)
        batch.held_reason = " ".join(reasons)
        move(batch, "held")
    entries.integrate(home)


def _finish(home: Home, batch: Batch, listed: DeterminationList) -> Adjudication:
    """Put a list on the ledger whose adjudication was cut off before that."""
    entries.integrate(home)
    outcomes = files.read_step(home, batch, files.DETERMINATIONS, ["outcome"])["outcome"]
    return Adjudication(
        batch.id,
        outcomes=dict(outcomes.value_counts().iter_rows()),
        looked_up=files.read_step(home, batch, files.MATCHES, ["row"]).height,
        root=listed.root,
        position=listed.entry_id,
    )


class _Run:
    """One adjudication: the batch, the day's basis, and what is found on the way."""

    def __init__(
        self, home: Home, batch: Batch, actor: Actor, announce: Announce, show: progress.Show
    ) -> None:
        self._home = home
        self._batch = batch
        self._actor = actor
        self._announce = announce
        self._show = show
        self._folder = home.batch(batch.id)
        self._key = batch_key(home, batch)
        self._basis = readings.basis_on(home, home.today())
        self._index_digest = ""
        self._stopped = pl.Series("row", [], dtype=pl.UInt32)
        self._result = Adjudication(batch.id)

    def through(self) -> Adjudication:
        prepared: list[pl.DataFrame] = []
        with self._stage("measure"), self._step("Measure the requests") as advance:
            coming = self._prepare(prepared, advance)
            measures = window.measure_batch(self._home, self._batch, self._basis, coming)
        with self._stage("screen"):
            passed = self._screen(prepared, measures)
        del prepared, measures
        with self._stage("match"):
            matches = self._match(passed)
        with self._stage("decide"):
            table = self._decide(matches)
        with self._stage("list"):
            self._list(table, matches)
        self._result.outcomes = dict(table["outcome"].value_counts().iter_rows())
        return self._result

    def _step(self, name: str) -> AbstractContextManager[progress.Advance]:
        return progress.step(self._show, name, self._batch.taken)

    def _prepare(
        self, prepared: list[pl.DataFrame], advance: progress.Advance
    ) -> Iterator[pl.DataFrame]:
        """Yield the requests in normal form, and keep them in ``prepared`` for what comes after.

        The next segment is put in normal form while this one's digests are taken.
        """
        requests = tables.scan_table(self._folder / files.REQUESTS, self._key)
        for part in ahead(screening.prepare(part, self._home.pack) for part in requests):
            prepared.append(part)
            yield part
            advance(part.height)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        self._announce(name)
        began = time.perf_counter()
        yield
        self._result.seconds[name] = round(time.perf_counter() - began, 3)

    def _screen(self, prepared: list[pl.DataFrame], measures: pl.DataFrame) -> pl.DataFrame:
        """Write the findings, segment by segment; return what passed, ready to be looked up."""
        passed = []
        with (
            self._step("Screen the requests") as advance,
            tables.TableWriter(self._folder / files.FINDINGS, self._key) as out,
        ):
            for part in prepared:
                findings = screening.screen(part, self._basis, measures)
                out.write(findings.table)
                rows = findings.passed().implode()
                passed.append(
                    part.filter(pl.col("row").is_in(rows)).select(
                        "row", "^tin$", "^periods$", "^n_.*$", "^a_.*$"
                    )
                )
                advance(part.height)
        return pl.concat(passed)

    def _match(self, passed: pl.DataFrame) -> pl.DataFrame:
        """Look up what passed, log every look-up, and write the matches with their elements."""
        found = pl.DataFrame(schema=matching.MATCH)
        if not passed.is_empty():
            key = self._home.derived_key("index")
            with records.open_index(self._home.index, key) as index:
                self._index_digest = index.info.digest
                passed = self._may_look_up(passed)
                found = matching.match(passed, index, self._basis, show=self._show)
                self._result.looked_up = index.lookups
        asked = found.join(passed.select("row", "^periods$"), on="row", maintain_order="left")
        judged = judge(asked, applicable(self._basis, Phase.MATCH), self._basis)
        found = found.join(judged, on="row", maintain_order="left")
        tables.write_table(self._folder / files.MATCHES, found, self._key)
        return found

    def _may_look_up(self, passed: pl.DataFrame) -> pl.DataFrame:
        """Return those of ``passed`` who may be looked up now; that they are is on the ledger."""
        # What an order reaches is found before the gate is held, which then need not wait for it.
        look_ups.stopped(self._home, self._batch)
        with locks.gate(self._home).shared():
            standing = look_ups.may_look_up(self._home, self._batch)
            if not standing.met:
                raise _Held(standing)
            self._stopped = look_ups.stopped(self._home, self._batch)
            allowed = passed.filter(~pl.col("row").is_in(self._stopped.implode()))
            self._log_lookups(allowed["row"])
        return allowed

    def _log_lookups(self, rows: pl.Series) -> None:
        """Log which requests are about to be looked up: the file first, then its digest's entry."""
        path = self._folder / files.LOOKUPS
        tables.write_table(path, rows.to_frame(), self._key)
        facts = {
            "batch": self._batch.id,
            "index": self._index_digest,
            "log": sha256_hex([path.read_bytes()]),
            "statute": "26 USC 7213A",
        }
        with transaction.atomic():
            at = self._home.now().isoformat()
            entries.record("looked-up", facts, batch=self._batch.id, at=at)

    def _decide(self, matches: pl.DataFrame) -> pl.DataFrame:
        """Put findings and matches together; write and return the determinations."""
        match_elements = [element.id for element in applicable(self._basis, Phase.MATCH)]
        matched = matches.select("row", "route", "cause", "margin", *match_elements)
        requests = tables.scan_table(
            self._folder / files.REQUESTS, self._key, ["row", "request_id"]
        )
        findings = tables.scan_table(self._folder / files.FINDINGS, self._key)
        decided = []
        with self._step("Decide the requests") as advance:
            for part, found in zip(requests, findings, strict=True):
                decided.append(self._held(determination.decide(part, found, matched)))
                advance(part.height)
        tables.write_table(self._folder / files.DETERMINATIONS, decided, self._key)
        return pl.concat(decided)

    def _held(self, decided: pl.DataFrame) -> pl.DataFrame:
        """Say of each request that was not looked up because of an order that it was for that."""
        by_order = (pl.col("outcome") == "held") & pl.col("row").is_in(self._stopped.implode())
        why = pl.when(by_order).then(pl.lit(look_ups.ORDER_STANDS)).otherwise("reasons")
        return decided.with_columns(reasons=why)

    def _list(self, table: pl.DataFrame, matches: pl.DataFrame) -> None:
        """Write the leaves; put the list, under its basis, on the ledger. No counts by outcome."""
        facts = {
            "number": 1,
            "tree": f"{self._batch.id}/1",
            "basis": self._basis.as_json(),
            "pack": self._home.pack.digest,
            "index": self._index_digest,
        }
        with progress.step(self._show, "Make the leaves of the list"):
            leaves = list_leaves(self._home, self._batch, table, matches, facts)
        self._announce("write-tree")
        folder = self._home.trees / self._batch.id / "1"
        folder.parent.mkdir(parents=True, exist_ok=True)
        # A crash before the commit leaves a tree that no entry names.
        shutil.rmtree(folder, ignore_errors=True)
        with self._step("Write the tree of the list") as advance:
            head = ledger.write_tree(folder, progress.counted(leaves, advance))
        self._announce("commit-list")
        listed = {**facts, "leaves": head.size, "leaves_root": head.root.hex()}
        with transaction.atomic():
            act = sign_act(
                self._home,
                self._actor,
                "adjudicate",
                listed,
                self._batch.id,
                entry_kind="determination-list",
            )
            move(self._batch, "determined")
            DeterminationList.objects.create(
                batch=self._batch,
                number=1,
                root=head.root.hex(),
                leaves=head.size,
                eligible=table.filter(pl.col("outcome") == "eligible").height,
                as_of=self._basis.as_of,
                prepared_by=self._actor.id,
                entry=act.entry,
            )
        self._announce("integrate-list")
        entries.integrate(self._home, self._announce)
        self._result.root, self._result.position = head.root.hex(), act.entry_id
