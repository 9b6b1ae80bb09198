"""``explain`` of a requester's own file, and ``law pages``, as a person types them."""

import json
from pathlib import Path

import pytest

from portcullis.law.pages import pages
from tests.cli.run import portcullis
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.homes import switch


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's request, one with a placeholder for an address, and one that is a formula."""
    folder = tmp_path_factory.mktemp("own")
    made = portcullis("agreement", "template", "--format", "csv", "--home", folder).stdout
    header, row = made.splitlines()
    other = row.replace("EXAMPLE-0001", "EXAMPLE-0002").replace("912-34-5678", "912-34-5679")
    other = other.replace("A000-000-001", "A000-000-002").replace(
        "Example-Specimen", "Specimen-Two"
    )
    other = other.replace("INV-EXAMPLE-0001", "INV-EXAMPLE-0002")
    other = other.replace("1250 Specimen St,Apt 4B", "Failed to Provide,")
    broken = row.replace("EXAMPLE-0001", "EXAMPLE-0003").replace("Springfield", "=1+1")
    path = folder / "batch.csv"
    path.write_text("\n".join([header, row, other, broken]) + "\n")
    return path


def explain(batch: Path, request: str, *more: object):
    return portcullis("explain", request, "--file", batch, "--home", batch.parent, *more)


def test_a_good_request_is_explained_and_answers_yes(batch: Path) -> None:
    done = explain(batch, "EXAMPLE-0001")
    assert done.returncode == 0, done.stderr
    assert "Outcome: Passed on its face" in done.stdout
    assert "26 U.S.C. § 6103(i)(2)(A): Who may ask" in done.stdout
    assert "1250 Specimen" not in done.stdout


def test_a_defective_request_answers_no_and_says_what_mends_it(batch: Path) -> None:
    done = explain(batch, "EXAMPLE-0002", "--format", "json")
    assert done.returncode == 1
    facts = json.loads(done.stdout)
    open_ = {each["id"]: each for each in facts["elements"] if each["result"] == "not met"}
    assert list(open_) == ["address-of-taxpayer"]
    assert "Write the address of the taxpayer" in open_["address-of-taxpayer"]["mend"]
    assert {each["phase"] for each in facts["elements"]} == {"face"}
    assert "Failed to Provide" not in done.stdout


def test_a_row_that_would_be_returned_says_why(batch: Path) -> None:
    done = explain(batch, "EXAMPLE-0003", "--format", "json")
    assert done.returncode == 1
    facts = json.loads(done.stdout)
    assert facts["elements"] == []
    assert facts["returned"]["code"] == "formula"
    assert facts["returned"]["field"] == "city"


def test_it_is_written_as_a_page(batch: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    done = explain(batch, "EXAMPLE-0001", "--format", "html", "--out", out)
    assert done.returncode == 0
    assert out.read_text().startswith("<!DOCTYPE html>")


@pytest.mark.long
@pytest.mark.parametrize(
    "words",
    [
        ["explain", "NOBODY", "--file", "{batch}"],
        ["explain", "EXAMPLE-0001"],
        ["explain", "EXAMPLE-0001", "--file", "{batch}", "--format", "runes"],
        ["explain", "EXAMPLE-0001", "--file", "{batch}", "--out", "/nowhere/x"],
        ["law", "pages", "{batch}"],
    ],
)
def test_misuse_is_said_plainly(batch: Path, words: list[str]) -> None:
    done = portcullis(*[word.format(batch=batch) for word in words])
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_the_pages_of_the_law_are_written(tmp_path: Path) -> None:
    done = portcullis("law", "pages", tmp_path / "law", "--json")
    assert done.returncode == 0, done.stderr
    written = {path.name: path.read_text() for path in (tmp_path / "law").iterdir()}
    assert written == pages()
    assert json.loads(done.stdout)["pages"] == len(written)


def test_a_stored_request_is_explained_to_its_reader_and_the_reading_is_on_the_ledger(
    tmp_path: Path,
) -> None:
    world = worlds.build(tmp_path / "world", lawful=2)
    switch(world.home_path)
    worlds.make_home(world)
    acts.receive(world)
    acts.adjudicate(world)

    def read(request: str, person: str, *more: object):
        key = world.key_path(person)
        place = ("--home", world.home_path)
        return portcullis("explain", request, "--as", person, "--key", key, *place, *more)

    good = read("REQ-00001", "counsel", "--batch", worlds.BATCH)
    assert good.returncode == 0, good.stderr
    assert "Outcome: Eligible" in good.stdout
    assert "■ NOT SHOWN TO THIS READER" in good.stdout
    assert read("R1", "specialist").returncode == 1
    refused = read("R1", "transmitter")
    assert refused.returncode == 1
    assert "on the record" in refused.stderr
    assert [entry["by"] for _, entry in checks.of_kind(world.home(), "inspected")] == [
        "counsel",
        "specialist",
    ]
