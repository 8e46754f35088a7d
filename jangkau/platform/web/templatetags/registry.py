"""Codes, regions, chances and differences on the pages of the registry."""

from __future__ import annotations

from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jangkau.charts import wording
from jangkau.complaints import Text
from jangkau.places import province_name, region_name
from jangkau.platform.intake.spoken import spoken
from jangkau.platform.registry import words
from jangkau.platform.web.saying import said

register = template.Library()

_WORDS = {
    "status": words.STATUS,
    "duty": words.DUTY,
    "kur_type": words.KUR_TYPE,
    "sex": words.SEX,
    "layout": words.LAYOUT,
    "answer": words.ANSWER,
    "field": words.FIELD,
}
_STATE = {
    "active": Text("aktif, iuran lunas", "active, paid up"),
    "in_grace": Text("dalam masa tenggang", "in grace"),
    "lapsed": Text("berhenti membayar", "lapsed"),
}
_UNSEEN = "pasal belum dilihat / article not seen"
_STRONGEST = 16.0
"""Bits at which the bar of a weight is full."""


@register.filter
def sebut(code: str, kind: str) -> str:
    """A code in words."""
    return said(text=_WORDS[kind].get(code, Text(code or "\N{EN DASH}", code or "\N{EN DASH}")))


@register.filter
def keadaan(code: str) -> str:
    """The state of a membership."""
    return said(text=_STATE.get(code, Text(code, code)))


@register.filter
def wilayah(code: str) -> str:
    """The name of a regency or city."""
    return (region_name(code) or code) if code else said(text=Text("tanpa wilayah", "no region"))


@register.filter
def tempat(code: str) -> str:
    """The name of a province or a regency; the country when there is no code."""
    if not code:
        return "Indonesia"
    return (province_name(code) if len(code) == 2 else region_name(code)) or code


@register.filter
def pasal(article: str) -> str:
    """An article of the law; where its number has not been seen that is said once, in the language of the reader."""
    if _UNSEEN not in article:
        return article
    named = article.replace(f"({_UNSEEN})", "").replace(_UNSEEN, "").strip()
    unseen = said(text=Text("nomor pasalnya belum dilihat", "number of the article not seen"))
    return f"{named}, {unseen}" if named else unseen


@register.filter
def persen(value: float) -> str:
    """0,1 %; what is rounded to nothing or all is said so."""
    if value < 0.0005:
        return said(text=Text("kurang dari 0,1 %", "less than 0.1%"))
    return said(text=wording.percent(part=value, whole=1))


@register.filter
def tanggal_teks(iso: str) -> str:
    """A date that is text: 30 April 2021."""
    try:
        return said(text=wording.day(iso=date.fromisoformat(iso).isoformat()))
    except ValueError:
        return iso or "\N{EN DASH}"


@register.filter
def ambil(known: dict[str, Any], key: str) -> Any:
    return known.get(key, key)


@register.filter
def bukti(reason: str) -> str:
    """Does a sentence of the engine speak for or against one person; as a class."""
    if "tidak ada" in reason:
        return "silent"
    if "berbeda" in reason:
        return "against"
    return "for" if reason.endswith("sama") else "near"


@register.filter
def tandai(text: str, other: str) -> SafeString:
    """A text with what the other one does not have marked."""
    if not text:
        return SafeString("\N{EN DASH}")
    if len(text) == len(other):  # digits that stand in for each other, letters mistyped
        parts = [(one != two, one) for one, two in zip(text, other, strict=True)]
    else:
        steps = SequenceMatcher(None, text, other, autojunk=False).get_opcodes()
        parts = [(step != "equal" and bool(other), text[start:end]) for step, start, end, _, _ in steps if start < end]
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", part) if marked else part,) for marked, part in parts)
    )


@register.simple_tag
def bobot(bits: float) -> SafeString:
    """How much a field weighs: to the right for, to the left against one person; with the number beside."""
    width = min(abs(bits) / _STRONGEST, 1) * 40
    start = 40 if bits >= 0 else 40 - width
    kind = "for" if bits >= 0 else "against"
    return format_html(
        '<svg class="weight" viewBox="0 0 80 8" width="80" height="8" aria-hidden="true">'
        '<path d="M40 0v8" class="zero"/>'
        '<rect class="{}" x="{}" y="1" width="{}" height="6"/></svg><small class="n">{}</small>',
        kind, f"{start:.1f}", f"{width:.1f}", said(text=wording.bits(value=bits)),
    )  # fmt: skip


@register.filter
def kolom(name: str) -> str:
    """tanggal_lahir: Tanggal lahir."""
    return spoken(name=name)
