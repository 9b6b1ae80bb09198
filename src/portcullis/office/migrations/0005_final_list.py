from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def mark_final(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("office", "DeterminationList").objects.filter(number=2).update(final=True)


class Migration(migrations.Migration):
    dependencies = [("office", "0004_loss_approval")]

    operations = [
        migrations.AddField(
            model_name="determinationlist",
            name="final",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(mark_final, migrations.RunPython.noop),
    ]
