"""Several homes in one test process, which the office itself never has."""

import os
from pathlib import Path

from portcullis.office import Home, open_office


def switch(path: Path) -> None:
    """Point Django at the home in ``path``, whatever home this process had open before."""
    import django
    from django.apps import apps
    from django.conf import settings

    os.environ["PORTCULLIS_HOME"] = str(path.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "portcullis.office.settings"
    if not apps.ready:
        django.setup()
    from django.db import connections

    connections.close_all()
    settings.HOME = path.resolve()
    connections["default"].settings_dict["NAME"] = path.resolve() / "state.sqlite3"


def reopen(path: Path) -> Home:
    """Open the home in ``path`` in this process."""
    switch(path)
    return open_office(Home.find(path))
