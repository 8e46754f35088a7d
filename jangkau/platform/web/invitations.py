"""The page on which somebody who was invited sets a password."""

from __future__ import annotations

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from jangkau.platform.offices import actions


class PasswordForm(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label=_("Kata sandi baru"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(label=_("Sekali lagi"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, str]:
        values = super().clean() or {}
        if values.get("password") and values.get("again") and values["password"] != values["again"]:
            raise forms.ValidationError(_("Keduanya tidak sama."))
        if values.get("password"):
            validate_password(values["password"])
        return values


class FirstForm(PasswordForm):
    """The first administrator says who he is."""

    email = forms.EmailField(label=_("Surel"))
    name = forms.CharField(label=_("Nama"), max_length=120)
    field_order = ("email", "name", "password", "again")


@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    user = actions.invited(token=token, now=timezone.now())
    if user is None:
        return render(request, "web/invitation_gone.html", status=410)
    form = (FirstForm if user.email == actions.FIRST else PasswordForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        actions.accept(
            token=token,
            password=values["password"],
            now=timezone.now(),
            email=values.get("email", ""),
            name=values.get("name", ""),
        )
        return redirect("account_login")
    return render(request, "web/form.html", {"form": form, "title": _("Buat kata sandi"), "send": _("Simpan")})
