"""The law that is no contribution: due days, penalties, grace, payment periods, ages, holidays, duties; from YAML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeVar, get_args

from jangkau.complaints import Text
from jangkau.law.blocks import Block
from jangkau.law.citations import FIELDS, article_of, resting_on
from jangkau.law.values import PROGRAMMES, SEGMENTS, Instrument, Law, Rule

Word = Literal["must", "may", "none", "unknown"]
TYPES = ("super_mikro", "mikro", "kecil", "khusus", "pmi")
AGES = ("youngest", "too_old")
# Half a percent a month is the finest that a penalty has been.
_PENALTY_DECIMALS = 3
_SAID = ("question", "note", "assumed")
R = TypeVar("R", bound="Said")
Named = tuple[str, "Said"]


@dataclass(frozen=True, kw_only=True)
class Said(Rule):
    """A rule with what is to be said beside it: the open question, a note, what is taken as met."""

    question: Text | None = None
    note: Text | None = None
    assumed: Text | None = None


@dataclass(frozen=True, kw_only=True)
class DueDay(Said):
    """Until which day of the following month a contribution is to be paid; None is unknown."""

    segment: str
    day: int | None


@dataclass(frozen=True, kw_only=True)
class Penalty(Said):
    """What each month of delay costs, as a share of the contribution; None is unknown."""

    segment: str
    rate: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Grace(Said):
    """Months of protection after the last paid one; None is unknown. ``after``: what follows them."""

    segment: str
    months: int | None
    after: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Periods(Said):
    """For how many months at once a contribution may be paid; none is unknown."""

    segment: str
    months: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class AgeLimit(Said):
    """An age in completed years below or from which somebody is outside the drive."""

    limit: str
    age: int


@dataclass(frozen=True, kw_only=True)
class Occupations(Said):
    """Occupations insured elsewhere, as patterns for upper-case words; those of ``but_not`` are not."""

    pattern: str
    but_not: str


@dataclass(frozen=True, kw_only=True)
class Holidays(Said):
    """Public holidays and joint leave; None where nobody has read the list."""

    holidays: tuple[date, ...] | None
    joint_leave: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class GeneralRule(Said):
    """What every own-account worker must join, and what he may."""

    compulsory: tuple[str, ...]
    voluntary: tuple[str, ...]


@dataclass(frozen=True)
class TypeRule:
    """What a regulation says of one type. ``plafon_above`` and ``plafon_up_to``: the loans of the type, in rupiah.

    With ``duty_above`` the duty holds for larger loans only; what holds for the others is unknown.
    """

    duty: Word
    duty_above: int | None
    article: str | None
    plafon_above: int | None
    plafon_up_to: int | None
    question: Text | None
    note: Text | None

    def of(self, *, plafon: int | None) -> Word:
        """The duty of a loan; unknown where it hangs on a size that is not given."""
        if self.duty_above is None or (plafon is not None and plafon > self.duty_above):
            return self.duty
        return "unknown"


@dataclass(frozen=True, kw_only=True)
class KurRule(Said):
    """One KUR regulation while it was in force. ``certain_from``: when a source first saw it so."""

    certain_from: date | None
    notes: tuple[Text, ...]
    types: Mapping[str, TypeRule]


def rules_of(*, law: Law, name: str, kind: type[R]) -> tuple[R, ...]:
    """The rules of one series through time. KeyError for a series that is not there."""
    return tuple(rule for rule in law.rules[name] if isinstance(rule, kind))


def rule_on(*, law: Law, name: str, kind: type[R], day: date) -> R:
    """The rule of a series in force on a day. KeyError for a series that is not there, or a day outside the law."""
    for rule in rules_of(law=law, name=name, kind=kind):
        if rule.holds_on(day):
            return rule
    raise KeyError(name, day)


def read_rule(*, file: str, block: Block, instruments: Mapping[str, Instrument]) -> Named:
    """Series and rule of one block of ``file``. Complaint with file and line for what cannot be law."""
    return _READERS[file](block, instruments)


def _said(block: Block, instruments: Mapping[str, Instrument], *own: str, known: bool, articled: bool = True) -> Any:
    """The fields that every rule has; a rule that is not known must say its question."""
    block.only(*own, *FIELDS, *_SAID)
    if not known and "question" not in block:
        raise block.fault("Yang tidak diketahui memerlukan question.", "What is unknown needs a question.")
    said = {name: block.both_or_none(name) for name in _SAID}
    return resting_on(block=block, instruments=instruments, known=known, articled=articled) | said


def _segment(block: Block) -> str:
    segment = block.text("segment")
    if segment not in SEGMENTS:
        raise block.fault(f"Segmen {segment} tidak dikenal.", f"There is no segment {segment}.")
    return segment


def _number(block: Block, name: str, least: int, most: int) -> int:
    value = block.need(name)
    if type(value) is not int or not least <= value <= most:
        raise block.fault(
            f"{name!r} harus bilangan {least} sampai {most}.", f"{name!r} must be a number from {least} to {most}."
        )
    return value


def _due_day(block: Block, instruments: Mapping[str, Instrument]) -> Named:
    segment, known = _segment(block), block.need("day") is not None
    said = _said(block, instruments, "segment", "day", known=known)
    day = _number(block, "day", 1, 31) if known else None
    return f"{segment.lower()}.due_day", DueDay(**said, segment=segment, day=day)


def _penalty(block: Block, instruments: Mapping[str, Instrument]) -> Named:
    segment, known = _segment(block), block.need("rate") is not None
    said = _said(block, instruments, "segment", "rate", known=known)
    rate = block.fraction("rate", _PENALTY_DECIMALS) if known else None
    return f"{segment.lower()}.late_penalty", Penalty(**said, segment=segment, rate=rate)


def _grace(block: Block, instruments: Mapping[str, Instrument]) -> Named:
    segment, known = _segment(block), block.need("months") is not None
    said = _said(block, instruments, "segment", "months", "after", known=known)
    months = _number(block, "months", 0, 120) if known else None
    after = block.both_or_none("after")
    return f"{segment.lower()}.grace", Grace(**said, segment=segment, months=months, after=after)


def _periods(block: Block, instruments: Mapping[str, Instrument]) -> Named:
    segment, months = _segment(block), block.need("months")
    said = _said(block, instruments, "segment", "months", known=months is not None)
    if months is not None and (
        not isinstance(months, list)
        or not all(type(one) is int and one > 0 for one in months)
        or not months
        or months != sorted(set(months))
    ):
        raise block.fault("'months' harus daftar bilangan yang naik.", "'months' must be numbers that rise.")
    return f"{segment.lower()}.payment_periods", Periods(**said, segment=segment, months=tuple(months or ()))


def _limit(block: Block, instruments: Mapping[str, Instrument]) -> Named:
    limit = block.text("limit")
    if limit in AGES:
        said = _said(block, instruments, "limit", "age", known=True)
        return f"age.{limit}", AgeLimit(**said, limit=limit, age=_number(block, "age", 0, 120))
    if limit != "occupations":
        raise block.fault(f"Batas {limit} tidak dikenal.", f"There is no limit {limit}.")
    said = _said(block, instruments, "limit", "pattern", "but_not", known=True)
    return limit, Occupations(**said, pattern=block.text("pattern"), but_not=block.text("but_not"))


def _holidays(block: Block, instruments: Mapping[str, Instrument]) -> Named:
    known = block.need("holidays") is not None
    said = _said(block, instruments, "holidays", "joint_leave", "amended_by", known=known)
    for name in block.words("amended_by") if "amended_by" in block else ():
        if name not in instruments:
            raise block.fault(f"Peraturan {name} tidak ada.", f"There is no regulation {name}.")
    days = _days(block, "holidays") if known else None
    leave = _days(block, "joint_leave") if known else ()
    start, end = block.day("valid_from"), block.day_or_none("valid_until")
    if known and (start, end) != (date(start.year, 1, 1), date(start.year + 1, 1, 1)):
        raise block.fault("Daftar hari libur adalah untuk satu tahun.", "A list of holidays is for one year.")
    for day in (*(days or ()), *leave):
        if day.year != start.year:
            raise block.fault(f"{day} di luar tahunnya.", f"{day} is outside its year.")
        if day in leave and day in (days or ()):
            raise block.fault(f"{day} tertulis dua kali.", f"{day} is written twice.")
    return "holidays", Holidays(**said, holidays=days, joint_leave=leave)


def _days(block: Block, name: str) -> tuple[date, ...]:
    found = block.need(name)
    days = [day for day in found if type(day) is date] if isinstance(found, list) else []
    if days != found or days != sorted(set(days)):
        raise block.fault(f"{name!r} harus tanggal yang naik.", f"{name!r} must be dates that rise.")
    return tuple(days)


def _general(block: Block, instruments: Mapping[str, Instrument]) -> Named:
    said = _said(block, instruments, "compulsory", "voluntary", known=True)
    compulsory, voluntary = (block.words(name, PROGRAMMES) for name in ("compulsory", "voluntary"))
    return "bpu.duty", GeneralRule(**said, compulsory=compulsory, voluntary=voluntary)


def _kur(block: Block, instruments: Mapping[str, Instrument]) -> Named:
    types = block.need("types")
    if not isinstance(types, Block):
        raise block.fault("'types' harus berisi jenis KUR.", "'types' must hold types of KUR.")
    own = ("certain_from", "notes", "types")
    said = _said(block, instruments, *own, known=bool(types), articled=False)
    notes = block.get("notes", [])
    if not isinstance(notes, list) or not all(isinstance(note, Block) for note in notes):
        raise block.fault("'notes' harus daftar.", "'notes' must be a list.")
    said["types"] = {name: _type(block, name, instruments, said) for name in types}
    certain = block.day_or_none("certain_from")
    if certain is not None and not (said["valid_from"] < certain < (said["valid_until"] or date.max)):
        raise block.fault("certain_from di luar masa berlaku.", "certain_from lies outside the time in force.")
    texts = tuple(Text(note.text("id"), note.text("en")) for note in notes)
    return "kur", KurRule(**said, certain_from=certain, notes=texts)


def _type(block: Block, name: str, instruments: Mapping[str, Instrument], said: Mapping[str, Any]) -> TypeRule:
    one = block["types"][name]
    if name not in TYPES:
        raise block.fault(f"{name} bukan jenis KUR.", f"{name} is no type of KUR.")
    if not isinstance(one, Block):
        raise block.fault(f"{name}: harus berisi duty.", f"{name}: it must hold duty.")
    one.only("duty", "duty_above", "article", "plafon", "question", "note")
    duty = one.text("duty")
    if duty not in get_args(Word):
        raise one.fault(f"{name}: {duty} bukan kewajiban.", f"{name}: {duty} is no duty.")
    article = None
    if "article" in one:
        if said["instrument"] is None:
            raise one.fault("Ada article tanpa instrument.", "There is an article and no instrument.")
        days = (said["valid_from"], said["valid_until"])
        article = article_of(block=one, instrument=said["instrument"], instruments=instruments, days=days)
    plafon = one.inner("plafon", "above", "up_to")
    limits = {side: plafon.rupiah(side) for side in ("above", "up_to") if side in plafon}
    rule = TypeRule(
        duty=duty,  # type: ignore[arg-type]  # one of its words: compared above
        duty_above=one.rupiah("duty_above") if "duty_above" in one else None,
        article=article,
        plafon_above=limits.get("above"),
        plafon_up_to=limits.get("up_to"),
        question=one.both_or_none("question") or said["question"],
        note=one.both_or_none("note"),
    )
    if rule.duty != "unknown" and rule.article is None:
        raise one.fault(f"{name}: kewajiban '{duty}' tanpa pasal.", f"{name}: the duty '{duty}' cites no article.")
    if (rule.duty == "unknown" or rule.duty_above is not None) and rule.question is None:
        raise one.fault(f"{name}: kewajiban belum diketahui dan tidak ada question.", f"{name}: no question is stated.")
    if len(limits) == 2 and limits["above"] >= limits["up_to"]:
        raise one.fault(f"{name}: plafon terbalik.", f"{name}: the loans end before they begin.")
    return rule


_READERS: dict[str, Callable[[Block, Mapping[str, Instrument]], Named]] = {
    "rates/due_days.yaml": _due_day,
    "rates/late_penalties.yaml": _penalty,
    "rates/grace.yaml": _grace,
    "rates/payment_periods.yaml": _periods,
    "rates/eligibility.yaml": _limit,
    "rates/holidays.yaml": _holidays,
    "duties/general.yaml": _general,
    "duties/kur.yaml": _kur,
}
_BY_SEGMENT = ("due_day", "late_penalty", "grace", "payment_periods")
# Every series that must be there, by file: a segment without a block is a hole.
FILES: dict[str, tuple[str, ...]] = {
    **{
        file: tuple(f"{segment.lower()}.{name}" for segment in SEGMENTS)
        for file, name in zip(tuple(_READERS)[:4], _BY_SEGMENT, strict=True)
    },
    "rates/eligibility.yaml": (*(f"age.{limit}" for limit in AGES), "occupations"),
    "rates/holidays.yaml": ("holidays",),
    "duties/general.yaml": ("bpu.duty",),
    "duties/kur.yaml": ("kur",),
}
