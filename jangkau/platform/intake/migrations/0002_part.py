"""Files that arrive part by part."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Part",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("size", models.BigIntegerField()),
                (
                    "modified",
                    models.BigIntegerField(help_text="Waktu perubahan menurut peramban, dalam milidetik."),
                ),
                ("started_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at", "pk"],
                "indexes": [models.Index(fields=["by", "-started_at"], name="parts_of_a_user")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="a_part_is_of_something")
                ],
            },
        ),
    ]
