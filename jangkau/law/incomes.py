"""What a KUR borrower may earn, where the list does not say: one assumption, and the table that can take its place."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jangkau.complaints import Complaint, Text
from jangkau.law.blocks import Block, refused
from jangkau.law.reform_conditions import KUR_TYPES
from jangkau.law.values import Place

# None of this comes from data. Tenors usual for a type (months), the rate a debtor paid in 2020-2022 (a year), the
# part of the income that the instalment takes at low, middle and high incomes, and what is less in farming and fishing,
# where a loan is paid back from a harvest.
TENOR = {"super_mikro": 24, "mikro": 36, "kecil": 48, "khusus": 36, "pmi": 24}
YEARLY_RATE = 0.06
PART_OF_INCOME = (0.50, 0.35, 0.20)
SECTOR_FACTOR = {"agriculture": 0.8, "fishery": 0.8}
VERIFIED = False
ASSUMED = Text(
    "Penghasilan tidak ada dalam daftar. Ditaksir dari pinjaman: angsuran (bunga 6 % setahun, jangka waktu lazim "
    "menurut jenis KUR) dianggap mengambil 50 %, 35 % atau 20 % penghasilan (rendah, tengah, tinggi); pertanian "
    "dan perikanan dikali 0,8. Ini anggapan, bukan data.",
    "The list has no incomes. Estimated from the loan: its instalment (6% a year, the usual term of its KUR type) is "
    "taken to be 50%, 35% or 20% of income (low, middle, high); farming and fishing times 0.8. It is an assumption, "
    "not data.",
)


LEVELS = ("low", "middle", "high")


@dataclass(frozen=True)
class Estimate:
    """Monthly income in rupiah: a low, a middle and a high answer to the same question."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True)
class IncomeRow:
    """One row of a table of incomes: loans of a type (None: any) and sector (None: any) above and up to a size."""

    kur: str | None
    sector: str | None
    above: int
    up_to: int | None
    estimate: Estimate
    place: Place

    def covers(self, *, kur: str, plafon: int, sector: str | None) -> bool:
        return (
            self.kur in (None, kur)
            and self.sector in (None, sector)
            and self.above < plafon
            and (self.up_to is None or plafon <= self.up_to)
        )


def instalment_of(*, plafon: int, months: int) -> int:
    """The monthly instalment in rupiah of an annuity loan at ``YEARLY_RATE``.

    >>> instalment_of(plafon=30_000_000, months=36)
    912658
    """
    rate = YEARLY_RATE / 12
    return round(plafon * rate / (1 - (1 + rate) ** -months))


def estimated_income(*, kur: str, plafon: int, sector: str | None) -> Estimate:
    """Monthly income from loan size, type and sector: an assumption (``verified`` is false), see ``ASSUMED``.

    A bank lends what an instalment of a third or so of the income can carry, so the loan says something of the income:
    too little to price one person by, enough to see what a rule would do to many, between low and high.

    >>> estimated_income(kur="mikro", plafon=30_000_000, sector="trade")
    Estimate(low=1825000, middle=2608000, high=4563000)
    """
    monthly = instalment_of(plafon=plafon, months=TENOR[kur]) * SECTOR_FACTOR.get(sector or "", 1.0)
    low, middle, high = (round(monthly / part / 1000) * 1000 for part in PART_OF_INCOME)
    return Estimate(low, middle, high)


def income_from(*, rows: tuple[IncomeRow, ...], kur: str, plafon: int, sector: str | None) -> Estimate | None:
    """The first row of a table that covers the loan, in place of the assumption; None when no row does."""
    return next((row.estimate for row in rows if row.covers(kur=kur, plafon=plafon, sector=sector)), None)


_COLUMNS = ("skema_kur", "sector", "plafon_above", "plafon_up_to", "low", "middle", "high")


def read_income_rows(*, block: Block, folder: Path) -> tuple[tuple[IncomeRow, ...], str]:
    """The table of incomes a reform brings: rows in the block, or the name of a CSV file beside it. And its source."""
    block.only("incomes", "source")
    given, source = block["incomes"], block.text("source")
    if isinstance(given, str):
        rows = _from_csv(block, folder / given)
    elif isinstance(given, list) and given and all(isinstance(row, Block) for row in given):
        rows = [(row.place, row) for row in given]
    else:
        raise block.fault("'incomes' harus nama CSV atau daftar baris.", "'incomes' is the name of a CSV or a list.")
    return tuple(_row(values, place) for place, values in rows), source


def _from_csv(block: Block, path: Path) -> list[tuple[Place, Any]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            found = [(Place(path.name, line), row) for line, row in enumerate(csv.DictReader(stream), start=2)]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise block.fault(f"Tabel {path.name} tidak terbaca.", f"The table {path.name} cannot be read.") from None
    if not found:
        raise block.fault(f"Tabel {path.name} kosong.", f"The table {path.name} is empty.")
    return found


def _row(values: Any, place: Place) -> IncomeRow:
    for name in values:
        if name not in _COLUMNS:
            raise _fault(place, f"Kolom {name!r} tidak dikenal.", f"Column {name!r} is not known.")
    kur, sector = values.get("skema_kur") or None, values.get("sector") or None
    if kur not in (None, *KUR_TYPES):
        raise _fault(place, f"Jenis KUR {kur} tidak ada.", f"There is no KUR type {kur}.")
    if sector not in (None, *SECTOR_WORDS.values()):
        raise _fault(place, f"Sektor {sector} tidak ada.", f"There is no sector {sector}.")
    low, middle, high = (_amount(values, name, place) for name in LEVELS)
    if low is None or middle is None or high is None or not low <= middle <= high:
        raise _fault(place, "Harus low <= middle <= high.", "It must be low <= middle <= high.")
    above = _amount(values, "plafon_above", place) or 0
    return IncomeRow(kur, sector, above, _amount(values, "plafon_up_to", place), Estimate(low, middle, high), place)


def _amount(values: Any, name: str, place: Place) -> int | None:
    value = values.get(name)
    if value in (None, ""):
        return None
    if not str(value).isascii() or not str(value).isdigit():
        raise _fault(place, f"{name} harus rupiah bulat.", f"{name} must be whole rupiah.")
    return int(value)


def _fault(place: Place, id_: str, en: str) -> Complaint:
    return refused(place=place, why=Text(id_, en))


# Words for sectors as lists have them; the law itself asks only whether it is transport.
SECTOR_WORDS = {
    **dict.fromkeys(("transport", "transportasi", "angkutan"), "transport"),
    **dict.fromkeys(("agriculture", "pertanian", "perkebunan", "peternakan"), "agriculture"),
    **dict.fromkeys(("fishery", "perikanan"), "fishery"),
    **dict.fromkeys(("trade", "perdagangan", "dagang"), "trade"),
    **dict.fromkeys(("industry", "industri", "industri pengolahan"), "industry"),
    **dict.fromkeys(("services", "jasa", "jasa-jasa"), "services"),
    **dict.fromkeys(("other", "lainnya", "lain-lain"), "other"),
}
