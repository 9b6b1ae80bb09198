from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0008_indexes_of_pages"),
    ]

    operations = [
        migrations.AddField(
            model_name="deniedattempt",
            name="times",
            field=models.BigIntegerField(default=1),
        ),
        migrations.CreateModel(
            name="CountedDenial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("person", models.CharField(max_length=80)),
                ("batch", models.CharField(blank=True, max_length=80)),
                ("reason", models.CharField(max_length=80)),
                ("since", models.DateTimeField(db_index=True)),
                ("times", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddConstraint(
            model_name="counteddenial",
            constraint=models.UniqueConstraint(
                fields=("kind", "person", "batch", "reason"), name="one_count_of_what_is_alike"
            ),
        ),
    ]
