from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office_web", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SpentToken",
            fields=[
                (
                    "digest",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
        ),
    ]
