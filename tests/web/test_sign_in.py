"""Signing in as a person does: invitation, password, passkey or authenticator app, and limits."""

import base64
import hmac
import json
import re
import sqlite3
import struct
import time
from contextlib import closing

import pytest
from playwright.sync_api import Page

from tests.cli.run import started
from tests.web.office import Office
from tests.web.signing import AUTHENTICATOR, authenticator

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


def accept(office: Office, visit, link: str, person: str = "approver") -> Page:
    """Set a password by an invitation's link, and sign in with it."""
    page = visit(office, "", link.removeprefix(office.origin))
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    page.click("form:has([name=password1]) [type=submit]")
    page.goto(office.origin + "/accounts/login/")
    by_password(page, person)
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

    # Whoever knows a name can have its account rest, but keep nobody out who has a passkey.
    page.context.clear_cookies()
    page.goto(office.origin + "/accounts/login/")
    for _ in range(6):
        by_password(page, "approver", "wrong horse battery 1")
    assert re.search("too many", page.inner_text("body"), re.IGNORECASE)
    page.click("#passkey_login")
    page.wait_for_url(f"{office.origin}/banner/")


def test_an_account_that_was_used_is_given_anew_by_two_people(office):
    first = invite(office, "approver")
    assert set(json.loads(first.stdout)) == {"person", "waits"}, first.stderr
    again = invite(office, "approver")
    assert (again.returncode, "You proposed" in again.stderr) == (1, True)
    assert "link" in json.loads(invite(office, "approver", by="counsel").stdout)


@pytest.mark.long
def test_wrong_codes_of_the_second_factor_lock_the_account_too(office, visit):
    link = json.loads(invite(office, "transmitter").stdout)["link"]
    page = accept(office, visit, link, "transmitter")
    page.goto(office.origin + "/accounts/2fa/totp/activate/")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) [type=submit]")
    secret = re.findall(r"\b[A-Z2-7]{32}\b", page.content())[0]
    page.fill("[name=code]", code(secret))
    page.click("form:has([name=code]) [type=submit]")
    page.wait_for_load_state()
    page.context.clear_cookies()
    page.goto(office.origin + "/accounts/login/")
    by_password(page, "transmitter")
    for _ in range(5):
        assert locked_out(office, "transmitter") == 0
        page.fill("[name=code]", "000000")
        page.click("form:has([name=code]) [type=submit]")
        page.wait_for_load_state()
    assert locked_out(office, "transmitter") == 1


def locked_out(office: Office, person: str) -> int:
    """Count the lock-outs of ``person`` on the record."""
    with closing(sqlite3.connect(office.home / "state.sqlite3")) as database:
        asked = (
            "SELECT count(*) FROM office_deniedattempt WHERE reason = 'locked-out' AND person = ?"
        )
        return database.execute(asked, [person]).fetchone()[0]


def code(secret: str) -> str:
    """Return the code an authenticator app shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    made = hmac.digest(base64.b32decode(secret), counter, "sha1")
    at = made[-1] & 0x0F
    return f"{(struct.unpack('>I', made[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def test_who_may_not_give_accounts_is_denied_on_the_record(office):
    said = invite(office, "approver", by="sampler")
    assert said.returncode == 1
    assert "does not give accounts" in said.stderr


def test_no_requester_has_an_account_in_the_holders_office(office):
    said = invite(office, "preparer")
    assert said.returncode == 2
    assert "enrolled on this side" in said.stderr


def test_five_wrong_passwords_lock_the_account_however_the_name_is_spelt(office, visit):
    page = visit(office, "", "/accounts/login/")
    for name in ("counsel", "Counsel", "COUNSEL", "cOUNSEL", "coUNSEL"):
        assert locked_out(office, "counsel") == 0
        by_password(page, name, "wrong horse battery 1")
    assert locked_out(office, "counsel") == 1
    by_password(page, "CounseL", "wrong horse battery 1")
    assert re.search("too many", page.inner_text("body"), re.IGNORECASE)


def test_the_administrator_gives_an_account_by_an_act_signed_in_the_browser(office, visit):
    page = visit(office, "administrator", "/administration/accounts/")
    authenticator(page, office.home, "administrator")
    page.fill("[name=person]", "sampler")
    page.get_by_role("button", name="Go on to sign").click()
    assert "sampler" in page.inner_text("main")
    page.get_by_role("button", name="Sign").click()
    page.get_by_text("shown here once").wait_for()
    assert f"{office.origin}/accounts/password/reset/key/" in page.inner_text("main")
    page.goto(office.origin)
    assert "/accounts/password/reset/key/" not in page.content()
