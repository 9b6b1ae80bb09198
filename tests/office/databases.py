"""The same worlds with their state in PostgreSQL: one server a test process, a database a world.

A world's database is copied from the template of its stage, and the template is made of the rows
that the stage has in SQLite, as Django reads and writes them. The address lies beside the home
(``HOME.database``), where ``switch`` finds it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests import postgresql

_numbers = count(1)


def beside(home: Path) -> Path:
    """Return the file that names the database of the home at ``home``."""
    return home.with_name(home.name + ".database")


def address_of(home: Path) -> str:
    """Return the address of the home's database, empty where it is SQLite in the home."""
    named = beside(home)
    return named.read_text() if named.exists() else ""


@contextmanager
def server() -> Iterator[str]:
    """Give the address of a running server."""
    with postgresql.server() as address:
        with psycopg.connect(address, autocommit=True) as connection:
            # A test's database need not outlive the machine.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield address


def create(near: str, template: str = "") -> str:
    """Make a database on the server of the address ``near``; return its own address.

    ``template``: the address of the database it is a copy of; else it is empty.
    """
    name = f"world_{next(_numbers)}"
    copied = _name(template) if template else "template0"
    _command(near, "CREATE DATABASE {} TEMPLATE {}", name, copied)
    return near.replace(f"/{_name(near)}?", f"/{name}?")


def drop(address: str) -> None:
    """Remove a database, whoever is still connected to it."""
    near = address.replace(f"/{_name(address)}?", "/postgres?")
    _command(near, "DROP DATABASE IF EXISTS {} WITH (FORCE)", _name(address))


def _name(address: str) -> str:
    return str(conninfo_to_dict(address)["dbname"])


def _command(near: str, command: str, *names: str) -> None:
    near = near.replace(f"/{_name(near)}?", "/postgres?")
    with psycopg.connect(near, autocommit=True) as connection:
        connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))


def migrate(home: Path, address: str) -> None:
    """Give the empty database at ``address`` the schema; it is the home's from now on."""
    from django.core.management import call_command
    from django.db import connection

    from tests.office.homes import switch

    beside(home).write_text(address)
    switch(home)
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()


def move_rows(home: Path, address: str) -> None:
    """Fill the database at ``address``, which has the schema, with the home's rows in SQLite."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection, transaction

    from tests.office.homes import switch

    beside(home).unlink(missing_ok=True)
    switch(home)
    models = list(apps.get_models(include_auto_created=True))
    rows = [(model, list(model._base_manager.all())) for model in models]
    beside(home).write_text(address)
    switch(home)
    with transaction.atomic(), connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')
        for model, each in rows:
            model._base_manager.bulk_create(each)
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    connection.close()
    (home / "state.sqlite3").unlink()
