"""The scenarios' reports in a real browser: nothing fetched, nothing cut off, in both schemes."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from portcullis.oversight import order_report, year_report
from tests.oversight.scenarios import ORDER, YEAR
from tests.oversight.test_demo_report_seen import BARS, CUT_WORDS, OVERFLOWING

GROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 21, 28)"}
GOOD = {"light": "rgb(0, 136, 23)", "dark": "rgb(95, 202, 112)"}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    html = {"court-order": order_report(ORDER), "year": year_report(YEAR)}
    for name, text in html.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in html}


@pytest.mark.parametrize("name", ["court-order", "year"])
@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1280, "light"),
        (400, "dark"),
        pytest.param(1280, "dark", marks=pytest.mark.long),
        pytest.param(400, "light", marks=pytest.mark.long),
    ],
)
def test_the_page_as_seen(
    browser: Browser,
    reports: dict[str, Path],
    name: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    report = reports[name]
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    page.screenshot(path=report.with_name(f"{name}-{width}-{scheme}.png"), full_page=True)
    assert asked == [report.as_uri()]
    assert said == []
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate(CUT_WORDS) == []
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == GROUND[scheme]
    assert GOOD[scheme] in set(page.evaluate(BARS))
    page.close()
