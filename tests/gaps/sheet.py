"""A few invented rows as the linkage of a run gets them: accepted lists and an accepted register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from jangkau.lists import Reading
from jangkau.lists.profile import Counts, Profile
from jangkau.persons import nik as persons_nik

COLUMNS = {
    "line": pa.int64(),
    "nik": pa.string(),
    "nik_valid": pa.bool_(),
    "nama": pa.string(),
    "tanggal_lahir": pa.date32(),
    "lahir_presisi": pa.string(),
    "jenis_kelamin": pa.string(),
    "kode_wilayah": pa.string(),
    "no_hp": pa.string(),
    "kpj": pa.string(),
    "nama_ibu": pa.string(),
    "kode_cabang": pa.string(),
    "tanggal_akad": pa.date32(),
}


@dataclass(frozen=True)
class Row:
    """What a row says of a person."""

    nik: str | None = None
    name: str | None = None
    born: date | None = None
    precision: str = "day"
    sex: str | None = None
    region: str | None = None
    phone: str | None = None

    def cells(self, line: int) -> dict[str, Any]:
        return {
            "line": line,
            "nik": self.nik,
            "nik_valid": self.nik is not None and persons_nik.decode(nik=self.nik) is not None,
            "nama": self.name,
            "tanggal_lahir": self.born,
            "lahir_presisi": self.precision if self.born else None,
            "jenis_kelamin": self.sex,
            "kode_wilayah": self.region,
            "no_hp": self.phone,
            "kpj": f"{line:011d}",
            "kode_cabang": None,
            "tanggal_akad": None,
        }


BUDI = Row("1272011708850001", "BUDI SANTOSO", date(1985, 8, 17), "day", "L", "1272", "6281234567890")
SITI = Row("1272015204900002", "SITI AMINAH", date(1990, 4, 12), "day", "P", "1272", "6281298765432")
MARIA = Row("7171014101770003", "MARIA MAGDALENA WALANDOUW", date(1977, 1, 1), "day", "P", "717101", "6285211112223")
PEOPLE = (BUDI, replace(BUDI, nik="1272011708850002", name="BUDI SANTOSA", phone=None), SITI, MARIA)


def readings(
    *, folder: Path, lists: Sequence[Row], register: Sequence[Row], mothers: Sequence[str | None] = ()
) -> list[Reading]:
    """The rows as the reading of a KUR list and of a register leaves them behind."""
    return [
        _reading(folder / "kur.parquet", "kur", [row.cells(line) for line, row in enumerate(lists, start=2)]),
        _reading(
            folder / "register.parquet",
            "register",
            [
                row.cells(line) | {"nama_ibu": mothers[line - 2] if line - 2 < len(mothers) else None}
                for line, row in enumerate(register, start=2)
            ],
        ),
    ]


def _reading(path: Path, layout: str, cells: list[dict[str, Any]]) -> Reading:
    names = [name for name in COLUMNS if layout == "register" or name not in ("kpj", "nama_ibu")]
    pq.write_table(pa.table({name: pa.array([row[name] for row in cells], COLUMNS[name]) for name in names}), path)
    profile = cast(Profile, SimpleNamespace(missing={}))
    return Reading(f"{layout}.csv", layout, "BANK", Counts(len(cells), len(cells), 0), profile, path, None)


def _changed(text: str, place: int, new: str) -> str:
    place %= max(len(text), 1)
    return text[:place] + new + text[place + 1 :]


def _swapped(text: str, place: int) -> str:
    place %= max(len(text) - 1, 1)
    return text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]


PLACES = st.integers(0, 40)
DIGITS = st.sampled_from("0123456789")


@st.composite
def niks(draw: st.DrawFn, nik: str | None) -> str | None:
    """The NIK as written by somebody who errs."""
    if nik is None:
        return None
    for _ in range(draw(st.integers(0, 3))):
        error = draw(st.sampled_from(["digit", "swap", "short", "long"]))
        place = draw(PLACES)
        if error == "digit":
            nik = _changed(nik, place, draw(DIGITS))
        elif error == "swap":
            nik = _swapped(nik, place)
        elif error == "short":
            nik = _changed(nik, place, "")
        else:
            nik = nik[: place % len(nik)] + draw(DIGITS) + nik[place % len(nik) :]
    return draw(st.sampled_from([nik, nik, nik, None, "", "0000000000000000", "1111111111111111", nik[:10]]))


@st.composite
def names(draw: st.DrawFn, name: str | None) -> str | None:
    """The name as written by somebody who errs."""
    words = (name or "").split()
    error = draw(st.sampled_from(["none", "none", "letter", "order", "word", "cut", "title", "gone", "empty", "other"]))
    if error == "letter":
        return _changed(" ".join(words), draw(PLACES), draw(st.sampled_from("AEINSTUK")))
    if error == "order":
        return " ".join(reversed(words))
    if error == "word":
        return " ".join(draw(st.permutations(words))[:-1]) or name
    if error == "cut":
        return " ".join(words)[: draw(st.integers(3, 20))]
    other = {
        "gone": None,
        "empty": "",
        "title": f"H. {name}, S.Pd.",
        "other": draw(st.sampled_from(["...", "BUDI", "SITI"])),
    }
    return other.get(error, name)


@st.composite
def births(draw: st.DrawFn, born: date | None) -> date | None:
    """The birth date as written by somebody who errs."""
    if born is None:
        return None
    error = draw(st.sampled_from(["none", "none", "none", "day", "month", "year", "swap", "all", "gone"]))
    if error == "swap" and born.day <= 12:
        return born.replace(day=born.month, month=born.day)
    if error == "gone":
        return None
    if error == "all":
        return draw(st.dates(date(1950, 1, 1), date(2004, 1, 1)))
    day = born.replace(day=1) if error == "month" else born
    parts = {"day": st.integers(1, 28), "month": st.integers(1, 12), "year": st.integers(1980, 1990)}
    return day.replace(**{error: draw(parts[error])}) if error in parts else born


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """One of a few people, as written by somebody who errs."""
    person = draw(st.sampled_from(PEOPLE))
    return Row(
        nik=draw(niks(person.nik)),
        name=draw(names(person.name)),
        born=draw(births(person.born)),
        precision=draw(st.sampled_from(["day", "day", "day", "month", "year"])),
        sex=draw(st.sampled_from([person.sex, person.sex, "L", None])),
        region=draw(st.sampled_from([person.region, person.region, "1271", "12", "7171012001", None])),
        phone=draw(st.sampled_from([person.phone, None, "6281111111111", "62812"])),
    )
