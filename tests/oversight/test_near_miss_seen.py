"""A near miss in a real browser: nothing fetched, nothing cut off, legible in both schemes."""

from pathlib import Path
from typing import Literal, get_args

import pytest
from playwright.sync_api import Browser

from portcullis.addresses.differences import State as AddressState
from portcullis.names.differences import State as NameState
from portcullis.oversight.near_miss import STATES, Beside, Picture
from tests.oversight.near_misses import another_town, street_slip
from tests.oversight.test_demo_report_seen import OVERFLOWING
from tests.oversight.test_explanation_seen import FAINT

# The chart is Splink's own, on white in both schemes; the table beside it says the same.
FAINT_BESIDES_THE_CHART = FAINT.replace("e.checkVisibility() &&", "!e.closest('svg') &&")


@pytest.fixture(scope="module")
def seen() -> Picture:
    return street_slip()


@pytest.fixture(scope="module")
def document(seen: Picture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("near-miss") / "near-miss.html"
    path.write_text(seen.as_html(), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_as_seen(
    browser: Browser, document: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(document.as_uri())
    seen = page.screenshot(path=document.with_name(f"{width}-{scheme}.png"), full_page=True)
    assert len(seen) > 50_000, "a page with its picture, not a blank one"
    assert asked == [document.as_uri()]
    assert said == []
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate(FAINT_BESIDES_THE_CHART) == []
    assert page.evaluate("() => document.querySelectorAll('script').length") == 0
    page.close()


def test_differences_are_in_words_and_neither_tin_is_shown(seen: Picture) -> None:
    page = seen.as_html()
    for words in (
        "Equal", "Differs", "Nearly equal", "Initial of the other", "In the request only",
        "Of record only", "no contradiction", "All nine digits of the TIN agree.",
    ):  # fmt: skip
        assert words in page
    assert "900123456" not in page.replace("-", "")
    assert "For orientation; it decides nothing." in page


def test_the_page_says_of_each_part_what_the_rules_say(seen: Picture) -> None:
    name, other = seen.names
    assert (name.code, _states(name)) == (
        "same",
        {
            "Given name": ("equal", ""),
            "Middle name": ("initial", "no contradiction"),
            "Family name": ("equal", ""),
        },
    )
    assert _states(other)["Family name"] == ("differs", "")
    far, near = seen.addresses
    assert _states(far)["Unit"] == ("absent-left", "")
    assert {part for part, (state, _) in _states(near).items() if state != "equal"} == {"Street"}
    assert (near.code, _states(near)["Street"]) == ("near", ("slip", ""))


def test_the_other_towns_name_decides_nothing_where_both_have_a_zip_code() -> None:
    (there,) = another_town().addresses
    assert there.code == "same"
    assert _states(there)["City"] == ("differs", "decides nothing")


def test_every_state_has_a_mark_and_words_of_its_own() -> None:
    assert set(STATES) == {*get_args(NameState), *get_args(AddressState)}
    assert len({mark for mark, _ in STATES.values()}) == len(STATES)
    assert len({words for _, words in STATES.values()}) == len(STATES)


def _states(beside: Beside) -> dict[str, tuple[str, str]]:
    return {line.part: (line.state, line.note) for line in beside.parts}
