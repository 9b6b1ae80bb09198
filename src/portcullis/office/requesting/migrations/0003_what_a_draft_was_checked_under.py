from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_files(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Name the files in force of the drafts that are here: so far their generation did."""
    for draft in apps.get_model("requesting", "Draft").objects.exclude(generation=0):
        draft.files = str(draft.generation)
        draft.save(update_fields=["files"])


class Migration(migrations.Migration):
    dependencies = [("requesting", "0002_holder_keys_and_the_network")]

    operations = [
        migrations.AddField(
            "Draft",
            "files",
            models.CharField(blank=True, default="", max_length=36),
            preserve_default=False,
        ),
        migrations.AddField(
            "Draft",
            "checked_under",
            models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
        migrations.RunPython(name_files, migrations.RunPython.noop),
    ]
