"""How often the agreement with an institution expects a list, and which of these days a delivery is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from jangkau.platform.intake.models import Delivery, Rhythm
from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import Institution, User


@dataclass(frozen=True)
class Expected:
    """A kind of list that is expected, the day by which the next one is, and by how many days it is late."""

    rhythm: Rhythm
    due_on: date
    days_late: int


def due_on(*, rhythm: Rhythm, number: int) -> date:
    """The day of one number: 0 is the first."""
    months = rhythm.first_due.year * 12 + rhythm.first_due.month - 1 + number * rhythm.months
    return date(months // 12, months % 12 + 1, rhythm.first_due.day)


def day_for(*, rhythm: Rhythm, sent: date, met: set[date]) -> date | None:
    """The day that a delivery is for: the last that has passed, where nothing came for it and less than half the time
    to the next has gone by; else the next. None when that is met already: one more than expected."""
    number = 0
    while due_on(rhythm=rhythm, number=number) < sent:
        number += 1
    following = due_on(rhythm=rhythm, number=number)
    if number:
        passed = due_on(rhythm=rhythm, number=number - 1)
        if passed not in met and 2 * (sent - passed).days <= (following - passed).days:
            return passed
    return None if following in met else following


def days_met(*, institution: Institution, layout: str) -> set[date]:
    """Days for which something was sent that was not refused."""
    known = Delivery.objects.filter(institution=institution, layout=layout).exclude(state=Delivery.State.REFUSED)
    return {day for day in known.values_list("due_on", flat=True) if day is not None}


def due_of(*, institution: Institution, layout: str, sent: date) -> date | None:
    """The day that a delivery is for, by the rhythm of its kind; None without one."""
    rhythm = Rhythm.objects.filter(institution=institution, layout=layout).first()
    if rhythm is None:
        return None
    return day_for(rhythm=rhythm, sent=sent, met=days_met(institution=institution, layout=layout))


def expected(*, institution: Institution, today: date) -> tuple[Expected, ...]:
    """What is expected of an institution next, by kind of list."""
    found = []
    for rhythm in Rhythm.objects.filter(institution=institution).order_by("layout"):
        met = days_met(institution=institution, layout=rhythm.layout)
        day = day_for(rhythm=rhythm, sent=today, met=met) or _after(rhythm, today, met)
        found.append(Expected(rhythm, day, max((today - day).days, 0)))
    return tuple(found)


def _after(rhythm: Rhythm, today: date, met: set[date]) -> date:
    """The first day from today on for which nothing has come yet."""
    number = 0
    while (day := due_on(rhythm=rhythm, number=number)) < today or day in met:
        number += 1
    return day


@transaction.atomic
def agree(
    *, institution: Institution, layout: str, months: int, first_due: date, agreement_number: str, now: datetime,
    by: User, address: str | None = None,
) -> None:  # fmt: skip
    """Write down how often an agreement expects a kind of list; what stood there before is replaced."""
    Rhythm.objects.update_or_create(
        institution=institution, layout=layout,
        defaults={"months": months, "first_due": first_due, "agreement_number": agreement_number, "changed_by": by,
                  "changed_at": now},
    )  # fmt: skip
    record(verb="agreed_rhythm", thing="institution", thing_id=institution.pk, address=address, by=by, layout=layout,
           months=months, first_due=first_due.isoformat())  # fmt: skip
