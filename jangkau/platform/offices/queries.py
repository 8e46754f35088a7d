"""Offices and institutions as the administrator's pages list them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from jangkau.places import regencies
from jangkau.platform.offices.models import Institution, Office, OfficeRegion, User


@dataclass(frozen=True)
class Unserved:
    """Regencies and cities of today's list that no office serves on a day."""

    codes: tuple[str, ...]


def offices(*, on: date) -> QuerySet[Office]:
    """Offices with the number of regions they serve on a day and of users: each regional one before its branches."""
    found = Office.objects.select_related("above").annotate(
        serving=Count("regions__region", filter=Q(regions__period__contains=on), distinct=True),
        users=Count("user", filter=Q(user__is_active=True), distinct=True),
    )
    return found.order_by(Coalesce("above__name", "name"), "-kind", "name", "pk")


def below(*, office: Office) -> QuerySet[Office]:
    """The branches of a regional office, by name: it sees whom they see."""
    return Office.objects.filter(above=office).order_by("name", "pk")


def institutions() -> QuerySet[Institution]:
    """Institutions with the number of their users, by name; those that were closed last."""
    return Institution.objects.annotate(users=Count("user", filter=Q(user__is_active=True))).order_by(
        "closed_at", "name", "pk"
    )


def served_by(*, office: Office) -> QuerySet[OfficeRegion]:
    """What an office serves, served and will serve."""
    return OfficeRegion.objects.filter(office=office).order_by("region", "-period", "pk")


def shared_with(*, office: Office, on: date) -> dict[str, list[str]]:
    """Regions of an office that others serve as well on a day, with their names."""
    mine = OfficeRegion.objects.filter(office=office, period__contains=on).values("region")
    found: dict[str, list[str]] = {}
    others = OfficeRegion.objects.filter(region__in=mine, period__contains=on).exclude(office=office)
    for one in others.select_related("office"):
        found.setdefault(one.region, []).append(one.office.name)
    return found


def unserved(*, on: date) -> Unserved:
    """Regions nobody would see the people of, branch by branch."""
    served = set(OfficeRegion.objects.filter(period__contains=on).values_list("region", flat=True))
    return Unserved(tuple(one.code for one in regencies() if one.code not in served))


def is_at(*, user: User, institution: str) -> bool:
    """Is he somebody active at an institution (by its code) that is not closed. Also while he signs in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT offices_is_at(%s, %s)", [user.pk, institution])
        answer: bool = cursor.fetchone()[0]
    return answer
