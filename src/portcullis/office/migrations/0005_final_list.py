from django.db import migrations, models


def mark_final(apps, _schema_editor):
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
