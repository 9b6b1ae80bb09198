"""The people of a scenario at work on one batch, from the transmittal to what became of it.

Here, and nowhere else, several people's keys lie together and the scenario's truth is read: the
truth plays the people who judge (the impairment official, the sampler) and the comparison after.
"""

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from portcullis import scenarios
from portcullis.agreements import builtin_pack, who_may
from portcullis.progress import Show, step
from portcullis.scenarios import Batch, Comparison, compare
from portcullis.standing import Access, Current, SafeguardStanding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from portcullis.office import Home
    from portcullis.office.people import Actor

RECIPIENT = "ICE"


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


def new_home(path: Path, roster: Path, day: "date") -> "Home":
    """Make and open a demonstration's home at ``path``, for the built-in agreement, on ``day``."""
    from portcullis.office import begin, make, open_office

    return open_office(begin(make(path, builtin_pack(), roster, demo=True, day=day)))


class Player:
    """Plays every person who has to do with one batch in a home, each with their own key."""

    def __init__(self, home: "Home", batch: Batch, played: Played, show: Show) -> None:
        self.home = home
        self.batch = batch
        self.played = played
        self.show = show
        self._truth = pl.read_parquet(batch.truth)

    def actor(self, person: str) -> "Actor":
        """Return a person of the scenario in office, with the key in hand; each act asks again."""
        from portcullis.office.people import identify

        return identify(self.home, person, self.batch.people.key(person), "holder-sign-in")

    @contextmanager
    def stage(self, name: str, rows: int = 0) -> "Iterator[None]":
        """Show a stage, and note its seconds and rows (else all of the batch)."""
        began = time.perf_counter()
        with step(self.show, name):
            yield
        self.played.stages.append((name, time.perf_counter() - began, rows or self.batch.rows))

    def attest(self) -> None:
        """Let the recipient attest to its safeguards on the home's day."""
        from portcullis.office.safeguards import record_safeguards

        safeguards = self.actor("irs-safeguards")
        record_safeguards(self.home, safeguards, self.standing(self.home.today()))

    def standing(self, day: "date") -> SafeguardStanding:
        """Return what is known of the recipient's safeguards on ``day``, attested that day."""
        return SafeguardStanding(
            recipient=RECIPIENT,
            ssr_approved_on=day - timedelta(days=120),
            ssr_expires_on=day + timedelta(days=200),
            attested_on=day,
            findings=(),
            duties=(),
            contractors=(),
            access=self._access(day),
        )

    def _access(self, day: "date") -> tuple[Access, ...]:
        """Return the access records of every officer on the roster: all are current."""
        current = Current(on=day - timedelta(days=60), expires_on=day + timedelta(days=200))
        return tuple(
            Access(officer=officer.id, training=current, certification=current, background=current)
            for officer in who_may(self.home.roster, "open", day)
        )

    def turn_to(self, day: "date") -> None:
        """Turn the home's date to ``day``; the recipient's safeguards are attested anew."""
        self.home.set_date(day)
        self.attest()

    def receive(self) -> None:
        """Take in the batch's transmittal."""
        from portcullis.office.reception import receive

        with self.stage("Take in"):
            receipt = receive(self.home, self.batch.path, show=self.show)
        self.played.counts |= {
            "received": receipt["rows"],
            "quarantined": receipt["quarantined"],
        }

    def index(self, records: Path) -> None:
        """Index the holder's records."""
        from portcullis.office.indexing import index_records

        with self.stage("Index the records", _rows(records)):
            info = index_records(self.home, records, show=self.show)
        self.played.index_digest = info.digest

    def adjudicate(self) -> int:
        """Screen, match and determine; return how many requests were looked up.

        Where the batch is held instead, ``played.halted`` says why.
        """
        from portcullis.office.adjudication import adjudicate

        with self.stage("Screen, match, determine"):
            person = self.actor("irs-specialist")
            result = adjudicate(self.home, self.batch.batch_id, person, show=self.show)
        wanted = ("returned", "refused", "referred", "no_disclosure", "eligible")
        self.played.counts |= {name: result.outcomes.get(name, 0) for name in wanted}
        self.played.counts |= {"looked_up": result.looked_up}
        self.played.halted = " ".join(result.held) or None
        self.played.stages += [
            (f"· {name}", seconds, self.batch.rows) for name, seconds in result.seconds.items()
        ]
        return result.looked_up

    def approve(self, on: "date | None" = None) -> None:
        """Record (i)(6), draw and examine the sample, and approve, ``on`` or on the answer day."""
        from portcullis.office import approval

        batch_id = self.batch.batch_id
        with self.stage("Sample and approve", self.played.counts["eligible"]):
            official = self.actor("irs-impairment")
            approval.record_impairment(self.home, batch_id, official, self._adverse())
            answer_day = self.batch.day + timedelta(days=self.home.pack.answers.answer_days)
            self.turn_to(on or answer_day)
            sampler = self.actor("irs-sampler")
            sample = approval.draw_sample(self.home, batch_id, sampler)
            ids = approval.eligible_rows(self.home, sample.list.batch)
            lawful = self._lawful()
            verdicts = {ids[row]: ids[row] in lawful for row in sample.rows}
            self.played.sample = len(sample.rows)
            approval.record_examination(self.home, batch_id, sampler, verdicts)
            approval.approve(self.home, batch_id, self.actor("irs-approver"))

    def release(self, announce: Callable[[str], None] = lambda _step: None) -> None:
        """Release the approved list; ``announce`` is told each durable step before it."""
        from portcullis.office.release import release

        with self.stage("Seal and release", self.played.counts["eligible"]):
            person = self.actor("irs-transmitter")
            release(self.home, self.batch.batch_id, person, announce, show=self.show)

    def check_lists(self) -> None:
        """Make the batch's lists again from its files. Raises Refused where one differs."""
        from portcullis.office.files import find_batch
        from portcullis.office.listing import check_final_list, check_list

        batch = find_batch(self.batch.batch_id)
        check_list(self.home, batch)
        if batch.state == "answered":
            check_final_list(self.home, batch)

    def verify(self) -> None:
        """Check the batch's lists, and the whole ledger from its files."""
        from portcullis import ledger
        from portcullis.office.public import FILE, read_public

        with self.stage("Verify"):
            self.check_lists()
            public = read_public(self.home.path / FILE)
            found = ledger.verify_log(
                self.home.ledger,
                list(public.ledger),
                list(public.witnesses),
                public.k,
                trees=self.home.trees,
                show=self.show,
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
