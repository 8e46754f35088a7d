"""Deliveries: lists and registers that were handed in; and how an institution's columns are read."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jangkau.platform.offices.models import Institution, User

ENDINGS = (".csv.gz", ".txt.gz", ".tsv.gz", ".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".parquet", ".zip", ".gz")
"""Endings that are kept; readers look at the content, people at the ending."""


class Layout(models.TextChoices):
    """Kinds of lists, as `jangkau.lists` names them."""

    KUR = "kur", _("Debitur KUR")
    PRAKERJA = "prakerja", _("Penerima Kartu Prakerja")
    NON_ASN = "non_asn", _("Pegawai non-ASN")
    VILLAGE = "village", _("Perangkat dan pekerja desa")
    REGISTER = "register", _("Register peserta")


class Delivery(models.Model):
    """A file that an institution handed in. Its bytes lie under ``path`` as they were sent; what was read of them lies
    under ``checked``. After retention both are gone, the hash and the counts stay."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Diterima, menunggu pemeriksaan")
        CHECKING = "checking", _("Sedang diperiksa")
        CHECKED = "checked", _("Sudah diperiksa, menunggu persetujuan")
        REFUSED = "refused", _("Ditolak")
        ACCEPTED = "accepted", _("Disetujui")
        DELETED = "deleted", _("Isi dihapus, masa simpan berakhir")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="deliveries")
    # "": to be recognised when it is checked
    layout = models.CharField(max_length=10, choices=Layout.choices, blank=True)
    file_name = models.CharField(max_length=200, help_text=_("Nama seperti dikirim, hanya untuk ditampilkan."))
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    # None: sent by `jangkau deliver` on the machine itself, for nobody in particular
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    purpose = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=200, blank=True)
    agreement_number = models.CharField(max_length=120, blank=True)
    results_allowed = models.BooleanField(default=False)
    retention_until = models.DateField()
    progress = models.SmallIntegerField(default=0, help_text=_("Persen berkas yang sudah dibaca."))
    rows_read = models.BigIntegerField(null=True, blank=True)
    rows_accepted = models.BigIntegerField(null=True, blank=True)
    rows_refused = models.BigIntegerField(null=True, blank=True)
    profile = models.JSONField(default=dict, blank=True)
    complaint = models.JSONField(default=dict, blank=True)
    mapping = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["-sent_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["institution", "-sent_at", "-id"], name="deliveries_of_an_institution"),
            models.Index(fields=["-sent_at", "-id"], name="deliveries_newest_first"),
            models.Index(fields=["retention_until"], condition=~Q(state="deleted"), name="deliveries_to_delete"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["institution", "digest"], name="a_file_is_delivered_once"),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | Q(sent_by=None) | ~Q(accepted_by=F("sent_by")),
                name="maker_and_checker_differ",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None, accepted_at=None)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False, state__in=["accepted", "deleted"]),
                name="who_accepts_does_so_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked", "accepted"])
                | Q(rows_read=F("rows_accepted") + F("rows_refused"), rows_read__isnull=False),
                name="a_checked_delivery_is_counted",
            ),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="a_digest_is_sha256"),
            models.CheckConstraint(
                condition=Q(layout__in=["kur", "prakerja", "non_asn", "village", "register"])
                | Q(layout="", state__in=["received", "checking", "refused", "deleted"]),
                name="a_layout_we_read",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "checking", "checked", "refused", "accepted", "deleted"]),
                name="a_state_of_a_delivery",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layout} {self.digest[:12]}"

    @property
    def folder(self) -> Path:
        """The place of these bytes; institutions that sent the very same bytes share it."""
        home: Path = settings.HOME.deliveries
        return home / self.digest[:2] / self.digest

    @property
    def path(self) -> Path:
        """The bytes as they were sent, under a name of ours that no other delivery's bytes have."""
        return self.folder / f"{self.digest[:12]}{self.ending}"

    @property
    def checked(self) -> Path:
        """What was read of this delivery: accepted.parquet, refused.csv, preview.json."""
        return self.folder / str(self.pk)

    @property
    def ending(self) -> str:
        """The ending of the name that was sent, when it is one we read; else nothing."""
        name = str(self.file_name).lower()
        return next((ending for ending in ENDINGS if name.endswith(ending)), "")


class Part(models.Model):
    """A file that is on its way in, part by part. The browser knows it again by name, size and time of change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=300)
    size = models.BigIntegerField()
    modified = models.BigIntegerField(help_text=_("Waktu perubahan menurut peramban, dalam milidetik."))
    started_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-started_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["by", "-started_at"], name="parts_of_a_user")]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(size__gt=0), name="a_part_is_of_something")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def path(self) -> Path:
        home: Path = settings.HOME.uploads
        return home / f"{self.pk}.part"


class Mapping(models.Model):
    """Columns that somebody mapped by hand, remembered for the next list of this kind: our name -> the sender's."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="+")
    layout = models.CharField(max_length=10, choices=Layout.choices)
    columns = models.JSONField(default=dict)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["institution", "layout"], name="one_mapping_for_a_layout")
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.layout}"


class Rhythm(models.Model):
    """How often the agreement with an institution expects a kind of list: every so many months, on the day of the month
    of ``first_due``."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="+")
    layout = models.CharField(max_length=10, choices=Layout.choices)
    months = models.SmallIntegerField()
    first_due = models.DateField()
    agreement_number = models.CharField(max_length=120, blank=True)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["institution", "layout"], name="one_rhythm_for_a_layout"),
            models.CheckConstraint(condition=Q(months__in=[1, 3, 6, 12]), name="a_rhythm_is_of_whole_months"),
            # every month has such a day
            models.CheckConstraint(condition=Q(first_due__day__lte=28), name="a_day_that_every_month_has"),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.layout}"


class QualityChart(models.Model):
    """How the lists of a kind developed, as an SVG drawn when the last one was checked; empty for one list alone."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="+")
    layout = models.CharField(max_length=10, choices=Layout.choices)
    language = models.CharField(max_length=2)
    svg = models.TextField(blank=True)
    drawn_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["institution", "layout", "language"], name="one_picture_of_quality")
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.layout} {self.language}"
