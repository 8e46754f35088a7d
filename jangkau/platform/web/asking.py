"""Requests of people who signed in."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from jangkau.platform.offices.models import User


class SignedIn(HttpRequest):
    """A request that the middleware let through: its user is one of ours."""

    user: User
    LANGUAGE_CODE: str


def only(*, request: SignedIn, roles: tuple[str, ...]) -> None:
    """PermissionDenied for another role."""
    if request.user.role not in roles:
        raise PermissionDenied


def address_of(*, request: HttpRequest) -> str | None:
    """Where a request comes from, for the event log."""
    return request.META.get("REMOTE_ADDR") or None
