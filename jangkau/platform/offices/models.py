"""Offices, the regions they serve, institutions, users, and what happened."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from jangkau.platform.offices.roles import AT_INSTITUTIONS, AT_OFFICES, ROLES, Role


class Office(models.Model):
    """A branch office, or the regional office above it."""

    class Kind(models.TextChoices):
        REGIONAL = "regional", _("Kantor wilayah")
        BRANCH = "branch", _("Kantor cabang")

    code = models.SlugField(unique=True, max_length=160)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.BRANCH)
    above = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="branches")
    former_names = ArrayField(
        models.CharField(max_length=160),
        default=list,
        blank=True,
        help_text="figures of before are known by them",
    )

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind="branch") | Q(above=None), name="a_regional_office_has_none_above")
        ]

    def __str__(self) -> str:
        return self.name


class _AsRange(Func):
    """An id as a range of one, so that an exclusion constraint can compare it without an extension."""

    template = "int8range(%(expressions)s, %(expressions)s, '[]')"


class OfficeRegion(models.Model):
    """A regency or city that an office serves, from a day until the day before another; two offices may serve one."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="regions")
    region = models.CharField(max_length=4)
    period = DateRangeField()

    class Meta:
        ordering: ClassVar = ["region", "office", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(region__regex=r"^[0-9]{4}$"), name="a_region_is_four_digits"),
            ExclusionConstraint(
                name="an_office_serves_a_region_once_at_a_time",
                expressions=[
                    (_AsRange(F("office_id")), RangeOperators.OVERLAPS),
                    (_AsRange(Func(F("region"), template="CAST(%(expressions)s AS bigint)")), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.region}"


class Institution(models.Model):
    """A bank, ministry, local government or prosecutors' office."""

    class Kind(models.TextChoices):
        BANK = "bank", _("Bank")
        MINISTRY = "ministry", _("Kementerian atau lembaga")
        LOCAL_GOVERNMENT = "local_government", _("Pemerintah daerah")
        PROSECUTOR = "prosecutor", _("Kejaksaan")

    code = models.SlugField(unique=True, max_length=160)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    region = models.CharField(max_length=4, blank=True, help_text=_("Dua angka provinsi atau empat angka kabupaten."))
    closed_at = models.DateTimeField(null=True, blank=True)
    former_names = ArrayField(
        models.CharField(max_length=160),
        default=list,
        blank=True,
        help_text="figures of before are known by them",
    )

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Users(BaseUserManager["User"]):
    """Users are made by invitation."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody with a role: at an office, at an institution, or at head office."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=[(role.code, role.name.id) for role in ROLES.values()])
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT)
    institution = models.ForeignKey(Institution, null=True, blank=True, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    for_demonstration = models.BooleanField(default=False, help_text=_("Hanya dalam data peragaan."))
    language = models.CharField(max_length=2, default="id")
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name", "role"]
    is_staff = False
    is_superuser = False

    objects = Users()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="a_role_is_one_of_ours"),
            models.CheckConstraint(
                condition=Q(role__in=AT_OFFICES, office__isnull=False, institution=None)
                | Q(role__in=AT_INSTITUTIONS, office=None, institution__isnull=False)
                | (~Q(role__in=(*AT_OFFICES, *AT_INSTITUTIONS)) & Q(office=None, institution=None)),
                name="a_role_has_its_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> Role:
        return ROLES[self.role]

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Invitation(models.Model):
    """An invitation that has not been used: the hash of its token, for whom and until when."""

    user = models.OneToOneField(User, on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.user_id)


class Happening(models.Model):
    """What somebody did, read or exported: when, from where, for which purpose."""

    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, blank=True)
    verb = models.CharField(max_length=40)
    thing = models.CharField(max_length=40, blank=True)
    thing_id = models.CharField(max_length=64, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        abstract = True


class WaitingEvent(Happening):
    """An event of a transaction that has not ended. At its end, and only then, it goes into the chain: so nobody waits
    for somebody else's page or job. No row of it is ever seen by another transaction."""

    class Meta:
        ordering: ClassVar = ["pk"]


class Event(Happening):
    """Rows are only ever added, by functions of the database (sql/events.sql); each holds the hash of the one
    before."""

    before = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.verb}"


class PrivacyRequest(models.Model):
    """A request under UU 27/2022 to see, correct or object, with its deadline."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("Melihat data")
        CORRECTION = "correction", _("Membetulkan data")
        OBJECTION = "objection", _("Menolak atau menghapus")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    person = models.UUIDField(null=True, blank=True, help_text=_("Nomor orang dalam kesenjangan, bila diketahui."))
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["due_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(due_at__gt=F("received_at")), name="a_deadline_follows_the_request")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.received_at:%Y-%m-%d}"
