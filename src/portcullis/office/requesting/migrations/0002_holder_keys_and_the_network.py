import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requesting", "0001_initial")]

    operations = [
        migrations.AddField("draft", "network", models.JSONField(default=dict)),
        migrations.CreateModel(
            name="ProposedKeys",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("text", models.TextField()),
                ("fingerprint", models.CharField(max_length=64)),
                ("replaces", models.CharField(blank=True, max_length=64)),
                ("signature", models.TextField()),
                ("decision", models.CharField(blank=True, max_length=10)),
                ("decided_by", models.CharField(blank=True, max_length=80)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_signature", models.TextField(blank=True)),
            ],
        ),
    ]
