"""A near miss in a real browser: nothing fetched, nothing cut off, legible in both schemes."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.oversight.near_misses import street_slip
from tests.oversight.test_demo_report_seen import OVERFLOWING
from tests.oversight.test_explanation_seen import FAINT

# The chart is Splink's own, on white in both schemes; the table beside it says the same.
FAINT_BESIDES_THE_CHART = FAINT.replace("e.checkVisibility() &&", "!e.closest('svg') &&")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("near-miss") / "near-miss.html"
    path.write_text(street_slip().as_html(), encoding="utf-8")
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


def test_differences_are_in_words_and_neither_tin_is_shown() -> None:
    page = street_slip().as_html()
    for words in ("Equal", "Differs", "On one side only", "All nine digits of the TIN agree."):
        assert words in page
    assert "900123456" not in page.replace("-", "")
    assert "For orientation; it decides nothing." in page
