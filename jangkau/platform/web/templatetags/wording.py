"""Numbers, money, dates and NIK in templates, as the reports write them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template

from jangkau.charts import wording
from jangkau.complaints import Text
from jangkau.platform.offices.event_words import THINGS, VERBS
from jangkau.platform.offices.roles import ROLES
from jangkau.platform.web.saying import said

register = template.Library()


@register.filter
def angka(value: float | str | None) -> str:
    """1.234.567; a dash for what is not there, which a template gives as an empty text."""
    return "\N{EN DASH}" if value is None or value == "" else said(text=wording.count(value=float(value)))


@register.filter
def selisih(value: float) -> str:
    """+3 or −12: a change, with its sign."""
    sign = "+" if round(value) > 0 else "−" if round(value) < 0 else ""
    return sign + said(text=wording.count(value=abs(round(value))))


@register.filter
def rupiah(value: float | str | None) -> str:
    """Rp16.800, Rp12,3 miliar."""
    return "\N{EN DASH}" if value is None or value == "" else said(text=wording.rupiah(value=float(value)))


@register.filter
def tanggal(value: date | None) -> str:
    """30 April 2021."""
    return "\N{EN DASH}" if value is None else said(text=wording.day(iso=value.isoformat()[:10]))


@register.filter
def tersamar(nik: str | None) -> str:
    """A NIK with all but its first four and last two digits hidden."""
    return "\N{EN DASH}" if not nik else f"{nik[:4]}{'•' * 10}{nik[-2:]}"


@register.filter
def dwi(text: Any) -> str:
    """A Text in the language of the reader."""
    return said(text=text) if isinstance(text, Text) else str(text)


@register.filter
def peran(code: str) -> str:
    """What somebody with this role is called; the code itself when there is no such role any more."""
    return said(text=ROLES[code].name) if code in ROLES else code


@register.filter
def peristiwa(verb: str) -> str:
    """What an event is called; the code itself when nobody named it."""
    return said(text=VERBS[verb]) if verb in VERBS else verb


@register.filter
def hal(thing: str) -> str:
    """What an event is about."""
    return said(text=THINGS[thing]) if thing in THINGS else thing
