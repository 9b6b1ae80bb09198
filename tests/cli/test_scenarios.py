"""The scenarios court-order and year, played whole at their smallest size."""

import json
from pathlib import Path
from typing import Any

import pytest

from portcullis import ledger
from tests.cli.run import started

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("scenarios")]


def _played(scenario: str, folder: Path) -> dict[str, Any]:
    done = started("demo", "--scenario", scenario, "--quick", "--home", folder, "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return _played("court-order", tmp_path_factory.mktemp("order") / "home")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return _played("year", tmp_path_factory.mktemp("year") / "home")


def _entries(played: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of the home's ledger, read as an outsider reads them."""
    log = ledger.Log.open(Path(played["home"]) / "ledger")
    return [json.loads(entry) for entry in log.entries()]


def test_nothing_leaves_after_the_order(order: dict[str, Any]) -> None:
    kinds = [entry["kind"] for entry in _entries(order)]
    (filed,) = [at for at, kind in enumerate(kinds) if kind == "order-filed"]
    assert filed == order["order_at"]
    delivered = [at for at, kind in enumerate(kinds) if kind == "delivered"]
    assert len(delivered) == order["delivered"] > 0
    assert all(at < filed for at in delivered)
    assert kinds[filed:].count("not-sent") == order["not_sent"] > 0
    assert "opening-granted" not in kinds[filed:]
    assert order["openings_refused"] > 0


def test_what_lies_outgoing_is_what_was_delivered_before_it(order: dict[str, Any]) -> None:
    out = {path.stem for path in Path(order["home"]).glob("outgoing/*/packages/*.json")}
    delivered = {each["package"] for each in _entries(order) if each["kind"] == "delivered"}
    assert out == delivered


def test_the_recall_is_carried_to_its_closing_under_the_hold(order: dict[str, Any]) -> None:
    entries = _entries(order)
    recall = order["recall"]
    assert recall["stage"] == "disposed"
    assert recall["disclosures"] == order["delivered"] + order["imported_closes"]
    (cleared,) = [at for at, each in enumerate(entries) if each["kind"] == "destruction-cleared"
                  and each["histories"]]  # fmt: skip
    stages = [(at, each["stage"]) for at, each in enumerate(entries)
              if each["kind"] == "recall-attested"]  # fmt: skip
    assert all(at > cleared for at, stage in stages if stage == "disposed")
    assert {stage for at, stage in stages if at < cleared} == {"frozen", "sequestered"}
    denied = [each for each in entries if each["kind"] == "denied" and each["reason"] == "hold"]
    assert denied, "destruction was tried under the hold, and the attempt is on record"


def test_its_ledger_verifies(order: dict[str, Any], year: dict[str, Any]) -> None:
    for played in (order, year):
        assert played["verified"]
        assert started("verify", played["home"]).returncode == 0


def test_the_year_adds_up(year: dict[str, Any]) -> None:
    ends = ("quarantined", "returned", "refused", "referred", "no_disclosure", "held", "released")
    assert year["received"] == sum(year[end] for end in ends)
    assert year["received"] == sum(
        each["rows"] for each in _entries(year) if each["kind"] == "batch-received"
    )
    assert all(one == other for one, other in year["counted"].values())
    assert year["batches"] == 12
    assert year["unlawful_released"] == 0
    assert all(month["released"] > 0 for month in year["months"])


def test_the_year_has_an_order_a_lapse_an_incident_and_an_alarm(year: dict[str, Any]) -> None:
    assert {spell["kind"] for spell in year["spells"]} == {"order", "lapse", "incident", "recall"}
    kinds = {entry["kind"] for entry in _entries(year)}
    assert {"held", "order-lifted", "incident-closed", "recall-closed"} <= kinds
    assert year["recall_closed_on"]
    assert year["alarms"] > 0
