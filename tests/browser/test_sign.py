"""The page "Sign" in a real browser: by the browser's key or by a passkey, or not at all."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.webauthn import AuthenticatorData, CollectedClientData
from playwright.sync_api import CDPSession, Page

from portcullis import keys
from portcullis.canonical import json_bytes

from .conftest import Site, module
from .test_keystore import MAKE

STATEMENT = {"act": "approve", "at": "2025-08-07T14:00:00+00:00", "of": ["l-1", 3, None, "Núñez"]}
PAGE = """
<script type="application/json" id="statement">{statement}</script>
<form method="post" action="/act" data-sign data-kind="{kind}" data-person="ice-0007"
      data-thumbprint="{thumbprint}" data-credentials="{credentials}">
  <input type="hidden" name="csrf" value="kept"><input type="hidden" name="token">
  <button name="how" value="sign">Sign</button>
</form>"""
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def devices(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return session


def device(devices: CDPSession, **changed: object) -> str:
    options = AUTHENTICATOR | changed
    made = devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return str(made["authenticatorId"])


def passkey(devices: CDPSession, device_id: str) -> tuple[str, ec.EllipticCurvePrivateKey]:
    """Put a passkey on the device; return its id and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    of_device = hashlib.sha256(device_id.encode()).digest()
    credential = {
        "credentialId": base64.b64encode(of_device).decode(),
        "isResidentCredential": False,
        "rpId": "localhost",
        "privateKey": base64.b64encode(secret).decode(),
        "signCount": 0,
    }
    devices.send("WebAuthn.addCredential", {"authenticatorId": device_id, "credential": credential})
    return _base64url(of_device), key


def shown(site: Site, **changed: str) -> str:
    facts = {"kind": "any", "thumbprint": "", "credentials": ""} | changed
    return site.page(PAGE.format(statement=json.dumps(STATEMENT), **facts), "sign.js")


def sign(site: Site, page: Page) -> str:
    """Press the button; return the token that was sent."""
    page.get_by_role("button").click()
    page.locator("#done").wait_for()
    [(path, form)] = site.posted
    assert (path, form["csrf"], form["how"]) == ("/act", "kept", "sign")
    return form["token"]


def verified(token: str, key: ec.EllipticCurvePrivateKey, origin: str) -> dict[str, object]:
    """Return the statement of a passkey's token, checked with another's library."""
    word, *parts = token.split(".")
    statement, _, data, client, signature = map(_decoded, parts)
    assert word == "passkey"
    said = CollectedClientData(client)
    assert (said.type, said.origin, said.cross_origin) == ("webauthn.get", origin, False)
    assert said.challenge == hashlib.sha256(statement).digest()
    of_device = AuthenticatorData(data)
    assert of_device.rp_id_hash == hashlib.sha256(b"localhost").digest()
    assert of_device.is_user_verified()
    assert len(data) == 37
    key.public_key().verify(signature, data + said.hash, ec.ECDSA(hashes.SHA256()))
    assert json_bytes(json.loads(statement)) == statement
    return json.loads(statement)


def test_the_browsers_key_signs_silently(site: Site, page: Page) -> None:
    page.goto(site.page(""))
    made = module(page, "keystore.js", MAKE, "ice-0007")
    page.goto(shown(site, thumbprint=made["thumbprint"]))
    assert keys.verify(sign(site, page), made["jwk"]) == STATEMENT


def test_an_act_that_binds_takes_the_passkey_though_the_key_is_here(
    site: Site, page: Page, devices: CDPSession
) -> None:
    credential, key = passkey(devices, device(devices))
    page.goto(site.page(""))
    made = module(page, "keystore.js", MAKE, "ice-0007")
    page.goto(
        shown(site, kind="passkey", thumbprint=made["thumbprint"], credentials=f"AAAA {credential}")
    )
    token = sign(site, page)
    assert token.split(".")[2] == credential
    assert verified(token, key, site.origin) == STATEMENT


def test_without_the_enrolled_key_the_passkey_signs_what_either_may(
    site: Site, page: Page, devices: CDPSession
) -> None:
    credential, key = passkey(devices, device(devices))
    page.goto(site.page(""))
    module(page, "keystore.js", MAKE, "ice-0007")
    page.goto(shown(site, thumbprint="of-another-key", credentials=credential))
    assert verified(sign(site, page), key, site.origin) == STATEMENT


@pytest.mark.parametrize(
    ("changed", "enrolled", "words"),
    [
        ({"isUserVerified": False}, True, "Nothing was signed"),
        ({}, False, "none is enrolled for you"),
        (None, True, "Nothing was signed"),
    ],
    ids=["person not verified", "no passkey enrolled", "passkey not on this device"],
)
def test_what_is_not_signed_is_not_sent_and_the_page_says_why(
    site: Site,
    page: Page,
    devices: CDPSession,
    *,
    changed: dict[str, object] | None,
    enrolled: bool,
    words: str,
) -> None:
    one = device(devices, **(changed or {}))
    credential, _ = passkey(devices, one) if changed is not None else ("AAAA", None)
    page.goto(shown(site, kind="passkey", credentials=credential if enrolled else ""))
    page.get_by_role("button").click()
    alert = page.get_by_role("alert")
    alert.get_by_text(words).wait_for()
    assert alert.evaluate("each => each === document.activeElement")
    assert site.posted == []
    # The page can be used again: the next attempt starts with the last one's words gone.
    assert page.locator("form").get_attribute("aria-busy") == "false"


def test_a_page_that_does_not_say_how_signs_nothing(site: Site, page: Page) -> None:
    page.goto(shown(site, kind=""))
    page.get_by_role("button").click()
    page.get_by_role("alert").get_by_text("does not say how").wait_for()
    assert site.posted == []


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
