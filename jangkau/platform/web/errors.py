"""Pages for what goes wrong: a fault of ours, or a database that is away for a moment."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

AGAIN_AFTER = 5
"""Seconds after which it is worth trying again."""


def failed(request: HttpRequest) -> HttpResponse:
    """Whatever was raised on the way to an answer. It reads no database: that may be what failed."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return database_away()
    return HttpResponse(loader.get_template("500.html").render(), status=500)


def database_away() -> HttpResponse:
    page = loader.get_template("web/errors/database.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(AGAIN_AFTER)})
