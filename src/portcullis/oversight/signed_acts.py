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
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from portcullis import keys, ledger, standing
from portcullis.agreements import Roster, ordering
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Misuse, PortcullisError, Refused

ACTS, PEOPLE, KEYS = "acts.jsonl", "people.json", "public.json"
ROSTER, FIRST_ROSTER = "roster-changed", "roster-first"
ACT_OF = {
    "determination-list": "adjudicate",
    "working-data-erased": "erase",
    "reviewed": "review",
}
"""Kinds of entries that are not named as the act that made them."""
LIFTED = ("order-lifted", "hold-lifted")
APPROVED = (*LIFTED, "reading-in-force", "reading-out-of-force", "loss-accepted")
"""Kinds of entries that hold the approvals of two people of the same."""
_SIGNED_ALIKE = frozenset(
    {
        "portcullis-order-lift/1",
        "portcullis-hold-lift/1",
        "portcullis-reading-change/1",
        "portcullis-loss/1",
    }
)
"""Formats of which both people signed the very same: neither who they are, nor when, nor where."""
KEY, PASSKEY, ORDER, MISSING = "key", "passkey", "order", "missing"
NOBODY = "nobody"
"""What made an entry that no person signs: the first roster, before which no key is in force."""
_FIRST_AT = 1
"""Where the first roster stands: after the entry on the ledger's own keys, and before any act."""
_APPROVALS = 2
_LEDGER = "ledger"
_OF_THE_ENTRY = ("kind", "at", "by", "signature", "batch")


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


@dataclass(frozen=True)
class _Signing:
    """Who signed an act, by what, and what each of them signed; nothing where only a digest is."""

    people: tuple[str, ...]
    by: str
    said: tuple[Mapping[str, Any], ...] = ()


@dataclass
class _Before:
    """What the acts before one have told, by which it is judged too."""

    position: int = -1
    ledger_named: bool = False
    stood: set[tuple[str, str, str]] = field(default_factory=set)

    def take(self, position: int, body: Mapping[str, Any], signing: _Signing) -> None:
        """Take in one act. Raises Refused where it cannot follow those before it."""
        if position <= self.position:
            raise Refused("The acts do not stand in the order of the ledger.")
        self.position = position
        named = [_LEDGER in said for said in signing.said]
        if self.ledger_named and not all(named):
            raise Refused("It names no ledger, as acts before it do: it may be another's.")
        places = {
            _place(person, said, body, signing.by)
            for person, said in zip(signing.people, signing.said, strict=False)
            if _LEDGER in said
        }
        if self.stood & places:
            raise Refused("What was signed stands behind an earlier entry already.")
        self.stood |= places
        self.ledger_named |= any(named)


def _place(
    person: str, said: Mapping[str, Any], body: Mapping[str, Any], by: str
) -> tuple[str, str, str]:
    """Return what a signing stands behind once: one entry, or of an order one of each kind.

    It is known by what was said: of one statement there are many signatures.
    """
    digest = sha256_hex([json_bytes({"person": person, "said": dict(said)})])
    if by != ORDER:
        return digest, "", ""
    act = _act_of(body)
    # Of some acts one order makes several entries, each of which says something else.
    of_each = sha256_hex([json_bytes(dict(body))]) if act in ordering.MANY else ""
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
            signing = _signed(act, body, roster, proof)
            before.take(position, body, signing)
            people, by, wrong = signing.people, signing.by, ""
        except PortcullisError as problem:
            people, by, wrong = _people(body), _made_by(act.signature), problem.message
        yield Checked(position, str(body.get("kind", "")), people, by, wrong)


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


def _people(body: Mapping[str, Any]) -> tuple[str, ...]:
    if isinstance(body.get("by"), str):
        return (body["by"],)
    return tuple(str(one.get("person")) for one in _approvals(body))


def _approvals(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = body.get("approvals")
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _made_by(signature: str) -> str:
    if not signature or signature.startswith("sha256:"):
        return MISSING
    return PASSKEY if keys.is_passkey(signature) else KEY


def _signed(
    act: SignedAct, body: Mapping[str, Any], roster: Roster, proof: ledger.LogProof
) -> _Signing:
    """Return who signed what; raise Refused where anything does not hold."""
    if body.get("kind") == FIRST_ROSTER:
        if proof.index != _FIRST_AT:
            raise Refused("A first roster stands before every act, or is none.")
        return _Signing((), NOBODY)
    if body.get("kind") in APPROVED:
        return _approved(body, roster, _ledger_of(proof))
    if act.signature == f"sha256:{body.get('signature')}":
        return _Signing(_people(body), MISSING)
    if sha256_hex([act.signature.encode()]) != body.get("signature"):
        raise Refused("The entry does not commit to this signature.")
    said = _verified(roster, body.get("by"), act.signature, _day(body))
    if _signed_after(said, body):
        raise Refused("It was signed after it was recorded.")
    if said.get(_LEDGER, "") not in {"", _ledger_of(proof)}:
        raise Refused("It was signed for another ledger.")
    expected = _expected(body, said)
    if ordering.ORDERED in said:
        if unfit := ordering.unfit(said, expected):
            raise Refused(unfit)
        return _Signing(_people(body), ORDER, (said,))
    if said != expected:
        raise Refused("What was signed is something else than the entry says.")
    return _Signing(_people(body), _made_by(act.signature), (said,))


def _expected(body: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the entry says was signed, at the moment and for the ledger that it names."""
    facts = {name: value for name, value in body.items() if name not in _OF_THE_ENTRY}
    return {
        "act": _act_of(body),
        "person": body.get("by"),
        "at": said.get("at"),
        "batch": body.get("batch", ""),
        **({_LEDGER: said[_LEDGER]} if _LEDGER in said else {}),
        **facts,
    }


def _act_of(body: Mapping[str, Any]) -> str:
    return ACT_OF.get(str(body.get("kind")), str(body.get("kind")))


def _ledger_of(proof: ledger.LogProof) -> str:
    """Return the name of the ledger whose checkpoint is in the proof: its first line."""
    return proof.note.partition("\n")[0]


def _verified(roster: Roster, person_id: object, token: str, on: date) -> dict[str, Any]:
    """Return what the person signed, with what was in force then and on the day ``on``."""
    person = roster.get(str(person_id))
    if person is None:
        raise Refused("Nobody of that id is on the roster.")
    person.verify(token)
    return person.verify(token, on=on)


def _approved(body: Mapping[str, Any], roster: Roster, ledger_: str) -> _Signing:
    what = {k: v for k, v in body.items() if k not in ("kind", "at", "approvals", "batch")}
    if body["kind"] in LIFTED:
        what.setdefault("format", f"portcullis-{str(body['kind']).partition('-')[0]}-lift/1")
    people = _people(body)
    if len(set(people)) < _APPROVALS:
        raise Refused("The approvals are not by two people.")
    tokens = [str(one.get("signature")) for one in _approvals(body)]
    said = []
    for person_id, token in zip(people, tokens, strict=True):
        person = roster.get(person_id)
        if person is None:
            raise Refused("Nobody of that id is on the roster.")
        said.append(person.verify(token, on=_day(body)))
        _check_approval(said[-1], what, person_id, ledger_, body)
    return _Signing(people, PASSKEY if all(map(keys.is_passkey, tokens)) else KEY, tuple(said))


def _check_approval(
    said: Mapping[str, Any],
    what: Mapping[str, Any],
    person: str,
    ledger_: str,
    body: Mapping[str, Any],
) -> None:
    if what.get("format") in _SIGNED_ALIKE:
        if dict(said) != dict(what):
            raise Refused("An approval is of something else than the entry says.")
    elif standing.check_approval(said, what, person, ledger_) > _moment(body.get("at")):
        raise Refused("An approval was signed after it was recorded.")


def _day(body: Mapping[str, Any]) -> date:
    return _moment(body.get("at")).astimezone(UTC).date()


def _signed_after(said: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    return _moment(said.get("at")) > _moment(body.get("at"))


def _moment(said: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Refused("A time is missing, or has no zone.")
    return at
