"""R14, R15 and R17, and what was looked up: the workflows no single request can show."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
import pytest

from portcullis import agreements, tables
from portcullis.determination import commitment, nonces_of
from portcullis.determination.leaves import one_answer_text
from portcullis.errors import Refused
from portcullis.office import Home, make, start
from portcullis.release import public_answer
from portcullis.standing import Acceptance, SafeguardFinding, SafeguardStanding
from tests.office import acts, causes, checks
from tests.office import world as worlds
from tests.office.homes import switch

NOVEMBER = date(2023, 11, 15)


# R14: the recipient's safeguards come first.


def record(world: worlds.World, standing: SafeguardStanding) -> None:
    from portcullis.office.safeguards import record_safeguards

    record_safeguards(world.home(), acts.hands(world, "safeguards"), standing)


def good(world: worlds.World, *findings: SafeguardFinding) -> SafeguardStanding:
    day = world.home().today()
    return worlds.safeguards(day).model_copy(update={"findings": findings})


def accept(
    world: worlds.World, finding: str, expires: date = date(2025, 12, 31), by: str = "safeguards"
):
    from portcullis.office.safeguards import accept_finding

    person = acts.hands(world, by)
    return accept_finding(world.home(), person, finding, "the plan is agreed", expires)


def looked_up_nothing(world: worlds.World) -> None:
    from portcullis.office import files

    folder = world.home().batch(worlds.BATCH)
    assert not checks.of_kind(world.home(), "looked-up")
    assert not checks.of_kind(world.home(), "determination-list")
    for name in (files.FINDINGS, files.LOOKUPS, files.MATCHES, files.DETERMINATIONS):
        assert not (folder / name).exists()


def test_r14_without_a_safeguard_record_nothing_is_looked_up(stage) -> None:
    world = stage("new")
    fresh = worlds.World(world.folder / "unsafe")
    fresh.folder.mkdir()
    for name in ("requester", "keys", "records", "people.json"):
        (fresh.folder / name).symlink_to(world.folder / name)
    switch(fresh.home_path)
    # The home has no index either: whoever tried to look anything up would fail.
    start(
        make(
            fresh.home_path,
            agreements.builtin_pack(),
            fresh.folder / "people.json",
            demo=True,
            day=worlds.BATCH_DAY,
        )
    )
    acts.receive(fresh)
    held = acts.adjudicate(fresh)
    assert held.held[0].startswith("no-safeguard-record")
    assert (acts.state(fresh), held.looked_up) == ("held", 0)
    looked_up_nothing(fresh)
    ((_, entry),) = checks.of_kind(fresh.home(), "held")
    assert entry["reasons"] == ["no-safeguard-record"]
    worlds.attest(fresh, worlds.BATCH_DAY)
    from portcullis.office.indexing import index_records

    index_records(fresh.home(), fresh.folder / "records")
    assert acts.adjudicate(fresh).outcomes["eligible"] == 6
    assert acts.state(fresh) == "determined"
    checks.ledger_verifies(fresh.home())


def test_r14_open_findings_of_november_2023_hold_the_batch(stage) -> None:
    world = stage("received")
    opened = SafeguardFinding(id="2023-11-01", severity="significant", status="open")
    record(world, good(world, opened))
    held = acts.adjudicate(world)
    codes = {reason.partition(":")[0] for reason in held.held}
    assert codes == {"finding-open", "no-corrective-plan"}
    looked_up_nothing(world)
    # A plan alone mends nothing; a critical finding cannot be accepted; an acceptance runs out.
    planned = opened.model_copy(
        update={
            "corrective_plan_on": NOVEMBER,
            "corrective_plan_due_on": date(2025, 12, 31),
        }
    )
    for finding in (
        planned,
        planned.model_copy(update={"corrective_plan_due_on": date(2025, 6, 26)}),
        planned.model_copy(update={"severity": "critical"}),
    ):
        record(world, good(world, finding))
        assert acts.adjudicate(world).held
        looked_up_nothing(world)
    with pytest.raises(Refused, match="critical"):
        accept(world, "2023-11-01")
    with pytest.raises(Refused, match="lacks finding 2023-11-01"):
        record(world, good(world))
    closed = planned.model_copy(update={"status": "closed", "closed_on": date(2025, 6, 1)})
    record(world, good(world, closed))
    assert not acts.adjudicate(world).held
    assert len(checks.of_kind(world.home(), "determination-list")) == 1
    assert len(checks.of_kind(world.home(), "held")) == 4


PLANNED = SafeguardFinding(
    id="2023-11-01",
    severity="significant",
    status="open",
    corrective_plan_on=NOVEMBER,
    corrective_plan_due_on=date(2025, 12, 31),
)


def test_r14_a_finding_is_accepted_by_an_act_and_by_nothing_a_file_says(stage) -> None:
    world = stage("received")
    said = Acceptance(by="safeguards", reason="they say so", expires_on=date(2026, 1, 1))
    of_itself = PLANNED.model_copy(update={"status": "accepted", "acceptance": said})
    with pytest.raises(Refused, match="Accepting is an act"):
        record(world, good(world, of_itself))
    record(world, good(world, PLANNED))
    assert acts.adjudicate(world).held
    acts.denied(
        world,
        "finding-accepted",
        "counsel",
        "role",
        lambda: accept(world, "2023-11-01", by="counsel"),
    )
    with pytest.raises(Refused, match="no one finding"):
        accept(world, "2023-11-02")
    with pytest.raises(Refused, match="at the latest"):
        accept(world, "2023-11-01", date(2027, 1, 1))
    assert accept(world, "2023-11-01", date(2025, 7, 6)).met
    assert not acts.adjudicate(world).held
    ((_, entry),) = checks.of_kind(world.home(), "finding-accepted")
    assert (entry["by"], entry["finding"]) == ("safeguards", "2023-11-01")
    assert entry["expires_on"] == "2025-07-06"
    assert "agreed" not in str(checks.entries(world.home()))
    from portcullis.office.safeguards import in_force

    (finding,) = in_force().findings
    assert (finding.acceptance.by, finding.status) == ("safeguards", "accepted")
    # The next record says what it always said; the acceptance goes on, and ends on its day.
    world.home().set_date(date(2025, 7, 6))
    record(world, good(world, PLANNED))
    from portcullis.office.safeguards import standing_today

    assert standing_today(world.home()).met
    world.home().set_date(date(2025, 7, 7))
    record(world, good(world, PLANNED))
    assert [one.partition(":")[0] for one in standing_today(world.home()).reasons] == [
        "acceptance-expired"
    ]


def test_no_package_goes_to_an_officer_whose_training_has_run_out(stage) -> None:
    world = stage("sealed")
    day = world.home().today()
    good_on = good(world)
    trained, other = good_on.access
    lapsed = trained.model_copy(
        update={"training": trained.training.model_copy(update={"expires_on": day - timedelta(1)})}
    )
    record(world, good_on.model_copy(update={"access": (lapsed, other)}))
    assert acts.release(world).delivered == 3
    assert {(entry["reason"]) for _, entry in checks.of_kind(world.home(), "not-sent")} == {
        "training-not-current"
    }
    record(world, good_on.model_copy(update={"access": (trained,)}))
    with pytest.raises(Refused, match="training, certification"):
        acts.token(world, acts.package_of(world, "REQ-00002"))


def test_a_record_dated_ahead_is_not_recorded(stage) -> None:
    world = stage("received")
    tomorrow = world.home().today() + timedelta(days=1)
    with pytest.raises(Refused, match="attested_on"):
        record(world, worlds.safeguards(tomorrow).model_copy(update={"access": ()}))


def test_the_record_of_another_recipient_is_not_recorded_and_opens_nothing(stage) -> None:
    world = stage("received")
    from portcullis.office import models, safeguards

    before = checks.entries(world.home())
    for name in ("CBP", "Somebody 900-00-0001", "ice", ""):
        with pytest.raises(Refused, match="not the requester"):
            record(world, good(world).model_copy(update={"recipient": name}))
    assert checks.entries(world.home()) == before
    record(world, good(world).model_copy(update={"recipient": "DHS"}))
    assert safeguards.standing_today(world.home()).met
    # One that an older version put in force holds everything too.
    newest = models.SafeguardRecord.objects.order_by("-id").first()
    models.SafeguardRecord.objects.filter(id=newest.id).update(
        record={**newest.record, "recipient": "CBP"}
    )
    safeguards._read.cache_clear()
    assert acts.adjudicate(world).held[0].startswith("another-recipient")
    looked_up_nothing(world)


def test_r14_findings_reopened_before_the_release_stop_it(stage) -> None:
    world = stage("approved")
    opened = SafeguardFinding(id="2025-07-01", severity="limited", status="open")
    record(world, good(world, opened))
    with pytest.raises(Refused, match="may not receive"):
        acts.release(world)
    assert not checks.of_kind(world.home(), "release-authorised")


def test_r14_findings_reopened_during_the_release_stop_the_rest(stage) -> None:
    world = stage("sealed")
    record(world, good(world, SafeguardFinding(id="2025-07-01", severity="limited", status="open")))
    assert acts.release(world).not_sent == 6
    assert {entry["reason"] for _, entry in checks.of_kind(world.home(), "not-sent")} == {
        "no-corrective-plan"
    }
    assert not checks.published(world.home(), worlds.BATCH)


# R15: what should not have left is called back in time, not after five months.


def recall(world: worlds.World, *packages, cause: str = "unlawful-disclosure"):
    from portcullis.office.recalls import recall as run

    person = acts.hands(world, "safeguards")
    return run(world.home(), person, [package.id for package in packages], cause)


@pytest.mark.both_databases
def test_r15_a_recall_closes_the_package_at_once_and_is_due_by_a_day(stage) -> None:
    world = stage("released")
    wrong, right = acts.package_of(world, "REQ-00001"), acts.package_of(world, "REQ-00002")
    assert acts.token(world, wrong)
    (recalled,) = recall(world, wrong)
    with pytest.raises(Refused, match="recalled"):
        acts.token(world, wrong)
    assert acts.token(world, right)
    due = worlds.ANSWER_DAY + timedelta(days=30)
    assert recalled.due_on == due
    ((_, entry),) = checks.of_kind(world.home(), "recall")
    assert (entry["packages"], entry["cause"]) == ([wrong.id], "unlawful-disclosure")
    assert entry["due_on"] == due.isoformat()
    assert entry["by"] == "safeguards"
    checks.ledger_verifies(world.home())


def test_r15_recalled_again_the_first_due_day_stands(stage) -> None:
    world = stage("released")
    wrong, other = acts.package_of(world, "REQ-00001"), acts.package_of(world, "REQ-00002")
    recall(world, wrong)
    worlds.attest(world, worlds.ANSWER_DAY + timedelta(days=5))
    first, second = sorted(recall(world, wrong, other), key=lambda one: one.due_on)
    assert first.package_id == wrong.id
    assert first.due_on == worlds.ANSWER_DAY + timedelta(days=30)
    assert second.due_on == worlds.ANSWER_DAY + timedelta(days=35)
    on_ledger = {
        package: entry["due_on"]
        for _, entry in reversed(checks.of_kind(world.home(), "recall"))
        for package in entry["packages"]
    }
    assert on_ledger[wrong.id] == first.due_on.isoformat()
    listed = [entry["packages"] for _, entry in checks.of_kind(world.home(), "recall")]
    assert listed == [[wrong.id], [other.id]]


def test_r15_only_what_was_delivered_is_recalled_and_for_a_known_cause(stage) -> None:
    world = stage("sealed")
    package = acts.package_of(world, "REQ-00001")
    with pytest.raises(Refused, match="delivered"):
        recall(world, package)
    with pytest.raises(Refused, match="no cause"):
        recall(world, package, cause="regret")
    assert not checks.of_kind(world.home(), "recall")


# R17: every number reconciles with the ledger, and an altered table is found.


def rebuilt_answers(world: worlds.World) -> None:
    """Assert that the final list on the ledger commits to the very answers that were published."""
    from portcullis.office import files
    from portcullis.office.nonces import read_nonces

    home = world.home()
    batch = files.find_batch(worlds.BATCH)
    nonces = read_nonces(home, batch, 2)
    answers = acts.answered(world)
    requests = files.read_step(home, batch, files.REQUESTS, ["row", "request_id"])
    leaves = acts.leaves(world, 2)
    assert len(leaves) == requests.height
    for row, request_id in requests.iter_rows():
        nonce, _ = nonces_of(nonces, row)
        text = one_answer_text(request_id, answers[request_id])
        assert leaves[row]["answer"] == commitment(nonce, text)


@pytest.fixture(scope="module")
def causes_walked(tmp_path_factory: pytest.TempPathFactory) -> worlds.World:
    world = causes.build(tmp_path_factory.mktemp("reconcile") / "world")
    switch(world.home_path)
    worlds.make_home(world)
    acts.receive(world)
    acts.adjudicate(world)
    worlds.approve(world, world.home())
    acts.release(world)
    return world


def test_r17_the_numbers_reconcile(causes_walked: worlds.World) -> None:
    world = causes_walked
    switch(world.home_path)
    from portcullis.office import accounts
    from portcullis.office.files import find_batch
    from portcullis.office.listing import check_list

    home = world.home()
    check_list(home, find_batch(worlds.BATCH))
    rebuilt_answers(world)
    table = accounts.outcomes(home, worlds.BATCH)
    counts = Counter(table["outcome"])
    answers = acts.answers(world)
    told = Counter(answers["answer"])
    ((_, received),) = checks.of_kind(home, "batch-received")
    assert table.height == answers.height == received["rows"] == sum(counts.values())
    assert counts["quarantined"] == received["quarantined"] == 1
    assert received["taken"] == received["rows"] - received["quarantined"]
    lists = [entry for _, entry in checks.of_kind(home, "determination-list")]
    assert [one["leaves"] for one in lists] == [received["taken"]] * 2
    delivered = [entry["package"] for _, entry in checks.of_kind(home, "delivered")]
    not_sent = [entry["package"] for _, entry in checks.of_kind(home, "not-sent")]
    authorised = [entry["package"] for _, entry in checks.of_kind(home, "release-authorised")]
    assert sorted(authorised) == sorted(delivered + not_sent)
    # Every request here names one officer, so a disclosure instance is a request.
    assert told["disclosed"] == counts["released"] == len(delivered)
    assert counts["held"] == len(not_sent) == 1
    assert told["returned"] == counts["returned"] + counts["refused"] + counts["quarantined"]
    silent = counts["no_disclosure"] + counts["referred"] + counts["held"]
    assert told["no disclosure"] == silent
    for request_id, outcome in acts.outcomes(world).items():
        if outcome != "quarantined":
            assert acts.answered(world)[request_id] == public_answer(outcome)


def test_r17_the_accounting_names_every_disclosure(causes_walked: worlds.World) -> None:
    world = causes_walked
    switch(world.home_path)
    home = world.home()
    path = home.path / "accounting" / worlds.BATCH / "disclosures.tbl"
    disclosures = tables.read_table(path, home.derived_key("accounting"))
    authorised = {entry["package"] for _, entry in checks.of_kind(home, "release-authorised")}
    assert set(disclosures["package"]) == authorised
    assert set(disclosures["authority"]) == {home.pack.agreement.legal_basis}
    delivered = {entry["package"] for _, entry in checks.of_kind(home, "delivered")}
    sent = disclosures.filter(pl.col("package").is_in(delivered))
    released = {one for one, outcome in acts.outcomes(world).items() if outcome == "released"}
    assert set(sent["request_id"]) == released


@dataclass(frozen=True)
class Alteration:
    """One table of a batch, changed behind the office's back by someone who holds its key."""

    file: str
    change: Callable[[pl.DataFrame], pl.DataFrame]


def _set(column: str, value: object, where: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda table: table.with_columns(
        pl.when(where)
        .then(pl.lit(value, dtype=table.schema[column]))
        .otherwise(column)
        .alias(column)
    )


FIRST = pl.col("row") == 0
ALTERATIONS = {
    "a refusal made eligible": Alteration(
        "determinations.tbl", _set("outcome", "eligible", pl.col("request_id") == "R3")
    ),
    "an eligible one refused": Alteration("determinations.tbl", _set("outcome", "refused", FIRST)),
    "the route": Alteration("determinations.tbl", _set("route", "name-address", FIRST)),
    "the reasons": Alteration("determinations.tbl", _set("reasons", "x", FIRST)),
    "another taxpayer": Alteration("matches.tbl", _set("taxpayer_id", "T-REQ-00002", FIRST)),
    "another address": Alteration("matches.tbl", _set("lka_line1", "1 Elsewhere Ave", FIRST)),
    "another period": Alteration("matches.tbl", _set("lka_period", 2022, FIRST)),
    "another officer": Alteration("requests.tbl", _set("officers", "officer-2", FIRST)),
    "one officer more": Alteration("requests.tbl", _set("officers", "officer-1;officer-2", FIRST)),
    "another request id": Alteration("requests.tbl", _set("request_id", "REQ-99999", FIRST)),
    "another status date": Alteration(
        "requests.tbl", _set("status_checked_on", "2025-07-07", FIRST)
    ),
    "another request hash": Alteration("requests.tbl", _set("request_hash", b"0" * 32, FIRST)),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERATIONS)
def test_r17_an_altered_table_is_found_and_nothing_is_released(stage, what: str) -> None:
    world = stage("approved")
    from portcullis.office import files
    from portcullis.office.listing import check_list

    home: Home = world.home()
    batch = files.find_batch(worlds.BATCH)
    key = files.batch_key(home, batch)
    alteration = ALTERATIONS[what]
    path = home.batch(worlds.BATCH) / alteration.file
    check_list(home, batch)
    table = tables.read_table(path, key)
    altered = alteration.change(table)
    assert not altered.equals(table)
    tables.write_table(path, altered, key)
    with pytest.raises(Refused):
        check_list(home, batch)
    with pytest.raises(Refused):
        acts.release(world)
    assert not checks.of_kind(home, "release-authorised")
    assert not checks.published(home, worlds.BATCH)


def test_r17_an_altered_final_outcome_is_found(stage) -> None:
    world = stage("released")
    from portcullis.office import files
    from portcullis.office.listing import check_final_list

    home, batch = world.home(), files.find_batch(worlds.BATCH)
    check_final_list(home, batch)
    path, key = home.batch(worlds.BATCH) / files.OUTCOMES, files.batch_key(home, batch)
    altered = tables.read_table(path, key).with_columns(outcome=pl.lit("released"))
    tables.write_table(path, altered, key)
    with pytest.raises(Refused, match="final outcomes"):
        check_final_list(home, batch)


def test_r17_the_tables_are_checked_again_when_a_release_goes_on(stage) -> None:
    """Between authorising and sealing lies a crash; the address may have been changed meanwhile."""
    world = stage("approved")
    from portcullis.office import files

    class Crash(Exception):  # noqa: N818
        pass

    def crash(step: str) -> None:
        if step == "seal":
            raise Crash

    with pytest.raises(Crash):
        acts.release(world, announce=crash)
    home = world.home()
    batch = files.find_batch(worlds.BATCH)
    key = files.batch_key(home, batch)
    path = home.batch(worlds.BATCH) / files.MATCHES
    altered = ALTERATIONS["another address"].change(tables.read_table(path, key))
    tables.write_table(path, altered, key)
    with pytest.raises(Refused):
        acts.release(world)
    assert not checks.published(home, worlds.BATCH)


# Looking is itself restricted: only what passed its face is looked up, and every look-up is logged.


def test_only_what_passed_screening_is_looked_up_and_it_is_logged_before(
    stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = stage("received")
    from portcullis import matching
    from portcullis.office import files
    from portcullis.office.models import Entry

    home = world.home()
    batch = files.find_batch(worlds.BATCH)
    key = files.batch_key(home, batch)
    log = home.batch(worlds.BATCH) / files.LOOKUPS
    matched = matching.match
    logged = []

    def watched(requests: pl.DataFrame, *rest, **shown):
        # Seen from within the look-up itself: the entry stands, and names the log that is there.
        entry = Entry.objects.get(kind="looked-up")
        rows = tables.read_table(log, key)["row"].to_list()
        logged.append((bytes(entry.body), acts.sha256(log.read_bytes()), rows))
        return matched(requests, *rest, **shown)

    monkeypatch.setattr(matching, "match", watched)
    result = acts.adjudicate(world)
    findings = files.read_step(home, batch, files.FINDINGS)
    passed = findings.filter(face_outcome="passed")["row"].to_list()
    ((body, digest, rows),) = logged
    assert rows == passed == files.read_step(home, batch, files.LOOKUPS)["row"].to_list()
    assert result.looked_up == len(passed) == 8
    assert digest.encode() in body
    ((at, entry),) = checks.of_kind(home, "looked-up")
    ((listed, _),) = checks.of_kind(home, "determination-list")
    assert entry["log"] == digest
    assert at < listed
    matches = files.read_step(home, batch, files.MATCHES)
    assert matches["row"].to_list() == passed
    # R1 and the request of day 90 failed on their face.
    ids = files.read_step(home, batch, files.REQUESTS, ["request_id"])["request_id"]
    assert {ids[row] for row in range(batch.taken)} - {ids[row] for row in passed} == {
        "R1", "DAY90",
    }  # fmt: skip
