from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0007_single_requests"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["kind", "position"], name="entries_of_a_kind"),
        ),
        migrations.AddIndex(
            model_name="act",
            index=models.Index(fields=["kind", "at"], name="acts_of_a_kind"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["state", "received_on"], name="batches_in_a_state"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["received_on", "id"], name="batches_by_receipt"),
        ),
        migrations.AddIndex(
            model_name="package",
            index=models.Index(fields=["batch", "state"], name="packages_of_a_batch"),
        ),
        migrations.AddIndex(
            model_name="deniedattempt",
            index=models.Index(fields=["kind"], name="denials_of_an_act"),
        ),
        migrations.AddIndex(
            model_name="deniedattempt",
            index=models.Index(fields=["reason"], name="denials_by_reason"),
        ),
        migrations.AddIndex(
            model_name="deniedattempt",
            index=models.Index(fields=["at"], name="denials_by_day"),
        ),
    ]
