"""Workers by region: the denominator of universal coverage, taken from a file after a look at what it would change."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from jangkau.charts import wording
from jangkau.platform.coverage import actions, queries, workforce_file
from jangkau.platform.coverage.models import Workforce
from jangkau.platform.coverage.workforce_file import Reading, Stated
from jangkau.platform.web.asking import SignedIn, only
from jangkau.platform.web.saying import said

ROLES = ("administrator", "analyst")
SHOWN = 200


class FileForm(forms.Form):
    """A CSV of workers."""

    file = forms.FileField(
        label=gettext_lazy("Berkas CSV"),
        help_text=gettext_lazy("Kolom: wilayah, tahun, pekerja, peserta (boleh kosong), sumber. Paling besar 1 MB."),
    )


@dataclass(frozen=True)
class Change:
    """A row of the file, and what is said of its region and year until now."""

    row: Stated
    before: Workforce | None

    @property
    def same(self) -> bool:
        if self.before is None:
            return False
        now = (self.row.eligible, self.row.participants, self.row.source)
        return now == (self.before.eligible, self.before.participants, self.before.source)


@require_http_methods(["GET", "POST"])
def workforce(request: SignedIn) -> HttpResponse:
    """What is said about workers. POST with a file: what it would change. POST with a text seen before: take it."""
    only(request=request, roles=ROLES)
    form = FileForm(request.POST or None, request.FILES or None) if request.method == "POST" else FileForm()
    if request.method == "POST" and "text" in request.POST:
        return _take(request, request.POST["text"])
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > workforce_file.MOST_BYTES:
            form.add_error("file", _("Berkas lebih besar dari 1 MB."))
        else:
            return _preview(request, file.read())
    years = queries.years_of_workforce()
    chosen = request.GET.get("tahun", "")
    year = int(chosen) if chosen.isascii() and chosen.isdigit() and int(chosen[:5]) in years else None
    if year is None and years:
        year = years[0]
    return render(
        request,
        "web/workforce.html",
        {
            "form": form,
            "rows": queries.workforce(year=year),
            "years": years,
            "year": year,
            "unverified": queries.unverified_sources(year=year) if year and request.user.role == "analyst" else (),
        },
    )


@require_POST
def verify(request: SignedIn) -> HttpResponse:
    """An analyst has looked at the source of a year's numbers."""
    only(request=request, roles=("analyst",))
    year = request.POST.get("year", "")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise Http404
    rows = actions.verify_workforce(year=int(year), source=request.POST.get("source", ""), by=request.user)
    messages.success(request, _("Ditandai terverifikasi: %s baris.") % said_count(rows))
    return redirect(f"{reverse('workforce')}?tahun={year}")


def _preview(request: SignedIn, data: bytes) -> HttpResponse:
    reading = workforce_file.read(data=data)
    if reading.mistakes:
        return render(request, "web/workforce_mistakes.html", {"mistakes": reading.mistakes}, status=422)
    changes = _changes(reading)
    return render(
        request,
        "web/workforce_preview.html",
        {
            "changes": changes[:SHOWN],
            "more": max(0, len(changes) - SHOWN),
            "rows": len(reading.rows),
            "added": sum(one.before is None for one in changes),
            "changed": sum(one.before is not None for one in changes),
            "text": data.decode("utf-8-sig"),
        },
    )


def _changes(reading: Reading) -> list[Change]:
    """Rows that say something new, in the order of the file."""
    known = queries.said_before(rows=reading.rows)
    changes = [Change(row, known.get((row.region, row.year))) for row in reading.rows]
    return [one for one in changes if not one.same]


def _take(request: SignedIn, text: str) -> HttpResponse:
    reading = workforce_file.read(data=text.encode())
    if reading.mistakes:
        return render(request, "web/workforce_mistakes.html", {"mistakes": reading.mistakes}, status=422)
    changed = [one.row for one in _changes(reading)]
    if changed:
        actions.state_workforce(rows=changed, by=request.user)
    messages.success(request, _("Tersimpan: %s baris.") % said_count(len(changed)))
    return redirect("workforce")


def said_count(count: int) -> str:
    """1.234 or 1,234, as the reader writes it."""
    return said(text=wording.count(value=count))
