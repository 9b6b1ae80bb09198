"""A person's request to have the key of their browser enrolled: made by its ``keystore.js``.

JSON text of two signatures (compact JWS) over one statement that names the person and the new
public key: ``by_new`` is the new key's own and proves that the person's browser has it;
``by_former`` is that of the key now enrolled, or empty where that is lost. A request that the
former key did not sign proves nothing of the person: whoever changes the roster makes sure of them
by other means.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc.errors import JoseError

from portcullis import keys
from portcullis.agreements.roster import Person
from portcullis.errors import Refused

FORMAT = "portcullis-enrolment/1"
_LONGEST = 8192
_MEMBERS = {"format", "person", "jwk", "former", "at"}
_PUBLIC = {"crv", "kty", "x", "y"}


@dataclass(frozen=True)
class Enrolment:
    """``person``: roster id. ``jwk``: the new public key. ``at``: by the browser's clock, zoned.

    ``vouched``: whether the key that the roster has signed it too.
    """

    person: str
    jwk: dict[str, str]
    at: datetime
    vouched: bool


def read_enrolment(request: str, person: Person) -> Enrolment:
    """Return what ``request`` asks for ``person``.

    Raises Refused where it is no whole request, another person's, or not signed by the new key; and
    where it names or bears the signature of a former key that is not the one enrolled.
    """
    tokens = _tokens(request)
    said = keys.unverified(tokens["by_new"])
    try:
        new, at = said["jwk"], datetime.fromisoformat(said["at"])
        whole = set(said) == _MEMBERS and said["format"] == FORMAT and at.tzinfo is not None
        if not whole or set(new) != _PUBLIC or keys.verify(tokens["by_new"], new) != said:
            raise _not_whole()
    except (KeyError, TypeError, ValueError, JoseError):
        raise _not_whole() from None
    if said["person"] != person.id:
        raise Refused("The request is of another person.", "Each makes their own, in a browser.")
    return Enrolment(person.id, new, at, _vouched(tokens["by_former"], said, person))


def _tokens(request: str) -> dict[str, str]:
    try:
        tokens = json.loads(request) if len(request) <= _LONGEST else None
    except (ValueError, RecursionError):
        tokens = None
    if (
        not isinstance(tokens, dict)
        or set(tokens) != {"by_new", "by_former"}
        or not all(isinstance(token, str) for token in tokens.values())
    ):
        raise _not_whole()
    return tokens


def _vouched(by_former: str, said: dict[str, Any], person: Person) -> bool:
    if not by_former and said["former"] == "":
        return False
    if said["former"] != keys.thumbprint(person.jwk) or keys.verify(by_former, person.jwk) != said:
        raise Refused(
            "The former key of the request is not the one enrolled.",
            "Make the request again in the browser that has the enrolled key.",
        )
    return True


def _not_whole() -> Refused:
    return Refused(
        "This is no whole request to enrol a key.", "Make it again on the page for keys."
    )
