"""The scope of a transaction: who is asking, signed so that SQL alone cannot make one up (offices/sql/scope.sql)."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

from django.conf import settings
from django.db import connection

Kind = Literal["user", "signin", "public"]


def signed(*, kind: Kind, number: int | None, key: str) -> str:
    """KIND:ID:SIGNATURE, as scope_read() of the database checks it."""
    said = f"{kind}:{'' if number is None else number}"
    inner = sha256(f"{key}|{said}".encode()).digest()
    return f"{said}:{sha256(key.encode() + inner).hexdigest()}"


def enter(*, kind: Kind, number: int | None = None) -> None:
    """Set the scope until the transaction ends. Outside of one it would hold for nothing, so that is refused."""
    if not connection.in_atomic_block:
        raise RuntimeError("a scope is set within a transaction")
    with connection.cursor() as cursor:
        value = signed(kind=kind, number=number, key=settings.SCOPE_KEY)
        cursor.execute("SELECT set_config('jangkau.scope', %s, TRUE)", [value])
