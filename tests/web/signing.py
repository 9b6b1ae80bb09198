"""People's passkeys in a test: enrolled on the world's roster, held by Chromium's authenticator."""

import base64
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from playwright.sync_api import CDPSession, Page

from portcullis import agreements, keys
from portcullis.canonical import sha256_hex
from tests.authenticator import Passkey

RP_ID = "localhost"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256's group
SIGN_FORM = "form[data-sign]"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


def enrol_passkeys(home: Path, origin: str) -> None:
    """Give everybody on the home's roster a passkey that signs at ``origin``.

    The keys lie in ``passkeys/`` beside the home, for ``authenticator``.
    """
    people = [_with_passkey(home, each, origin) for each in _roster(home).people]
    agreements.save_roster(agreements.Roster.from_people(people), home / "people.json")


def authenticator(page: Page, home: Path, person: str) -> None:
    """Give the page's browser an authenticator that holds the person's passkey."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    hold(session, made["authenticatorId"], home, person)


def hold(session: CDPSession, authenticator_id: str, home: Path, person: str) -> None:
    """Have an authenticator hold the passkey that the roster has of the person."""
    key = load_pem_private_key(_file(home, person).read_bytes(), None)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    credential = {
        "credentialId": base64.b64encode(_credential_id(person)).decode(),
        "isResidentCredential": True,
        "rpId": RP_ID,
        "privateKey": base64.b64encode(private).decode(),
        "userHandle": base64.b64encode(person.encode()).decode(),
        "signCount": 1,
    }
    session.send(
        "WebAuthn.addCredential",
        {"authenticatorId": authenticator_id, "credential": credential},
    )


def passkey(home: Path, person: str, origin: str) -> Passkey:
    """Return the person's passkey, held by an authenticator of this process (``keys.Signer``)."""
    soft = Passkey(RP_ID, origin)
    soft.id = _credential_id(person)
    soft._key = load_pem_private_key(_file(home, person).read_bytes(), None)
    return soft


def respelt(token: str) -> str:
    """Return another spelling of a passkey's token, made without its key: (r, -s) verifies too."""
    *parts, signature = token.split(".")
    r, s = decode_dss_signature(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
    other = encode_dss_signature(r, ORDER - s)
    return ".".join([*parts, base64.urlsafe_b64encode(other).decode().rstrip("=")])


def sign(page: Page) -> None:
    """Sign what the Sign page shows, and wait for what comes of it."""
    press_sign(page)
    page.locator(SIGN_FORM).wait_for(state="detached")
    page.wait_for_load_state()


def press_sign(page: Page) -> None:
    """Press the Sign page's own button, once that page is there.

    The desk's page before it has a button too: "Go on to sign", which signs nothing.
    """
    form = page.locator(SIGN_FORM)
    form.wait_for()
    form.get_by_role("button").click()


def _with_passkey(home: Path, person: agreements.Person, origin: str) -> agreements.Person:
    key = keys.generate()
    keys.save_private(key, _file(home, person.id))
    passkey = agreements.Passkey(
        id=base64.urlsafe_b64encode(_credential_id(person.id)).rstrip(b"=").decode(),
        jwk=keys.public_jwk(key),
        rp_id=RP_ID,
        origins=(origin,),
        in_force_from=date(2025, 1, 1),
    )
    return person.model_copy(update={"passkeys": (passkey,)})


def _roster(home: Path) -> agreements.Roster:
    return agreements.load_roster(home / "people.json")


def _file(home: Path, person: str) -> Path:
    return home.parent / "passkeys" / f"{person}.pem"


def _credential_id(person: str) -> bytes:
    return bytes.fromhex(sha256_hex([person.encode()]))
