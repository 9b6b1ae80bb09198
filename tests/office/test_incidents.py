"""An incident, in a real office: who acts, what the ledger shows, and what stays sealed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portcullis.errors import Misuse, Refused
from portcullis.oversight.incident_report import IncidentReport, read_report
from tests.office import acts, checks, disclosed, restored
from tests.office import world as worlds
from tests.oversight.test_incidents import GOOD, written

ZONE = "America/New_York"


def safeguards(world: worlds.World):
    return acts.hands(world, "safeguards")


def counsel(world: worlds.World):
    return acts.hands(world, "counsel")


def before(world: worlds.World, **span: int) -> datetime:
    return world.home().now() - timedelta(**span)


def suspect(world: worlds.World, name: str = "I-1", at: datetime | None = None):
    from portcullis.office.incidents import suspect as run

    return run(world.home(), safeguards(world), name, at or before(world, hours=1), ZONE)


def a_report(world: worlds.World, **changes: object) -> IncidentReport:
    times = {
        "occurred_at": before(world, days=3).isoformat(),
        "discovered_at": before(world, minutes=50).isoformat(),
    }
    return read_report(written(**{**times, **changes}), ZONE)


def report(world: worlds.World, **changes: object):
    from portcullis.office.incidents import report as run

    return run(world.home(), safeguards(world), "I-1", a_report(world, **changes))


def tell(world: worlds.World, to: str, at: datetime | None = None):
    from portcullis.office.incidents import tell as run

    sent_at = at or world.home().now()
    return run(world.home(), safeguards(world), "I-1", to, sent_at=sent_at, reference="M-2026/7")


def duties(world: worlds.World) -> list[str]:
    from portcullis.office.incidents import register

    return [each.what for each in register().duties(world.home().now()) if each.done_at is None]


def test_from_suspicion_to_closing(stage) -> None:
    world = stage("new")
    from portcullis.office.incidents import close, find, reported

    at = before(world, hours=1)
    assert suspect(world, at=at).due_at == at + timedelta(hours=24)
    assert duties(world) == [
        "data incident report", "notice to office-of-safeguards", "notice to tigta",
    ]  # fmt: skip
    with pytest.raises(Refused, match="Safeguards is told before media"):
        tell(world, "media")
    report(world, records_from="not yet known")
    tell(world, "office-of-safeguards")
    tell(world, "tigta")
    tell(world, "media")
    with pytest.raises(Refused, match="records_from"):
        close(world.home(), safeguards(world), "I-1")
    report(world)
    assert duties(world) == []
    assert reported(world.home(), safeguards(world), "I-1")["description"] == GOOD["description"]
    ((_, reading),) = checks.of_kind(world.home(), "inspected")
    assert (reading["by"], reading["act"], reading["of"]) == ("safeguards", "incident-show", "I-1")
    assert close(world.home(), safeguards(world), "I-1").closed_on == world.home().today()
    with pytest.raises(Refused, match="was closed"):
        tell(world, "tigta")
    assert [each.to for each in find("I-1").told] == ["office-of-safeguards", "tigta", "media"]
    on_ledger = str(checks.entries(world.home()))
    for words in (GOOD["description"], GOOD["contact_name"], "Specimen Plaza"):
        assert words not in on_ledger
    checks.ledger_verifies(world.home())


def test_what_a_report_says_opens_what_the_ledger_commits_to(stage) -> None:
    from portcullis.office import incidents, sealed

    world = stage("new")
    suspect(world)
    written = a_report(world)
    incidents.report(world.home(), safeguards(world), "I-1", written)
    ((_, entry),) = checks.of_kind(world.home(), "incident-reported")
    salt = sealed.facts_of(world.home(), entry[sealed.FIELD])["salt"]
    assert entry["report"] == incidents.commitment(written, salt)
    other = written.model_copy(update={"description": "Another text."})
    assert entry["report"] != incidents.commitment(other, salt)


def test_what_is_late_stays_on_record_and_what_is_to_come_is_refused(stage) -> None:
    world = stage("new")
    from portcullis.office.incidents import register

    suspect(world, at=before(world, days=2))
    tell(world, "tigta")
    late = {each.what: each for each in register().duties(world.home().now())}
    assert late["notice to tigta"].overdue
    assert late["notice to tigta"].done_at is not None
    assert late["data incident report"].overdue
    with pytest.raises(Misuse, match="still to come"):
        tell(world, "tigta", before(world, hours=-1))
    with pytest.raises(Refused, match="already"):
        suspect(world)
    with pytest.raises(Misuse, match="figures"):
        suspect(world, "I-900-12-3456")
    with pytest.raises(Misuse, match="no id"):
        suspect(world, "Jane Q. Public")


def test_no_notice_comes_before_anybody_knew_of_anything(stage) -> None:
    world = stage("new")
    suspected, discovered = before(world, hours=2), before(world, hours=5)
    suspect(world, at=suspected)
    with pytest.raises(Misuse, match="before anybody suspected"):
        tell(world, "tigta", suspected - timedelta(microseconds=1))
    tell(world, "tigta", suspected)
    report(world, discovered_at=discovered.isoformat())
    with pytest.raises(Misuse, match="before anybody suspected"):
        tell(world, "office-of-safeguards", discovered - timedelta(microseconds=1))
    tell(world, "office-of-safeguards", discovered)


def test_each_act_is_its_own_office_and_each_attempt_on_record(stage) -> None:
    world = stage("new")
    from portcullis.office import incidents

    suspect(world)
    other, home = acts.hands(world, "approver"), world.home()
    why = incidents.Charge("indictment", home.today(), "disclosure", home.today(), package="p")
    attempts = {
        "incident": lambda: incidents.suspect(home, other, "I-2", home.now(), ZONE),
        "incident-report": lambda: incidents.report(home, other, "I-1", a_report(world)),
        "incident-notice": lambda: incidents.tell(
            home, other, "I-1", "tigta", sent_at=home.now(), reference="M-1"
        ),
        "incident-close": lambda: incidents.close(home, other, "I-1"),
        "notice-7431e": lambda: incidents.charge(home, other, "N-1", why),
        "incident-show": lambda: incidents.reported(home, other, "I-1"),
    }
    report(world)
    for act, attempt in attempts.items():
        acts.denied(world, act, "approver", "role", attempt)


def test_a_person_is_told_by_the_package_never_by_name(stage) -> None:
    world = stage("released")
    from portcullis.office import incidents

    home, package = world.home(), acts.package_of(world, "REQ-00001")
    day = home.today()
    why = incidents.Charge("indictment", day, "disclosure", day, package=package.id)
    incidents.charge(home, counsel(world), "N-1", why)
    (waiting,) = incidents.register().duties(home.now())
    assert (waiting.of, waiting.due, waiting.overdue) == ("N-1", None, False)
    assert incidents.subject_of(home, counsel(world), "N-1") == {"package": package.id}
    ((_, reading),) = checks.of_kind(home, "inspected")
    assert (reading["by"], reading["act"], reading["of"]) == ("counsel", "notice-draft", "N-1")
    acts.denied(
        world, "notice-draft", "safeguards", "role",
        lambda: incidents.subject_of(home, safeguards(world), "N-1"),
    )  # fmt: skip
    with pytest.raises(Misuse, match="rights"):
        incidents.give(home, counsel(world), "N-1", day, "d0" * 32, rights_told=False)
    given = incidents.give(home, counsel(world), "N-1", day, "d0" * 32, rights_told=True)
    assert given.given
    assert given.given["act_on"] == day.isoformat()
    assert incidents.register().duties(home.now()) == []
    with pytest.raises(Refused, match="still to be given"):
        incidents.give(home, counsel(world), "N-1", day, "d0" * 32, rights_told=True)
    for wrong in (
        {"package": "0" * 64},
        {"history": "h", "request_id": "REQ-00001"},
        {"history": "h"},
        {"trigger": "rumour", "package": package.id},
        {"act_on": day + timedelta(days=1), "package": package.id},
    ):
        facts = {"trigger": "information", "triggered_on": day, "act": "inspection", "act_on": day}
        with pytest.raises((Misuse, Refused)):
            incidents.charge(home, counsel(world), "N-2", incidents.Charge(**{**facts, **wrong}))
    assert "REQ-00001" not in str(checks.of_kind(home, "notice-7431e-triggered"))


@pytest.mark.long
def test_an_order_to_record_a_charge_names_no_request_of_a_history(stage) -> None:
    world = stage("new")
    from portcullis.office import incidents

    history = disclosed.import_(world, disclosed.write(world, disclosed.disclosures(4)))
    home, day = world.home(), world.home().today()
    why = incidents.Charge(
        "indictment", day, "disclosure", day, history=history.id, request_id="REQ-00001"
    )
    said = incidents.order_to_charge(home, "N-1", why)
    assert "REQ-00001" not in str(said)
    assert said == incidents.order_to_charge(home, "N-1", why)
    other = replace(why, request_id="REQ-00002")
    assert said["of"] != incidents.order_to_charge(home, "N-1", other)["of"]
    incidents.charge(home, counsel(world), "N-1", why)
    assert incidents.find_notice("N-1").act == "disclosure"
    with pytest.raises(Refused, match="of that id already"):
        incidents.order_to_charge(home, "N-1", why)


@pytest.mark.long
def test_the_clock_survives_a_restore_and_a_lost_report_is_named(stage) -> None:
    world = stage("new")
    from portcullis.office.incidents import find, reported

    def since() -> None:
        suspect(world)
        report(world)
        tell(world, "tigta")

    again = restored.lost_and_put_back(world, since)
    done = restored.catch_up(again, world.home_path)
    found = find("I-1")
    assert (len(found.reports), len(found.told)) == (1, 1)
    assert any("incident-reported" in each for each in done.again)
    with pytest.raises(Misuse, match="missing"):
        reported(again.home(), safeguards(again), "I-1")


def test_the_days_of_a_notice_may_be_a_leap_day(stage) -> None:
    world = stage("new")
    from portcullis.office import incidents

    world.home().set_date(date(2028, 2, 29))
    incident = suspect(world)
    assert incident.due_at.astimezone(UTC).date() in (date(2028, 2, 29), date(2028, 3, 1))
    assert incident.due_at - incident.suspected_at == timedelta(hours=24)
    assert incidents.register().duties(world.home().now())
