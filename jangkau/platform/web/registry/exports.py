"""Exports: asked for with a purpose, written by a job, fetched by whoever asked and nobody else."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jangkau.complaints import Complaint
from jangkau.platform.intake.models import Delivery
from jangkau.platform.offices.events import record
from jangkau.platform.offices.roles import SEE_PEOPLE
from jangkau.platform.registry import actions, queries, results
from jangkau.platform.registry.exporting import MOST, MOST_OTHERS
from jangkau.platform.registry.filters import read_filters
from jangkau.platform.registry.models import Export
from jangkau.platform.web.asking import SignedIn, address_of, only
from jangkau.platform.web.saying import said

_SHOWN = 30


@require_safe
def exports(request: SignedIn) -> HttpResponse:
    only(request=request, roles=SEE_PEOPLE)
    found = list(Export.objects.select_related("run", "delivery").filter(by=request.user)[:_SHOWN])
    shown: dict[str, Any] = {"exports": found, "waiting": any(one.state == Export.State.ASKED for one in found)}
    shown["most"] = MOST.get(request.user.role, MOST_OTHERS)
    return render(request, "web/registry/exports.html", shown)


@require_POST
def ask(request: SignedIn) -> HttpResponse:
    only(request=request, roles=SEE_PEOPLE)
    run = queries.current_run()
    if run is None:
        raise Http404
    filters = read_filters(query=QueryDict(request.POST.get("query", "")).dict())
    kind = "csv" if request.POST.get("kind") == "csv" else "xlsx"
    purpose = request.POST.get("purpose", "").replace("\0", "")
    try:
        actions.ask_for_export(run=run, query=filters.query, kind=kind, purpose=purpose, by=request.user)
    except Complaint as complaint:
        messages.error(request, said(text=complaint.do))
        return redirect(f"{reverse('people')}?{filters.query}")
    messages.success(request, _("Ekspor disiapkan; muncul di bawah ini begitu selesai."))
    return redirect("exports")


@require_POST
def ask_results(request: SignedIn, number: int) -> HttpResponse:
    """The results of the rows of a delivery, for whoever may see it; 404 for anybody else's."""
    only(request=request, roles=tuple(results.MOST))
    one = get_object_or_404(Delivery.objects.select_related("institution"), pk=number)
    kind = "csv" if request.POST.get("kind") == "csv" else "xlsx"
    purpose = request.POST.get("purpose", "").replace("\0", "")
    try:
        actions.ask_for_results(delivery=one, kind=kind, purpose=purpose, by=request.user)
    except Complaint as complaint:
        messages.error(request, f"{said(text=complaint.why)} {said(text=complaint.do)}")
    else:
        messages.success(request, _("Hasil disiapkan; muncul di halaman ini begitu selesai."))
    return redirect(f"{reverse('delivery', args=[number])}#hasil")


@require_safe
def download(request: SignedIn, number: uuid.UUID) -> HttpResponseBase:
    only(request=request, roles=SEE_PEOPLE)
    one = get_object_or_404(Export, pk=number, by=request.user, state=Export.State.READY)
    if not one.path.is_file():
        raise Http404
    record(verb="downloaded", thing="export", thing_id=one.pk, purpose=one.purpose, address=address_of(request=request))
    what = "kesenjangan" if one.delivery_id is None else f"hasil-{one.delivery_id}"
    name = f"{what}-{one.run.as_of:%Y-%m-%d}-{one.asked_at:%Y%m%d%H%M}.{one.kind}"
    return FileResponse(one.path.open("rb"), as_attachment=True, filename=name)
