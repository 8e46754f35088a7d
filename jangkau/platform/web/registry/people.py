"""The gap list, the page of a person, notes, reveals and saved filters."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jangkau.complaints import Complaint, Text
from jangkau.places import known_region_codes, province_name, region_name
from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import Office
from jangkau.platform.offices.roles import SEE_PEOPLE
from jangkau.platform.registry import actions, queries, words
from jangkau.platform.registry.filters import OWN_SORTS, Filters, Sight, read_filters, sight
from jangkau.platform.registry.models import PersonNote, Run, RunFile, SavedFilter
from jangkau.platform.registry.person import person as person_of
from jangkau.platform.web.asking import SignedIn, address_of, only

_SORTS = {
    "place": Text("Wilayah, nama", "Region, name"),
    "name": Text("Nama", "Name"),
    "date": Text("Terbaru di daftar", "Latest on a list"),
    "loan": Text("Plafon terbesar", "Largest loan"),
}


@dataclass(frozen=True)
class Choice:
    """An entry of a drop-down."""

    value: str
    name: Text
    chosen: bool


@dataclass(frozen=True)
class Menu:
    """A drop-down of the filters."""

    name: str
    label: str
    choices: tuple[Choice, ...]

    @property
    def chosen(self) -> Choice | None:
        return next((one for one in self.choices if one.chosen), None)


@require_safe
def people(request: SignedIn) -> HttpResponse:
    only(request=request, roles=SEE_PEOPLE)
    run = queries.current_run()
    if run is None:
        return render(request, "web/registry/nothing.html")
    seen = sight()
    filters = seen.allowed(filters=read_filters(query=request.GET.dict()))
    page = queries.page(
        run=run, filters=filters, sight=seen, after=_key(request.GET, "setelah"), before=_key(request.GET, "sebelum")
    )
    found = menus(run=run, filters=filters, sight=seen)
    record(verb="listed_people", thing="run", thing_id=run.pk, address=address_of(request=request),
           filters=sorted(filters.chosen), rows=len(page.rows))  # fmt: skip
    return render(
        request,
        "web/registry/people.html",
        {
            "run": run,
            "page": page,
            "filters": filters,
            "menus": found,
            "narrowed": [
                (one, f"?{filters.without(name=one.name).query}") for one in found if one.chosen and one.name != "sort"
            ],
            "saved": SavedFilter.objects.filter(by=request.user),
            "work": dict(PersonNote.Status.choices),
        },
    )


def _key(query: QueryDict, name: str) -> int | None:
    value = query.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def menus(*, run: Run, filters: Filters, sight: Sight) -> list[Menu]:
    """The drop-downs, with nothing in them that the reader does not see."""
    files = [one for one in RunFile.objects.filter(run=run) if one.layout != "register"]
    found = [Menu("region", _("Wilayah"), _regions(filters, sight))]
    if not sight.own_lists:
        offices = [(str(one.pk), Text(one.name, one.name)) for one in Office.objects.all()]
        if len(offices) > 1:
            found.append(_menu("office", _("Kantor"), offices, filters))
        keys = {one.key: Text(one.label, one.label) for one in files}
        found.append(
            _menu("institution", _("Lembaga"), sorted(keys.items(), key=lambda entry: entry[1].id.lower()), filters)
        )
    if len(files) > 1:
        found.append(_menu("listed", _("Daftar"), [(str(one.number), _list_name(one)) for one in files], filters))
    for name, label, known in (
        ("status", _("Status"), {code: words.STATUS[code] for code in words.OPEN_STATUS}),
        ("kur_type", _("Jenis KUR"), words.KUR_TYPE),
        ("duty", _("Kewajiban"), words.DUTY),
        ("sex", _("Jenis kelamin"), words.SEX),
        ("age_group", _("Umur"), words.AGE_GROUP),
    ):
        found.append(_menu(name, label, [(code or "-", text) for code, text in known.items()], filters))
    if not sight.own_lists:
        found.append(_before(filters))
    sorts = tuple(
        Choice(code, text, filters.sort == code)
        for code, text in _SORTS.items()
        if code in OWN_SORTS or not sight.own_lists
    )
    return [*found, Menu("sort", _("Urutan"), sorts)]


def _before(filters: Filters) -> Menu:
    newly = Text("baru tak terlindungi", "newly unprotected")
    before = [("newly", newly), *((code, words.BEFORE[code]) for code in words.NEWLY)]
    return _menu("before", _("Pada hitungan lalu"), before, filters)


def _menu(name: str, label: str, known: list[tuple[str, Text]], filters: Filters) -> Menu:
    chosen = filters.chosen.get(name)
    return Menu(name, label, tuple(Choice(value, text, value == chosen) for value, text in known))


def _list_name(file: RunFile) -> Text:
    layout = words.LAYOUT.get(file.layout, Text(file.layout, file.layout))
    number = f" #{file.delivery_id}" if file.delivery_id else ""
    return Text(f"{layout.id}, {file.label}{number}", f"{layout.en}, {file.label}{number}")


def _regions(filters: Filters, sight: Sight) -> tuple[Choice, ...]:
    """The reader's own regions; for the whole country provinces, and the regencies of the one that is chosen."""
    if sight.regions is not None:
        codes = list(sight.regions)
    else:
        known = sorted(known_region_codes())
        codes = sorted({code[:2] for code in known})
        if filters.region:
            codes += [code for code in known if code.startswith(filters.region[:2])]
        codes.sort()
    made = [Choice(code, place_name(code=code), filters.region == code) for code in codes]
    if sight.regions is None:
        made.append(Choice("-", Text("tanpa wilayah", "no region"), filters.region == ""))
    return tuple(made)


def place_name(*, code: str) -> Text:
    """A province or regency by its code."""
    name = province_name(code) or code if len(code) == 2 else region_name(code) or code
    return Text(name, name)


@require_safe
def person(request: SignedIn, number: uuid.UUID) -> HttpResponse:
    only(request=request, roles=SEE_PEOPLE)
    shown = _person_page(request, number)
    record(verb="read_person", thing="person", thing_id=number, address=address_of(request=request))
    return render(request, "web/registry/person.html", shown)


def _person_page(request: SignedIn, number: uuid.UUID) -> dict[str, Any]:
    found = person_of(which=number)
    if found is None:
        raise Http404
    return {"person": found, "statuses": PersonNote.Status.choices, "offices": _offices_of(found.region)}


def _offices_of(region: str) -> list[str]:
    today = timezone.localdate()
    serving = Office.objects.filter(kind="branch", regions__region=region, regions__period__contains=today)
    return list(serving.values_list("name", flat=True).distinct())


@require_POST
def reveal(request: SignedIn, number: uuid.UUID) -> HttpResponse:
    only(request=request, roles=SEE_PEOPLE)
    try:
        nik = actions.reveal_nik(
            person=number, purpose=request.POST.get("purpose", ""), address=address_of(request=request)
        )
    except Complaint as complaint:
        return render(request, "web/registry/nik.html", {"complaint": complaint, "number": number})
    if nik is None:
        raise Http404
    if request.headers.get("HX-Request"):
        return render(request, "web/registry/nik.html", {"nik": nik, "number": number})
    return render(request, "web/registry/person.html", {**_person_page(request, number), "nik": nik})


@require_POST
def note(request: SignedIn, number: uuid.UUID) -> HttpResponse:
    only(request=request, roles=SEE_PEOPLE)
    status = request.POST.get("status", "")
    if person_of(which=number) is None:
        raise Http404
    if status in PersonNote.Status.values:
        text = request.POST.get("note", "").replace("\0", "")
        actions.note(person=number, status=status, text=text, by=request.user)
        messages.success(request, _("Catatan disimpan."))
    return redirect("person", number)


@require_POST
def save_filter(request: SignedIn) -> HttpResponse:
    only(request=request, roles=SEE_PEOPLE)
    filters = read_filters(query=QueryDict(request.POST.get("query", "")).dict())
    name = request.POST.get("name", "").replace("\0", "").strip()[:80]
    if name:
        actions.save_filter(name=name, query=filters.query, by=request.user)
    return redirect(f"{reverse('people')}?{filters.query}")


@require_POST
def forget_filter(request: SignedIn, number: int) -> HttpResponse:
    get_object_or_404(SavedFilter, pk=number, by=request.user).delete()
    return redirect("people")
