"""The way to the provider of an institution and back; when it does not answer, a page says so."""

from __future__ import annotations

import logging
from collections.abc import Callable

from allauth.socialaccount.providers.openid_connect import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

log = logging.getLogger(__name__)


def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the provider."""
    return _answered(request, provider_id, views.login)


def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from it, with what it says."""
    return _answered(request, provider_id, views.callback)


def _answered(request: HttpRequest, provider_id: str, view: Callable[..., HttpResponse]) -> HttpResponse:
    try:
        return view(request, provider_id)
    except RequestException as error:
        log.warning("the provider of %s does not answer: %s", provider_id, type(error).__name__)
        return render(request, "socialaccount/authentication_error.html", status=502)
