"""Every part of the office's pages, in a real browser: wide and narrow, light and dark."""

import pytest

from tests.look.gallery.write import PAGES
from tests.web import axe

SIZES = {"phone": axe.PHONE, "desktop": axe.DESKTOP}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_it(browser, origin, name, scheme, size):
    context = browser.new_context(
        viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{origin}/{name}.html")
    axe.check(page)
    axe.fits(page)
    assert axe.walk(page) > 1
    context.close()
    assert not [each for each in said if "Content Security Policy" in each or "Error" in each]
