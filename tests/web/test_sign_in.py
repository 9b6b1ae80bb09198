"""Signing in as a person does: invitation, password, passkey or authenticator app, and limits."""

import json
import re

import pytest
from playwright.sync_api import Page

from tests.cli.run import started
from tests.web.office import Office
from tests.web.signing import AUTHENTICATOR, authenticator, sign

PASSWORD = "correct horse battery 9"  # of a specimen account


@pytest.fixture(scope="module")
def office(holder) -> Office:
    return holder("new")


def invite(office: Office, person: str, by: str = "administrator"):
    key = office.home.parent / "keys" / f"{by}.pem"
    return started(
        *("sign-in", "invite", person, "--as", by, "--key", key),
        *("--home", office.home, "--origin", office.origin, "--json"),
    )


def accept(office: Office, visit, link: str) -> Page:
    """Set a password by an invitation's link, and sign in with it."""
    page = visit(office, "", link.removeprefix(office.origin))
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    page.click("form:has([name=password1]) [type=submit]")
    page.goto(office.origin + "/accounts/login/")
    by_password(page, "approver")
    return page


def by_password(page: Page, person: str, password: str = PASSWORD) -> None:
    page.fill("[name=login]", person)
    page.fill("[name=password]", password)
    page.click("form:has([name=login]) [type=submit]")
    page.wait_for_load_state()


def test_an_invited_person_adds_a_passkey_first_and_signs_in_with_it(office, visit):
    page = accept(office, visit, json.loads(invite(office, "approver").stdout)["link"])
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(office.origin + "/approval/")
    assert "/accounts/2fa/" in page.url  # nothing is shown before there is a second factor

    page.goto(office.origin + "/accounts/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) [type=submit]")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "add" not in url)
    page.goto(office.origin + "/approval/")
    assert "/accounts/login/" in page.url  # and it must be shown once

    page.click("#passkey_login")
    page.wait_for_url(f"{office.origin}/banner/")
    page.get_by_role("button", name="I have read this").click()
    page.wait_for_url(f"{office.origin}/approval/")


def test_who_may_not_give_accounts_is_denied_on_the_record(office):
    said = invite(office, "approver", by="sampler")
    assert said.returncode == 1
    assert "does not give accounts" in said.stderr


def test_no_requester_has_an_account_in_the_holders_office(office):
    said = invite(office, "preparer")
    assert said.returncode == 2
    assert "enrolled on this side" in said.stderr


def test_five_wrong_passwords_lock_the_account_for_a_while(office, visit):
    page = visit(office, "", "/accounts/login/")
    for _ in range(5):
        by_password(page, "counsel", "wrong horse battery 1")
    by_password(page, "counsel", "wrong horse battery 1")
    assert re.search("too many", page.inner_text("body"), re.IGNORECASE)


def test_the_administrator_gives_an_account_by_an_act_signed_in_the_browser(office, visit):
    page = visit(office, "administrator", "/administration/accounts/")
    authenticator(page, office.home, "administrator")
    page.fill("[name=person]", "sampler")
    page.get_by_role("button", name="Go on to sign").click()
    assert "sampler" in page.inner_text("main")
    sign(page)
    assert f"{office.origin}/accounts/password/reset/key/" in page.inner_text("body")
