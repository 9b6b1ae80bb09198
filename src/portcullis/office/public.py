"""What outsiders need to check the holder: the public halves of its keys, in two files.

``public.json`` is for Portcullis itself; ``policy`` says the same of the ledger in the form that
other tools read (c2sp.org/tlog-policy).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from portcullis import keys, ledger
from portcullis.errors import Misuse
from portcullis.office.home import Home
from portcullis.tables import publish

FILE = "public.json"
POLICY = "policy"
FORMAT = "portcullis-public-keys/1"


@dataclass(frozen=True)
class PublicKeys:
    """The holder's service key (JWK), the ledger's vkeys, the witnesses' vkeys.

    ``k`` of the witnesses must have cosigned a checkpoint; any of the ledger's keys signs it.
    ``former``: the service keys (JWK) of before, which sign nothing new.
    """

    holder: dict[str, str]
    ledger: tuple[str, ...]
    witnesses: tuple[str, ...]
    k: int
    former: tuple[dict[str, str], ...] = ()

    def read_signed(self, token: str) -> dict[str, Any]:
        """Return a statement that the holder signed, perhaps before its service key was changed.

        Raises Refused where it is another's.
        """
        return keys.verify_any(token, (self.holder, *self.former))

    def check_proof(self, leaf: str, proof: str) -> None:
        """Raise Refused unless ``proof`` shows ``leaf`` in a list in this holder's ledger."""
        ledger.TwoLevelProof.parse(proof).check(
            leaf.encode(), list(self.ledger), list(self.witnesses), self.k
        )

    def check_entry(self, proof: str) -> dict[str, Any]:
        """Return the ledger entry in ``proof``; raise Refused unless this holder's ledger has it.

        ``proof``: as ``prove_entry`` writes it.
        """
        parsed = ledger.LogProof.parse(proof)
        parsed.check(parsed.extra, list(self.ledger), list(self.witnesses), self.k)
        return dict(json.loads(parsed.extra))


def prove_entry(home: Home, position: int) -> str:
    """Return the proof of the entry at ``position``, with the entry in it, as text."""
    log = ledger.Log.open(home.ledger)
    return replace(ledger.LogProof.of(log, position), extra=log.entry(position)).text


def write_public(
    home: Home, said: ledger.LogKeys, former: Sequence[Mapping[str, str]] = ()
) -> None:
    """Write the public keys to the home's ``public.json`` and ``policy``.

    ``former``: the service keys of before, as ``former_keys`` has them.
    """
    facts = {
        "format": FORMAT,
        "holder": keys.public_jwk(home.service_key()),
        "former_holders": list(former),
        "ledger": list(said.signed_by),
        "witnesses": list(said.witnesses),
        "k": said.k,
    }
    publish(home.path / FILE, json.dumps(facts, indent=1).encode())
    policy = ledger.Policy(said.signed_by, said.witnesses, said.k)
    publish(home.path / POLICY, policy.text.encode())


def is_public(home: Home, said: ledger.LogKeys) -> bool:
    """Say whether the home's public files name these keys and witnesses, and its service key."""
    try:
        public = read_public(home.path / FILE)
    except Misuse:
        return False
    return (public.holder, public.ledger, public.witnesses, public.k) == (
        keys.public_jwk(home.service_key()),
        said.signed_by,
        said.witnesses,
        said.k,
    )


def read_public(path: Path) -> PublicKeys:
    """Read ``public.json``. Raises Misuse where it is missing or damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    return parse_public(data, path.name)


def parse_public(data: bytes, name: str = FILE) -> PublicKeys:
    """Return the public keys in ``data``, of a file of that ``name``. Raises Misuse as it."""
    try:
        facts = json.loads(data)
        known = facts["format"] == FORMAT and isinstance(facts["ledger"], list)
        public = PublicKeys(
            facts["holder"],
            tuple(facts["ledger"]),
            tuple(facts["witnesses"]),
            facts["k"],
            tuple(facts.get("former_holders", ())),
        )
        # A key that stands twice would count twice.
        ledger.Policy(public.ledger, public.witnesses, public.k)
    except (ValueError, KeyError, TypeError, RecursionError, Misuse):
        known = False
    if not known:
        raise Misuse(
            f"{name} does not hold the holder's public keys.",
            "Take public.json from the holder, by a way you trust.",
        )
    return public
