"""Readings in force: what the agreement's pack says, after the changes that are on the ledger.

The pack says which readings the parties work under; counsel may put others in force, or one out,
from a day on (``reading_changes``). Those on the floor never go out.
"""

from dataclasses import dataclass
from datetime import date

from portcullis import law
from portcullis.agreements import Pack
from portcullis.office.home import Home
from portcullis.office.models import ReadingChange


@dataclass(frozen=True)
class Held:
    """A reading that holds on a day: from where, and since when (None: always)."""

    reading: law.Reading
    source: str
    since: date | None


def basis_on(home: Home, day: date, pack: Pack | None = None) -> law.Basis:
    """Return the basis of a determination made on ``day``: the pack and the readings in force."""
    agreed = pack or home.pack
    return law.Basis.from_pack(agreed, day, in_force(agreed, day))


def in_force(pack: Pack, day: date) -> tuple[str, ...]:
    """Return the ids of the readings in force on ``day``, beside those on the floor."""
    return law.changed(pack.readings_on(day), changes(), day)


def held_on(pack: Pack, day: date) -> list[Held]:
    """Return every reading that holds on ``day``, with where it comes from and since when."""
    agreed = {each.id: each.in_force_from for each in pack.readings}
    acts = {each.reading: each.effective_on for each in changes() if each.effective_on <= day}
    held = dict.fromkeys([*law.FLOOR, *in_force(pack, day)])
    found = []
    for name in held:
        since = acts.get(name, agreed.get(name))
        source = "act" if name in acts else "agreement" if name in agreed else "floor"
        found.append(Held(law.reading(name), source, since))
    return found


def changes() -> list[law.Change]:
    """Return the changes that two people decided, in the order in which they did."""
    rows = ReadingChange.objects.exclude(decided=None).order_by("decided_id")
    return [law.Change(row.reading, row.in_force, row.effective_on) for row in rows]
