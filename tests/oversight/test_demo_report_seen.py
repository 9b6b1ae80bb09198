"""The report in a real browser: nothing fetched, nothing cut off, readable in both schemes."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from portcullis.oversight import DemoFacts, demo_report

OVERFLOWING = """() => [...document.querySelectorAll('body *')]
  .filter(e => !e.closest('.scroll') && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.tagName + '.' + e.className)"""
BARS = """() => [...document.querySelectorAll('.picture path[fill]')]
  .filter(e => e.checkVisibility()).map(e => getComputedStyle(e).fill)"""
CUT_WORDS = """() => [...document.querySelectorAll('.picture text')]
  .filter(e => e.checkVisibility())
  .filter(e => { const [word, box] = [e, e.closest('svg')].map(x => x.getBoundingClientRect());
                 return word.left < box.left - 1 || word.right > box.right + 1; })
  .map(e => e.textContent)"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, facts: DemoFacts) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(demo_report(facts), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_as_seen(
    browser: Browser, report: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(report.as_uri())
    seen = page.screenshot(path=report.with_name(f"{width}-{scheme}.png"), full_page=True)

    assert asked == [report.as_uri()]
    assert said == []
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate(CUT_WORDS) == []
    assert len(seen) > 50_000, "a page with its pictures, not a blank one"
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 21, 28)"}[scheme]
    bars = set(page.evaluate(BARS))
    released = {"light": "rgb(0, 136, 23)", "dark": "rgb(95, 202, 112)"}[scheme]
    assert released in bars
    page.close()


def test_the_page_as_printed_shows_the_folded_tables(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    hidden = (
        "() => [...document.querySelectorAll('table')].filter(e => !e.checkVisibility()).length"
    )
    assert page.evaluate(hidden) == 0
    assert page.pdf().startswith(b"%PDF")
    page.close()
