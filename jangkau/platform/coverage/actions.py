"""Everything that is written about coverage: figures taken, shown to everybody or not, workers of a region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from jangkau.complaints import Complaint, Text
from jangkau.platform.coverage import taking
from jangkau.platform.coverage.definitions import EDITION
from jangkau.platform.coverage.drawing import Point
from jangkau.platform.coverage.entries import entries_of, slug
from jangkau.platform.coverage.models import Chart, Figure, Snapshot, Workforce
from jangkau.platform.coverage.taking import Earlier, Key, point
from jangkau.platform.coverage.telling import tell
from jangkau.platform.coverage.workforce_file import Stated
from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import OfficeRegion, User

AT_ONCE = 500


@transaction.atomic
def take(*, run: int, summary: Mapping[str, Any], by: User | None) -> Snapshot:
    """Keep the figures of a run and draw their charts, as the owner of the tables. Twice is once; what was taken
    earlier for the same date stays, and is no longer the one that holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('coverage.take'))")
    taken = Snapshot.objects.filter(run=run).first()
    if taken is not None:
        return taken
    as_of = date.fromisoformat(summary["as_of"])
    unprotected = summary["unprotected"]
    Snapshot.objects.filter(as_of=as_of, current=True).update(current=False, public=False)
    snapshot = Snapshot.objects.create(
        as_of=as_of, run=run, by=by, method=unprotected.get("method") or "", level=unprotected.get("level") or 0.95,
        definitions=EDITION,
    )  # fmt: skip
    entries = entries_of(summary=summary)
    told = tell(entries=entries, branches=_regions_of_branches(as_of))
    earlier = _earlier(as_of)
    for figures in (
        list(taking.full(snapshot=snapshot, entries=entries, summary=summary)),
        list(taking.safe(snapshot=snapshot, entries=entries, told=told, summary=summary)),
    ):
        Figure.objects.bulk_create(figures, AT_ONCE)
        drawn = taking.charts(figures=figures, summary=summary, as_of=as_of, earlier=earlier)
        Chart.objects.bulk_create(drawn, AT_ONCE)
    record(verb="took_figures", thing="snapshot", thing_id=snapshot.pk, by=by, run=run, figures=len(entries))
    return snapshot


def _regions_of_branches(as_of: date) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one in OfficeRegion.objects.filter(period__contains=as_of).select_related("office"):
        found.setdefault(slug(words=one.office.name), set()).add(one.region)
        found.setdefault(slug(words=one.office.code), set()).add(one.region)
    return {key: frozenset(regions) for key, regions in found.items()}


def _earlier(before: date) -> Earlier:
    """Shares on dates before this one, of the snapshots that hold."""
    points: dict[Key, list[Point]] = {}
    found = Figure.objects.filter(snapshot__current=True, snapshot__as_of__lt=before, kind__in=taking.WITH_CHARTS)
    kept = found.select_related("snapshot").defer("bar", "detail").order_by("snapshot__as_of", "pk")
    snapshots = set()
    for one in kept.iterator(chunk_size=2000):
        snapshots.add(one.snapshot_id)
        key = (one.audience, one.kind, one.key)
        points.setdefault(key, []).append(point(figure=one, on=one.snapshot.as_of))
    return Earlier(points, sorted(snapshots))


@transaction.atomic
def publish(*, snapshot: Snapshot, public: bool, by: User) -> None:
    """Show figures on the page that needs no sign-in, or no longer. Twice is once. Complaint when there is nothing to
    tell."""
    if public and not snapshot.current:
        raise Complaint(
            what=Text("Angka ini tidak dapat diterbitkan.", "These figures cannot be published."),
            where=str(snapshot.as_of),
            why=Text("Sudah ada angka yang lebih baru untuk tanggal yang sama.",
                     "There are newer figures of the same date."),
            do=Text("Terbitkan yang terbaru.", "Publish the newest."),
        )  # fmt: skip
    if snapshot.public == public:
        return
    snapshot.public = public
    snapshot.save(update_fields=["public"])
    record(verb="published" if public else "unpublished", thing="snapshot", thing_id=snapshot.pk, by=by)


@transaction.atomic
def state_workers(
    *, region: str, year: int, eligible: int, participants: int | None, source: str, verified: bool, invented: bool,
    by: User | None,
) -> Workforce:  # fmt: skip
    """Say how many workers a region had and how many were active participants, and who says so; said again, it is
    replaced."""
    said, _ = Workforce.objects.update_or_create(
        region=region, year=year,
        defaults={"eligible": eligible, "participants": participants, "source": source, "verified": verified,
                  "invented": invented},
    )  # fmt: skip
    record(verb="stated_workers", thing="workforce", thing_id=said.pk, by=by, region=region, year=year)
    return said


@transaction.atomic
def state_workforce(*, rows: Sequence[Stated], by: User) -> int:
    """What a file says of the workers of many regions, unverified until somebody has looked at its source; said again,
    it is replaced. How many rows."""
    Workforce.objects.bulk_create(
        [
            Workforce(region=one.region, year=one.year, eligible=one.eligible, participants=one.participants,
                      source=one.source)
            for one in rows
        ],
        AT_ONCE,
        update_conflicts=True,
        unique_fields=["region", "year"],
        update_fields=["eligible", "participants", "source", "verified", "invented"],
    )  # fmt: skip
    years = sorted({one.year for one in rows})
    record(verb="stated_workers", thing="workforce", by=by, rows=len(rows), years=years)
    return len(rows)


@transaction.atomic
def verify_workforce(*, year: int, source: str, by: User) -> int:
    """Somebody has held the numbers of a year against their source; how many regions. Invented ones are never
    verified, and a number that is said again is unverified again."""
    unchecked = Workforce.objects.filter(year=year, source=source, verified=False, invented=False)
    rows = unchecked.update(verified=True)
    if rows:
        record(verb="verified_workers", thing="workforce", by=by, rows=rows, year=year)
    return rows
