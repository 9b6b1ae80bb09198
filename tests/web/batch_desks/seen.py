"""What every page of these desks is checked for, and pictures of it where they are wanted."""

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.web import axe
from tests.web.signing import press_sign

PHONE = {"width": 400, "height": 800}


def check(page: Page, name: str) -> None:
    """Assert that axe finds nothing, and that the page fits a telephone; take its picture.

    Pictures are written as ``name`` into the folder that PORTCULLIS_PICTURES names, if it does.
    """
    axe.check(page)
    picture(page, name)
    wide = page.viewport_size
    page.set_viewport_size(PHONE)
    axe.fits(page)
    picture(page, f"{name}-phone")
    page.set_viewport_size(wide)


def text(page: Page) -> str:
    """Return what the page says, in one line."""
    return " ".join(page.inner_text("main").split())


def sign(page: Page, says: str) -> str:
    """Sign what the Sign page shows; return what the page says that comes of it."""
    press_sign(page)
    page.get_by_text(says).first.wait_for()
    return text(page)


def press(page: Page, name: str) -> None:
    """Press a button that sends a form, and wait for the page it leads to."""
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def post(page: Page, path: str) -> str:
    """Post an empty form to an address, as the page's own would; return what the answer says."""
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    origin = page.url.split("/", 3)
    address = "/".join([*origin[:3], path.lstrip("/")])
    headers = {"X-CSRFToken": cookies["csrftoken"], "Referer": page.url}
    return page.request.post(address, headers=headers).text()


def picture(page: Page, name: str) -> None:
    """Take the picture of a page, where pictures are wanted."""
    if folder := os.environ.get("PORTCULLIS_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
