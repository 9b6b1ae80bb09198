"""Statements as of a day: how many entries of a kind there were, and that none was left out.

An entry says of itself what ``kind`` it is and ``at`` what time it was made; that is the holder's
own clock. The witnesses' clocks are put round it: the *closing* checkpoint is the first that they
cosigned at or after the end of the day (UTC), the *opening* one the last that they cosigned before.
Counted are the entries before the closing one that claim a day asked about. An entry after it that
claims so too was backdated, an entry before the opening one that claims a later day postdated: the
statement names them. To check it, the whole entry stream is counted again from the ledger.

The file is JSON, ``portcullis-statement/1``: the question, the answer, the three checkpoints.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self

from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.log import CHECKPOINT
from portcullis.ledger.notes import Checkpoint, NoteInvalid, parse_checkpoint, split_note
from portcullis.ledger.proofs import ProofInvalid
from portcullis.ledger.verify import Verification, verify_log
from portcullis.ledger.vouching import Vouched

STATEMENT = "portcullis-statement/1"


@dataclass(frozen=True)
class Statement:
    """How many entries of ``kind`` claim a day from ``since`` (None: the first) to ``by``.

    ``positions``, ``backdated``, ``postdated`` and ``undated`` (of that kind, with no readable
    time) are positions in the ledger, rising. ``closed``: whether enough witnesses have seen the
    closing checkpoint at or after the end of the last day; if not, it is the newest there is, and
    the count may still rise. ``opening`` (None: nothing was witnessed before), ``closing`` and
    ``newest`` are signed notes.
    """

    kind: str
    since: date | None
    by: date
    positions: tuple[int, ...]
    backdated: tuple[int, ...]
    postdated: tuple[int, ...]
    undated: tuple[int, ...]
    closed: bool
    opening: str | None
    closing: str
    newest: str

    @property
    def count(self) -> int:
        """How many entries were counted."""
        return len(self.positions)

    @property
    def closing_size(self) -> int:
        """How many entries the closing checkpoint covers."""
        return _checkpoint(self.closing).size

    @property
    def newest_size(self) -> int:
        """How many entries were looked at."""
        return _checkpoint(self.newest).size

    @property
    def text(self) -> str:
        """The statement as a file."""
        facts = {"format": STATEMENT, "count": self.count, **asdict(self)}
        facts["since"] = self.since and self.since.isoformat()
        facts["by"] = self.by.isoformat()
        return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the statement in a file. Raises ProofInvalid where it is not one."""
        try:
            facts = json.loads(text)
            since = facts["since"]
            statement = cls(
                facts["kind"],
                date.fromisoformat(since) if since is not None else None,
                date.fromisoformat(facts["by"]),
                tuple(facts["positions"]),
                tuple(facts["backdated"]),
                tuple(facts["postdated"]),
                tuple(facts["undated"]),
                facts["closed"],
                facts["opening"],
                facts["closing"],
                facts["newest"],
            )
            for note in (facts["opening"] or facts["closing"], facts["closing"], facts["newest"]):
                _checkpoint(note)
            known = json.loads(statement.text) == facts and type(statement.closed) is bool
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            known = False
        if not known:
            raise ProofInvalid("This is not a statement.", "Take the file as it was written.")
        return statement

    @property
    def notes(self) -> list[str]:
        """The checkpoints it rests on, from the oldest."""
        return [note for note in (self.opening, self.closing, self.newest) if note is not None]

    def check(
        self, folder: Path, vkeys: Sequence[str], witness_vkeys: Sequence[str] = (), k: int = 0
    ) -> None:
        """Raise unless the ledger in ``folder``, counted again, says exactly this.

        LedgerDamaged: the ledger itself is not sound, or is not that of these checkpoints;
        ProofInvalid: it is sound, and says something else.
        """
        counting = _Counting(self.kind)
        sizes = [_checkpoint(note).size for note in self.notes]
        found = verify_log(folder, vkeys, witness_vkeys, k, visit=counting.see, sizes=sizes)
        _refuse_damage(found)
        own = [_open(found, note) for note in self.notes]
        newest = own[-1].checkpoint.size
        known = [one for one in found.checkpoints if one.checkpoint.size <= newest]
        right = counting.state(self.since, self.by, [*known, *own], own[-1], k)
        if _said(right) != _said(self):
            raise ProofInvalid(
                "The ledger, counted again, does not say this.",
                "Have the statement made again, and ask how this one came about.",
            )


def make_statement(
    folder: Path,
    vkeys: Sequence[str],
    witness_vkeys: Sequence[str] = (),
    k: int = 0,
    *,
    kind: str,
    by: date,
    since: date | None = None,
) -> Statement:
    """Return the statement of how many entries of ``kind`` the ledger in ``folder`` has.

    They claim a day from ``since`` (None: the first) to ``by``, both included, in UTC. The times
    are those of ``k`` of ``witness_vkeys``. Raises LedgerDamaged where the ledger is not sound.
    """
    counting = _Counting(kind)
    found = verify_log(folder, vkeys, witness_vkeys, k, visit=counting.see)
    _refuse_damage(found)
    head = _open(found, (folder / CHECKPOINT).read_bytes().decode())
    return counting.state(since, by, [*found.checkpoints, head], head, k)


class _Counting:
    """The entries of one kind: where each stands, and what day it claims."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._seen: list[tuple[int, date | None]] = []

    def see(self, position: int, entry: bytes) -> None:
        try:
            value = json.loads(entry)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict) and value.get("kind") == self._kind:
            self._seen.append((position, _day(value.get("at"))))

    def state(
        self, since: date | None, by: date, known: Iterable[Vouched], newest: Vouched, k: int
    ) -> Statement:
        opening, closing = _bracket(known, by, k)
        closed = closing is not None
        closing = closing or newest
        first = opening.checkpoint.size if opening else 0
        middle, last = closing.checkpoint.size, newest.checkpoint.size
        seen = [(position, day) for position, day in self._seen if position < last]
        asked = [place for place, day in seen if day and day <= by and (not since or since <= day)]
        return Statement(
            kind=self._kind,
            since=since,
            by=by,
            positions=tuple(place for place in asked if place < middle),
            backdated=tuple(place for place in asked if place >= middle),
            postdated=tuple(place for place, day in seen if place < first and day and day > by),
            undated=tuple(place for place, day in seen if day is None),
            closed=closed,
            opening=opening.note if opening else None,
            closing=closing.note,
            newest=newest.note,
        )


def _bracket(known: Iterable[Vouched], by: date, k: int) -> tuple[Vouched | None, Vouched | None]:
    """Return the opening and the closing checkpoint of the day ``by``, each None if there is none.

    Opening: the last that ``k`` witnesses saw before the day's end; closing: the first that ``k``
    saw at or after it. Where no witness is trusted (``k`` of 0) there is neither.
    """
    end = int(datetime.combine(by + timedelta(days=1), time(), UTC).timestamp())
    opening = None
    for one in sorted(known, key=lambda one: one.checkpoint.size):
        if 0 < k <= len(one.times):
            if one.times[-k] >= end:
                return opening, one
            if one.times[k - 1] < end:
                opening = one
    return opening, None


def _open(found: Verification, note: str) -> Vouched:
    """Return a note that vouches for the ledger as it was counted; raise LedgerDamaged if not."""
    vouched = found.vouching.open(note)
    size, root = vouched.checkpoint.size, found.roots.get(vouched.checkpoint.size)
    if root is None:
        raise LedgerDamaged(
            f"The ledger here has {found.size} entries, and the statement speaks of {size}.",
            Fault.ROLLED_BACK,
        )
    if root != vouched.checkpoint.root:
        raise LedgerDamaged(f"The checkpoint of {size} entries is not this ledger's.", Fault.FORKED)
    return vouched


def _refuse_damage(found: Verification) -> None:
    for problem in found.problems:
        if problem.fault is not Fault.CUT_OFF:
            raise LedgerDamaged(problem.message, problem.fault)


def _said(statement: Statement) -> dict[str, Any]:
    """Return what a statement says: of a checkpoint its size, for it may be cosigned again."""
    said = asdict(statement)
    for name in ("opening", "closing", "newest"):
        said[name] = said[name] and _checkpoint(said[name]).size
    return said


def _checkpoint(note: str) -> Checkpoint:
    try:
        return parse_checkpoint(split_note(note)[0])
    except NoteInvalid as problem:
        raise ProofInvalid(problem.message) from None


def _day(at: object) -> date | None:
    try:
        moment = datetime.fromisoformat(str(at))
        return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()
    except (ValueError, OverflowError):
        return None
