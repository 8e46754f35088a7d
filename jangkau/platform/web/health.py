"""Is the process there, is all it needs there, and how much has it done."""

from __future__ import annotations

import shutil
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

LEAST_FREE = 500_000_000
"""Bytes that must be free on the disk of the home."""


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations, worker and disk; 503 when one of them is not ready."""
    found = {"database": False, "migrations": False, "worker": False, "disk": False}
    found["disk"] = shutil.disk_usage(settings.HOME.folder).free > LEAST_FREE
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT migrations, worker_seen_at FROM web_ready()")
            found["database"] = True
            migrations, seen = cursor.fetchone()
        found["migrations"] = migrations == _newest()
        found["worker"] = seen is not None and seen > timezone.now() - timedelta(seconds=60)
    except Error:
        pass
    return JsonResponse(found, status=200 if all(found.values()) else 503)


@cache
def _newest() -> int:
    """How many migrations this version has; files do not change while it runs."""
    from django.db.migrations.loader import MigrationLoader

    return len(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
