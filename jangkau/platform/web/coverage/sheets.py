"""Figures as CSV: what the reader's pages show, cell by cell; what is hidden there is empty here."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jangkau.platform.coverage import queries
from jangkau.platform.coverage.models import Kind, Snapshot
from jangkau.platform.coverage.queries import Listing
from jangkau.platform.offices.events import record
from jangkau.platform.offices.roles import SEE_FIGURES
from jangkau.platform.web.asking import SignedIn, address_of, only
from jangkau.platform.web.saying import said

_CELLS = ("people", "protected", "lapsed", "not_found", "doubtful", "not_eligible", "estimate", "low", "high", "unmet")


@require_safe
def figures(request: SignedIn) -> HttpResponse:
    """``jenis``: the kind of figures; ``di``: a province or institution; ``per``: a snapshot."""
    only(request=request, roles=SEE_FIGURES)
    kind, above = request.GET.get("jenis", Kind.WHOLE), request.GET.get("di")
    snapshot = queries.chosen(among=queries.snapshots(), asked=request.GET.get("per", ""))
    if snapshot is None or kind not in Kind.values:
        raise Http404
    found = queries.listings(snapshot=snapshot, kinds=(kind,), above=above) if kind != Kind.WHOLE else _whole(snapshot)
    if not found:
        raise Http404
    record(
        verb="exported", thing="figures", thing_id=snapshot.pk, address=address_of(request=request), by=request.user,
        kind=kind, rows=len(found[0].lines),
    )  # fmt: skip
    return sheet(snapshot=snapshot, listing=found[0])


def sheet(*, snapshot: Snapshot, listing: Listing) -> HttpResponse:
    """The file, with its date and run in every row so that it can be told apart later."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["as_of", "run", "kind", "key", "name", *_CELLS])
    for line in listing.lines:
        cells = [getattr(line.figure, cell) for cell in _CELLS]
        writer.writerow(
            [
                snapshot.as_of.isoformat(), snapshot.run, line.figure.kind, _plain(line.figure.key),
                _plain(said(text=line.name)), *("" if cell is None else cell for cell in cells),
            ]
        )  # fmt: skip
    answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    name = f"{_('cakupan')}_{snapshot.as_of.isoformat()}_{listing.kind}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _whole(snapshot: Snapshot) -> Sequence[Listing]:
    line = queries.figure(snapshot=snapshot, kind=Kind.WHOLE)
    return [Listing(str(Kind.WHOLE), line.name, [line])] if line else []


def _plain(words: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") and words != "-" else words
