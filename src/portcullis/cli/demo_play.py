"""One variant of a scenario played from end to end, in a process and a home of its own.

Here, and nowhere else, several people's keys lie together and the scenario's truth is read: the
truth plays the people who judge (the impairment official, the sampler) and the comparison after.
"""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from portcullis import law, oversight, scenarios
from portcullis.agreements import builtin_pack
from portcullis.canonical import sha256_hex
from portcullis.cli.histories import facts_of, write_reexamination
from portcullis.oversight import CLOSES, OPENS, VERDICTS
from portcullis.progress import Show, step
from portcullis.scenarios import AS_OF, Batch, Comparison, compare
from portcullis.standing import Access, Current, SafeguardStanding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from portcullis.office import Home
    from portcullis.office.people import Actor
    from portcullis.office.reexamining import Reexamined

HISTORY = "script-2025"
RULING = "address-of-record"


@dataclass
class Played:
    """What a variant came to: counts of requests, and what the report shows of it."""

    name: str
    home: Path
    counts: dict[str, int] = field(default_factory=dict)
    stages: list[tuple[str, float, int]] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)
    confusion: list[dict[str, Any]] = field(default_factory=list)
    mismatches: int = 0
    lawful_released_share: float = 1.0
    halted: str | None = None
    ledger: dict[str, Any] = field(default_factory=dict)
    index_digest: str = ""
    sample: int = 0
    reexamined: dict[str, Any] = field(default_factory=dict)


def play(  # noqa: PLR0917 - what one process is told
    batch: Batch, variant: str, records: Path, home: Path, elsewhere: Path | None, show: Show
) -> Played:
    """Play ``batch`` in a new demonstration home at ``home``; ``show`` its stages and their steps.

    ``elsewhere``: a file of disclosures made without this gateway, to be judged at the end.
    """
    from portcullis.office import make, open_office, start

    player = _Player(batch, Played(variant, home), show)
    opened = start(make(home, builtin_pack(), batch.people.roster, demo=True, day=AS_OF))
    player.home = open_office(opened)
    player.attest()
    player.receive()
    looked_up = player.adjudicate(records)
    if player.played.counts["eligible"]:
        player.approve()
        player.release()
    if elsewhere is not None:
        player.re_examine(elsewhere)
    player.verify()
    player.conclude(looked_up)
    return player.played


class _Player:
    """Plays every person of the scenario, each with that person's own key."""

    def __init__(self, batch: Batch, played: Played, show: Show) -> None:
        self.batch = batch
        self.played = played
        self.home: Home
        self._show = show
        self._truth = pl.read_parquet(batch.truth)

    def actor(self, person: str, role: str) -> "Actor":
        from portcullis.office.people import identify

        return identify(self.home, person, self.batch.people.key(person), role, role)

    @contextmanager
    def stage(self, name: str, rows: int = 0) -> "Iterator[None]":
        began = time.perf_counter()
        with step(self._show, name):
            yield
        self.played.stages.append((name, time.perf_counter() - began, rows or self.batch.rows))

    def attest(self) -> None:
        """Let the recipient attest to its safeguards on the home's day."""
        from portcullis.office.safeguards import record_safeguards

        day = self.home.today()
        record = SafeguardStanding(
            recipient="ICE",
            ssr_approved_on=day - timedelta(days=120),
            ssr_expires_on=day + timedelta(days=200),
            attested_on=day,
            access=self._access(day),
        )
        record_safeguards(self.home, self.actor("irs-safeguards", "safeguards"), record)

    def _access(self, day: "date") -> tuple[Access, ...]:
        """Return the access records of every officer on the roster: all are current."""
        current = Current(on=day - timedelta(days=60), expires_on=day + timedelta(days=200))
        return tuple(
            Access(officer=officer.id, training=current, certification=current, background=current)
            for officer in self.home.roster.with_role("officer", day)
        )

    def receive(self) -> None:
        from portcullis.office.reception import receive

        with self.stage("Take in"):
            receipt = receive(self.home, self.batch.path, show=self._show)
        self.played.counts |= {
            "received": receipt["rows"],
            "quarantined": receipt["quarantined"],
        }

    def adjudicate(self, records: Path) -> int:
        """Adjudicate; the records are indexed only where a request can reach them."""
        from portcullis.office.adjudication import adjudicate
        from portcullis.office.indexing import index_records

        if self.played.name != scenarios.AS_FILED:
            with self.stage("Index the records", _rows(records)):
                info = index_records(self.home, records, show=self._show)
            self.played.index_digest = info.digest
        with self.stage("Screen, match, determine"):
            person = self.actor("irs-specialist", "specialist")
            result = adjudicate(self.home, self.batch.batch_id, person, show=self._show)
        wanted = ("returned", "refused", "referred", "no_disclosure", "eligible")
        self.played.counts |= {name: result.outcomes.get(name, 0) for name in wanted}
        self.played.counts |= {"looked_up": result.looked_up}
        self.played.stages += [
            (f"· {name}", seconds, self.batch.rows) for name, seconds in result.seconds.items()
        ]
        return result.looked_up

    def approve(self) -> None:
        """Record (i)(6), draw and examine the sample, and approve on the answer day."""
        from portcullis.office import approval

        batch_id = self.batch.batch_id
        with self.stage("Sample and approve", self.played.counts["eligible"]):
            official = self.actor("irs-impairment", "impairment-official")
            approval.record_impairment(self.home, batch_id, official, self._adverse())
            self.home.set_date(AS_OF + timedelta(days=self.home.pack.answers.answer_days))
            self.attest()
            sampler = self.actor("irs-sampler", "sampler")
            sample = approval.draw_sample(self.home, batch_id, sampler)
            ids = approval.eligible_rows(self.home, sample.list.batch)
            lawful = self._lawful()
            verdicts = {ids[row]: ids[row] in lawful for row in sample.rows}
            self.played.sample = len(sample.rows)
            approval.record_examination(self.home, batch_id, sampler, verdicts)
            approval.approve(self.home, batch_id, self.actor("irs-approver", "approver"))

    def release(self) -> None:
        from portcullis.office.release import release

        with self.stage("Seal and release", self.played.counts["eligible"]):
            person = self.actor("irs-transmitter", "transmitter")
            release(self.home, self.batch.batch_id, person, show=self._show)

    def re_examine(self, elsewhere: Path) -> None:
        """Import what the 2025 script disclosed; put the court's ruling in force; judge again."""
        from portcullis.office.histories import compare_history, import_history
        from portcullis.office.reading_changes import change
        from portcullis.office.reexamining import Asked, demands, reexamine

        counsel = self.actor("irs-counsel", "counsel")
        with self.stage("Import what was disclosed elsewhere"):
            history = import_history(
                self.home,
                counsel,
                elsewhere,
                HISTORY,
                ["address-on-its-face"],
                show=self._show,
            )
            compare_history(self.home, counsel, history.id, show=self._show)
        ruling = law.reading(RULING)
        self.home.set_date(ruling.decided_on or AS_OF)
        self.attest()
        asked = law.Change(RULING, in_force=True, effective_on=self.home.today())
        document = sha256_hex([ruling.holding.encode()])
        for person in ("irs-counsel", "irs-second-counsel"):
            change(self.home, self.actor(person, "counsel"), asked, ruling.docket, document)
        with self.stage("Judge the past again", history.taken + self.batch.rows):
            done = reexamine(self.home, counsel, Asked(named=[RULING]), show=self._show)
        _, seconds, _ = self.played.stages[-1]
        facts = facts_of(self.home, done, seconds)
        folder = self.home.path.parent / "re-examination"
        write_reexamination(folder, done, facts, demands(self.home, done))
        self.played.reexamined = {
            **_after_the_ruling(done, history.taken, history.quarantined),
            "seconds": facts["seconds"],
        }

    def verify(self) -> None:
        from portcullis import ledger
        from portcullis.office.files import find_batch
        from portcullis.office.listing import check_final_list, check_list
        from portcullis.office.public import FILE, read_public

        with self.stage("Verify"):
            batch = find_batch(self.batch.batch_id)
            check_list(self.home, batch)
            if batch.state == "answered":
                check_final_list(self.home, batch)
            public = read_public(self.home.path / FILE)
            found = ledger.verify_log(
                self.home.ledger,
                list(public.ledger),
                list(public.witnesses),
                public.k,
                trees=self.home.trees,
                show=self._show,
            )
        checkpoint = ledger.Log.open(self.home.ledger).checkpoint
        self.played.ledger = {
            "size": found.size,
            "root": found.root.hex() if found.root else "",
            "verified": found.ok,
            "checkpoint": checkpoint,
        }

    def conclude(self, looked_up: int) -> None:
        """Compare with the truth, and count what the report shows."""
        from portcullis.office import accounts

        outcomes = accounts.outcomes(self.home, self.batch.batch_id)
        compared = compare(self._truth, outcomes)
        ends = dict(outcomes.group_by("outcome").len().iter_rows())
        released, held = ends.get("released", 0), ends.get("held", 0)
        approved = self.played.counts["eligible"] if released or held else 0
        self.played.counts |= {
            "approved": approved,
            "held": held,
            "released": released,
            "unlawful_released": compared.unlawful_released,
            "looked_up": looked_up,
        }
        if self.played.reexamined:
            self.played.reexamined["released"] = released
        self.played.halted = accounts.halted(self.home, self.batch.batch_id)
        self.played.reasons = accounts.reasons(self.home, self.batch.batch_id).to_dicts()
        self._keep(compared)

    def _keep(self, compared: Comparison) -> None:
        self.played.confusion = compared.confusion.to_dicts()
        self.played.mismatches = compared.mismatches.height
        self.played.lawful_released_share = compared.lawful_released_share

    def _lawful(self) -> set[str]:
        """Return what the sampler finds lawful; what (i)(6) bars is another official's to see."""
        barred = pl.col("truth_class") == scenarios.IMPAIRMENT_ADVERSE
        return set(self._truth.filter(pl.col("lawful") | barred)["request_id"])

    def _adverse(self) -> list[str]:
        """Return whom the impairment official bars, of those that reached this far."""
        from portcullis.office import approval, files

        eligible = approval.eligible_rows(self.home, files.find_batch(self.batch.batch_id))
        barred = self._truth.filter(pl.col("truth_class") == scenarios.IMPAIRMENT_ADVERSE)
        return sorted(set(barred["request_id"]) & set(eligible.values()))


def _rows(records: Path) -> int:
    return int(pl.scan_parquet(records / "taxpayer.parquet").select(pl.len()).collect().item())


def _after_the_ruling(done: "Reexamined", imported: int, quarantined: int) -> dict[str, Any]:
    """Return what the report says of it: counts of disclosures made elsewhere, and of our own."""
    elsewhere = done.others.filter(source=HISTORY)
    found = oversight.by_element(elsewhere, CLOSES)
    grounds = found.sort("newly", "requests", "element", descending=[True, True, False]).to_dicts()
    counted = dict(done.judged.filter(source=HISTORY).select("verdict", "count").iter_rows())
    newly = {row["element"]: row["newly"] for row in grounds}
    own = done.others.filter(pl.col("source") != HISTORY)
    return {
        "reading": RULING,
        "imported": imported,
        "quarantined": quarantined,
        **{verdict.replace("-", "_"): counted.get(verdict, 0) for verdict in VERDICTS},
        "by_the_reading": newly.get(RULING, 0),
        "grounds": grounds,
        "own_closes": own.filter(pl.col("left"), verdict=CLOSES).height,
        "own_opens": own.filter(verdict=OPENS).height,
        "judged": int(done.judged["count"].sum()),
    }
