"""Functions and policies of the database, from the SQL files of each app; and the proof that no table was forgotten."""

from __future__ import annotations

from importlib.resources import files

from django.db import connection, transaction

from jangkau.complaints import Complaint, Text

APPS = ("offices", "intake", "registry", "coverage", "web")
ORDER = ("scope.sql", "events.sql", "bitmaps.sql", "decisions.sql", "views.sql", "policies.sql")
_WITHOUT_POLICIES = """
DO $$
DECLARE p RECORD;
BEGIN
    FOR p IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' AND tablename ~
        '^(offices|intake|registry|coverage|web|django|account|mfa|usersessions|socialaccount)_' LOOP
        EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
    END LOOP;
END $$
"""
OPEN = frozenset({"web_cache", "django_content_type"})
"""Tables without row security that the web may read: they hold nothing about anybody."""


_BARE = """
SELECT c.relname FROM pg_class AS c JOIN pg_roles AS o ON o.oid = c.relowner
WHERE c.relnamespace = 'public'::regnamespace AND has_any_column_privilege('jangkau_web', c.oid, 'SELECT') AND CASE
    WHEN c.relkind IN ('r', 'p') THEN NOT c.relrowsecurity
    -- a view reads as its owner: one who is bound by row security, since he owns no table and may not bypass it
    WHEN c.relkind = 'v' THEN NOT coalesce('security_invoker=true' = ANY (c.reloptions), FALSE)
        AND (o.rolsuper OR o.rolbypassrls
            OR EXISTS (SELECT 1 FROM pg_class AS t WHERE t.relowner = c.relowner AND t.relkind IN ('r', 'p', 'm')))
    ELSE c.relkind IN ('m', 'f') END
ORDER BY 1
"""


@transaction.atomic
def apply(*, scope_key: str) -> None:
    """Make functions, views and policies anew, as the owner. Complaint when a table or view the web can read has no row
    security."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_POLICIES)
        for name in ORDER:
            for app in APPS:
                found = files("jangkau.platform") / app / "sql" / name
                if found.is_file():
                    cursor.execute(found.read_text(encoding="utf-8"))
        cursor.execute(
            "INSERT INTO offices_scope_key (id, key) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET key = excluded.key",
            [scope_key],
        )
        cursor.execute(_BARE)
        bare = [name for (name,) in cursor.fetchall() if name not in OPEN]
    if bare:
        raise Complaint(
            what=Text("Ada tabel tanpa batas baris.", "There are tables without row security."),
            where=", ".join(bare),
            why=Text("Web dapat membaca semuanya.", "The web could read all of them."),
            do=Text("Tambahkan kebijakan di sql/policies.sql.", "Add a policy in sql/policies.sql."),
        )
