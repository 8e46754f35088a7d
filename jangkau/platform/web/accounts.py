"""Signing in with django-allauth: nobody signs up, sessions are one's own, and what happens is an event."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import User
from jangkau.platform.web.asking import address_of


def has_second_factor(*, user: User) -> bool:
    """Has he set up an authenticator or a passkey."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    found: bool = Authenticator.objects.filter(user=user, type__in=kinds).exists()
    return found


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by invitation only. Who signs in, fails to, or signs out is an event."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who was dismissed is nobody, and is told what a stranger is told."""
        found: User | None = super().authenticate(request, **credentials)
        if found is not None and not found.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return found

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """By a passkey or single sign-on, likewise."""
        return HttpResponseRedirect(settings.LOGIN_URL)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        record(verb="signed_in", thing="user", thing_id=user.pk, address=address_of(request=request), by=user)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        record(verb="sign_in_failed", address=address_of(request=request))
        super().authentication_failed(request, **credentials)

    def logout(self, request: HttpRequest) -> None:
        record(verb="signed_out", address=address_of(request=request))
        super().logout(request)


class Institutions(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on finds users that were invited; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
