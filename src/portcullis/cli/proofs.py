"""``portcullis proof`` and ``statement``: what an outsider takes away, and how it is checked."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from portcullis.cli.options import DEFAULT_HOME, HomeOption, JsonOption, day_of, office
from portcullis.cli.output import say, show
from portcullis.cli.progressing import progress
from portcullis.cli.trusting import (
    KeysOption,
    PlaceOption,
    PolicyOption,
    Trust,
    at_hand,
    trusted,
)
from portcullis.errors import Misuse
from portcullis.progress import step

if TYPE_CHECKING:
    from portcullis.ledger import Log, Statement
    from portcullis.ledger.statements import Seen

_HOME = str(DEFAULT_HOME)
_FIRST, _FINAL = 1, 2


def register(app: App) -> None:
    """Add these verbs."""
    noun = App(name="proof", help="Proofs that outsiders check with their own tools.")
    noun.command(request)
    noun.command(consistency)
    noun.command(check)
    app.command(noun)
    app.command(statement)


def request(
    batch: str,
    request_id: Annotated[list[str] | None, Parameter(help="The requests' ids.")] = None,
    *,
    out: Annotated[Path, Parameter(help="The folder to write to.")],
    all: Annotated[bool, Parameter(negative="", help="Every request of the batch.")] = False,
    final: Annotated[
        bool, Parameter(negative="", help="In the final list, not the first.")
    ] = False,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Write the proof of a request's determination: ROW.tlog-proof, and its leaf as ROW.leaf."""
    if bool(request_id) == all:
        raise Misuse("Which requests?", "Name their ids, or say --all.")
    opened = office(home)
    from portcullis.office.files import find_batch
    from portcullis.office.proving import proofs

    out.mkdir(parents=True, exist_ok=True)
    count = 0
    number = _FINAL if final else _FIRST
    found = find_batch(batch)
    wanted = len(request_id) if request_id else found.taken
    with progress() as shown, step(shown, "Write the proofs", wanted, "proofs") as advance:
        for proven in proofs(opened, found, request_id, number):
            _put(out / f"{proven.row}.leaf", proven.leaf)
            _put(out / f"{proven.row}.tlog-proof", proven.proof.encode())
            advance(1)
            count += 1
    show({"proofs": count, "folder": str(out)}, as_json=json)


def _put(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all; there may be too many to sync each."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.rename(path)


def consistency(
    old: Annotated[str, Parameter(help="The older checkpoint: its size, or a file of it.")],
    new: Annotated[str, Parameter(help="The newer one; else the newest.")] = "",
    *,
    out: Annotated[Path, Parameter(help="The file to write.")],
    home: PlaceOption = _HOME,
    json: JsonOption = False,
) -> None:
    """Write the proof that the ledger only grew between two of its checkpoints."""
    from portcullis import ledger

    with at_hand(home, trees=False) as folder:
        log = ledger.Log.open(folder / "ledger")
        notes = _note(log, old), _note(log, new) if new else log.checkpoint
        proof = ledger.ConsistencyProof.between(log, *notes)
    _put(out, proof.text.encode())
    show({"hashes": len(proof.path), "file": str(out)}, as_json=json)


def check(
    file: Annotated[Path, Parameter(help="A .tlog-proof, or a consistency proof.")],
    leaf: Annotated[Path | None, Parameter(help="The leaf's file, for a .tlog-proof.")] = None,
    *,
    policy: PolicyOption = None,
    keys: KeysOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Check a proof with public keys alone; no ledger is needed. Exit 1 where it does not hold."""
    from portcullis import ledger

    trust = trusted(str(home), policy, keys)
    text = _read(file)
    if text.startswith(f"{ledger.CONSISTENCY}\n"):
        old, new = ledger.ConsistencyProof.parse(text).check(trust.vkeys, trust.witnesses, trust.k)
        sizes = old.checkpoint.size, new.checkpoint.size
        facts: dict[str, Any] = {"proven": True, "from": sizes[0], "to": sizes[1]}
        words = f"The ledger of {sizes[1]:,} entries begins with that of {sizes[0]:,}, unchanged."
    else:
        if leaf is None:
            raise Misuse("Of which leaf?", "Name the leaf's file after the proof's.")
        proof = ledger.TwoLevelProof.parse(text)
        proven = proof.check(_read(leaf).encode(), trust.vkeys, trust.witnesses, trust.k)
        facts = {
            "proven": True,
            "leaf": proven.leaf_index,
            "entry": proven.entry_index,
            "size": proven.signed.checkpoint.size,
            "cosigned": proven.signed.cosigned,
        }
        words = (
            f"The leaf stands at place {proven.leaf_index:,} of the list that is entry "
            f"{proven.entry_index:,} of the ledger, seen by {len(proven.signed.cosigned)} "
            "of the witnesses."
        )
    if json:
        show(facts, as_json=True)
    else:
        say(words)


def statement(
    kind: Annotated[str, Parameter(help="The kind of entry, e.g. batch-received.")] = "",
    *,
    by: Annotated[str, Parameter(help="The last day counted (UTC), YYYY-MM-DD.")] = "",
    since: Annotated[str, Parameter(help="The first day counted; else from the beginning.")] = "",
    on: Annotated[str, Parameter(help="One day alone.")] = "",
    check: Annotated[Path | None, Parameter(help="Check this statement instead.")] = None,
    out: Annotated[Path | None, Parameter(help="The file to write.")] = None,
    policy: PolicyOption = None,
    keys: KeysOption = None,
    home: PlaceOption = _HOME,
    json: JsonOption = False,
) -> None:
    """Say how many entries of KIND the ledger had by a day, so that anybody can count again.

    With --check, count again: exit 1 where the ledger does not say what the statement does.
    """
    trust = trusted(home, policy, keys)
    if check is None:
        said = _state(home, trust, kind, *_days(by, since, on))
        if out is not None:
            _put(out, said.text.encode())
    else:
        said = _check(home, trust, check)
    if json:
        show(_facts(said), as_json=True)
    else:
        say(_words(said))


def _state(home: str, trust: Trust, kind: str, since: date | None, by: date) -> "Statement":
    from portcullis.ledger import make_statement

    if not kind:
        raise Misuse("Entries of which kind?", "Name one, e.g. batch-received or delivered.")
    with at_hand(home, trees=False) as folder:
        return make_statement(
            folder / "ledger",
            trust.vkeys,
            trust.witnesses,
            trust.k,
            kind=kind,
            by=by,
            since=since,
        )


def _check(home: str, trust: Trust, file: Path) -> "Statement":
    from portcullis.ledger import Statement

    said = Statement.parse(_read(file))
    with at_hand(home, trees=False) as folder:
        said.check(folder / "ledger", trust.vkeys, trust.witnesses, trust.k)
    return said


def _days(by: str, since: str, on: str) -> tuple[date | None, date]:
    if bool(by) == bool(on) or (on and since):
        raise Misuse("By which day?", "Say --by DAY (perhaps with --since DAY), or --on DAY.")
    if on:
        return day_of(on), day_of(on)
    first, last = day_of(since) if since else None, day_of(by)
    if first and first > last:
        raise Misuse("The first day is after the last.", "Write the earlier one after --since.")
    return first, last


def _facts(said: "Statement") -> dict[str, Any]:
    return {
        "kind": said.kind,
        "since": said.since,
        "by": said.by,
        "count": said.count,
        "closed": said.closed,
        "among": said.closing.entries,
        "opening": _edge(said.opening),
        "closing": _edge(said.closing),
        "between": said.between,
        "backdated": said.backdated,
        "postdated": said.postdated,
        "undated": said.undated,
        "unreadable": said.unreadable,
    }


def _edge(seen: "Seen | None") -> dict[str, Any] | None:
    return {"entries": seen.entries, "witnessed": seen.witnessed} if seen else None


def _words(said: "Statement") -> str:
    span = f"by {said.by}" if said.since is None else f"from {said.since} to {said.by}"
    parts = [
        f"{said.kind}, {span}: {said.count:,} (among the first {said.closing.entries:,} entries).",
        f"Opening: {_edge_words(said.opening, 'none')}.",
        f"Closing: {_edge_words(said.closing, 'not closed')}.",
        "The entries between are dated by the holder's clock alone: "
        f"{said.between:,} of this kind.",
    ]
    if not said.closed:
        parts.append(
            "The witnesses have not seen the ledger since the end of that day: it may yet rise."
        )
    for name, why in (
        ("backdated", "claim an earlier day than the witnesses' clocks bear out (backdated)"),
        ("postdated", "claim a later day than the witnesses' clocks allow (postdated)"),
        ("undated", "of this kind have no readable time (undated)"),
        ("unreadable", "cannot be read in full, and may be of this kind (unreadable)"),
    ):
        places = getattr(said, name)
        if places:
            parts.append(f"{len(places):,} entries {why}: {', '.join(map(str, places))}.")
    return " ".join(parts)


def _edge_words(seen: "Seen | None", otherwise: str) -> str:
    if seen is None:
        return otherwise
    return f"{seen.entries:,} entries, " + (
        f"witnessed {seen.witnessed}" if seen.witnessed else otherwise
    )


def _note(log: "Log", named: str) -> str:
    return log.checkpoint_at(int(named)) if named.isdecimal() else _read(Path(named))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        raise Misuse(f"{path.name} cannot be read as text.", "Name the file as written.") from None
