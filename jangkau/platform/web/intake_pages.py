"""Pages of deliveries: hand in, look at what was found, map columns, accept. Whose they are, row security decides."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jangkau.complaints import Complaint, Text
from jangkau.gaps.report_quality import file_quality
from jangkau.lists import LABELS
from jangkau.platform.intake import actions, parts, queries, refused_rows, rhythm
from jangkau.platform.intake.advice import to_improve
from jangkau.platform.intake.models import Delivery, Part
from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import Institution
from jangkau.platform.offices.roles import SEE_LISTS
from jangkau.platform.registry import results
from jangkau.platform.web.asking import SignedIn, address_of, only
from jangkau.platform.web.intake_forms import DeliveryForm, LayoutForm, ReturnForm, RhythmForm, forms_of
from jangkau.platform.web.parts import found, status_of
from jangkau.platform.web.saying import language, said
from jangkau.platform.web.templatetags.wording import tanggal
from jangkau.platform.web.uploads import MOST, refusal_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def deliveries(request: SignedIn) -> HttpResponse:
    only(request=request, roles=SEE_LISTS)
    state = request.GET.get("keadaan", "")
    after = request.GET.get("setelah", "")
    page = queries.page(state=state, after=_number(after))
    return render(
        request,
        "web/intake/deliveries.html",
        {
            "page": page,
            "state": state,
            "states": Delivery.State.choices,
            "waiting": 0 if state else queries.waiting(user=request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    only(request=request, roles=SEE_LISTS)
    if (refusal := refusal_of(request=request)) is not None:
        record(verb="upload_refused", thing="delivery", address=address_of(request=request), why=refusal.what.en)
        form = DeliveryForm(request.POST, user=request.user)
        form.fields["file"].required = False
        form.add_error(None, _told(refusal))
        return _new(request, form, status_of(complaint=refusal))
    form = DeliveryForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method != "POST":
        return _new(request, form, 200)
    part = _part(request)
    if part is not None:
        form.fields["file"].required = False
    if form.is_valid():
        try:
            handed_in = _hand_in(request, form, part)
        except Complaint as complaint:
            form.add_error(None, _told(complaint))
        else:
            if handed_in.again:
                when = handed_in.delivery.sent_at
                messages.info(
                    request,
                    _("Berkas yang sama persis sudah dikirim pada %(when)s. Tidak ada yang berubah.")
                    % {"when": f"{tanggal(when)} {timezone.localtime(when):%H.%M}"},
                )
            to = reverse("delivery", args=[handed_in.delivery.pk])
            return JsonResponse({"to": to}) if request.headers.get("X-Requested-With") else redirect(to)
    return _new(request, form, 422)


def _new(request: SignedIn, form: DeliveryForm, status: int) -> HttpResponse:
    return render(request, "web/intake/new.html", {"form": form, "most": MOST}, status=status)


def _part(request: SignedIn) -> Part | None:
    """The file that was sent part by part before its form; 404 for a number that is nobody's or somebody else's."""
    said_to_be = request.POST.get("upload", "")
    if not said_to_be:
        return None
    try:
        number = uuid.UUID(said_to_be)
    except ValueError:
        raise Http404 from None
    return found(request=request, number=number)


def _hand_in(request: SignedIn, form: DeliveryForm, part: Part | None) -> actions.HandedIn:
    made = actions.hand_in(
        upload=_of_the_form(form) if part is None else parts.whole(part=part),
        institution=form.institution,
        layout=form.cleaned_data["layout"],
        terms=form.terms,
        now=timezone.now(),
        by=request.user,
        address=address_of(request=request),
    )
    if part is not None:
        parts.forget(part=part)
    return made


def _of_the_form(form: DeliveryForm) -> actions.Upload:
    file = form.cleaned_data["file"]
    assert isinstance(file, UploadedFile)  # noqa: S101 - as the form says
    return actions.Upload(
        Path(file.temporary_file_path()),  # type: ignore[attr-defined]
        file.name or "",
        file.digest,  # type: ignore[attr-defined]
        file.size or 0,
    )


@require_safe
def delivery(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=SEE_LISTS)
    return _delivery(request, _found(number))


def _delivery(request: SignedIn, one: Delivery, form: ReturnForm | None = None, status: int = 200) -> HttpResponse:
    counted = one.rows_read is not None
    return render(
        request,
        "web/intake/delivery.html",
        {
            "one": one,
            "late": queries.is_late(delivery=one),
            "waits": one.state in ("received", "checking"),
            "mine": one.sent_by_id == request.user.pk,
            "quality": file_quality(profile=one.profile, labels=LABELS) if counted else None,
            "improve": to_improve(profile=one.profile) if counted else (),
            "has_refused": refused_rows.there_are(delivery=one),
            "as_workbook": (one.rows_refused or 0) <= refused_rows.MOST_IN_A_WORKBOOK,
            "complaint": {name: _kept(one.complaint[name]) for name in ("what", "why", "do") if one.complaint},
            "by_hand": one.state == "refused" and queries.preview(delivery=one) is not None,
            "notes": one.profile.get("notes", ()),
            "can_map": one.state in ("checked", "refused"),
            "form": form or ReturnForm(),
            "results": results.available(delivery=one) if _has_results(request, one) else None,
            "taken": results.ready(delivery=one, by=request.user),
        },
        status=status,
    )


def _has_results(request: SignedIn, one: Delivery) -> bool:
    """Is this a list whose people somebody may ask about? The register is what they are looked for in."""
    return one.layout != "register" and request.user.role in results.MOST


@require_safe
def state(request: SignedIn, number: int) -> JsonResponse:
    """How far the check is, for the page that waits for it."""
    only(request=request, roles=SEE_LISTS)
    one = _found(number)
    return JsonResponse({"state": one.state, "progress": one.progress})


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: SignedIn, number: int) -> HttpResponse:
    """The first rows, and which column is what; somebody who looks is written down."""
    only(request=request, roles=SEE_LISTS)
    one = _found(number)
    seen = queries.preview(delivery=one)
    layout = request.POST.get("layout", request.GET.get("jenis", one.layout))
    chosen = LayoutForm({"layout": layout}, user=request.user, institution=one.institution)
    layout = layout if chosen.is_valid() else ""
    form = forms_of(layout=layout, seen=seen, by_hand=one.mapping, given=request.POST or None) if seen else None
    if request.method == "POST" and form is not None and layout and form.is_valid():
        try:
            actions.map_columns(
                delivery=one, layout=layout, columns=form.by_hand, now=timezone.now(), by=request.user,
                address=address_of(request=request),
            )  # fmt: skip
        except Complaint as complaint:
            form.add_error(None, _told(complaint))
        else:
            return redirect("delivery", one.pk)
    if request.method == "GET":
        record(verb="read_first_rows", thing="delivery", thing_id=one.pk, address=address_of(request=request),
               purpose=one.purpose)  # fmt: skip
    return render(
        request,
        "web/intake/columns.html",
        {
            "one": one,
            "seen": seen,
            "as_read": queries.as_read(delivery=one) if one.rows_read is not None else None,
            "form": form,
            "chosen": chosen,
            "layout": layout,
            "can_map": one.state in ("checked", "refused"),
        },
        status=422 if form is not None and form.errors else 200,
    )


@require_POST
def accept(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=SEE_LISTS)
    one = _found(number)
    try:
        actions.accept(delivery=one, now=timezone.now(), by=request.user, address=address_of(request=request))
    except Complaint as complaint:
        messages.warning(request, _told(complaint))
    else:
        messages.success(request, _("Kiriman disetujui. Daftarnya ikut dalam hitungan berikutnya."))
    return redirect("delivery", one.pk)


@require_POST
def give_back(request: SignedIn, number: int) -> HttpResponse:
    only(request=request, roles=SEE_LISTS)
    one = _found(number)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _delivery(request, one, form, 422)
    try:
        actions.give_back(
            delivery=one, reason=form.cleaned_data["reason"], by=request.user, address=address_of(request=request)
        )
    except Complaint as complaint:
        messages.warning(request, _told(complaint))
    return redirect("delivery", one.pk)


@require_safe
def refused(request: SignedIn, number: int, ending: str) -> HttpResponseBase:
    """The refused rows as a file; that somebody took them is written down."""
    only(request=request, roles=SEE_LISTS)
    one = _found(number)
    if not refused_rows.there_are(delivery=one):
        raise Http404
    name = f"ditolak-{one.pk}.{ending}"
    if ending == "xlsx" and (one.rows_refused or 0) > refused_rows.MOST_IN_A_WORKBOOK:
        raise Http404
    record(
        verb="exported", thing="refused_rows", thing_id=one.pk, purpose=one.purpose,
        address=address_of(request=request), rows=one.rows_refused, format=ending,
    )  # fmt: skip
    if ending == "csv":
        answer = StreamingHttpResponse(refused_rows.as_csv(delivery=one), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    file = tempfile.NamedTemporaryFile(dir=settings.HOME.exports, suffix=".xlsx")  # noqa: SIM115 - the answer closes it
    refused_rows.as_workbook(delivery=one, path=Path(file.name))
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def institution(request: SignedIn, number: int) -> HttpResponse:
    """What an institution has delivered, on time or late, and how its quality develops; with POST an analyst says how
    often its agreement expects a list."""
    only(request=request, roles=SEE_LISTS)
    one = get_object_or_404(Institution, pk=number)
    agrees = request.user.role == "analyst"
    form = RhythmForm(request.POST or None) if agrees else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            rhythm.agree(institution=one, **form.cleaned_data, now=timezone.now(), by=request.user,
                         address=address_of(request=request))  # fmt: skip
            messages.success(request, _("Irama pengiriman dicatat."))
            return redirect("deliveries_of", number)
    page = queries.page(institution=number, after=_number(request.GET.get("setelah", "")))
    return render(
        request,
        "web/intake/institution.html",
        {
            "one": one,
            "page": page,
            "with_results": results.newest_runs(
                deliveries=[line.number for line in page.lines if not line.is_register]
            ),
            "developments": queries.over_time(institution=number, language=language()),
            "punctuality": queries.punctuality(institution=number),
            "expected": rhythm.expected(institution=one, today=timezone.localdate()),
            "form": form,
        },
        status=422 if form is not None and form.errors else 200,
    )


def _found(number: int) -> Delivery:
    """A delivery that this user may see; 404 for any other, there or not."""
    together = Delivery.objects.select_related("institution", "sent_by", "accepted_by")
    return get_object_or_404(together, pk=number)


def _number(text: str) -> int | None:
    """A number that somebody gave in an address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _told(complaint: Complaint) -> str:
    return " ".join(said(text=text) for text in (complaint.what, complaint.why, complaint.do))


def _kept(text: dict[str, str]) -> str:
    return said(text=Text(**text))
