from collections.abc import Iterator
from pathlib import Path

import django.db.models.deletion
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model

from portcullis import tables
from portcullis.errors import Misuse
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable


def give_each_its_secret(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Wrap every key again, under the secret of what it belongs to; the window's files likewise.

    Until now one key of the home's wrapped them all, and nothing could be erased from a backup.
    """
    home = Home(Path(settings.HOME))
    for what, row, column in _wrapped(apps):
        home.secrets.draw(what)
        key = aes_key_unwrap(home.derived_key("wrapping"), bytes(getattr(row, column)))
        setattr(row, column, home.wrap(key, what))
        row.save(update_fields=[column])
        if what.kind == "batch" and column == "wrapped_key":
            _seal_window(home, what.id, key)


def _wrapped(apps: Apps) -> Iterator[tuple[Erasable, Model, str]]:
    def rows(name: str) -> Iterator[Model]:
        yield from apps.get_model("office", name).objects.all().iterator()

    for batch in rows("Batch"):
        yield Erasable.batch(str(batch.pk)), batch, "wrapped_key"
    for history in rows("History"):
        yield Erasable.history(str(history.pk)), history, "wrapped_key"
    for each in rows("Reexamination"):
        yield Erasable.reexamination(each.pk), each, "wrapped_key"
    for package in apps.get_model("office", "Package").objects.exclude(wrapped_half=None):
        yield Erasable.batch(package.batch_id), package, "wrapped_half"


def _seal_window(home: Home, batch_id: str, key: bytes) -> None:
    path = home.path / "window" / f"{batch_id}.tbl"
    if path.exists():
        # Each is one small table; one sealed before a crash is simply sealed again.
        old = home.derived_key("window-files")
        try:
            remembered = tables.read_table(path, old)
        except Misuse:
            return
        tables.write_table(path, remembered, key)


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0002_readings_and_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("subject", models.CharField(max_length=80)),
                ("on", models.DateField()),
                ("days", models.IntegerField()),
                ("finished", models.BooleanField(default=False)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="office.entry"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "subject"), name="one_erasure_each")
                ],
            },
        ),
        migrations.RunPython(give_each_its_secret, migrations.RunPython.noop),
    ]
