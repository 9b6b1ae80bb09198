"""The journal of a batch's review: a file each step, and one ledger entry that commits to it.

Every act of review is two steps: the reading, on the ledger before the index is opened, and what
came of it. A reading that an error or a crash cut off stays on record. Both have the same entry:
who, which index, and the digest of a file that says of which request, and what. Whether a reviewer
looked, found, confirmed or refused cannot be told from outside, nor of which request, so nobody
counts near misses by the ledger. The files lie encrypted in the batch's folder and are erased with
it; only those count whose entry stands.
"""

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from django.db import transaction

from portcullis import matching, tables
from portcullis.canonical import sha256_hex
from portcullis.office import entries
from portcullis.office.files import batch_key
from portcullis.office.home import Home
from portcullis.office.models import Batch, Entry
from portcullis.office.people import Actor, sign_act

ACT = "review"
ENTRY = "reviewed"
LOOKED, FOUND, CONFIRMED, REFUSED = "looked", "found", "confirmed", "refused"
READING, DENIED = "reading", "denied"
STATUTE = "26 USC 7213A"
REVIEWED = "reviewed"
"""The word before the rule in the reasons of a request that two reviewers found."""

_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "act": pl.String(),
    "intended": pl.String(),
    "by": pl.String(),
    "number": pl.UInt32(),
    "rule": pl.String(),
    "reason": pl.String(),
    "model": pl.String(),
}


@dataclass(frozen=True)
class Done:
    """One step of the review of one request: at which position, what, by whom.

    ``intended``: of a reading or a denial, what the reviewer was about to do. ``number, rule,
    reason``: what was found, or why it was not confirmed, or was denied. ``model``: the digest of
    the model whose waterfall was shown. ``match``: the match as found (``matching.MATCH``), once
    confirmed. ``log``: the digest by which its ledger entry names it, once it is recorded.
    """

    row: int
    act: str
    by: str
    number: int | None = None
    rule: str | None = None
    reason: str | None = None
    model: str | None = None
    intended: str | None = None
    match: pl.DataFrame | None = None
    log: str = ""


@dataclass(frozen=True)
class Review:
    """Where the review of one request stands: the finding, and who confirmed or refused it."""

    finding: Done | None = None
    answer: Done | None = None

    @property
    def state(self) -> str:
        """``open``, ``found``, ``confirmed`` or ``refused``."""
        if self.finding is None:
            return "open"
        return self.answer.act if self.answer is not None else FOUND


def begin(  # noqa: PLR0917 - what is read, by whom, and while what is held
    home: Home,
    batch: Batch,
    actor: Actor,
    index: str,
    wanted: Done,
    while_held: AbstractContextManager[None],
) -> None:
    """Put on the ledger that ``actor`` is about to read the index to do ``wanted``.

    ``index``: the digest of the index; ``while_held``: the gate, held while it is written. Run
    inside no transaction.
    """
    reading = replace(wanted, act=READING, intended=wanted.act)
    record(home, batch, actor, index, reading, while_held)


def record(  # noqa: PLR0917 - what was done, by whom, and while what is held
    home: Home,
    batch: Batch,
    actor: Actor,
    index: str,
    done: Done,
    while_held: AbstractContextManager[None] | None = None,
) -> None:
    """Write one step of review: its file first, then act and entry. Run inside no transaction."""
    path = _folder(home, batch) / f"{done.row}-{secrets.token_hex(16)}.tbl"
    said = pl.DataFrame([{name: getattr(done, name) for name in _SCHEMA}], schema=_SCHEMA)
    match = done.match if done.match is not None else _no_match()
    told = said.hstack(match.rename(lambda name: f"match_{name}"))
    tables.write_table(path, told, batch_key(home, batch))
    facts = {"index": index, "log": sha256_hex([path.read_bytes()]), "statute": STATUTE}
    with while_held or nullcontext(), transaction.atomic():
        sign_act(home, actor, ACT, facts, batch.id, entry_kind=ENTRY)
    entries.integrate(home)


def review_of(home: Home, batch: Batch, row: int) -> Review:
    """Return where the review of one request stands."""
    return reviews(home, batch, row).get(row, Review())


def reviews(home: Home, batch: Batch, row: int | None = None) -> dict[int, Review]:
    """Return where the review of each request stands that anybody found something of, by row.

    ``row``: of that request alone.

    An answer counts for the very finding it was given to, from another person; of two, a refusal
    prevails. A finding that was refused may be found anew, and then waits again. Where the file of
    an act is missing (the home was put back from an older backup), whatever was found before it is
    void: it may have been a refusal.
    """
    stand: dict[int, Review] = {}
    for done in acts(home, batch, row):
        if done is None:
            stand = {}
        elif done.act == FOUND:
            stand[done.row] = Review(done)
        elif done.row in stand and _answers(done, stand[done.row]):
            stand[done.row] = Review(stand[done.row].finding, done)
    return stand


def has_looked(home: Home, batch: Batch, row: int, person: str) -> bool:
    """Say whether that person has looked at the request's near miss, by what is kept of it."""
    steps = acts(home, batch, row)
    return any(
        (done.row, done.act, done.by) == (row, LOOKED, person) for done in steps if done is not None
    )


def _answers(done: Done, stands: Review) -> bool:
    finding = stands.finding
    if finding is None or finding.by == done.by:
        return False
    of_it = (finding.number, finding.rule) == (done.number, done.rule)
    open_to_it = stands.answer is None or done.act == REFUSED
    return done.act in (CONFIRMED, REFUSED) and of_it and open_to_it


def acts(home: Home, batch: Batch, row: int | None = None) -> Iterator[Done | None]:
    """Yield the steps of the batch's review in the ledger's order; None for each that is missing.

    ``row``: those of that request alone, and whatever is missing.
    """
    folder = _folder(home, batch)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    by_digest = {sha256_hex([path.read_bytes()]): path for path in files}
    for entry in Entry.objects.filter(batch=batch.id, kind=ENTRY).order_by("position"):
        log = str(entries.body(entry).get("log"))
        path = by_digest.get(log)
        if path is None:
            yield None
        elif row is None or path.name.startswith(f"{row}-"):
            yield replace(_read(home, batch, path), log=log)


def _read(home: Home, batch: Batch, path: Path) -> Done:
    table = tables.read_table(path, batch_key(home, batch))
    said = table.select(list(_SCHEMA)).row(0, named=True)
    match = table.select(pl.col(f"match_{name}").alias(name) for name in matching.MATCH)
    return Done(**said, match=match if said["act"] == CONFIRMED else None)


def _no_match() -> pl.DataFrame:
    return pl.DataFrame([dict.fromkeys(matching.MATCH)], schema=matching.MATCH)


def _folder(home: Home, batch: Batch) -> Path:
    return home.batch(batch.id) / "review"
