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


def rupiah(*, value: float) -> Text:
    """An amount as people say it: Rp12,3 miliar, Rp41 juta; whole rupiah below a million."""
    sign = MINUS if value < 0 else ""
    for size, id_, en in ((1e12, "triliun", "trillion"), (1e9, "miliar", "billion"), (1e6, "juta", "million")):
        if abs(value) >= 0.9995 * size:
            digits = f"{abs(value) / size:.2f}" if abs(value) < 10 * size else f"{abs(value) / size:.1f}"
            digits = digits.rstrip("0").removesuffix(".")
            return Text(f"{sign}Rp{digits.replace('.', ',')}{NO_BREAK}{id_}", f"{sign}Rp{digits}{NO_BREAK}{en}")
    plain = count(value=abs(value))
    return Text(f"{sign}Rp{plain.id}", f"{sign}Rp{plain.en}")


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


def bits(*, value: float) -> Text:
    """A weight with its sign and one decimal: +9,1 or +9.1; what rounds to nothing has no sign."""
    digits = f"{abs(value):.1f}"
    sign = "" if digits == "0.0" else (MINUS if value < 0 else "+")
    return Text(sign + digits.replace(".", ","), sign + digits)


def share(*, value: float) -> Text:
    """A share with the decimals it needs: 94,7 %, 0,26 %; below one in a thousand as 'one in so many'."""
    if 0 < value < 0.001:
        return one_in(many=1 / value)
    decimals = 1 if value >= 0.0995 or value <= 0 else 2
    digits = f"{100 * value:.{decimals}f}"
    return Text(f"{digits.replace('.', ',')}{NO_BREAK}%", f"{digits}%")


_LARGE = ((1e9, "miliar", "billion"), (1e6, "juta", "million"))


def one_in(*, many: float) -> Text:
    """'1 dari 12,6 juta' or '1 in 12.6 million'; two digits that count below a million."""
    for size, id_, en in _LARGE:
        if many >= 0.9995 * size:
            digits = f"{many / size:.1f}".removesuffix(".0")
            return Text(f"1 dari {digits.replace('.', ',')}{NO_BREAK}{id_}", f"1 in {digits}{NO_BREAK}{en}")
    whole = count(value=float(f"{many:.2g}"))
    return Text(f"1 dari {whole.id}", f"1 in {whole.en}")


def likelihood(*, value: float) -> Text:
    """A probability as it is told: as many nines as it takes, and never 100 % or 0 % of what is not certain."""
    if value > 0.999999:
        return Text(f"> 99,9999{NO_BREAK}%", "> 99.9999%")
    if 0 < value < 0.000001:
        return Text(f"< 0,0001{NO_BREAK}%", "< 0.0001%")
    edge = min(value, 1 - value)
    decimals = next((d for d in (1, 2, 3, 4) if edge >= 0.5 * 10.0 ** (-d - 2)), 4)
    digits = f"{100 * value:.{decimals}f}"
    return Text(f"{digits.replace('.', ',')}{NO_BREAK}%", f"{digits}%")
