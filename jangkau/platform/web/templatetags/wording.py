"""Numbers, money, dates and NIK in templates, as the reports write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

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
def bagian(percent: float) -> str:
    """94,1 %: a share that is already in percent."""
    return said(text=wording.percent(part=percent, whole=100))


@register.filter
def rupiah(value: float | str | None) -> str:
    """Rp16.800, Rp12,3 miliar."""
    return "\N{EN DASH}" if value is None or value == "" else said(text=wording.rupiah(value=float(value)))


@register.filter
def tanggal(value: date | None) -> str:
    """30 April 2021; of a moment the day that it is where the platform works, and not in Greenwich."""
    if value is None or value == "":
        return "\N{EN DASH}"
    day = timezone.localtime(value).date() if isinstance(value, datetime) and timezone.is_aware(value) else value
    return said(text=wording.day(iso=day.isoformat()[:10]))


@register.filter
def tersamar(nik: str | None) -> str:
    """A NIK with all but its first four and last two digits hidden."""
    return "\N{EN DASH}" if not nik else f"{nik[:4]}{'•' * 10}{nik[-2:]}"


_BROWSERS = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux")
_CALLED = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Mac OS": "macOS", "CrOS": "ChromeOS"}


@register.filter
def peramban(agent: str) -> str:
    """A browser's own description in two words: Chrome, Windows. As it is when it names nothing that we know."""
    found = [next((one for one in known if one in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(_CALLED.get(one, one) for one in found if one) or agent[:60] or "\N{EN DASH}"


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
