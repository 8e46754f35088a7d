"""When a session was last used, told to its owner on the page of his sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

EXACT = timedelta(minutes=1)
"""How exactly. Written at each request, it made the pages that one browser asks for at once wait for each other."""


class Activity:
    """Note that a session was used, from where and with what, unless that was noted a moment ago."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated:
            recent = UserSession.objects.filter(session_key=key, last_seen_at__gt=timezone.now() - EXACT)
            if not recent.exists():
                UserSession.objects.create_from_request(request)
        return self.respond(request)
