"""Every page of the requester's desks, for everybody: wide and narrow, light and dark."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from portcullis import keys
from portcullis.canonical import sha256_hex
from portcullis.custody import RecipientHome
from portcullis.office.home import Home
from portcullis.standing import EVERYTHING, Custodian, Frozen, Order, notice_statement
from tests.office.world import BATCH_DAY
from tests.web import axe
from tests.web.office import Office
from tests.web.requester.steps import go_on, read_the_warning
from tests.web.requester.test_drafts import fill, good_row
from tests.web.signing import authenticator, sign

BATCH, READY = "shown", "shown-ready"
NOTICE = sha256_hex([b"o-seen"])
PAGES = [
    ("preparer", "/prepare/"),
    ("preparer", "/prepare/new/"),
    ("preparer", f"/prepare/{BATCH}/"),
    ("preparer", f"/prepare/{BATCH}/rows/"),
    ("preparer", f"/prepare/{BATCH}/rows/1/"),
    ("preparer", f"/prepare/{BATCH}/rows/new/"),
    ("preparer", f"/prepare/{BATCH}/file/"),
    ("preparer", f"/prepare/{BATCH}/withdraw/"),
    ("preparer", f"/prepare/{READY}/"),
    ("preparer", "/keys/"),
    ("head", "/signatory/"),
    ("head", f"/signatory/{READY}/"),
    ("head", f"/signatory/{READY}/rows/"),
    ("head", f"/signatory/{READY}/send-back/"),
    ("head", "/signatory/notices/"),
    ("head", "/signatory/holder/"),
    ("officer-2", "/officer/"),
    ("officer-2", "/officer/notices/"),
    ("officer-2", "/officer/take-in/"),
    ("officer-2", "/officer/fetch/"),
    ("officer-2", "/officer/key/"),
    ("officer-2", "/officer/status/"),
    ("custodian", "/custody/"),
    ("custodian", "/custody/certify/"),
    ("custodian", "/custody/log/"),
    ("custodian", "/custody/notices/"),
    ("custodian", "/people/accounts/"),
    ("head", "/people/accounts/"),
    ("custodian", f"/custody/notices/{NOTICE}/"),
    ("custodian", "/custody/holder/"),
    ("custodian", "/custody/packages/"),
    ("custodian", "/custody/take-in/"),
]
FIRST = [("preparer", f"/prepare/{BATCH}/"), ("officer-2", "/officer/"), ("custodian", "/custody/")]
HOW = [
    ("phone", "dark", FIRST),
    pytest.param("phone", "dark", PAGES, marks=pytest.mark.long),
    pytest.param("desktop", "light", PAGES, marks=pytest.mark.long),
]
SIZES = {"phone": axe.PHONE, "desktop": axe.DESKTOP}


@pytest.fixture(scope="module")
def shown(office, world, browser) -> Office:
    """A batch of which something comes back, one that waits to be signed, and an order's notice."""
    context = browser.new_context()
    context.add_cookies([office.cookie("preparer")])
    page = context.new_page()
    authenticator(page, office.home, "preparer")
    write(page, office, BATCH, good_row() | {"address_line1": "Failed to Provide"})
    write(page, office, READY, good_row())
    page.get_by_role("link", name="Make it ready").click()
    page.select_option("[name=signatory]", "head")
    go_on(page, "Go on to sign")
    axe.check(page)
    assert "SHA-256 of its file" in page.inner_text("main")  # what the digest stands for
    sign(page)
    context.close()
    frozen = tuple(Frozen("b-1", f"R-{at}", f"{at:032d}") for at in range(3))
    said = notice_statement(
        Order("o-seen", "1:25-cv-00457", "dcd", date(2025, 6, 27), "ab" * 32, EVERYTHING),
        [Custodian("officer-2", "l-1", frozen), Custodian("custodian", "l-2", frozen[:1])],
        agreement="irs-dhs-2025",
        at=datetime.combine(BATCH_DAY, datetime.min.time(), UTC),
        lifted=False,
    )
    key = Home.find(world.home_path).service_key()
    RecipientHome(office.home).notices.keep(keys.sign(said, key), keys.public_jwk(key))
    return office


def write(page: Page, office: Office, batch: str, row: dict[str, str]) -> None:
    page.goto(office.origin + "/prepare/form/")
    page.fill("[name=batch]", batch)
    page.get_by_role("button", name="Go on to its first request").click()
    fill(page, row)
    page.get_by_role("button", name="Write it and check").click()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page in the folder that PORTCULLIS_PICTURES names, if it does."""
    if folder := os.environ.get("PORTCULLIS_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


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
        picture(page, f"requester{path.replace('/', '-')}{size}")
        page.close()
    for context in contexts.values():
        context.close()
