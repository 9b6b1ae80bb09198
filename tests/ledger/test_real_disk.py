"""A file system that is really full, or really read-only: a small one, made and mounted here."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from portcullis.errors import Refused
from portcullis.ledger import Log, verify_log
from tests.ledger.conftest import KEY, ORIGIN, VKEY, WITNESS_VKEY, make_entries, make_witness

PAGE = os.sysconf("SC_PAGE_SIZE")
ROOM = 40 * PAGE


def mount(disk: Path, options: str, *more: str) -> None:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, *more, "portcullis-test", str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        mount(disk, f"size={ROOM}")
    except FileNotFoundError:
        pytest.skip("no small file system can be mounted here: there is no mount command")
    yield disk
    subprocess.run(["umount", str(disk)], check=True, capture_output=True)


@pytest.fixture
def log(disk: Path) -> Log:
    log = Log.create(disk / "log", ORIGIN, KEY, [make_witness(disk / "witness")])
    log.append(make_entries(255), [make_witness(disk / "witness")], first=0)
    return log


def append(log: Log) -> range:
    witness = make_witness(log.folder.parent / "witness")
    return log.append(make_entries(2, 255), [witness], first=255)


def assert_whole(log: Log) -> None:
    assert list(log.entries()) == make_entries(log.size)
    assert verify_log(log.folder, [VKEY], [WITNESS_VKEY], 1).problems == ()


def fill(disk: Path, left: int) -> None:
    """Fill the disk until no more than so many pages are left."""
    space = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes((space.f_bavail - left) * PAGE))


def test_a_full_disk(disk, log):
    """With no page left, then one more each time, until the append goes through."""
    for left in range(100):
        fill(disk, left)
        refused = None
        try:
            append(log)
        except Refused as refusal:
            refused = refusal
        if refused is None:
            break
        assert "No space left on device" in refused.message
        assert log.size in (255, 257)
        assert list(log.entries()) == make_entries(log.size)
        (disk / "filler").unlink()
    assert left > 3
    (disk / "filler").unlink()
    assert append(log) == range(255, 257)
    assert_whole(log)


def test_a_disk_that_is_full_once_and_then_has_room(disk, log):
    fill(disk, 4)
    with pytest.raises(Refused, match="No space left on device"):
        append(log)
    (disk / "filler").unlink()
    assert append(log) == range(255, 257)
    assert_whole(log)


def test_a_read_only_disk(disk, log):
    mount(disk, "remount,ro")
    with pytest.raises(Refused, match="Read-only file system"):
        append(log)
    with pytest.raises(Refused, match="Read-only file system"):
        log.refresh([])
    assert_whole(log)  # whoever reads is not disturbed
    mount(disk, f"remount,rw,size={ROOM}")
    assert append(log) == range(255, 257)
    assert_whole(log)
