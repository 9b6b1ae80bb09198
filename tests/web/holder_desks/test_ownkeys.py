"""A person's own keys in the browser: made or taken there, asked for, and enrolled by two."""

from datetime import datetime

import pytest

from tests.office.world import ANSWER_DAY
from tests.web.batch_desks.seen import check, press, sign, text
from tests.web.signing import AUTHENTICATOR, authenticator, hold
from tests.web.test_sign_in import PASSWORD, accept, give

pytestmark = [pytest.mark.xdist_group("holder-desks"), pytest.mark.long]


def reviewer(desk):
    """Return a page of the reviewer in a browser of the demonstration's day."""
    page = desk("reviewer", "/")
    page.clock.set_fixed_time(datetime.combine(ANSWER_DAY, datetime.min.time()))
    return page


def test_a_key_of_the_browser_is_asked_for_and_waits_for_an_administrator(desk, office):
    page = reviewer(desk)
    page.goto(office.origin + "/keys/")
    assert "This browser does not hold the key" in text(page)
    check(page, "keys")
    page.get_by_role("button", name="Make a new key in this browser").click()
    page.get_by_text("Your request is kept.").wait_for()
    check(page, "keys-waiting")
    with page.expect_download() as given:
        page.get_by_role("link", name="Download it").click()
    assert "portcullis-enrolment/1" in given.value.path().read_text()
    admin = desk("administrator", "/administration/people/")
    admin.get_by_role("link", name="Specimen reviewer").first.click()
    check(admin, "administration-enrol-kept")
    press(admin, "Go on to sign")  # the passkey on the roster has signed the request too
    sign(admin, "It is proposed.")


def test_a_passkey_of_the_account_is_enrolled_by_two(holder, visit):
    office = holder("new")
    page = accept(office, visit, give(office, "approver"))
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(office.origin + "/keys/")
    assert "/accounts/2fa/" in page.url  # a second factor first
    page.goto(office.origin + "/accounts/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) [type=submit]")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "add" not in url)
    page.goto(office.origin + "/keys/")
    page.click("#passkey_login")
    page.wait_for_url(f"{office.origin}/banner/")
    page.get_by_role("button", name="I have read this").click()
    page.goto(office.origin + "/keys/")
    assert "it signs you in, and signs no act" in text(page)
    check(page, "keys-passkey")
    hold(session, made["authenticatorId"], office.home, "approver")
    page.get_by_role("button", name="Ask to have it enrolled").click()
    page.get_by_text("Your request is kept.").wait_for()
    admin = visit(office, "administrator", "/administration/people/")
    authenticator(admin, office.home, "administrator")
    admin.get_by_role("link", name="Specimen approver").first.click()
    press(admin, "Go on to sign")
    sign(admin, "It is proposed.")
    second = visit(office, "counsel", "/counsel/")
    authenticator(second, office.home, "counsel")
    second.get_by_role("link", name="Enrol a key").click()
    press(second, "Go on to sign the approval")
    sign(second, "The change is approved, and in effect.")
    page.reload()
    assert "The roster has it: it signs acts." in text(page)
