"""Codes of an authenticator, each counting once for as long as it would be right."""

from __future__ import annotations

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from django.core.cache import cache


class Once:
    """Refuse a code that was used before. The library remembers one for thirty seconds, and takes it for ninety once
    its neighbours in time count too (RFC 6238, section 5.2: never a second time)."""

    user: Any

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        digits = "".join(filter(str.isdigit, code))
        right_for = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        if not cache.add(f"code_used:{self.user.pk}:{digits}", True, timeout=right_for):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(Once, forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ReauthenticateForm(Once, forms.ReauthenticateForm):  # type: ignore[misc]
    """Asked again before something that matters."""
