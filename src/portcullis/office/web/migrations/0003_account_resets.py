from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office_web", "0002_spent_tokens")]

    operations = [
        migrations.CreateModel(
            name="AccountReset",
            fields=[
                (
                    "person",
                    models.CharField(max_length=80, primary_key=True, serialize=False),
                ),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
