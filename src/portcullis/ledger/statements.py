"""Statements as of a day: how many entries of a kind there were, and that none was left out.

An entry says of itself what ``kind`` it is and ``at`` what time it was made; that is the holder's
own clock. The witnesses' clocks are put round the days asked about (UTC): the *closing* checkpoint
is the first that they cosigned at or after the end of the last day, the *opening* one the last that
they cosigned before the first day began (where all days to the last are asked about: before that
one ended). Counted are the entries before the closing one that claim a day asked about. What the
witnesses' clocks speak against is named as backdated or postdated. How many entries stand between
the two is said too, for the holder's clock alone dates those. To check a statement, the whole entry
stream is counted again from the ledger.

The file is JSON, ``portcullis-statement/1``: the question, the answer, the checkpoints.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

from portcullis.canonical import json_bytes
from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.log import CHECKPOINT
from portcullis.ledger.notes import Checkpoint, NoteInvalid, parse_checkpoint, split_note
from portcullis.ledger.proofs import ProofInvalid
from portcullis.ledger.verify import Verification, verify_log
from portcullis.ledger.vouching import Vouched

STATEMENT = "portcullis-statement/1"

_DAY = 24 * 60 * 60  # seconds


@dataclass(frozen=True)
class Seen:
    """A checkpoint at an edge: how many entries it covers, when it was witnessed, the signed note.

    ``witnessed``: the time in UTC (ISO 8601) by which, or from which on, enough witnesses had
    cosigned it; None where they had not.
    """

    entries: int
    witnessed: str | None
    note: str


@dataclass(frozen=True)
class Statement:
    """How many entries of ``kind`` claim a day from ``since`` (None: the first) to ``by``.

    All lists are of positions in the ledger, rising. ``backdated``: after the closing checkpoint,
    of a day asked about, or not before the opening one, of a day before ``since``. ``postdated``:
    seen before the last day's end, of a later day, or before the opening one, of a day from
    ``since`` on. ``undated``: of that kind, with no readable time. ``unreadable``: no canonical
    JSON object that can be read in full, and so perhaps of that kind.

    ``between``: how many of that kind stand between opening and closing. ``closed``: whether enough
    witnesses have seen the closing checkpoint at or after the end of the last day; if not, it is
    the newest there is, and the count may still rise. ``opening`` and ``before_end`` (the last that
    was witnessed before the last day's end) are None where nothing was. ``newest`` is a note.
    """

    kind: str
    since: date | None
    by: date
    positions: tuple[int, ...]
    backdated: tuple[int, ...]
    postdated: tuple[int, ...]
    undated: tuple[int, ...]
    unreadable: tuple[int, ...]
    between: int
    closed: bool
    opening: Seen | None
    before_end: Seen | None
    closing: Seen
    newest: str

    @property
    def count(self) -> int:
        """How many entries were counted."""
        return len(self.positions)

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
                tuple(facts["unreadable"]),
                facts["between"],
                facts["closed"],
                _seen_in(facts["opening"]),
                _seen_in(facts["before_end"]),
                Seen(**facts["closing"]),
                facts["newest"],
            )
            for note in statement.notes:
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
        edges = (self.opening, self.before_end, self.closing)
        return [edge.note for edge in edges if edge is not None] + [self.newest]

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
        right = counting.state(self.since, self.by, [*own, *known], own[-1], k)
        if _said(right) != _said(self):
            raise ProofInvalid(
                "The ledger, counted again, does not say this.",
                "Check it under the policy it was made with. If that was so, have it made again, "
                "and ask how this one came about.",
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
    kinds = [kind]
    (said,) = make_statements(folder, vkeys, witness_vkeys, k, kinds=kinds, by=by, since=since)
    return said


def make_statements(
    folder: Path,
    vkeys: Sequence[str],
    witness_vkeys: Sequence[str] = (),
    k: int = 0,
    *,
    kinds: Sequence[str],
    by: date,
    since: date | None = None,
) -> list[Statement]:
    """Return the statement of each of ``kinds``, the ledger read once (see ``make_statement``)."""
    countings = [_Counting(kind) for kind in kinds]

    def see(position: int, entry: bytes) -> None:
        value = _read(entry)
        for counting in countings:
            counting.count(position, value)

    found = verify_log(folder, vkeys, witness_vkeys, k, visit=see)
    _refuse_damage(found)
    head = _open(found, (folder / CHECKPOINT).read_bytes().decode())
    known = [*found.checkpoints, head]
    return [counting.state(since, by, known, head, k) for counting in countings]


class _Counting:
    """The entries of one kind: where each stands, and what day it claims."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._seen: list[tuple[int, date | None]] = []
        self._unreadable: list[int] = []

    def see(self, position: int, entry: bytes) -> None:
        self.count(position, _read(entry))

    def count(self, position: int, value: Mapping[str, Any] | None) -> None:
        if value is None:
            self._unreadable.append(position)
        elif value.get("kind") == self._kind:
            self._seen.append((position, _day(value.get("at"))))

    def state(
        self, since: date | None, by: date, known: Iterable[Vouched], newest: Vouched, k: int
    ) -> Statement:
        known = list(known)
        before_end, closed = _edges(known, _start(by) + _DAY, k)
        opening = _edges(known, _start(since), k)[0] if since else before_end
        closing = closed or Seen(newest.checkpoint.size, None, newest.note)
        first, inside = (edge.entries if edge else 0 for edge in (opening, before_end))
        middle, last = closing.entries, newest.checkpoint.size
        start = since or date.min
        seen = [(place, day) for place, day in self._seen if place < last]
        dated = [(place, day) for place, day in seen if day]
        asked = [place for place, day in dated if start <= day <= by]
        return Statement(
            kind=self._kind,
            since=since,
            by=by,
            positions=tuple(place for place in asked if place < middle),
            backdated=tuple(
                place
                for place, day in dated
                if (day < start and place >= first) or (start <= day <= by and place >= middle)
            ),
            postdated=tuple(
                place
                for place, day in dated
                if (day > by and place < inside) or (since and since <= day and place < first)
            ),
            undated=tuple(place for place, day in seen if day is None),
            unreadable=tuple(place for place in self._unreadable if place < last),
            between=sum(first <= place < middle for place, _ in seen),
            closed=closed is not None,
            opening=opening,
            before_end=before_end,
            closing=closing,
            newest=newest.note,
        )


def _edges(known: Iterable[Vouched], moment: int, k: int) -> tuple[Seen | None, Seen | None]:
    """Return the checkpoints next to ``moment`` (seconds since 1970), each None if there is none.

    The last that ``k`` witnesses saw before it, and the first that ``k`` saw at or after it. Where
    no witness is trusted (``k`` of 0) there is neither.
    """
    enough = [one for one in known if 0 < k <= len(one.times)]
    after = [one for one in enough if one.times[-k] >= moment]
    right = min(after, key=_size, default=None)
    before = [one for one in enough if one.times[k - 1] < moment]
    before = [one for one in before if right is None or _size(one) <= _size(right)]
    left = max(before, key=_size, default=None)
    return (
        Seen(_size(left), _utc(left.times[k - 1]), left.note) if left else None,
        Seen(_size(right), _utc(right.times[-k]), right.note) if right else None,
    )


def _size(one: Vouched) -> int:
    return one.checkpoint.size


def _start(day: date) -> int:
    """Return when a day begins in UTC, in seconds since 1970."""
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * _DAY


def _utc(moment: int) -> str:
    try:
        return datetime.fromtimestamp(moment, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return f"{moment} seconds after 1970"  # past the calendar's end


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
    for name in ("opening", "before_end", "closing"):
        if said[name]:
            del said[name]["note"]
    return {**said, "newest": statement.newest_size}


def _seen_in(facts: Mapping[str, Any] | None) -> Seen | None:
    return None if facts is None else Seen(**facts)


def _read(entry: bytes) -> dict[str, Any] | None:
    """Return an entry that is canonical JSON, None where it is not or cannot be read in full."""
    try:
        value = json.loads(entry)
        return value if isinstance(value, dict) and json_bytes(value) == entry else None
    except (ValueError, RecursionError):
        return None


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
