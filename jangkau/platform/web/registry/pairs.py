"""Review of doubtful pairs: one after the other, by key; undo; what readers agree on."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jangkau.complaints import Complaint
from jangkau.platform.offices.events import record
from jangkau.platform.offices.roles import SEE_REGIONS
from jangkau.platform.registry import actions, queries, review
from jangkau.platform.registry.models import Decision
from jangkau.platform.web.asking import SignedIn, address_of, only


@require_safe
def start(request: SignedIn) -> HttpResponse:
    """The first pair that waits for this reader, or how far the review is."""
    only(request=request, roles=SEE_REGIONS)
    run = queries.current_run()
    if run is None:
        return render(request, "web/registry/nothing.html")
    user = request.user
    return render(
        request,
        "web/registry/review.html",
        {
            "run": run,
            "next": review.next_pair(run=run, user=user.pk, role=user.role),
            "progress": review.progress(run=run, user=user.pk, role=user.role),
            "decisions": review.own_decisions(run=run, user=user.pk),
            "agreement": review.agreement() if user.role in review.HEADS else None,
        },
    )


@require_safe
def pair(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=SEE_REGIONS)
    run = queries.current_run()
    found = review.pair(number=number, user=request.user.pk)
    if run is None or found is None:
        raise Http404
    user = request.user
    record(verb="read_pair", thing="pair", thing_id=number, address=address_of(request=request))
    return render(
        request,
        "web/registry/pair.html",
        {
            "pair": found,
            "may": not found.mine and found.reading and (found.reading < 3 or user.role in review.HEADS),
            "next": review.next_pair(run=run, user=user.pk, role=user.role, after=number),
            "progress": review.progress(run=run, user=user.pk, role=user.role),
            "undo": review.last_decision(user=user.pk),
        },
    )


@require_POST
def decide(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=SEE_REGIONS)
    answer, reading = request.POST.get("answer", ""), request.POST.get("reading", "")
    if answer not in Decision.Answer.values or reading not in ("1", "2", "3"):
        raise Http404
    said = actions.decide(pair=number, answer=answer, reading=int(reading), address=address_of(request=request))
    if said == "unseen":
        raise Http404
    if said == "taken":
        messages.warning(
            request, _("Orang lain sudah memutuskan pasangan ini lebih dulu; keputusan Anda tidak dicatat.")
        )
    return _onwards(request, number)


@require_POST
def undo(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=SEE_REGIONS)
    said = actions.undo(decision=number, address=address_of(request=request))
    if said == "unseen":
        raise Http404
    if said == "taken":
        messages.warning(request, _("Pembaca kedua sudah menilai pasangan ini; keputusan Anda tetap."))
    else:
        messages.success(request, _("Keputusan terakhir dibatalkan."))
    run = queries.current_run()
    back = review.pair_of(decision=number, run=run) if run else None
    return redirect("pair", back) if back else redirect("review")


@require_POST
def reveal(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=SEE_REGIONS)
    try:
        both = actions.reveal_pair(
            pair=number, purpose=request.POST.get("purpose", ""), address=address_of(request=request)
        )
    except Complaint as complaint:
        return render(request, "web/registry/nik.html", {"complaint": complaint, "number": number, "of_pair": True})
    if both is None:
        raise Http404
    return render(request, "web/registry/nik.html", {"both": both, "number": number, "of_pair": True})


def _onwards(request: SignedIn, number: int) -> HttpResponse:
    run = queries.current_run()
    user = request.user
    following = review.next_pair(run=run, user=user.pk, role=user.role, after=number) if run else None
    return redirect("pair", following) if following else redirect("review")
