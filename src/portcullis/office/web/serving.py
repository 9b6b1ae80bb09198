"""Making the office ready to be served: its key, its database, its application."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from portcullis.errors import Misuse
from portcullis.office import in_use, setup
from portcullis.office.home import MARK, Home
from portcullis.office.requesting import RequesterHome
from portcullis.office.web.keys import make_web_key
from portcullis.office.web.marks import role_of

__all__ = ["ANYBODY", "application", "has_room", "most_bytes", "prepare", "role_of"]

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SETTINGS = "portcullis.office.web.settings"
ANYBODY = 1 << 20
"""Bytes of a request's body that are read of whoever sends it."""


def prepare(path: Path, role: str, origin: str) -> None:
    """Make the home at ``path`` ready to be served as ``role`` at ``origin``, in this process.

    ``origin`` is the address as browsers name it (``https://office.example.gov``); passkeys and
    cookies are bound to it. The pages' own tables are made where they are not there yet. Raises
    Misuse where the folder is not that role's home, or its state is of another version.
    """
    if role == "holder":
        home: Home | RequesterHome = Home.find(path)
        _check_role(home.path, role)
    else:
        home = RequesterHome.mark(path)
    make_web_key(home.path)
    _buffer_in(home.path)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    os.environ["PORTCULLIS_ORIGIN"] = origin
    setup.point_django_at(home.path)
    if isinstance(home, Home):
        in_use.hold(home.path)
    _migrate(role)
    if isinstance(home, Home):
        setup.settle(home)


def application() -> "WSGIApplication":
    """Return the office's application. Raises nothing more, once ``prepare`` has been done."""
    from django.urls import get_resolver

    from portcullis.office import denials
    from portcullis.office.web.wsgi import application as served

    denials.answer_first()
    # All pages are loaded now, and not while the first visitor waits.
    _ = get_resolver().url_patterns
    return served


def most_bytes(method: str, path: str, query: str, headers: Mapping[str, str]) -> int:
    """Return how long the body of a request with this head may be (``admitting``)."""
    from portcullis.office.web import admitting

    return admitting.most_bytes(method, path, query, headers)


def has_room() -> bool:
    """Say whether the home's disk has room for what people send."""
    from portcullis.office.web import admitting

    return admitting.has_room()


def _buffer_in(home: Path) -> None:
    """Have this process buffer what is sent to it in the home, and nowhere else."""
    folder = home / "incoming"
    folder.mkdir(mode=0o700, exist_ok=True)
    tempfile.tempdir = str(folder)


def _check_role(path: Path, role: str) -> None:
    if role_of(path) != role:
        raise Misuse(
            f"{MARK} says that this home is not the {role}'s.",
            "Serve each side's office from its own home.",
        )


def _migrate(role: str) -> None:
    """Make the pages' tables, one process at a time; the state's own are `upgrade`'s to change."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from portcullis.office.locks import migrating

    executor = MigrationExecutor(connection)
    planned = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if role == "holder" and any(step.app_label == "office" for step, _ in planned):
        raise Misuse("The home's database is of another version.", "Run `portcullis upgrade`.")
    if planned:
        with migrating():
            call_command("migrate", verbosity=0, interactive=False)
