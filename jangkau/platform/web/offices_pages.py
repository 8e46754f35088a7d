"""Pages of the administrator: offices with the regions they serve, and institutions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jangkau.complaints import Complaint
from jangkau.places import provinces, regencies
from jangkau.platform.offices import actions, queries
from jangkau.platform.offices.models import Institution, Office, OfficeRegion
from jangkau.platform.web.asking import SignedIn, only
from jangkau.platform.web.saying import said

ADMINISTRATOR = ("administrator",)
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_ONE_DAY = timedelta(days=1)
_KNOWN = [MaxValueValidator(date(2199, 12, 31))]
"""The day after the last of all days is none."""


def regions_by_province() -> list[tuple[str, list[tuple[str, str]]]]:
    """Regencies and cities under their provinces, as a drop-down shows them."""
    known = regencies()
    return [
        (province.name, [(one.code, one.name) for one in known if one.province == province.code])
        for province in provinces(on=timezone.localdate())
    ]


class OfficeForm(forms.Form):
    """A new office."""

    name = forms.CharField(label=gettext_lazy("Nama kantor"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Jenis"), choices=Office.Kind.choices, initial=Office.Kind.BRANCH)
    above = forms.ModelChoiceField(
        Office.objects.none(), label=gettext_lazy("Di bawah kantor wilayah"), required=False,
        help_text=gettext_lazy("Untuk kantor cabang; boleh kosong."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["above"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - as declared
        field.queryset = Office.objects.filter(kind=Office.Kind.REGIONAL)


class ServeForm(forms.Form):
    """A region that an office is to serve."""

    region = forms.ChoiceField(label=gettext_lazy("Kabupaten atau kota"))
    since = forms.DateField(label=gettext_lazy("Mulai"), widget=_DAY)
    until = forms.DateField(
        label=gettext_lazy("Sampai dengan"), widget=_DAY, required=False, validators=_KNOWN,
        help_text=gettext_lazy("Kosong: sampai ada perubahan."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"] = forms.ChoiceField(
            label=gettext_lazy("Kabupaten atau kota"), choices=[("", _("pilih")), *regions_by_province()]
        )


class UntilForm(forms.Form):
    """The last day on which an office serves a region."""

    until = forms.DateField(widget=_DAY, validators=_KNOWN)


class NameForm(forms.Form):
    """Another name of what there is."""

    name = forms.CharField(label=gettext_lazy("Nama"), max_length=120)


class InstitutionForm(forms.Form):
    """A new institution."""

    name = forms.CharField(label=gettext_lazy("Nama lembaga"), max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("Jenis"), choices=Institution.Kind.choices)
    region = forms.ChoiceField(
        label=gettext_lazy("Wilayah"), required=False,
        help_text=gettext_lazy("Untuk pemerintah daerah dan kejaksaan: hanya angka wilayah ini yang mereka lihat."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = [(one.code, one.name) for one in provinces(on=timezone.localdate())]
        known = [("", _("seluruh Indonesia")), (_("Provinsi"), whole), *regions_by_province()]
        told = self.fields["region"].help_text
        self.fields["region"] = forms.ChoiceField(
            label=gettext_lazy("Wilayah"), required=False, choices=known, help_text=told
        )


@require_safe
def offices(request: SignedIn) -> HttpResponse:
    only(request=request, roles=ADMINISTRATOR)
    today = timezone.localdate()
    known = {"offices": queries.offices(on=today), "unserved": queries.unserved(on=today).codes}
    return render(request, "web/offices.html", known)


@require_http_methods(["GET", "POST"])
def new_office(request: SignedIn) -> HttpResponse:
    only(request=request, roles=ADMINISTRATOR)
    form = OfficeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.found_office(**form.cleaned_data, by=request.user)
        except Complaint as complaint:
            form.add_error(None, said(text=complaint.why))
        else:
            return redirect("office", made.pk)
    shown = {"form": form, "title": _("Tambah kantor"), "send": _("Tambah"), "back": "offices"}
    return render(request, "web/form.html", shown)


@require_http_methods(["GET", "POST"])
def rename_office(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=ADMINISTRATOR)
    return _rename(request, get_object_or_404(Office, pk=number), "offices")


@require_http_methods(["GET", "POST"])
def rename_institution(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=ADMINISTRATOR)
    return _rename(request, get_object_or_404(Institution, pk=number), "institutions")


def _rename(request: SignedIn, thing: Office | Institution, back: str) -> HttpResponse:
    form = NameForm(request.POST or None, initial={"name": thing.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename(thing=thing, name=form.cleaned_data["name"], by=request.user)
        except Complaint as complaint:
            form.add_error(None, said(text=complaint.why))
        else:
            messages.success(request, _("Namanya diubah."))
            return redirect(back)
    title = _("Ubah nama %s") % thing.name
    return render(request, "web/form.html", {"form": form, "title": title, "send": _("Simpan"), "back": back})


@require_http_methods(["GET", "POST"])
def office(request: SignedIn, number: int) -> HttpResponse:
    """An office with the regions it serves; POST: one more."""
    only(request=request, roles=ADMINISTRATOR)
    one = get_object_or_404(Office.objects.select_related("above"), pk=number)
    form = ServeForm(request.POST or None, initial={"since": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["until"]
        try:
            actions.serve(
                office=one, region=form.cleaned_data["region"], since=form.cleaned_data["since"],
                until=last + _ONE_DAY if last else None, by=request.user,
            )  # fmt: skip
        except Complaint as complaint:
            form.add_error(None, said(text=complaint.why))
        else:
            messages.success(request, _("Wilayah kerja ditambahkan."))
            return redirect("office", one.pk)
    today = timezone.localdate()
    shared = queries.shared_with(office=one, on=today)
    served = [
        (line, ", ".join(shared.get(line.region, ())), line.period.upper - _ONE_DAY if line.period.upper else None)
        for line in queries.served_by(office=one)
    ]
    shown = {"office": one, "served": served, "form": form, "today": today, "below": queries.below(office=one)}
    return render(request, "web/office.html", shown)


@require_POST
def end_region(request: SignedIn, number: int) -> HttpResponse:
    """The office serves this region for the last time on the day that is given."""
    only(request=request, roles=ADMINISTRATOR)
    line = get_object_or_404(OfficeRegion, pk=number)
    form = UntilForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tulis hari terakhirnya."))
        return redirect("office", line.office_id)
    try:
        actions.stop_serving(served=line, until=form.cleaned_data["until"] + _ONE_DAY, by=request.user)
    except Complaint as complaint:
        messages.error(request, said(text=complaint.why))
    return redirect("office", line.office_id)


@require_safe
def institutions(request: SignedIn) -> HttpResponse:
    only(request=request, roles=ADMINISTRATOR)
    return render(request, "web/institutions.html", {"institutions": queries.institutions()})


@require_http_methods(["GET", "POST"])
def new_institution(request: SignedIn) -> HttpResponse:
    only(request=request, roles=ADMINISTRATOR)
    form = InstitutionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.found_institution(**form.cleaned_data, by=request.user)
        except Complaint as complaint:
            form.add_error(None, said(text=complaint.why))
        else:
            return redirect("institutions")
    shown = {"form": form, "title": _("Tambah lembaga"), "send": _("Tambah"), "back": "institutions"}
    return render(request, "web/form.html", shown)


@require_POST
def close_institution(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=ADMINISTRATOR)
    one = get_object_or_404(Institution, pk=number)
    ended = actions.close_institution(institution=one, now=timezone.now(), by=request.user)
    messages.success(request, _("Lembaga ditutup. Pengguna yang kehilangan akses: %s") % ended)
    return redirect("institutions")


@require_POST
def reopen_institution(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=ADMINISTRATOR)
    actions.reopen_institution(institution=get_object_or_404(Institution, pk=number), by=request.user)
    return redirect("institutions")
