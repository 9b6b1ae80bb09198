"""The OSCAL documents: made of their source, valid, and naming no evidence that is not there."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.cli.run import _command

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "oscal"


@pytest.fixture(scope="module")
def oscal() -> ModuleType:
    spec = importlib.util.spec_from_file_location("oscal", ROOT / "tools" / "oscal.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def carried(oscal) -> list[dict]:
    controls = oscal.read_source()["controls"]
    assert len(controls) == len({control["id"] for control in controls})
    return [
        {"control": control["id"], **each} for control in controls for each in control["carried"]
    ]


def test_the_documents_are_what_their_source_makes(oscal) -> None:
    for name, text in oscal.documents(oscal.read_source()).items():
        assert (FOLDER / name).read_text("utf-8") == text, f"{name} is stale: run `make oscal`"


def test_every_file_and_test_named_is_there(carried) -> None:
    for one in carried:
        assert one["tests"], one["control"]
        for evidence in (*one["tests"], *one.get("code", [])):
            path, _, test = evidence.partition("::")
            assert (ROOT / path).is_file(), (one["control"], evidence)
            if test:
                text = (ROOT / path).read_text("utf-8")
                assert f"def {test}(" in text, (one["control"], evidence)


def test_every_verb_named_is_one_of_the_commands(carried) -> None:
    command = _command()
    for one in carried:
        for verb in one.get("verbs", []):
            noun = command
            for word in verb.split():
                assert word in noun, (one["control"], verb)
                noun = noun[word]


def test_every_kind_of_entry_named_is_written_by_some_code(carried) -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    written = set(re.findall(r'"([a-z0-9-]+)"', code))
    for one in carried:
        assert set(one.get("ledger", [])) <= written, one["control"]


def test_what_is_partial_says_what_is_left_and_what_is_not_does_not(carried) -> None:
    for one in carried:
        assert (one["state"] == "partial") == ("left" in one), one["control"]
        assert one["state"] in ("implemented", "partial"), one["control"]


def test_the_links_lead_to_files_of_the_repository() -> None:
    said = json.loads((FOLDER / "component-definition.json").read_text("utf-8"))
    links = [
        link["href"]
        for component in said["component-definition"]["components"]
        for implementation in component["control-implementations"]
        for requirement in implementation["implemented-requirements"]
        for link in requirement["links"]
    ]
    assert links
    assert all((FOLDER / href).resolve().is_file() for href in links)


@pytest.mark.long
def test_trestle_finds_both_documents_valid(tmp_path: Path) -> None:
    """As `trestle validate` does, in a workspace of its own."""
    trestle = Path(sys.executable).with_name("trestle")

    def run(*words: str) -> None:
        done = subprocess.run(
            [trestle, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("init", "--local")
    for folder, name in (
        ("profiles", "profile"),
        ("component-definitions", "component-definition"),
    ):
        to = tmp_path / folder / "portcullis"
        to.mkdir(parents=True)
        shutil.copy(FOLDER / f"{name}.json", to / f"{name}.json")
        run("validate", "--file", f"{folder}/portcullis/{name}.json")
