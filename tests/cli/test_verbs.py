"""Verbs as a person types them: exit codes, words, no traceback."""

import json
from pathlib import Path

import pytest

from tests.cli.run import portcullis, started
from tests.office import acts
from tests.office import world as worlds


def test_a_missing_home_is_misuse_with_a_remedy(tmp_path: Path) -> None:
    done = started("batches", "--home", tmp_path / "none")
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
    done = started("agreement", "show", "--home", tmp_path)
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


@pytest.mark.parametrize(
    "written",
    [
        '{"officers": ["oficer-1"]}',
        pytest.param('{"statutes": ["8 USC 1235"]}', marks=pytest.mark.long),
    ],
)
def test_an_order_whose_scope_names_what_is_not_known_closes_everything(
    tmp_path: Path, written: str
) -> None:
    world = worlds.build(tmp_path / "world")
    assert (
        portcullis(
            "init", "--people", world.folder / "people.json", "--home", world.home_path
        ).returncode
        == 0
    )
    scope, document = tmp_path / "scope.json", tmp_path / "order.pdf"
    scope.write_text(written)
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


@pytest.mark.long
def test_an_order_on_sealed_persons_from_its_filing_to_the_last_attestation(tmp_path: Path) -> None:
    world = acts.answered_world(tmp_path / "world", lawful=2)
    persons, document, out = tmp_path / "p.csv", tmp_path / "order.pdf", tmp_path / "a.jws"
    persons.write_text("tin,given_name,family_name\n900-00-0001,Some,Body\n")
    document.write_bytes(b"an order")
    home = ("--home", world.home_path)

    def by(person: str) -> tuple[object, ...]:
        return "--as", person, "--key", world.key_path(person)

    filed = portcullis(
        *("order", "file", "order-1", "--docket", "1:25-cv-00457", "--court", "dcd"),
        *("--document", document, "--persons", persons, "--effective", "2025-07-07T12:00"),
        *("--zone", "America/New_York", "--stops", "use", "--stops", "release", "--json"),
        *(*by("counsel"), *home),
    )
    assert filed.returncode == 0, filed.stderr
    facts = json.loads(filed.stdout)
    assert (facts["everything"], facts["stops"]) == (False, ["release", "use"])
    assert facts["effective_at"] == "2025-07-07T16:00:00+00:00"
    shown = portcullis("order", "show", "order-1", "--json", *home)
    assert shown.returncode == 1
    assert json.loads(shown.stdout)["outstanding"] == ["officer-1"]
    public = ("--public", world.home_path / "public.json")
    read = portcullis("order", "read", facts["notice"], *public)
    assert "freeze: order-1, dcd 1:25-cv-00457" in read.stdout
    assert "REQ-00001" in read.stdout
    assert "REQ-00002" not in read.stdout
    signed = portcullis("order", "attest", facts["notice"], *public, *by("officer-1"), "--out", out)
    assert signed.returncode == 0, signed.stderr
    done = portcullis("order", "attested", out, *by("safeguards"), *home, "--json")
    assert json.loads(done.stdout)["outstanding"] == []
    assert portcullis("order", "show", "order-1", *home).returncode == 0
    unclear = portcullis(
        *("order", "file", "order-2", "--docket", "1:25-cv-00457", "--court", "dcd"),
        *("--document", document, "--effective", "noon", *by("counsel"), *home),
    )
    assert unclear.returncode == 2
    assert "time zone" in unclear.stderr
