"""Opening the office of one home: Django's set-up, the database's schema, the ledger."""

import os
from itertools import chain
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portcullis.errors import Misuse
from portcullis.ledger import parse_vkey
from portcullis.office import in_use
from portcullis.office.apps import OfficeConfig
from portcullis.office.home import Home
from portcullis.office.public import FILE, read_public
from portcullis.tables import sweep

UPGRADE_WAITS = 600.0  # seconds a second process may wait for the first
# Where single files are published, as glob patterns. What is written by the batch, and by the
# sequencer, is overwritten or swept by the next who writes it.
_PUBLISHED_IN = ("pack", "rosters", "keys", "keys/*", "versions/*", "outgoing/*")


def open_office(home: Home) -> Home:
    """Make the office of ``home`` ready to act in. Call before importing any other office module.

    Raises Misuse where the database's schema is not this version's, or its entries are another
    ledger's, or where this process has opened another home; Refused while another process changes
    the home's root key.
    """
    point_django_at(home.path)
    in_use.hold(home.path)
    executor = MigrationExecutor(connection)
    _refuse_later(executor)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Misuse("The home's database is of another version.", "Run `portcullis upgrade`.")
    _refuse_anothers(home)
    _sweep(home)
    settle(home)
    return home


def settle(home: Home) -> None:
    """Finish what was decided on record and cut off before its files were in place."""
    from portcullis.office import rosters, rotating, service_keys, witnesses

    rotating.settle(home)
    service_keys.settle(home)
    witnesses.settle_key(home)
    rosters.settle(home)


def start(home: Home, origin: str = "") -> Home:
    """Make the database and the ledger of a new home, or bring an older database up to date.

    ``origin``: the name of a new ledger, for ever; else one is made up. One process at a time; cut
    off anywhere, it is run again. Raises Misuse where the database is of a later version, or the
    home has a ledger and no database.
    """
    point_django_at(home.path)
    in_use.hold(home.path)
    from portcullis.office import locks

    with locks.alone(home, home.path / "upgrade.lock", UPGRADE_WAITS):
        executor = MigrationExecutor(connection)
        _refuse_later(executor)
        if (home.ledger / "checkpoint").exists() and not executor.loader.applied_migrations:
            raise Misuse(
                "This home has a ledger, and there is nothing in its database.",
                "Is DATABASE_URL set as it was? If the database is lost, put a backup back.",
            )
        call_command("migrate", verbosity=0, interactive=False)
        from portcullis.office import entries

        entries.create_log(home, origin)
    return home


def begin(home: Home, origin: str = "") -> Home:
    """Start a home just made, and put the roster it was made with on its ledger.

    Cut off between the two, the home stands as one of an earlier release does: two people adopt
    the roster. Raises as ``start``.
    """
    start(home, origin)
    from portcullis.office import rosters

    rosters.record_first(home)
    return home


def _refuse_later(executor: MigrationExecutor) -> None:
    """Raise Misuse where the database has been brought to what this version does not know."""
    loader = executor.loader
    ours = {key for key in loader.applied_migrations if key[0] == OfficeConfig.label}
    if ours - set(loader.disk_migrations):
        raise Misuse(
            "The home's database was made by a later version of Portcullis. Nothing was changed.",
            "Install that version or a newer; a database is never brought back to an older one.",
        )


def _refuse_anothers(home: Home) -> None:
    """Raise Misuse where the database holds the checkpoints of another ledger than the home's."""
    from portcullis.office.models import Checkpoint

    kept = Checkpoint.objects.order_by("-size").values_list("text", flat=True).first()
    try:
        ours = {parse_vkey(vkey).name for vkey in read_public(home.path / FILE).ledger}
    except Misuse:
        return  # a damaged file closes nothing here; the next integration writes it anew
    if kept is not None and kept.partition("\n")[0] not in ours:
        raise Misuse(
            "The database is that of another home: it has the entries of another ledger.",
            "Name this home's own by DATABASE_URL, or none if its state is in SQLite.",
        )


def _sweep(home: Home) -> None:
    """Remove the parts of files that a killed process left in the home."""
    for folder in (home.path, *chain.from_iterable(map(home.path.glob, _PUBLISHED_IN))):
        sweep(folder)


def point_django_at(path: Path) -> None:
    """Set Django up for the home at ``path``; raise Misuse where this process opened another."""
    os.environ["PORTCULLIS_HOME"] = str(path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portcullis.office.settings")
    if not apps.ready:
        django.setup()
    if path != settings.HOME:
        raise Misuse("This process has opened another home.", "Use one process a home.")
