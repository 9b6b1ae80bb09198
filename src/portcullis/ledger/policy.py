"""Trust policies: which logs and which witnesses suffice (c2sp.org/tlog-policy).

Ours are k of n: any one of the logs has signed, ``k`` of the witnesses have cosigned. A file that
says so is read in whatever words the format allows; one that asks for more than k of n can say is
refused, never weakened.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from portcullis.errors import Misuse
from portcullis.ledger.notes import COSIGNATURE, LOG_SIGNATURE, parse_vkey

_GROUP = "witnesses"
_NONE = "none"

_FORBIDDEN = re.compile(r"[^\t\n\x20-\x7e\x80-\U0010ffff]")
_NUMBER = re.compile(r"[1-9][0-9]*")
_VKEY = re.compile(r"(?P<name>[^+\s]+)\+[0-9a-f]{8}\+(?P<material>[A-Za-z0-9+/]+=*)")


@dataclass(frozen=True)
class Policy:
    """Any of ``logs`` has signed and ``k`` of ``witnesses`` have cosigned (vkeys, types 01, 04).

    Raises Misuse where a key is none of ours, stands twice, or ``k`` is more than there are.
    """

    logs: tuple[str, ...]
    witnesses: tuple[str, ...]
    k: int

    def __post_init__(self) -> None:
        for vkeys, kind in ((self.logs, LOG_SIGNATURE), (self.witnesses, COSIGNATURE)):
            verifiers = [parse_vkey(vkey) for vkey in vkeys]
            if any(verifier.kind != kind for verifier in verifiers):
                raise _unfit("a log's key is of type 01, a witness's of type 04")
            if len({verifier.public for verifier in verifiers}) < len(verifiers):
                raise _unfit("a public key stands twice")
        if not 0 <= self.k <= len(self.witnesses):
            raise _unfit(f"it asks for {self.k} of {len(self.witnesses)} witnesses")

    @property
    def text(self) -> str:
        """The policy as a file."""
        named = [(f"w{number}", vkey) for number, vkey in enumerate(self.witnesses, 1)]
        lines = [f"log {vkey}" for vkey in self.logs]
        lines += [f"witness {name} {vkey}" for name, vkey in named]
        if self.k:
            lines.append(" ".join(["group", _GROUP, str(self.k), *(name for name, _ in named)]))
        lines.append(f"quorum {_GROUP if self.k else _NONE}")
        return "\n".join(lines) + "\n"

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """Return the policy written in ``text``.

        Keys of a kind that we do not check (ML-DSA-44, say) are passed over: no signature of theirs
        counts, and what the rest must reach stays as written. Raises Misuse, naming the line, where
        the file is malformed, where k of n cannot say what it asks, or where what it asks cannot be
        reached with the kinds of keys that we check.
        """
        reader = _Reader()
        if _FORBIDDEN.search(text) or not text.endswith("\n"):
            raise _unfit("it has a control character, or its last line has no end")
        for number, line in enumerate(text[:-1].split("\n"), 1):
            words = line.strip(" \t").replace("\t", " ").split(" ")
            try:
                reader.take([word for word in words if word])
            except Misuse as problem:
                raise _unfit(f"line {number}: {problem.message.rstrip('.')}") from None
        return reader.policy()

    @classmethod
    def read(cls, path: Path) -> "Policy":
        """Return the policy in the file at ``path``. Raises Misuse as ``parse``, or if missing."""
        try:
            data = path.read_bytes()
        except OSError:
            raise Misuse(f"{path.name} cannot be read.", "Name a policy file.") from None
        # Octets above ASCII are opaque in names and comments, be they UTF-8 or not.
        return cls.parse(data.decode(errors="surrogateescape"))


@dataclass(frozen=True)
class _Rule:
    """At least ``k`` of these witnesses (their names)."""

    k: int
    witnesses: tuple[str, ...]


@dataclass
class _Reader:
    """Takes a policy file a line at a time."""

    logs: list[str] = field(default_factory=list)
    witnesses: dict[str, str] = field(default_factory=dict)
    rules: dict[str, _Rule] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: _Rule | None = None
    publics: set[tuple[str, bytes]] = field(default_factory=set)

    def take(self, words: list[str]) -> None:
        match words:
            case []:
                pass
            case [first, *_] if first.startswith("#"):
                pass
            case ["log", vkey] | ["log", vkey, _]:
                self._key("log", vkey, LOG_SIGNATURE)
                self.logs.append(vkey)
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._key("witness", vkey, COSIGNATURE)
                self._define(name, _Rule(1, (name,)))
                self.witnesses[name] = vkey
            case ["group", name, threshold, *members] if members:
                self._define(name, self._group(threshold, members))
            case ["quorum", name] if self.quorum is None:
                # Without a quorum every witness is known and none is needed.
                nobody = _Rule(0, ())
                self.quorum = nobody if name == _NONE else self._rule(name)
            case ["quorum", _]:
                raise Misuse("there is a quorum already")
            case _:
                raise Misuse("it is no line of a policy")

    def policy(self) -> Policy:
        if self.quorum is None:
            raise _unfit("it has no quorum line")
        counted = self.quorum.witnesses if self.quorum.k else tuple(self.witnesses)
        witnesses = _checkable(self.witnesses[name] for name in counted)
        logs = _checkable(self.logs)
        if len(witnesses) < self.quorum.k or (self.logs and not logs):
            raise _unfit("it needs kinds of keys that Portcullis does not check")
        return Policy(logs, witnesses, self.quorum.k)

    def _key(self, role: str, vkey: str, kind: int) -> None:
        material = _material(vkey)
        ours = {LOG_SIGNATURE, COSIGNATURE}
        if material[0] in ours and parse_vkey(vkey).kind != kind:
            raise Misuse(f"this is no key of a {role}")
        if (role, material[1:]) in self.publics:
            raise Misuse(f"the {role}'s public key stands twice")
        self.publics.add((role, material[1:]))

    def _define(self, name: str, rule: _Rule) -> None:
        if name == _NONE or name in self.rules:
            raise Misuse("the name is taken")
        self.rules[name] = rule

    def _rule(self, name: str) -> _Rule:
        if name not in self.rules:
            raise Misuse("it names what is not defined above")
        return self.rules[name]

    def _group(self, threshold: str, members: list[str]) -> _Rule:
        k = {"any": 1, "all": len(members)}.get(threshold)
        if k is None and _NUMBER.fullmatch(threshold) and len(threshold) <= len(str(len(members))):
            k = int(threshold)
        if k is None or k > len(members):
            raise Misuse("the threshold is any, all, or a number from 1 up to its members'")
        rules = [self._rule(name) for name in members]
        if len(set(members)) < len(members) or self.members.intersection(members):
            raise Misuse("a name is a group's member once at most")
        self.members.update(members)
        return _flat(k, rules)


def _flat(k: int, rules: list[_Rule]) -> _Rule:
    """Return the k of n that says the same as ``k`` of ``rules``. Raises Misuse if none does."""
    witnesses = tuple(name for rule in rules for name in rule.witnesses)
    if len(rules) == 1:
        return rules[0]
    if all(len(rule.witnesses) == 1 for rule in rules) or (k == 1 and all(r.k == 1 for r in rules)):
        return _Rule(k, witnesses)
    if k == len(rules) and all(rule.k == len(rule.witnesses) for rule in rules):
        return _Rule(len(witnesses), witnesses)
    raise Misuse("it asks for groups of groups, which k of n witnesses cannot say")


def _material(vkey: str) -> bytes:
    """Return the type and public key in a vkey of whatever type."""
    found = _VKEY.fullmatch(vkey)
    material = found["material"] if found else ""
    try:
        vkey.encode()  # a key's name is UTF-8, whatever octets the rest of the file may hold
        raw = base64.b64decode(material, validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    if len(raw) <= 1 or base64.b64encode(raw).decode() != material:
        raise Misuse("this is not a verifier key")
    return raw


def _checkable(vkeys: Iterable[str]) -> tuple[str, ...]:
    kinds = (LOG_SIGNATURE, COSIGNATURE)
    return tuple(vkey for vkey in vkeys if _material(vkey)[0] in kinds)


def _unfit(why: str) -> Misuse:
    return Misuse(f"The policy cannot be used: {why}.", "See c2sp.org/tlog-policy.")
