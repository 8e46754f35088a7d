"""Bitmaps by which the gap list is looked up, instead of an index for each filter; made for runs that are there."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations

_SQL = Path(__file__).parent.parent / "sql"
_FOLLOW = """
CREATE TRIGGER follow AFTER UPDATE OF status, open ON registry_gap FOR EACH ROW
    WHEN (OLD.status <> NEW.status OR OLD.open <> NEW.open) EXECUTE FUNCTION registry_mark_gap();
CREATE TRIGGER follow AFTER UPDATE OF status, open ON registry_sharedgap FOR EACH ROW
    WHEN (OLD.status <> NEW.status OR OLD.open <> NEW.open) EXECUTE FUNCTION registry_mark_shared();
"""


def _build(apps: Any, schema_editor: Any) -> None:
    from jangkau.platform.registry import bitmaps

    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM registry_run WHERE state = 'loaded' AND dropped_at IS NULL ORDER BY id")
        for (run,) in cursor.fetchall():
            with tempfile.TemporaryDirectory(dir=settings.HOME.runs, prefix=".bitmap-") as scratch:
                bitmaps.build_again(cursor=cursor, run=run, scratch=Path(scratch))


def _back(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        for parent in ("registry_gap", "registry_sharedgap"):
            cursor.execute(f"DROP TRIGGER follow ON {parent}")
        cursor.execute("DROP TABLE registry_bitmap CASCADE")
        cursor.execute("DROP INDEX registry_sharedgap_place, registry_sharedgap_name")
        for name in ("gap_table.sql", "shared_table.sql"):
            for line in (_SQL / name).read_text(encoding="utf-8").splitlines():
                if line.startswith("CREATE INDEX"):
                    cursor.execute(line.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS"))


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_results")]

    operations = [
        migrations.RunSQL((_SQL / "bitmap_table.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.RunSQL((_SQL / "bitmaps.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.RunSQL(_FOLLOW, migrations.RunSQL.noop),
        migrations.RunPython(_build, _back),
    ]
