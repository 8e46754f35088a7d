"""Files of results of a delivery; files and people that were removed after their days."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("registry", "0002_shared")]

    operations = [
        migrations.AddField(
            model_name="export",
            name="delivery",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+",
                to="intake.delivery",
            ),
        ),
        migrations.AlterField(
            model_name="export",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "Disiapkan"), ("ready", "Siap diunduh"), ("failed", "Gagal"), ("gone", "Sudah dihapus"),
                ],
                default="asked",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="dropped_at",
            field=models.DateTimeField(
                blank=True, null=True, help_text="Sejak itu orangnya tidak lagi di basis data."
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.CheckConstraint(
                condition=models.Q(("current", False), ("dropped_at", None), _connector="OR"),
                name="the_current_run_has_its_people",
            ),
        ),
    ]  # fmt: skip
