"""A large file part by part: begun, continued from where the connection broke, and then handed in with its form.

POST `kiriman/naik/` with name, size and modified -> {id, at}. GET `kiriman/naik/ID/` -> {at}. POST the next bytes
there with the header Upload-Offset -> {at}; 409 with the right place for any other; 503 to ask again for the place. An
error is {error} in words.
"""

from __future__ import annotations

import threading
import uuid

from django.http import Http404, HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from jangkau.complaints import Complaint
from jangkau.platform.intake import parts, refusing
from jangkau.platform.intake.models import Part
from jangkau.platform.offices.events import record
from jangkau.platform.offices.roles import SEE_LISTS
from jangkau.platform.web import uploads
from jangkau.platform.web.asking import SignedIn, address_of, only
from jangkau.platform.web.middleware import FULL
from jangkau.platform.web.saying import said

A_PART = 16 * 2**20
"""Bytes that one request may bring; the page sends a quarter of it at a time."""
AT_ONCE = 4
"""Parts that a process takes at once: its other threads serve pages, however slow the lines are. Who finds no room
comes again, as after a connection that broke."""
_room = threading.BoundedSemaphore(AT_ONCE)


@require_POST
def start(request: SignedIn) -> JsonResponse:
    only(request=request, roles=SEE_LISTS)
    size, modified = (_number(request.POST.get(name, "")) for name in ("size", "modified"))
    if size is None or modified is None:
        return JsonResponse({"error": "size, modified"}, status=400)
    try:
        part = parts.start(
            name=request.POST.get("name", "").replace("\0", ""), size=size, modified=modified, most=uploads.MOST,
            now=timezone.now(), by=request.user,
        )  # fmt: skip
    except Complaint as complaint:
        return _refused(request, complaint)
    return JsonResponse({"id": str(part.pk), "at": parts.arrived(part=part)})


@require_http_methods(["GET", "HEAD", "POST"])
def part(request: SignedIn, number: uuid.UUID) -> JsonResponse:
    """Where the next bytes belong; with POST, the next bytes. 404 for what somebody else has begun."""
    only(request=request, roles=SEE_LISTS)
    one = found(request=request, number=number)
    if request.method != "POST":
        return JsonResponse({"at": parts.arrived(part=one)})
    at = _number(request.headers.get("Upload-Offset", ""))
    length = _number(request.headers.get("Content-Length", ""))
    if at is None or length is None or not 0 < length <= A_PART:
        return JsonResponse({"error": "Upload-Offset, Content-Length"}, status=400)
    if not _room.acquire(timeout=1):
        return JsonResponse({}, status=503)
    try:
        return JsonResponse({"at": parts.append(part=one, at=at, read=request.read, length=length)})
    except parts.ElsewhereError as elsewhere:
        return JsonResponse({"at": elsewhere.at}, status=409)
    except UnreadablePostError:
        return JsonResponse({}, status=503)  # read only by who fell silent and is back: he asks where to go on
    except Complaint as complaint:
        return _refused(request, complaint)
    finally:
        _room.release()


def found(*, request: SignedIn, number: uuid.UUID) -> Part:
    """The asker's own unfinished file; 404 for any other."""
    one = parts.of(number=number, by=request.user)
    if one is None:
        raise Http404
    return one


def status_of(*, complaint: Complaint) -> int:
    """How a refused upload is answered."""
    return FULL if complaint.what == refusing.disk_full().what else 413


def _refused(request: HttpRequest, complaint: Complaint) -> JsonResponse:
    record(verb="upload_refused", thing="delivery", address=address_of(request=request), why=complaint.what.en)
    told = " ".join(said(text=text) for text in (complaint.what, complaint.why, complaint.do))
    return JsonResponse({"error": told}, status=status_of(complaint=complaint))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
