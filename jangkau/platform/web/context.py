"""What every template knows: the language it is read in, and the rooms of this user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from jangkau.platform.offices.roles import SEE_FIGURES, SEE_LISTS, SEE_PEOPLE, SEE_REGIONS
from jangkau.platform.web.saying import language


@dataclass(frozen=True)
class Room:
    """A part of the platform that a user may enter."""

    path: str
    name: str
    here: bool


def everywhere(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    known = {"LANGUAGE_CODE": language()}
    if user is None or not user.is_authenticated:
        return known | {"rooms": []}
    rooms = [Room(path, name, request.path.startswith(path)) for path, name in rooms_of(role=user.kind.code)]
    return known | {"rooms": rooms}


def rooms_of(*, role: str) -> list[tuple[str, str]]:
    """Path and name of each room, the one he works in first."""
    rooms = []
    if role in SEE_FIGURES:
        rooms.append(("/cakupan/", _("Cakupan")))
    if role in SEE_PEOPLE:
        rooms.append(("/kesenjangan/", _("Kesenjangan")))
    if role in SEE_REGIONS:
        rooms.append(("/telaah/", _("Telaah")))
    if role in SEE_LISTS:
        rooms.append(("/kiriman/", _("Kiriman")))
    if role == "analyst":
        rooms.append(("/hitungan/", _("Hitungan")))
    if role == "administrator":
        rooms.append(("/pengguna/", _("Pengguna")))
        rooms.append(("/kantor/", _("Kantor")))
        rooms.append(("/lembaga/", _("Lembaga")))
        rooms.append(("/pekerja/", _("Angka pekerja")))
    if role == "auditor":
        rooms.append(("/peristiwa/", _("Peristiwa")))
    if role in ("analyst", "auditor"):
        rooms.append(("/privasi/", _("Data pribadi")))
    return rooms
