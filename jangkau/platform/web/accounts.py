"""Signing in with django-allauth: nobody signs up, sessions are one's own, and what happens is an event."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from jangkau.platform.offices.models import User


def has_second_factor(*, user: User) -> bool:
    """Has he set up an authenticator or a passkey."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    found: bool = Authenticator.objects.filter(user=user, type__in=kinds).exists()
    return found


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class Institutions(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on finds users that were invited; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
