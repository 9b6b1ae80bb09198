"""From a batch taken in to its determination list on the ledger: screening, matching, decision."""

import time
from dataclasses import dataclass, field

import polars as pl
from django.db import transaction

from portcullis import determination, ledger, matching, records, screening, tables
from portcullis.canonical import sha256_hex
from portcullis.law import Basis, Phase, elements, judge
from portcullis.office import entries, files, window
from portcullis.office.entries import Announce, silent
from portcullis.office.files import batch_key, find_batch
from portcullis.office.home import Home
from portcullis.office.models import Batch, DeterminationList
from portcullis.office.listing import first_list_leaves
from portcullis.office.people import Actor, sign_act
from portcullis.office.safeguards import standing_today
from portcullis.office.stages import check_state, move

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


def adjudicate(home: Home, batch_id: str, actor: Actor, announce: Announce = silent) -> Adjudication:
    """Screen, match and decide every request of a batch, and put the list's root on the ledger.

    Where the recipient may not receive today nothing is looked up and the batch is held. Only
    requests that passed their face are looked up, and every look-up is logged. Safe to run again
    after a crash: each step's file is written whole, and the list counts once its row is written.
    """
    batch = find_batch(batch_id)
    check_state(batch, "received", "held")
    result = Adjudication(batch.id)
    clock = _Clock(result, announce)
    standing = standing_today(home)
    if not standing.met:
        _hold(home, batch, actor, standing.reasons)
        result.held = standing.reasons
        return result
    basis = Basis.from_pack(home.pack, home.today())
    clock.start("normalise")
    folder, key = home.batch(batch.id), batch_key(home, batch)
    prepared = [screening.prepare(part) for part in tables.scan_table(folder / files.REQUESTS, key)]
    clock.start("measure")
    measures = window.measure_batch(home, batch, basis, prepared)
    clock.start("screen")
    passed = _screen(home, batch, basis, prepared, measures)
    del prepared
    clock.start("match")
    matches, index_digest = _match(home, batch, basis, passed, result)
    clock.start("decide")
    table = _decide(home, batch, matches)
    clock.start("list")
    _list(home, batch, actor, basis, index_digest, table, matches, result, announce)
    clock.start("")
    result.outcomes = dict(table["outcome"].value_counts().iter_rows())
    return result


class _Clock:
    """Times the stages of a run and announces each as it begins."""

    def __init__(self, result: Adjudication, announce: Announce) -> None:
        self._result = result
        self._announce = announce
        self._stage = ""
        self._began = 0.0

    def start(self, stage: str) -> None:
        now = time.perf_counter()
        if self._stage:
            self._result.seconds[self._stage] = round(now - self._began, 3)
        self._stage, self._began = stage, now
        if stage:
            self._announce(stage)


def _hold(home: Home, batch: Batch, actor: Actor, reasons: tuple[str, ...]) -> None:
    codes = [reason.partition(":")[0] for reason in reasons]
    with transaction.atomic():
        sign_act(home, actor, "held", {"reasons": codes}, batch.id)
        batch.held_reason = " ".join(reasons)
        move(batch, "held")
    entries.integrate(home)


def _screen(
    home: Home,
    batch: Batch,
    basis: Basis,
    prepared: list[pl.DataFrame],
    measures: pl.DataFrame,
) -> pl.DataFrame:
    """Write the findings, segment by segment; return what passed, ready to be looked up."""
    folder, key = home.batch(batch.id), batch_key(home, batch)
    passed = []
    with tables.TableWriter(folder / files.FINDINGS, key) as out:
        for part in prepared:
            findings = screening.screen(part, basis, measures)
            out.write(findings.table)
            rows = findings.passed()
            passed.append(
                part.filter(pl.col("row").is_in(rows.implode())).select(
                    "row", "tin", "periods", "^n_.*$", "^a_.*$"
                )
            )
    return pl.concat(passed)


def _match(
    home: Home, batch: Batch, basis: Basis, passed: pl.DataFrame, result: Adjudication
) -> tuple[pl.DataFrame, str]:
    """Look up what passed, log every look-up and write the matches with their elements."""
    folder, key = home.batch(batch.id), batch_key(home, batch)
    index_digest = ""
    if passed.is_empty():
        found = pl.DataFrame(schema=matching.MATCH)
    else:
        with records.open_index(home.index, home.derived_key("index")) as index:
            index_digest = index.info.digest
            _log_lookups(home, batch, passed["row"], index_digest)
            found = matching.match(passed, index, basis)
            result.looked_up = index.lookups
    asked = found.join(passed.select("row", "periods"), on="row", maintain_order="left")
    judged = judge(asked, elements(Phase.MATCH), basis)
    found = found.join(judged, on="row", maintain_order="left")
    tables.write_table(folder / files.MATCHES, found, key)
    return found, index_digest


def _log_lookups(home: Home, batch: Batch, rows: pl.Series, index_digest: str) -> None:
    """Log which requests are about to be looked up: the file first, then its digest's entry."""
    path = home.batch(batch.id) / files.LOOKUPS
    tables.write_table(path, rows.to_frame(), batch_key(home, batch))
    with transaction.atomic():
        facts = {
            "batch": batch.id,
            "index": index_digest,
            "log": sha256_hex([path.read_bytes()]),
            "statute": "26 USC 7213A",
        }
        entries.record("looked-up", facts, batch=batch.id, at=home.now().isoformat())


def _decide(home: Home, batch: Batch, matches: pl.DataFrame) -> pl.DataFrame:
    """Put findings and matches together; write and return the determinations."""
    folder, key = home.batch(batch.id), batch_key(home, batch)
    match_elements = [element.id for element in elements(Phase.MATCH)]
    matched = matches.select("row", "route", "cause", *match_elements)
    decided = []
    requests = tables.scan_table(folder / files.REQUESTS, key, ["row", "request_id"])
    findings = tables.scan_table(folder / files.FINDINGS, key)
    with tables.TableWriter(folder / files.DETERMINATIONS, key) as out:
        for part, found in zip(requests, findings, strict=True):
            table = determination.decide(part, found, matched)
            out.write(table)
            decided.append(table)
    return pl.concat(decided)


def _list(
    home: Home,
    batch: Batch,
    actor: Actor,
    basis: Basis,
    index_digest: str,
    table: pl.DataFrame,
    matches: pl.DataFrame,
    result: Adjudication,
    announce: Announce,
) -> None:
    """Write the leaves and put the list, under its basis, on the ledger. No counts by outcome."""
    facts = {
        "number": 1,
        "tree": f"{batch.id}/1",
        "basis": basis.as_json(),
        "pack": home.pack.digest,
        "index": index_digest,
    }
    leaves = first_list_leaves(home, batch, table, matches, facts)
    announce("write-tree")
    (home.trees / batch.id).mkdir(parents=True, exist_ok=True)
    head = ledger.write_tree(home.trees / batch.id / "1", leaves)
    announce("commit-list")
    with transaction.atomic():
        listed = {
            **facts,
            "leaves": head.size,
            "leaves_root": head.root.hex(),
        }
        act = sign_act(home, actor, "adjudicate", listed, batch.id)
        DeterminationList.objects.create(
            batch=batch, number=1, root=head.root.hex(), leaves=head.size,
            eligible=table.filter(pl.col("outcome") == "eligible").height,
            as_of=basis.as_of, prepared_by=actor.id, entry=act.entry,
        )
        move(batch, "determined")
    announce("integrate-list")
    entries.integrate(home, announce)
    result.root, result.position = head.root.hex(), act.entry_id
