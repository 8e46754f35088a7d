"""The first page after signing in: the room in which this role works."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jangkau.platform.intake import queries
from jangkau.platform.offices.roles import SEE_LISTS
from jangkau.platform.web.asking import SignedIn
from jangkau.platform.web.context import rooms_of
from jangkau.platform.web.templatetags.wording import angka


def start(request: SignedIn) -> HttpResponse:
    rooms = rooms_of(role=request.user.kind.code)
    if request.user.role in SEE_LISTS and (waiting := queries.waiting(user=request.user)):
        messages.info(request, _("Kiriman yang menunggu persetujuan Anda: %(n)s.") % {"n": angka(waiting)})
    if rooms:
        return redirect(rooms[0][0])
    return render(request, "web/start.html")
