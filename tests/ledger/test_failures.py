"""The table of failures: every point x {persisted, not} x {the writer goes on, it is dead}.

A point is a system call by which an append changes the disk, its witness's included. After each,
whoever reads finds the old log or the new one, whole; and the same act again makes the very log,
byte for byte, that it would have made at once.
"""

import errno
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portcullis.errors import Refused
from portcullis.ledger import Log, open_checkpoint, verify_log
from tests.ledger.conftest import KEY, ORIGIN, VKEY, WITNESS_VKEY, make_entries, make_witness
from tests.ledger.disk import FaultAt, Image, Power, calls_go_through, lay_out
from tests.ledger.failing_child import COUNT, START, append

PROJECT = Path(__file__).parents[2]
ENTRIES = make_entries(START + COUNT)
NEVER = 1_000_000
RENAMED = ("rename", "fsync")  # files have taken their names, and the disk is to have these too


def fail(number: int) -> None:
    raise OSError(number, os.strerror(number))


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: an fsync is then a call like any other."""
    shared = Path("/dev/shm")  # noqa: S108 - a file system in memory, no file of a known name
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def before(memory: Path) -> Path:
    folder = memory / "before"
    witness = make_witness(folder / "witness")
    Log.create(folder / "log", ORIGIN, KEY, [witness]).append(ENTRIES[:START], [witness])
    return folder


@pytest.fixture(scope="module")
def after(memory: Path, before: Path) -> dict[str, bytes]:
    """The public files of the log that nothing has disturbed."""
    folder = memory / "after"
    shutil.copytree(before, folder)
    append(folder)
    return public_files(folder / "log")


@pytest.fixture
def places(memory: Path, before: Path) -> Iterator[Iterator[Path]]:
    """Copies of the log as it was before, as many as are asked for."""
    with tempfile.TemporaryDirectory(dir=memory) as folder:

        def copies() -> Iterator[Path]:
            for number in itertools.count():
                yield Path(shutil.copytree(before, Path(folder) / str(number)))

        yield copies()


def public_files(log: Path) -> dict[str, bytes]:
    """What the log serves, without the partial tiles that full ones have outgrown."""
    files = {
        path.relative_to(log).as_posix(): path.read_bytes()
        for path in log.rglob("*")
        if path.is_file() and ".sequencer" not in path.parts
    }
    return {path: data for path, data in files.items() if path.split(".p/")[0] not in files} | {
        path: data for path, data in files.items() if ".p/" not in path
    }


def assert_recovers(folder: Path, after: dict[str, bytes]) -> None:
    """The log is the old or the new one; the same act again makes it the new one, and whole."""
    log = Log.open(folder / "log", KEY)
    assert log.size in (START, START + COUNT)
    assert list(log.entries()) == ENTRIES[: log.size]
    open_checkpoint(log.checkpoint, [VKEY], [WITNESS_VKEY], 1)
    assert append(folder) == range(START, START + COUNT)
    assert public_files(folder / "log") == after
    assert not (folder / "log/.sequencer/staged").exists()
    assert verify_log(folder / "log", [VKEY], [WITNESS_VKEY], 1).problems == ()


@pytest.mark.parametrize("persisted", [False, True], ids=["not persisted", "persisted"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO], ids=errno.errorcode.get)
def test_the_writer_is_told_of_an_error_and_goes_on(places, after, number, persisted):
    for point, folder in enumerate(places):
        fault = FaultAt(point, lambda: fail(number), persisted=persisted)
        refused = None
        try:
            with calls_go_through(folder, fault):
                append(folder)
        except Refused as refusal:
            refused = refusal
        if len(fault.seen) <= point:
            break
        assert refused is not None
        assert os.strerror(number) in refused.message
        assert_recovers(folder, after)
        shutil.rmtree(folder)
    assert point > 30
    assert {"create", "write", "fsync", "rename", "unlink", "rmdir", "mkdir"} <= set(fault.seen)


@pytest.mark.parametrize("number", [0, 30, 70, 90])
def test_one_failed_fsync_among_many_files_is_told(places, number):
    """An append of many tiles brings them to the disk several at a time."""
    folder = next(places)
    witness = make_witness(folder / "witness")
    log = Log.open(folder / "log", KEY)
    more = make_entries(40 * 256, START)
    waiting = iter(range(NEVER))

    def around(name, _paths, real):
        if name == "fsync" and next(waiting) == number:
            fail(errno.EIO)
        return real()

    with pytest.raises(Refused, match="Input/output error"), calls_go_through(folder, around):
        log.append(more, [witness], first=START)
    assert log.append(more, [witness], first=START) == range(START, START + len(more))
    assert verify_log(log.folder, [VKEY], [WITNESS_VKEY], 1).problems == ()


@pytest.mark.parametrize("persisted", [False, True], ids=["not persisted", "persisted"])
def test_the_writer_is_killed(places, after, persisted):
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.failing_child"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        for point, folder in enumerate(places):
            child.stdin.write(f"{folder} {point} {persisted}\n")
            child.stdin.flush()
            ended = int(child.stdout.readline())
            if ended == 0:
                break
            assert ended == signal.SIGKILL
            assert_recovers(folder, after)
            shutil.rmtree(folder)
        child.stdin.close()
    assert point > 30


def test_the_power_goes_at_any_call(places, after):
    folder = next(places)
    power = Power(folder)
    with calls_go_through(folder, power):
        append(folder)
    assert len(power.images) > 20
    for place in laid_out(power.images, folder):
        assert_recovers(place, after)
    for place in laid_out(power.images, folder):
        assert_another_act_follows(place)


@pytest.mark.parametrize("place", range(4), ids=["stage", "tiles", "witness", "publish"])
def test_the_power_goes_while_finishing_what_a_failed_fsync_cut_off(places, place):
    """Names are there that the disk may not have: nothing is built on them until it has."""
    names = calls_of_an_append(next(places))
    points = [n for n, pair in enumerate(itertools.pairwise(names), 1) if pair == RENAMED]
    folder = next(places)
    power = Power(folder)
    fault = FaultAt(points[place], lambda: fail(errno.EIO), persisted=False)
    with pytest.raises(Refused), calls_go_through(folder, power.behind(fault)):
        append(folder)
    seen = len(power.images)
    with calls_go_through(folder, power):
        append(folder)
    for laid in laid_out(power.images[seen:], folder):
        assert_another_act_follows(laid)


def calls_of_an_append(folder: Path) -> list[str]:
    undisturbed = FaultAt(NEVER, lambda: None, persisted=False)
    with calls_go_through(folder, undisturbed):
        append(folder)
    return undisturbed.seen


def laid_out(images: list[Image], folder: Path) -> Iterator[Path]:
    """Each disk in turn, as the power cut left it."""
    for image in images:
        place = folder.with_name("laid out")
        lay_out(image, place)
        yield place
        shutil.rmtree(place)


def assert_another_act_follows(folder: Path) -> None:
    """Whatever comes next, the log holds nothing but what it once signed."""
    witness = make_witness(folder / "witness")
    log = Log.open(folder / "log", KEY)
    log.append([b"another act"], [witness])
    entries = list(log.entries())
    assert entries in ([*ENTRIES[:START], b"another act"], [*ENTRIES, b"another act"])
    assert verify_log(log.folder, [VKEY], [WITNESS_VKEY], 1).problems == ()
