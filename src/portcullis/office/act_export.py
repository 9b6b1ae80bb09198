"""The export of acts: who signed what, for anybody to check without the home."""

from collections.abc import Iterator
from pathlib import Path

from portcullis import ledger, progress
from portcullis.errors import Misuse, Refused
from portcullis.office import public
from portcullis.office.files import find_batch
from portcullis.office.home import Home
from portcullis.office.models import Act, Entry
from portcullis.oversight.act_signing import APPROVED, FIRST_ROSTER
from portcullis.oversight.signed_acts import ACTS, KEYS, PEOPLE, ROSTER, SignedAct
from portcullis.tables import publish


def export_acts(
    home: Home, batch: str | None, out: Path, *, show: progress.Show = progress.unseen
) -> int:
    """Write the acts of ``batch``, or all of them, to the new folder ``out``; return how many.

    With them go the newest entry on the roster, the roster and the public keys. Raises Refused
    where an act waits for the ledger, Misuse where the folder holds something.
    """
    if out.exists() and any(out.iterdir()):
        raise Misuse(f"The folder {out.name} is not empty.", "Name a new folder.")
    if batch is not None:
        find_batch(batch)
    log = ledger.Log.open(home.ledger)
    positions = sorted(_positions(batch))
    if positions and positions[-1] >= log.size:
        raise Refused(
            "Acts wait to be integrated into the ledger.", "Any act integrates them; then again."
        )
    out.mkdir(parents=True, exist_ok=True)
    with progress.step(show, "Write the acts", len(positions), "acts") as advance:
        lines = "".join(act.to_line() for act in progress.counted(_acts(log, positions), advance))
    publish(out / ACTS, lines.encode())
    publish(out / PEOPLE, home.people.read_bytes())
    publish(out / KEYS, (home.path / public.FILE).read_bytes())
    return len(positions)


def _positions(batch: str | None) -> set[int]:
    """Return the positions of the entries of the acts, and of the newest that has a roster."""
    acts = Act.objects.all() if batch is None else Act.objects.filter(batch=batch)
    found = set(acts.values_list("entry_id", flat=True))
    if batch is None:
        approved = Entry.objects.filter(kind__in=APPROVED)
        found |= set(approved.values_list("position", flat=True))
    newest = (
        Entry.objects.filter(kind=ROSTER).order_by("-position").first()
        or Entry.objects.filter(kind=FIRST_ROSTER).order_by("position").first()
    )
    return found | ({newest.position} if newest else set())


def _acts(log: ledger.Log, positions: list[int]) -> Iterator[SignedAct]:
    signatures = dict(Act.objects.values_list("entry_id", "signature"))
    for position in positions:
        entry = log.entry(position).decode()
        proof = ledger.LogProof.of(log, position).text
        yield SignedAct(entry, proof, signatures.get(position, ""))
