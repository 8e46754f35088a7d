"""What stands in the columns of a list: loans, waves, jobs, addresses; as facts, before any file's habits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.demo.land import Land
from jangkau.demo.naming import written
from jangkau.demo.people import People
from jangkau.demo.rows import Rows
from jangkau.demo.senders import KUR_FILES, NON_ASN, REGIONAL_BANKS, VILLAGE, Offices, branch_code, department

Ints = npt.NDArray[np.int32]

SCHEMES = ("SUPER MIKRO", "MIKRO", "KECIL", "KHUSUS", "PMI")
SCHEMES_IN_WORDS = ("KUR Super Mikro", "KUR Mikro", "KUR Kecil", "KUR Khusus", "KUR PMI")
_SECTORS = ("Perdagangan", "Pertanian", "Perikanan", "Industri Pengolahan", "Jasa", "Konstruksi", "Peternakan")
_STREETS = (
    *(
        "Merdeka",
        "Sudirman",
        "Diponegoro",
        "Imam Bonjol",
        "Gajah Mada",
        "Ahmad Yani",
        "Sisingamangaraja",
        "Kartini",
        "Pattimura",
    ),
    *(
        "Sam Ratulangi",
        "Veteran",
        "Pahlawan",
        "Mawar",
        "Melati",
        "Kenanga",
        "Anggrek",
        "Cempaka",
        "Pasar",
        "Stasiun",
        "Pelabuhan",
    ),
    *("Mesjid", "Gereja", "Sekolah", "Kebun", "Sawah", "Sungai", "Gunung", "Pantai", "Raya", "Lama"),
)
_JOBS_STAFF = (
    "Guru Honorer",
    "Tenaga Administrasi",
    "Perawat",
    "Petugas Kebersihan",
    "Satpam",
    "Operator",
    "Sopir",
    "Penyuluh",
)
_JOBS_VILLAGE = (
    "Kepala Dusun",
    "Kaur Keuangan",
    "Kasi Pelayanan",
    "Ketua RT",
    "Ketua RW",
    "Anggota BPD",
    "Kader Posyandu",
    "Linmas",
)
_FUNDS = ("Dana Desa", "ADD", "APBDes")
_EMPLOYERS_FIRST = (
    "Sumber",
    "Karya",
    "Maju",
    "Cahaya",
    "Mitra",
    "Surya",
    "Bumi",
    "Tirta",
    "Prima",
    "Sentosa",
    "Anugerah",
    "Bintang",
)
_EMPLOYERS_LAST = (
    "Makmur",
    "Abadi",
    "Jaya",
    "Lestari",
    "Sejahtera",
    "Utama",
    "Perkasa",
    "Mandiri Bersama",
    "Indah",
    "Nusantara",
)

# First day on which super mikro exists and khusus does not: the first amendment of Permenko 8/2019 (kur_types.yaml).
_FIRST_AMENDMENT = 18506  # 2020-09-01
# Debtors by type, 2021 to 26 July (kur_types.yaml); before September 2020 with khusus instead (assumption).
_SHARE_BEFORE = np.array([0.0, 0.921, 0.071, 0.007, 0.001])
_SHARE_AFTER = np.array([0.189, 0.744, 0.0655, 0.0, 0.0015])
CEILINGS = np.array([10, 50, 500, 500, 25], np.int64) * 1_000_000
OUTSIDE_CEILING = 0.0006


@dataclass(frozen=True)
class Loans:
    scheme: Ints
    plafon: npt.NDArray[np.int64]
    tenor: Ints


def invent_loans(*, day: Ints, rng: np.random.Generator) -> Loans:
    """Scheme, amount and months by the day of the contract; averages near 8.8, 30 and 195 million (kur_types.yaml)."""
    count = len(day)
    drawn = rng.random(count)
    before, after = np.cumsum(_SHARE_BEFORE), np.cumsum(_SHARE_AFTER)
    scheme = np.where(day < _FIRST_AMENDMENT, np.searchsorted(before, drawn), np.searchsorted(after, drawn)).clip(max=4)
    low = np.where(day < _FIRST_AMENDMENT, 2, 10)
    middle, large = rng.beta(1.1, 1.15, count), rng.beta(0.9, 1.9, count)
    super_mikro = np.where(rng.random(count) < 0.62, 10.0, 3 + 7 * rng.random(count))
    million = np.choose(
        scheme, [super_mikro, low + (50 - low) * middle, 50 + 450 * large, 50 + 450 * large, 8 + 17 * middle]
    )
    # Round sums: half millions for small loans, five millions for large ones; never on the lower, exclusive border.
    step = np.where(million < 20, 0.5, np.where(million < 50, 1.0, 5.0))
    million = np.ceil(million / step + 1e-9) * step
    plafon = np.minimum((million * 1_000_000).astype(np.int64), CEILINGS[scheme])
    outside = rng.random(count) < OUTSIDE_CEILING
    plafon = np.where(outside, CEILINGS[scheme] + 5_000_000, plafon)
    tenor = rng.choice(np.array([12, 18, 24, 36, 48, 60]), size=count, p=[0.22, 0.13, 0.28, 0.27, 0.06, 0.04])
    return Loans(scheme.astype(np.int32), plafon, tenor.astype(np.int32))


def pick(
    *,
    words: tuple[str, ...] | pa.Array,
    index: npt.NDArray[np.integer[Any]],
    mask: npt.NDArray[np.bool_] | None = None,
) -> pa.Array:
    """Words by number; null where masked."""
    table = words if isinstance(words, pa.Array) else pa.array(words, pa.string())
    return table.take(pa.array(index, mask=mask))


def texts(values: npt.NDArray[np.integer[Any]]) -> pa.Array:
    return pc.cast(pa.array(values), pa.string())


@cache
def _streets() -> pa.Array:
    return pa.array(
        [
            f"Jl. {name}{lane}"
            for lane in ("", " Gg. I", " Gg. II", " Timur", " Barat", " Baru", " Dalam", " Ujung", " I", " II")
            for name in _STREETS
        ]
    )


def addresses(*, people: People, owner: npt.NDArray[np.int64]) -> pa.Array:
    """'Jl. Merdeka Timur No. 12': siblings share it."""
    streets = _streets()
    return pc.binary_join_element_wise(
        pick(words=streets, index=people.street[owner] % len(streets)), texts(people.house[owner]), " No. "
    )


def office_names(*, offices: Offices, land: Land, file: int) -> pa.Array:
    """Text of every office of a file: branch code, department or village code; others are empty."""
    names = np.full(len(offices.file), "", dtype=object)
    for number in np.flatnonzero(offices.file == file):
        regency = land.regencies[offices.regency[number]]
        within = int(offices.within[number])
        if file in KUR_FILES:
            names[number] = branch_code(file=file, regency=regency, within=within)
        elif file == NON_ASN:
            names[number] = department(regency=regency, within=within)
        elif file == VILLAGE:
            district = land.code[offices.first_district[offices.regency[number]] + within // 8]
            names[number] = f"{district}{2001 + within % 8}"
        else:
            names[number] = regency
    return pa.array(names, pa.string())


def regional_bank(*, land: Land) -> pa.Array:
    """Name of the regional bank, by province."""
    return pa.array([REGIONAL_BANKS[code] for code in land.provinces])


def kur_columns(
    *, people: People, rows: Rows, land: Land, bank: str | None, schemes: tuple[str, ...], rng: np.random.Generator
) -> dict[str, pa.Array]:
    """Columns only KUR lists have; plafon as number, schemes in the words given."""
    loans = invent_loans(day=rows.date, rng=rng)
    home_province = land.province[people.home[rows.owner]]
    return {
        "alamat": addresses(people=people, owner=rows.owner),
        "skema": pick(words=schemes, index=loans.scheme),
        "plafon": pa.array(loans.plafon),
        "tanggal_akad": pa.array(rows.date),
        "tenor_bulan": texts(loans.tenor),
        "bank": pick(words=regional_bank(land=land), index=home_province)
        if bank is None
        else pa.array([bank] * len(rows)),
        "sektor": pick(words=_SECTORS, index=rng.integers(0, len(_SECTORS), len(rows))),
    }


def prakerja_columns(*, people: People, rows: Rows, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Columns only Prakerja lists have. 88 % do not work when they apply (figures.yaml)."""
    first = pc.utf8_lower(written(people.tokens[rows.owner][:, :1]))
    return {
        "no_kk": texts(people.kk[rows.owner]),
        "email": pc.binary_join_element_wise(
            first, texts(people.person[rows.owner] % 997), pa.scalar("@contoh.id"), ""
        ),
        "gelombang": texts(rows.wave),
        "tanggal_penetapan": pa.array(rows.date),
        "status_bekerja": pick(words=("Tidak", "Ya"), index=(rng.random(len(rows)) < 0.12).astype(np.int32)),
    }


def staff_columns(*, rows: Rows, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Columns only lists of non-civil-servant staff have; upah as number (assumption: 0.8 to 3.5 million)."""
    started = rows.owner % 3000 + 15_000
    return {
        "unit_kerja": pick(
            words=("Bagian Umum", "Bidang I", "Bidang II", "UPTD", "Keuangan"), index=rng.integers(0, 5, len(rows))
        ),
        "jabatan": pick(words=_JOBS_STAFF, index=rng.integers(0, len(_JOBS_STAFF), len(rows))),
        "upah": pa.array(rng.integers(16, 71, len(rows)) * 50_000),
        "tanggal_mulai": pa.array(started.astype(np.int32)),
    }


def village_columns(*, rows: Rows, rng: np.random.Generator) -> dict[str, pa.Array]:
    return {
        "jabatan": pick(words=_JOBS_VILLAGE, index=rng.integers(0, len(_JOBS_VILLAGE), len(rows))),
        "sumber_dana": pick(words=_FUNDS, index=rng.integers(0, len(_FUNDS), len(rows))),
    }


def occupations(*, group: Ints, visible: npt.NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    """Occupation by number. Civil servants, soldiers and police only where a list shows it."""
    usual = rng.integers(0, 12, len(group)).astype(np.int32)
    elsewhere = (rng.random(len(group)) < 0.007) & visible
    return np.where(elsewhere, rng.choice(np.array([12, 12, 12, 13, 14]), len(group)), usual).astype(np.int32)


@cache
def employers() -> pa.Array:
    return pa.array(
        [
            f"{kind} {a} {b}"
            for kind in ("PT", "CV", "UD", "Koperasi")
            for a in _EMPLOYERS_FIRST
            for b in _EMPLOYERS_LAST
        ]
    )


def region_texts(*, land: Land, style: str) -> pa.Array:
    """Codes of all districts in a file's habit: '1272', '12.72', '127203', '12.72.03' or ten digits of a village."""
    codes = [str(code) for code in land.code]
    shapes: dict[str, Callable[[str], str]] = {
        "four": lambda c: c[:4],
        "dotted_four": lambda c: f"{c[:2]}.{c[2:4]}",
        "six": lambda c: c,
        "dotted_six": lambda c: f"{c[:2]}.{c[2:4]}.{c[4:]}",
        "ten": lambda c: f"{c}1001",
    }
    return pa.array([shapes[style](code) for code in codes])
