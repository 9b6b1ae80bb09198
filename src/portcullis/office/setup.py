"""Opening the office of one home: Django's set-up, the database's schema, the ledger."""

import os
from itertools import chain

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portcullis.errors import Misuse
from portcullis.office.home import Home
from portcullis.tables import sweep

# Where single files are published, as glob patterns. What is written by the batch, and by the
# sequencer, is overwritten or swept by the next who writes it.
_PUBLISHED_IN = ("pack", "keys", "keys/*", "versions/*", "outgoing/*")


def open_office(home: Home) -> Home:
    """Make the office of ``home`` ready to act in. Call before importing any other office module.

    Raises Misuse where the database's schema is not this version's, or where this process has
    opened another home.
    """
    point_django_at(home)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Misuse("The home's database is of another version.", "Run `portcullis upgrade`.")
    _sweep(home)
    return home


def start(home: Home, origin: str = "") -> Home:
    """Make the database and the ledger of a new home, or bring an older database up to date.

    ``origin``: the name of a new ledger, for ever; else one is made up.
    """
    point_django_at(home)
    call_command("migrate", verbosity=0, interactive=False)
    from portcullis.office import entries

    entries.create_log(home, origin)
    return home


def _sweep(home: Home) -> None:
    """Remove the parts of files that a killed process left in the home."""
    for folder in (home.path, *chain.from_iterable(map(home.path.glob, _PUBLISHED_IN))):
        sweep(folder)


def point_django_at(home: Home) -> None:
    """Set Django up for ``home``; raise Misuse where this process has opened another."""
    os.environ["PORTCULLIS_HOME"] = str(home.path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portcullis.office.settings")
    if not apps.ready:
        django.setup()
    if home.path != settings.HOME:
        raise Misuse("This process has opened another home.", "Use one process a home.")
