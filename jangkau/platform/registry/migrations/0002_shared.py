"""What the lists of one institution say of people who are on lists of others too."""

from pathlib import Path

from django.db import migrations

_SHARED = (Path(__file__).parent.parent / "sql" / "shared_table.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [migrations.RunSQL(_SHARED, "DROP TABLE registry_sharedgap CASCADE")]
