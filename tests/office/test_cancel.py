"""The command cancelled at any moment, again and again: in the end it is as if it never was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.office import checks
from tests.office import world as worlds
from tests.office.cancelled import COUNTED
from tests.office.databases import address_of, beside, create
from tests.office.homes import reopen

LAWFUL = 6
ROOT = Path(__file__).parents[2]
STOPPED = 2
SAID = ["Stopped.", "Run the same command again; it goes on where it stopped."]
EVERY = 1_000


def words(world: worlds.World, verb: str) -> list[object]:
    """Return the verb as its person types it."""
    home = ["--home", world.home_path]
    return {
        "submit": ["submit", world.batch_file, *home],
        "index": ["records", "index", world.folder / "records", *home],
        "adjudicate": ["adjudicate", worlds.BATCH, *_by(world, "specialist"), *home],
        "release": ["release", worlds.BATCH, *_by(world, "transmitter"), *home],
        "backup": ["backup", world.folder / "backups", *home],
        "restore": ["restore", *_backups(world), "--home", world.folder / "again"],
    }[verb]


def _by(world: worlds.World, person: str) -> list[object]:
    return ["--as", person, "--key", world.key_path(person)]


def _backups(world: worlds.World) -> list[Path]:
    return sorted((world.folder / "backups").glob("2*"))


def run(
    world: worlds.World, verb: str, when: str = "never", signals: str = "INT"
) -> subprocess.CompletedProcess[str]:
    typed = map(str, [*words(world, verb), "--json"])
    return subprocess.run(
        [sys.executable, "-m", "tests.office.cancelled", when, signals, *typed],
        cwd=world.folder,
        env={
            "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
            "PATH": "/usr/bin:/bin",
            "DATABASE_URL": address_of(world.home_path if verb != "restore" else again(world)),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def finished(world: worlds.World, verb: str, when: str = "never") -> dict:
    done = run(world, verb, when)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def counted(world: worlds.World) -> dict:
    return json.loads((world.folder / COUNTED).read_text())


def again(world: worlds.World) -> Path:
    """Return where the home is put back; on PostgreSQL, with an empty database of its own."""
    home = world.folder / "again"
    if (near := address_of(world.home_path)) and not home.exists():
        beside(home).write_text(create(near))
    return home


def stopped(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether it stopped, and said so as it should; if not, it must have ended well."""
    assert "Traceback" not in done.stderr, done.stderr
    if done.returncode == 0:
        return False
    assert done.returncode == STOPPED, done.stderr
    assert done.stderr.splitlines() == SAID
    assert done.stdout == ""
    return True


def half_made(folder: Path) -> list[Path]:
    """Return the parts of files; the sequencer keeps some, which count for nothing, in a folder."""
    return [each for each in folder.rglob("*.part") if ".sequencer" not in each.parts]


def listing(home: Path) -> set[str]:
    """Return every file's name, but for those drawn at random or named by how many entries."""
    drawn = ("packages", "sealed", ".sequencer", "checkpoints", "tile", "index", "versions")
    return {
        path.relative_to(home).as_posix()
        for path in home.rglob("*")
        if path.is_file()
        and not set(drawn) & set(path.parts)
        and path.name not in ("state.sqlite3-shm", "state.sqlite3-wal")
    }


def as_if_never(world: worlds.World, twin: worlds.World) -> None:
    assert listing(world.home_path) == listing(twin.home_path)
    assert half_made(world.folder) == []
    checks.ledger_verifies(reopen(world.home_path))


def cancel(
    world: worlds.World, verb: str, twin: worlds.World, number: int, signals: str = "INT"
) -> None:
    """Cancel ``verb`` at ``number`` of its steps in turn, each time from where it stopped."""
    every = len(counted(twin)["steps"])
    moments = spread(every, min(number, every))
    for at in moments:
        if not stopped(run(world, verb, f"step:{at}", signals)):
            break
        assert half_made(world.folder) == []


def spread(total: int, number: int) -> list[int]:
    """Return ``number`` places from the first to the last of ``total``, evenly."""
    return sorted({1 + (total - 1) * place // max(number - 1, 1) for place in range(number)})


def at_steps(*fast: tuple[int, str]) -> pytest.MarkDecorator:
    long = [
        pytest.param(EVERY, signals, marks=pytest.mark.long) for signals in ("INT", "TERM,INT,INT")
    ]
    return pytest.mark.parametrize(("number", "signals"), [*fast, *long])


@at_steps((1, "TERM"))
def test_an_adjudication_cancelled_at_its_steps_makes_the_same_list(
    stage, number: int, signals: str
) -> None:
    twin, world = stage("received"), stage("received")
    wanted = finished(twin, "adjudicate")
    cancel(world, "adjudicate", twin, number, signals)
    # In the midst of a native call that lets nothing through, it is ended all the same.
    assert stopped(run(world, "adjudicate", "stuck:6", signals))
    _is_determined_as(world, wanted, twin)


def _is_determined_as(world: worlds.World, wanted: dict, twin: worlds.World) -> None:
    done = run(world, "adjudicate")
    # Cancelled after all of it was done, it is refused: there is nothing more to do.
    assert done.returncode == 0 or "the batch is determined" in done.stderr.lower(), done.stderr
    if done.returncode == 0:
        found = json.loads(done.stdout)
        assert [found[each] for each in ("root", "outcomes", "looked_up")] == [
            wanted[each] for each in ("root", "outcomes", "looked_up")
        ]
    as_if_never(world, twin)
    listed = [one for _, one in checks.of_kind(reopen(world.home_path), "determination-list")]
    assert [one["leaves_root"] for one in listed] == [wanted["root"]]


@pytest.mark.long
@at_steps((1, "INT,INT"))
def test_a_release_cancelled_at_its_steps_releases_each_once(
    stage, number: int, signals: str
) -> None:
    twin, world = stage("approved"), stage("approved")
    wanted = finished(twin, "release")
    cancel(world, "release", twin, number, signals)
    assert finished(world, "release") == wanted
    checks.released_once(reopen(world.home_path), worlds.BATCH, LAWFUL)
    as_if_never(world, twin)


@at_steps()
def test_an_intake_cancelled_at_its_steps_takes_the_batch_in_once(
    stage, number: int, signals: str
) -> None:
    twin, world = stage("new"), stage("new")
    wanted = finished(twin, "submit")
    cancel(world, "submit", twin, number, signals)
    found = finished(world, "submit")
    assert [found[each] for each in ("rows", "taken", "quarantined")] == [
        wanted[each] for each in ("rows", "taken", "quarantined")
    ]
    assert len(checks.of_kind(reopen(world.home_path), "batch-received")) == 1
    as_if_never(world, twin)


@at_steps()
def test_an_index_cancelled_at_its_steps_leaves_the_one_before_in_use(
    stage, number: int, signals: str
) -> None:
    twin, world = stage("received"), stage("received")
    wanted = finished(twin, "index")
    current = (world.home_path / "index" / "current").read_text()
    every = len(counted(twin)["steps"]) - 1
    for at in spread(every, min(number, every)):
        if stopped(run(world, "index", f"step:{at}", signals)):
            assert (world.home_path / "index" / "current").read_text() == current
    assert finished(world, "index")["digest"] == wanted["digest"]
    as_if_never(world, twin)
    kept, wanted = (
        {each.name for each in (one.home_path / "index").glob(".*")} for one in (world, twin)
    )
    assert kept == wanted


@pytest.mark.long
@at_steps((1, "INT"))
def test_a_backup_and_a_restore_cancelled_leave_nothing_and_run_again(
    stage, number: int, signals: str
) -> None:
    world = stage("approved")
    assert stopped(run(world, "backup", "step:5", signals))
    assert _backups(world) == []
    saved = Path(finished(world, "backup")["backup"])
    steps = range(3, min(number, 2) + 3)
    assert all(stopped(run(world, "restore", f"step:{at}", signals)) for at in steps)
    again = world.folder / "again"
    assert not again.exists() or not any(again.iterdir())
    finished(world, "restore")
    there = listing(again) - {"RESTORED"}
    assert there == listing(saved / "home") | {
        path.relative_to(world.home_path).as_posix()
        for path in (world.home_path / "keys" / "erasable").glob("*.key")
    }


@pytest.mark.long
@pytest.mark.parametrize("signals", ["INT", "TERM,TERM,INT"])
def test_an_adjudication_cancelled_anywhere_makes_the_same_list(stage, signals: str) -> None:
    twin, world = stage("received"), stage("received")
    wanted = finished(twin, "adjudicate", "call:0")
    for at in spread(counted(twin)["calls"], 24):
        if not stopped_or_done(run(world, "adjudicate", f"call:{at}", signals)):
            break
    _is_determined_as(world, wanted, twin)


def stopped_or_done(done: subprocess.CompletedProcess[str]) -> bool:
    """As ``stopped``; but a batch that was determined already is refused, and that is no fault."""
    if done.returncode == 1 and "the batch is determined" in done.stderr.lower():
        return False
    return stopped(done)


@pytest.mark.long
@pytest.mark.parametrize("signals", ["INT", "TERM,TERM,INT"])
def test_a_release_cancelled_anywhere_releases_each_once(stage, signals: str) -> None:
    twin, world = stage("approved"), stage("approved")
    wanted = finished(twin, "release", "call:0")
    # What is done stays done, so each run is cut off after a like share of what is left.
    for _ in range(24):
        if not stopped(run(world, "release", f"call:{counted(twin)['calls'] // 12}", signals)):
            break
    assert finished(world, "release") == wanted
    checks.released_once(reopen(world.home_path), worlds.BATCH, LAWFUL)
    as_if_never(world, twin)
