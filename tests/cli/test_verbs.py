"""Verbs as a person types them: exit codes, words, no traceback."""

import json
from pathlib import Path

import pytest

from tests.cli.run import portcullis
from tests.office import world as worlds


def test_a_missing_home_is_misuse_with_a_remedy(tmp_path: Path) -> None:
    done = portcullis("batches", "--home", tmp_path / "none")
    assert done.returncode == 2
    assert "portcullis init" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        *(["nonsense"], ["adjudicate"], ["verify", "/nowhere"], ["screen", "/nowhere.csv"]),
        *(["agreement", "check", "/nowhere"], ["open", "/nowhere", "--as", "x", "--key", "y"]),
    ],
)
def test_misuse_is_said_plainly(words: list[str]) -> None:
    done = portcullis(*words)
    assert done.returncode in (1, 2)
    assert done.stderr or done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_the_built_in_agreement_is_shown_with_who_signed_under_what(tmp_path: Path) -> None:
    done = portcullis("agreement", "show", "--home", tmp_path)
    assert done.returncode == 0
    assert "7 April 2025" in done.stdout or "2025-04-07" in done.stdout
    assert "6103(i)(2)(A)" in done.stdout


def test_the_template_passes_its_own_screening(tmp_path: Path) -> None:
    batch = tmp_path / "batch.csv"
    made = portcullis("agreement", "template", "--format", "csv", "--home", tmp_path)
    batch.write_text(made.stdout)
    done = portcullis("screen", batch, "--home", tmp_path, "--json")
    found = json.loads(done.stdout)
    assert found == {"requests": 1, "outcomes": {"passed": 1}}
    assert done.returncode == 0


def test_screening_says_what_is_missing_with_its_citation(tmp_path: Path) -> None:
    batch, out = tmp_path / "batch.csv", tmp_path / "findings.csv"
    made = portcullis("agreement", "template", "--format", "csv", "--home", tmp_path).stdout
    batch.write_text(made.replace("1250 Specimen St,Apt 4B", "Failed to Provide,"))
    done = portcullis("screen", batch, "--out", out, "--home", tmp_path)
    assert done.returncode == 1
    header, row = out.read_text().splitlines()
    assert header == "request_id,outcome,element,citation,field,message"
    assert "address-of-taxpayer,26 U.S.C. § 6103(i)(2)(B)(i),address_line1" in row


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "xlsx"])
def test_the_template_is_written_in_every_format(tmp_path: Path, form: str) -> None:
    out = tmp_path / f"batch.{form}"
    done = portcullis("agreement", "template", "--format", form, "--out", out, "--home", tmp_path)
    assert done.returncode == 0, done.stderr
    assert portcullis("screen", out, "--home", tmp_path, "--json").returncode == 0


def test_a_key_is_made_once_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "me.pem"
    assert portcullis("keygen", path).returncode == 0
    assert (path.stat().st_mode & 0o077) == 0
    assert portcullis("keygen", path).returncode == 2


def test_an_order_whose_scope_names_nobody_known_closes_everything(tmp_path: Path) -> None:
    world = worlds.build(tmp_path / "world")
    assert (
        portcullis(
            "init", "--people", world.folder / "people.json", "--home", world.home_path
        ).returncode
        == 0
    )
    scope, document = tmp_path / "scope.json", tmp_path / "order.pdf"
    scope.write_text('{"officers": ["oficer-1"]}')
    document.write_bytes(b"an order")
    done = portcullis(
        *("order", "file", "order-1", "--docket", "1:25-cv-00457", "--court", "dcd"),
        *("--document", document, "--scope", scope, "--as", "counsel"),
        *("--key", world.key_path("counsel"), "--home", world.home_path, "--json"),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["everything"] is True
    listed = portcullis("order", "list", "--home", world.home_path, "--json")
    assert [item["id"] for item in json.loads(listed.stdout)["items"]] == ["order-1"]
