import fcntl
import os
import signal
import subprocess
import sys
import time

import pytest

from portcullis.errors import Refused
from portcullis.standing import GateLock

RELEASER = """
import sys, time
from pathlib import Path
from portcullis.standing import GateLock
lock, journal, until = GateLock(Path(sys.argv[1])), Path(sys.argv[2]), time.monotonic() + 20
while not journal.with_suffix(".stop").exists() and time.monotonic() < until:
    with lock.shared():
        closed = journal.with_suffix(".order").exists()
        time.sleep(0.002)
        with journal.open("a") as out:
            out.write("after\\n" if closed else "before\\n")
            if not closed and journal.with_suffix(".order").exists():
                out.write("TORN\\n")
"""
HOLDER = """
import sys, time
from pathlib import Path
from portcullis.standing import GateLock
with getattr(GateLock(Path(sys.argv[1])), sys.argv[2])():
    print("held", flush=True)
    time.sleep(60)
"""


def start(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


def await_turnstile(path):
    """Wait until an order stands in the turnstile: however busy the machine, it comes."""
    deadline = time.monotonic() + 60
    with path.open("rb") as turnstile:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(turnstile, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            fcntl.flock(turnstile, fcntl.LOCK_UN)
            time.sleep(0.01)
    raise AssertionError("no order came")


@pytest.fixture
def holder(tmp_path):
    running = []

    def hold(how):
        process = start(HOLDER, tmp_path / "gate", how)
        running.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in running:
        process.kill()
        process.wait()


def test_releases_go_together_and_an_order_waits_for_them(tmp_path, holder):
    holder("shared")
    lock = GateLock(tmp_path / "gate", timeout=0.1)
    with lock.shared(), lock.shared():
        pass
    with pytest.raises(Refused, match="in time"), lock.exclusive():
        pass
    with lock.shared():
        pass


def test_an_order_shuts_out_everyone_else(tmp_path, holder):
    order = holder("exclusive")
    lock = GateLock(tmp_path / "gate", timeout=0.1)
    for way in (lock.shared, lock.exclusive):
        with pytest.raises(Refused, match="nothing was done"), way():
            pass
    order.send_signal(signal.SIGKILL)
    order.wait()
    with lock.shared():
        pass


def test_a_pending_order_holds_back_new_releases(tmp_path, holder):
    release = holder("shared")
    pending = start(HOLDER, tmp_path / "gate", "exclusive")
    try:
        await_turnstile(GateLock(tmp_path / "gate").turnstile)
        with pytest.raises(Refused), GateLock(tmp_path / "gate", timeout=0.2).shared():
            pass
        release.kill()
        assert pending.stdout.readline() == "held\n"
    finally:
        pending.kill()
        pending.wait()


def test_a_stream_of_releases_does_not_starve_an_order_nor_straddle_it(tmp_path):
    journal = tmp_path / "journal"
    releasers = [start(RELEASER, tmp_path / "gate", journal) for _ in range(4)]
    try:
        deadline = time.monotonic() + 15
        while not (journal.exists() and journal.read_text().count("\n") > 40):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        asked = time.monotonic()
        with GateLock(tmp_path / "gate", timeout=5).exclusive():
            waited = time.monotonic() - asked
            before = journal.read_text()
            journal.with_suffix(".order").touch()
            time.sleep(0.1)
            assert journal.read_text() == before
        assert waited < 2
        time.sleep(0.2)
    finally:
        journal.with_suffix(".stop").touch()
        for releaser in releasers:
            releaser.wait()
    lines = journal.read_text().split()
    assert "TORN" not in lines
    assert lines == sorted(lines, key=["before", "after"].index)
    assert "after" in lines


def test_a_child_forked_inside_the_gate_does_not_keep_it(tmp_path):
    lock = GateLock(tmp_path / "gate", timeout=1)
    with lock.exclusive():
        child = os.fork()
        if child == 0:
            time.sleep(30)
            os._exit(0)
    try:
        with lock.exclusive():
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_lock_file_that_was_deleted_guards_nothing_and_is_made_anew(tmp_path):
    lock = GateLock(tmp_path / "gate", timeout=0.1)
    with lock.shared():
        (tmp_path / "gate").unlink()
    with lock.exclusive(), pytest.raises(Refused), lock.shared():
        pass


def test_the_locks_are_let_go_when_the_work_inside_fails(tmp_path):
    lock = GateLock(tmp_path / "gate", timeout=0.1)
    for way in (lock.shared, lock.exclusive, lock.shared, lock.exclusive):
        with pytest.raises(RuntimeError), way():
            raise RuntimeError
