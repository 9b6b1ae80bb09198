"""The writer is killed before each step; the same append again, and the log is whole."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portcullis.ledger import Log, verify_log
from tests.ledger.conftest import KEY, ORIGIN, VKEY, WITNESS_VKEY, make_entries, make_witness

ROOT = Path(__file__).parents[2]
START, COUNT = 250, 10  # fills a tile and begins the next, so every kind of step occurs
STEPS = [
    "stage",
    "tile/entries/000",
    "tile/0/000",
    "tile/entries/001.p/4",
    "tile/0/001.p/4",
    "tile/1/000.p/1",
    "tiles",
    "witness gate.example/witness",
    "publish",
    "sweep",
    "unstage",
]


def append_in_child(folder: Path, fatal: int) -> subprocess.CompletedProcess[str]:
    numbers = [str(number) for number in (START, COUNT, fatal)]
    return subprocess.run(
        [sys.executable, "-m", "tests.ledger.killed_append", str(folder), *numbers],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def log(tmp_path) -> Log:
    witness = make_witness(tmp_path / "witness")
    log = Log.create(tmp_path / "log", ORIGIN, KEY, [witness])
    log.append(make_entries(START), [witness], first=0)
    return log


@pytest.mark.usefixtures("log")
def test_the_steps_are_these(tmp_path):
    done = append_in_child(tmp_path, 10_000)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == STEPS


@pytest.mark.parametrize("fatal", range(len(STEPS)), ids=[step.split()[0] for step in STEPS])
def test_killed_before_a_step(tmp_path, log, fatal):
    done = append_in_child(tmp_path, fatal)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert log.size in (START, START + COUNT)
    if STEPS[fatal] not in ("sweep", "unstage"):
        assert log.size == START
    # Whoever reads meanwhile reads the old log, whole.
    assert list(log.entries(0, START)) == make_entries(START)

    witness = make_witness(tmp_path / "witness")
    again = log.append(make_entries(COUNT, START), [witness], first=START)
    assert again == range(START, START + COUNT)
    assert list(log.entries()) == make_entries(START + COUNT)
    assert verify_log(log.folder, [VKEY], [WITNESS_VKEY], 1).problems == ()


def test_killed_twice(tmp_path, log):
    for fatal in (8, 5, 8, 9):
        append_in_child(tmp_path, fatal)
    witness = make_witness(tmp_path / "witness")
    log.append(make_entries(COUNT, START), [witness], first=START)
    assert list(log.entries()) == make_entries(START + COUNT)
    assert verify_log(log.folder, [VKEY], [WITNESS_VKEY], 1).problems == ()


def test_another_append_finishes_what_was_cut_off_first(tmp_path, log):
    append_in_child(tmp_path, STEPS.index("tiles"))
    witness = make_witness(tmp_path / "witness")
    assert log.append([b"next"], [witness]) == range(START + COUNT, START + COUNT + 1)
    assert list(log.entries(START)) == [*make_entries(COUNT, START), b"next"]
