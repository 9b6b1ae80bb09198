"""Who signed what, checked without a home: signatures, the roster beside them, the ledger's proofs.

An export is a folder: ``acts.jsonl`` with, a line each, the ledger's entry of an act, its proof
(c2sp.org/tlog-proof) and the signature; ``people.json``, the roster; ``public.json``, the keys by
which the holder says the ledger is signed. For each act five things are checked: the entry stands
in the ledger, it commits to the signature by its SHA-256, the person it names made the signature
with what was in force when it was made and when it was recorded, what was signed says what the
entry says and names that ledger, and it stands behind no earlier entry.

What earlier releases had signed names no ledger. From the first act on that names it, each must.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portcullis import ledger
from portcullis.agreements import Roster, ordering
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Misuse, PortcullisError, Refused
from portcullis.oversight.act_signing import (
    FIRST_ROSTER,
    LEDGER,
    ORDER,
    Place,
    Signing,
    act_of,
    check,
    made_by,
    people_of,
)

ACTS, PEOPLE, KEYS = "acts.jsonl", "people.json", "public.json"
ROSTER = "roster-changed"


@dataclass(frozen=True)
class SignedAct:
    """One act as an export has it; ``signature`` is "" where the entry holds the signatures."""

    entry: str
    proof: str
    signature: str

    def to_line(self) -> str:
        """Return it as a line of ``acts.jsonl``."""
        return json.dumps(vars(self), ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Checked:
    """One act checked. ``by``: KEY, PASSKEY, ORDER, NOBODY; MISSING where only a digest was left.

    ``wrong``: what is wrong with it, in words; "" where nothing is.
    """

    position: int
    kind: str
    people: tuple[str, ...]
    by: str
    wrong: str


@dataclass(frozen=True)
class Opened:
    """Opens a proof's checkpoint, once for each that is met."""

    vkeys: Sequence[str]
    witnesses: Sequence[str]
    k: int
    _known: dict[str, ledger.Checkpoint]

    @classmethod
    def by(cls, vkeys: Sequence[str], witnesses: Sequence[str], k: int) -> "Opened":
        """Return what opens checkpoints signed by these keys and seen by ``k`` witnesses."""
        return cls(vkeys, witnesses, k, {})

    def shows(self, proof: ledger.LogProof, entry: bytes) -> None:
        """Raise NoteInvalid unless ``entry`` stands in the ledger where ``proof`` says."""
        if proof.note not in self._known:
            opened = ledger.open_checkpoint(proof.note, self.vkeys, self.witnesses, self.k)
            self._known[proof.note] = opened.checkpoint
        proof.shows(entry, self._known[proof.note])


def read_acts(path: Path) -> Iterator[SignedAct]:
    """Yield the acts of an ``acts.jsonl``. Raises Misuse, naming the line, where one is none."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        raise Misuse(f"{path.name} cannot be read.", "Name the folder of an export.") from None
    for number, line in enumerate(lines, start=1):
        act = _act(line)
        if act is None:
            raise Misuse(
                f"{path.name}, line {number}: this is no act of an export.",
                "Take the export again, whole.",
            )
        yield act


def _act(line: bytes) -> SignedAct | None:
    try:
        facts = json.loads(line)
        texts = [str(facts[name]).encode() for name in ("entry", "proof", "signature")]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return SignedAct(*(text.decode() for text in texts)) if len(facts) == len(texts) else None


@dataclass
class _Before:
    """What the acts before one have told, by which it is judged too."""

    position: int = -1
    ledger_named: bool = False
    stood: set[tuple[str, str, str]] = field(default_factory=set)

    def take(self, position: int, body: Mapping[str, Any], signing: Signing) -> None:
        """Take in one act. Raises Refused where it cannot follow those before it."""
        if position <= self.position:
            raise Refused("The acts do not stand in the order of the ledger.")
        self.position = position
        named = [LEDGER in said for said in signing.said]
        if self.ledger_named and not all(named):
            raise Refused("It names no ledger, as acts before it do: it may be another's.")
        places = {
            _behind(person, said, body, signing.by)
            for person, said in zip(signing.people, signing.said, strict=False)
            if LEDGER in said
        }
        if self.stood & places:
            raise Refused("What was signed stands behind an earlier entry already.")
        self.stood |= places
        self.ledger_named |= any(named)


def _behind(
    person: str, said: Mapping[str, Any], body: Mapping[str, Any], by: str
) -> tuple[str, str, str]:
    """Return what a signing stands behind once: one entry, or of an order one of each kind.

    It is known by what was said: of one statement there are many signatures.
    """
    digest = sha256_hex([json_bytes({"person": person, "said": dict(said)})])
    if by != ORDER:
        return digest, "", ""
    act = act_of(body)
    # Of some acts one order makes several entries, each of which says something else.
    of_each = json.dumps(body, sort_keys=True) if act in ordering.MANY else ""
    return digest, f"{act} {of_each}", str(body.get("batch", ""))


def verify_acts(acts: Iterable[SignedAct], roster: Roster, opened: Opened) -> Iterator[Checked]:
    """Yield each act with what is wrong with it, in the order of the export."""
    before = _Before()
    for act in acts:
        position = -1
        body: dict[str, Any] = {}
        try:
            proof = ledger.LogProof.parse(act.proof)
            position = proof.index
            opened.shows(proof, act.entry.encode())
            body = _body(act.entry)
            signing = check(act.signature, body, _place_of(proof), roster)
            before.take(position, body, signing)
            people, by, wrong = signing.people, signing.by, ""
        except PortcullisError as problem:
            people, by, wrong = people_of(body), made_by(act.signature), problem.message
        yield Checked(position, str(body.get("kind", "")), people, by, wrong)


def _place_of(proof: ledger.LogProof) -> Place:
    """Return where an entry stands; the ledger's name is the first line of its checkpoints."""
    return Place(proof.note.partition("\n")[0], proof.index)


def recorded_roster(acts: Iterable[tuple[SignedAct, Checked]]) -> str | None:
    """Return the digest of the newest roster that the ledger has; None where no act says one."""
    changes = {
        each.position: str(_body(act.entry).get("after"))
        for act, each in acts
        if each.kind in {ROSTER, FIRST_ROSTER} and not each.wrong
    }
    return changes[max(changes)] if changes else None


def _body(entry: str) -> dict[str, Any]:
    try:
        body = json.loads(entry)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refused("The entry is none of an office's.", "Take the export again.")
    return body
