"""A home put back from a backup stays closed until it has everything the ledger records."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from portcullis.errors import Refused
from portcullis.standing import Scope
from tests.office import acts, checks, disclosed, restored
from tests.office import world as worlds
from tests.office.restored import closed


@pytest.mark.both_databases
def test_an_order_filed_after_the_backup_keeps_the_home_closed(stage) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: acts.place(world))
    before = (again.home_path / "ledger" / "checkpoint").read_bytes()
    assert closed(again) == ["restored-from-backup"]
    with pytest.raises(Refused):
        acts.release(again)
    restored.refuses_to_record(again)
    assert (again.home_path / "ledger" / "checkpoint").read_bytes() == before

    restored.whole_again(again, world.home_path)
    assert closed(again) == []
    from portcullis.office.orders import standing_orders

    assert [order.id for order in standing_orders()] == ["order-1"]
    released = acts.release(again)
    assert (released.delivered, released.not_sent) == (0, 6)
    assert not checks.published(again.home(), worlds.BATCH)
    checks.ledger_verifies(again.home())
    ((_, entry),) = checks.of_kind(again.home(), "restored")
    assert entry["by"] == "counsel"


def test_what_left_after_the_backup_is_known_and_leaves_only_once(stage) -> None:
    world = stage("approved")
    delivered: set[str] = set()

    def since() -> None:
        acts.release(world)
        delivered.update(entry["package"] for _, entry in checks.of_kind(world.home(), "delivered"))

    again = restored.lost_and_put_back(world, since)
    assert len(delivered) == 6
    assert acts.packages(again) == []

    restored.whole_again(again, world.home_path)
    assert {package.id for package in acts.packages(again, state="delivered")} == delivered
    assert acts.state(again) == "answered"
    assert acts.outcomes(again) == before_and_after(world, again, acts.outcomes)
    assert acts.release(again).delivered == 6
    assert len(checks.of_kind(again.home(), "delivered")) == 6
    assert accounted(world) == accounted(again)
    from portcullis.office.counting import count

    assert count(again.home(), again.home().today()).instances.height == 6
    checks.ledger_verifies(again.home())


def before_and_after(world: worlds.World, again: worlds.World, ask):
    """Ask the lost home, and leave the one put back open."""
    from tests.office.homes import switch

    switch(world.home_path)
    found = ask(world)
    switch(again.home_path)
    return found


def accounted(world: worlds.World) -> list[tuple]:
    from portcullis import tables
    from portcullis.office import files
    from portcullis.office.home import Home

    home = Home.find(world.home_path)
    path = files.accounting(home, worlds.BATCH, "disclosures.tbl")
    return tables.read_table(path, home.derived_key("accounting")).rows()


def test_a_release_cut_off_goes_on_where_the_ledger_says(stage) -> None:
    world = stage("approved")

    def half() -> None:
        acts.seal(world)
        from portcullis.office.files import find_batch
        from portcullis.office.release import publish

        first, second, *_ = acts.packages(world)
        for package in (first, second):
            publish(world.home(), find_batch(worlds.BATCH), package.id)
        acts.integrate(world)

    again = restored.lost_and_put_back(world, half)
    restored.whole_again(again, world.home_path)
    assert sorted(package.state for package in acts.packages(again)) == [
        *["authorised"] * 4,
        *["delivered"] * 2,
    ]
    assert acts.release(again).delivered == 6
    checks.ledger_verifies(again.home())
    delivered = [entry["package"] for _, entry in checks.of_kind(again.home(), "delivered")]
    assert len(delivered) == len(set(delivered)) == 6


def test_packages_sealed_before_the_backup_can_be_opened_after_it(stage) -> None:
    world = stage("sealed")
    again = restored.lost_and_put_back(world, lambda: acts.release(world))
    restored.whole_again(again, world.home_path)
    assert {package.state for package in acts.packages(again)} == {"delivered"}
    assert acts.token(again, acts.package_of(again, "REQ-00001"))


@pytest.mark.both_databases
def test_a_spent_nonce_stays_spent(stage) -> None:
    world = stage("released")
    package = acts.package_of(world, "REQ-00001")
    request = acts.ask_to_open(world, package)
    from portcullis.office.tokens import grant_token

    again = restored.lost_and_put_back(
        world, lambda: grant_token(world.home(), package.id, request)
    )
    restored.whole_again(again, world.home_path)
    with pytest.raises(Refused, match="used before"):
        grant_token(again.home(), package.id, request)
    assert acts.token(again, package)


def test_a_recall_and_a_denied_attempt_are_put_back(stage) -> None:
    world = stage("released")
    package = acts.package_of(world, "REQ-00001")

    def since() -> None:
        from portcullis.office.recalls import recall

        recall(world.home(), acts.hands(world, "safeguards"), [package.id], "order")
        with pytest.raises(Refused):
            recall(world.home(), acts.hands(world, "specialist"), [package.id], "order")

    again = restored.lost_and_put_back(world, since)
    restored.whole_again(again, world.home_path)
    with pytest.raises(Refused, match="recalled"):
        acts.token(again, package)
    from portcullis.office.models import DeniedAttempt

    assert list(DeniedAttempt.objects.values_list("person", "reason")) == [("specialist", "role")]


def test_orders_lifts_and_readings_are_put_back(stage) -> None:
    world = stage("approved")
    acts.place(world, "order-1")

    def since() -> None:
        acts.lift(world, "counsel", "order-1")
        acts.lift(world, "counsel-2", "order-1")
        acts.place(world, "order-2", Scope(officers=("officer-1",)))
        acts.lift(world, "counsel", "order-2")
        for person in ("counsel", "counsel-2"):
            change_reading(world, person)

    again = restored.lost_and_put_back(world, since)
    restored.whole_again(again, world.home_path)
    from portcullis.office import orders, readings

    assert [(row["id"], row["standing"]) for row in orders.listing()] == [
        ("order-1", False),
        ("order-2", True),
    ]
    assert [change.reading for change in readings.changes()] == [READING]
    # A first approval is no act on the ledger that lifts anything: it is given again.
    assert not acts.lift(again, "counsel", "order-2").lifted
    assert acts.lift(again, "counsel-2", "order-2").lifted


READING = "agency-is-the-component"


def change_reading(world: worlds.World, person: str) -> None:
    from portcullis import law
    from portcullis.office.reading_changes import change

    home = world.home()
    asked = law.Change(READING, True, home.today())
    change(home, acts.hands(world, person), asked, acts.DOCKET, acts.DOCUMENT)


def test_the_same_person_may_still_not_do_the_next_step(stage) -> None:
    world = stage("determined")
    acts.enrol(world, "both", ["sampler", "approver", "impairment-official"])
    acts.impair(world)
    acts.to_answer_day(world)

    def since() -> None:
        acts.draw(world, "both")
        acts.examine(world, by="both")

    again = restored.lost_and_put_back(world, since)
    restored.whole_again(again, world.home_path)
    assert acts.state(again) == "examined"
    assert before_and_after(world, again, acts.sampled_ids) == acts.sampled_ids(again)
    acts.denied(again, "approve", "both", "two-people", lambda: acts.approve(again, "both"))
    acts.approve(again)


def test_a_newer_safeguard_record_voids_the_older_one(stage) -> None:
    world = stage("released")
    package = acts.package_of(world, "REQ-00001")
    again = restored.lost_and_put_back(world, lambda: worlds.attest(world, worlds.ANSWER_DAY))
    done = restored.whole_again(again, world.home_path)
    with pytest.raises(Refused, match="ssr-not-approved"):
        acts.token(again, package)
    worlds.attest(again, worlds.ANSWER_DAY)
    assert acts.token(again, package)
    assert done.again == ()


def test_records_under_i6_made_after_the_backup_are_made_again(stage) -> None:
    world = stage("determined")
    again = restored.lost_and_put_back(world, lambda: acts.impair(world, ["REQ-00001"]))
    found = restored.catch_up(again, world.home_path)
    assert any("portcullis impairment" in each for each in found.again)
    assert restored.accept(again, found.losses[0].id).whole
    acts.impair(again, ["REQ-00001"])
    acts.to_answer_day(again)
    acts.draw(again)
    acts.examine(again)
    acts.approve(again)
    assert acts.release(again).delivered == 5


@pytest.mark.parametrize("stood", ["new", "received", "determined"])
def test_a_batch_whose_files_are_lost_keeps_the_home_closed(stage, stood: str) -> None:
    world = stage(stood)
    since = {
        "new": lambda: acts.receive(world),
        "received": lambda: acts.adjudicate(world),
        "determined": lambda: worlds.approve(world, world.home()),
    }
    again = restored.lost_and_put_back(world, since[stood])
    found = restored.catch_up(again, world.home_path)
    end = f"{restored.NEVER_SEEN}:{found.size}"
    assert {loss.id for loss in found.losses} == {"batch:batch-1", end}
    assert closed(again) == ["loss-not-accepted"]
    half = restored.accept(again, end)
    assert [loss.id for loss in half.losses] == ["batch:batch-1"]
    assert closed(again) == ["loss-not-accepted"]
    assert restored.accept(again, "batch:batch-1").whole
    assert closed(again) == []
    assert acts.state(again) == "lost"
    with pytest.raises(Refused):
        acts.release(again)
    from portcullis.intake import TransmittalRefused

    with pytest.raises(TransmittalRefused, match="received before"):
        acts.receive(again)
    checks.ledger_verifies(again.home())


def test_a_folder_saved_from_the_old_disk_saves_its_batch(stage) -> None:
    import shutil

    world = stage("received")
    again = restored.lost_and_put_back(world, lambda: acts.adjudicate(world))
    saved, to = (one / "batches" / worlds.BATCH for one in (world.home_path, again.home_path))
    shutil.rmtree(to)
    shutil.copytree(saved, to)
    restored.whole_again(again, world.home_path)
    assert acts.state(again) == "determined"
    acts.impair(again)


@pytest.mark.both_databases
def test_accepting_a_loss_takes_two_people_one_an_administrator(stage) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: acts.place(world))
    from portcullis.office.catching_up import accept_losses

    with pytest.raises(Refused, match="not caught up"):
        accept_losses(again.home(), restored.administrator(again), ["batch:x"])
    end = restored.catch_up(again, world.home_path).losses[0].id
    home = again.home()
    with pytest.raises(Refused, match="Nothing is missing"):
        accept_losses(home, restored.administrator(again), ["batch:x"])
    acts.denied(
        again, "accept-loss", "approver", "role",
        lambda: accept_losses(home, acts.hands(again, "approver"), [end]),
    )  # fmt: skip
    accept_losses(home, acts.hands(again, "counsel"), [end])
    with pytest.raises(Refused, match="already"):
        accept_losses(home, acts.hands(again, "counsel"), [end])
    with pytest.raises(Refused, match="administrator"):
        accept_losses(home, acts.hands(again, "counsel-2"), [end])
    assert closed(again) == ["loss-not-accepted"]
    approvals, done = accept_losses(home, restored.administrator(again), [end])
    assert (approvals, done.whole) == (2, True)
    ((_, entry),) = checks.of_kind(home, "loss-accepted")
    assert [one["person"] for one in entry["approvals"]] == ["counsel", "administrator"]


def test_what_is_left_of_a_batch_nobody_can_read_is_named_and_ended(stage) -> None:
    """Received, released and answered after the backup: only its ids are on the ledger."""
    world = stage("new")

    def since() -> None:
        acts.receive(world)
        acts.adjudicate(world)
        worlds.approve(world, world.home())
        acts.release(world)

    again = restored.lost_and_put_back(world, since)
    found = restored.catch_up(again, world.home_path)
    names = [loss.id for loss in found.losses]
    assert [name.partition(":")[0] for name in names] == ["batch", "packages", "entries-after"]
    assert restored.accept(again, *names).whole
    worlds.attest(again, again.home().today())
    from portcullis.office.doctor import examine

    assert examine(again.home()) == []
    told_without_what_was_lost(again, names)
    with pytest.raises(Refused):
        acts.release(again)
    worlds.sign(world, world.batch_file, "batch-2")
    acts.receive(again)
    acts.adjudicate(again, batch="batch-2")


def told_without_what_was_lost(world, names: list[str]) -> None:
    """Reports of every day, the letter and the export do without what two people accepted."""
    from portcullis.office import exporting, individuals, reporting

    home = world.home()
    first, last = map(int, names[1].partition(":")[2].split("-"))
    today = home.today()
    for by in (today - timedelta(days=1), today):
        (court,) = reporting.make(home, "court", by).documents
        assert "Requests received" in court.text
    assert f"Of {last - first + 1} of these disclosures" in court.text
    acts.enrol(world, "inspector", ["inspector"])
    inspector = acts.hands(world, "inspector")
    found = individuals.attest(home, inspector)
    assert found.lost == found.delivered == last - first + 1
    specialist = acts.hands(world, "specialist")
    individuals.prove_identity(home, specialist, "T-REQ-00001", "in-person")
    letter = individuals.account(home, specialist, "T-REQ-00001", "en")
    assert f"but for {found.lost}:" in letter.text
    seen = exporting.export(home, inspector, "tigta", "a" * 64, today, persons=True)
    assert seen.frames["persons"].is_empty()


def test_histories_and_re_examinations_made_after_the_backup(stage) -> None:
    world = stage("released")
    path = disclosed.write(world, disclosed.disclosures(), "disclosed.csv")

    def since() -> None:
        disclosed.import_(world, path)
        disclosed.compare(world)
        reexamine(world)

    again = restored.lost_and_put_back(world, since)
    found = restored.catch_up(again, world.home_path)
    assert {loss.id.partition(":")[0] for loss in found.losses} == {"history", "entries-after"}
    assert any("reexamine" in sentence for sentence in found.again)
    assert restored.accept(again, *(loss.id for loss in found.losses)).whole
    from portcullis.office.counting import count

    home = again.home()
    told = count(home, home.today()).requests.filter(kind="history")
    assert told.select("outcome", "count").rows() == [("lost", len(disclosed.disclosures()))]
    disclosed.import_(again, path)
    told = count(home, home.today()).requests.filter(kind="history")
    assert (set(told["outcome"]), told["count"].sum()) == (
        {"imported"}, len(disclosed.disclosures()),
    )  # fmt: skip
    disclosed.compare(again)
    assert reexamine(again).number == 2
    from portcullis.office.doctor import examine

    assert examine(again.home()) == []


def reexamine(world: worlds.World):
    from portcullis.office.reexamining import Asked
    from portcullis.office.reexamining import reexamine as run

    return run(world.home(), acts.hands(world, "counsel"), Asked())


def test_a_comparison_made_after_the_backup_is_made_again(stage) -> None:
    world = stage("released")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures(), "disclosed.csv"))
    again = restored.lost_and_put_back(world, lambda: disclosed.compare(world))
    found = restored.catch_up(again, world.home_path)
    assert any("history compare" in sentence for sentence in found.again)
    assert restored.accept(again, found.losses[0].id).whole
    disclosed.compare(again)


def test_an_approval_on_records_that_are_lost_does_not_stand(stage) -> None:
    """Who was barred under (i)(6) is nowhere on the ledger: nothing may be released on it."""
    world = stage("determined")

    def since() -> None:
        acts.impair(world, ["REQ-00001"])
        acts.to_answer_day(world)
        acts.draw(world)
        acts.examine(world)
        acts.approve(world)

    again = restored.lost_and_put_back(world, since)
    found = restored.catch_up(again, world.home_path)
    assert "batch:batch-1" in {loss.id for loss in found.losses}
    with pytest.raises(Refused):
        acts.release(again)


def test_barred_requests_stay_barred_when_their_batch_was_on_its_way_out(stage) -> None:
    world = stage("determined")

    def since() -> None:
        acts.impair(world, ["REQ-00001", "REQ-00004"])
        acts.to_answer_day(world)
        acts.draw(world)
        acts.examine(world)
        acts.approve(world)
        acts.seal(world)
        acts.integrate(world)

    again = restored.lost_and_put_back(world, since)
    restored.whole_again(again, world.home_path)
    worlds.attest(again, again.home().today())
    assert acts.release(again).delivered == 4
    held = {name for name, outcome in acts.outcomes(again).items() if outcome == "held"}
    assert held == {"REQ-00001", "REQ-00004"}


# At the first three nothing has changed yet; what holds of the ledger exchanged holds of the trees.
SELDOM = ("fetch", "check", "mark", "set-aside trees", "exchange trees")
STEPS = (
    *(pytest.param(step, marks=pytest.mark.long) for step in SELDOM),
    *("set-aside ledger", "exchange ledger", "add-entries", "ask-witnesses"),
    *("reinstate", "mark-caught-up"),
)


@pytest.mark.parametrize("step", STEPS)
def test_catching_up_killed_at_any_step_is_run_again(stage, step: str) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: acts.place(world))
    words = [world.folder, again.name, world.home_path, step]
    child = [sys.executable, "-m", "tests.office.restoring_child", *map(str, words)]
    done = subprocess.run(child, cwd=Path(__file__).parents[2], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    assert closed(again)[0] == "restored-from-backup"
    restored.whole_again(again, world.home_path)
    checks.ledger_verifies(again.home())
    assert acts.release(again).delivered == 0
