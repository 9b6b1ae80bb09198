"""Asking the witnesses to cosign: all at once, each answer checked and taken for what it says.

A witness that cannot be reached, or will not sign, counts for nothing, and a quorum of others is
enough. One that has seen more of the log, or another log, stops everything, whatever the others
say: then this copy is not the log that was witnessed. Where it says so too late to stop what it
was asked about, it stops the next.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from portcullis.errors import Misuse, PortcullisError, Refused
from portcullis.ledger.durable import Announce
from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.notes import NoteInvalid, Verifier, line_of, parse_vkey
from portcullis.ledger.witness import CONFLICT, UNPROCESSABLE, Cosigner, WitnessRefused

GRACE_SECONDS = 0.2
"""How long the others are waited for once a quorum has cosigned."""

_SEEN_OTHERWISE = (Fault.ROLLED_BACK, Fault.FORKED)

_Answers = SimpleQueue[tuple[int, str | BaseException]]

# What witnesses of this process have said too late, by witness (vkey) and log (origin).
_said_late: dict[tuple[str, str], LedgerDamaged] = {}


class TooFewCosigned(Refused):
    """Fewer witnesses have cosigned than must: later, more may. What is staged stays staged."""


@dataclass(frozen=True)
class Question:
    """What the witnesses are asked: the note the log signed, its size, what they should have seen.

    They may have seen up to ``most`` entries, which this log has signed too. ``growth(old)`` is the
    consistency proof from ``old`` to ``size`` (none from 0); it raises LedgerDamaged where the
    log's own tiles do not bear it out.
    """

    note: str
    size: int
    old: int
    most: int
    growth: Callable[[int], Sequence[bytes]]

    @property
    def origin(self) -> str:
        """The name of the log: the first line of its note."""
        return self.note.partition("\n")[0]


def ask_all(
    question: Question,
    witnesses: Sequence[Cosigner],
    quorum: int | None,
    announce: Announce,
    *,
    wait_for_all: bool = False,
) -> str:
    """Return the cosignature lines of the witnesses, in the order of ``witnesses``.

    quorum: how many must cosign (default: all); the rest are given a short grace.
    wait_for_all: give the rest the time they take, not a grace.

    A cosigner must itself see to it that it answers or gives up in good time. Raises TooFewCosigned
    where fewer do, LedgerDamaged (``ROLLED_BACK``, ``FORKED``) as soon as one has seen more, or
    another log; also where it has said so too late, of this log, and has not cosigned since.
    """
    needed = len(witnesses) if quorum is None else quorum
    verifiers = [parse_vkey(witness.vkey) for witness in witnesses]
    if len(set(verifiers)) < len(verifiers):
        raise Misuse("A witness is named twice.", "Name each witness once.")
    for witness, verifier in zip(witnesses, verifiers, strict=True):
        _hear_again(question, witness, verifier)
    answers: _Answers = SimpleQueue()
    for place, (witness, verifier) in enumerate(zip(witnesses, verifiers, strict=True)):
        announce(f"witness {verifier.name}")
        # A daemon, for nobody waits at the end for a witness that was too slow to count.
        asking = (answers, place, question, witness, verifier)
        Thread(target=_answer, args=asking, daemon=True).start()
    enough = len(witnesses) if wait_for_all else needed
    lines, refusals = _collect(question.origin, answers, verifiers, enough)
    if len(lines) < needed:
        said = [f"{verifiers[place].name}: {refusals[place]}" for place in sorted(refusals)]
        raise TooFewCosigned(
            " ".join([f"{len(lines)} of {needed} witnesses have cosigned.", *said]),
            "Nothing is published without them: run the same again when they can be reached.",
        )
    return "".join(lines[place] for place in sorted(lines))


def _hear_again(question: Question, witness: Cosigner, verifier: Verifier) -> None:
    """Raise what the witness has said too late, unless it cosigns now (the log has caught up)."""
    late = _said_late.get((verifier.vkey, question.origin))
    if late is None:
        return
    try:
        _ask(question, witness, verifier, question.old)
    except LedgerDamaged:
        raise
    except (PortcullisError, OSError):
        raise LedgerDamaged(late.message, late.fault) from None
    _said_late.pop((verifier.vkey, question.origin), None)


def _collect(
    origin: str, answers: _Answers, verifiers: Sequence[Verifier], enough: int
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the lines and the refusals by the place of their witness.

    Once ``enough`` lines are in, the rest are given a grace.
    """
    lines: dict[int, str] = {}
    refusals: dict[int, str] = {}
    deadline: float | None = None
    while len(lines) + len(refusals) < len(verifiers):
        if deadline is None and len(lines) >= enough:
            deadline = time.monotonic() + GRACE_SECONDS
        try:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            place, answer = answers.get(timeout=left)
        except Empty:
            break
        if isinstance(answer, str):
            lines[place] = answer
        else:
            if _said_late.get((verifiers[place].vkey, origin)) is answer:
                del _said_late[verifiers[place].vkey, origin]  # it is heard in time
            refusals[place] = _refusal(answer)
    return lines, refusals


def _refusal(problem: BaseException) -> str:
    """Return what kept a witness from signing, in words; raise what is more than its affair."""
    if isinstance(problem, OSError):
        return f"{problem.strerror}."
    if isinstance(problem, PortcullisError) and not isinstance(problem, LedgerDamaged):
        return problem.message
    raise problem


def _answer(
    answers: _Answers, place: int, question: Question, witness: Cosigner, verifier: Verifier
) -> None:
    try:
        answers.put((place, _ask(question, witness, verifier, question.old)))
    except BaseException as problem:  # handed to the asking thread, which raises it
        if isinstance(problem, LedgerDamaged) and problem.fault in _SEEN_OTHERWISE:
            # Until it is heard: the asking thread may have gone on without it.
            _said_late[verifier.vkey, question.origin] = problem
        answers.put((place, problem))


def _ask(
    question: Question, witness: Cosigner, verifier: Verifier, old: int, *, again: bool = True
) -> str:
    """Return the witness's checked line; ask again from the size it has seen, if it says so."""
    try:
        answer = witness.add_checkpoint(old, question.growth(old), question.note)
    except WitnessRefused as refusal:
        seen = _stands_at(question, verifier.name, old, refusal)
        if not again:
            raise
        return _ask(question, witness, verifier, seen, again=False)
    line = line_of(question.note, answer, verifier)
    if line is None:
        raise NoteInvalid("It answered with another key's signature.")
    return line


def _stands_at(question: Question, name: str, old: int, refusal: WitnessRefused) -> int:
    """Return the size that the witness has seen; raise what else its refusal of ``old`` means."""
    seen = refusal.size
    if refusal.status == CONFLICT and seen is not None and seen > question.most:
        raise LedgerDamaged(
            f"The witness {name} has seen {seen} entries, more than the {question.most} of this "
            "ledger: this is an older copy.",
            Fault.ROLLED_BACK,
        ) from None
    if refusal.status == UNPROCESSABLE and old:
        raise LedgerDamaged(
            f"The witness {name} has seen another ledger of {old} entries, which this one does "
            "not extend: this is a fork.",
            Fault.FORKED,
        ) from None
    if refusal.status != CONFLICT or seen is None or seen == old or seen > question.size:
        raise refusal
    return seen
