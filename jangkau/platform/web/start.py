"""The first page after signing in: the room in which this role works."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from jangkau.platform.web.asking import SignedIn
from jangkau.platform.web.context import rooms_of


def start(request: SignedIn) -> HttpResponse:
    rooms = rooms_of(role=request.user.kind.code)
    if rooms:
        return redirect(rooms[0][0])
    return render(request, "web/start.html")
