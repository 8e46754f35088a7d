"""Signing in with django-allauth: nobody signs up, sessions are one's own, and what happens is an event."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import Invitation, User
from jangkau.platform.single_sign_on import Provider
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

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of somebody who has signed in just now: a password asked for twice in a minute teaches to type it
        wherever it is asked for."""
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0)
        return bool(time.time() - latest >= app_settings.REAUTHENTICATION_TIMEOUT)

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


def vouched_with_two_factors(*, request: HttpRequest) -> bool:
    """Has he signed in at a provider that asks for a second factor itself."""
    asking = {one.institution for one in settings.SINGLE_SIGN_ON if one.second_factor}
    records = get_authentication_records(request, request.user)
    return any(one.get("method") == "socialaccount" and one.get("provider") in asking for one in records)


class Institutions(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on finds users who were invited at the institution that vouches for them; it makes none, and a
    stranger is told nothing about who was invited."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        vouching = next(one for one in settings.SINGLE_SIGN_ON if one.institution == sociallogin.account.provider)
        user = _vouched_for(sociallogin, vouching) if sociallogin.state.get("process") == "login" else None
        if user is None:
            record(verb="refused_single_sign_on", address=address_of(request=request), institution=vouching.institution)
            raise ImmediateHttpResponse(render(request, "web/not_invited.html", {"name": vouching.name}, status=403))
        if not sociallogin.is_existing:
            sociallogin.connect(request, user)
            Invitation.objects.filter(user=user).delete()  # he needs no password any more
            record(verb="connected_single_sign_on", thing="user", thing_id=user.pk, by=user)


def _vouched_for(sociallogin: SocialLogin, vouching: Provider) -> User | None:
    """Whom the provider means: somebody active at its institution, known by it before or by an address that it has
    verified."""
    if sociallogin.is_existing:
        found: User | None = sociallogin.user
    else:
        addresses = [one.email for one in sociallogin.email_addresses if one.verified or vouching.trust_email]
        found = User.objects.filter(email__iexact=addresses[0]).first() if addresses else None
    if found is None or not found.is_active or found.institution is None:
        return None
    return found if found.institution.code == vouching.institution else None
