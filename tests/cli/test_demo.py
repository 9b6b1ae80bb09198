"""The demonstration, whole, at its quick size: what a stranger runs first."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.run import on_a_terminal, portcullis, started

KEYS = (
    *("received", "quarantined", "returned", "refused", "referred", "no_disclosure", "eligible"),
    *("approved", "held", "released", "unlawful_released", "naive_released", "naive_unlawful"),
    *("ledger_size", "verified", "seconds", "home"),
)


# One worker plays it, once; the others would each play it again.
pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict:
    home = tmp_path_factory.mktemp("demo") / "home"
    done = started("demo", "--quick", "--home", home, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_prints_every_figure_it_should(played: dict) -> None:
    assert set(KEYS) <= set(played)
    assert played["received"] == 20_000


def test_every_row_received_is_accounted_for(played: dict) -> None:
    for counts in (played, played["as_filed"]):
        ends = ("quarantined", "returned", "refused", "referred", "no_disclosure", "eligible")
        assert counts["received"] == sum(counts[end] for end in ends)
    assert played["eligible"] == played["held"] + played["released"]


def test_no_unlawful_request_is_released_and_every_lawful_one_is(played: dict) -> None:
    assert played["unlawful_released"] == 0
    assert played["lawful_released_share"] >= 0.98
    assert played["released"] > 0


def test_every_truth_class_lands_in_its_stated_outcome(played: dict) -> None:
    assert played["not_as_stated"] == {"as-filed": 0, "per-person": 0}


def test_the_batch_as_filed_is_stopped_and_nothing_of_it_released(played: dict) -> None:
    assert played["as_filed"]["released"] == 0
    assert played["as_filed"]["no_disclosure"] == 0, "something was looked up"


def test_the_script_of_2025_releases_in_the_real_proportion(played: dict) -> None:
    share = played["naive_released"] / played["received"]
    assert share == pytest.approx(47_289 / 1_280_000, rel=0.05)
    assert played["naive_unlawful"] / played["naive_released"] > 0.9


def test_the_report_needs_nothing_outside_itself(played: dict) -> None:
    report = Path(played["report"]).read_text(encoding="utf-8")
    assert "Stopped whole" in report
    for outside in ('src="http', 'href="http', "url(http", "<script"):
        assert outside not in report


SELDOM = (
    *("ledger/tile/0/**/*", "ledger/tile/entries/**/*"),
    *("trees/*/1/tile/0/**/*", "trees/*/2/tile/entries/**/*"),
)


@pytest.mark.parametrize(
    "pattern",
    [
        *("ledger/checkpoint", "trees/*/1/tile/entries/**/*"),
        *(pytest.param(each, marks=pytest.mark.long) for each in SELDOM),
    ],
)
def test_verify_fails_after_one_byte_is_changed(played: dict, tmp_path: Path, pattern: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for part in ("ledger", "trees", "public.json"):
        source = Path(played["home"]) / part
        shutil.copytree(source, home / part) if source.is_dir() else shutil.copy(source, home)
    assert portcullis("verify", home).returncode == 0
    path = sorted(path for path in home.glob(pattern) if path.is_file())[-1]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    done = portcullis("verify", home, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"]


def test_an_outsider_verifies_it_with_one_file(played: dict) -> None:
    home = Path(played["home"])
    public = json.loads((home / "public.json").read_text())
    tool = Path(__file__).parents[2] / "tools" / "verify.py"
    done = subprocess.run(
        [
            *(sys.executable, tool, "log", home / "ledger", "--key", *public["ledger"]),
            *("--witness", public["witnesses"][0], "--quorum", "1", "--trees", home / "trees"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_officer_opens_a_package_and_the_access_is_logged(played: dict, tmp_path: Path) -> None:
    home = Path(played["home"])
    requester = home.parent / "requester"
    package = sorted(home.glob("outgoing/*/packages/*.json"))[0]
    officer = json.loads(package.read_text())["officer"]
    key = requester / "keys" / f"{officer}.pem"
    words = (
        *("open", package, "--as", officer, "--key", key, "--holder", home, "--acknowledge"),
        *("--requests", requester / "june-2025-per-person.csv", "--recipient", tmp_path),
    )
    piped = portcullis(*words)
    assert piped.returncode == 2
    assert "terminal only" in piped.stderr
    code, shown = on_a_terminal(*words)
    assert code == 0, shown
    for told in ("7213A", "FEDERAL TAX INFORMATION", "last known address", "line1"):
        assert told in shown
    log = [json.loads(line) for line in (tmp_path / "fti-log.jsonl").read_text().splitlines()]
    assert [entry["event"] for entry in log] == ["acknowledgement", "receipt", "opening"]


def test_a_demonstration_does_not_overwrite_what_is_not_one(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("kept")
    done = portcullis("demo", "--quick", "--home", tmp_path)
    assert done.returncode == 2
    assert "not a demonstration" in done.stderr
    assert (tmp_path / "something").read_text() == "kept"
