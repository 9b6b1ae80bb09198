"""Progress as it is shown: lines now and then in a log, bars on a terminal, stdout untouched."""

import contextlib
import io
import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from portcullis.cli.progressing import EVERY, live, plain, words
from portcullis.progress import Report, counted, step

PATIENCE = 60.0
COMMAND = Path(sys.executable).with_name("portcullis")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (Report("s", 0, 20_000, "requests", 0.0), "0 of 20,000 requests, 0:00:00 so far"),
        (
            Report("s", 5_000, 20_000, "requests", 10.0),
            "5,000 of 20,000 requests, 500/s, 0:00:30 left",
        ),
        (Report("s", 3, 30, "batches", 60.0), "3 of 30 batches, 0.05/s, 0:09:00 left"),
        (Report("s", 7_000, None, "rows", 7.0), "7,000 rows, 1,000/s, 0:00:07 so far"),
        (Report("s", 0, None, "rows", 61.0), "0:01:01 so far"),
        (Report("s", 20_000, 20_000, "rows", 40.0, True), "20,000 rows, 500/s, 0:00:40 in all"),
    ],
)
def test_it_says_how_far_how_quickly_and_how_long_still(report: Report, said: str) -> None:
    assert words(report) == said


def test_a_log_gets_a_line_at_the_end_of_a_long_step_and_none_of_a_short_one() -> None:
    out = io.StringIO()
    with plain(out) as show:
        show(Report("Short", 0, 10, "rows", 0.0))
        show(Report("Short", 10, 10, "rows", EVERY - 0.1, ended=True))
        show(Report("Long", 10, 10, "rows", EVERY + 5, ended=True))
    assert out.getvalue() == "Long: 10 rows, 1/s, 0:00:10 in all\n"


def test_a_log_hears_now_and_then_of_a_step_that_says_nothing_itself() -> None:
    out = io.StringIO()
    deadline = time.monotonic() + PATIENCE
    with plain(out, every=0.02) as show, step(show, "Outer"), step(show, "Inner", 4):
        while out.getvalue().count("\n") < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    first, second, *_ = out.getvalue().splitlines()
    assert first.startswith("Inner: 0 of 4 requests")
    assert second.startswith("Inner: 0 of 4 requests")


def test_a_terminal_shows_a_bar_for_each_step_and_keeps_those_that_lasted() -> None:
    out = io.StringIO()
    with live(Console(file=out, force_terminal=True, width=120)) as show:
        show(Report("Short", 0, 10, "rows", 0.0))
        show(Report("Long", 5, 10, "rows", 5.0))
        show(Report("Short", 10, 10, "rows", 0.5, ended=True))
        show(Report("Long", 10, 10, "rows", 10.0, ended=True))
    last = out.getvalue().rpartition("\x1b[2K")[2]
    assert "Long" in last
    assert "10 rows, 1/s, 0:00:10 in all" in last
    assert "Short" not in last


@given(st.integers(0, 20_000))
def test_counted_items_are_the_same_and_all_counted(number: int) -> None:
    told: list[int] = []
    assert list(counted(range(number), told.append)) == list(range(number))
    assert sum(told) == number


def test_a_step_that_was_cut_off_is_not_said_to_have_ended() -> None:
    told: list[Report] = []
    with contextlib.suppress(KeyboardInterrupt), step(told.append, "s", 3):
        raise KeyboardInterrupt
    assert [report.ended for report in told] == [False]


@pytest.mark.long
def test_progress_goes_to_the_terminal_and_json_to_stdout(tmp_path: Path) -> None:
    batch = tmp_path / "batch.csv"
    made = [COMMAND, "agreement", "template", "--format", "csv", "--home", tmp_path]
    batch.write_bytes(subprocess.run(made, capture_output=True, check=True).stdout)
    ours, theirs = pty.openpty()
    typed = [COMMAND, "screen", batch, "--home", tmp_path, "--json"]
    with subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        seen = _all_of(ours)
        told = process.communicate()[0]
    assert json.loads(told) == {"requests": 1, "outcomes": {"passed": 1}}
    assert b"Measure the requests" in seen
    done = subprocess.run(typed, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (told, b"")


def _all_of(terminal: int) -> bytes:
    """Read what was written to the terminal until nobody has it open any more."""
    seen = b""
    while True:
        try:
            part = os.read(terminal, 1 << 16)
        except OSError:
            return seen
        if not part:
            return seen
        seen += part
