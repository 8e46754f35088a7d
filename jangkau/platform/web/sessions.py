"""Sessions in the database, each within reach of him alone who knows its key (offices/sql/policies.sql)."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection


def _say(key: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('jangkau.session', %s, TRUE)", [key or ""])


class SessionStore(db.SessionStore):
    """Says the key before each look."""

    def load(self) -> dict[str, Any]:
        _say(self.session_key)
        return super().load()

    def exists(self, session_key: str) -> bool:
        _say(session_key)
        return super().exists(session_key)

    def save(self, must_create: bool = False) -> None:
        if self.session_key is not None:
            _say(self.session_key)
        super().save(must_create)

    def delete(self, session_key: str | None = None) -> None:
        _say(session_key or self.session_key)
        super().delete(session_key)
        _say(self.session_key)  # the key was changed: what follows belongs to the new one
