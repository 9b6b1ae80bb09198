"""Other versions of the agreement, kept beside the one in use so that the past can be judged."""

from pathlib import Path

from django.db import transaction

from portcullis.agreements import Pack, load_pack
from portcullis.errors import Misuse, Refused
from portcullis.office import entries
from portcullis.office.home import Home
from portcullis.office.models import Entry
from portcullis.office.people import Actor, check_role, record, sign
from portcullis.tables import publish

_ADDED = "agreement-added"


def add_version(home: Home, actor: Actor, folder: Path) -> Pack:
    """Keep the pack in ``folder`` for re-examination; its digest goes on the ledger.

    It is not put in use: what is determined and released stays under the home's own pack. It counts
    once its entry is written; what a crash left before is written over. Raises PackErrors where it
    is not whole, Misuse where it is another agreement's, Refused where a version of that name is
    here.
    """
    check_role(home, actor, "agreement-add")
    pack = load_pack(folder)
    if pack.id != home.pack.id:
        raise Misuse(
            f"That is the agreement {pack.id}; this home's is {home.pack.id}.",
            "Add a version of the same agreement.",
        )
    if pack.version == home.pack.version or pack.version in _added():
        raise Refused(
            f"There is a version {pack.version} of the agreement here already.",
            "Give the new one a version of its own in agreement.toml.",
        )
    facts = {"agreement": pack.id, "version": pack.version, "pack": pack.digest}
    signed = sign(home, actor, _ADDED, facts)
    for source in sorted(folder.glob("*.toml")):
        publish(home.versions / pack.digest / source.name, source.read_bytes())
    with transaction.atomic():
        record(home, signed)
    entries.publish(home)
    return pack


def pack_of(home: Home, version: str | None) -> Pack:
    """Return the agreement in that version; None: the one in use. Refused if it is not here."""
    if version in (None, home.pack.version):
        return home.pack
    digest = _added().get(str(version))
    if digest is None:
        raise Refused(
            f"There is no version {version} of the agreement here.",
            "Add it with `portcullis agreement add`.",
        )
    pack = load_pack(home.versions / digest)
    if pack.digest != digest:
        raise Refused(
            f"The version {version} of the agreement is not what was added.",
            "Restore the folder versions in the home from a backup.",
        )
    return pack


def known(home: Home) -> list[str]:
    """Return the versions of the agreement that are here, the one in use first."""
    return [home.pack.version, *_added()]


def _added() -> dict[str, str]:
    """Return the digest of every version that was added, as the ledger has it."""
    rows = Entry.objects.filter(kind=_ADDED).order_by("position")
    bodies = [entries.body(row) for row in rows]
    return {str(each["version"]): str(each["pack"]) for each in bodies}
