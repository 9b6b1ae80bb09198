"""The statement of a recall, as an outsider verifies it: every step proven to be on the ledger.

A JSON file: the recall's id; the list of what it covers with the random bytes of its commitment
(where it is told); and every entry of the recall with a proof that it is in the ledger. Nothing in
it needs to be believed: ``check`` opens every proof under keys the reader has from elsewhere, takes
the commitment again, and folds the entries to how far the recall is.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import polars as pl

from portcullis.canonical import record_column, sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.ledger import Log, LogProof
from portcullis.oversight.recall import KINDS, OPENED, Recall, fold

FORMAT = "portcullis-recall-statement/1"
COVERED = {
    "lot": pl.String,
    "of": pl.String,
    "source": pl.String,
    "row": pl.UInt32,
    "request_id": pl.String,
    "package": pl.String,
    "custodian": pl.String,
    "recipient": pl.String,
}
"""What the list says of each disclosure covered. ``row``: its place in the batch or history."""

_LABEL = "portcullis/recalled/1"


def commitment(salt: str, covered: pl.DataFrame) -> str:
    """Return the SHA-256 (hex) over ``salt`` and the list, whatever the order of its rows."""
    lines = covered.select(record_column(_LABEL, list(COVERED)).alias("line"))["line"].sort()
    return sha256_hex([salt.encode(), *(f"\n{line}".encode() for line in lines)])


@dataclass(frozen=True)
class RecallStatement:
    """What is stated of one recall. ``covered``: None where the list itself is not told."""

    recall: str
    steps: tuple[tuple[bytes, str], ...]
    salt: str = ""
    covered: pl.DataFrame | None = None

    @classmethod
    def of(
        cls,
        log: Log,
        recall: str,
        positions: Sequence[int],
        salt: str = "",
        covered: pl.DataFrame | None = None,
    ) -> Self:
        """Return the statement of a recall whose entries stand at ``positions`` of ``log``."""
        steps = ((log.entry(at), LogProof.of(log, at).text) for at in positions)
        return cls(recall, tuple(steps), salt, covered)

    @property
    def text(self) -> str:
        """The statement as a file."""
        facts: dict[str, Any] = {
            "format": FORMAT,
            "recall": self.recall,
            "steps": [
                {"entry": base64.b64encode(entry).decode(), "proof": proof}
                for entry, proof in self.steps
            ],
        }
        if self.covered is not None:
            facts |= {"salt": self.salt, "covered": self.covered.rows()}
        return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the statement in a file. Raises Misuse where it is none."""
        try:
            facts = json.loads(text)
            steps = tuple(
                (base64.b64decode(one["entry"], validate=True), str(one["proof"]))
                for one in facts["steps"]
            )
            covered = None
            if "covered" in facts:
                covered = pl.DataFrame(facts["covered"], schema=COVERED, orient="row")
            known = {FORMAT: str(facts["recall"])}
            return cls(known[facts["format"]], steps, str(facts.get("salt", "")), covered)
        except (ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
            raise Misuse(
                "That is no statement of a recall.", "Name a file of `portcullis recall statement`."
            ) from None

    def check(self, vkeys: Sequence[str], witnesses: Sequence[str], k: int) -> Recall:
        """Return the recall as its proven entries make it.

        Raises NoteInvalid where an entry is not proven; Refused where the entries are of something
        else, or the list is not the one committed to.
        """
        bodies, last = [], -1
        for entry, proof_text in self.steps:
            proof = LogProof.parse(proof_text)
            proof.check(entry, vkeys, witnesses, k)
            if proof.index <= last:
                raise Refused("The steps are not in the order of the ledger.")
            last = proof.index
            bodies.append(json.loads(entry))
        if any(not _is_of(body, self.recall) for body in bodies):
            raise Refused("The statement has an entry of something else.")
        if not bodies or bodies[0]["kind"] != OPENED:
            raise Refused("The statement does not begin with the opening of the recall.")
        recall = _folded(bodies, self.recall)
        self._check_covered(recall)
        return recall

    def check_whole(self, entries: Iterable[bytes]) -> None:
        """Raise Refused where a ledger has a step of this recall that the statement leaves out.

        ``entries``: all of the ledger's, verified elsewhere (``portcullis verify``).
        """
        stated = {entry for entry, _ in self.steps}
        for position, entry in enumerate(entries):
            maybe = entry not in stated and self.recall.encode() in entry
            if maybe and _is_of(_read(entry), self.recall):
                raise Refused(f"The statement leaves out entry {position} of the ledger.")

    def _check_covered(self, recall: Recall) -> None:
        if self.covered is None:
            return
        if self.covered.height != recall.disclosures:
            raise Refused("The list does not have as many disclosures as the ledger says.")
        if commitment(self.salt, self.covered) != recall.covered:
            raise Refused("The list is not the one that the ledger commits to.")


def _folded(bodies: Sequence[dict[str, Any]], name: str) -> Recall:
    """Return the recall, or raise Refused where a lot of it is left out, and so hidden."""
    try:
        recall = fold(bodies)[name]
    except (KeyError, TypeError, ValueError):
        recall = None
    if recall is None or sum(lot.disclosures for lot in recall.lots.values()) != recall.disclosures:
        raise Refused("The statement leaves out a lot of the recall.")
    return recall


def _is_of(body: object, recall: str) -> bool:
    return isinstance(body, dict) and body.get("kind") in KINDS and body.get("recall") == recall


def _read(entry: bytes) -> object:
    try:
        return json.loads(entry)
    except ValueError:
        return None
