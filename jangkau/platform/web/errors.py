"""Pages for what goes wrong: a fault of ours, or a database that is away for a moment."""

from __future__ import annotations

import logging
import sys

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

log = logging.getLogger(__name__)
AGAIN_AFTER = 5
"""Seconds after which it is worth trying again."""


def failed(request: HttpRequest) -> HttpResponse:
    """Whatever was raised on the way to an answer. It reads no database: that may be what failed."""
    error = sys.exc_info()[1]
    if isinstance(error, (OperationalError, InterfaceError)):
        return database_away(error=error)
    if isinstance(error, DataError):  # a value that no column takes: a NUL, a number beyond all numbers
        return HttpResponse(loader.get_template("400.html").render(), status=400)
    return HttpResponse(loader.get_template("500.html").render(), status=500)


def database_away(*, error: Exception) -> HttpResponse:
    """The log gets the kind of error as PostgreSQL counts them, and none of its words."""
    cause = error.__cause__ or error
    log.warning("the database is away: %s %s", type(cause).__name__, getattr(cause, "sqlstate", None) or "")
    page = loader.get_template("web/errors/database.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(AGAIN_AFTER)})
