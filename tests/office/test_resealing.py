"""Packages sealed to a lost key are sealed again, once all that release asks is asked again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portcullis.custody import RESEALED_PROOF, Case, Place, RecipientHome, Status, Visit, sign
from portcullis.errors import Misuse, Refused
from portcullis.office.public import FILE, read_public
from portcullis.release import package_digest
from portcullis.standing import Scope
from tests.office import acts, checks, erasing, restored
from tests.office import world as worlds
from tests.office.resealing import OFFICER, file_of, opened, replace_key, reseal
from tests.office.test_custody_duties import at, ids
from tests.office.test_kill import killed, run_again
from tests.office.test_looking_again import append_unrelated
from tests.office.world import BATCH, World

PLACE = Place("office", "office")
KILLED = [
    "write-package", "enter-resealed", "commit-resealed", "integrate-resealed", "mark-integrated",
    "prove-resealed", "rename-resealed", "published-resealed",
]  # fmt: skip


def test_the_same_answer_is_sealed_to_the_new_key_and_the_former_opens_no_more(stage) -> None:
    world = stage("released")
    mine, other = acts.packages(world, officer=OFFICER), acts.packages(world, officer="officer-2")
    before = {one.id: file_of(world, one).read_bytes() for one in [*mine, *other]}
    contents = {one.id: opened(world, one) for one in mine}
    recipient, visit = _recipient(world)
    for one in mine:
        receipt(world, visit, one)
    replace_key(world)
    for one in mine:
        with pytest.raises(Refused, match="does not open"):
            opened(world, one)
    looked_up = checks.of_kind(world.home(), "looked-up")

    done = reseal(world)

    assert (set(done.packages), done.left) == ({one.id for one in mine}, {})
    home = world.home()
    (by, act), *entered = [
        (at_, entry) for at_, entry in enumerate(checks.entries(home))
        if entry["kind"] in ("reseal", "resealed")
    ]  # fmt: skip
    assert (act["by"], act["officer"]) == ("transmitter", OFFICER)
    digests = {one.id: one.digest for one in acts.packages(world)}
    assert all(at_ > by for at_, _ in entered)
    # Each entry has these members, the kind and the time, and no others.
    assert all(entry.keys() == {"kind", "at", "package", "former", "new"} for _, entry in entered)
    assert {entry["package"]: (entry["former"], entry["new"]) for _, entry in entered} == {
        one.id: (one.digest, digests[one.id]) for one in mine
    }
    for one in mine:
        data = file_of(world, one).read_bytes()
        assert package_digest(data) == digests[one.id] != one.digest
        assert opened(world, one) == contents[one.id]
        with pytest.raises(Refused, match="another package"):
            opened(world, one, before[one.id])
        assert receipt(world, visit, one) == data
    for one in other:
        assert file_of(world, one).read_bytes() == before[one.id]
        assert opened(world, one)
    # Nothing more was disclosed, and nobody was looked up.
    assert len(checks.of_kind(home, "delivered")) == 6
    assert checks.of_kind(home, "looked-up") == looked_up
    assert not list((home.batch(BATCH) / "sealed").iterdir())
    events = [entry.event for entry in recipient.log.entries()]
    assert (events.count("receipt"), events.count("replacement")) == (len(mine), len(mine))
    checks.ledger_verifies(home)
    with pytest.raises(Refused, match="Nothing of this batch"):
        reseal(world)


def _recipient(world: World) -> tuple[RecipientHome, Callable[[], Visit]]:
    """The recipient's home, and its officer come in with the key of the roster as it stands."""
    home = RecipientHome(world.folder / "recipient")
    now = world.home().now()

    def visit() -> Visit:
        home.make(world.home_path / "people.json", world.home_path / "pack", demo=True)
        come = Visit(home, OFFICER, world.key(OFFICER), at=now, place=PLACE)
        come.acknowledge()
        return come

    return home, visit


def receipt(world: World, visit: Callable[[], Visit], package: Any) -> bytes:
    """Take the published package in as the officer does; return what then lies in the home."""
    public = read_public(world.home().path / FILE)
    path = file_of(world, package)
    proof = path.with_name(f"{package.id}{RESEALED_PROOF}")
    come, data = visit(), path.read_bytes()
    if proof.exists():
        assert come.replace_resealed(data, proof.read_text(), public.check_entry)
    from portcullis.release import read_package

    request = read_package(data).parcel.request_id
    case = Case(request, ("2022",), ("last_known_address",), "s", come.at.date(), (OFFICER,))
    come.receive(data, case, public.check_proof)
    return (come.home.packages / f"{package.id}.json").read_bytes()


def test_the_recipient_takes_no_other_package_for_a_resealed_one(stage) -> None:
    world = stage("released")
    one, two, *_ = acts.packages(world, officer=OFFICER)
    former = file_of(world, one).read_bytes()
    _, visit = _recipient(world)
    receipt(world, visit, one)
    replace_key(world)
    reseal(world)
    public = read_public(world.home().path / FILE)
    new = file_of(world, one).read_bytes()
    proofs = {
        each.id: file_of(world, each).with_name(f"{each.id}{RESEALED_PROOF}").read_text()
        for each in (one, two)
    }
    come = visit()
    spoilt = new.replace(b'"padding":"0', b'"padding":"1')
    for data, proof in (
        (new, proofs[two.id]),
        (new, proofs[one.id].replace("index ", "index 1")),
        (new, "no proof"),
        (spoilt, proofs[one.id]),
    ):
        with pytest.raises(Refused):
            come.replace_resealed(data, proof, public.check_entry)
    assert (come.home.packages / f"{one.id}.json").read_bytes() == former
    assert not come.replace_resealed(
        file_of(world, two).read_bytes(), proofs[two.id], public.check_entry
    )
    assert come.replace_resealed(new, proofs[one.id], public.check_entry)
    assert not come.replace_resealed(new, proofs[one.id], public.check_entry)


def _recall(world: World, packages: list[Any]) -> None:
    from portcullis.office.recalls import recall

    recall(world.home(), acts.hands(world, "safeguards"), [packages[0].id], "incident")


def _state(world: World, status: str, *packages: str) -> None:
    from portcullis.office.statements import enter

    # The officer states with the key that is enrolled.
    said = Status(packages or ids(world, OFFICER), OFFICER, status, at(world.home().today()))
    enter(world.home(), sign(said, world.key(OFFICER)))


def _later(world: World, days: int) -> None:
    worlds.attest(world, world.home().today() + timedelta(days=days))


@pytest.mark.long
@pytest.mark.parametrize(
    ("closing", "reason", "all_of_them"),
    [
        (lambda world, _: acts.place(world), "order-stands", True),
        (
            lambda world, mine: acts.place(world, scope=Scope(packages=(mine[0].id,))),
            "order-stands",
            False,
        ),
        (
            lambda world, mine: erasing.hold(world, Scope(packages=(mine[0].id,))),
            "hold-stands",
            False,
        ),
        (_recall, "recalled", False),
        (lambda world, mine: _state(world, "closed", mine[0].id), "case-ended", False),
        (lambda world, _: world.home().set_date(world.home().today() + timedelta(days=60)),
         None, True),
        (lambda world, _: _later(world, 40), "status-fresh", True),
        (lambda world, _: _later(world, 91), "status-owed", True),
    ],
    ids=[
        "order", "order on one", "hold", "recall", "case ended", "safeguards lapsed",
        "element no longer met", "status owed",
    ],
)  # fmt: skip
def test_what_may_not_leave_now_is_left_as_it_is(
    stage, closing: Callable[[World, list[Any]], None], reason: str | None, all_of_them: bool
) -> None:
    world = stage("released")
    mine = acts.packages(world, officer=OFFICER)
    before = {one.id: file_of(world, one).read_bytes() for one in mine}
    replace_key(world)
    closing(world, mine)
    done = reseal(world)
    left = mine if all_of_them else mine[:1]
    assert set(done.left) == {one.id for one in left}
    assert reason is None or set(done.left.values()) == {reason}
    assert set(done.packages) == {one.id for one in mine} - set(done.left)
    kept = {one.id: one.digest for one in acts.packages(world, officer=OFFICER)}
    for one in left:
        assert kept[one.id] == one.digest
        assert file_of(world, one).read_bytes() == before[one.id]
    assert {entry["package"] for _, entry in checks.of_kind(world.home(), "resealed")} == set(
        done.packages
    )
    assert not list((world.home().batch(BATCH) / "sealed").iterdir())


def test_an_order_between_entry_and_publication_keeps_the_package(stage) -> None:
    world = stage("released")
    mine = acts.packages(world, officer=OFFICER)
    before = {one.id: file_of(world, one).read_bytes() for one in mine}
    replace_key(world)

    def order(step: str) -> None:
        if step == "integrate-resealed":
            acts.place(world)

    done = reseal(world, announce=order)
    assert (done.packages, set(done.left.values())) == ((), {"order-stands"})
    for one in mine:
        assert file_of(world, one).read_bytes() == before[one.id]
    for counsel in ("counsel", "counsel-2"):
        acts.lift(world, counsel)
    with pytest.raises(Refused, match="another package"):
        opened(world, mine[0])
    assert len(reseal(world).packages) == len(mine)
    assert opened(world, mine[0])
    assert len(checks.of_kind(world.home(), "resealed")) == len(mine)


@pytest.mark.long
def test_another_index_is_looked_up_and_that_is_logged(stage) -> None:
    world = stage("released")
    replace_key(world)
    append_unrelated(world)
    done = reseal(world)
    assert (len(done.packages), done.left) == (3, {})
    (_, looked) = checks.of_kind(world.home(), "looked-up")[-1]
    assert (looked["purpose"], looked["batch"]) == ("release", BATCH)


def test_only_a_transmitter_who_did_nothing_else_of_it_seals_again(stage) -> None:
    world = stage("released")
    replace_key(world)
    with pytest.raises(Refused, match="does not hold the role"):
        reseal(world, by="approver")
    acts.change_person(world, "approver", roles=("approver", "transmitter"))
    acts.denied(world, "transmit", "approver", "two-people", lambda: reseal(world, by="approver"))
    acts.change_person(world, OFFICER, in_force_to=world.home().today() - timedelta(days=1))
    with pytest.raises(Refused, match="not on the roster in force"):
        reseal(world)
    assert checks.of_kind(world.home(), "resealed") == []


def test_what_was_erased_is_not_sealed_again(stage) -> None:
    world = stage("released")
    replace_key(world)
    world.home().set_date(erasing.DUE_DAY)
    erasing.erase(world)
    with pytest.raises(Refused, match="erased"):
        reseal(world)


def test_cut_off_between_entry_and_publication_it_goes_on(stage) -> None:
    world = stage("released")
    mine = acts.packages(world, officer=OFFICER)
    replace_key(world)

    def stop(step: str) -> None:
        if step == "rename-resealed":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        reseal(world, announce=stop)
    with pytest.raises(Refused, match="another package"):
        opened(world, mine[0])
    assert len(reseal(world).packages) == len(mine)
    assert len(checks.of_kind(world.home(), "resealed")) == len(mine)
    assert opened(world, mine[0])


@pytest.mark.long
@pytest.mark.parametrize("step", KILLED)
def test_killed_at_any_step_each_is_sealed_again_once(stage, step: str) -> None:
    world = stage("released")
    mine = acts.packages(world, officer=OFFICER)
    replace_key(world)
    killed(world, "reseal", step, 1 if step.startswith(("integrate", "mark")) else 2)
    assert run_again(world, "reseal") == ""
    entered = [entry["package"] for _, entry in checks.of_kind(world.home(), "resealed")]
    assert sorted(entered) == sorted(one.id for one in mine)
    for one in mine:
        assert opened(world, one)
    assert not list((world.home().batch(BATCH) / "sealed").iterdir())
    checks.ledger_verifies(world.home())


@pytest.mark.long
def test_a_home_put_back_gives_no_token_for_the_former_and_seals_once_more(stage) -> None:
    world = stage("released")
    one, *_ = acts.packages(world, officer=OFFICER)
    former = file_of(world, one).read_bytes()
    replace_key(world)
    again = restored.lost_and_put_back(world, lambda: reseal(world))
    restored.whole_again(again, world.home_path)
    with pytest.raises(Misuse, match="key cannot be read"):
        opened(again, one, former)
    assert len(reseal(again).packages) == 3
    assert opened(again, one)
    checks.ledger_verifies(again.home())


@pytest.mark.parametrize("at_step", ["check_ledger", "gate_now_for_opening"])
def test_no_token_for_the_former_package_is_recorded_after_it_is_sealed_again(
    stage, monkeypatch, at_step: str
) -> None:
    """Sealed again while an opening waits for the witnesses, or while its gate is asked."""
    from portcullis.office import tokens

    world = stage("released")
    package = acts.packages(world, officer=OFFICER)[0]
    former = file_of(world, package).read_bytes()
    replace_key(world)
    real, done = getattr(tokens, at_step), []

    def meanwhile(*about: Any) -> Any:
        answer = real(*about)
        if not done:
            done.append(True)
            reseal(world)
        return answer

    monkeypatch.setattr(tokens, at_step, meanwhile)
    with pytest.raises(Refused):
        opened(world, package, former)
    kinds = [each["kind"] for each in checks.entries(world.home())]
    assert "opening-granted" not in kinds[kinds.index("resealed") :]
    assert kinds[-1] == "opening-refused"
    checks.ledger_verifies(world.home())
