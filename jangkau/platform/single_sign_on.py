"""Institutions whose people sign in with OpenID Connect: a file of the home says who vouches for whom."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from jangkau.complaints import Complaint, Text

FILE: Final = "single-sign-on.yaml"
_NEEDED: Final = ("institution", "server", "client_id", "secret")
_KNOWN: Final = frozenset({*_NEEDED, "name", "second_factor", "trust_email"})
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Provider:
    """Who vouches for the people of an institution. ``second_factor``: it asks its people for one itself, so that ours
    is not asked for. ``trust_email``: an address counts although the provider does not say that it verified it."""

    institution: str
    name: str
    server: str
    client_id: str
    secret: str
    second_factor: bool
    trust_email: bool

    @property
    def app(self) -> dict[str, Any]:
        """As django-allauth reads it."""
        return {
            "provider_id": self.institution,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.server},
        }


def read(*, path: Path) -> tuple[Provider, ...]:
    """Providers of a file; none when there is no file. Complaint when others may read it, or something in it is
    wrong."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise _complaint(path, Text("Orang lain dapat membacanya.", "Others can read it."),
                             Text(f"chmod 600 {path.name}", f"chmod 600 {path.name}"))  # fmt: skip
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, yaml.YAMLError):
        raise _complaint(path, Text("Isinya tidak terbaca.", "It cannot be read.")) from None
    if not isinstance(told, list):
        raise _complaint(path, Text("Isinya bukan daftar lembaga.", "It is no list of institutions."))
    found = tuple(_provider(path, number, one) for number, one in enumerate(told, start=1))
    if len({one.institution for one in found}) < len(found):
        raise _complaint(path, Text("Satu lembaga ada dua kali.", "An institution is there twice."))
    return found


def _provider(path: Path, number: int, told: object) -> Provider:
    where = Text(f"lembaga ke-{number}: ", f"institution {number}: ")

    def wrong(why: Text) -> Complaint:
        return _complaint(path, Text(where.id + why.id, where.en + why.en))

    if not isinstance(told, dict):
        raise wrong(Text("bukan pasangan nama dan isi", "no names with values"))
    unknown = sorted(str(name) for name in set(told) - _KNOWN)
    missing = [name for name in _NEEDED if not isinstance(told.get(name), str) or not told[name]]
    if unknown or missing:
        names = ", ".join([*unknown, *missing])
        raise wrong(Text(f"tidak dikenal atau tidak ada: {names}", f"unknown or missing: {names}"))
    if not _CODE.fullmatch(told["institution"]):
        raise wrong(Text("kode lembaga memakai huruf kecil, angka, dan tanda hubung",
                         "the code of an institution has small letters, digits and hyphens"))  # fmt: skip
    server = urlsplit(told["server"])
    if server.scheme != "https" and server.hostname not in _HERE:
        raise wrong(Text("server harus https", "the server must be https"))
    choices = {name: told.get(name, False) for name in ("second_factor", "trust_email")}
    if not all(isinstance(value, bool) for value in choices.values()):
        raise wrong(
            Text("second_factor dan trust_email: true atau false", "second_factor and trust_email: true or false")
        )
    name = str(told.get("name") or told["institution"].upper())
    return Provider(told["institution"], name, told["server"], told["client_id"], told["secret"], **choices)


def _complaint(path: Path, why: Text, do: Text | None = None) -> Complaint:
    return Complaint(
        what=Text("Masuk tunggal tidak dapat disiapkan.", "Single sign-on cannot be set up."),
        where=str(path),
        why=why,
        do=do or Text("Lihat docs/operations.md.", "See docs/operations.md."),
    )
