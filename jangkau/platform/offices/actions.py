"""Everything that is written about offices and users, each with its event."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, connection, transaction

from jangkau.complaints import Complaint, Text
from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import Institution, Invitation, Office, User
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


def _refused(why: Text) -> Complaint:
    return Complaint(
        what=Text("Pengguna tidak dapat diundang.", "The user cannot be invited."),
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
