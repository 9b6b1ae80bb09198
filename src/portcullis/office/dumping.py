"""A PostgreSQL database in a backup: all rows as they stood at one moment, a file a table.

The rows are written by COPY, inside one REPEATABLE READ transaction; nobody waits for it. The
schema is not saved: it is made anew by the same migrations that had made it, so that a backup may
be put back into another version of PostgreSQL, or by a later version of this program. No tool of
the server's is needed.
"""

import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from psycopg import sql

from portcullis import progress
from portcullis.errors import Misuse
from portcullis.office.apps import OfficeConfig
from portcullis.office.putting_back import SERVED
from portcullis.tables import publish

CONTENTS = "contents.json"
_CHUNK = 1 << 20  # bytes
# Where a row shows that a home's state is there: the holder's, and the requester's.
_STATE = ("office_entry", "requesting_draft", "auth_user")

Key = tuple[str, str]  # of a migration: its app and its name


def dump(folder: Path, show: progress.Show = progress.unseen) -> None:
    """Write every table of the open home's database into the new folder ``folder``.

    Those of the pages too, which the command line does not know; then the file ``SERVED`` is there.
    The snapshot is taken when this is called. Its connection is its own: locks are held by the
    other.
    """
    folder.mkdir(parents=True, mode=0o700)
    own = connections.create_connection("default")
    with closing(own), own.cursor() as cursor:
        cursor.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        migrations = cursor.fetchall()
        names = sorted(own.introspection.table_names(cursor))
        kept: dict[str, dict[str, Any]] = {}
        with progress.step(show, "Copy the database", len(names), "tables") as advance:
            for name in names:
                described = own.introspection.get_table_description(cursor, name)
                columns = [column.name for column in described]
                with (
                    (folder / f"{name}.copy").open("wb") as out,
                    cursor.copy(_copy(name, columns, "TO STDOUT")) as rows,
                ):
                    for data in rows:
                        out.write(data)
                kept[name] = {"columns": columns, "rows": cursor.rowcount}
                advance(1)
        cursor.execute("COMMIT")
    said = {"migrations": migrations, "tables": kept}
    publish(folder / CONTENTS, json.dumps(said, indent=1).encode())
    if {app for app, _ in migrations} != {OfficeConfig.label}:
        publish(folder / SERVED, b"")


def check_free() -> None:
    """Raise Misuse unless the open home's database is PostgreSQL and holds no home's state."""
    if connection.vendor != "postgresql":
        raise Misuse(
            "This is the backup of a home whose state is in PostgreSQL.",
            "Make an empty database, and name it by DATABASE_URL.",
        )
    with connection.cursor() as cursor:
        for name in set(_STATE) & set(connection.introspection.table_names(cursor)):
            query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name))
            cursor.execute(query)
            if cursor.fetchone() == (True,):
                raise Misuse(
                    "The database that DATABASE_URL names holds a home's state already.",
                    "Make an empty database, and name that.",
                )


def load(folder: Path, show: progress.Show = progress.unseen) -> None:
    """Make the schema as it was, and put back every row of ``folder``, all at once or none.

    Cut off before its end it may be run again. Raises Misuse as ``check_free``; where the backup
    is of a later version; and where rows are missing in it. A table that is not Portcullis's own is
    passed by.
    """
    check_free()
    said = json.loads((folder / CONTENTS).read_text())
    _make_schema([(app, name) for app, name in said["migrations"]])
    there = set(connection.introspection.table_names())
    kept: dict[str, dict[str, Any]] = {
        name: one for name, one in said["tables"].items() if name in there
    }
    with (
        progress.step(show, "Put the database back", len(kept), "tables") as advance,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        every = sql.SQL(", ").join(map(sql.Identifier, kept))
        cursor.execute(sql.SQL("TRUNCATE {}").format(every))
        for name, one in kept.items():
            with (
                (folder / f"{name}.copy").open("rb") as source,
                cursor.copy(_copy(name, one["columns"], "FROM STDIN")) as rows,
            ):
                while data := source.read(_CHUNK):
                    rows.write(data)
            if cursor.rowcount != one["rows"]:
                raise Misuse(
                    f"The backup has {cursor.rowcount} of the {one['rows']} rows of {name}.",
                    "Take another backup. Nothing was put back.",
                )
            advance(1)
        models: list[type[Model]] = [
            MigrationRecorder.Migration,
            *apps.get_models(include_auto_created=True),
        ]
        counted = [model for model in models if model._meta.db_table in kept]
        for statement in connection.ops.sequence_reset_sql(no_style(), counted):
            cursor.execute(statement)


def _copy(table: str, columns: Iterable[str], how: str) -> sql.Composed:
    return sql.SQL("COPY {} ({}) " + how).format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )


def _make_schema(recorded: list[Key]) -> None:
    """Bring the empty database to exactly the migrations ``recorded``."""
    executor = MigrationExecutor(connection)
    known = executor.loader.graph.nodes
    recorded = [key for key in recorded if key[0] in executor.loader.migrated_apps]
    if set(recorded) - set(known):
        raise Misuse(
            "This backup was made by a later version.", "Put it back with that version or a newer."
        )
    if set(executor.loader.applied_migrations) - set(recorded):
        raise Misuse(
            "The database that DATABASE_URL names was made by another version than the backup.",
            "Make an empty database, and name that.",
        )
    nodes = executor.loader.graph.node_map
    followed = {
        parent.key for key in recorded for parent in nodes[key].parents if parent.key[0] == key[0]
    }
    executor.migrate([key for key in recorded if key not in followed])
