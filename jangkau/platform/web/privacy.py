"""Pages of personal data: requests of people with their deadlines, and the register of processing."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from jangkau.platform.offices import privacy as requests
from jangkau.platform.offices.models import PrivacyRequest
from jangkau.platform.web.asking import SignedIn, only

MOST = 200


class RequestForm(forms.Form):
    """What somebody asks for. The note says where his letter lies, not who he is."""

    kind = forms.ChoiceField(label=_("Permintaan"), choices=PrivacyRequest.Kind.choices)
    note = forms.CharField(
        label=_("Nomor surat atau catatan"), max_length=500, help_text=_("Jangan menulis nama atau NIK di sini.")
    )


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Jawaban"), max_length=500)


@require_http_methods(["GET", "POST"])
def privacy(request: SignedIn) -> HttpResponse:
    only(request=request, roles=("analyst", "auditor"))
    may_write = request.user.role == "analyst"
    form = RequestForm(request.POST or None)
    if request.method == "POST" and may_write and form.is_valid():
        requests.receive(**form.cleaned_data, received_at=timezone.now(), by=request.user)
        return redirect("privacy")
    known = {
        "form": form if may_write else None,
        "requests": PrivacyRequest.objects.select_related("by").order_by("answered_at", "due_at", "pk")[:MOST],
        "processing": requests.processing(),
        "now": timezone.now(),
    }
    return render(request, "web/privacy.html", known)


@require_POST
def answer(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=("analyst",))
    form = AnswerForm(request.POST)
    if form.is_valid():
        found = get_object_or_404(PrivacyRequest, pk=number)
        requests.answer(request=found, text=form.cleaned_data["text"], now=timezone.now())
    return redirect("privacy")
