"""Runs, the people they leave unprotected, doubtful pairs, and what people did about both."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jangkau.platform.intake.models import Delivery
from jangkau.platform.offices.models import Institution, User


class Run(models.Model):
    """A question asked of lists and register as of a date, and where its answer lies. One run is the current one."""

    class State(models.TextChoices):
        ASKED = "asked", _("Menunggu")
        RUNNING = "running", _("Berjalan")
        LOADED = "loaded", _("Selesai")
        CANCELLED = "cancelled", _("Dibatalkan")
        FAILED = "failed", _("Gagal")

    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    as_of = models.DateField()
    folder = models.CharField(max_length=120, blank=True, help_text=_("Nama folder di dalam runs/."))
    progress = models.CharField(max_length=200, blank=True)
    percent = models.SmallIntegerField(default=0)
    # None: registered on the machine itself, for nobody in particular
    asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    current = models.BooleanField(default=False)
    dropped_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Sejak itu orangnya tidak lagi di basis data.")
    )

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["current"], condition=Q(current=True), name="one_run_is_current"),
            models.CheckConstraint(condition=Q(current=False) | Q(state="loaded"), name="the_current_run_is_loaded"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="a_run_goes_from_0_to_100"),
            models.CheckConstraint(
                condition=Q(current=False) | Q(dropped_at=None), name="the_current_run_has_its_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.as_of:%Y-%m-%d}"

    @property
    def place(self) -> Path:
        """The folder in the home: the inputs in it, the results in its out/."""
        home: Path = settings.HOME.runs
        return home / self.folder

    @property
    def out(self) -> Path:
        return self.place / "out"


class RunResult(models.Model):
    """What a run says of itself and of the whole country; apart from Run, which those may read who see less."""

    run = models.OneToOneField(Run, primary_key=True, on_delete=models.CASCADE, related_name="result")
    manifest = models.JSONField()
    summary = models.JSONField()
    gaps = models.BigIntegerField(help_text=_("Orang dalam kesenjangan saat dimuat."))

    def __str__(self) -> str:
        return str(self.run_id)


class RunFile(models.Model):
    """A file that a run read: a list or the register. ``number`` counts within the run; ``key`` stands for whoever
    handed it in: i and the number of an institution, or x and a name that is no institution of ours."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="files")
    number = models.SmallIntegerField()
    file = models.CharField(max_length=200)
    layout = models.CharField(max_length=10)
    label = models.CharField(max_length=160, blank=True)
    institution = models.ForeignKey(Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=170)
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    read = models.CharField(max_length=120, blank=True, help_text=_("Folder dari isi yang terbaca, dalam deliveries/."))

    class Meta:
        ordering: ClassVar = ["number", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="a_file_of_a_run_has_its_number"),
            models.UniqueConstraint(fields=["run", "file"], name="a_run_reads_a_file_once"),
        ]

    def __str__(self) -> str:
        return self.file

    @property
    def rows_read(self) -> Path | None:
        """The rows as intake read them, as long as the delivery is kept."""
        path: Path = settings.HOME.deliveries / self.read / "accepted.parquet"
        return path if self.read and path.is_file() else None


class ListSet(models.Model):
    """A combination of lists that somebody of a run is on: numbers of its files. Its id holds the run's."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    files = ArrayField(models.SmallIntegerField())

    def __str__(self) -> str:
        return str(self.pk)


class Reason(models.Model):
    """A sentence of the engine: why a row was linked, or what came nearest. Many rows share one."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()
    decision = models.CharField(max_length=8)
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number"], name="a_reason_has_its_number")]

    def __str__(self) -> str:
        return self.text


class Gap(models.Model):
    """Somebody not protected, or doubtful. The table is partitioned by run (sql/gap_table.sql); his NIK is out of the
    web's reach but for `registry_reveal_nik`."""

    person = models.UUIDField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    name = models.TextField()
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1)
    age_group = models.CharField(max_length=2)
    region = models.CharField(max_length=4)
    list_set = models.IntegerField()
    status = models.CharField(max_length=9)
    open = models.BooleanField()
    duty = models.CharField(max_length=7)
    kur_type = models.CharField(max_length=12)
    plafon = models.BigIntegerField(null=True)
    probability = models.FloatField()
    kpj = models.TextField(blank=True)
    segment = models.TextField(blank=True)
    paid_until = models.DateField(null=True)
    phone = models.TextField(blank=True)
    last_list_date = models.DateField(null=True)
    not_working = models.BooleanField(null=True)
    before = models.CharField(max_length=12)
    nik_hint = models.CharField(max_length=6)

    class Meta:
        managed = False
        db_table = "registry_gap"

    def __str__(self) -> str:
        return str(self.person)


class GapCount(models.Model):
    """How many people a run left in the gap, by one group or by two, as loaded. ``scope``: '' of the whole country, a
    region, or the key of an institution. Decisions since are in `Change`."""

    pk = models.CompositePrimaryKey("run_id", "scope", "d1", "v1", "d2", "v2")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=170)
    d1 = models.CharField(max_length=12)
    v1 = models.CharField(max_length=170)
    d2 = models.CharField(max_length=12)
    v2 = models.CharField(max_length=170)
    people = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.scope} {self.d1} {self.v1} {self.d2} {self.v2}"


class Change(models.Model):
    """Somebody whose standing in a run decisions changed: his groups, what he was and what he is now. The chances are
    those of not being protected: their difference moves the estimate."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="changes")
    person = models.UUIDField()
    region = models.CharField(max_length=4)
    list_set = models.IntegerField()
    kur_type = models.CharField(max_length=12)
    duty = models.CharField(max_length=7)
    sex = models.CharField(max_length=1)
    age_group = models.CharField(max_length=2)
    was = models.CharField(max_length=9)
    now = models.CharField(max_length=9)
    was_chance = models.FloatField()
    now_chance = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "person"], name="a_person_changes_once_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.was} {self.now}"


class Pair(models.Model):
    """Two records of which the engine cannot say whether they are one person. NIKs are out of the web's reach."""

    class Kind(models.TextChoices):
        MEMBER = "member", _("Apakah orang ini peserta itu?")
        SAME_PERSON = "same_person", _("Apakah keduanya satu orang?")

    class State(models.TextChoices):
        OPEN = "open", _("Menunggu")
        SECOND = "second", _("Menunggu pembaca kedua")
        DISPUTED = "disputed", _("Dua pembaca berbeda pendapat")
        DECIDED = "decided", _("Diputuskan")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    left_ref = models.CharField(max_length=80)
    right_ref = models.CharField(max_length=80)
    kind = models.CharField(max_length=11, choices=Kind.choices)
    person = models.UUIDField()
    other = models.UUIDField(null=True, help_text=_("Orang dari baris kanan, bila ia juga dari daftar."))
    region = models.CharField(max_length=4)
    probability = models.FloatField()
    right_state = models.CharField(max_length=12, blank=True)
    left = models.JSONField()
    right = models.JSONField()
    evidence = models.JSONField()
    left_nik = models.CharField(max_length=40, blank=True)
    right_nik = models.CharField(max_length=40, blank=True)
    sampled = models.BooleanField(default=False, help_text=_("Dibaca oleh dua orang."))
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=9, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["run", "state", "id"], name="pairs_to_review"),
            models.Index(fields=["run", "person"], name="pairs_of_a_person"),
            models.Index(fields=["run", "other"], name="pairs_of_the_other"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "left_ref", "right_ref", "id"], name="a_pair_of_a_run"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Decision(models.Model):
    """What a reader said about two records; by their references, so that it outlives the run. ``reading``: 1, 2 for the
    second reader of a sample, 3 where somebody settles a dispute. What was undone stays, with when."""

    class Answer(models.TextChoices):
        SAME = "same", _("Sama")
        DIFFERENT = "different", _("Berbeda")
        UNKNOWN = "unknown", _("Tidak tahu")

    left_ref = models.CharField(max_length=80)
    right_ref = models.CharField(max_length=80)
    region = models.CharField(max_length=4)
    reading = models.SmallIntegerField(default=1)
    answer = models.CharField(max_length=9, choices=Answer.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["by", "-id"], name="decisions_of_a_reader")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["left_ref", "right_ref", "reading"], condition=Q(undone_at=None), name="a_reading_is_made_once"
            ),
            models.UniqueConstraint(
                fields=["left_ref", "right_ref", "by"], condition=Q(undone_at=None), name="a_reader_reads_a_pair_once"
            ),
            models.CheckConstraint(condition=Q(reading__in=[1, 2, 3]), name="a_reading_is_1_2_or_3"),
            models.CheckConstraint(
                condition=Q(answer__in=["same", "different", "unknown"]), name="an_answer_is_one_of_three"
            ),
            models.CheckConstraint(condition=Q(left_ref__lte=F("right_ref")), name="references_stand_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.reading} {self.answer}"


class PersonNote(models.Model):
    """Where the work with somebody stands, in words of those who do it. Offices share one; an institution has its own
    (``institution``), which offices do not see."""

    class Status(models.TextChoices):
        TO_DO = "todo", _("Perlu dihubungi")
        CONTACTED = "contacted", _("Sudah dihubungi")
        NOT_REACHABLE = "unreachable", _("Tidak dapat dihubungi")

    person = models.UUIDField()
    institution = models.ForeignKey(Institution, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.TO_DO)
    note = models.TextField(blank=True, max_length=2000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "institution"], nulls_distinct=False, name="a_person_has_one_note_a_place"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["todo", "contacted", "unreachable"]), name="a_status_of_work"
            ),
        ]

    def __str__(self) -> str:
        return self.status


class SavedFilter(models.Model):
    """A filter that somebody keeps under a name, for himself."""

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=600)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["by", "name"], name="a_filter_has_its_name")]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """A file of people that somebody asked for; only he may fetch it. With ``delivery`` it holds the results of its
    rows, else the people that a filter shows."""

    class State(models.TextChoices):
        ASKED = "asked", _("Disiapkan")
        READY = "ready", _("Siap diunduh")
        FAILED = "failed", _("Gagal")
        GONE = "gone", _("Sudah dihapus")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    query = models.CharField(max_length=600, blank=True)
    kind = models.CharField(max_length=4)
    purpose = models.CharField(max_length=200)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ASKED)
    people = models.BigIntegerField(null=True, blank=True)
    cut = models.BooleanField(default=False, help_text=_("Lebih banyak orang daripada yang boleh diekspor."))
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["xlsx", "csv"]), name="an_export_is_xlsx_or_csv"),
            models.CheckConstraint(condition=~Q(purpose=""), name="an_export_has_a_purpose"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def path(self) -> Path:
        home: Path = settings.HOME.exports
        return home / f"{self.pk}.{self.kind}"

    @property
    def is_to_be_written(self) -> bool:
        """It was asked for, or said to be ready by a worker that was killed before its file was there."""
        return self.state == self.State.ASKED or (self.state == self.State.READY and not self.path.is_file())


class Comparison(models.Model):
    """Two runs held against each other: how many were what and are what, by region, and what became of their ids."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="comparisons")
    earlier = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    result = models.JSONField(null=True, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "earlier"], name="two_runs_are_compared_once"),
            models.CheckConstraint(condition=~Q(run=F("earlier")), name="a_run_is_compared_with_another"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.earlier_id}"
