"""The past judged again from what is stored: under a reading, under another agreement's version."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from portcullis import agreements, tables
from portcullis.errors import Misuse, Refused
from portcullis.keys import KeySigner
from tests.office import acts, checks, disclosed
from tests.office import world as worlds
from tests.office.disclosed import HISTORY, NAIVE
from tests.office.test_readings import COMPONENT, put
from tests.office.world import BATCH

LAWFUL = {f"REQ-{number:05d}" for number in range(1, 7)}
NAMELESS = ("Specimen St", "Record Rd", "900-00-", "90000000", "Case facts", "Familyk", "Givenb")


def verdicts(done) -> dict[str, str]:
    return dict(done.others.select("request_id", "verdict").iter_rows())


def version(world: worlds.World, name: str, **figures: str) -> Path:
    """Write another version of the home's agreement, with other figures, and return its folder."""
    folder = world.folder / f"pack-{name}"
    shutil.copytree(world.home_path / "pack", folder)
    _replace(folder / "agreement.toml", 'version = "1"', f'version = "{name}"')
    for line, other in figures.items():
        now = next(
            each
            for each in (folder / "thresholds.toml").read_text().splitlines()
            if each.startswith(f"{line} = ")
        )
        _replace(folder / "thresholds.toml", now, f"{line} = {other}")
    return folder


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def add(world: worlds.World, folder: Path) -> agreements.Pack:
    from portcullis.office.versions import add_version

    return add_version(world.home(), acts.hands(world, "counsel"), folder)


def nobody_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, opening the index is an error."""
    from portcullis import records

    def closed(*_arguments, **_named):
        raise AssertionError("the holder's records were opened")

    monkeypatch.setattr(records, "open_index", closed)


def test_under_what_it_was_judged_by_nothing_differs(stage) -> None:
    world = stage("released")
    done = disclosed.reexamine(world)
    assert done.counts == {"same": 10, "closes": 0, "opens": 0, "needs-look-up": 0}
    assert done.others.is_empty()
    assert done.unlawful.is_empty()
    assert done.judged.rows() == [(BATCH, "same", 10)]


def test_what_left_and_closes_should_not_have_left(stage, monkeypatch) -> None:
    world = stage("released")
    nobody_is_looked_up(monkeypatch)
    looked = checks.of_kind(world.home(), "looked-up")
    done = disclosed.reexamine(world, COMPONENT)
    assert verdicts(done) == dict.fromkeys(LAWFUL, "closes")
    assert set(done.unlawful["request_id"]) == LAWFUL
    assert set(done.unlawful["on"]) == {worlds.ANSWER_DAY.isoformat()}
    assert set(done.unlawful["to"]) == {"Department of Homeland Security"}
    assert done.by_element("closes").rows() == [("officers-named", 6, 6, 6)]
    assert checks.of_kind(world.home(), "looked-up") == looked


def test_what_closes_and_never_left_is_no_unlawful_disclosure(stage) -> None:
    world = stage("determined")
    done = disclosed.reexamine(world, COMPONENT)
    assert done.counts["closes"] == 6
    assert done.unlawful.is_empty()
    assert done.others["left"].to_list() == [False] * 6
    from portcullis.office.reexamining import demands

    assert demands(world.home(), done) == {}


def test_what_was_held_at_the_gate_never_left(stage) -> None:
    from portcullis.standing import Scope

    world = stage("sealed")
    acts.place(world, scope=Scope(officers=("officer-2",)))
    acts.release(world)
    done = disclosed.reexamine(world, COMPONENT)
    assert set(done.unlawful["request_id"]) == {"REQ-00001", "REQ-00003", "REQ-00005"}
    assert done.counts["closes"] == 6


def test_a_looser_reading_opens_nothing_that_was_not_compared(stage, monkeypatch) -> None:
    """R1 was never looked up; R3 was, and its last known address was never sought."""
    world = stage("released")
    nobody_is_looked_up(monkeypatch)
    done = disclosed.reexamine(world, NAIVE)
    assert verdicts(done) == {"R1": "needs-look-up", "R3": "needs-look-up"}
    assert "address-of-record" not in done.readings
    assert NAIVE in done.readings
    assert done.unlawful.is_empty()


def test_a_reading_in_force_today_is_what_the_past_is_judged_by(stage) -> None:
    world = stage("released")
    put(world, COMPONENT)
    done = disclosed.reexamine(world)
    assert set(done.unlawful["request_id"]) == LAWFUL
    # One that conflicts is displaced by the one that is named.
    again = disclosed.reexamine(world, "agency-is-the-department")
    assert again.counts["closes"] == 0
    assert (done.number, again.number) == (1, 2)


def test_another_version_of_the_agreement(stage) -> None:
    """Under it, what was answered two days ago is too old."""
    world = stage("released")
    pack = add(world, version(world, "2", status_age_days="1"))
    done = disclosed.reexamine(world, version="2")
    assert set(done.unlawful["request_id"]) == LAWFUL
    assert done.pack.version == "2"
    (element,) = done.by_element("closes")["element"]
    assert element == "status-fresh"
    ((_, entry),) = checks.of_kind(world.home(), "agreement-added")
    assert (entry["version"], entry["pack"]) == ("2", pack.digest)
    # It is kept, not used: what is judged and released stays under the home's own.
    assert world.home().pack.version == "1"
    assert disclosed.reexamine(world).counts["closes"] == 0


def test_a_version_that_asks_the_same_changes_nothing(stage) -> None:
    world = stage("released")
    add(world, version(world, "2", status_age_days="29"))
    assert disclosed.reexamine(world, version="2").counts["same"] == 10
    folder = version(world, "3")
    _replace(folder / "provisions.toml", "tightened = []", 'tightened = ["name-agrees"]')
    add(world, folder)
    assert disclosed.reexamine(world, version="3").counts["same"] == 10


def test_a_version_is_added_once_and_whole(stage, monkeypatch) -> None:
    from portcullis.office import versions
    from portcullis.office.people import Actor

    world = stage("new")
    with pytest.raises(Refused, match="version 1 of the agreement here already") as refused:
        add(world, world.home_path / "pack")
    assert "agreement.toml" in refused.value.remedy
    folder = version(world, "2")
    with monkeypatch.context() as patched:
        patched.setattr(versions, "record", lambda *_arguments, **_named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            add(world, folder)
    # Files without their entry count for nothing, and do not stand in the way.
    with pytest.raises(Refused, match="no version 2"):
        disclosed.reexamine(world, version="2")
    add(world, folder)
    with pytest.raises(Refused, match="here already"):
        add(world, folder)
    other = version(world, "3")
    _replace(other / "agreement.toml", 'id = "irs-dhs-2025"', 'id = "irs-dhs-2026"')
    with pytest.raises(Misuse, match="irs-dhs-2026"):
        add(world, other)
    (other / "thresholds.toml").unlink()
    with pytest.raises(agreements.PackErrors):
        add(world, other)
    home = world.home()
    approver = Actor(home.roster.get("approver"), KeySigner(world.key("approver")))
    acts.denied(
        world,
        "agreement-add",
        "approver",
        "role",
        lambda: versions.add_version(home, approver, folder),
    )
    assert len(checks.of_kind(home, "agreement-added")) == 1


def test_a_version_that_was_altered_since_is_refused(stage) -> None:
    world = stage("released")
    pack = add(world, version(world, "2"))
    _replace(
        world.home().versions / pack.digest / "thresholds.toml", "status_age_days = 30",
        "status_age_days = 60",
    )  # fmt: skip
    with pytest.raises(Refused, match="not what was added"):
        disclosed.reexamine(world, version="2")


@pytest.mark.parametrize(
    ("named", "asked", "error", "told"),
    [
        (["no-such"], {}, Misuse, "no-such"),
        ([NAIVE, "valid-request-suffices"], {}, Misuse, "valid-request-suffices"),
        ([], {"version": "9"}, Refused, "no version 9"),
        ([], {"batches": ["batch-9"]}, Refused, "No batch"),
        ([], {"histories": ["nothing"]}, Refused, "No history"),
        ([], {"batches": []}, Refused, "Nothing was judged"),
    ],
)
def test_what_is_not_here_is_refused(stage, named, asked, error, told) -> None:
    world = stage("released")
    with pytest.raises(error, match=told) as refused:
        disclosed.reexamine(world, *named, **asked)
    assert refused.value.remedy
    assert not checks.of_kind(world.home(), "reexamined")


def test_a_batch_that_was_not_judged_is_refused_by_name_and_left_out_of_all(stage) -> None:
    world = stage("received")
    with pytest.raises(Refused, match="not judged yet"):
        disclosed.reexamine(world, batches=[BATCH])
    with pytest.raises(Refused, match="Nothing was judged"):
        disclosed.reexamine(world)


def test_who_is_not_counsel_is_denied_on_the_record(stage) -> None:
    from portcullis.office.people import Actor
    from portcullis.office.reexamining import Asked, reexamine

    world = stage("released")
    home = world.home()
    approver = Actor(home.roster.get("approver"), KeySigner(world.key("approver")))
    acts.denied(
        world, "reexamine", "approver", "role", lambda: reexamine(home, approver, Asked())
    )  # fmt: skip


def test_the_result_is_kept_sealed_and_its_digest_is_on_the_ledger(stage) -> None:
    from portcullis.office.keystore import Erasable
    from portcullis.office.models import Reexamination
    from portcullis.office.reexamining import result_file

    world = stage("released")
    done = disclosed.reexamine(world, COMPONENT, batches=[BATCH, BATCH])
    home = world.home()
    ((_, entry),) = checks.of_kind(home, "reexamined")
    row = Reexamination.objects.get(number=done.number)
    path = result_file(home, done.number)
    assert entry["result"] == row.digest == acts.sha256(path.read_bytes())
    assert entry["basis"]["readings"] == list(done.readings)
    assert (entry["named"], entry["sources"]) == ([COMPONENT], [BATCH])
    assert "closes" not in json.dumps(entry)
    key = home.unwrap(bytes(row.wrapped_key), Erasable.reexamination(done.number))
    assert tables.read_table(path, key).equals(done.others)
    assert b"REQ-00001" not in path.read_bytes()
    checks.ledger_verifies(home)


def test_a_demand_names_every_request_and_nobody(stage) -> None:
    from portcullis.office.reexamining import demands

    world = stage("released")
    done = disclosed.reexamine(world, COMPONENT)
    ((recipient, draft),) = demands(world.home(), done).items()
    assert recipient == "Department of Homeland Security"
    assert all(f"\n- {each}\n" in draft for each in LAWFUL)
    assert "6 disclosures made to you" in draft
    assert "Every named officer" not in draft
    assert "officers and employees of the agency" in draft
    assert not any(secret in draft for secret in NAMELESS)
    assert not any(secret in str(done.others.to_dicts()) for secret in NAMELESS)


def test_the_ruling_shows_which_disclosures_made_elsewhere_it_makes_unlawful(
    stage, monkeypatch
) -> None:
    from portcullis.office.reexamining import demands

    world = stage("new")
    rows = disclosed.disclosures().with_columns(
        disclosed_to=pl.when(pl.col("request_id") == "R3").then(None).otherwise("disclosed_to")
    )
    disclosed.import_(world, disclosed.write(world, rows))
    disclosed.compare(world)
    nobody_is_looked_up(monkeypatch)
    put(world, "address-of-record")
    done = disclosed.reexamine(world)
    # Day 90 at the determination is day 132 at the disclosure: it is judged as of its own day.
    assert verdicts(done) == dict.fromkeys(("R1", "R3", "NOBODY"), "closes")
    assert set(done.unlawful["request_id"]) == {"R1", "R3", "NOBODY"}
    found = {row["element"]: row for row in done.by_element("closes").to_dicts()}
    # Under the reading they were made under any digits were an address, compared with nothing.
    assert (found["address-of-record"]["requests"], found["address-of-record"]["newly"]) == (3, 2)
    assert (found["address-of-taxpayer"]["requests"], found["address-of-taxpayer"]["newly"]) == (
        1,
        1,
    )
    drafts = demands(world.home(), done)
    assert len(drafts) == 2
    unnamed = next(draft for to, draft in drafts.items() if "does not name" in to)
    assert "\n- R3\n" in unnamed
    assert "None" not in unnamed


def test_what_was_never_compared_needs_a_look_up(stage) -> None:
    world = stage("new")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    done = disclosed.reexamine(world)
    found = verdicts(done)
    assert found.pop("R1") == "closes"
    assert set(found.values()) == {"needs-look-up"}
    assert len(found) == 9
    assert set(done.unlawful["request_id"]) == {"R1"}


def test_a_history_is_judged_as_of_its_own_day_of_disclosure(stage) -> None:
    """On the day of the batch, day 90 has not passed yet; the answers were not yet given."""
    world = stage("new")
    early = disclosed.disclosures().with_columns(
        disclosed_on=pl.lit(worlds.BATCH_DAY.isoformat()),
        status_checked_on=pl.lit(worlds.BATCH_DAY.isoformat()),
    )
    disclosed.import_(world, disclosed.write(world, early))
    disclosed.compare(world)
    worlds.attest(world, worlds.ANSWER_DAY)
    done = disclosed.reexamine(world)
    assert verdicts(done) == dict.fromkeys(("R1", "R3", "NOBODY", "DAY90"), "closes")
    assert set(done.unlawful["on"]) == {worlds.BATCH_DAY.isoformat()}


def test_batches_and_histories_are_judged_together_and_apart(stage) -> None:
    world = stage("released")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    disclosed.compare(world)
    both = disclosed.reexamine(world)
    assert dict(both.judged.group_by("source").agg(pl.col("count").sum()).iter_rows()) == {
        BATCH: 10,
        HISTORY: 10,
    }
    only = disclosed.reexamine(world, histories=[HISTORY])
    assert set(only.judged["source"]) == {HISTORY}
    assert set(disclosed.reexamine(world, batches=[BATCH]).judged["source"]) == {BATCH}
    assert both.counts["closes"] == only.counts["closes"] == 3
    # A history of another version is judged by that version.
    add(world, version(world, "2", status_age_days="1"))
    late = disclosed.reexamine(world, version="2", histories=[HISTORY])
    assert late.counts == {"same": 0, "closes": 10, "opens": 0, "needs-look-up": 0}
    status = late.by_element("closes").filter(element="status-fresh").row(0, named=True)
    assert (status["requests"], status["newly"], status["alone"]) == (10, 10, 7)
