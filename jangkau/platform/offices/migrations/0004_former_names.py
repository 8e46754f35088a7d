"""Offices and institutions are renamed: figures of before are known by their former names. Codes as long as names."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


def _former() -> Any:
    return ArrayField(
        models.CharField(max_length=160), default=list, blank=True, help_text="figures of before are known by them"
    )


class Migration(migrations.Migration):
    dependencies = [("offices", "0003_waiting_events")]

    operations = [
        migrations.AddField("institution", "former_names", _former()),
        migrations.AddField("office", "former_names", _former()),
        migrations.RunSQL(
            [
                f"ALTER TABLE {one} ALTER former_names SET DEFAULT '{{}}'"
                for one in ("offices_institution", "offices_office")
            ],
            migrations.RunSQL.noop,
        ),
        migrations.AlterField("institution", "code", models.SlugField(max_length=160, unique=True)),
        migrations.AlterField("office", "code", models.SlugField(max_length=160, unique=True)),
    ]
