"""For whom a measure of a reform is: regions, KUR types, sectors, new borrowers, loan and income limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from jangkau.complaints import Text
from jangkau.law.blocks import Block, refused
from jangkau.law.values import PAYERS, SECTORS, Place
from jangkau.places.regions import known_region_codes, provinces

KUR_TYPES = ("super_mikro", "mikro", "kecil", "khusus", "pmi")


@dataclass(frozen=True)
class When:
    """All that is set must hold. ``months`` counts contribution months from the month the loan was agreed."""

    regions: tuple[str, ...] = ()
    kur: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
    new_borrower: bool | None = None
    months: int | None = None
    income_up_to: int | None = None
    plafon_above: int | None = None
    plafon_up_to: int | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the people file that it asks about."""
        asked = {
            "region": self.regions,
            "skema_kur": self.kur,
            "sector": self.sectors,
            "payer": self.payers,
            "new_borrower": self.new_borrower is not None,
            "agreed": self.months,
            "income": self.income_up_to is not None,
            "plafon": self.plafon_above is not None or self.plafon_up_to is not None,
        }
        return tuple(name for name, value in asked.items() if value)

    def sql(self, *, month: date, income: str) -> str:
        """The condition over a row of people; every value in it was checked when it was read."""
        return " AND ".join(self._parts(month, income)) or "TRUE"

    def _parts(self, month: date, income: str) -> Iterator[str]:
        if self.regions:
            yield "(" + " OR ".join(f"starts_with(region, '{code}')" for code in self.regions) + ")"
        for column, words in (("kur", self.kur), ("sector", self.sectors), ("payer", self.payers)):
            if words:
                yield f"{column} IN ({', '.join(repr(word) for word in words)})"
        if self.new_borrower is not None:
            yield f"new_borrower IS {'TRUE' if self.new_borrower else 'FALSE'}"
        if self.months is not None:
            yield f"datediff('month', agreed, DATE '{month}') BETWEEN 0 AND {self.months - 1}"
        if self.income_up_to is not None:
            yield f"{income} <= {self.income_up_to}"
        if self.plafon_above is not None:
            yield f"plafon > {self.plafon_above}"
        if self.plafon_up_to is not None:
            yield f"plafon <= {self.plafon_up_to}"

    def apart_from(self, other: When) -> bool:
        """Nobody can meet both."""
        for mine, theirs in ((self.kur, other.kur), (self.sectors, other.sectors), (self.payers, other.payers)):
            if mine and theirs and not set(mine) & set(theirs):
                return True
        if self.regions and other.regions and not _meet(self.regions, other.regions):
            return True
        if {self.new_borrower, other.new_borrower} == {True, False}:
            return True
        return _above(self, other) or _above(other, self)


EVERYBODY = When()


def _meet(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return any(one.startswith(other) or other.startswith(one) for one in mine for other in theirs)


def _above(one: When, other: When) -> bool:
    return one.plafon_above is not None and other.plafon_up_to is not None and one.plafon_above >= other.plafon_up_to


def read_when(*, block: object, place: Place) -> When:
    """The conditions of a measure. Complaint for a region, type or sector that is not there."""
    if not isinstance(block, Block):
        raise refused(place=place, why=Text("'when' harus berisi syarat.", "'when' must hold conditions."))
    block.only(
        *("region", "skema_kur", "sector", "payer", "new_borrower", "months", "income_up_to", "plafon_above"),
        "plafon_up_to",
    )
    regions = tuple(str(code) for code in block.words("region")) if "region" in block else ()
    for code in regions:
        if code not in _codes():
            raise block.fault(
                f'Wilayah {code!r} tidak ada (tulis kode provinsi "32" atau kabupaten/kota "3204" dalam kutip).',
                f'There is no region {code!r} (write the code of a province, "32", or regency, "3204", in quotes).',
            )
    months = block.rupiah("months") if "months" in block else None
    if months == 0:
        raise block.fault("'months' paling sedikit 1.", "'months' is at least 1.")
    amounts = ("income_up_to", "plafon_above", "plafon_up_to")
    limits = {name: block.rupiah(name) for name in amounts if name in block}
    return When(
        regions=regions,
        kur=block.words("skema_kur", KUR_TYPES) if "skema_kur" in block else (),
        sectors=block.words("sector", SECTORS) if "sector" in block else (),
        payers=block.words("payer", PAYERS) if "payer" in block else (),
        new_borrower=block.flag("new_borrower") if "new_borrower" in block else None,
        months=months,
        **limits,
    )


@cache
def _codes() -> frozenset[str]:
    # Any date on which all 38 provinces stand: a reform is about today's regions, and old regencies keep their codes.
    return known_region_codes() | {one.code for one in provinces(on=date(2027, 12, 31))}
