"""Figures on a page: one view for each place, all shown by one template."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jangkau.complaints import Complaint, Text
from jangkau.gaps.report_words import METHODS
from jangkau.platform.coverage import actions, queries
from jangkau.platform.coverage.definitions import WORDS
from jangkau.platform.coverage.drawing import steps_of
from jangkau.platform.coverage.models import Kind, Snapshot
from jangkau.platform.coverage.queries import Listing
from jangkau.platform.web.asking import SignedIn, only
from jangkau.platform.web.context import FIGURES

OF_THE_COUNTRY = (Kind.PROVINCE, Kind.INSTITUTION, Kind.KUR_TYPE, Kind.SEX, Kind.AGE, Kind.QUARTER)
PEOPLE_OF = {Kind.REGION: "region", Kind.BRANCH: "branch", Kind.LIST: "list", Kind.INSTITUTION: "institution"}


@require_safe
def home(request: SignedIn) -> HttpResponse:
    """The country for those who may see it; for others the widest that is theirs."""
    only(request=request, roles=FIGURES)
    among, snapshot = _snapshot(request)
    if snapshot is None:
        return render(request, "web/coverage/none.html", {"empty": True})
    if queries.figure(snapshot=snapshot, kind=Kind.WHOLE) is not None:
        return country(request)
    found = queries.listings(
        snapshot=snapshot, kinds=(Kind.PROVINCE, Kind.BRANCH, Kind.INSTITUTION, Kind.REGION, Kind.LIST)
    )
    lines = [line for listing in found for line in listing.lines if line.path]
    if not lines:
        return render(request, "web/coverage/none.html", {"empty": False})
    if len(lines) == 1 or found[0].kind in (Kind.PROVINCE, Kind.INSTITUTION):
        return redirect(found[0].lines[0].path + _same_date(request))
    return render(request, "web/coverage/area.html", _context(request, among, snapshot) | {"listings": found})


@require_safe
def country(request: SignedIn) -> HttpResponse:
    return _page(request, Kind.WHOLE, "", tables=lambda s: queries.listings(snapshot=s, kinds=OF_THE_COUNTRY))


@require_safe
def province(request: SignedIn, key: str) -> HttpResponse:
    return _page(
        request, Kind.PROVINCE, key, tables=lambda s: queries.listings(snapshot=s, kinds=(Kind.REGION,), above=key)
    )


@require_safe
def region(request: SignedIn, key: str) -> HttpResponse:
    return _page(request, Kind.REGION, key)


@require_safe
def branch(request: SignedIn, key: str) -> HttpResponse:
    return _page(request, Kind.BRANCH, key)


@require_safe
def institution(request: SignedIn, key: str) -> HttpResponse:
    return _page(
        request, Kind.INSTITUTION, key, tables=lambda s: queries.listings(snapshot=s, kinds=(Kind.LIST,), above=key)
    )


@require_safe
def ranking(request: SignedIn, kind: str) -> HttpResponse:
    """All regencies or all branches that the reader may see, the largest gap first."""
    only(request=request, roles=FIGURES)
    among, snapshot = _snapshot(request)
    found = queries.listings(snapshot=snapshot, kinds=(kind,)) if snapshot else []
    if snapshot is None or not found:
        raise Http404
    return render(request, "web/coverage/area.html", _context(request, among, snapshot) | {"listings": found})


@require_POST
def publish(request: SignedIn, number: int) -> HttpResponse:
    """Show the figures of a snapshot to everybody, or no longer."""
    only(request=request, roles=("analyst",))
    snapshot = get_object_or_404(Snapshot, pk=number)
    try:
        actions.publish(snapshot=snapshot, public=request.POST.get("public") == "yes", by=request.user)
    except Complaint as complaint:
        messages.error(request, complaint.why.en if request.LANGUAGE_CODE == "en" else complaint.why.id)
    else:
        messages.success(request, _("Diterbitkan.") if snapshot.public else _("Tidak lagi terbuka untuk umum."))
    return redirect("/cakupan/")


def _page(request: SignedIn, kind: Kind, key: str, tables: Any = None) -> HttpResponse:
    only(request=request, roles=FIGURES)
    among, snapshot = _snapshot(request)
    if snapshot is None:
        raise Http404
    shown = page_of(snapshot=snapshot, kind=kind, key=key, tables=tables)
    return render(
        request,
        "web/coverage/figure.html",
        _context(request, among, snapshot) | shown | {"people_path": _people_path(request, kind, key)},
    )


def page_of(*, snapshot: Snapshot, kind: Kind, key: str, tables: Any = None) -> dict[str, Any]:
    """What a page of figures shows. Http404 when the reader may not see the figure or it is not there."""
    line = queries.figure(snapshot=snapshot, kind=kind, key=key)
    if line is None:
        raise Http404
    language = get_language() or "id"
    listings: list[Listing] = tables(snapshot) if tables else []
    detail = line.figure.detail
    summary = detail | {"unprotected": {"low": line.figure.low, "high": line.figure.high}} if detail else None
    geographic = kind in (Kind.WHOLE, Kind.PROVINCE, Kind.REGION)
    return {
        "kind": str(kind),
        "line": line,
        "charts": queries.charts(snapshot=snapshot, kind=kind, key=key, language=language),
        "steps": steps_of(summary=summary) if summary else (),
        "listings": listings,
        "trend": queries.trend(kind=kind, key=key, upto=snapshot),
        "workers": queries.workers(region=key) if geographic else None,
        "geographic": geographic,
        "safe": queries.is_safe(line=line),
        "words": WORDS,
        "method": METHODS.get(snapshot.method, Text(snapshot.method, snapshot.method)),
        "other_answers": [
            (
                METHODS.get(one["method"], Text(one["method"], one["method"])),
                one["estimate"],
                one.get("low"),
                one.get("high"),
            )
            for one in detail.get("alternatives", ())
        ],
        "mapped": next((one for one in listings if one.kind in (Kind.PROVINCE, Kind.REGION)), None),
    }


def _people_path(request: SignedIn, kind: Kind, key: str) -> str:
    """To the people behind a figure, for those who may see them."""
    if request.user.kind.people == "none" or kind == Kind.PROVINCE:
        return ""
    return f"/kesenjangan/?{PEOPLE_OF[kind]}={key}" if kind in PEOPLE_OF else "/kesenjangan/"


def _snapshot(request: HttpRequest) -> tuple[list[Snapshot], Snapshot | None]:
    among = queries.snapshots()
    return among, queries.chosen(among=among, asked=request.GET.get("per", ""))


def _context(request: HttpRequest, among: list[Snapshot], snapshot: Snapshot) -> dict[str, Any]:
    return {"snapshots": among, "snapshot": snapshot, "per": _same_date(request), "sheet": "/cakupan/angka.csv"}


def _same_date(request: HttpRequest) -> str:
    asked = request.GET.get("per", "")
    return f"?per={asked}" if asked.isdecimal() else ""
