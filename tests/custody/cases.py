import json
from datetime import UTC, date, datetime

from portcullis import keys
from portcullis.agreements import Person
from portcullis.determination import commitment
from portcullis.determination.leaves import leaf, one_answer_text
from portcullis.errors import Refused
from portcullis.standing import Standing

NOW = datetime(2025, 8, 7, 14, 0, tzinfo=UTC)
LKA = {
    "lka_line1": "4500 UNKNOWN CREEK RD",
    "lka_line2": "APT 9",
    "lka_city": "ZZYZX",
    "lka_state": "CA",
    "lka_zip": "92309",
    "lka_period": 2022,
}
OPEN = Standing.of([])


def person(key, **changed):
    facts = {
        "id": "ice-0007",
        "name": "Robin Example",
        "agency": "ICE",
        "office": "Field office",
        "roles": ("officer",),
        "authority": None,
        "jwk": keys.public_jwk(key),
        "in_force_from": date(2025, 1, 1),
        "in_force_to": date(2025, 12, 31),
    }
    return Person(**(facts | changed))


def leaf_of(request_id, nonce, answer="disclosed"):
    return leaf(commitment(nonce, one_answer_text(request_id, answer)), "11" * 32).decode()


def proven(parcel):
    """A ledger that knows only the proofs that say so."""
    if json.loads(parcel.proof) != {"proves": parcel.leaf}:
        raise Refused("The proof does not hold.")
