"""Watching over the office: alarms raised once, acknowledged by a person, seen by few."""

import json

import pytest

from portcullis.errors import Refused
from portcullis.oversight import watching as rules
from tests.cli.run import portcullis
from tests.office import acts, checks, restored
from tests.office import world as worlds
from tests.office.test_window import send, template

ONE_TEXT = "Wanted in the investigation of a scheme that nobody describes any further here."
ALL_CLOSED = "days = []\n"
ALWAYS_OPEN = (
    'zone = "UTC"\ndays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", '
    '"sunday"]\nbegins = 00:00:00\nends = 23:59:59.999999\n'
)


def watch(world: worlds.World, by: str = "safeguards"):
    from portcullis.office import watching

    person = world.actor(by)
    return watching.watch(world.home(), person)


def acknowledge(world: worlds.World, alarm: str, by: str = "safeguards", reason: str = "Seen."):
    from portcullis.office import watching

    person = world.actor(by)
    return watching.acknowledge(world.home(), person, alarm, reason)


def codes(watched) -> list[str]:
    return sorted(one.alarm.code for one in watched.standing)


def send_alike(world: worlds.World, batch: str, first: int, count: int = 12) -> None:
    """Send a batch of one text about different persons, and decide it."""
    rows = [
        worlds.request(template(), first + number) | {"reason": ONE_TEXT} for number in range(count)
    ]
    send(world, rows, batch)


def run_by_the_clock(world: worlds.World, hours: str = ALWAYS_OPEN) -> None:
    """Let the home's date be that of the clock, and its hours as written."""
    path = world.home_path / "home.json"
    mark = json.loads(path.read_text())
    del mark["date"]
    path.write_text(json.dumps(mark))
    (world.home_path / rules.HOURS_FILE).write_text(hours)


def test_an_alarm_is_raised_once_and_stands_until_a_person_acknowledges_it(stage) -> None:
    world = stage("determined")
    assert watch(world).standing == ()
    send_alike(world, "alike-1", 3001)
    first = watch(world)
    (alarm,) = first.standing
    assert first.raised == (alarm.id,)
    assert alarm.alarm.code == rules.IDENTICAL_REASONS
    assert alarm.alarm.subject == "alike-1"
    assert alarm.alarm.counts["most"] == 12
    (received,) = [
        at
        for at, one in checks.of_kind(world.home(), "batch-received")
        if one["batch"] == "alike-1"
    ]
    assert alarm.alarm.evidence == (received,)
    again = watch(world)
    assert (again.raised, again.standing) == ((), first.standing)
    acknowledge(world, alarm.id, reason="The requester was asked to mend them.")
    after = watch(world)
    assert after.standing == ()
    (closed,) = after.acknowledged
    assert closed.acknowledged.by == "safeguards"
    assert closed.acknowledged.reason == "The requester was asked to mend them."
    with pytest.raises(Refused, match="stands"):
        acknowledge(world, alarm.id)
    send_alike(world, "alike-2", 4001)
    (later,) = watch(world).standing
    assert later.alarm.subject == "alike-2"
    assert later.alarm.counts["most"] == 24
    checks.ledger_verifies(world.home())


def test_the_ledger_tells_who_watched_and_not_what_was_found(stage) -> None:
    world = stage("determined")
    send_alike(world, "alike-1", 3001)
    (alarm,) = watch(world).standing
    acknowledge(world, alarm.id, reason="A word nobody else should read.")
    ((_, watched),) = checks.of_kind(world.home(), "watched")
    ((_, answered),) = checks.of_kind(world.home(), "alarm-acknowledged")
    assert (watched["by"], watched["raised"]) == ("safeguards", [alarm.id])
    assert watched["hours"]["zone"] == "America/New_York"
    assert (answered["by"], answered["alarm"]) == ("safeguards", alarm.id)
    shown = json.dumps([watched, answered])
    assert not any(word in shown for word in ("identical", "alike-1", "A word", "most"))
    stored = [path.read_bytes() for path in (world.home_path / "alarms").iterdir()]
    assert not any(b"identical" in each or b"A word" in each for each in stored)


def test_only_inspectors_and_safeguards_staff_watch_and_give_a_reason(stage) -> None:
    world = stage("determined")
    acts.enrol(world, "inspector", ["inspector"])
    assert watch(world, "inspector").standing == ()
    acts.denied(world, "watched", "approver", "role", lambda: watch(world, "approver"))
    acts.denied(
        world,
        "alarm-acknowledged",
        "approver",
        "role",
        lambda: acknowledge(world, "any", "approver"),
    )
    send_alike(world, "alike-1", 3001)
    (alarm,) = watch(world).standing
    with pytest.raises(Refused, match="reason"):
        acknowledge(world, alarm.id, reason="  ")


def test_look_ups_off_hours_and_a_sample_nobody_read_are_found_by_the_clock(stage) -> None:
    world = stage("approved")
    assert watch(world).not_judged != ()
    run_by_the_clock(world)
    (sample,) = watch(world).standing
    assert sample.alarm.code == rules.EXAMINED_TOO_FAST
    assert sample.alarm.people == ("sampler",)
    assert sample.alarm.counts["rows"] == 6
    (world.home_path / rules.HOURS_FILE).write_text(ALL_CLOSED)
    watched = watch(world)
    assert watched.not_judged == ()
    assert codes(watched) == [rules.EXAMINED_TOO_FAST, rules.OFF_HOURS]
    (look,) = [one.alarm for one in watched.standing if one.alarm.code == rules.OFF_HOURS]
    assert look.people == ("specialist",)
    ((position, _),) = checks.of_kind(world.home(), "looked-up")
    assert look.evidence == (position,)


def test_nobody_acknowledges_an_alarm_that_names_them(stage) -> None:
    world = stage("approved")
    acts.change_person(world, "sampler", roles=("sampler", "inspector"))
    run_by_the_clock(world)
    (alarm,) = watch(world, "sampler").standing
    acts.denied(
        world,
        "alarm-acknowledged",
        "sampler",
        "own-alarm",
        lambda: acknowledge(world, alarm.id, "sampler"),
    )
    acknowledge(world, alarm.id)
    assert watch(world).standing == ()


def test_nobody_acknowledges_their_own_alarm_by_deleting_its_file(stage) -> None:
    world = stage("approved")
    acts.change_person(world, "sampler", roles=("sampler", "inspector"))
    run_by_the_clock(world)
    (alarm,) = watch(world, "sampler").standing
    (path,) = (world.home_path / "alarms").iterdir()
    path.unlink()
    for person in ("sampler", "safeguards"):
        with pytest.raises(Refused, match="is missing"):
            acknowledge(world, alarm.id, person)
    (again,) = watch(world).standing
    assert (again.id, again.alarm) == (alarm.id, alarm.alarm)
    acts.denied(
        world,
        "alarm-acknowledged",
        "sampler",
        "own-alarm",
        lambda: acknowledge(world, alarm.id, "sampler"),
    )
    acknowledge(world, alarm.id)
    assert watch(world).standing == ()


def test_an_altered_alarm_or_a_missing_one_is_raised_anew(stage) -> None:
    world = stage("determined")
    send_alike(world, "alike-1", 3001)
    (alarm,) = watch(world).standing
    (path,) = (world.home_path / "alarms").iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    from portcullis.office.alarms import on_record

    (altered,) = on_record(world.home()).values()
    assert altered.standing  # and whoever looks is told that it says nothing more
    assert altered.alarm is None
    with pytest.raises(Refused, match="is missing"):
        acknowledge(world, alarm.id)
    anew = watch(world)
    assert anew.raised == (alarm.id,)
    (again,) = set((world.home_path / "alarms").iterdir()) - {path}
    again.unlink()
    anew = watch(world)
    assert anew.raised == (alarm.id,)
    assert [(one.id, one.alarm) for one in anew.standing] == [(alarm.id, alarm.alarm)]
    assert watch(world).raised == ()


@pytest.mark.long
def test_alarms_outlast_the_home(stage) -> None:
    world = stage("determined")
    send_alike(world, "alike-1", 3001)
    (alarm,) = watch(world).standing
    again = restored.lost_and_put_back(world, lambda: acknowledge(world, alarm.id))
    restored.catch_up(again, world.home_path)
    from portcullis.office.comparing import disagreements
    from tests.office.test_rebuild import recorded

    assert disagreements(recorded(again)) == []
    after = watch(again)
    assert after.standing == ()
    # Who acknowledged it is on the ledger; the reason was written after the backup.
    (closed,) = after.acknowledged
    assert (closed.acknowledged.by, closed.acknowledged.reason) == ("safeguards", None)


@pytest.mark.long
def test_the_command_answers_with_one_while_an_alarm_stands(stage) -> None:
    world = stage("determined")
    send_alike(world, "alike-1", 3001)
    from django.db import connections

    connections.close_all()
    person = ("--as", "safeguards", "--key", world.key_path("safeguards"))
    here = ("--home", world.home_path)
    told = portcullis("watch", *person, *here, "--json")
    assert told.returncode == 1, told.stderr
    (alarm,) = json.loads(told.stdout)["alarms"]
    assert alarm["code"] == rules.IDENTICAL_REASONS
    assert alarm["about"] == "alike-1"
    assert ONE_TEXT not in told.stdout
    words = portcullis("watch", *person, *here)
    assert "The same reason, word for word" in words.stdout
    done = portcullis("acknowledge", alarm["alarm"], "--reason", "Seen.", *person, *here)
    assert done.returncode == 0, done.stderr
    quiet = portcullis("watch", *person, *here)
    assert (quiet.returncode, "No alarm stands." in quiet.stdout) == (0, True)
