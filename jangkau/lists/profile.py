"""How good a file is: a few figures that its sender and the report see."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.lists.flags import FLAGS, flag
from jangkau.lists.headings import Heading
from jangkau.lists.rows import Read

AGES = ("<17", "17-24", "25-34", "35-44", "45-54", "55-64", "65+", "unknown")
_YEARS = (17, 25, 35, 45, 55, 65)


@dataclass(frozen=True)
class Counts:
    """Rows of a file; ``read`` is the sum of the other two."""

    read: int
    accepted: int
    refused: int


@dataclass(frozen=True)
class Profile:
    """Counts of rows; ``missing`` by column and ``repairs`` by cell; ``flags`` of accepted rows."""

    file: str
    layout: str
    institution: str
    format: str
    encoding: str
    read: int
    accepted: int
    refused: int
    nik_valid: int
    nik_damaged: int
    nik_missing: int
    missing: dict[str, int]
    duplicates: int
    ages: dict[str, int]
    repairs: dict[str, int]
    flags: dict[str, int]
    refusals: dict[str, int]
    unknown_columns: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "unknown_columns": list(self.unknown_columns)}


class Tally:
    """Adds up a profile, batch by batch."""

    def __init__(self, *, as_of: date) -> None:
        self.accepted = self.refused = 0
        self.refusals: Counter[str] = Counter()
        self.first: tuple[int, str] | None = None
        self._missing: Counter[str] = Counter()
        self._repairs: Counter[str] = Counter()
        self._flags: Counter[str] = Counter()
        self._ages = np.zeros(len(AGES), np.int64)
        self._valid = 0
        # Born on or after the first: too young for the first age; and so on.
        self._born = np.array([_years_before(as_of, years) for years in _YEARS])

    def add(self, read: Read, accepted: pa.Table) -> None:
        """Count a batch; ``accepted`` is what was written of it."""
        self.accepted += accepted.num_rows
        self.refused += len(read.refused)
        for row in read.refused:
            self.first = self.first or (row.line, row.faults[0][1])
            self.refusals.update({code for _, code in row.faults})
        self._missing += read.missing
        self._repairs += read.repairs
        self._count(accepted, 1)

    def take_back(self, accepted: pa.Table, code: str) -> None:
        """Accepted rows turn out to be refused after all."""
        rows = accepted.num_rows
        self.accepted -= rows
        self.refused += rows
        self.refusals[code] += rows
        for name in self._missing:
            self._missing[name] -= accepted.column(name).null_count
        self._count(accepted, -1)

    def _count(self, accepted: pa.Table, sign: int) -> None:
        flags = accepted.column("flags").to_numpy()
        for bits, count in zip(*np.unique(flags, return_counts=True), strict=True):
            for name in FLAGS:
                if int(bits) & flag(name):
                    self._flags[name] += sign * int(count)
        self._valid += sign * (pc.sum(accepted.column("nik_valid")).as_py() or 0)
        born = accepted.column("tanggal_lahir")
        days = born.drop_null().cast(pa.int32()).to_numpy()
        # searchsorted over descending limits: 0 is the youngest group.
        group = np.searchsorted(-self._born, -days, side="right")
        self._ages[:-1] += sign * np.bincount(group, minlength=len(AGES) - 1)
        self._ages[-1] += sign * born.null_count

    def profile(self, *, file: str, institution: str, kind: str, encoding: str, heading: Heading) -> Profile:
        return Profile(
            file=file,
            layout=heading.layout.name,
            institution=institution,
            format=kind,
            encoding=encoding,
            read=self.accepted + self.refused,
            accepted=self.accepted,
            refused=self.refused,
            nik_valid=self._valid,
            nik_damaged=self._flags["nik_damaged"],
            nik_missing=self._flags["nik_missing"],
            missing={name: n for name, n in self._missing.items() if n},
            duplicates=self._flags["nik_repeated"],
            ages={name: int(n) for name, n in zip(AGES, self._ages, strict=True)},
            repairs=dict(sorted(self._repairs.items())),
            flags={name: self._flags[name] for name in FLAGS if self._flags[name]},
            refusals=dict(sorted(self.refusals.items())),
            unknown_columns=heading.unknown,
        )


def _years_before(day: date, years: int) -> int:
    """The last birth day, as days since 1970, of somebody who has completed so many years on ``day``."""
    try:
        limit = day.replace(year=day.year - years)
    except ValueError:  # 29 February
        limit = day.replace(year=day.year - years, day=28)
    return (limit - date(1970, 1, 1)).days
