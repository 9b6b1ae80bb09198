from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0003_erasure"),
    ]

    operations = [
        migrations.CreateModel(
            name="LossApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("statement", models.JSONField()),
                ("person", models.CharField(max_length=80)),
                ("signature", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("digest", "person"), name="one_loss_approval_a_person"
                    )
                ],
            },
        ),
    ]
