"""What is played of the scenario court-order, in a process and a home of its own."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from portcullis import law, oversight
from portcullis.canonical import sha256_hex
from portcullis.cli.demo_entries import Log, course_of, happened
from portcullis.cli.demo_facts import basis_of, ledger_of, ruling_of
from portcullis.cli.demo_meanwhile import Filing, meanwhile
from portcullis.cli.demo_play import HISTORY, after_the_ruling, import_elsewhere
from portcullis.cli.demo_player import Played, Player, new_home
from portcullis.cli.demo_refusals import Refusals
from portcullis.cli.demo_setting import Setting
from portcullis.oversight.order_facts import Ends, HoldPlaced, OrderFiled
from portcullis.oversight.recall import Place
from portcullis.progress import Show
from portcullis.scenarios import AS_OF, SIGNATORY, Batch
from portcullis.standing import AGENCY, Hold, Order, Scope, attest

if TYPE_CHECKING:
    from portcullis.office import Home
    from portcullis.office.models import History, Package
    from portcullis.office.people import Actor
    from portcullis.oversight.recall import Recall

COURT, DOCKET = "specimen", "0:00-cv-00001"
COUNSEL = "irs-counsel"
ORDER, HOLD, RECALL = "order-1", "hold-1", "recall-1"
RULING = "agency-is-the-component"
RULED_ON = date(2025, 12, 5)
FROZEN_ON, SEQUESTERED_ON, CLEARED_ON = date(2025, 12, 9), date(2025, 12, 22), date(2026, 2, 20)

TRIED = 20
"""Packages of which an opening is tried while the order stands."""
TRIED_AFTER = 3
"""Packages of which an opening is tried once the order is lifted, and they are recalled."""
VAULTS = 4
"""Field offices with whom the officers' packages lie: the custodians who attest."""


def play(  # noqa: PLR0917 - what one process is told
    batch: Batch, records: Path, home: Path, elsewhere: Path, setting: Setting, show: Show
) -> oversight.OrderFacts:
    """Play ``batch`` to the closing of the recall, and return what the report shows of it.

    ``elsewhere``: the file of what the script of 2025 disclosed.
    """
    opened = new_home(home, batch.people.roster, AS_OF)
    player = _OrderPlayer(opened, batch, Played("court-order", home), show)
    player.attest()
    player.receive()
    player.index(records)
    player.history = import_elsewhere(player, elsewhere)
    looked_up = player.adjudicate()
    player.approve()
    player.release_until_the_order()
    player.try_openings()
    player.rule()
    player.recall()
    player.verify()
    player.conclude(looked_up)
    return player.facts(setting)


def document(name: str) -> str:
    """Return the digest of a document of the scenario, which has no other content."""
    return sha256_hex([f"portcullis scenario: {name}".encode()])


class _OrderPlayer(Player):
    """Plays the batch, and the people whom an order, a ruling and a recall concern."""

    waited = 0.0
    asked_after = 0
    history: "History"
    sequestered: "Recall"
    closed: "Recall"

    def __init__(self, home: "Home", batch: Batch, played: Played, show: Show) -> None:
        super().__init__(home, batch, played, show)
        self.tried = Refusals()

    def release_until_the_order(self) -> None:
        """Release; in the middle, in another process, counsel files the order."""
        order = Order(ORDER, DOCKET, COURT, self.home.today(), document("order"), Scope())
        people = self.batch.people
        filing = Filing(self.home.path, COUNSEL, people.keys / f"{COUNSEL}.pem", order)
        self.asked_after = max(1, self.played.counts["eligible"] // 2)
        with meanwhile(filing, self.asked_after) as beside:
            self.release(beside.heard)
            beside.end()
        self.waited = beside.waited

    def try_openings(self) -> None:
        """Let officers ask for what had left, the next day, while the order stands."""
        self.turn_to(self.home.today() + timedelta(days=1))
        with self.stage("Frozen under the order; openings tried", TRIED):
            self._freeze()
            self.tried.openings(
                "An officer opens a package delivered before the order", self, self._some(TRIED)
            )

    def rule(self) -> None:
        """Put the ruling in force, preserve, judge again, recall at once; then lift the order."""
        from portcullis.office import notices, recall_steps, recalls
        from portcullis.office.reading_changes import change
        from portcullis.office.recall_cover import Ground
        from portcullis.office.reexamining import Asked, reexamine

        self.turn_to(RULED_ON)
        first, second = (self.actor(each) for each in (COUNSEL, "irs-second-counsel"))
        safeguards = self.actor("irs-safeguards")
        scope = Scope(batches=(self.batch.batch_id, HISTORY))
        hold = Hold(HOLD, DOCKET, COURT, RULED_ON, document("preservation"), scope)
        notices.file(self.home, first, hold)
        asked = law.Change(RULING, in_force=True, effective_on=RULED_ON)
        for person in (first, second):
            change(self.home, person, asked, DOCKET, document("ruling"))
        with self.stage("Judge the past again"):
            found = reexamine(self.home, first, Asked(), show=self.show)
        _, seconds, _ = self.played.stages[-1]
        self.played.reexamined = after_the_ruling(found, RULING, self.history, seconds)
        with self.stage("Recall, and lift the order", 1):
            ground = Ground("reexamination", str(found.number))
            recalls.open_recall(self.home, safeguards, recalls.Asked(RECALL, ground))
            recall_steps.demanded(
                self.home, first, RECALL, lots=(), sent_on=RULED_ON, document=document("demand")
            )
            self._write_demands(first)
            lifted = document("order lifted")
            notices.lift(self.home, first, ORDER, DOCKET, lifted)
            self.tried.refused(
                "The counsel who approved the lifting approves it a second time",
                lambda: notices.lift(self.home, first, ORDER, DOCKET, lifted),
            )
            notices.lift(self.home, second, ORDER, DOCKET, lifted)
        self.tried.openings(
            "An officer opens a recalled package, the order lifted", self, self._some(TRIED_AFTER)
        )

    def recall(self) -> None:
        """Freeze and sequester under the hold; dispose once counsel has cleared it; close."""
        from portcullis.office import recall_steps, recalls
        from portcullis.oversight.recall import DESTROYED, DISPOSED, FROZEN, SEQUESTERED

        second = self.actor("irs-second-safeguards")
        with self.stage("Recall to closure", 1):
            self.home.set_date(FROZEN_ON)
            self._attest(FROZEN)
            self.home.set_date(SEQUESTERED_ON)
            self._attest(SEQUESTERED)
            self.sequestered = recalls.find(RECALL)
            self.tried.refused(
                "A custodian attests destruction while the preservation hold stands",
                lambda: self._attest(DISPOSED, DESTROYED),
            )
            self.tried.refused(
                "Safeguards closes the recall while nothing is disposed of",
                lambda: recall_steps.close(self.home, second, RECALL),
            )
            self.home.set_date(CLEARED_ON)
            self._clear()
            self._attest(DISPOSED, DESTROYED)
            self.closed = recall_steps.close(self.home, second, RECALL)

    def facts(self, setting: Setting) -> oversight.OrderFacts:
        """Return what the report shows, the course of the release read back from the ledger."""
        log = Log.of(self.home)
        counts = self.played.counts
        return oversight.OrderFacts(
            ends=Ends(
                **{
                    name: counts[name]
                    for name in (
                        *("received", "quarantined", "returned", "refused", "referred"),
                        *("no_disclosure", "held", "released"),
                    )
                }
            ),
            authorised=log.count("release-authorised"),
            officers=len({lot.custodian for lot in self.closed.lots.values() if lot.custodian}),
            course=course_of(log),
            order=OrderFiled(
                *(ORDER, COURT, DOCKET),
                *(log.day("order-filed"), log.day("order-lifted")),
                *(self.asked_after, self.waited),
            ),
            ruling=ruling_of(self.played, DOCKET, RULED_ON),
            hold=HoldPlaced(HOLD, DOCKET, RULED_ON, CLEARED_ON),
            sequestered=self.sequestered,
            recall=self.closed,
            attempts=tuple(self.tried.attempts),
            chronicle=happened(log),
            unlawful_released=counts["unlawful_released"],
            ledger=ledger_of(self.played),
            stages=tuple(
                oversight.Stage(*stage)
                for stage in self.played.stages
                if not stage[0].startswith("·")
            ),
            basis=basis_of(setting.scenario, setting.seed, setting.taxpayers, self.played),
        )

    def _some(self, count: int) -> "list[Package]":
        """Return ``count`` of the packages delivered, spread over them all."""
        from portcullis.office.models import Package

        delivered = list(Package.objects.filter(state="delivered").order_by("concluded_id"))
        return delivered[:: max(1, len(delivered) // count)][:count]

    def _write_demands(self, counsel: "Actor") -> None:
        """Write the drafts of the demands, as counsel would settle and send them."""
        from portcullis.office import recall_demands

        folder = self.home.path.parent / "recall"
        folder.mkdir(exist_ok=True)
        drafts = recall_demands.drafts(self.home, counsel, RECALL).values()
        for number, draft in enumerate(drafts, start=1):
            (folder / f"recall-demand-{number}.md").write_text(draft, encoding="utf-8")

    def _freeze(self) -> None:
        """Tell the recipient what the order freezes; every custodian attests, by their own key."""
        from portcullis.office import notices
        from portcullis.office.public import FILE, read_public

        safeguards = self.actor("irs-safeguards")
        notice = notices.issue(self.home, safeguards, ORDER).read_text()
        holder = read_public(self.home.path / FILE).holder
        for custodian in notices.tracked(self.home, ORDER).outstanding:
            by = SIGNATORY if custodian == AGENCY else custodian
            key, now = self.batch.people.key(by), self.home.now()
            signed = attest(notice, holder, by, key, custodian=custodian, at=now)
            notices.attested(self.home, safeguards, signed)

    def _clear(self) -> None:
        """Let counsel clear the destruction of what the recall covers, under the hold."""
        from portcullis.office import clearances, recalls

        counsel = self.actor(COUNSEL)
        packages = list(recalls.chunks(recalls.find(RECALL).packages))
        for part, histories in [*((part, ()) for part in packages), ((), (HISTORY,))]:
            cleared = clearances.Clearance(HOLD, DOCKET, document("clearance"), part, histories)
            clearances.clear(self.home, counsel, cleared)

    def _attest(self, stage: str, method: str = "") -> None:
        """Let the custodian of each place attest a stage of what lies there; onward places too."""
        from portcullis.office import recalls

        found = recalls.find(RECALL)
        places = _places(found)
        for number, (place, lots) in enumerate(places.items()):
            self._attest_of(place, lots, stage, method, onward=(ONWARD,) if number == 0 else ())
        for place, standing in recalls.find(RECALL).places.items():
            if place not in places:
                self._attest_of(place, sorted(standing.lots), stage, method)

    def _attest_of(
        self,
        place: Place,
        lots: Sequence[str],
        stage: str,
        method: str,
        *,
        onward: Sequence[Place] = (),
    ) -> None:
        from portcullis.office import recall_steps

        said = recall_steps.Attestation(
            place=place,
            lots=lots,
            stage=stage,
            copies=len(lots),
            derived_records=len(onward),
            actions_taken=0,
            document=document(f"{place.custodian} {place.place} {stage}"),
            onward=onward,
            method=method,
        )
        recall_steps.attest(self.home, self.actor("irs-safeguards"), RECALL, said)


ONWARD = Place("hsi-task-force", "laptop-7")
"""To whom one field office had passed something on: a place that must attest itself."""


def _places(found: "Recall") -> dict[Place, list[str]]:
    """Return where each lot lies: an officer's with a field office, the rest at the agency."""
    places: dict[Place, list[str]] = {}
    for number, lot in enumerate(found.lots.values()):
        office = f"hsi-field-office-{number % VAULTS + 1}"
        ours = Place(office, "evidence-vault") if lot.custodian else AGENCY_PLACE
        places.setdefault(ours, []).append(lot.id)
    return places


AGENCY_PLACE = Place("ice-headquarters", "case-system")
