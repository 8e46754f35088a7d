"""Pages of the administrator and the auditor: users and events. Nobody whom we protect is shown here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from jangkau.complaints import Complaint
from jangkau.platform.offices import actions
from jangkau.platform.offices.models import Event, Institution, Invitation, Office, User
from jangkau.platform.offices.roles import ROLES
from jangkau.platform.web.asking import SignedIn, only
from jangkau.platform.web.saying import said

EVENTS_A_PAGE = 50


class InvitationForm(forms.Form):
    """Whom to invite, and to what."""

    email = forms.EmailField(label=gettext_lazy("Surel"))
    name = forms.CharField(label=gettext_lazy("Nama"), max_length=120)
    role = forms.ChoiceField(label=gettext_lazy("Peran"))
    office = forms.ModelChoiceField(
        Office.objects.none(), label=gettext_lazy("Kantor"), required=False,
        help_text=gettext_lazy("Hanya untuk kantor wilayah, kepala cabang, dan petugas cabang."),
    )  # fmt: skip
    institution = forms.ModelChoiceField(
        Institution.objects.none(), label=gettext_lazy("Lembaga"), required=False,
        help_text=gettext_lazy("Hanya untuk petugas bank, petugas kementerian atau pemda, dan jaksa."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(one.code, said(text=one.name)) for one in ROLES.values()]
        self.fields["role"] = forms.ChoiceField(label=gettext_lazy("Peran"), choices=names)
        for name, found in (("office", Office.objects.all()), ("institution", _open_institutions())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - as declared
            field.queryset = found


def _open_institutions() -> QuerySet[Institution]:
    return Institution.objects.filter(closed_at=None)


@require_safe
def users(request: SignedIn) -> HttpResponse:
    only(request=request, roles=("administrator",))
    waiting = Exists(Invitation.objects.filter(user=OuterRef("pk")))
    found = User.objects.select_related("office", "institution").annotate(waits=waiting)
    return render(request, "web/users.html", {"users": found})


def invite(request: SignedIn) -> HttpResponse:
    only(request=request, roles=("administrator",))
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token = actions.invite(**form.cleaned_data, now=timezone.now(), by=request.user)
        except Complaint as complaint:
            form.add_error(None, said(text=complaint.why))
        else:
            return _invited(request, form.cleaned_data["email"], token)
    return render(
        request, "web/form.html", {"form": form, "title": _("Undang pengguna"), "send": _("Undang"), "back": "users"}
    )


def _invited(request: SignedIn, email: str, token: str) -> HttpResponse:
    """Send the link of an invitation; without a mail server the administrator passes it on."""
    link = request.build_absolute_uri(reverse("accept_invitation", args=[token]))
    send_mail(
        _("Undangan ke Jangkau"),
        _("Anda diundang ke Jangkau. Buat kata sandi dalam tujuh hari: %s") % link,
        None,
        [email],
    )
    return render(request, "web/invited.html", {"link": "" if settings.EMAIL_HOST else link, "email": email})


@require_POST
def invite_again(request: SignedIn, number: int) -> HttpResponse:
    """A new invitation for somebody who lost what he signs in with, or who comes back."""
    only(request=request, roles=("administrator",))
    user = get_object_or_404(User.objects.select_related("institution"), pk=number)
    try:
        token = actions.start_anew(user=user, now=timezone.now(), by=request.user)
    except Complaint as complaint:
        messages.error(request, said(text=complaint.why))
        return redirect("users")
    return _invited(request, user.email, token)


@require_POST
def dismiss(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=("administrator",))
    try:
        actions.dismiss(user=get_object_or_404(User, pk=number), by=request.user)
    except Complaint as complaint:
        messages.warning(request, " ".join(said(text=one) for one in (complaint.what, complaint.why)))
    return redirect("users")


@require_safe
def events(request: SignedIn) -> HttpResponse:
    only(request=request, roles=("auditor",))
    page = Paginator(Event.objects.select_related("by").order_by("-pk"), EVENTS_A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "web/events.html", {"page": page})
