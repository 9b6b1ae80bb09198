"""Every part of the office's pages, in a real browser: wide and narrow, light and dark."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.look.gallery.write import OWN, PAGES
from tests.web import axe

pytestmark = pytest.mark.long

SIZES = {"phone": axe.PHONE, "desktop": axe.DESKTOP}


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Callable[..., Page]]:
    """Open a page of the gallery; what its scripts complain of fails the test."""
    contexts, said = [], []

    def at(name: str, size: str = "desktop", **how) -> Page:
        context = browser.new_context(viewport=SIZES[size], reduced_motion="reduce", **how)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text) if message.type == "error"
                and "status of 404" not in message.text else None)  # fmt: skip
        page.goto(f"{origin}/{name}.html")
        return page

    yield at
    for context in contexts:
        context.close()
    assert said == []


QUICK = {
    *((name, "phone", "dark") for name in (*OWN[:6], "account-login", "mfa-index")),
    *((name, "desktop", "light") for name in ("desk", "dashboard", "form")),
}
ALL = [(name, size, scheme) for name in PAGES for size in SIZES for scheme in ("light", "dark")]


@pytest.mark.parametrize(("name", "size", "scheme"), [
    pytest.param(*each, marks=() if each in QUICK else pytest.mark.long) for each in ALL
])  # fmt: skip
def test_everybody_can_use_it(visit, name, size, scheme):
    page = visit(name, size, color_scheme=scheme)
    axe.check(page)
    axe.fits(page)
    assert axe.walk(page) > 1


def test_the_menu_of_a_phone_opens_holds_the_focus_and_closes(visit):
    page = visit("desk", "phone")
    desk = page.get_by_role("link", name="Sampler")
    assert not desk.is_visible()
    page.get_by_role("button", name="Menu").click()
    desk.wait_for()
    axe.check(page)
    stops = page.evaluate("() => document.querySelectorAll('.usa-nav a, .usa-nav button').length")
    for _ in range(stops + 1):
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.closest('.usa-nav') !== null")
    page.keyboard.press("Escape")
    assert not desk.is_visible()
    assert page.evaluate("() => document.activeElement.textContent") == "Menu"


def test_without_javascript_everything_is_there(visit):
    page = visit("desk", "phone", java_script_enabled=False)
    assert page.get_by_role("link", name="Sampler").is_visible()
    page = visit("sign", java_script_enabled=False)
    assert "Signing needs JavaScript" in page.content()
    page = visit("form", java_script_enabled=False)
    assert page.get_by_label("Source document").first.is_visible()


def test_errors_take_the_focus_and_lead_to_their_fields(visit):
    page = visit("form")
    assert "must be mended" in page.evaluate("() => document.activeElement.innerText")
    page.get_by_role("link", name="Reason", exact=True).click()
    reason = page.get_by_label("Reason").first
    assert reason.get_attribute("aria-invalid") == "true"
    described = reason.get_attribute("aria-describedby").split()
    words = [page.locator(f"#{each}").first.inner_text() for each in described]
    assert words == ["In your own words. The second reviewer reads it.", "This field is required."]


def test_work_shows_its_progress_by_itself_and_leaves_the_keyboard_where_it_was(visit, gallery):
    page = visit("empty")
    working = (gallery / "working.html").read_text("utf-8")
    answer = [working.replace("999,000", "812,000")]
    page.route("**/progress.html", lambda route: route.fulfill(body=answer[0]))
    page.goto(page.url.replace("empty", "polling"))
    axe.check(page)
    page.get_by_role("button", name="Stop it").focus()
    answer[0] = working
    page.get_by_text("999,000 of 1,284,112").wait_for(timeout=10_000)
    assert page.evaluate("() => document.activeElement.id") == "progress-stop"
    answer[0] = (gallery / "progress.html").read_text("utf-8")
    page.get_by_role("link", name="See the result").wait_for(timeout=10_000)


def test_a_passkey_that_was_not_used_is_told_on_the_page(visit):
    page = visit("account-login")
    page.evaluate("""() => document.dispatchEvent(new CustomEvent(
        "allauth.error", { detail: {}, cancelable: true }))""")
    assert page.get_by_role("alert").inner_text().startswith("The passkey was not used.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_it_is_dark_on_white(visit, scheme):
    page = visit("desk", color_scheme=scheme)
    page.emulate_media(media="print")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    assert not page.get_by_role("button", name="Show").is_visible()


def test_without_a_mark_no_page_says_demonstration(visit):
    assert visit("desk").get_by_role("region", name="Demonstration").is_visible()
    assert "DEMONSTRATION" not in visit("empty").content()
