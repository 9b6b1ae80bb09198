"""A person's key in the browser: used there, read by nobody, lost with the browser's profile."""

import json
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page

from portcullis import keys
from portcullis.agreements.enrolment import enrolled, read_request
from portcullis.errors import Refused
from tests.custody.cases import person as roster_person

from .conftest import Site, module

MAKE = """async ({ makeKey }, person) => {
    const { jwk, thumbprint } = await makeKey(person);
    return { jwk, thumbprint };
}"""
HELD = "async ({ heldKey }, [person, print]) => (await heldKey(person, print)) !== null"
KEY_PAGE = """
<div data-key data-person="ice-0007" data-thumbprint="{0}">
  <p data-held hidden>held</p><p data-not-held hidden>not held</p>
</div>
<form method="post" action="/enrol" data-enrol data-person="ice-0007" data-thumbprint="{0}">
  <input type="hidden" name="request"><button>Make a key</button>
</form>"""


def test_the_private_key_is_used_and_read_by_nobody(site: Site, page: Page) -> None:
    page.goto(site.page(""))
    made = module(page, "keystore.js", MAKE, "ice-0007")
    script = """async ({ heldKey }, [person, print]) => {
        const kept = await heldKey(person, print);
        const told = [];
        for (const key of [kept.sign, kept.agree]) {
            told.push(key.type, key.extractable, key.usages.join());
            for (const form of ['jwk', 'pkcs8', 'raw']) {
                try { await crypto.subtle.exportKey(form, key); told.push(form); }
                catch (error) { told.push(error.name); }
            }
        }
        return [told, Object.keys(kept).sort(), JSON.stringify(kept.jwk)];
    }"""
    told, members, jwk = module(page, "keystore.js", script, ["ice-0007", made["thumbprint"]])
    none = ["InvalidAccessError"] * 2
    assert [each for each in told if each != "NotSupportedError"] == [
        "private", False, "sign", *none, "InvalidAccessError",
        "private", False, "deriveBits", *none, "InvalidAccessError",
    ]  # fmt: skip
    assert members == ["agree", "jwk", "made", "person", "sign", "thumbprint"]
    assert set(json.loads(jwk)) == {"crv", "kty", "x", "y"}


def test_a_key_outlasts_the_page_and_stays_in_its_profile(
    site: Site, page: Page, browser: Browser
) -> None:
    address = site.page("")
    page.goto(address)
    made = module(page, "keystore.js", MAKE, "ice-0007")
    named = ["ice-0007", made["thumbprint"]]
    page.reload()
    assert module(page, "keystore.js", HELD, named)
    tab = page.context.new_page()
    tab.goto(address)
    assert module(tab, "keystore.js", HELD, named)
    assert not module(tab, "keystore.js", HELD, ["ice-0008", made["thumbprint"]])
    assert not module(tab, "keystore.js", HELD, ["ice-0007", ""])
    elsewhere = browser.new_page()
    elsewhere.goto(address)
    assert not module(elsewhere, "keystore.js", HELD, named)
    elsewhere.close()


def test_a_new_key_is_asked_for_by_itself_and_by_the_former_one(site: Site, page: Page) -> None:
    first = read_request(_ask_for_a_key(site, page, ""))
    assert (first.person, first.by_old) == ("ice-0007", "")
    today = datetime.now(UTC).date()
    person = roster_person(keys.generate(), jwk=first.jwk)
    second = read_request(_ask_for_a_key(site, page, keys.thumbprint(first.jwk)))
    after = enrolled(person, second, today)
    assert (after.jwk, after.former_keys[0].jwk) == (second.jwk, first.jwk)
    for held in (first.jwk, second.jwk):
        assert module(page, "keystore.js", HELD, ["ice-0007", keys.thumbprint(held)])
    with pytest.raises(Refused, match="did not sign"):
        enrolled(person, first, today)


def _ask_for_a_key(site: Site, page: Page, enrolled: str) -> str:
    page.goto(site.page(KEY_PAGE.format(enrolled), "enrol.js"))
    page.get_by_text("held" if enrolled else "not held", exact=True).wait_for()
    assert page.locator("[data-held]").is_visible() == bool(enrolled)
    assert page.locator("[data-not-held]").is_visible() != bool(enrolled)
    page.get_by_role("button").click()
    page.locator("#done").wait_for()
    return site.posted[-1][1]["request"]
