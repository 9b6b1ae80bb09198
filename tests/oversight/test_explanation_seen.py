"""An explanation in a real browser: nothing fetched, nothing cut off, in both schemes and print."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.oversight.explaining import mixed
from tests.oversight.test_demo_report_seen import OVERFLOWING

FAINT = """() => {
  const parts = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = parts(c).map(v => v / 255)
      .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if ((parts(c)[3] ?? 1) > 0) return c; } return 'rgb(255, 255, 255)'; };
  return [...document.querySelectorAll('body *')]
    .filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3
      && n.textContent.trim()))
    .filter(e => { const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
      return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5; })
    .map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 40));
}"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explanation") / "explanation.html"
    path.write_text(mixed().as_html(), encoding="utf-8")
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
    page.evaluate("() => document.querySelectorAll('details').forEach(e => { e.open = true; })")
    assert asked == [document.as_uri()]
    assert said == []
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate(FAINT) == []
    page.close()


def test_the_page_as_printed_shows_the_quoted_words(browser: Browser, document: Path) -> None:
    page = browser.new_page()
    page.goto(document.as_uri())
    page.emulate_media(media="print")
    shown = "() => [...document.querySelectorAll('blockquote')].every(e => e.checkVisibility())"
    assert page.evaluate(shown)
    assert page.pdf().startswith(b"%PDF")
    page.close()
