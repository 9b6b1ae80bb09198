"""The command cancelled at any moment, again and again: at the end it is as if it never had been."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.office import checks
from tests.office import world as worlds
from tests.office.cancelled import COUNTED
from tests.office.homes import reopen

LAWFUL = 6
ROOT = Path(__file__).parents[2]
STOPPED = 2

VERBS = {
    "submit": ("new", lambda world: ["submit", world.batch_file]),
    "index": ("new", lambda world: ["records", "index", world.folder / "records"]),
    "adjudicate": ("received", lambda world: ["adjudicate", worlds.BATCH, *_by(world, "specialist")]),
    "release": ("approved", lambda world: ["release", worlds.BATCH, *_by(world, "transmitter")]),
    "backup": ("released", lambda world: ["backup", world.folder / "backups"]),
}


def _by(world: worlds.World, person: str) -> list[object]:
    return ["--as", person, "--key", world.key_path(person)]


def run(
    world: worlds.World, verb: str, when: str = "never", signals: str = "INT"
) -> subprocess.CompletedProcess[str]:
    words = [*VERBS[verb][1](world), "--home", world.home_path, "--json"]
    return subprocess.run(
        [sys.executable, "-m", "tests.office.cancelled", when, signals, *map(str, words)],
        cwd=world.folder,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def finished(world: worlds.World, verb: str) -> dict:
    done = run(world, verb)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def counted(world: worlds.World) -> dict:
    return json.loads((world.folder / COUNTED).read_text())


def stopped(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether it stopped, and said so as it should; if not, it must have ended well."""
    assert "Traceback" not in done.stderr, done.stderr
    if done.returncode == 0:
        return False
    assert done.returncode == STOPPED, done.stderr
    assert done.stderr.splitlines() == [
        "Stopped.",
        "Run the same command again; it goes on where it stopped.",
    ]
    assert done.stdout == ""
    return True


def parts(world: worlds.World) -> list[Path]:
    """What is half made: no file but those that the next writer of the same name overwrites."""
    left_for_the_next = ("batches", "accounting", "window", "index")
    return [
        path
        for path in world.home_path.rglob("*.part")
        if path.relative_to(world.home_path).parts[0] not in left_for_the_next
        and ".sequencer" not in path.parts
    ]


def listing(home: Path) -> set[str]:
    """Every file's name, but for those drawn at random or counted by entries."""
    drawn = ("packages", "sealed", ".sequencer", "checkpoints", "tile", "index", "versions")
    return {
        path.relative_to(home).as_posix()
        for path in home.rglob("*")
        if path.is_file() and not set(drawn) & set(path.parts)
    }


def as_if_never(world: worlds.World, twin: worlds.World) -> None:
    assert listing(world.home_path) == listing(twin.home_path)
    assert not list(world.home_path.rglob("*.part"))
    checks.ledger_verifies(reopen(world.home_path))


def chain(world: worlds.World, verb: str, moments: list[str], signals: str) -> int:
    """Cancel ``verb`` at each of ``moments`` in turn; return how often it did stop."""
    number = 0
    for when in moments:
        done = run(world, verb, when, signals)
        if not stopped(done):
            break
        number += 1
        assert parts(world) == []
    return number


def spread(total: int, number: int) -> list[int]:
    """``number`` places from the first to the last of ``total``, evenly."""
    return sorted({1 + (total - 1) * place // (number - 1) for place in range(number)})


@pytest.mark.parametrize(
    ("number", "signals"),
    [
        (4, "TERM"),
        pytest.param(100, "INT", marks=pytest.mark.long),
        pytest.param(100, "INT,INT,TERM", marks=pytest.mark.long),
    ],
)
def test_an_adjudication_cancelled_at_its_steps_makes_the_same_list(
    stage, number: int, signals: str
) -> None:
    twin, world = stage("received"), stage("received")
    wanted = finished(twin, "adjudicate")
    steps = counted(twin)["steps"]
    moments = [f"step:{at}" for at in spread(len(steps), min(number, len(steps)))]
    assert chain(world, "adjudicate", moments, signals) >= len(moments) - 1
    found = finished(world, "adjudicate")
    for same in ("root", "outcomes", "looked_up"):
        assert found[same] == wanted[same]
    as_if_never(world, twin)
    assert len(checks.of_kind(reopen(world.home_path), "determination-list")) == 1
