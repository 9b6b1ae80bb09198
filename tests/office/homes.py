"""Several homes in one test process, which the office itself never has."""

import os
from pathlib import Path

from portcullis.office import Home, open_office
from tests.office.databases import address_of


def switch(path: Path) -> None:
    """Point Django at the home in ``path``, whatever home this process had open before.

    Its state is in SQLite, or in the PostgreSQL database named beside it.
    """
    import django
    from django.apps import apps
    from django.conf import settings

    path = path.resolve()
    address = address_of(path)
    os.environ["PORTCULLIS_HOME"] = str(path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "portcullis.office.settings"
    if address:
        os.environ["DATABASE_URL"] = address
    else:
        os.environ.pop("DATABASE_URL", None)
    if not apps.ready:
        django.setup()
    from django.db import connections

    from portcullis.office.database import databases

    connections.close_all()
    settings.HOME = path
    connections.settings = connections.configure_settings(databases(path, address))
    connections["default"] = connections.create_connection("default")


def reopen(path: Path) -> Home:
    """Open the home in ``path`` in this process."""
    switch(path)
    return open_office(Home.find(path))
