"""Figures as they were taken from a run on a date, and the charts drawn from them; workers of a region, with their
source."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jangkau.platform.offices.models import User


class Audience(models.TextChoices):
    """For whom figures are told: who may see people gets all of them, everybody else those with small cells hidden."""

    FULL = "full", _("Lengkap")
    SAFE = "safe", _("Sel kecil disembunyikan")


class Kind(models.TextChoices):
    """What a figure is about."""

    WHOLE = "whole", _("Nasional")
    PROVINCE = "province", _("Provinsi")
    REGION = "region", _("Kabupaten/kota")
    BRANCH = "branch", _("Kantor cabang")
    INSTITUTION = "institution", _("Lembaga")
    LIST = "list", _("Daftar")
    KUR_TYPE = "kur_type", _("Jenis KUR")
    QUARTER = "quarter", _("Triwulan")
    SEX = "sex", _("Jenis kelamin")
    AGE = "age", _("Umur")


class Snapshot(models.Model):
    """The figures of one run. They are never changed; a later run of the same date takes their place."""

    as_of = models.DateField()
    run = models.PositiveBigIntegerField(unique=True)
    taken_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=40)
    level = models.FloatField()
    definitions = models.PositiveSmallIntegerField(help_text="edition of coverage/definitions.py")
    current = models.BooleanField(default=True, help_text="no later run of the same date")
    public = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-as_of", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["as_of"], condition=Q(current=True), name="one_snapshot_of_a_date_holds"),
        ]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d} #{self.run}"


class OfFigures(models.Model):
    """About what something is and for whom; policies of the database read these columns."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE)
    audience = models.CharField(max_length=4, choices=Audience.choices)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=160, blank=True)
    institution = models.CharField(max_length=160, blank=True, help_text="of a list and of an institution, as a slug")

    class Meta:
        abstract = True


class Figure(OfFigures):
    """The people of one group on lists, and what became of them. What is hidden is NULL.

    In figures for everybody ``not_found`` holds those who are doubtful as well.
    """

    name = models.CharField(max_length=160, blank=True)
    above = models.CharField(max_length=160, blank=True)
    people = models.BigIntegerField(null=True)
    protected = models.BigIntegerField(null=True)
    lapsed = models.BigIntegerField(null=True)
    not_found = models.BigIntegerField(null=True)
    doubtful = models.BigIntegerField(null=True)
    not_eligible = models.BigIntegerField(null=True)
    estimate = models.BigIntegerField(null=True)
    low = models.BigIntegerField(null=True)
    high = models.BigIntegerField(null=True)
    unmet = models.BigIntegerField(null=True, help_text="obliged to join, and not met")
    bar = models.TextField(blank=True)
    detail = models.JSONField(default=dict, help_text="rows, alternatives, sensitivity; of the whole only")

    class Meta:
        ordering: ClassVar = [F("estimate").desc(nulls_last=True), "key", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "audience", "kind", "key"], name="a_figure_stands_once"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(low__lte=F("high")), name="an_interval_has_its_bounds_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.kind} {self.key}"


class Chart(OfFigures):
    """An SVG, drawn when the figures were taken."""

    what = models.CharField(max_length=16)
    language = models.CharField(max_length=2)
    svg = models.TextField()
    drawn_from = ArrayField(models.BigIntegerField(), default=list, help_text="earlier snapshots that it shows as well")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["snapshot", "audience", "kind", "key", "what", "language"], name="a_chart_is_drawn_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.kind} {self.key} {self.what}"


class Workforce(models.Model):
    """Workers of a region and how many are active participants, in a year, from a source that is named."""

    region = models.CharField(max_length=4, blank=True, help_text="empty: the country; two digits: a province")
    year = models.PositiveSmallIntegerField()
    eligible = models.BigIntegerField(help_text="workers whom the law covers")
    participants = models.BigIntegerField(null=True, help_text="active, at the end of the year")
    source = models.CharField(max_length=200)
    verified = models.BooleanField(default=False)
    invented = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["region", "-year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "year"], name="a_region_has_its_workers_once_a_year"),
            models.CheckConstraint(condition=~Q(source=""), name="workers_have_a_source"),
            models.CheckConstraint(
                condition=Q(invented=False) | Q(verified=False), name="what_is_invented_is_unverified"
            ),
            models.CheckConstraint(condition=Q(region__regex=r"^([0-9]{2}){0,2}$"), name="workers_are_of_a_region"),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.year}"
