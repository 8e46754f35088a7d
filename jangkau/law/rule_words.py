"""What a rule that is no contribution says, to whom, and on which programmes it bears: in Indonesian and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jangkau.complaints import Text
from jangkau.law.rules import (
    TYPES,
    AgeLimit,
    DueDay,
    GeneralRule,
    Grace,
    Holidays,
    KurRule,
    Occupations,
    Penalty,
    Periods,
    TypeRule,
)
from jangkau.law.values import SEGMENTS, Law, Rule
from jangkau.law.wording import filled, money, percent, segment_of

UNKNOWN = Text("belum diketahui", "unknown")
_KUR_PROGRAMMES = ("JKK", "JKM")  # the duty is "at least JKK and JKM" (sumatra.bisnis.com 10 Apr 2023)
_DUTIES = {
    "must": Text("wajib ikut", "must join"),
    "may": Text("dapat ikut", "may join"),
    "none": Text("tidak ada kewajiban", "no duty"),
    "unknown": UNKNOWN,
}
_NOT_NAMED = Text(
    "Peraturan ini, sejauh terbaca, tidak memuat jenis KUR ini.",
    "This regulation, as far as it was read, does not name this type of KUR.",
)
_EVERYBODY = Text("semua yang membayar iuran", "everybody who pays contributions")


@dataclass(frozen=True)
class Saying:
    """One thing that a rule says: its name, whom it is for, its words, what is open, and the programmes it bears on."""

    name: str
    segment: str
    whom: Text
    what: Text
    says: Text
    known: bool
    open: Text | None
    programmes: tuple[str, ...]
    article: str | None = None


def sayings(*, law: Law, name: str, rule: Rule, day: date) -> Iterator[Saying]:
    """What the rule of a series says on a day; a KUR regulation says one thing for each type of loan."""
    if isinstance(rule, KurRule):
        for kur in TYPES:
            yield _kur(rule, kur)
        return
    segment, whom, what, says = _words(rule)
    known = says is not None
    programmes = _open(law, segment.split(", "), day)
    if isinstance(rule, GeneralRule):
        programmes = (*rule.compulsory, *rule.voluntary)
    question = getattr(rule, "question", None)
    yield Saying(name, segment, whom, what, says or UNKNOWN, known, question, programmes, rule.article)


def _open(law: Law, segments: list[str], day: date) -> tuple[str, ...]:
    """The programmes that these segments have on a day."""
    values = [law.series[f"{segment.lower()}.open"].on(day) for segment in segments]
    return tuple(dict.fromkeys(one for value in values if value is not None for one in value.programmes))


def _words(rule: Rule) -> tuple[str, Text, Text, Text | None]:
    """Segment, whom, what and what it says; None where it is unknown."""
    if isinstance(rule, DueDay | Penalty | Grace | Periods):
        return rule.segment, segment_of(segment=rule.segment), *_of_segment(rule)
    if isinstance(rule, AgeLimit):
        what = Text("umur termuda untuk didaftarkan", "youngest age to be enrolled")
        if rule.limit == "too_old":
            what = Text("umur sejak mana tidak lagi didaftarkan", "age from which nobody is enrolled any more")
        return "BPU", segment_of(segment="BPU"), what, Text(f"{rule.age} tahun", f"{rule.age} years")
    if isinstance(rule, Occupations):
        what = Text("pekerjaan yang dijamin di tempat lain", "occupations insured elsewhere")
        words, others = _words_of(rule.pattern), _words_of(rule.but_not)
        return "BPU", segment_of(segment="BPU"), what, Text(f"{words}; kecuali {others}", f"{words}; but not {others}")
    if isinstance(rule, GeneralRule):
        must, may = ", ".join(rule.compulsory), ", ".join(rule.voluntary)
        what = Text("kewajiban umum BPU", "general duty of own-account workers")
        says = Text(f"wajib {must}; sukarela {may}", f"must join {must}; may join {may}")
        return "BPU", segment_of(segment="BPU"), what, says
    if isinstance(rule, Holidays):
        what = Text("hari libur bagi jatuh tempo", "holidays for due days")
        return ", ".join(SEGMENTS), _EVERYBODY, what, _days(rule)
    raise TypeError(type(rule).__name__)


def _of_segment(rule: DueDay | Penalty | Grace | Periods) -> tuple[Text, Text | None]:
    if isinstance(rule, DueDay):
        says = Text(f"tanggal {rule.day} bulan berikutnya", f"day {rule.day} of the following month")
        return Text("jatuh tempo iuran", "due day of the contribution"), None if rule.day is None else says
    if isinstance(rule, Penalty):
        what = Text("denda keterlambatan", "penalty for paying late")
        if rule.rate is None:
            return what, None
        form = Text("{rate} dari iuran untuk tiap bulan", "{rate} of the contribution for each month")
        return what, filled(form=form, rate=percent(rate=rule.rate)) if rule.rate else Text("tanpa denda", "none")
    if isinstance(rule, Grace):
        says = Text(f"{rule.months} bulan setelah yang terakhir dibayar", f"{rule.months} months after the last paid")
        return Text("masa tenggang", "grace"), None if rule.months is None else says
    listed = ", ".join(str(one) for one in rule.months)
    what = Text("lama pembayaran sekaligus", "periods that may be paid at once")
    return what, Text(f"{listed} bulan", f"{listed} months") if rule.months else None


def _days(rule: Holidays) -> Text | None:
    if rule.holidays is None:
        return None
    days, leave = (", ".join(f"{day:%m-%d}" for day in found) for found in (rule.holidays, rule.joint_leave))
    year = rule.valid_from.year
    return Text(f"{year}: {days}; cuti bersama {leave}", f"{year}: {days}; joint leave {leave}")


def _words_of(pattern: str) -> str:
    """The words in a pattern: `(^|[^A-Z])(ASN|PNS)` has ASN and PNS."""
    plain = re.sub(r"\[[^]]*\]", "", pattern)
    return ", ".join(dict.fromkeys(word.strip() for word in re.findall(r"[A-Z][A-Z0-9 ]+", plain)))


def _kur(rule: KurRule, kur: str) -> Saying:
    of_type = rule.types.get(kur)
    name = kur.replace("_", " ").upper() if kur == "pmi" else kur.replace("_", " ")
    question = rule.question if not rule.types else _NOT_NAMED
    says = UNKNOWN
    if of_type is not None:
        says = _loans(of_type)
        question = of_type.question if of_type.duty == "unknown" or of_type.duty_above is not None else None
    return Saying(
        name=f"kur.{kur}",
        segment="BPU",
        whom=Text(f"peminjam KUR {name}", f"KUR {name} borrowers"),
        what=Text(f"kewajiban peminjam KUR {name}", f"duty of KUR {name} borrowers"),
        says=says,
        known=of_type is not None and of_type.duty != "unknown",
        open=question,
        programmes=_KUR_PROGRAMMES,
        article=of_type.article if of_type is not None else None,
    )


def _loans(one: TypeRule) -> Text:
    """The duty, from which size it holds, and which loans the type has."""
    duty = _DUTIES[one.duty]
    if one.duty_above is not None:
        form = Text("{duty} di atas {above}", "{duty} above {above}")
        duty = filled(form=form, duty=duty, above=money(amount=one.duty_above))
    if one.plafon_up_to is None:
        return duty
    form = Text("{duty} (plafon sampai {high})", "{duty} (loans up to {high})")
    if one.plafon_above:
        form = Text("{duty} (plafon di atas {low} sampai {high})", "{duty} (loans above {low} up to {high})")
    low, high = money(amount=one.plafon_above or 0), money(amount=one.plafon_up_to)
    return filled(form=form, duty=duty, low=low, high=high)
