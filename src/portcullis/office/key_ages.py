"""How old the home's own long-lived keys are, by the ledger, and for how long each is good.

The periods are those of NIST SP 800-57 Part 1 Rev. 5, 5.3.6: a year for a key that others are
derived from, three at most for one that signs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portcullis import keys, ledger
from portcullis.office import entries, former_keys, rotating, signers, witnesses
from portcullis.office.home import Home
from portcullis.office.models import Entry

ROOT, SERVICE, LEDGER, WITNESS = "root", "service", "ledger", "witness"
GOOD_FOR = {
    ROOT: timedelta(days=365),
    SERVICE: timedelta(days=3 * 365),
    LEDGER: timedelta(days=3 * 365),
    WITNESS: timedelta(days=3 * 365),
}
CHANGED_BY = {
    ROOT: "portcullis key rotate-root",
    SERVICE: "portcullis key rotate-service",
    LEDGER: "portcullis ledger announce-key",
    WITNESS: "portcullis key rotate-witness",
}


@dataclass(frozen=True)
class KeyAge:
    """One key: which kind, what it is known by, and from which day it is in force."""

    kind: str
    id: str
    since: date

    def days(self, on: date) -> int:
        """Return its age on the day ``on``, in days."""
        return (on - self.since).days

    def is_old(self, on: date) -> bool:
        """Say whether it is older than a key of its kind should be."""
        return on - self.since > GOOD_FOR[self.kind]


def ages(home: Home) -> list[KeyAge]:
    """Return the home's own keys in force, the root key first."""
    made = _day(Entry.objects.get(position=0))
    root, changed = rotating.last(), former_keys.changes()
    return [
        KeyAge(ROOT, home.root.id, root[1].date() if root else made),
        KeyAge(
            SERVICE,
            keys.thumbprint(keys.public_jwk(home.service_key())),
            changed[-1].at.date() if changed else made,
        ),
        *_of_the_ledger(home),
    ]


def _of_the_ledger(home: Home) -> Iterator[KeyAge]:
    """Yield the keys that sign the ledger, and that of the witness in this home, if it is asked."""
    first: dict[str, date] = {}
    for entry in Entry.objects.filter(kind=signers.KIND).order_by("position"):
        said = ledger.LogKeys.parse(bytes(entry.body))
        for vkey in (*said.signed_by, *said.witnesses) if said else ():
            first.setdefault(vkey, _day(entry))
    now = signers.now_in_force()
    local = witnesses.local_vkeys(home)
    for kind, vkeys in ((LEDGER, now.signed_by), (WITNESS, now.witnesses)):
        for vkey in vkeys:
            if kind == LEDGER or vkey in local:
                yield KeyAge(kind, vkey.split("+")[1], first[vkey])


def _day(entry: Entry) -> date:
    return datetime.fromisoformat(entries.body(entry)["at"]).date()
