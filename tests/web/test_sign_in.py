"""Signing in as a person does: invitation, password, passkey or authenticator app, and limits."""

import json

import pytest

from tests.cli.run import portcullis
from tests.web.office import Office

PASSWORD = "correct horse battery 9"  # of a specimen account


@pytest.fixture(scope="module")
def office(holder) -> Office:
    return holder("new")


def invite(office: Office, person: str, by: str = "administrator"):
    key = office.home.parent / "keys" / f"{by}.pem"
    return portcullis(
        *("sign-in", "invite", person, "--as", by, "--key", key),
        *("--home", office.home, "--origin", office.origin, "--json"),
    )


def test_an_invited_person_makes_a_passkey_and_signs_in_with_it(office, visit):
    said = invite(office, "approver")
    link = json.loads(said.stdout)["link"]
    page = visit(office, "", link.removeprefix(office.origin))
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    page.click("form:has([name=password1]) [type=submit]")
    page.goto(office.origin + "/accounts/login/")
    page.fill("[name=login]", "approver")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=login]) [type=submit]")
    print(page.url, page.inner_text("body"))
    assert "/accounts/2fa/" in page.url
    page.goto(office.origin + "/accounts/2fa/webauthn/add/")
    print(page.url, page.content())
    assert 0
