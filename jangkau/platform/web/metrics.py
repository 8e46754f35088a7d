"""Counters for Prometheus: requests by page and answer, how long they took, jobs waiting. Nothing about anybody."""

from __future__ import annotations

import hmac
import time

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from jangkau.platform.web.middleware import Respond

REQUESTS = Counter("jangkau_requests_total", "Answered requests", ["page", "status"])
SECONDS = Histogram(
    "jangkau_request_seconds",
    "Seconds until the answer",
    ["page"],
    buckets=(0.02, 0.05, 0.1, 0.15, 0.25, 0.4, 1, 3, 10),
)
LOCAL = ("127.0.0.1", "::1", "")


class Counted:
    """Counts each request by the name of its page: paths hold numbers of people."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.respond(request)
        match = request.resolver_match
        page = (match.url_name or match.route) if match else "none"
        REQUESTS.labels(page, str(response.status_code)).inc()
        SECONDS.labels(page).observe(time.perf_counter() - began)
        return response


def metrics(request: HttpRequest) -> HttpResponse:
    """For a scraper on this machine, or one that knows the token; a proxy in between makes nobody local."""
    said = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    token = settings.METRICS_TOKEN.encode()
    local = request.META.get("REMOTE_ADDR", "") in LOCAL and "X-Forwarded-For" not in request.headers
    if not local and not (token and hmac.compare_digest(said, token)):
        return HttpResponseForbidden("forbidden\n", content_type="text/plain")
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    jobs = Gauge("jangkau_jobs", "Jobs by state", ["status"], registry=registry)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT status, many FROM web_jobs()")
            for status, many in cursor.fetchall():
                jobs.labels(status).set(many)
    except Error:
        pass
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
