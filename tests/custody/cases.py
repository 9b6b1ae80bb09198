from datetime import UTC, date, datetime

from portcullis import keys
from portcullis.agreements import Person
from portcullis.canonical import json_bytes
from portcullis.determination import commitment
from portcullis.determination.leaves import leaf, one_answer_text
from portcullis.errors import Refused
from portcullis.ledger import LogProof, TwoLevelProof, leaf_hash
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


def proof_of(leaf_text, batch="b-1"):
    """The text of a proof of a list of one leaf, under a checkpoint that nobody signed."""
    root = leaf_hash(leaf_text.encode()).hex()
    entry = {"kind": "determination-list", "batch": batch, "leaves": 1, "leaves_root": root}
    return TwoLevelProof(0, (), json_bytes(entry), LogProof(0, (), "unsigned\n")).text


def proven(leaf_text, proof):
    """A ledger that holds exactly what ``proof_of`` makes."""
    if proof != proof_of(leaf_text):
        raise Refused("The proof does not hold.")
