"""Figures on a page: one view for each place, all shown by one template."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jangkau.complaints import Complaint, Text
from jangkau.gaps.report_words import METHODS
from jangkau.platform.coverage import actions, queries
from jangkau.platform.coverage.definitions import WORDS
from jangkau.platform.coverage.drawing import steps_of
from jangkau.platform.coverage.models import Figure, Kind, Snapshot
from jangkau.platform.coverage.queries import Line, Listing
from jangkau.platform.offices.roles import SEE_FIGURES
from jangkau.platform.registry.queries import Shift, changed_by_decisions
from jangkau.platform.web.asking import SignedIn, only
from jangkau.platform.web.saying import language as reading
from jangkau.platform.web.saying import said

OF_THE_COUNTRY = (Kind.PROVINCE, Kind.INSTITUTION, Kind.KUR_TYPE, Kind.SEX, Kind.AGE, Kind.QUARTER)


@require_safe
def home(request: SignedIn) -> HttpResponse:
    """The country for those who may see it; for others the widest that is theirs."""
    only(request=request, roles=SEE_FIGURES)
    among, snapshot = _snapshot(request)
    if snapshot is None:
        return render(request, "web/coverage/none.html", {"empty": True})
    whole = queries.figure(snapshot=snapshot, kind=Kind.WHOLE)
    if whole is not None:
        tables = queries.listings(snapshot=snapshot, kinds=OF_THE_COUNTRY)
        return _shown(request, among, snapshot, whole, tables)
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
def province(request: SignedIn, key: str) -> HttpResponse:
    return _page(request, Kind.PROVINCE, key, inside=Kind.REGION)


@require_safe
def region(request: SignedIn, key: str) -> HttpResponse:
    return _page(request, Kind.REGION, key)


@require_safe
def branch(request: SignedIn, key: str) -> HttpResponse:
    return _page(request, Kind.BRANCH, key)


@require_safe
def institution(request: SignedIn, key: str) -> HttpResponse:
    return _page(request, Kind.INSTITUTION, key, inside=Kind.LIST)


@require_safe
def ranking(request: SignedIn, kind: str) -> HttpResponse:
    """All regencies or all branches that the reader may see, the largest gap first."""
    only(request=request, roles=SEE_FIGURES)
    among, snapshot = _snapshot(request)
    found = queries.listings(snapshot=snapshot, kinds=(kind,)) if snapshot else []
    if snapshot is None or not found:
        return render(request, "web/coverage/none.html", {"empty": snapshot is None})
    return render(request, "web/coverage/area.html", _context(request, among, snapshot) | {"listings": found})


@require_POST
def publish(request: SignedIn, number: int) -> HttpResponse:
    """Show the figures of a snapshot to everybody, or no longer."""
    only(request=request, roles=("analyst",))
    snapshot = get_object_or_404(Snapshot, pk=number)
    try:
        actions.publish(snapshot=snapshot, public=request.POST.get("public") == "yes", by=request.user)
    except Complaint as complaint:
        messages.error(request, said(text=complaint.why))
    else:
        messages.success(request, _("Diterbitkan.") if snapshot.public else _("Tidak lagi terbuka untuk umum."))
    return redirect("/cakupan/")


def _page(request: SignedIn, kind: Kind, key: str, inside: Kind | None = None) -> HttpResponse:
    only(request=request, roles=SEE_FIGURES)
    among, snapshot = _snapshot(request)
    line = queries.figure(snapshot=snapshot, kind=kind, key=key) if snapshot else None
    if snapshot is None or line is None:
        raise Http404
    tables = queries.listings(snapshot=snapshot, kinds=(inside,), above=key) if inside else []
    return _shown(request, among, snapshot, line, tables)


def _shown(
    request: SignedIn, among: list[Snapshot], snapshot: Snapshot, line: Line, tables: list[Listing]
) -> HttpResponse:
    shared = _context(request, among, snapshot) | {
        "people_path": _people_path(request, line.figure),
        "decided": _decided(request, snapshot, line.figure),
        "province": _province_of(snapshot, line.figure),
    }
    return render(request, "web/coverage/figure.html", shared | page_of(snapshot=snapshot, line=line, listings=tables))


def _province_of(snapshot: Snapshot, figure: Figure) -> Line | None:
    """The province that a region lies in, for those who may see its page; a prosecutor of a city may not."""
    if figure.kind != Kind.REGION or not figure.above:
        return None
    return queries.figure(snapshot=snapshot, kind=Kind.PROVINCE, key=figure.above)


def page_of(*, snapshot: Snapshot, line: Line, listings: list[Listing]) -> dict[str, Any]:
    """What a page of figures shows about one of them, with the tables of what is in it."""
    kind, key = line.figure.kind, line.figure.key
    language = reading()
    detail = line.figure.detail
    summary = detail | {"unprotected": {"low": line.figure.low, "high": line.figure.high}} if detail else None
    geographic = kind in (Kind.WHOLE, Kind.PROVINCE, Kind.REGION)
    return {
        "kind": kind,
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


def _decided(request: SignedIn, snapshot: Snapshot, figure: Figure) -> Shift | None:
    """What decisions changed since a figure was taken, for those who may see people; None: nothing, or not theirs."""
    if request.user.kind.people not in ("all", "office") or not snapshot.current:
        return None
    if figure.kind not in (Kind.WHOLE, Kind.PROVINCE, Kind.REGION):
        return None
    inside = "" if figure.kind == Kind.WHOLE else figure.key
    found = [one for one in changed_by_decisions(run=snapshot.run) if one.region.startswith(inside)]
    closed, expected = sum(one.closed for one in found), sum(one.expected for one in found)
    return Shift(figure.key, closed, expected) if found else None


def _people_path(request: SignedIn, figure: Figure) -> str:
    """To the people behind a figure, for those who may see them: those of a place, or all that are theirs."""
    if request.user.kind.people not in ("all", "office", "lists"):
        return ""
    if figure.kind in (Kind.REGION, Kind.PROVINCE):
        return f"/kesenjangan/?region={quote(figure.key)}"
    return "/kesenjangan/" if figure.kind == Kind.WHOLE or request.user.kind.people != "all" else ""


def _snapshot(request: HttpRequest) -> tuple[list[Snapshot], Snapshot | None]:
    among = queries.snapshots()
    return among, queries.chosen(among=among, asked=request.GET.get("per", ""))


def _context(request: HttpRequest, among: list[Snapshot], snapshot: Snapshot) -> dict[str, Any]:
    return {"snapshots": among, "snapshot": snapshot, "per": _same_date(request), "sheet": "/cakupan/angka.csv"}


def _same_date(request: HttpRequest) -> str:
    asked = request.GET.get("per", "")
    return f"?per={asked}" if asked.isdecimal() else ""
