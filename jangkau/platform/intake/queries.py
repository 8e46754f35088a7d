"""What pages read of deliveries; row security decides whose."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from jangkau.platform.intake.checking import PREVIEW
from jangkau.platform.intake.drawing import SHOWN
from jangkau.platform.intake.models import Delivery, Layout, QualityChart
from jangkau.platform.intake.spoken import spoken
from jangkau.platform.offices.models import User

A_PAGE = 50


@dataclass(frozen=True)
class Line:
    """A delivery in a list. ``late`` None: no due date is known."""

    number: int
    institution_id: int
    institution: str
    layout: str
    file_name: str
    sent_at: datetime
    state: str
    state_name: str
    rows_read: int | None
    rows_refused: int | None
    due_on: date | None
    late: bool | None
    nik_valid: float | None
    taken: float | None
    is_register: bool


@dataclass(frozen=True)
class Page:
    """Some deliveries, newest first; ``after`` is the number to go on from, None at the end."""

    lines: tuple[Line, ...]
    after: int | None


def page(*, institution: int | None = None, state: str = "", after: int | None = None) -> Page:
    """Fifty deliveries, by keyset: the ones sent before the delivery ``after``."""
    found = Delivery.objects.select_related("institution").defer("complaint", "mapping")
    if institution is not None:
        found = found.filter(institution=institution)
    if state in Delivery.State.values:
        found = found.filter(state=state)
    if after is not None:
        last = Delivery.objects.filter(pk=after).values_list("sent_at", flat=True).first()
        if last is not None:
            found = found.filter(Q(sent_at__lt=last) | Q(sent_at=last, pk__lt=after))
    rows = list(found.order_by("-sent_at", "-pk")[: A_PAGE + 1])
    return Page(_lines(rows[:A_PAGE]), rows[A_PAGE - 1].pk if len(rows) > A_PAGE else None)


def _lines(rows: Iterable[Delivery]) -> tuple[Line, ...]:
    return tuple(_line(row) for row in rows)


def _line(row: Delivery) -> Line:
    accepted = row.rows_accepted or 0
    return Line(
        number=row.pk, institution_id=row.institution.pk, institution=row.institution.name,
        layout=str(Layout(row.layout).label) if row.layout else "", file_name=row.file_name, sent_at=row.sent_at,
        state=row.state, state_name=str(Delivery.State(row.state).label), rows_read=row.rows_read,
        rows_refused=row.rows_refused, due_on=row.due_on, late=is_late(delivery=row),
        nik_valid=100 * row.profile.get("nik_valid", 0) / accepted if accepted else None,
        taken=100 * accepted / row.rows_read if row.rows_read else None, is_register=row.layout == Layout.REGISTER,
    )  # fmt: skip


def waiting(*, user: User) -> int:
    """How many deliveries wait for somebody to accept them who is this user and not their sender."""
    return Delivery.objects.filter(state=Delivery.State.CHECKED).exclude(sent_by=user).count()


def is_late(*, delivery: Delivery) -> bool | None:
    """Was it sent after the day it was due? None when no such day is known."""
    if delivery.due_on is None:
        return None
    return timezone.localdate(delivery.sent_at) > delivery.due_on


@dataclass(frozen=True)
class Development:
    """How the lists of one kind became better or worse: its deliveries, newest first, and the picture of them."""

    layout: str
    lines: tuple[Line, ...]
    svg: str


def over_time(*, institution: int, language: str) -> tuple[Development, ...]:
    """The last checked deliveries of each kind of list."""
    counted = Delivery.objects.select_related("institution").defer("complaint", "mapping")
    rows = list(counted.filter(institution=institution, rows_read__isnull=False).order_by("-sent_at", "-pk")[:200])
    found: dict[str, list[Line]] = {}
    for row in rows:
        if len(kept := found.setdefault(row.layout, [])) < SHOWN:
            kept.append(_line(row))
    drawn = dict(QualityChart.objects.filter(institution=institution, language=language).values_list("layout", "svg"))
    return tuple(
        Development(str(Layout(layout).label), tuple(lines), drawn.get(layout, ""))
        for layout, lines in sorted(found.items())
    )


@dataclass(frozen=True)
class Punctuality:
    """How many deliveries came on time, late, and without a day to come by."""

    on_time: int
    late: int
    without: int


def punctuality(*, institution: int) -> Punctuality:
    """Over all deliveries of an institution."""
    told = [
        due and timezone.localdate(sent) > due
        for sent, due in Delivery.objects.filter(institution=institution).values_list("sent_at", "due_on")
    ]
    return Punctuality(told.count(False), told.count(True), told.count(None))


@dataclass(frozen=True)
class Sent:
    """A column as its sender calls it: what it is taken for, and some of its cells; long numbers are masked."""

    header: str
    ours: str
    cells: tuple[str, ...]

    @property
    def read_as(self) -> str:
        return spoken(name=self.ours) if self.ours else ""


@dataclass(frozen=True)
class Preview:
    """The first rows of a delivery, column by column."""

    columns: tuple[Sent, ...]
    rows: tuple[tuple[str, ...], ...]
    missing: tuple[str, ...]
    made_of: str

    @property
    def missed(self) -> str:
        return ", ".join(spoken(name=name) for name in self.missing)


def preview(*, delivery: Delivery) -> Preview | None:
    """The first rows of a delivery; None before the check has looked, and after retention."""
    try:
        seen: dict[str, Any] = json.loads((delivery.checked / PREVIEW).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    ours = {position: name for name, position in seen["columns"].items()}
    rows = tuple(tuple(row) for row in seen["rows"])
    return Preview(
        columns=tuple(
            Sent(header, ours.get(at, ""), tuple(row[at] for row in rows if at < len(row)))
            for at, header in enumerate(seen["header"])
        ),
        rows=rows,
        missing=tuple(seen["missing"]),
        made_of=", ".join(one for one in (seen["format"], seen["encoding"], seen["sheet"]) if one),
    )


_OURS = ("flags", "nik_valid", "lahir_presisi")


@dataclass(frozen=True)
class AsRead:
    """The first accepted rows as the engine read them: names of columns, and rows of text."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def as_read(*, delivery: Delivery, rows: int = 10) -> AsRead | None:
    """The first accepted rows, numbers of cards and telephones masked; None before the check and after retention."""
    import pyarrow.parquet as pq

    from jangkau.lists import NUMBERS, masked
    from jangkau.platform.intake.checking import ACCEPTED

    try:
        with pq.ParquetFile(delivery.checked / ACCEPTED) as file:
            first = next(file.iter_batches(batch_size=rows), None)
    except (OSError, ValueError):
        return None
    if first is None:
        return None
    lines = first.to_pylist()
    names = [n for n in first.schema.names if n not in _OURS and any(x[n] is not None for x in lines)]
    return AsRead(
        tuple(spoken(name=name) for name in names),
        tuple(
            tuple(masked(cell="" if line[n] is None else str(line[n]), whole=n in NUMBERS) for n in names)
            for line in lines
        ),
    )
