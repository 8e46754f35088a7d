"""What must be known about a worker or contract to say what is owed; what is missing or impossible is complained of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jangkau.complaints import Complaint, Text
from jangkau.law.months import KNOWN_FROM, KNOWN_UNTIL
from jangkau.law.values import PAYERS, PROGRAMMES, SCALES, SECTORS, SEGMENTS

# More than this is a slip of the keyboard: Rp10,000 million a month, a contract of Rp1,000 million million.
MOST = {"income": 10**10, "wage": 10**10, "contract_value": 10**15, "contract_months": 120, "jkk_class": 5}
_OWN = {
    "BPU": ("income", "employs_others"),
    "PU": ("wage", "jkk_class", "scale", "labour_intensive"),
    "JAKON": ("contract_value", "wage"),
    "PMI": ("contract_months", "individual"),
}
_COUNTED = ("contract_months", "jkk_class", "months")  # everything else that has digits is rupiah


@dataclass(frozen=True)
class Facts:
    """One worker (BPU, PU, PMI) or one contract (JAKON). Amounts in rupiah, by month; None is not known.

    ``employs_others``: an own-account worker who has workers. ``individual``: a migrant worker without an agency.
    ``labour_intensive``: all conditions of PP 7/2025 and PP 36/2025 are met.
    ``in_arrears``: the conditions on earlier payments are not.
    """

    segment: str
    income: int | None = None
    wage: int | None = None
    jkk_class: int | None = None
    contract_value: int | None = None
    contract_months: int | None = None
    scale: str | None = None
    sector: str | None = None
    payer: str | None = None
    programmes: tuple[str, ...] | None = None
    labour_intensive: bool = False
    in_arrears: bool = False
    employs_others: bool = False
    individual: bool = False


def option(name: str) -> str:
    """A fact as the command line calls it."""
    return "--" + name.replace("_", "-")


def missing(*, fact: str, why: Text) -> Complaint:
    """A fact that the law needs and nobody gave."""
    return Complaint(
        what=Text(f"Belum diketahui: {option(fact)}.", f"Not given: {option(fact)}."),
        where=option(fact),
        why=why,
        do=Text(f"Isi {option(fact)}{_choices(fact)}.", f"Give {option(fact)}{_choices(fact)}."),
    )


def _choices(fact: str) -> str:
    known = {
        "payer": ("self", *PAYERS[1:]),
        "sector": SECTORS,
        "segment": SEGMENTS,
        "jkk_class": ("1", "2", "3", "4", "5"),
    }
    return f": {', '.join(known[fact])}" if fact in known else ""


_IMPOSSIBLE = Text("Nilai ini tidak ada atau tidak mungkin.", "There is no such value, or it is impossible.")
_DIGITS = Text(
    "Ditulis dengan angka saja: tanpa minus, pecahan, titik, koma, atau huruf.",
    "It is written in digits alone: no minus, fraction, point, comma or letter.",
)


def wrong(*, fact: str, value: object, choose: Text, why: Text = _IMPOSSIBLE) -> Complaint:
    """A fact that is not one of those there are, or no possible amount."""
    return Complaint(
        what=Text(f"{option(fact)}: '{value}' tidak dapat dipakai.", f"{option(fact)}: '{value}' cannot be used."),
        where=option(fact),
        why=why,
        do=Text(f"Pilih: {choose.id}.", f"Choose: {choose.en}."),
    )


def _possible(fact: str) -> Text:
    """What a fact in digits may be, and between which limits."""
    said = Text("rupiah bulat, misalnya 1000000", "whole rupiah, such as 1000000")
    if fact in _COUNTED:
        said = Text("bilangan bulat", "a whole number")
    if fact not in MOST:
        return said
    least, most = _least(fact), MOST[fact]
    return Text(f"{said.id}, {least} sampai {most}", f"{said.en}, {least} to {most}")


def _least(fact: str) -> int:
    return 0 if fact == "income" else 1


def among(*, fact: str, value: object, choices: Sequence[str]) -> None:
    """Complaint when ``value`` is none of ``choices``."""
    if value not in choices:
        listed = ", ".join(choices)
        raise wrong(fact=fact, value=value, choose=Text(listed, listed))


def segment_named(*, name: str) -> str:
    """The segment as the law names it; Complaint when there is no such segment."""
    segment = name.upper()
    among(fact="segment", value=segment, choices=SEGMENTS)
    return segment


def read_month(*, text: str, option: str = "--month") -> date:
    """The first day of a month written YYYY-MM. Complaint when it is none or the law is not known for it.

    >>> read_month(text="2026-05")
    datetime.date(2026, 5, 1)
    """
    month = any_month(text=text, option=option)
    within(day=month, option=option)
    return month


def any_month(*, text: str, option: str) -> date:
    """The first day of a month written YYYY-MM, in whatever year. Complaint when it is none."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) or text.startswith("0000"):
        raise Complaint(
            what=Text(f"'{text}' bukan bulan.", f"'{text}' is no month."),
            where=option,
            why=Text("Bulan ditulis tahun-bulan.", "A month is written year-month."),
            do=Text("Tulis misalnya 2026-05.", "Write for example 2026-05."),
        )
    return date(int(text[:4]), int(text[5:]), 1)


def read_day(*, text: str, option: str) -> date:
    """A day written YYYY-MM-DD. Complaint when it is none or the law is not known for it.

    >>> read_day(text="2026-05-31", option="--on")
    datetime.date(2026, 5, 31)
    """
    day = any_day(text=text, option=option)
    within(day=day, option=option)
    return day


def any_day(*, text: str, option: str) -> date:
    """A day written YYYY-MM-DD, in whatever year. Complaint when it is none."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Complaint(
        what=Text(f"'{text}' bukan tanggal.", f"'{text}' is no date."),
        where=option,
        why=Text("Tanggal ditulis tahun-bulan-hari.", "A date is written year-month-day."),
        do=Text("Tulis misalnya 2026-05-31.", "Write for example 2026-05-31."),
    )


def read_amount(*, text: str, fact: str) -> int:
    """Whole rupiah (or months) in digits only. Complaint for anything else: 1.000 could mean one or a thousand.

    >>> read_amount(text="1000000", fact="income")
    1000000
    """
    if not re.fullmatch(r"[0-9]+", text):
        raise wrong(fact=fact, value=text[:40], choose=_possible(fact), why=_DIGITS)
    if len(text) > 18:
        raise wrong(fact=fact, value=text[:40], choose=_possible(fact))
    return int(text)


def within(*, day: date, option: str) -> None:
    """Complaint when the law is not known on a day: it says from when to when it is."""
    if not KNOWN_FROM <= day < KNOWN_UNTIL:
        first, last = f"{KNOWN_FROM:%Y-%m}", f"{KNOWN_UNTIL.year - 1}-12"
        raise Complaint(
            what=Text(f"Hukum untuk {day:%Y-%m} tidak diketahui.", f"The law of {day:%Y-%m} is not known."),
            where=option,
            why=Text(
                f"Hukum di sini diketahui dari {first} sampai {last}.", f"The law is known here from {first} to {last}."
            ),
            do=Text(f"Pilih bulan dari {first} sampai {last}.", f"Choose a month from {first} to {last}."),
        )


def check(*, facts: Facts) -> None:
    """Complaint for an unknown segment, a fact of another segment, an impossible amount, or what the segment needs."""
    among(fact="segment", value=facts.segment, choices=SEGMENTS)
    own = _OWN[facts.segment]
    for name in sorted({name for names in _OWN.values() for name in names}):
        value = getattr(facts, name)
        if value is not None and value is not False and name not in own:
            listed = ", ".join(option(one) for one in own)
            raise Complaint(
                what=Text(
                    f"{option(name)} tidak berlaku untuk {facts.segment}.", f"{facts.segment} has no {option(name)}."
                ),
                where=option(name),
                why=Text(
                    "Iuran segmen ini tidak bergantung padanya.", "The contribution of this segment does not use it."
                ),
                do=Text(f"{facts.segment} memakai {listed}.", f"{facts.segment} takes {listed}."),
            )
    for name, most in MOST.items():
        value = getattr(facts, name)
        if value is None:
            continue
        if type(value) is not int or not _least(name) <= value <= most:
            raise wrong(fact=name, value=value, choose=_possible(name))
    for name, choices in (("sector", SECTORS), ("payer", PAYERS), ("scale", SCALES)):
        if getattr(facts, name) is not None:
            among(fact=name, value=getattr(facts, name), choices=choices)
    for programme in facts.programmes or ():
        among(fact="programmes", value=programme, choices=PROGRAMMES)
    if facts.programmes is not None and not facts.programmes:
        raise missing(fact="programmes", why=Text("Tidak ada program yang disebut.", "No programme is named."))
    _needed(facts)


def _needed(facts: Facts) -> None:
    why = {
        "income": Text("Iuran BPU menurut golongan penghasilan.", "BPU contributions go by income bracket."),
        "wage": Text("Iuran PU adalah persentase upah.", "PU contributions are percentages of the wage."),
        "contract_value": Text(
            "Iuran jasa konstruksi menurut nilai kontrak.", "Construction contributions go by contract value."
        ),
        "contract_months": Text(
            "Iuran PMI menurut lama kontrak.", "PMI contributions go by the months of the contract."
        ),
    }
    fact = _OWN[facts.segment][0]
    if facts.segment == "JAKON" and facts.wage is not None:
        if facts.contract_value is not None:
            raise Complaint(
                what=Text("Nilai kontrak dan upah disebut bersama.", "Contract value and wage are both given."),
                where="--contract-value, --wage",
                why=Text("Iuran dihitung dari salah satunya.", "The contribution is taken of one of them."),
                do=Text("Pilih salah satu.", "Give one of them."),
            )
        return
    if getattr(facts, fact) is None:
        raise missing(fact=fact, why=why[fact])
