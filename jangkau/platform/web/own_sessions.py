"""Where somebody is signed in; he ends one session or all others."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jangkau.platform.offices.events import record
from jangkau.platform.web.asking import SignedIn, address_of


@require_POST
def end(request: SignedIn, number: int) -> HttpResponse:
    """End one of one's own sessions; that of this browser ends by signing out."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    found = get_object_or_404(UserSession, pk=number, user=request.user)
    if not found.is_current():
        found.end()
        record(verb="ended_sessions", thing="user", thing_id=request.user.pk, address=address_of(request=request))
        messages.success(request, _("Sesi diakhiri."))
    return redirect("usersessions_list")
