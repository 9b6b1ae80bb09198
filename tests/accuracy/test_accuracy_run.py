"""The accuracy bench itself, over a small sample of our own hard cases."""

import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.accuracy import gate, ladder, name_control, page, run, saved

WHERE = saved.Provenance("2026-01-01", "a machine", "versions")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return run.quick(tmp_path_factory.mktemp("quick"))


def test_every_side_is_counted_over_the_same_requests(rows):
    assert len({row.counts.requests for row in rows}) == 1
    for row in rows:
        assert sum(counts.released for counts in row.by_case.values()) == row.counts.released
        assert row.counts.wrong + row.counts.elsewhere + row.counts.found == row.counts.released


def test_the_routes_and_the_last_rungs_are_the_gate(rows):
    counts = {row.side: row.counts for row in rows}
    routes = [counts[f"{gate.SIDE}, route {route}"] for route in gate.ROUTES]
    lasts = [counts[ladder.BY_TIN[-1]], counts[ladder.BY_NAME[-1]]]
    for part in (routes, lasts):
        assert sum(each.released for each in part) == counts[gate.SIDE].released
        assert sum(each.wrong for each in part) == counts[gate.SIDE].wrong


def test_every_rule_put_in_releases_less(rows):
    counts = {row.side: row.counts for row in rows}
    for ladders in (ladder.BY_TIN, ladder.BY_NAME):
        released = [counts[rung].released for rung in ladders]
        assert released == sorted(released, reverse=True)


def test_the_gate_is_safer_than_the_name_control(rows):
    counts = {row.side: row.counts for row in rows}
    assert counts[gate.SIDE].released > 0
    assert counts[gate.SIDE].bound < counts[name_control.SIDE].bound


def test_the_page_and_the_picture_are_made_of_the_rows(rows, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sets = ("adversarial", "adversarial-cases", "rules")
    markers = "".join(f"<!-- begin: {name} -->\n<!-- end: {name} -->\n" for name in sets)
    (tmp_path / "docs/pictures").mkdir(parents=True)
    (tmp_path / page.DOCUMENT).write_text(f"kept\n{markers}kept too\n", encoding="utf-8")
    page.fill(rows, WHERE)
    text = (tmp_path / page.DOCUMENT).read_text(encoding="utf-8")
    assert text.startswith("kept\n")
    assert text.endswith("kept too\n")
    ours = next(row.counts for row in rows if row.side == gate.SIDE)
    assert f"| **{gate.SIDE}** | {ours.released:,} | {ours.wrong:,} |" in text
    assert f"| {ladder.BY_TIN[0]} |" in text
    assert "prefers-color-scheme: dark" in (tmp_path / page.PICTURE).read_text(encoding="utf-8")


def test_every_row_is_in_the_file(rows, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = saved.save(rows, WHERE).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + len(rows)
    assert lines[0].startswith("set,seed,level,side,requests,released,wrong")


def test_seeds_of_the_report_chose_nothing():
    assert not run.SEEDS[run.DEVELOPMENT].keys() & run.SEEDS[run.REPORT].keys()
    assert not set(run.SEEDS[run.DEVELOPMENT].values()) & set(run.SEEDS[run.REPORT].values())


@pytest.mark.long
def test_the_small_sample_runs_from_the_command_line():
    command = [sys.executable, "-m", "benchmarks.accuracy.run", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert gate.SIDE in done.stdout
