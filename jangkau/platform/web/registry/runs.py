"""Runs: asked for, watched, stopped, read and compared by the national analyst."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jangkau.complaints import Complaint
from jangkau.platform.offices.events import record
from jangkau.platform.registry import actions
from jangkau.platform.registry.models import Comparison, Run, RunResult
from jangkau.platform.registry.words import BEFORE, STATUS
from jangkau.platform.web.asking import SignedIn, address_of, only
from jangkau.platform.web.saying import said

ROLES = ("analyst",)
_SHOWN = 50
_REPORT_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"
)
_ORDER = ("new", "protected", "not_eligible", "not_found", "lapsed", "doubtful", "gone")


class RunForm(forms.Form):
    """As of when to count."""

    as_of = forms.DateField(label=_("Tanggal acuan"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: SignedIn) -> HttpResponse:
    only(request=request, roles=ROLES)
    found = list(Run.objects.select_related("asked_by", "result").defer("result__manifest")[:_SHOWN])
    # the register is of the date last asked for, until somebody says otherwise
    form = RunForm(request.POST or None, initial={"as_of": found[0].as_of} if found else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.ask_for_run(as_of=form.cleaned_data["as_of"], by=request.user)
        except Complaint as complaint:
            form.add_error(None, said(text=complaint.why))
        else:
            return redirect("run", made.pk)
    return render(request, "web/registry/runs.html", {"runs": found, "form": form})


@require_safe
def run(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=ROLES)
    one = get_object_or_404(Run.objects.select_related("asked_by"), pk=number)
    result = RunResult.objects.filter(run=one).first()
    return render(
        request,
        "web/registry/run.html",
        {
            "run": one,
            "result": result,
            "files": one.files.select_related("institution"),
            "report": (one.out / "report.html").is_file() if one.folder else False,
            "comparisons": one.comparisons.select_related("earlier"),
            "others": Run.objects.filter(state=Run.State.LOADED).exclude(pk=one.pk)[:20],
        },
    )


@require_safe
def progress(request: SignedIn, number: int) -> HttpResponse:
    """The part of the page of a run that changes while it works."""
    only(request=request, roles=ROLES)
    one = get_object_or_404(Run, pk=number)
    answer = render(request, "web/registry/run_progress.html", {"run": one})
    if one.state not in (Run.State.ASKED, Run.State.RUNNING):
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
def cancel(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=ROLES)
    actions.cancel_run(run=get_object_or_404(Run, pk=number), by=request.user)
    messages.success(request, _("Hitungan dihentikan."))
    return redirect("run", number)


@require_safe
def report(request: SignedIn, number: int) -> HttpResponseBase:
    """The report that the engine wrote, under a policy of its own: no script, no form, no other address."""
    only(request=request, roles=ROLES)
    one = get_object_or_404(Run, pk=number, state=Run.State.LOADED)
    path = one.out / "report.html"
    if not path.is_file():
        raise Http404
    record(verb="read_report", thing="run", thing_id=number, address=address_of(request=request))
    answer = FileResponse(path.open("rb"), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = _REPORT_POLICY
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: SignedIn, number: int, earlier: int) -> HttpResponse:
    """Two runs held against each other; asked for by POST, shown once the job has done it."""
    only(request=request, roles=ROLES)
    one, other = get_object_or_404(Run, pk=number), get_object_or_404(Run, pk=earlier)
    if request.method == "POST":
        if one != other:
            actions.ask_for_comparison(run=one, earlier=other, by=request.user)
        return redirect("compare_runs", number, earlier)
    found = get_object_or_404(Comparison, run=one, earlier=other)
    shown: dict[str, Any] = {"run": one, "earlier": other, "comparison": found}
    if found.result:
        shown |= _shown(found.result)
    return render(request, "web/registry/comparison.html", shown)


def _shown(result: dict[str, Any]) -> dict[str, Any]:
    gap = ("lapsed", "not_found", "doubtful")
    names = BEFORE | {code: STATUS[code] for code in gap}
    cells = {(one["was"], one["now"]): one["people"] for one in result["matrix"]}
    came = [(names[was], names[now], many) for (was, now), many in cells.items() if was not in gap and now in gap]
    left = [(names[was], names[now], many) for (was, now), many in cells.items() if was in gap and now not in gap]
    rows = [code for code in _ORDER if any(was == code for was, _now in cells)]
    columns = [code for code in _ORDER if any(now == code for _was, now in cells)]
    return {
        "came": sorted(came, key=lambda one: -one[2]),
        "left": sorted(left, key=lambda one: -one[2]),
        "came_total": sum(one[2] for one in came),
        "left_total": sum(one[2] for one in left),
        "columns": [names[code] for code in columns],
        "table": [(names[row], [cells.get((row, column), 0) for column in columns]) for row in rows],
        "by_the_date": cells.get(("protected", "lapsed"), 0) + cells.get(("lapsed", "protected"), 0),
        "same_register": result.get("same_register"),
        "regions": result["regions"][:60],
        "ids": result.get("ids"),
    }
