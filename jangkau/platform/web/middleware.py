"""What every request passes: headers, one transaction, and the scope of whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template import loader
from django.utils import translation
from django.utils.translation import gettext as _

from jangkau.platform import scope
from jangkau.platform.web.accounts import has_second_factor, vouched_with_two_factors
from jangkau.platform.web.errors import database_away

Respond = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
OPEN_PATHS = ("/masuk/", "/keluar/", "/undangan/", "/akun/", "/publik/", "/bahasa/")
UNSCOPED = ("/healthz", "/readyz", "/metrics")
SECOND_FACTOR = "/akun/2fa/"
FULL = 507
"""The disk is full: told, and written down as an event, so the transaction holds."""


class Headers:
    """Security headers on every answer, one made in an error too. A view may set a policy of its own."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class Address:
    """From where a request comes: the nearest of those that our own proxies name. What a client says himself stands
    before them and counts for nothing; without proxies of ours the connection's address holds."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",")]
        if 0 < settings.PROXIES <= len(said):
            with suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ip_address(said[-settings.PROXIES]))
        return self.respond(request)


class Patience:
    """A client that says nothing for half a minute, or takes nothing, is let go, and its thread serves others: of a
    telephone that lost its connection no word comes."""

    SECONDS = 30.0

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        line = request.META.get("gunicorn.socket")
        if line is not None:
            line.settimeout(self.SECONDS)
        return self.respond(request)


class Drained:
    """A form that is answered unread, because it is too large or nobody is signed in any more, is read to its end and
    thrown away, else the browser never sees the answer; unless that would take for ever."""

    LARGE, LARGEST, AT_ONCE = 2**16, 2**28, 2**20

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and self.LARGE < int(announced) <= self.LARGEST:
            with suppress(OSError):
                while request._stream.read(self.AT_ONCE):  # it knows where the form ends
                    pass
        return response


class Readable:
    """An address that names nothing: signs that no name of ours has."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any(ord(sign) < 32 or ord(sign) == 127 for sign in request.path):
            raise Http404
        return self.respond(request)


class NotThatWay:
    """A page for a method that an address does not know."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method != "HEAD":
            response.content = loader.get_template("405.html").render()
        return response


class OneTransaction:
    """A request is one transaction: it writes all or nothing, and its scope ends with it."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in UNSCOPED:
            # nobody's pages: outside of a transaction a session is not found, and one that is not found is ended
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
            return self.respond(request)
        try:
            with transaction.atomic():
                scope.enter(kind="signin")
                response = self.respond(request)
                if response.status_code >= 500 and response.status_code != FULL:
                    transaction.set_rollback(True)
                return response
        except (OperationalError, InterfaceError) as error:
            return database_away(error=error)


class Language:
    """Indonesian, unless the reader chose English here: what a browser was shipped with is nobody's choice."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = "en" if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) == "en" else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = chosen
        with translation.override(chosen):
            response = self.respond(request)
        response.headers.setdefault("Content-Language", chosen)
        return response


class Scope:
    """From here on the request sees what its user may see, and nothing without one."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in UNSCOPED:
            return self.respond(request)
        user = request.user
        signing_in = request.path.startswith(OPEN_PATHS)
        if user.is_authenticated:
            needs = user.kind.needs_second_factor and not user.for_demonstration
            lacks = needs and not has_second_factor(user=user) and not vouched_with_two_factors(request=request)
            scope.enter(kind="user", number=user.pk)
            if lacks and not signing_in:
                messages.warning(
                    request, _("Peran Anda memerlukan langkah kedua. Pasang satu, lalu Anda dapat bekerja.")
                )
                return HttpResponseRedirect(SECOND_FACTOR)
            return self.respond(request)
        if signing_in:
            return self.respond(request)
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")
