"""Pages of the administrator and the auditor: users and events. Nobody whom we protect is shown here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from jangkau.complaints import Complaint
from jangkau.platform.offices import actions
from jangkau.platform.offices.models import Event, Institution, Office, User
from jangkau.platform.offices.roles import ROLES
from jangkau.platform.web.asking import SignedIn, only
from jangkau.platform.web.saying import said

EVENTS_A_PAGE = 50


class InvitationForm(forms.Form):
    """Whom to invite, and to what."""

    email = forms.EmailField(label=gettext_lazy("Surel"))
    name = forms.CharField(label=gettext_lazy("Nama"), max_length=120)
    role = forms.ChoiceField(label=gettext_lazy("Peran"))
    office = forms.ModelChoiceField(Office.objects.none(), label=gettext_lazy("Kantor"), required=False)
    institution = forms.ModelChoiceField(Institution.objects.none(), label=gettext_lazy("Lembaga"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(one.code, said(text=one.name)) for one in ROLES.values()]
        self.fields["role"] = forms.ChoiceField(label=gettext_lazy("Peran"), choices=names)
        for name, found in (("office", Office.objects.all()), ("institution", Institution.objects.all())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - as declared
            field.queryset = found


@require_safe
def users(request: SignedIn) -> HttpResponse:
    only(request=request, roles=("administrator",))
    found = User.objects.select_related("office", "institution")
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
            link = request.build_absolute_uri(reverse("accept_invitation", args=[token]))
            send_mail(
                _("Undangan ke Jangkau"),
                _("Anda diundang ke Jangkau. Buat kata sandi dalam tujuh hari: %s") % link,
                None,
                [form.cleaned_data["email"]],
            )
            shown = "" if settings.EMAIL_HOST else link
            return render(request, "web/invited.html", {"link": shown, "email": form.cleaned_data["email"]})
    return render(request, "web/form.html", {"form": form, "title": _("Undang pengguna"), "send": _("Undang")})


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
