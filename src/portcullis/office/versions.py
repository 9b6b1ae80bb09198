"""Other versions of the agreement, kept beside the one in use so that the past can be judged."""

from pathlib import Path

from django.db import transaction

from portcullis.agreements import Pack, load_pack
from portcullis.errors import Misuse, Refused
from portcullis.office import entries
from portcullis.office.home import Home
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.tables import publish


def add_version(home: Home, actor: Actor, folder: Path) -> Pack:
    """Keep the pack in ``folder`` for re-examination; its digest goes on the ledger.

    It is not put in use: what is determined and released stays under the home's own pack. Raises
    PackErrors where it is not whole, Misuse where it is another agreement's, Refused where a
    version of that name is here.
    """
    check_role(home, actor, "counsel", "agreement-add")
    pack = load_pack(folder)
    if pack.id != home.pack.id:
        raise Misuse(
            f"That is the agreement {pack.id}; this home's is {home.pack.id}.",
            "Add a version of the same agreement.",
        )
    kept = {home.pack.version, *(load_pack(one).version for one in home.versions.glob("*/"))}
    if pack.version in kept:
        raise Refused(
            f"There is a version {pack.version} of the agreement here already.",
            "Give the new one a version of its own in agreement.toml.",
        )
    for source in sorted(folder.glob("*.toml")):
        publish(home.versions / pack.digest / source.name, source.read_bytes())
    with transaction.atomic():
        facts = {"agreement": pack.id, "version": pack.version, "pack": pack.digest}
        sign_act(home, actor, "agreement-added", facts)
    entries.integrate(home)
    return pack
