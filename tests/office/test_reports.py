"""Every report's numbers against an independent count; and no report where they do not agree."""

import json
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from portcullis import tables
from portcullis.errors import Misuse, Refused
from tests.office import acts, checks, disclosed
from tests.office import world as worlds
from tests.office.homes import switch
from tests.oracle.accounts_oracle import Oracle

YEAR_END = date(2025, 12, 31)
LATER = date(2026, 2, 10)
NAMES = ("joint-committee", "court", "register", "safeguards", "workload")


@pytest.fixture(scope="module")
def year(_find_stage, tmp_path_factory) -> worlds.World:
    """A home of one year: a batch answered, another refused whole, a history compared."""
    folder = tmp_path_factory.mktemp("year") / "world"
    shutil.copytree(_find_stage("released"), folder)
    world = worlds.World(folder)
    switch(world.home_path)
    acts.token(world, acts.package_of(world, "REQ-00001"))
    path = world.folder / "requester" / "unsigned.csv"
    path.write_bytes(world.batch_file.read_bytes() + b"REQ-00802,too,short\n")
    with pytest.raises(Refused):
        acts.receive(world, path)
    with pytest.raises(Refused, match="received before"):
        acts.receive(world)
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    disclosed.compare(world)
    worlds.attest(world, LATER)
    return world


@pytest.fixture
def home(year: worlds.World):
    switch(year.home_path)
    return year.home()


def make(home, name: str, by: date = YEAR_END):
    from portcullis.office import reporting

    return reporting.make(home, name, by)


def oracle(home, by: date = YEAR_END) -> Oracle:
    return Oracle(home.path, home.derived_key("accounting"), by)


def records(made, document: str, table: str) -> list[dict]:
    (found,) = [each for each in made.documents if each.name == document]
    return found.facts["tables"][table]


def test_the_joint_committee_is_told_what_a_plain_count_finds(home) -> None:
    made, counted = make(home, "joint-committee"), oracle(home)
    (public,) = records(made, "joint-committee-c", "by_agency")
    whose = counted.taxpayers[2025]
    assert (public["requests"], public["instances"]) == (
        counted.received[2025], counted.instances[2025],
    )  # fmt: skip
    assert public["taxpayers"] == len(whose - {None})
    # Of the six released, the same persons were disclosed before: each is one taxpayer.
    assert (public["requests"], public["instances"], public["taxpayers"]) == (31, 16, 7)
    outcomes = records(made, "joint-committee-b", "requests_by_outcome")
    assert outcomes[-1] == {"statute": "All", "outcome": "", "requests": 31}
    assert sum(each["requests"] for each in outcomes[:-1]) == sum(counted.outcomes.values())
    elements = records(made, "joint-committee-b", "requests_by_element")
    found = {each["element"]: each["requests"] for each in elements}
    assert found == {
        element: number
        for (element, outcome), number in counted.elements.items()
        if outcome in {"returned", "refused"}
    }
    routes = records(made, "joint-committee-b", "requests_by_route")
    assert [(each["outcome"], each["requests"]) for each in routes] == [
        ("Released", counted.routes["tin", "released"])
    ]
    # One element's id may be another agreement's too: the citations are this one's.
    assert {each["citation"].split()[0] for each in elements} <= {"26", "8"}
    assert all(each["statement"] for each in elements)


def test_the_register_is_the_public_answers_and_no_small_number(home) -> None:
    from portcullis.office.counting import count
    from portcullis.oversight.reports.register import answers_by_quarter

    full = answers_by_quarter(count(home, YEAR_END))
    found = {
        (quarter.year, quarter.number, kind): number
        for quarter, answers in full.items()
        for kind, number in answers._asdict().items()
        if number
    }
    assert found == dict(oracle(home).answers)
    (said,) = make(home, "register").documents
    assert said.public
    # 21 requests were answered, of each kind fewer than ten but one: their number is told, no more.
    requests = said.facts["tables"]["requests"]
    assert [(each["period"], each["requests"]) for each in requests] == [
        ("2025 Q1 to Q3", 21), ("2025 Q4", 0), ("All periods above", 21),
    ]  # fmt: skip
    assert said.facts["tables"]["answers"] == []


def test_the_court_is_told_what_is_on_the_ledger_and_can_count_again(home, tmp_path: Path) -> None:
    from portcullis import ledger
    from portcullis.office import reporting
    from portcullis.office.public import FILE, read_public

    made = make(home, "court")
    counts = {each["kind"]: each["count"] for each in records(made, "court", "counts")}
    assert counts == {kind: len(oracle(home).of(kind)) for kind in counts}
    batch, refused, again = records(made, "court", "transmittals")
    became = oracle(home).outcomes
    assert (batch["requests"], batch["returned"], batch["disclosed"], batch["no_disclosure"]) == (
        10, became["returned"] + became["refused"], became["released"], became["no_disclosure"],
    )  # fmt: skip
    assert (refused["requests"], refused["returned"]) == (11, became["refused-whole"])
    assert (again["batch"], again["requests"]) == ("refused whole (replay)", 0)
    reporting.write(made, tmp_path)
    public = read_public(home.path / FILE)
    for kind, number in counts.items():
        said = ledger.Statement.parse((tmp_path / "statements" / f"{kind}.json").read_text())
        said.check(home.ledger, list(public.ledger), list(public.witnesses), public.k)
        assert (said.count, said.closed) == (number, True)


def test_none_by_the_seventh_of_april(home) -> None:
    (said,) = make(home, "court", date(2025, 4, 7)).documents
    assert "Requests received by 7 April 2025: none." in said.facts["text"]["In short"]
    assert {each["count"] for each in said.facts["tables"]["counts"]} == {0}


def test_what_was_reported_of_a_day_is_reported_of_it_again(home) -> None:
    names = ("joint-committee", "court")
    first = {each.name: each for name in names for each in make(home, name).documents}
    again = {each.name: each for name in names for each in make(home, name).documents}
    for name, document in first.items():
        assert document.facts["tables"] == again[name].facts["tables"]
    entries = [each for _, each in checks.of_kind(home, "report-made")]
    digests = {(each["report"], each["as_of"]): set() for each in entries}
    for each in entries:
        digests[each["report"], each["as_of"]].add(each["figures"])
    assert all(len(each) == 1 for each in digests.values())


def personal_data(world: worlds.World) -> set[bytes]:
    """Return every name, TIN, street, reason and case number of the world."""
    asked = pl.read_csv(world.batch_file, infer_schema=False)
    columns = (
        "given_name", "family_name", "tin", "address_line1", "reason", "investigation_id",
        "order_number",
    )  # fmt: skip
    return {text.encode() for each in columns for text in asked[each].drop_nulls()}


def test_nobody_is_in_any_report(home, year: worlds.World, tmp_path: Path) -> None:
    from portcullis.office import reporting

    secrets = personal_data(year)
    for name in NAMES:
        reporting.write(make(home, name), tmp_path / name)
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.suffix != ".pdf":
            data = path.read_bytes()
            assert not [one for one in secrets if one in data], path.name


def test_the_workload_and_the_safeguards_are_the_ledgers(home) -> None:
    counted = oracle(home)
    (batch,) = records(make(home, "workload"), "workload", "batches")
    assert (batch["requests"], batch["answered_on"], batch["days"]) == (10, "2025-07-07", 10)
    packages = records(make(home, "safeguards"), "safeguards", "packages")
    assert packages == [
        {"became": "made available", "packages": len(counted.of("delivered"))},
        {"became": "All", "packages": len(counted.of("delivered"))},
    ]
    (opening,) = records(make(home, "safeguards"), "safeguards", "openings")
    assert opening == {"officer": "officer-1", "packages": 1, "granted": 1, "refused": 0}
    assert len(counted.of("opening-granted")) == 1
    done = {
        each["act"]: each["number"] for each in records(make(home, "workload"), "workload", "acts")
    }
    assert done == Counter(each["kind"] for each in counted.entries if "signature" in each)


def test_a_day_that_has_not_come_and_a_report_there_is_none_of(home) -> None:
    with pytest.raises(Refused, match="has not come"):
        make(home, "court", LATER + timedelta(days=1))
    with pytest.raises(Misuse, match="no report"):
        make(home, "gossip")


def test_it_is_due_ninety_days_after_the_year() -> None:
    from portcullis.oversight.reports import Due, due_day

    assert due_day(2025) == date(2026, 3, 31)
    assert due_day(2027) == date(2028, 3, 30), "a leap year"
    due = Due(2025, due_day(2025), None)
    assert due.alert(date(2026, 2, 1)) == ""
    assert due.alert(date(2026, 3, 30)) == "Due on 31 March 2026, in 1 days."
    assert due.alert(date(2026, 4, 2)) == "Overdue since 31 March 2026, by 2 days."
    assert Due(2025, due_day(2025), LATER).alert(date(2026, 4, 2)) == ""


def test_the_alert_ends_once_it_was_made(stage) -> None:
    from portcullis.office import reporting

    world = stage("released")
    world.home().set_date(date(2026, 3, 20))
    assert reporting.alerts(world.home()) == [
        "Joint Committee, calendar year 2025: Due on 31 March 2026, in 11 days."
    ]
    with pytest.raises(Misuse, match="No year ended"):
        make(world.home(), "joint-committee", date(1, 6, 1))
    make(world.home(), "joint-committee", worlds.ANSWER_DAY)  # of 2024
    assert reporting.alerts(world.home())
    make(world.home(), "joint-committee")
    assert reporting.alerts(world.home()) == []


def test_rows_of_an_imported_file_that_could_not_be_read_are_told(stage) -> None:
    from portcullis.office.recall_cover import Ground, Named
    from portcullis.office.recall_demands import drafts
    from portcullis.office.recalls import Asked, open_recall, unread_rows

    world = stage("released")
    undated = pl.int_range(pl.len()) < 3
    day = pl.when(~undated).then("disclosed_on").alias("disclosed_on")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures().with_columns(day)))
    home = world.home()
    assert "could not be read: 3." in make(home, "court", home.today()).documents[0].text
    asked = Asked("R-1", Ground("named", "order"), Named(histories=(disclosed.HISTORY,)))
    staff = acts.hands(world, "safeguards")
    found = open_recall(home, staff, asked)
    assert unread_rows(found) == {disclosed.HISTORY: 3}
    (text,) = drafts(home, staff, "R-1").values()
    assert "Beside these, 3 rows of the files" in text
    home.set_date(YEAR_END + timedelta(days=1))
    made, counted = make(home, "joint-committee"), oracle(home)
    outcomes = records(made, "joint-committee-b", "requests_by_outcome")
    assert outcomes[-1]["requests"] == counted.received[2025] == sum(counted.outcomes.values())
    assert {each["outcome"]: each["requests"] for each in outcomes}["Quarantined"] == 3


def test_what_is_published_counts_no_day_that_still_runs(stage) -> None:
    """On 31 December the last quarter, and the year, have not ended: more may come that day."""
    from portcullis.office import reporting

    world = stage("released")
    world.home().set_date(YEAR_END)
    (running,) = make(world.home(), "register").documents
    assert running.as_of == YEAR_END - timedelta(days=1)
    assert running.facts["tables"]["requests"] == []
    for document in make(world.home(), "joint-committee").documents:
        assert "2024" in document.title
    assert make(world.home(), "court").documents[0].as_of == YEAR_END
    with pytest.raises(Refused, match="has not come"):
        make(world.home(), "register", YEAR_END + timedelta(days=1))
    world.home().set_date(YEAR_END + timedelta(days=90))
    assert reporting.alerts(world.home()), "the year's report is still to be made"
    (ended,) = make(world.home(), "register").documents
    assert ended.as_of == YEAR_END


def test_a_report_made_while_its_year_ran_is_none(stage) -> None:
    from django.db import transaction

    from portcullis.office import entries, reporting

    world = stage("released")
    home = world.home()
    home.set_date(date(2026, 3, 20))
    facts = {"report": "joint-committee-c", "as_of": "2025-12-31", "figures": "0" * 64}
    for at, made in (("2025-12-31T09:00:00+00:00", False), ("2026-01-01T00:00:00+00:00", True)):
        with transaction.atomic():
            entries.record(reporting.KIND, facts, at=at)
        entries.integrate(home)
        assert (reporting.alerts(home) == []) is made


CHANGES = {
    "a row of the requests": ("requests.tbl", lambda table: table.head(9)),
    "whose a disclosure was": (
        "disclosures.tbl", lambda table: table.with_columns(taxpayer=pl.lit("T-REQ-00001")),
    ),
    "what became of one": (
        "outcomes.tbl",
        lambda table: table.with_columns(
            outcome=pl.when(pl.col("row") == 0).then(pl.lit("held")).otherwise("outcome")
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_in_the_accounting_is_not_reported(stage, what: str) -> None:
    world = stage("released")
    home = world.home()
    name, change = CHANGES[what]
    path, key = home.path / "accounting" / worlds.BATCH / name, home.derived_key("accounting")
    tables.write_table(path, change(tables.read_table(path, key)), key)
    with pytest.raises(Refused, match=f"do not reconcile.*{name} of batch {worlds.BATCH}"):
        make(home, "workload", home.today())
    assert not checks.of_kind(home, "report-made")


def test_the_reports_outlive_the_batchs_working_data(stage) -> None:
    from tests.office import erasing

    world = stage("released")
    before = make(world.home(), "joint-committee", worlds.ANSWER_DAY).documents
    erasing.to_day(world)
    erasing.erase(world)
    after = make(world.home(), "joint-committee", worlds.ANSWER_DAY).documents
    for one, other in zip(before, after, strict=True):
        assert one.facts["tables"] == other.facts["tables"]


def test_a_refused_transmittal_is_in_the_accounting_with_what_it_held(home) -> None:
    (position, _), (again, _) = checks.of_kind(home, "transmittal-refused")
    kept = [
        each for _, each in checks.of_kind(home, "accounted") if each["of"]["kind"] == "refused"
    ]
    assert {(each["file"], each["rows"], each["refused"], each["whole"]) for each in kept} == {
        ("requests.tbl", 10, position, True),
        ("quarantined.tbl", 1, position, True),
        # Sent again unchanged: its requests are accounted for since it was taken in.
        ("", 0, again, True),
    }


def inspector(world: worlds.World):
    if world.home().roster.get("inspector") is None:
        acts.enrol(world, "inspector", ["inspector"])
    return acts.hands(world, "inspector")


ANSWERS = {
    "released": "disclosed",
    "imported": "imported",
    **dict.fromkeys(("no_disclosure", "referred", "held"), "no disclosure"),
}


def export(world: worlds.World, body: str, *, persons: bool):
    from portcullis.office import exporting

    person = inspector(world)
    return exporting.export(world.home(), person, body, "a" * 64, YEAR_END, persons=persons)


def test_oversight_sees_every_row_and_nobody(home, year: worlds.World, tmp_path: Path) -> None:
    from portcullis.office import reporting

    made = export(year, "committee", persons=False)
    traces = made.frames["traces"]
    counted = oracle(home)
    answers = Counter()
    for outcome, number in counted.outcomes.items():
        answers[ANSWERS.get(outcome, "returned")] += number
    del answers["imported"]
    told = Counter(dict(traces["outcome"].value_counts().iter_rows()))
    assert told == answers
    # Whether the records know somebody is return information: nothing tells more than the answer.
    assert not {"route", "cause", "packages_delivered", "first_delivered"} & set(traces.columns)
    assert traces.filter(pl.col("outcome") != "returned")["reasons"].drop_nulls().is_empty()
    reporting.write(made, tmp_path)
    data = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.suffix != ".pdf")
    assert not [one for one in personal_data(year) if one in data]
    entry = checks.of_kind(home, "oversight-export")[-1][1]
    assert (entry["body"], entry["return_information"], entry["request"]) == (
        "committee", False, "a" * 64,
    )  # fmt: skip


def test_what_oversight_is_told_of_persons_is_accounted_for(home, year: worlds.World) -> None:
    with pytest.raises(Refused, match="gives no return information"):
        export(year, "committee", persons=True)
    made = export(year, "tigta", persons=True)
    traces = made.frames["traces"]
    assert traces["packages_delivered"].sum() == len(oracle(home).of("delivered"))
    assert traces.filter(outcome="disclosed")["route"].null_count() == 0
    # What is barred under (i)(6) has nothing that others not disclosed have not, nor lacks it.
    kept = traces.filter(outcome="no disclosure").select("route", "cause", "reasons")
    assert set(kept.rows()) <= {(None, None, None)}
    seen = made.frames["persons"]
    assert seen.height == sum(oracle(home).instances.values())
    entry = checks.of_kind(home, "oversight-export")[-1][1]
    assert (entry["disclosures_seen"], entry["authority"]) == (
        seen.height, "26 U.S.C. §§ 6103(h)(1), 7803(d)",
    )  # fmt: skip
    accounted = checks.of_kind(home, "accounted")[-1][1]
    assert (accounted["of"]["kind"], accounted["rows"]) == ("oversight", seen.height)
    assert json.dumps(entry).count("T-REQ") == 0


@pytest.mark.long
def test_what_is_barred_reads_as_what_is_not_known(stage) -> None:
    """Neither an overseer nor the Joint Committee can tell an adverse finding from others."""
    from portcullis.office import exporting

    world = stage("determined")
    acts.impair(world, ["REQ-00001"])
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    acts.approve(world)
    assert acts.release(world).delivered == 5
    home, person = world.home(), inspector(world)
    for body, persons in (("court", False), ("tigta", False), ("tigta", True)):
        made = exporting.export(home, person, body, "a" * 64, home.today(), persons=persons)
        rows = made.frames["traces"].filter(outcome="no disclosure").drop("source_row")
        assert rows.height > 1
        assert rows.n_unique() == 1
    outcomes = records(make(home, "joint-committee", worlds.ANSWER_DAY), "joint-committee-b",
                       "requests_by_outcome")  # fmt: skip
    assert "Held" not in {each["outcome"] for each in outcomes}
