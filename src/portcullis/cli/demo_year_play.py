"""What is played of the scenario year, in a process and a home of its own.

January to December, a batch a month; officers state what became of their cases, and a custodian
certifies what is destroyed. In April an order closes the gate for a while; in June an incident is
suspected and its packages recalled; in September the recipient's safeguard report has expired, and
in November an officer owes a status: both batches are held. Once a quarter an inspector watches.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from portcullis import oversight, release
from portcullis.cli.demo_custody import certify_destroyed, state_cases
from portcullis.cli.demo_entries import Log, day_of, happened
from portcullis.cli.demo_facts import basis_of, ledger_of
from portcullis.cli.demo_meanwhile import open_package
from portcullis.cli.demo_order_play import COURT, DOCKET, document
from portcullis.cli.demo_player import Played, Player, new_home
from portcullis.cli.demo_refusals import Refusals
from portcullis.cli.demo_setting import Setting
from portcullis.oversight.incident_report import IncidentReport
from portcullis.oversight.incident_report import Place as Where
from portcullis.oversight.order_facts import Attempt
from portcullis.oversight.recall import DESTROYED, DISPOSED, FROZEN, Place
from portcullis.oversight.year_facts import (
    Counted,
    IncidentFacts,
    Month,
    Spell,
    Stopped,
    Watch,
    YearFacts,
)
from portcullis.progress import Show
from portcullis.scenarios import Batch
from portcullis.standing import Order, SafeguardStanding, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portcullis.office import Home
    from portcullis.office.models import Package

ORDER, INCIDENT, RECALL = "order-april", "incident-june", "recall-june"
APRIL, JUNE, SEPTEMBER, OCTOBER, NOVEMBER = 4, 6, 9, 10, 11
FILED, LIFTED, RELEASED = 15, date(2026, 5, 4), date(2026, 5, 5)
SUSPECTED, FROZEN_ON, DISPOSED_ON = date(2026, 6, 24), date(2026, 6, 26), date(2026, 7, 7)
RENEWED = date(2026, 9, 17)
ANSWERED_LATE = date(2026, 9, 24)
STATED = date(2026, 11, 13)
REPORTS = (
    (date(2025, 9, 15), date(2026, 8, 31)),
    (RENEWED, date(2027, 8, 31)),
)
"""The recipient's safeguard reports: the day each was approved on, and its last day."""
OPENED = 3
"""Packages of each batch that officers open."""
QUARTERS = (3, 6, 9, 12)


def play(
    batches: Sequence[Batch], records: Path, home: Path, setting: Setting, show: Show
) -> YearFacts:
    """Play the year and return what the report shows of it."""
    opened = new_home(home, batches[0].people.roster, batches[0].day)
    office = _Year(opened, [_Month(opened, each, Played(each.path.stem, home), show)
                            for each in batches])  # fmt: skip
    office.months[0].index(records)
    for month in office.months:
        office.play(month)
    with office.months[-1].stage("Check every list, and the ledger"):
        for month in office.months:
            month.check_lists()
        office.months[-1].verify()
    return office.facts(setting)


class _Month(Player):
    """Plays one month's batch. The recipient's safeguard reports have fixed days."""

    looked_up = 0

    def standing(self, day: date) -> SafeguardStanding:
        """Return the record with the report that was the newest on ``day``."""
        approved, expires = [each for each in REPORTS if each[0] <= day][-1]
        record = super().standing(day)
        return record.model_copy(update={"ssr_approved_on": approved, "ssr_expires_on": expires})

    def packages(self, count: int) -> "list[Package]":
        """Return the first packages of the batch that were delivered."""
        from portcullis.office.models import Package

        mine = Package.objects.filter(batch=self.batch.batch_id, state="delivered")
        return list(mine.order_by("concluded_id")[:count])


class _Year:
    """The office over the year: the months, and what happens between them."""

    def __init__(self, home: "Home", months: Sequence[_Month]) -> None:
        self.home = home
        self.months = months
        self.tried = Refusals()
        self.spells: list[Spell] = []
        self.watches: list[Watch] = []

    def play(self, month: _Month) -> None:
        """Play one month: its batch, and what else falls into it."""
        number = month.batch.day.month
        with self._stages_of(month):
            month.turn_to(month.batch.day)
            self._custody(month)
            month.receive()
            if number == SEPTEMBER:
                self._held_until_the_report_is_renewed(month)
            if number == NOVEMBER:
                self._held_until_the_status_is_stated(month)
            month.looked_up = month.adjudicate()
            if number == APRIL:
                self._an_order_stands(month)
            month.approve({APRIL: RELEASED, SEPTEMBER: ANSWERED_LATE}.get(number))
            month.release()
            for package in month.packages(OPENED):
                open_package(self.home, month.batch.people.keys, package)
            if number == JUNE:
                self._an_incident(month)
            if number in QUARTERS:
                self._watch(month)
            month.conclude(month.looked_up)

    @contextmanager
    def _stages_of(self, month: _Month) -> "Iterator[None]":
        """Show a month as one stage of the year's time."""
        with month.stage(f"{month.batch.day:%B}"):
            yield
        month.played.stages = [
            stage for stage in month.played.stages if stage[0] in (f"{month.batch.day:%B}", _INDEX)
        ]

    def _held_until_the_report_is_renewed(self, month: _Month) -> None:
        """Let the batch be held: the safeguard report has expired, nobody is looked up."""
        self._held(month, "The specialist adjudicates, the recipient’s safeguard report expired")
        lapsed = REPORTS[0][1] + timedelta(days=1)
        self.spells.append(
            Spell("Safeguard report expired", lapsed, RENEWED - timedelta(days=1), "lapse")
        )
        month.turn_to(RENEWED)

    def _custody(self, month: _Month) -> None:
        """Let officers state their cases; in autumn one is silent. Destruction is certified."""
        people = month.batch.people
        certify_destroyed(self.home, people)
        silent = month.batch.day.month in (OCTOBER, NOVEMBER)
        state_cases(self.home, people, silent=people.officers[:1] if silent else ())

    def _held_until_the_status_is_stated(self, month: _Month) -> None:
        """Let the batch be held: an officer it names owes the status of an earlier disclosure."""
        from portcullis.office import owed

        (owing_since,) = owed.owing(self.home).values()
        self._held(month, "The specialist adjudicates while an officer named owes a status")
        month.turn_to(STATED)
        state_cases(self.home, month.batch.people)
        since = owing_since + timedelta(days=1)
        self.spells.append(Spell("An officer owed a status", since, STATED, "lapse"))

    def _held(self, month: _Month, what: str) -> None:
        """Adjudicate what must be held, and keep the reasons for the report."""
        month.adjudicate()
        self.tried.attempts.append(Attempt(what, month.played.halted or ""))

    def _an_order_stands(self, month: _Month) -> None:
        """File an order before the answer day; openings are refused; two counsel lift it."""
        from portcullis.office import orders

        first, second = (month.actor(each) for each in ("irs-counsel", "irs-second-counsel"))
        filed = month.batch.day.replace(day=FILED)
        month.turn_to(filed)
        orders.place(self.home, first, Order(ORDER, DOCKET, COURT, filed, document(ORDER), Scope()))
        before = self.months[0]
        self.tried.openings(
            "An officer opens a package of January while the order stands",
            before,
            before.packages(OPENED),
        )
        month.turn_to(LIFTED)
        for counsel in (first, second):
            orders.lift(self.home, counsel, ORDER, DOCKET, document(f"{ORDER} lifted"))
        self.spells.append(Spell("Order of the court stood", filed, LIFTED, "order"))

    def _an_incident(self, month: _Month) -> None:
        """Suspect, report and tell within the term; recall what it reaches, to its closing."""
        from portcullis.office import incidents, recall_steps, recalls
        from portcullis.office.recall_cover import Ground, Named

        safeguards = month.actor("irs-safeguards")
        counsel = month.actor("irs-counsel")
        month.turn_to(SUSPECTED)
        now = self.home.now()
        incidents.suspect(self.home, safeguards, INCIDENT, now, "America/New_York")
        first = _report(now)
        incidents.report(self.home, safeguards, INCIDENT, first)
        for whom in ("office-of-safeguards", "tigta"):
            incidents.tell(
                *(self.home, safeguards, INCIDENT, whom),
                sent_at=self.home.now(),
                reference=f"{whom}-1",
            )
        reached = [package.id for package in month.packages(OPENED)]
        ground = Ground("incident", INCIDENT)
        asked = recalls.Asked(RECALL, ground, Named(packages=reached))
        recalls.open_recall(self.home, safeguards, asked)
        recall_steps.demanded(
            self.home, counsel, RECALL, lots=(), sent_on=SUSPECTED, document=document("demand")
        )
        self.tried.openings(
            "An officer opens a package that was recalled for the incident", month,
            month.packages(OPENED),
        )  # fmt: skip
        for day, stage, method in ((FROZEN_ON, FROZEN, ""), (DISPOSED_ON, DISPOSED, DESTROYED)):
            self.home.set_date(day)
            for lot in recalls.find(RECALL).lots.values():
                said = recall_steps.Attestation(
                    place=Place(lot.custodian, "workstation"), lots=[lot.id], stage=stage,
                    copies=lot.disclosures, derived_records=0, actions_taken=0, onward=(),
                    document=document(f"{lot.custodian} {stage}"), method=method,
                )  # fmt: skip
                recall_steps.attest(self.home, safeguards, RECALL, said)
        recall_steps.close(self.home, month.actor("irs-second-safeguards"), RECALL)
        known = {"contact_telephone": "extension 100", "occurred_at": first.discovered_at}
        whole = first.model_copy(update=known)
        incidents.report(self.home, safeguards, INCIDENT, whole)
        incidents.close(self.home, safeguards, INCIDENT)
        self.spells += [
            Spell("Incident, from suspicion to closing", SUSPECTED, DISPOSED_ON, "incident"),
            Spell("Recall of its packages", SUSPECTED, DISPOSED_ON, "recall"),
        ]

    def _watch(self, month: _Month) -> None:
        """Let the inspector watch, and say what alarms it raised."""
        from portcullis.office import watching

        watched = watching.watch(self.home, month.actor("tigta-inspector"))
        raised = [each for each in watching.facts_of(watched)["alarms"]
                  if each["alarm"] in watched.raised]  # fmt: skip
        told = tuple(f"{each['what']} ({each['code']})" for each in raised)
        self.watches.append(Watch(self.home.today(), told))

    def facts(self, setting: Setting) -> YearFacts:
        """Return what the report shows, counted from the ledger and from the files."""
        from portcullis.office import incidents, recalls

        log = Log.of(self.home)
        last = self.months[-1].played
        last.index_digest = self.months[0].played.index_digest
        found = incidents.find(INCIDENT)
        return YearFacts(
            year=self.months[0].batch.day.year,
            months=tuple(self._month(month, log) for month in self.months),
            spells=tuple(self.spells),
            stopped=tuple(self._stopped(log)),
            counted=tuple(self._counted(log)),
            incident=IncidentFacts(
                found.id,
                found.suspected_at,
                found.due_at,
                found.reports[0].at,
                tuple((_TOLD[each.to], each.sent_at) for each in found.told),
                found.closed_on or date.max,
            ),
            recall=recalls.find(RECALL),
            watches=tuple(self.watches),
            attempts=tuple(self.tried.attempts),
            chronicle=happened(log),
            openings_refused=log.count("opening-refused"),
            unlawful_released=sum(
                month.played.counts["unlawful_released"] for month in self.months
            ),
            ledger=ledger_of(last),
            stages=tuple(
                oversight.Stage(*stage) for month in self.months for stage in month.played.stages
            ),
            basis=basis_of(setting.scenario, setting.seed, setting.taxpayers, last),
        )

    def _month(self, month: _Month, log: Log) -> Month:
        from portcullis.office import retention

        counts, batch = month.played.counts, month.batch
        answered = next(
            day_of(each) for each in log.of_kind("answered") if each["batch"] == batch.batch_id
        )
        mine = self._of(month)
        kinds = [each["kind"] for each in log.entries if each.get("package") in mine]
        return Month(
            received_on=batch.day,
            answered_on=answered,
            kept_until=retention.due_day(self.home, answered),
            **{
                name: counts[name]
                for name in (
                    *("received", "quarantined", "returned", "refused", "referred"),
                    *("no_disclosure", "held", "released"),
                )
            },
            packages=kinds.count("delivered"),
            opened=kinds.count("opening-granted"),
        )

    def _stopped(self, log: Log) -> "Iterator[Stopped]":
        """Yield what of each batch was authorised and not sent, by reason, the most first."""
        for month in self.months:
            mine = self._of(month)
            stopped = (each for each in log.of_kind("not-sent") if each["package"] in mine)
            for reason, packages in Counter(each["reason"] for each in stopped).most_common():
                yield Stopped(month.batch.day, reason, packages)

    @staticmethod
    def _of(month: _Month) -> set[str]:
        """Return the ids of the packages of a month's batch."""
        from portcullis.office.models import Package

        return set(Package.objects.filter(batch=month.batch.batch_id).values_list("id", flat=True))

    def _counted(self, log: Log) -> list[Counted]:
        """Count every figure that both sides have, from each side alone."""
        from portcullis.office import owed
        from portcullis.office.models import Opening, Package, Placed

        received = list(log.of_kind("batch-received"))
        answers = self._answers()
        left = Package.objects.filter(id__in=[each["package"] for each in log.of_kind("delivered")])
        return [
            Counted("Batches received", len(received), len(self.months)),
            Counted("Rows received", sum(each["rows"] for each in received), answers.height),
            Counted(
                "Rows quarantined",
                sum(each["quarantined"] for each in received),
                answers["request_id"].len() - self._taken(),
            ),
            Counted("Batches answered", log.count("answered"), answers["batch"].n_unique()),
            Counted("Packages delivered", log.count("delivered"), self._published()),
            Counted(
                "Requests answered with an address",
                left.values("batch", "row").distinct().count(),
                answers.filter(answer=release.DISCLOSED).height,
            ),
            Counted("Openings granted", log.count("opening-granted"), Opening.objects.count()),
            Counted(
                "Packages certified as destroyed",
                sum(len(each["packages"]) for each in log.of_kind("certificate")),
                sum(one.gone for one in owed.disclosures().values()),
            ),
            Counted("Orders filed", log.count("order-filed"), Placed.objects.count()),
            Counted(
                "Orders lifted",
                log.count("order-lifted"),
                Placed.objects.filter(standing=False).count(),
            ),
        ]

    def _answers(self) -> pl.DataFrame:
        """Return ``batch, request_id, answer`` of every answer given, from the signed files."""
        from portcullis.office.files import ANSWERS
        from portcullis.office.public import FILE, read_public

        holder = read_public(self.home.path / FILE).holder
        return pl.concat(
            release.read_answers(self.home.outgoing / each.batch.batch_id / ANSWERS, holder).select(
                pl.lit(each.batch.batch_id).alias("batch"), "request_id", "answer"
            )
            for each in self.months
        )

    def _taken(self) -> int:
        """Count the requests in the batches' files, without the rows that were quarantined."""
        from portcullis.office.files import REQUESTS, find_batch, read_step

        batches = (find_batch(month.batch.batch_id) for month in self.months)
        return sum(read_step(self.home, each, REQUESTS, ["row"]).height for each in batches)

    def _published(self) -> int:
        """Count the packages that lie where the recipient fetches them."""
        return sum(1 for _ in self.home.outgoing.glob("*/packages/*.json"))


_INDEX = "Index the records"
_TOLD = {"office-of-safeguards": "IRS Office of Safeguards", "tigta": "TIGTA"}


def _report(now: datetime) -> IncidentReport:
    """Return a first report, with what is known within the term; a further one tells the rest."""
    return IncidentReport(
        agency="Immigration and Customs Enforcement",
        contact_name="Duty officer, specimen",
        contact_telephone="not yet known",
        contact_email="duty.officer@agency.example",
        occurred_at="not yet known",
        discovered_at=now.astimezone(UTC).isoformat(),
        how_discovered="A workstation was found unlocked and unattended.",
        description="Sealed answers had been opened on a workstation that was left unattended.",
        data_elements="last known address",
        records_from=OPENED,
        records_to=OPENED,
        it_involved="workstation",
        address=Where(line1="1 Specimen Plaza", city="Springfield", state="VA", zip="00000"),
    )
