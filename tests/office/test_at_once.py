"""Two processes at once: one effect, a plain answer to the other, and nobody waits for ever."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.colleague import Colleague
from tests.office.databases import address_of

pytestmark = pytest.mark.both_databases
GATE = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"
)


@pytest.fixture
def colleague(database) -> Iterator:
    """Return a function that starts a colleague: on PostgreSQL, one on another machine."""
    running: list[Colleague] = []

    def start(world: worlds.World) -> Colleague:
        running.append(Colleague(world, apart=database is not None))
        return running[-1]

    yield start
    for one in running:
        one.gone()


def both(two: list[Colleague], *lines: str) -> list[str]:
    """Tell both at the same time, the second perhaps something else; return the answers."""
    for one, line in zip(two, lines * 2 if len(lines) == 1 else lines, strict=False):
        one.tell(line)
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(Colleague.hear, two))
    assert not [answer for answer in answers if answer.startswith("failed")], answers
    return sorted(answers)


def once(two: list[Colleague], line: str) -> str:
    """Assert that of two who do the same at once one does it and the other is refused."""
    done, refused = both(two, line)
    assert done.startswith("done"), (done, refused)
    assert refused.startswith("refused"), (done, refused)
    return refused


def test_every_step_of_the_way_done_twice_at_once_is_done_once(stage, colleague) -> None:
    world = stage("new")
    two = [colleague(world), colleague(world)]
    assert "received before" in once(two, "receive")
    assert "determined" in once(two, "adjudicate")
    assert "before" in once(two, "impair")
    acts.to_answer_day(world)
    for line in ("draw", "examine", "approve"):
        once(two, line)
    first, second = both(two, "release")
    assert first == "done 6", (first, second)
    assert second == "done 6" or "somebody else has acted" in second
    home = world.home()
    acts.integrate(world)
    kinds = Counter(entry["kind"] for entry in checks.entries(home))
    for kind in ("batch-received", "looked-up", "impairment", "sample", "approve", "transmit"):
        assert kinds[kind] == 1, kind
    assert kinds["determination-list"] == 2, "the batch's own, and the final one"
    checks.released_once(home, worlds.BATCH, 6)
    no_gap(world)
    tokens_orders_and_lifts(world, two)


def tokens_orders_and_lifts(world: worlds.World, two: list[Colleague]) -> None:
    package = acts.packages(world)[0]
    request = acts.ask_to_open(world, package)
    assert "used before" in once(two, f"token {package.id} {request}")

    assert "already" in once(two, "place order-0")
    assert "approved this lift already" in once(two, "lift counsel order-0")
    assert both(two, "lift counsel-2 order-0")[0] == "done true"
    for number in range(1, 6):
        both(two, f"place first-{number}", f"place second-{number}")
    sizes = both(two, "integrate")
    home = world.home()
    assert len(checks.of_kind(home, "order-filed")) == 11
    assert len(checks.of_kind(home, "order-lifted")) == 1
    assert len(checks.of_kind(home, "opening-granted")) == 1
    assert sizes == [f'done "{len(checks.entries(home))}"'] * 2
    no_gap(world)


def no_gap(world: worlds.World) -> None:
    """Assert that the ledger's positions are one after the other, and each entry the database's."""
    from portcullis.office.models import Counter as Positions
    from portcullis.office.models import Entry

    home = world.home()
    checks.ledger_verifies(home)
    rows = Entry.objects.order_by("position").values_list("position", "integrated")
    size = len(checks.entries(home))
    assert list(rows) == [(position, True) for position in range(size)]
    assert Positions.objects.get().value == size
    if address := address_of(world.home_path):
        with psycopg.connect(address) as server:
            idle = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
            assert server.execute(idle).fetchone() == (0,)


@pytest.fixture
def server_of():
    """Return a function that connects to a world's database."""
    return lambda world: psycopg.connect(address_of(world.home_path), autocommit=True)


@pytest.mark.postgresql
@pytest.mark.parametrize("held", ["rename", pytest.param("alone", marks=pytest.mark.long)])
def test_who_is_killed_while_holding_the_gate_holds_it_no_more(stage, colleague, held) -> None:
    world = stage("sealed")
    other = colleague(world)
    other.does(f"pause {held}")
    assert other.does("publish" if held == "rename" else "hold-alone") == "paused"
    other.gone()
    acts.place(world)
    assert acts.release(world).delivered == 0
    checks.nothing_out_without_its_entry(world.home(), worlds.BATCH)


@pytest.mark.postgresql
@pytest.mark.parametrize("at", [pytest.param("rename", marks=pytest.mark.long), "held"])
def test_who_lost_the_database_while_holding_the_gate_lets_nothing_out(
    stage, colleague, server_of, at: str
) -> None:
    """Before the question whether the gate is held, and between that and the last move."""
    world = stage("sealed")
    other = colleague(world)
    other.does(f"pause {at}")
    assert other.does("publish") == "paused"
    with server_of(world) as server:
        for (pid,) in server.execute(GATE).fetchall():
            server.execute("SELECT pg_terminate_backend(%s)", [pid])
    acts.place(world)
    assert "connection to the database was lost" in other.does("go on")
    home = world.home()
    assert not checks.published(home, worlds.BATCH)
    assert not checks.of_kind(home, "delivered")
    waiting = {path.name for path in home.batch(worlds.BATCH).glob("*/*") if len(path.name) == 64}
    assert waiting == {package.digest for package in acts.packages(world)}
    # The same process goes on with a new connection, and finds the order.
    assert other.does("release") == "done 0"
    assert len(checks.of_kind(home, "not-sent")) == 6
    no_gap(world)


@pytest.mark.postgresql
def test_who_lost_the_database_while_filing_an_order_has_filed_none(
    stage, colleague, server_of
) -> None:
    world = stage("sealed")
    other = colleague(world)
    other.does("pause alone")
    assert other.does("hold-alone") == "paused"
    with server_of(world) as server:
        for (pid,) in server.execute(GATE).fetchall():
            server.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert "connection to the database was lost" in other.does("go on")
    assert not checks.of_kind(world.home(), "nothing")
    assert acts.release(world).delivered == 6
    no_gap(world)
