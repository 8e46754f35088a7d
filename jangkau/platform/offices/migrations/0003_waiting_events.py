"""Events wait for the end of their transaction: a table of their own until then."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("offices", "0002_institution_closed_at"),
    ]

    operations = [
        migrations.RunSQL(
            # it answered a number before; sql/events.sql makes it anew
            "DROP FUNCTION IF EXISTS offices_record(TEXT, TEXT, TEXT, TEXT, INET, JSONB, BIGINT)",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="event",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="WaitingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("role", models.CharField(blank=True, max_length=20)),
                ("verb", models.CharField(max_length=40)),
                ("thing", models.CharField(blank=True, max_length=40)),
                ("thing_id", models.CharField(blank=True, max_length=64)),
                ("purpose", models.CharField(blank=True, max_length=200)),
                ("address", models.GenericIPAddressField(null=True)),
                ("detail", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
