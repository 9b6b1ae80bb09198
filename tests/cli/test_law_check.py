"""``law check`` as a person types it."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from portcullis import law
from portcullis.agreements import builtin_pack, load_pack
from portcullis.cli import law_check
from portcullis.law import Element, Layer, Phase, Provision
from portcullis.law.element import met_if
from tests.cli.run import portcullis

DAY = "2025-08-07"


def test_each_element_is_shown_with_a_request_that_fails_only_it(tmp_path: Path) -> None:
    done = portcullis("law", "check", "--on", DAY, "--home", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no-stay-in-force" in done.stdout
    assert "fails only this where stay_in_force = yes" in done.stdout
    assert "none is implied by another" in done.stdout


@pytest.mark.long
def test_another_version_is_compared_with_an_example_each(tmp_path: Path) -> None:
    folder = tmp_path / "stricter"
    shutil.copytree(builtin_pack(), folder)
    figures = folder / "thresholds.toml"
    figures.write_text(figures.read_text().replace("officer_load = 500", "officer_load = 400"))
    words = ("law", "check", "irs-dhs-2025", "--against", folder, "--on", DAY)
    done = portcullis(*words)
    assert done.returncode == 0, done.stderr
    assert "Newly opens: nothing." in done.stdout
    assert "Newly closes:" in done.stdout
    assert "m_officer_load_max = " in done.stdout
    reading = ("--reading", "any-ground-of-removal", "--json")
    facts = json.loads(portcullis(*words, *reading).stdout)
    assert [each["element"] for each in facts["newly_opens"]] == ["charge-class"]
    assert [each["element"] for each in facts["newly_closes"]] == ["officer-load"]
    assert facts["newly_opens"][0]["example"] == {"charge": "8 USC 1182(a)(6)(A)(i)"}


def test_an_implied_element_is_a_no(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    element = Element(
        id="planted",
        citation="A planted law",
        statement="It is said whether the person has departed.",
        layer=Layer.POLICY,
        phase=Phase.FACE,
        field="departed",
        test=lambda _basis: met_if(pl.col("departed").is_in(["yes", "no"])),
        message="It is not said.",
        requirements=(),
    )
    name = "planted-for-the-command"
    provision = Provision(
        id=name, citation=name, title=name, text=name, source="here", elements=(element,)
    )
    monkeypatch.setitem(law.PROVISIONS, name, provision)
    pack = load_pack(builtin_pack())
    asked = pack.model_copy(update={"provisions": (*pack.provisions, name)})
    monkeypatch.setattr(law_check, "pack_of", lambda *_named: asked)
    assert law_check.check("any", on=DAY) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "planted never fails alone; always with not-departed" in shown
    assert "1 of 62 elements ask nothing" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "irs-dhs-2025"),
        (["/nowhere/at/all"], "folder"),
        (["--against", "nonsense"], "irs-dhs-2025"),
        (["--reading", "nonsense"], "address-on-its-face"),
        (["--on", "yesterday"], "YYYY-MM-DD"),
    ],
)
def test_misuse_is_said_with_its_remedy(words: list[str], said: str, tmp_path: Path) -> None:
    done = portcullis("law", "check", *words, "--home", tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
