"""From list to approval: the sample nobody can choose, (i)(6), the signature and its end."""

import hashlib
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from portcullis.errors import Refused
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.homes import reopen

EXPIRES = worlds.ANSWER_DAY + timedelta(days=5)


def listed(world: worlds.World) -> dict:
    """Return the list's entry, as an outsider reads it from the ledger."""
    ((_, entry),) = checks.of_kind(world.home(), "determination-list")
    return entry


def outsiders_seed(root: str, checkpoint: str) -> str:
    """The seed as the documentation says it is made, with nothing of the office's in it."""
    text = b"portcullis/sample/1\n" + bytes.fromhex(root) + checkpoint.encode()
    return hashlib.sha256(text).hexdigest()


def sampled(world: worlds.World) -> worlds.World:
    acts.impair(world)
    acts.to_answer_day(world)
    acts.draw(world)
    return world


def test_an_outsider_makes_the_same_seed_from_the_list_and_its_first_checkpoint(stage) -> None:
    world = stage("determined")
    first = (world.home().ledger / "checkpoint").read_text()
    sampled(world)
    ((_, entry),) = checks.of_kind(world.home(), "sample")
    assert (world.home().ledger / "checkpoint").read_text() != first
    assert entry["checkpoint"] == acts.sha256(first.encode())
    assert entry["root"] == listed(world)["leaves_root"]
    assert entry["seed"] == outsiders_seed(entry["root"], first)


def dead_after_listing(world: worlds.World, step: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.office.child", str(world.folder), "adjudicate", f"{step}:1"],
        cwd=Path(__file__).parents[2], capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == -9
    reopen(world.home_path)


@pytest.mark.long
def test_the_first_checkpoint_counts_even_if_the_office_died_right_after_it(stage) -> None:
    world = stage("received")
    dead_after_listing(world, "mark-integrated")
    published = (world.home().ledger / "checkpoint").read_text()
    # What comes next is integrated under another checkpoint, which must not take its place.
    sampled(world)
    ((_, entry),) = checks.of_kind(world.home(), "sample")
    assert entry["seed"] == outsiders_seed(listed(world)["leaves_root"], published)


@pytest.mark.long
def test_a_checkpoint_left_staged_is_still_the_first(stage) -> None:
    world = stage("received")
    dead_after_listing(world, "tiles")
    sampled(world)
    from portcullis.office.models import Checkpoint

    ((position, _),) = checks.of_kind(world.home(), "determination-list")
    first = Checkpoint.objects.get(size=position + 1).text
    ((_, entry),) = checks.of_kind(world.home(), "sample")
    assert entry["checkpoint"] == acts.sha256(first.encode())


def test_the_rows_follow_from_the_seed_alone(stage) -> None:
    world = stage("determined")
    acts.impair(world)
    sample = acts.draw(world)
    eligible = [row for row, leaf in enumerate(acts.outcomes(world).values()) if leaf == "eligible"]
    ranked = sorted(
        eligible,
        key=lambda row: hashlib.sha256(bytes.fromhex(sample.seed) + b"%d" % row).digest(),
    )
    assert sample.rows == sorted(ranked[: len(sample.rows)])


@pytest.mark.both_databases
def test_the_sample_is_drawn_once(stage) -> None:
    world = sampled(stage("determined"))
    acts.enrol(world, "sampler-2", ["sampler"])
    for who in ("sampler", "sampler-2"):
        with pytest.raises(Refused):
            acts.draw(world, by=who)
    acts.examine(world)
    with pytest.raises(Refused):
        acts.draw(world)
    assert len(checks.of_kind(world.home(), "sample")) == 1


@pytest.mark.both_databases
def test_one_unlawful_item_makes_the_list_unapprovable_for_ever(stage) -> None:
    world = sampled(stage("determined"))
    ids = acts.sampled_ids(world)
    acts.examine(world, dict.fromkeys(ids, True) | {ids[0]: False})
    assert acts.state(world) == "unapprovable"
    ((_, entry),) = checks.of_kind(world.home(), "examine")
    assert entry["clean"] is False
    worlds.attest(world, EXPIRES)
    for act in (acts.approve, acts.draw, acts.adjudicate, acts.impair):
        with pytest.raises(Refused):
            act(world)
    with pytest.raises(Refused):
        acts.examine(world, dict.fromkeys(ids, True))
    assert not checks.of_kind(world.home(), "approve")
    # Its requester is answered like any other, and nothing leaves.
    released = acts.release(world)
    assert (released.authorised, released.delivered) == (0, 0)
    assert not checks.of_kind(world.home(), "release-authorised")
    assert not checks.published(world.home(), worlds.BATCH)
    assert {acts.outcomes(world)[one] for one in ids} == {"held"}
    assert "disclosed" not in acts.answered(world).values()
    checks.ledger_verifies(world.home())


@pytest.mark.parametrize("left_out", [1, "all"])
def test_a_sample_examined_in_part_is_refused(stage, left_out) -> None:
    world = sampled(stage("determined"))
    ids = acts.sampled_ids(world)
    given = ids[1:] if left_out == 1 else []
    with pytest.raises(Refused, match="no verdict"):
        acts.examine(world, dict.fromkeys(given, True))
    assert acts.state(world) == "sampled"
    # A verdict on what was not drawn replaces none that is missing.
    with pytest.raises(Refused, match="no verdict"):
        acts.examine(world, {**dict.fromkeys(given, True), "NOBODY": True})
    acts.examine(world)
    assert acts.state(world) == "examined"


def test_nothing_is_approved_without_every_i6_record(stage) -> None:
    world = stage("determined")
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    with pytest.raises(Refused, match=r"6 eligible requests have no \(i\)\(6\) record"):
        acts.approve(world)
    assert not checks.of_kind(world.home(), "approve")
    acts.impair(world)
    acts.approve(world)
    assert acts.state(world) == "approved"


@pytest.mark.both_databases
def test_i6_is_recorded_once_and_not_recorded_anew(stage) -> None:
    world = stage("determined")
    acts.impair(world, ["REQ-00002"])
    with pytest.raises(Refused, match="recorded"):
        acts.impair(world)
    from portcullis.office.models import Impairment

    assert list(Impairment.objects.filter(adverse=True).values_list("row", flat=True)) == [1]
    assert len(checks.of_kind(world.home(), "impairment")) == 1


def test_i6_names_only_eligible_requests(stage) -> None:
    world = stage("determined")
    for wrong in ("R3", "REQ-99999"):
        with pytest.raises(Refused, match="not eligible") as refused:
            acts.impair(world, [wrong])
        assert wrong not in str(refused.value)


def test_an_adverse_request_is_held_and_says_nothing(stage) -> None:
    world = stage("determined")
    acts.impair(world, ["REQ-00002"])
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    acts.approve(world)
    assert acts.release(world).delivered == 5
    assert acts.outcomes(world)["REQ-00002"] == "held"
    answers = acts.answered(world)
    assert answers["REQ-00002"] == answers["NOBODY"] == "no disclosure"
    assert not acts.packages(world, row=1)
    checks.released_once(world.home(), worlds.BATCH, 5)


def test_an_adverse_finding_is_nowhere_on_the_ledger(stage) -> None:
    """The entry of the (i)(6) records is of one form, whatever they found."""
    forms = []
    for adverse in ([], ["REQ-00002"], ["REQ-00001", "REQ-00003"]):
        world = stage("determined")
        acts.impair(world, adverse)
        ((_, entry),) = checks.of_kind(world.home(), "impairment")
        assert len(entry["log"]) == 64  # of a file under a salt of its own
        forms.append({k: v for k, v in entry.items() if k not in {"at", "log", "signature"}})
    assert forms[0] == forms[1] == forms[2]
    # Nor how many there are: less the packages, that would be how many were barred.
    assert 6 not in forms[0].values()


def test_when_every_eligible_request_is_barred_the_batch_is_still_answered(stage) -> None:
    world = stage("determined")
    acts.impair(world, [f"REQ-{number:05d}" for number in range(1, 7)])
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    acts.approve(world)
    assert acts.release(world).authorised == 0
    assert "disclosed" not in acts.answered(world).values()
    assert acts.state(world) == "answered"


def test_a_batch_without_an_eligible_request_is_answered_on_its_day_too(stage) -> None:
    world = stage("new")
    rows = worlds.batch_rows(0)
    rows.write_csv(world.batch_file)
    worlds.sign(world, world.batch_file, worlds.BATCH)
    acts.receive(world)
    assert "eligible" not in acts.adjudicate(world).outcomes
    with pytest.raises(Refused, match="no eligible"):
        acts.draw(world)
    with pytest.raises(Refused, match="not before"):
        acts.release(world)
    acts.to_answer_day(world)
    assert acts.release(world).authorised == 0
    assert acts.answered(world) == {
        "R1": "returned",
        "R3": "no disclosure",
        "NOBODY": "no disclosure",
        "DAY90": "returned",
    }
    assert acts.release(world).delivered == 0
    assert len(checks.of_kind(world.home(), "answered")) == 1
    checks.ledger_verifies(world.home())


def test_a_list_with_eligible_requests_is_not_answered_unapproved(stage) -> None:
    world = stage("determined")
    acts.to_answer_day(world)
    with pytest.raises(Refused, match="approved or releasing"):
        acts.release(world)
    sampled(world)
    with pytest.raises(Refused, match="approved or releasing"):
        acts.release(world)


def test_a_list_whose_approval_expired_is_answered_and_releases_nothing(stage) -> None:
    world = stage("approved")
    worlds.attest(world, EXPIRES + timedelta(days=1))
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (0, 0)
    assert not checks.of_kind(world.home(), "release-authorised")
    assert not checks.published(world.home(), worlds.BATCH)
    # Nobody could move it on any more: silence for ever would be an answer of its own.
    assert acts.state(world) == "answered"
    assert acts.outcomes(world)["REQ-00001"] == "held"
    assert acts.answered(world)["REQ-00001"] == "no disclosure"
    assert acts.release(world).delivered == 0
    assert len(checks.of_kind(world.home(), "answered")) == 1
    checks.ledger_verifies(world.home())


def test_the_approval_is_good_on_its_last_day(stage) -> None:
    world = stage("approved")
    ((_, entry),) = checks.of_kind(world.home(), "approve")
    assert entry["expires_on"] == EXPIRES.isoformat()
    worlds.attest(world, EXPIRES)
    assert acts.release(world).delivered == 6


def test_packages_sealed_before_the_approval_expired_are_not_sent_after(stage) -> None:
    world = stage("sealed")
    worlds.attest(world, EXPIRES + timedelta(days=1))
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (0, 6)
    assert {entry["reason"] for _, entry in checks.of_kind(world.home(), "not-sent")} == {
        "approval-expired"
    }
    assert not checks.published(world.home(), worlds.BATCH)
    assert acts.outcomes(world)["REQ-00001"] == "held"
    assert acts.answered(world)["REQ-00001"] == "no disclosure"
    checks.ledger_verifies(world.home())


def test_an_officer_who_left_gets_nothing_and_the_others_do(stage) -> None:
    world = stage("approved")
    acts.change_person(world, "officer-2", in_force_to=worlds.ANSWER_DAY - timedelta(days=1))
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (3, 3)
    assert {entry["reason"] for _, entry in checks.of_kind(world.home(), "not-sent")} == {
        "officer-not-in-force"
    }
    assert acts.answered(world)["REQ-00002"] == "no disclosure"
    checks.released_once(world.home(), worlds.BATCH, 3)


@pytest.mark.both_databases
def test_what_a_crash_left_published_and_is_not_lawful_any_more_goes(stage) -> None:
    """Killed between rename and record; on the day it goes on, the status is too old."""
    world = stage("approved")
    done = subprocess.run(
        [sys.executable, "-m", "tests.office.child", str(world.folder), "release", "deliver:1"],
        cwd=Path(__file__).parents[2], capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == -9
    home = reopen(world.home_path)
    assert len(checks.published(home, worlds.BATCH)) == 1
    worlds.attest(world, worlds.BATCH_DAY + timedelta(days=40))
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (0, 6)
    assert not checks.published(home, worlds.BATCH)
    assert not checks.of_kind(home, "delivered")
    checks.ledger_verifies(home)


@pytest.mark.parametrize("name", ["approved", "sealed"])
def test_nothing_leaves_once_the_agreement_has_ended(stage, name: str) -> None:
    world = stage(name)
    end_agreement(world, worlds.ANSWER_DAY - timedelta(days=1))
    if name == "approved":
        with pytest.raises(Refused, match="agreement-not-in-force"):
            acts.release(world)
    else:
        assert acts.release(world).delivered == 0
    assert not checks.published(world.home(), worlds.BATCH)


def test_nothing_is_looked_up_or_opened_once_the_agreement_has_ended(stage) -> None:
    world = stage("received")
    end_agreement(world, worlds.BATCH_DAY - timedelta(days=1))
    assert acts.adjudicate(world).held[0].startswith("agreement-not-in-force")
    assert not checks.of_kind(world.home(), "looked-up")
    world = stage("released")
    end_agreement(world, worlds.ANSWER_DAY - timedelta(days=1))
    with pytest.raises(Refused, match="agreement-not-in-force"):
        acts.token(world, acts.package_of(world, "REQ-00001"))


def end_agreement(world: worlds.World, last_day: date) -> None:
    path = world.home_path / "pack" / "agreement.toml"
    text = path.read_text()
    assert "in_force_to = 2027-04-06" in text
    path.write_text(text.replace("in_force_to = 2027-04-06", f"in_force_to = {last_day}"))


def test_nothing_is_released_before_the_answer_day(stage) -> None:
    world = stage("approved")
    worlds.attest(world, worlds.ANSWER_DAY - timedelta(days=1))
    with pytest.raises(Refused, match="not before"):
        acts.release(world)
    assert not checks.of_kind(world.home(), "release-authorised")


@pytest.mark.both_databases
def test_the_signatures_of_the_acts_are_of_the_people_they_name(stage) -> None:
    world = stage("approved")
    from portcullis import keys
    from portcullis.office.models import Act

    roster = world.home().roster
    for act in Act.objects.filter(batch=worlds.BATCH):
        statement = keys.verify(act.signature, roster.person(act.person).jwk)
        entry = json.loads(bytes(act.entry.body))
        assert (statement["act"], statement["person"]) == (act.kind, act.person)
        assert entry["signature"] == acts.sha256(act.signature.encode())
        assert all(entry[name] == statement[name] for name in statement if name in entry)


def test_what_the_official_and_the_sampler_signed_says_which_marks_and_verdicts(stage) -> None:
    """The entries commit to files under salts of their own, which say it; the ledger does not."""
    import polars as pl

    from portcullis import tables
    from portcullis.office import approval
    from portcullis.office.files import batch_key, find_batch

    world = stage("determined")
    acts.impair(world, ["REQ-00002"])
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    home, batch = world.home(), find_batch(worlds.BATCH)
    kept = {}
    for kind, name in (("impairment", approval.MARKS), ("examine", approval.VERDICTS)):
        ((_, entry),) = checks.of_kind(home, kind)
        path = home.batch(batch.id) / name
        assert acts.sha256(path.read_bytes()) == entry["log"]
        kept[kind] = tables.read_table(path, batch_key(home, batch))
    assert kept["impairment"].filter("adverse")["row"].to_list() == [1]
    assert kept["impairment"].height == 6
    assert kept["examine"].select(pl.col("lawful").all()).item()


def test_other_marks_than_were_signed_are_not_recorded(stage) -> None:
    from portcullis.office import acting, approval

    world = stage("determined")
    home, person = world.home(), world.actor("impairment")
    moment = home.now()
    first = acting.rehearsing(person.person, moment)
    with pytest.raises(acting.Proposed) as asked:
        approval.record_impairment(home, worlds.BATCH, first, ["REQ-00002"])
    token = person.sign(asked.value.statement)
    signed = acting.rehearsing(person.person, moment, [token])
    for other in ([], ["REQ-00001"], ["REQ-00001", "REQ-00002"]):
        with pytest.raises(acting.Proposed):
            approval.record_impairment(home, worlds.BATCH, signed, other)
    assert not checks.of_kind(home, "impairment")
    with pytest.raises(acting.Proposed) as asked:
        approval.record_impairment(home, worlds.BATCH, first, ["REQ-00002"])
    again = person.sign(asked.value.statement)
    signed = acting.rehearsing(person.person, moment, [again])
    assert approval.record_impairment(home, worlds.BATCH, signed, ["REQ-00002"]) == 6
    ((_, entry),) = checks.of_kind(home, "impairment")
    assert entry["log"] == asked.value.statement["log"]


def test_nothing_is_released_on_an_approval_that_was_not_signed_of_this_list(stage) -> None:
    from portcullis.office.models import Act, Approval

    world = stage("approved")
    act = Approval.objects.get().act
    others = [
        world.actor("approver").sign({"act": "approve", "person": "approver", "root": "0" * 64}),
        Act.objects.get(kind="examine").signature,
    ]
    for other in others:
        Act.objects.filter(pk=act.pk).update(signature=other)
        with pytest.raises(Refused):
            acts.release(world)
    assert acts.state(world) == "approved"
    assert not checks.of_kind(world.home(), "transmit")
    Act.objects.filter(pk=act.pk).update(signature=act.signature)
    acts.change_person(world, "approver", key_to=worlds.ANSWER_DAY - timedelta(days=1))
    with pytest.raises(Refused, match="may not approve today"):
        acts.release(world)
    assert not checks.published(world.home(), worlds.BATCH)


@pytest.mark.parametrize("who", ["approver", "transmitter"])
@pytest.mark.parametrize("end", ["key_to", "in_force_to"])
def test_what_waits_is_not_sent_once_its_approver_or_transmitter_is_out(stage, who, end) -> None:
    from portcullis.office.models import Package

    world = stage("sealed")
    acts.change_person(world, who, **{end: worlds.ANSWER_DAY - timedelta(days=1)})
    acts.publish(world)
    assert set(Package.objects.values_list("state", "reason")) == {
        ("not-sent", f"{who}-not-in-force")
    }
    assert not checks.published(world.home(), worlds.BATCH)
    checks.ledger_verifies(world.home())


def test_who_goes_on_with_a_release_is_on_record_once_for_each_signature(stage) -> None:
    from portcullis.office.acting import Proposed, rehearsing
    from portcullis.office.release import release

    world = stage("sealed")
    acts.enrol(world, "transmitter-2", ["transmitter"])
    second, moment = world.actor("transmitter-2"), world.home().now()

    def transmitted() -> list[str]:
        return [entry["by"] for _, entry in checks.of_kind(world.home(), "transmit")]

    class CutOff(Exception):  # noqa: N818 - nothing went wrong
        """The release stops here."""

    def cut(step: str) -> None:
        if step == "seal":
            raise CutOff

    with pytest.raises(Proposed) as asked:
        release(world.home(), worlds.BATCH, rehearsing(second.person, moment))
    assert transmitted() == ["transmitter"]
    token = second.sign(asked.value.statement)
    for _ in range(2):
        actor = rehearsing(second.person, moment, [token])
        with pytest.raises(CutOff):
            release(world.home(), worlds.BATCH, actor, cut)
    assert transmitted() == ["transmitter", "transmitter-2"]
    acts.release(world)
    assert transmitted() == ["transmitter", "transmitter-2", "transmitter"]
    assert len(checks.published(world.home(), worlds.BATCH)) == 6
