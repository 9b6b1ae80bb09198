import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office_web", "0003_account_resets")]

    operations = [
        migrations.CreateModel(
            name="KeptForm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person", models.CharField(db_index=True, max_length=80)),
                ("path", models.CharField(max_length=1000)),
                ("sealed", models.BinaryField()),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
