"""An order closes the gate at once, for what is in its scope, until two people lift it."""

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from portcullis.errors import Misuse, Refused
from portcullis.standing import EVERYTHING, Scope, read_safeguards
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.homes import reopen, switch

ODD = {"REQ-00001", "REQ-00003", "REQ-00005"}
EVEN = {"REQ-00002", "REQ-00004", "REQ-00006"}
ALL = ODD | EVEN


def closed(world: worlds.World) -> set[str]:
    """Return the requests to whose packages the gate is closed now."""
    from portcullis.office.files import find_batch
    from portcullis.office.release import gate_now

    home = world.home()
    batch = find_batch(worlds.BATCH)
    ids = dict(enumerate(acts.outcomes(world)))
    return {
        ids[package.row]
        for package in acts.packages(world)
        if not gate_now(home, batch, package).met
    }


@pytest.mark.both_databases
def test_an_order_stops_a_release_whole(stage) -> None:
    world = stage("approved")
    acts.place(world)
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (0, 6)
    assert not checks.published(world.home(), worlds.BATCH)
    assert {acts.outcomes(world)[one] for one in ALL} == {"held"}
    assert "disclosed" not in acts.answered(world).values()
    checks.ledger_verifies(world.home())


@pytest.mark.both_databases
def test_an_order_between_two_packages_stops_the_second(stage) -> None:
    world = stage("sealed")
    from portcullis.office.files import find_batch
    from portcullis.office.release import publish

    first, second, *_ = acts.packages(world)
    home, batch = world.home(), find_batch(worlds.BATCH)
    publish(home, batch, first.id)
    acts.place(world)
    publish(home, batch, second.id)
    acts.integrate(world)
    assert checks.published(home, worlds.BATCH) == {first.id}
    ((order, _),) = checks.of_kind(home, "order-filed")
    ((delivered, entry),) = checks.of_kind(home, "delivered")
    assert entry["package"] == first.id
    assert delivered < order


def scopes(world: worlds.World) -> list[tuple[Scope, set[str]]]:
    package = acts.package_of(world, "REQ-00004").id
    day = worlds.BATCH_DAY
    return [
        (EVERYTHING, ALL),
        (Scope(batches=(worlds.BATCH,)), ALL),
        (Scope(batches=("batch-2",)), set()),
        (Scope(officers=("officer-2",)), EVEN),
        (Scope(packages=(package,)), {"REQ-00004"}),
        (Scope(packages=(package,), officers=("officer-1",)), ODD | {"REQ-00004"}),
        (Scope(agreements=("irs-dhs-2025",)), ALL),
        (Scope(statutes=("8 USC 1253(a)(1)(A)",)), ALL),
        (Scope(statutes=("26 USC 6103(i)(2)",)), ALL),
        (Scope(statutes=("26 USC 6103(i)(5)",)), set()),
        (Scope(received_from=day, received_to=day), ALL),
        (Scope(received_to=day - timedelta(days=1)), set()),
    ]


def test_an_order_reaches_what_is_in_its_scope_and_lifted_reaches_nothing(stage) -> None:
    world = stage("sealed")
    for number, (scope, reached) in enumerate(scopes(world)):
        name = f"order-{number}"
        acts.place(world, name, scope)
        assert closed(world) == reached, scope
        acts.lift(world, "counsel", name)
        assert closed(world) == reached, "one approval lifted it"
        acts.lift(world, "counsel-2", name)
        assert closed(world) == set()
    checks.ledger_verifies(world.home())


def test_of_several_orders_each_must_be_lifted(stage) -> None:
    world = stage("sealed")
    acts.place(world, "order-1", Scope(officers=("officer-1",)))
    acts.place(world, "order-2", Scope(batches=(worlds.BATCH,)))
    for person in ("counsel", "counsel-2"):
        acts.lift(world, person, "order-2")
    assert closed(world) == ODD
    assert acts.release(world).delivered == 3
    assert {acts.outcomes(world)[one] for one in EVEN} == {"released"}
    assert {acts.outcomes(world)[one] for one in ODD} == {"held"}


@pytest.mark.parametrize(
    "written",
    [
        None,
        {},
        [],
        "batch-1",
        {"batches": []},
        {"batches": "batch-1"},
        {"batches": ["batch-typo"]},
        {"batches": ["batch-1"], "officers": ["oficer-1"]},
        {"officers": ["officer-1", None]},
        {"persons": ["officer-1"]},
        {"received": {"from": "2025-07-01", "to": "2025-06-01"}},
        {"received": {"from": "last June"}},
    ],
)
def test_an_ambiguous_scope_is_everything(stage, written: object) -> None:
    world = stage("sealed")
    from portcullis.office.scopes import read

    scope = read(world.home(), written)
    assert scope.everything
    acts.place(world, "order-1", scope)
    assert closed(world) == ALL
    ((_, entry),) = checks.of_kind(world.home(), "order-filed")
    assert entry["scope"] == {}


def test_a_clear_scope_is_what_it_says(stage) -> None:
    world = stage("new")
    from portcullis.office.scopes import read

    assert read(world.home(), {"officers": ["officer-1"]}) == Scope(officers=("officer-1",))


def test_a_scope_longer_than_an_entry_of_the_ledger_is_filed_as_everything(stage) -> None:
    world = stage("sealed")
    acts.place(world, "order-1", Scope(packages=tuple(f"{n:032x}" for n in range(2_000))))
    assert closed(world) == ALL
    ((_, entry),) = checks.of_kind(world.home(), "order-filed")
    assert entry["scope"] == {}
    acts.place(world, "order-2")
    checks.ledger_verifies(world.home())


def test_what_is_too_long_for_the_ledger_is_refused_before_it_is_done(stage) -> None:
    world = stage("new")
    from django.db import transaction

    from portcullis.office import entries

    before = len(checks.entries(world.home()))
    with pytest.raises(Misuse, match="longer"), transaction.atomic():
        entries.record("note", {"of": "x" * 70_000}, at=world.home().now().isoformat())
    acts.place(world)
    assert len(checks.entries(world.home())) == before + 1
    checks.ledger_verifies(world.home())


@pytest.mark.both_databases
def test_lifting_takes_two_counsel_and_one_paper(stage) -> None:
    world = stage("sealed")
    acts.place(world)
    assert not acts.lift(world, "counsel").lifted
    with pytest.raises(Refused, match="already"):
        acts.lift(world, "counsel")
    # Another paper is another lift: it waits for its own second, and stands in nobody's way.
    assert not acts.lift(world, "counsel-2", docket="1:25-cv-00458").lifted
    assert not acts.lift(world, "counsel-2", document="d1" * 32).lifted
    for wrong in ({"document": "a name"}, {"docket": "a name"}):
        with pytest.raises(Misuse, match="not of the shape"):
            acts.lift(world, "counsel-2", **wrong)
    assert closed(world) == ALL
    assert not checks.of_kind(world.home(), "order-lifted")
    assert acts.lift(world, "counsel-2").lifted
    ((_, entry),) = checks.of_kind(world.home(), "order-lifted")
    assert [one["person"] for one in entry["approvals"]] == ["counsel", "counsel-2"]
    assert (entry["docket"], entry["document"]) == (acts.DOCKET, acts.DOCUMENT)
    assert closed(world) == set()
    assert acts.release(world).delivered == 6
    with pytest.raises(Refused, match="stands"):
        acts.lift(world, "counsel")


@pytest.mark.parametrize(
    "changes", [{"roles": ("approver",)}, {"in_force_to": worlds.ANSWER_DAY - timedelta(days=1)}]
)
def test_who_is_counsel_no_more_does_not_help_to_lift(stage, changes: dict[str, object]) -> None:
    world = stage("sealed")
    acts.enrol(world, "counsel-3", ["counsel"])
    acts.place(world)
    acts.lift(world, "counsel")
    acts.change_person(world, "counsel", **changes)
    second = acts.lift(world, "counsel-2")
    assert (second.approvals, second.lifted) == (1, False)
    assert closed(world) == ALL
    assert acts.lift(world, "counsel-3").lifted
    ((_, entry),) = checks.of_kind(world.home(), "order-lifted")
    assert [one["person"] for one in entry["approvals"]] == ["counsel-2", "counsel-3"]


def test_only_counsel_file_or_lift(stage) -> None:
    world = stage("sealed")
    acts.place(world)
    from portcullis.office import orders
    from portcullis.standing import Order

    home = world.home()
    order = Order("order-2", acts.DOCKET, "dcd", home.today(), acts.DOCUMENT, EVERYTHING)
    for name in ("transmitter", "approver"):
        person = acts.hands(world, name)
        acts.denied(
            world, "lift", name, "role",
            lambda person=person: orders.lift(
                home, person, "order-1", acts.DOCKET, acts.DOCUMENT
            ),
        )  # fmt: skip
        acts.denied(
            world, "order-file", name, "role",
            lambda person=person: orders.place(home, person, order),
        )  # fmt: skip
    assert closed(world) == ALL
    assert len(checks.of_kind(home, "order-filed")) == 1


def test_an_expired_date_lifts_nothing(stage) -> None:
    world = stage("sealed")
    acts.place(world)
    worlds.attest(world, worlds.ANSWER_DAY + timedelta(days=3))
    assert closed(world) == ALL


def test_the_orders_in_the_ledger_are_the_orders_that_stand(stage) -> None:
    world = stage("sealed")
    acts.place(world, "order-1")
    acts.place(world, "order-2", Scope(officers=("officer-1",)))
    acts.lift(world, "counsel", "order-1")
    acts.lift(world, "counsel-2", "order-1")
    from portcullis.office.orders import standing_orders
    from portcullis.standing import orders_standing

    rebuilt = orders_standing(checks.entries(world.home()))
    assert rebuilt == standing_orders()
    assert [order.id for order in rebuilt] == ["order-2"]


def refused_token(world: worlds.World, package, match: str) -> None:
    before = len(checks.of_kind(world.home(), "opening-refused"))
    with pytest.raises(Refused, match=match):
        acts.token(world, package)
    found = checks.of_kind(world.home(), "opening-refused")
    assert len(found) == before + 1
    assert found[-1][1]["package"] == package.id


@pytest.mark.both_databases
def test_no_token_while_an_order_stands(stage) -> None:
    world = stage("released")
    one, other = acts.package_of(world, "REQ-00001"), acts.package_of(world, "REQ-00002")
    assert acts.token(world, one)
    acts.place(world, "order-1", Scope(officers=("officer-1",)))
    refused_token(world, one, "order-1")
    assert acts.token(world, other)
    acts.place(world, "order-2")
    refused_token(world, other, "order-2")
    for name in ("order-1", "order-2"):
        for person in ("counsel", "counsel-2"):
            acts.lift(world, person, name)
    assert acts.token(world, one)
    granted = [entry["package"] for _, entry in checks.of_kind(world.home(), "opening-granted")]
    assert granted == [one.id, other.id, one.id]
    checks.ledger_verifies(world.home())


def test_no_token_leaves_after_an_order_that_came_while_witnesses_were_asked(
    stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = stage("released")
    from portcullis.office import entries

    integrate = entries.integrate

    def order_first(home, *more, **others):
        monkeypatch.setattr(entries, "integrate", integrate)
        acts.place(world)
        return integrate(home, *more, **others)

    monkeypatch.setattr(entries, "integrate", order_first)
    refused_token(world, acts.package_of(world, "REQ-00001"), "order-1")
    assert len(checks.of_kind(world.home(), "opening-granted")) == 1


def test_no_token_while_safeguards_are_lapsed(stage) -> None:
    world = stage("released")
    package = acts.package_of(world, "REQ-00001")
    day = worlds.ANSWER_DAY + timedelta(days=1)
    world.home().set_date(day)
    refused_token(world, package, "not-attested-today")
    worlds.attest(world, day)
    assert acts.token(world, package)
    from portcullis.office.safeguards import record_safeguards

    facts = worlds.safeguards(day).model_dump_json().replace("2026-01-31", "2025-06-30")
    safeguards = acts.hands(world, "safeguards")
    record_safeguards(world.home(), safeguards, read_safeguards(facts))
    refused_token(world, package, "ssr-expired")


def test_no_token_for_a_recalled_package_and_for_no_other_officer(stage) -> None:
    world = stage("released")
    one, other = acts.package_of(world, "REQ-00001"), acts.package_of(world, "REQ-00003")
    from portcullis.office.recalls import recall
    from portcullis.office.tokens import grant_token

    safeguards = acts.hands(world, "safeguards")
    recall(world.home(), safeguards, [one.id], "incident")
    refused_token(world, one, "recalled")
    assert acts.token(world, other)
    with pytest.raises(Refused):
        grant_token(world.home(), one.id, acts.ask_to_open(world, other))


@pytest.mark.both_databases
def test_an_opening_request_is_good_for_one_token(stage) -> None:
    world = stage("released")
    package = acts.package_of(world, "REQ-00001")
    from portcullis.office.tokens import grant_token

    request = acts.ask_to_open(world, package)
    assert grant_token(world.home(), package.id, request)
    with pytest.raises(Refused, match="used before"):
        grant_token(world.home(), package.id, request)
    assert len(checks.of_kind(world.home(), "opening-granted")) == 1
    assert len(checks.of_kind(world.home(), "opening-refused")) == 1


def test_no_token_for_what_was_not_delivered(stage) -> None:
    world = stage("sealed")
    with pytest.raises(Refused):
        acts.token(world, acts.package_of(world, "REQ-00001"))


# The race: several real processes publish while another files orders.

MANY = 40


@pytest.fixture(scope="module")
def sealed_many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a world with many sealed packages, none of them published."""
    world = worlds.build(tmp_path_factory.mktemp("race") / "work", lawful=MANY)
    switch(world.home_path)
    worlds.make_home(world)
    acts.receive(world)
    acts.adjudicate(world)
    worlds.approve(world, world.home())
    acts.seal(world)
    from django.db import connections

    connections.close_all()
    return world.folder


def start(world: worlds.World, act: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.office.child", str(world.folder), act, "told"],
        cwd=Path(__file__).parents[2], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.long) for n in (2, 3))])
def test_no_delivery_in_an_orders_scope_stands_after_it(
    sealed_many: Path, tmp_path: Path, seed: int
) -> None:
    folder = tmp_path / "world"
    shutil.copytree(sealed_many, folder)
    world = worlds.World(folder)
    switch(world.home_path)
    packages = {package.id: package for package in acts.packages(world)}
    assert len(packages) == MANY
    children = [start(world, act) for act in ("publish", "publish", f"orders-{seed}")]
    for child in children:
        assert child.stdout.readline() == "ready\n", child.stderr.read()[-2000:]
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        _, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors[-2000:]
    home = reopen(world.home_path)
    acts.integrate(world)
    delivered = {entry["package"]: at for at, entry in checks.of_kind(home, "delivered")}
    orders = checks.of_kind(home, "order-filed")
    assert len(orders) == 2
    for position, order in orders:
        scope = Scope.read(order["scope"])
        for package, at in delivered.items():
            reached = (
                scope.everything
                or packages[package].officer in scope.officers
                or package in scope.packages
            )
            assert not (reached and at > position), f"{package} left after {order['id']}"
    assert 0 < len(delivered) < MANY, "the orders did not come in the middle"
    assert set(delivered) == checks.published(home, worlds.BATCH)
    not_sent = {entry["package"] for _, entry in checks.of_kind(home, "not-sent")}
    assert not_sent == set(packages) - set(delivered)
    checks.nothing_out_without_its_entry(home, worlds.BATCH)
    checks.ledger_verifies(home)
