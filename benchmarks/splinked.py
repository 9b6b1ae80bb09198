"""Splink's side run in a process of its own, and what it measured put into the words of a table."""

import tempfile

from benchmarks.data import WORK, Data
from benchmarks.processes import measure

ACCURACY = ".venv-accuracy/bin/python"
_STAGES = {
    "requests": "reading and cleaning the requests",
    "link": "linking",
    "choose": "best link of each request",
    "records": "reading and cleaning the records (once for many batches)",
    "train": "training (once for many batches)",
}


def link(data: Data, form: str, limit: float | None = None) -> list[tuple[str, float, str]]:
    """Run one form of Splink's side and return what it measured.

    Raises RuntimeError where it fails, or has not finished after ``limit`` seconds.
    """
    with tempfile.TemporaryDirectory(dir=WORK) as scratch:
        command = [ACCURACY, "-m", "benchmarks.splink_side", str(data.folder), form, scratch]
        measured = measure(command, limit=limit)
    seconds: dict[str, float] = measured.answer["seconds"]
    rest = measured.seconds - sum(seconds.values())
    standing = seconds["records"] + seconds["train"]
    return [
        *((label, seconds[stage], "s") for stage, label in _STAGES.items()),
        ("starting and stopping", rest, "s"),
        ("all, records and model standing", measured.seconds - standing, "s"),
        ("all, added in", measured.seconds, "s"),
        ("peak memory", measured.peak / 2**30, "GiB"),
        ("recall", measured.answer["recall"], "share"),
        ("recall, spelled within the rules", measured.answer["recall_within_rules"], "share"),
        ("wrong links", measured.answer["wrong"], ""),
    ]
