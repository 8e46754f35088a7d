"""The page without sign-in: aggregates of the newest snapshot that an analyst has opened, with small cells hidden."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jangkau.platform import scope
from jangkau.platform.coverage import queries
from jangkau.platform.coverage.models import Kind, Snapshot
from jangkau.platform.web.coverage.pages import OF_THE_COUNTRY, page_of
from jangkau.platform.web.coverage.sheets import sheet


@require_safe
def country(request: HttpRequest) -> HttpResponse:
    snapshot, shared = _entered(request)
    line = queries.figure(snapshot=snapshot, kind=Kind.WHOLE) if snapshot else None
    if snapshot is None or line is None:
        return render(request, "web/coverage/none.html", {"empty": True, "public": True})
    tables = queries.listings(snapshot=snapshot, kinds=OF_THE_COUNTRY)
    return render(request, "web/coverage/figure.html", shared | page_of(snapshot=snapshot, line=line, listings=tables))


@require_safe
def province(request: HttpRequest, key: str) -> HttpResponse:
    snapshot, shared = _entered(request)
    line = queries.figure(snapshot=snapshot, kind=Kind.PROVINCE, key=key) if snapshot else None
    if snapshot is None or line is None:
        raise Http404
    tables = queries.listings(snapshot=snapshot, kinds=(Kind.REGION,), above=key)
    return render(request, "web/coverage/figure.html", shared | page_of(snapshot=snapshot, line=line, listings=tables))


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    snapshot, _ = _entered(request)
    kind, above = request.GET.get("jenis", Kind.PROVINCE), request.GET.get("di")
    if snapshot is None or kind not in (*OF_THE_COUNTRY, Kind.REGION):
        raise Http404
    found = queries.listings(snapshot=snapshot, kinds=(kind,), above=above)
    if not found:
        raise Http404
    return sheet(snapshot=snapshot, listing=found[0])


def _entered(request: HttpRequest) -> tuple[Snapshot | None, dict[str, Any]]:
    """From here on the database shows what is public, to somebody who signed in as well."""
    scope.enter(kind="public")
    among = queries.snapshots()
    snapshot = queries.chosen(among=among, asked=request.GET.get("per", ""))
    asked = request.GET.get("per", "")
    return snapshot, {
        "snapshot": snapshot,
        "snapshots": among,
        "per": f"?per={asked}" if asked.isdecimal() else "",
        "public": True,
        "sheet": "/publik/angka.csv",
    }
