"""Numbers, shares, intervals and dates as Indonesians and English readers write them."""

from __future__ import annotations

import datetime

from jangkau.complaints import Text

NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NOTHING = Text("\N{EN DASH}", "\N{EN DASH}")

_MONTHS_ID = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905
)
_MONTHS_EN = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def count(*, value: float) -> Text:
    """A whole number: 1.234.567 in Indonesian, 1,234,567 in English. Rounded here and nowhere else."""
    whole = round(value)
    english = f"{abs(whole):,}"
    sign = MINUS if whole < 0 else ""
    return Text(sign + english.replace(",", "."), sign + english)


def signed(*, value: float) -> Text:
    """A difference: the plus sign is written too."""
    text = count(value=value)
    return Text("+" + text.id, "+" + text.en) if round(value) > 0 else text


def percent(*, part: float, whole: float) -> Text:
    """A share with one decimal: 12,3 % or 12.3%; a dash when there is nothing to divide by."""
    if whole <= 0:
        return NOTHING
    digits = f"{100 * part / whole:.1f}"
    return Text(f"{digits.replace('.', ',')}{NO_BREAK}%", f"{digits}%")


def level(*, value: float) -> Text:
    """A confidence level such as 0.95: '95 %' or '95%', without useless decimals."""
    digits = f"{100 * value:.1f}".removesuffix(".0")
    return Text(f"{digits.replace('.', ',')}{NO_BREAK}%", f"{digits}%")


def interval(*, low: float | None, high: float | None) -> Text:
    """Two bounds joined by an en dash; a dash alone when the run gave none."""
    if low is None or high is None:
        return NOTHING
    from_, to = count(value=low), count(value=high)
    return Text(f"{from_.id}\N{EN DASH}{to.id}", f"{from_.en}\N{EN DASH}{to.en}")


def day(*, iso: str) -> Text:
    """'2021-04-30' as '30 April 2021'. Raises ValueError for a text that is no date."""
    date = datetime.date.fromisoformat(iso)
    return Text(
        f"{date.day} {_MONTHS_ID[date.month - 1]} {date.year}",
        f"{date.day} {_MONTHS_EN[date.month - 1]} {date.year}",
    )


def quarter(*, code: str) -> Text:
    """'2020-Q3' as 'Triwulan III 2020'; anything else is shown as it came."""
    year, _, number = code.partition("-Q")
    if number not in _ROMAN:
        return Text(code, code)
    return Text(f"Triwulan {_ROMAN[number]} {year}", f"Q{number} {year}")
