"""Forms of deliveries: what is stated with one, which kind of list it is, and which column is what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jangkau.lists import column_names, required_names
from jangkau.platform.intake.actions import OURSELVES, Terms
from jangkau.platform.intake.models import Delivery, Layout
from jangkau.platform.intake.queries import Preview
from jangkau.platform.intake.spoken import spoken
from jangkau.platform.offices.models import Institution, User

RECOGNISE = ("", _("Kenali sendiri dari judul kolomnya"))
AUTOMATIC, UNREAD = "", "\N{EM DASH}"
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def layouts_for(*, user: User) -> list[tuple[str, Any]]:
    """Kinds of lists that somebody may send; the register is the analysts'."""
    return [(code, name) for code, name in Layout.choices if code != Layout.REGISTER or user.role == "analyst"]


class DeliveryForm(forms.Form):
    """A file and what is stated with it. The file stands last: what is typed before it is kept when it is refused."""

    institution_chosen = forms.ModelChoiceField(Institution.objects.none(), label=_("Lembaga pengirim"))
    layout = forms.ChoiceField(label=_("Jenis daftar"), required=False)
    purpose = forms.CharField(label=_("Tujuan"), max_length=200)
    legal_basis = forms.CharField(label=_("Dasar hukum"), max_length=200)
    agreement_number = forms.CharField(label=_("Nomor perjanjian"), max_length=120)
    results_allowed = forms.BooleanField(
        label=_("Perjanjian membolehkan lembaga mengunduh hasil untuk orang di daftarnya sendiri"), required=False
    )
    retention_until = forms.DateField(
        label=_("Disimpan sampai"), widget=_DAY,
        help_text=_("Setelah tanggal ini isi berkas dihapus; hanya sidik berkas dan jumlah barisnya yang tinggal."),
    )  # fmt: skip
    due_on = forms.DateField(label=_("Jatuh tempo kiriman (bila ada)"), widget=_DAY, required=False)
    file = forms.FileField(
        label=_("Berkas"),
        help_text=_("CSV, TXT, XLSX, XLS, atau Parquet; boleh di dalam .zip atau .gz. Paling besar 2 GB."),
    )

    def __init__(self, data: Any = None, files: Any = None, *, user: User) -> None:
        last = Delivery.objects.filter(sent_by=user).order_by("-sent_at").first()
        initial: dict[str, Any] = {"retention_until": timezone.localdate() + timedelta(days=365)}
        if last is not None:
            initial |= {name: getattr(last, name) for name in _REMEMBERED}
        super().__init__(data, files, initial=initial)
        self.user = user
        self.fields["layout"] = forms.ChoiceField(
            label=_("Jenis daftar"), required=False, choices=[RECOGNISE, *layouts_for(user=user)]
        )
        if user.institution is not None:
            del self.fields["institution_chosen"]
            return
        field = self.fields["institution_chosen"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - as declared
        field.queryset = Institution.objects.filter(closed_at=None).exclude(kind="prosecutor")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = cleaned.get("institution_chosen")
        if cleaned.get("layout") == Layout.REGISTER and chosen is not None and chosen.code != OURSELVES:
            self.add_error("institution_chosen", _("Register peserta dikirim atas nama BPJS Ketenagakerjaan."))
        until = cleaned.get("retention_until")
        if until is not None and until <= timezone.localdate():
            self.add_error("retention_until", _("Isi tanggal setelah hari ini."))
        return cleaned

    @property
    def institution(self) -> Institution:
        """Who sends: the user's own institution, or the one that an analyst chose."""
        chosen: Institution = self.user.institution or self.cleaned_data["institution_chosen"]
        return chosen

    @property
    def terms(self) -> Terms:
        return Terms(**{name: self.cleaned_data[name] for name in (*_REMEMBERED, "retention_until", "due_on")})


_REMEMBERED = ("purpose", "legal_basis", "agreement_number", "results_allowed")


class LayoutForm(forms.Form):
    """Which kind of list it is."""

    layout = forms.ChoiceField(label=_("Jenis daftar"))

    def __init__(self, *args: Any, user: User, institution: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [one for one in layouts_for(user=user) if one[0] != Layout.REGISTER or institution.code == OURSELVES]
        self.fields["layout"] = forms.ChoiceField(label=_("Jenis daftar"), choices=[("", "…"), *allowed])


class ReturnForm(forms.Form):
    """Why a delivery is given back."""

    reason = forms.CharField(label=_("Alasan dikembalikan"), max_length=300)


class ColumnsForm(forms.Form):
    """For each column of ours the sender's header; without one, what the header itself tells."""

    def __init__(self, *args: Any, layout: str, headers: tuple[str, ...], taken: Mapping[str, str],
                 by_hand: Mapping[str, str], **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        required = required_names(layout=layout)
        for name in column_names(layout=layout):
            self.fields[name] = forms.ChoiceField(
                label=f"{spoken(name=name)} *" if name in required else spoken(name=name),
                required=False,
                initial=(by_hand[name] or UNREAD) if name in by_hand else AUTOMATIC,
                choices=[
                    (AUTOMATIC, _("otomatis: %s") % taken[name] if name in taken else _("otomatis: tidak ditemukan")),
                    *((one, one) for one in dict.fromkeys(headers) if one),
                    *([] if name in required else [(UNREAD, _("jangan dibaca"))]),
                ],
            )

    @property
    def by_hand(self) -> dict[str, str]:
        """Our name -> the sender's header, "" for a column not to be read; automatic ones are left out."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value != AUTOMATIC}
        return {name: "" if value == UNREAD else value for name, value in chosen.items()}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        used = [value for value in cleaned.values() if value not in (AUTOMATIC, UNREAD)]
        if len(used) != len(set(used)):
            self.add_error(None, _("Satu kolom berkas hanya dapat dibaca sebagai satu hal."))
        return cleaned


def forms_of(*, layout: str, seen: Preview, by_hand: Mapping[str, str], given: Any = None) -> ColumnsForm | None:
    """The form for a kind of list; None when no kind is chosen."""
    if not layout:
        return None
    return ColumnsForm(
        given,
        layout=layout,
        headers=tuple(column.header for column in seen.columns),
        taken={column.ours: column.header for column in seen.columns if column.ours},
        by_hand=by_hand,
    )
