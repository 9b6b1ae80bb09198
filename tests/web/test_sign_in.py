"""Signing in as a person does: invitation, password, passkey or authenticator app, and limits."""

import base64
import hmac
import json
import re
import sqlite3
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import requests
from playwright.sync_api import Page

from tests.cli.run import started
from tests.web import axe
from tests.web.office import Office
from tests.web.signing import AUTHENTICATOR, authenticator, press_sign

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


def give(office: Office, person: str) -> str:
    """Have two people give the person an account; return the link."""
    invite(office, person)
    said = invite(office, person, by="counsel")
    return str(json.loads(said.stdout)["link"])


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
    page = accept(office, visit, give(office, "approver"))
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
    assert "webauthn-added" in changes(office, "approver")
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


@pytest.mark.long
def test_an_account_is_given_by_two_people_neither_of_whom_gets_it(office):
    first = invite(office, "reviewer")
    assert set(json.loads(first.stdout)) == {"person", "waits"}, first.stderr
    again = invite(office, "reviewer")
    assert (again.returncode, "You proposed" in again.stderr) == (1, True)
    assert "link" in json.loads(invite(office, "reviewer", by="counsel").stdout)
    own = invite(office, "counsel", by="counsel")
    assert (own.returncode, "to themselves" in own.stderr) == (1, True)


@pytest.mark.long
def test_wrong_codes_of_the_second_factor_lock_the_account_too(office, visit):
    page = accept(office, visit, give(office, "transmitter"), "transmitter")
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


def changes(office: Office, person: str) -> list[str]:
    """Return what of the person's means to sign in was changed, by the record."""
    with closing(sqlite3.connect(office.home / "state.sqlite3")) as database:
        asked = "SELECT body FROM office_entry WHERE kind = 'sign-in-changed' ORDER BY position"
        found = [json.loads(body) for (body,) in database.execute(asked)]
    return [each["what"] for each in found if each["person"] == person]


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


class From(requests.adapters.HTTPAdapter):
    """Connects from an address of its own: failures are limited by the address, too."""

    def __init__(self, machine: int) -> None:
        self._from = f"127.0.1.{machine}"
        super().__init__()

    def init_poolmanager(self, *args, **options) -> None:
        super().init_poolmanager(*args, source_address=(self._from, 0), **options)


def visitor(machine: int) -> requests.Session:
    session = requests.Session()
    session.mount("http://", From(machine))
    return session


def at_once(office: Office, attempts: list[tuple[str, str]]) -> list[requests.Response]:
    """Send sign-ins, each a name and a password, at the same moment; return their answers."""
    url = f"{office.origin}/accounts/login/"
    visitors = [visitor(machine) for machine in range(1, len(attempts) + 1)]
    together = threading.Barrier(len(attempts))

    def sign_in(session: requests.Session, name: str, password: str) -> requests.Response:
        form = session.get(url, timeout=60).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        said = {"csrfmiddlewaretoken": token, "login": name, "password": password}
        together.wait(60)
        return session.post(url, data=said, allow_redirects=False, timeout=60)

    with ThreadPoolExecutor(len(attempts)) as many:
        names, passwords = zip(*attempts, strict=True)
        return list(many.map(sign_in, visitors, names, passwords))


def test_five_wrong_passwords_lock_the_account_however_the_name_is_spelt(office):
    for name in ("counsel", "Counsel", "COUNSEL", "cOUNSEL", "coUNSEL"):
        assert locked_out(office, "counsel") == 0
        at_once(office, [(name, "wrong horse battery 1")])
    assert locked_out(office, "counsel") == 1
    (answer,) = at_once(office, [("CounseL", "wrong horse battery 1")])
    assert re.search("too many", answer.text, re.IGNORECASE)


def give_passwords(office: Office, people: list[str]) -> None:
    """Give each of ``people`` the specimen password, beside the office that is served."""
    script = (
        "import sys; from pathlib import Path; from portcullis.office.web import serving;"
        "serving.prepare(Path(sys.argv[1]), 'holder', sys.argv[2]);"
        "from django.contrib.auth.models import User\n"
        "for name in sys.argv[4:]:\n"
        "    user = User.objects.get(username=name)\n"
        "    user.set_password(sys.argv[3])\n"
        "    user.save()\n"
    )
    said = [str(office.home), office.origin, PASSWORD, *people]
    subprocess.run([sys.executable, "-c", script, *said], check=True, capture_output=True)


@pytest.mark.long
def test_many_sign_in_at_once_and_guesses_at_once_are_counted_one_by_one(office):
    people = ["specialist", "reviewer", "impairment", "counsel-2", "safeguards", "records-officer"]
    known = [each for each in people if each in office.sessions]
    assert len(known) >= 4
    give_passwords(office, known)
    answers = at_once(office, [(person, PASSWORD) for person in known])
    # Each goes on to a second factor of their own, which none of them has yet.
    refused = [each.text for each in answers if each.status_code != 302]
    assert not refused, re.findall(r"usa-error-message[^>]*>([^<]+)", refused[0])
    assert all("/accounts/login/" not in each.headers["Location"] for each in answers)
    guesses = at_once(office, [(known[0], f"wrong horse battery {each}") for each in range(8)])
    assert all(each.status_code < 500 for each in guesses), office.log[-3000:]
    assert not any(each.is_redirect for each in guesses)
    with closing(sqlite3.connect(office.home / "state.sqlite3", timeout=60)) as database:
        asked = "SELECT count(*) FROM office_web_failedsignin WHERE person = ?"
        assert database.execute(asked, [known[0]]).fetchone()[0] == 5
    assert locked_out(office, known[0]) == 1
    (refused,) = at_once(office, [(known[0], PASSWORD)])
    assert not refused.is_redirect  # the account rests, whoever comes


def test_two_people_give_an_account_by_acts_signed_in_the_browser(office, visit):
    page = visit(office, "administrator", "/people/accounts/")
    authenticator(page, office.home, "administrator")
    page.fill("[name=person]", "sampler")
    page.get_by_role("button", name="Go on to sign", exact=True).click()
    assert "sampler" in page.inner_text("main")
    press_sign(page)
    page.get_by_text("It is proposed.").wait_for()
    assert "another agrees to it" in page.inner_text("main")
    page = visit(office, "counsel", "/counsel/")
    authenticator(page, office.home, "counsel")
    page.get_by_role("link", name="People and accounts").first.click()
    axe.check(page)
    page.get_by_role("button", name="Go on to sign that sampler gets it").click()
    press_sign(page)
    page.get_by_text("shown here once").wait_for()
    assert f"{office.origin}/accounts/password/reset/key/" in page.inner_text("main")
    page.goto(office.origin)
    assert "/accounts/password/reset/key/" not in page.content()
