"""From rows to the cells of a file: each sender's habits, the few rows that must be refused, the register's Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.demo.block import Block, Damaged
from jangkau.demo.columns import (
    SCHEMES,
    SCHEMES_IN_WORDS,
    employers,
    kur_columns,
    pick,
    prakerja_columns,
    region_texts,
    staff_columns,
    texts,
    village_columns,
)
from jangkau.demo.formats import dated, dotted, excel_dates
from jangkau.demo.habits import Habit
from jangkau.demo.land import Land
from jangkau.demo.memberships import NEVER, SEGMENTS
from jangkau.demo.naming import written
from jangkau.demo.people import OCCUPATIONS, People
from jangkau.demo.rows import Rows
from jangkau.demo.senders import KUR_FILES, NON_ASN, PRAKERJA_2020, PRAKERJA_2021, VILLAGE

Longs = npt.NDArray[np.int64]

# What a clerk or a program puts around a NIK; taken off again without doubt (assumption: 1 % of rows each).
_NIK_DRESS = 0.01
REGISTER_PHONE = 0.6
_ODD_WORDS = (
    *(("jenis_kelamin", "LP", 0.0003), ("skema", "Lainnya", 0.0003), ("no_hp", "0812-xxxx", 0.0003)),
    *(("status_bekerja", "entah", 0.0003), ("no_hp", "-", 0.01)),
)
PHONE_MISSING, _PHONE_CHANGED, SEX_MISSING, _REGION_UNKNOWN = 0.2, 0.15, 0.01, 0.0008


def list_table(*, block: Block, damaged: Damaged, positions: Longs, habit: Habit, bank: str | None) -> pa.Table:
    """The rows at `positions` (all of one file) as that sender writes them, columns named by header."""
    world, people = block.world, block.lists.people
    rows = Rows(**{name: column[positions] for name, column in vars(block.lists.rows).items()})
    rng = np.random.default_rng([world.seed, block.number, 10 + habit.file, len(positions)])
    at = pa.array(positions)
    excel = habit.suffix == ".xlsx"
    columns: dict[str, pa.Array] = {
        "nik": _dressed(damaged.nik.take(at), damaged.nik_fate[positions] == 0, rng),
        "nama": pc.utf8_upper(damaged.name.take(at)) if habit.upper else damaged.name.take(at),
        "tanggal_lahir": _births(damaged, positions, habit),
        "jenis_kelamin": _sexes(damaged.female[positions], habit, rng),
        "no_hp": _phones(people.phone[rows.owner], rng),
        "pekerjaan": pick(words=OCCUPATIONS, index=people.occupation[rows.owner]),
        "kode_wilayah": _regions(world.land, rows, habit, world.rates.region_missing, rng),
        "kode_cabang": pick(words=world.office_names[habit.file], index=rows.office),
        "meninggal": pick(words=("Tidak", "Ya"), index=block.lists.dead[rows.owner].astype(np.int32)),
    }
    columns["instansi"] = columns["kode_desa"] = columns["kode_cabang"]
    if habit.file in KUR_FILES:
        schemes = SCHEMES if habit.upper else SCHEMES_IN_WORDS
        columns |= kur_columns(people=people, rows=rows, land=world.land, bank=bank, schemes=schemes, rng=rng)
    elif habit.file in (PRAKERJA_2020, PRAKERJA_2021):
        columns |= prakerja_columns(people=people, rows=rows, rng=rng)
        columns["no_kk"] = _with_swapped_kk(columns["no_kk"], people.nik[rows.owner], damaged.nik_fate[positions])
    elif habit.file == NON_ASN:
        columns |= staff_columns(rows=rows, rng=rng)
    elif habit.file == VILLAGE:
        columns |= village_columns(rows=rows, rng=rng)
    _in_habit(columns, habit, excel)
    _with_odd_words(columns, np.random.default_rng([world.seed, block.number, 30 + habit.file, len(positions)]))
    return pa.table([columns[name] for _, name in habit.columns], names=[header for header, _ in habit.columns])


def _in_habit(columns: dict[str, pa.Array], habit: Habit, excel: bool) -> None:
    for name in ("tanggal_akad", "tanggal_penetapan", "tanggal_mulai"):
        if name in columns:
            day = columns[name].to_numpy()
            columns[name] = excel_dates(day=day) if excel else dated(day=day, style=habit.dates)
    for name in ("plafon", "upah"):
        if name in columns and not excel:
            columns[name] = dotted(columns[name]) if habit.dotted_amounts else pc.cast(columns[name], pa.string())


def _with_odd_words(columns: dict[str, pa.Array], rng: np.random.Generator) -> None:
    """A few words that no reader knows, one row in some thousands; and stand-ins for an empty cell."""
    for name, word, share in _ODD_WORDS:
        if name in columns:
            odd = pa.array(rng.random(len(columns[name])) < share)
            columns[name] = pc.if_else(odd, pa.scalar(word), columns[name])


def _births(damaged: Damaged, positions: Longs, habit: Habit) -> pa.Array:
    birth, fate = damaged.birth[positions], damaged.birth_fate[positions]
    text = dated(day=birth, style=habit.dates)
    year = pc.utf8_slice_codeunits(dated(day=birth, style="iso"), 0, 4)
    text = pc.if_else(pa.array(fate == 3), year, text)
    return pc.if_else(pa.array(fate == 1), pa.scalar(None, pa.string()), text)


def _dressed(nik: pa.Array, right: npt.NDArray[np.bool_], rng: np.random.Generator) -> pa.Array:
    """A few NIKs with an apostrophe before them, with spaces or with dots, as spreadsheets and people write them."""
    drawn = np.where(right, rng.random(len(nik)), 1.0)
    apostrophe = pc.binary_join_element_wise("'", nik, "")
    groups = [pc.utf8_slice_codeunits(nik, start, start + 4) for start in (0, 4, 8, 12)]
    dressed = pc.if_else(pa.array(drawn < _NIK_DRESS), apostrophe, nik)
    spaced = pc.binary_join_element_wise(*groups, " ")
    parts = [pc.utf8_slice_codeunits(nik, start, end) for start, end in ((0, 6), (6, 12), (12, 16))]
    dressed = pc.if_else(pa.array((drawn >= _NIK_DRESS) & (drawn < 1.5 * _NIK_DRESS)), spaced, dressed)
    return pc.if_else(
        pa.array((drawn >= 1.5 * _NIK_DRESS) & (drawn < 2 * _NIK_DRESS)),
        pc.binary_join_element_wise(*parts, "."),
        dressed,
    )


def _sexes(female: npt.NDArray[np.bool_], habit: Habit, rng: np.random.Generator) -> pa.Array:
    words = ("Laki-laki", "Perempuan") if habit.long_sex else ("L", "P")
    return pick(words=words, index=female.astype(np.int32), mask=rng.random(len(female)) < SEX_MISSING)


def changed_phones(*, phone: Longs, rng: np.random.Generator) -> Longs:
    """Now and then a new number."""
    renewed = rng.random(len(phone)) < _PHONE_CHANGED
    return np.where(renewed, phone // 10**8 * 10**8 + rng.integers(0, 10**8, len(phone)), phone)


def _phones(phone: Longs, rng: np.random.Generator) -> pa.Array:
    """'0812...' in most rows, '62812...' or '+62 812...' in some; now and then a new number."""
    national = texts(changed_phones(phone=phone, rng=rng) - 62 * 10**11)
    style = rng.random(len(phone))
    text = pc.if_else(
        pa.array(style < 0.8),
        pc.binary_join_element_wise("0", national, ""),
        pc.binary_join_element_wise("62", national, ""),
    )
    text = pc.if_else(pa.array(style > 0.95), pc.binary_join_element_wise("+62 ", national, ""), text)
    return pc.if_else(pa.array(rng.random(len(phone)) < PHONE_MISSING), pa.scalar(None, pa.string()), text)


def _regions(land: Land, rows: Rows, habit: Habit, missing: float, rng: np.random.Generator) -> pa.Array:
    text = pick(
        words=region_texts(land=land, style=habit.regions), index=rows.district, mask=rng.random(len(rows)) < missing
    )
    return pc.if_else(pa.array(rng.random(len(rows)) < _REGION_UNKNOWN), pa.scalar("9999"), text)


def _with_swapped_kk(kk: pa.Array, nik: Longs, fate: npt.NDArray[np.int32]) -> pa.Array:
    return pc.if_else(pa.array(fate == 9), texts(nik), kk)


# --- rows that cannot be understood -------------------------------------------------------------------------------


def refused_rows(*, habit: Habit, parquet: bool) -> list[tuple[str, list[str], bytes | None]]:
    """A few rows of nobody that a reader must refuse: what is wrong, the cells, or a raw line."""
    names = [name for _, name in habit.columns]
    good = {
        "nik": "1299010101800001",
        "nama": "BARIS RUSAK",
        "tanggal_lahir": "01/01/1980",
        "skema": "mikro",
        "plafon": "25000000",
        "tanggal_akad": "01/03/2021",
        "bank": "BRI",
        "gelombang": "12",
        "instansi": "Dinas Contoh",
        "kode_desa": "1272012003",
        "upah": "1500000",
    }

    def cells(**changes: str) -> list[str]:
        return [(good | changes).get(name, "") for name in names]

    rows: list[tuple[str, list[str], bytes | None]] = [
        ("impossible_date", cells(tanggal_lahir="31/02/1990"), None),
        ("neither_nik_nor_name_and_birth", cells(nik="", tanggal_lahir=""), None),
    ]
    amount = next((name for name in ("plafon", "upah") if name in names), None)
    if amount:
        rows.append(("negative_amount", cells(**{amount: "-5000000"}), None))
        rows.append(("absurd_amount", cells(**{amount: "999999999999999"}), None))
    if parquet or habit.suffix == ".xlsx":
        return rows
    rows.append(("ragged", [*cells(), "lebih", "lagi"], None))
    if habit.file == 0:  # all the worst in one file; the others stay readable in an editor
        line = habit.delimiter.join(cells())
        rows.append(("long_cell", cells(alamat="X" * 30_001), None))
        rows.append(("nul_byte", [], line.replace("BARIS RUSAK", "BARIS\0RUSAK").encode() + b"\n"))
        rows.append(("broken_utf8", [], line.encode().replace(b"BARIS RUSAK", b"BARIS \xff\xfeRUSAK") + b"\n"))
    return rows


# --- the register -------------------------------------------------------------------------------------------------

REGISTER_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("kpj", "nik", "nama")),
        ("tanggal_lahir", pa.date32()),
        *((name, pa.string()) for name in ("jenis_kelamin", "segmen")),
        ("tanggal_mulai", pa.date32()),
        ("lunas_sampai", pa.string()),
        ("tanggal_berhenti", pa.date32()),
        *((name, pa.string()) for name in ("kode_wilayah", "nama_ibu", "no_hp", "pemberi_kerja")),
        ("meninggal", pa.bool_()),
    ]
)


def register_table(*, block: Block) -> tuple[pa.Table, pa.Table, Damaged]:
    """Register rows as Parquet columns, and beside them who they are: kpj, person."""
    world, side = block.world, block.register()
    people, m, as_written = side.people, side.memberships, side.written
    rng = np.random.default_rng([world.seed, block.number, 4])
    owner, count = m.owner, len(m)
    district = register_districts(people=people, owner=owner, rng=rng)
    employed = m.segment != 1
    kpj = texts(m.kpj)
    months = pa.array([f"{month // 12}-{month % 12 + 1:02d}" for month in range(2000 * 12, 2030 * 12)])
    has_phone = rng.random(count) < REGISTER_PHONE
    columns = [
        kpj,
        as_written.nik,
        pc.utf8_upper(as_written.name),
        _dates(as_written.birth, as_written.birth_fate == 1),
        pick(words=("L", "P"), index=as_written.female.astype(np.int32)),
        pick(words=SEGMENTS, index=m.segment),
        _dates(m.started, np.zeros(count, dtype=bool)),
        months.take(pa.array(m.paid_month - 2000 * 12)),
        _dates(m.ended, m.ended == NEVER),
        pick(words=region_texts(land=world.land, style="four"), index=district),
        pc.utf8_upper(written(people.mother[owner][:, :2])),
        pc.if_else(pa.array(has_phone), _phones(people.phone[owner], rng), pa.scalar(None, pa.string())),
        pick(words=employers(), index=(m.kpj // 100) % len(employers()), mask=~employed),
        pa.array(side.dead),
    ]
    identity = pa.table({"kpj": kpj, "person": pa.array(people.person[owner])})
    return pa.table(columns, schema=REGISTER_SCHEMA), identity, as_written


def register_districts(*, people: People, owner: Longs, rng: np.random.Generator) -> npt.NDArray[np.int32]:
    """Registered at work: some at the place the NIK comes from, the rest where they live now (assumption)."""
    return np.where(rng.random(len(owner)) < 0.12, people.origin[owner], people.home[owner])


def refused_register_rows() -> pa.Table:
    """Two people under one KPJ, and one row with neither NIK nor birth date. All of nobody."""
    rows: Sequence[dict[str, object]] = (
        {
            "kpj": "99000000001",
            "nik": "1299010101800001",
            "nama": "BARIS RUSAK SATU",
            "segmen": "PU",
            "lunas_sampai": "2021-04",
        },
        {
            "kpj": "99000000001",
            "nik": "1299020202850002",
            "nama": "KARTU ORANG LAIN",
            "segmen": "PU",
            "lunas_sampai": "2021-04",
        },
        {"kpj": "99000000003", "nik": None, "nama": "TANPA NIK", "segmen": "BPU", "lunas_sampai": "2020-02"},
    )
    return pa.Table.from_pylist(
        [{name: row.get(name) for name in REGISTER_SCHEMA.names} for row in rows], schema=REGISTER_SCHEMA
    )


def _dates(day: npt.NDArray[np.integer[Any]], missing: npt.NDArray[np.bool_]) -> pa.Array:
    return pc.cast(pa.array(day.astype(np.int32), mask=missing), pa.date32())
