"""Every page of the requester's desks, for everybody: wide and narrow, light and dark."""

import pytest

from tests.web import axe
from tests.web.office import Office
from tests.web.requester.steps import read_the_warning
from tests.web.requester.test_drafts import fill, good_row

BATCH = "shown"
PAGES = [
    ("preparer", "/prepare/"),
    ("preparer", "/prepare/new/"),
    ("preparer", f"/prepare/{BATCH}/"),
    ("preparer", f"/prepare/{BATCH}/rows/"),
    ("preparer", f"/prepare/{BATCH}/rows/1/"),
    ("preparer", f"/prepare/{BATCH}/withdraw/"),
    ("head", "/signatory/"),
    ("officer-2", "/officer/"),
    ("officer-2", "/officer/key/"),
    ("officer-2", "/officer/status/"),
    ("custodian", "/custody/"),
    ("custodian", "/custody/certify/"),
    ("custodian", "/custody/log/"),
    ("custodian", "/custody/notices/"),
    ("custodian", "/people/accounts/"),
    ("head", "/people/accounts/"),
]
FIRST = [("preparer", f"/prepare/{BATCH}/"), ("officer-2", "/officer/"), ("custodian", "/custody/")]
HOW = [
    ("phone", "dark", FIRST),
    pytest.param("phone", "dark", PAGES, marks=pytest.mark.long),
    pytest.param("desktop", "light", PAGES, marks=pytest.mark.long),
]
SIZES = {"phone": axe.PHONE, "desktop": axe.DESKTOP}


@pytest.fixture(scope="module")
def shown(office, browser) -> Office:
    context = browser.new_context()
    context.add_cookies([office.cookie("preparer")])
    page = context.new_page()
    page.goto(office.origin + "/prepare/form/")
    page.fill("[name=batch]", BATCH)
    page.get_by_role("button", name="Go on to its first request").click()
    fill(page, good_row() | {"address_line1": "Failed to Provide"})
    page.get_by_role("button", name="Write it and check").click()
    context.close()
    return office


@pytest.mark.parametrize(("size", "scheme", "pages"), HOW)
def test_everybody_can_use_every_page(shown, browser, size, scheme, pages):
    contexts = {}
    for person, path in pages:
        if person not in contexts:
            contexts[person] = browser.new_context(
                viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce"
            )
            contexts[person].add_cookies([shown.cookie(person)])
        page = contexts[person].new_page()
        page.goto(shown.origin + path)
        if page.url.endswith("/banner/"):
            read_the_warning(page)
            page.goto(shown.origin + path)
        assert page.url == shown.origin + path
        axe.check(page)
        axe.fits(page)
        page.close()
    for context in contexts.values():
        context.close()
