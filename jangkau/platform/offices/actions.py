"""Everything that is written about offices and users, each with its event."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.text import slugify

from jangkau.complaints import Complaint, Text
from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import Institution, Invitation, Office, OfficeRegion, User
from jangkau.platform.offices.roles import AT_INSTITUTIONS, AT_OFFICES

INVITED_FOR = timedelta(days=7)
FIRST = "administrator@jangkau.invalid"
"""Stands for the first administrator until he gives his own address."""


def token_hash(*, token: str) -> str:
    """Only the hash of a token is kept."""
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    role: str,
    office: Office | None,
    institution: Institution | None,
    now: datetime,
    by: User | None,
) -> str:
    """Make a user who cannot sign in yet, and the token with which he sets his password; it is told once.

    Complaint when the address is taken, or the role lacks its office or institution. ``by`` None: the first
    administrator.
    """
    needs_office, needs_institution = role in AT_OFFICES, role in AT_INSTITUTIONS
    if needs_office != (office is not None) or needs_institution != (institution is not None):
        raise _refused(Text("Peran ini perlu tempat yang sesuai: kantor, lembaga, atau tidak keduanya.",
                            "This role needs its place: an office, an institution, or neither."))  # fmt: skip
    if institution is not None and institution.closed_at:
        raise _refused(Text("Lembaga ini sudah ditutup.", "This institution is closed."))
    if User.objects.filter(email__iexact=email).exists():
        raise _refused(Text("Alamat ini sudah dipakai.", "This address is taken."))
    user = User(email=email.lower(), name=name, role=role, office=office, institution=institution)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # another administrator was first
        raise _refused(Text("Alamat ini sudah dipakai.", "This address is taken.")) from None
    record(verb="invited", thing="user", thing_id=user.pk, by=by, role=role)
    return invite_again(user=user, now=now)


def invite_again(*, user: User, now: datetime) -> str:
    """A new token for somebody who has not used his."""
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(user=user, token_hash=token_hash(token=token), expires_at=now + INVITED_FOR)
    return token


def invited(*, token: str, now: datetime) -> User | None:
    """Who was invited with this token; None when it is unknown, used or too old."""
    found = (
        Invitation.objects.select_related("user").filter(token_hash=token_hash(token=token), expires_at__gt=now).first()
    )
    return found.user if found else None


@transaction.atomic
def accept(*, token: str, password: str, now: datetime, email: str = "", name: str = "") -> User | None:
    """Set the password of whoever was invited with this token; None when it is unknown, used or too old. The first
    administrator gives his address and name as well."""
    found = (
        Invitation.objects.select_for_update().filter(token_hash=token_hash(token=token), expires_at__gt=now).first()
    )
    if found is None:
        return None
    user = found.user
    user.set_password(password)
    user.save(update_fields=["password"])
    if user.email == FIRST:
        with connection.cursor() as cursor:
            cursor.execute("SELECT offices_name_first(%s, %s)", [email.lower(), name])
    found.delete()
    record(verb="accepted_invitation", thing="user", thing_id=user.pk, by=user)
    return user


@transaction.atomic
def start_anew(*, user: User, now: datetime, by: User) -> str:
    """A token for somebody who lost his password or his second factor, or who comes back: what he signed in with no
    longer counts and his sessions end."""
    if user == by:
        raise _refused(Text("Anda tidak dapat mengundang diri sendiri.", "You cannot invite yourself."))
    if user.institution is not None and user.institution.closed_at:
        raise _refused(Text("Lembaganya sudah ditutup.", "His institution is closed."))
    user.is_active = True
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT offices_end_sessions(%s), offices_forget_factors(%s)", [user.pk, user.pk])
    Invitation.objects.filter(user=user).delete()
    record(verb="invited_again", thing="user", thing_id=user.pk, by=by)
    return invite_again(user=user, now=now)


@transaction.atomic
def dismiss(*, user: User, by: User) -> None:
    """He can no longer sign in, and his sessions end. Twice is once. Complaint for oneself, and for an administrator
    who was dismissed meanwhile: of two who dismiss each other one stays."""
    if user == by:
        raise _kept(Text("Anda tidak dapat mengakhiri diri sendiri.", "You cannot dismiss yourself."))
    standing = list(User.objects.select_for_update().filter(role="administrator", is_active=True).order_by("pk"))
    if by not in standing:
        raise _kept(Text("Akun Anda sendiri sudah diakhiri.", "Your own account has been ended."))
    user.refresh_from_db()
    if not user.is_active:
        return
    user.is_active = False
    user.save(update_fields=["is_active"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT offices_end_sessions(%s)", [user.pk])
    record(verb="dismissed", thing="user", thing_id=user.pk, by=by)


@transaction.atomic
def found_institution(*, name: str, kind: str, region: str, by: User) -> Institution:
    """A bank, ministry, local government or prosecutors' office that hands in lists or reads figures. Complaint when
    there is one of that name, or it lacks the region that its kind needs."""
    if _is_taken(Institution, name):
        raise _refused(Text("Sudah ada lembaga dengan nama ini.", "There is an institution of this name."), _FOUNDING)
    if kind in (Institution.Kind.LOCAL_GOVERNMENT, Institution.Kind.PROSECUTOR) and not region:
        raise _refused(Text("Pemerintah daerah dan kejaksaan mempunyai wilayah.",
                            "A local government and a prosecutors' office have a region."), _FOUNDING)  # fmt: skip
    made = Institution.objects.create(code=slugify(name), name=name, kind=kind, region=region)
    record(verb="founded_institution", thing="institution", thing_id=made.pk, by=by, kind=kind)
    return made


@transaction.atomic
def close_institution(*, institution: Institution, now: datetime, by: User) -> int:
    """Nobody signs in for it any more; how many lost their access. What it handed in stays. Twice is once."""
    if institution.closed_at:
        return 0
    institution.closed_at = now
    institution.save(update_fields=["closed_at"])
    users = list(User.objects.filter(institution=institution, is_active=True))
    for one in users:
        dismiss(user=one, by=by)
    record(verb="closed_institution", thing="institution", thing_id=institution.pk, by=by, users=len(users))
    return len(users)


@transaction.atomic
def reopen_institution(*, institution: Institution, by: User) -> None:
    """Its users can be invited again; none comes back by himself. Twice is once."""
    if institution.closed_at is None:
        return
    institution.closed_at = None
    institution.save(update_fields=["closed_at"])
    record(verb="reopened_institution", thing="institution", thing_id=institution.pk, by=by)


@transaction.atomic
def found_office(*, name: str, kind: str, above: Office | None, by: User) -> Office:
    """A branch or regional office; it serves no region yet. Complaint when there is one of that name."""
    if _is_taken(Office, name):
        raise _refused(Text("Sudah ada kantor dengan nama ini.", "There is an office of this name."), _FOUNDING)
    if above is not None and (kind == Office.Kind.REGIONAL or above.kind != Office.Kind.REGIONAL):
        raise _refused(Text("Hanya kantor cabang mempunyai atasan, yaitu kantor wilayah.",
                            "Only a branch has an office above it, a regional one."), _FOUNDING)  # fmt: skip
    made = Office.objects.create(code=slugify(name), name=name, kind=kind, above=above)
    record(verb="founded_office", thing="office", thing_id=made.pk, by=by, kind=kind)
    return made


@transaction.atomic
def rename(*, thing: Office | Institution, name: str, by: User) -> None:
    """Call an office or institution by another name. Its code stays, and its former names are nobody else's: figures
    that were taken are known by them. Complaint when another has that name; the name it has already is no change."""
    if thing.name == name:
        return
    if _is_taken(type(thing), name, besides=thing.pk):
        raise _refused(Text("Sudah ada yang bernama demikian.", "There is another of this name."), _RENAMING)
    thing.former_names = [*(one for one in thing.former_names if one != name), thing.name]
    thing.name = name
    thing.save(update_fields=["name", "former_names"])
    kind = "office" if isinstance(thing, Office) else "institution"
    record(verb=f"renamed_{kind}", thing=kind, thing_id=thing.pk, by=by)


def _is_taken(among: type[Office | Institution], name: str, *, besides: int = 0) -> bool:
    """Is it nothing that could be a name, or is or was another called so?"""
    code = slugify(name)
    others = among._default_manager.exclude(pk=besides).values_list("code", "name", "former_names")
    return not code or any(code in {known, *map(slugify, (now, *former))} for known, now, former in others)


def serve(*, office: Office, region: str, since: date, until: date | None, by: User) -> OfficeRegion:
    """From a day on an office serves a region, until the day before ``until``. Another office may serve it as well.
    Complaint when this one does already in that time, or the days are the wrong way round."""
    if until is not None and until <= since:
        raise _refused(
            Text("Hari terakhir harus sesudah hari pertama.", "The end must follow the beginning."), _SERVING
        )
    try:
        with transaction.atomic():
            made = OfficeRegion.objects.create(office=office, region=region, period=DateRange(since, until))
            record(verb="serves_region", thing="office", thing_id=office.pk, by=by, region=region,
                   since=since.isoformat(), until=until.isoformat() if until else "")  # fmt: skip
    except IntegrityError:
        raise _refused(Text("Kantor ini sudah melayani wilayah itu pada waktu yang sama.",
                            "This office serves that region at that time already."), _SERVING) from None  # fmt: skip
    return made


@transaction.atomic
def stop_serving(*, served: OfficeRegion, until: date, by: User) -> None:
    """The office serves the region until the day before ``until``. Complaint when that is before it began."""
    period = served.period
    if period.lower is not None and until <= period.lower:
        raise _refused(
            Text("Hari terakhir harus sesudah hari pertama.", "The end must follow the beginning."), _SERVING
        )
    served.period = DateRange(period.lower, until)
    served.save(update_fields=["period"])
    record(verb="stops_serving_region", thing="office", thing_id=served.office_id, by=by, region=served.region,
           until=until.isoformat())  # fmt: skip


_INVITING = Text("Pengguna tidak dapat diundang.", "The user cannot be invited.")
_FOUNDING = Text("Tidak dapat ditambahkan.", "This cannot be added.")
_RENAMING = Text("Namanya tidak dapat diubah.", "It cannot be renamed.")
_SERVING = Text("Wilayah kerja tidak dapat diubah.", "The regions served cannot be changed.")


def _refused(why: Text, what: Text = _INVITING) -> Complaint:
    return Complaint(
        what=what,
        where="",
        why=why,
        do=Text("Periksa isiannya.", "Check what you filled in."),
    )


def _kept(why: Text) -> Complaint:
    return Complaint(
        what=Text("Akun ini tidak diakhiri.", "This account is not ended."),
        where="",
        why=why,
        do=Text("Mintalah administrator lain.", "Ask another administrator."),
    )
