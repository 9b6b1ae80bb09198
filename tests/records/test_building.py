"""A build that is killed goes on; one that fails, or finds the disk full, leaves what was there."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from portcullis import progress
from portcullis.errors import Misuse
from portcullis.records import (
    append_to_index,
    blocks,
    build_index,
    open_index,
    unfinished,
    versions,
)
from tests.records.small import KEY, address, taxpayer, write

PEOPLE = [
    taxpayer(f"t{number:03d}", f"Ana||Lopez{number}", f"000-12-{number:04d}",
             address(f"{number} Oak St"), address(f"{number} Elm Ave"))
    for number in range(60)
]  # fmt: skip

# Builds an index in blocks of four taxpayers, and kills itself when the given block is written.
CHILD = """
import os, signal, sys
from pathlib import Path
from portcullis.records import blocks, build_index
blocks.BLOCK_TAXPAYERS = 4
source, folder, fatal = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
def show(report):
    if report.done >= fatal:
        os.kill(os.getpid(), signal.SIGKILL)
from portcullis import progress
progress._BETWEEN = 0
build_index(source, folder, bytes(range(32)), show=show)
"""


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_TAXPAYERS", 4)


def killed(source: Path, folder: Path, fatal: int) -> None:
    words = [sys.executable, "-c", CHILD, str(source), str(folder), str(fatal)]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL


def test_after_a_kill_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    source = write(PEOPLE, tmp_path / "source")
    whole = build_index(source, tmp_path / "whole", KEY)
    folder = tmp_path / "index"
    for fatal in (12, 60, 60):
        killed(source, folder, fatal)
        assert not (folder / "current").exists()
    reports: list[progress.Report] = []
    again = build_index(source, folder, KEY, show=reports.append)
    assert again.digest == whole.digest
    assert reports[0].total is not None
    assert reports[0].total < 3 * len(PEOPLE)  # what was done is not done again
    assert not (folder / ".building").exists()


@pytest.mark.long
def test_a_source_that_changed_meanwhile_is_read_from_its_beginning(tmp_path: Path) -> None:
    source = write(PEOPLE, tmp_path / "source")
    killed(source, tmp_path / "index", 72)
    write(PEOPLE[1:], source)
    expected = build_index(source, tmp_path / "whole", KEY)
    found = build_index(source, tmp_path / "index", KEY)
    assert (found.digest, found.taxpayers) == (expected.digest, len(PEOPLE) - 1)


@pytest.mark.long
def test_rows_in_any_order_give_the_same_index(tmp_path: Path) -> None:
    expected = build_index(write(PEOPLE, tmp_path / "a"), tmp_path / "one", KEY)
    source = write(PEOPLE, tmp_path / "b")
    for table in ("taxpayer", "address_of_record"):
        path = source / f"{table}.parquet"
        shuffled = pl.read_parquet(path).sample(fraction=1, shuffle=True, seed=3)
        shuffled.write_parquet(path, row_group_size=7)
    found = build_index(source, tmp_path / "two", KEY)
    assert found.digest == expected.digest


@pytest.mark.long
def test_row_groups_that_only_seem_in_order_are_sorted(tmp_path: Path) -> None:
    expected = build_index(write(PEOPLE, tmp_path / "a"), tmp_path / "one", KEY)
    source = write(PEOPLE, tmp_path / "b")
    path = source / "taxpayer.parquet"
    rows = pl.read_parquet(path)
    pl.concat([rows[10:11], rows[:10], rows[11:]]).write_parquet(path)
    found = build_index(source, tmp_path / "two", KEY)
    assert found.digest == expected.digest


def test_blanks_around_a_taxpayer_id_are_told(tmp_path: Path) -> None:
    people = [taxpayer(" t9", "Ana||Lopez", None), taxpayer("t1", "Eva||Braun", None)]
    with pytest.raises(Misuse, match="blanks around them"):
        build_index(write(people, tmp_path / "a"), tmp_path / "index", KEY)


def test_a_full_disk_is_told_and_the_version_before_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a real file system that is too small."""
    monkeypatch.setattr(blocks, "BLOCK_TAXPAYERS", 5000)
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(small)], check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small file system")
    try:
        few = build_index(write(PEOPLE[:4], tmp_path / "few"), small / "i", KEY)
        chance = random.Random(1)  # noqa: S311 - a test draw
        many = [
            taxpayer(f"t{number:06d}", f"Ana||{chance.randbytes(12).hex()}", None,
                     address(f"{number} {chance.randbytes(60).hex()} St"))
            for number in range(25_000)
        ]  # fmt: skip
        with pytest.raises(Misuse, match="no room on the disk"):
            build_index(write(many, tmp_path / "many"), small / "i", KEY)
        assert not (small / "i" / ".building").exists()
        with open_index(small / "i", KEY) as index:
            assert index.info == few
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)


def test_a_truncated_part_leaves_the_version_before(tmp_path: Path) -> None:
    source = write(PEOPLE, tmp_path / "source")
    before = build_index(source, tmp_path / "index", KEY)
    path = source / "address_of_record.parquet"
    data = path.read_bytes()
    path.write_bytes(data[:200] + bytes(200) + data[400:])  # the footer whole, the pages not
    with pytest.raises(Misuse, match="cannot be read"):
        build_index(source, tmp_path / "index", KEY)
    with open_index(tmp_path / "index", KEY) as index:
        assert index.info == before


def test_what_no_version_names_is_removed_at_the_next_build_or_append(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the segment's last rename and the version's first."""
    source, folder = write(PEOPLE[:4], tmp_path / "source"), tmp_path / "index"
    build_index(source, folder, KEY)
    for again in (build_index, append_to_index):
        with monkeypatch.context() as patch:
            patch.setattr(versions, "put_in_use", interrupted)
            with pytest.raises(KeyboardInterrupt):
                again(write(PEOPLE[4:8], tmp_path / "more"), folder, KEY)
        assert len(segments(folder)) == len(described(folder)) + 1
        again(write(PEOPLE[4:8], tmp_path / "more"), folder, KEY)
        assert segments(folder) == described(folder)
    with open_index(folder, KEY) as index:
        assert index.info.version == "000003"


def test_local_parquet_of_a_killed_spark_build_goes_without_spark(tmp_path: Path) -> None:
    source, folder = write(PEOPLE[:4], tmp_path / "source"), tmp_path / 'ïndex "a"'
    build_index(source, folder, KEY)
    for place in ("segments/000002", f"file://{tmp_path}/elsewhere"):
        unfinished.begin(folder, "spark", place)
    for left in (folder / "segments" / "000002", tmp_path / "elsewhere"):
        left.mkdir()
        (left / "part.parquet").write_bytes(b"half")
    build_index(source, folder, KEY)
    assert segments(folder) == described(folder) == ["000001", "000002"]
    assert not (tmp_path / "elsewhere").exists()
    assert not list((folder / ".begun").iterdir())


def test_where_a_version_cannot_be_read_nothing_is_taken_for_left_over(tmp_path: Path) -> None:
    source, folder = write(PEOPLE[:4], tmp_path / "source"), tmp_path / "index"
    build_index(source, folder, KEY)
    description = folder / "versions" / "000001.json"
    whole = description.read_bytes()
    for damage in (whole[:40], b"[]", None):
        description.unlink() if damage is None else description.write_bytes(damage)
        unfinished.remove_unnamed_segments(folder)
        assert segments(folder) == ["000001"]
    description.write_bytes(whole)
    open_index(folder, KEY).close()


def segments(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "segments").iterdir())


def described(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "versions").iterdir())


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt
