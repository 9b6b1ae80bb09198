from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office_web", "0004_kept_forms")]

    operations = [
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "name",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("value", models.JSONField()),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
        # What was kept there was unpickled when it was read.
        migrations.RunSQL("DROP TABLE IF EXISTS office_web_cache", migrations.RunSQL.noop),
    ]
