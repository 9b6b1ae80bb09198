"""What outsiders need to check the holder: the public halves of its keys, in one file."""

import json
from dataclasses import dataclass
from pathlib import Path

from portcullis import keys, ledger
from portcullis.errors import Misuse
from portcullis.office.home import Home
from portcullis.tables import publish

FILE = "public.json"
FORMAT = "portcullis-public-keys/1"


@dataclass(frozen=True)
class PublicKeys:
    """The holder's service key (JWK), the ledger's vkey, the witnesses' vkeys.

    ``k`` of the witnesses must have cosigned a checkpoint.
    """

    holder: dict[str, str]
    ledger: str
    witnesses: tuple[str, ...]
    k: int

    def check_proof(self, leaf: str, proof: str) -> None:
        """Raise Refused unless ``proof`` shows ``leaf`` in a list in this holder's ledger."""
        ledger.TwoLevelProof.parse(proof).check(
            leaf.encode(), [self.ledger], list(self.witnesses), self.k
        )


def write_public(home: Home, log_vkey: str, witness_vkeys: list[str]) -> None:
    """Write the public keys to the home's ``public.json``."""
    facts = {
        "format": FORMAT,
        "holder": keys.public_jwk(home.service_key()),
        "ledger": log_vkey,
        "witnesses": witness_vkeys,
        "k": home.pack.witnesses.k,
    }
    publish(home.path / FILE, json.dumps(facts, indent=1).encode())


def read_public(path: Path) -> PublicKeys:
    """Read ``public.json``. Raises Misuse where it is missing or damaged."""
    try:
        facts = json.loads(path.read_text())
        known = facts["format"] == FORMAT
        public = PublicKeys(facts["holder"], facts["ledger"], tuple(facts["witnesses"]), facts["k"])
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise Misuse(
            f"{path.name} does not hold the holder's public keys.",
            "Take public.json from the holder, by a way you trust.",
        )
    return public
