"""The tables a run works on: lists in one shape, register rows in one shape, regions; and people made of rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jangkau import places
from jangkau.gaps.facts import OFFICE_PRIOR, RowFacts, row_facts, row_marks
from jangkau.gaps.records import USABLE, content
from jangkau.gaps.statements import statement
from jangkau.law.eligibility import insured_elsewhere
from jangkau.law.kur_duty import kur_duty_sql
from jangkau.law.protection import grace
from jangkau.law.values import SEGMENTS
from jangkau.lists import Reading
from jangkau.lists.flags import flag
from jangkau.persons import nik

Ints = npt.NDArray[np.int64]
__all__ = ["DATES", "OFFICES", "OFFICE_PRIOR", "load", "load_protection", "make_people"]

# Who keyed the row: the finest unit each layout knows.
OFFICES = {
    "kur": "kode_cabang",
    "prakerja": "kode_wilayah",
    "non_asn": "instansi || coalesce(unit_kerja, '')",
    "village": "kode_desa",
}
DATES = {"kur": "tanggal_akad", "prakerja": "tanggal_penetapan"}
LIST_COLUMNS = {
    "nik": "VARCHAR", "nik_valid": "BOOLEAN", "nama": "VARCHAR", "tanggal_lahir": "DATE", "lahir_presisi": "VARCHAR",
    "jenis_kelamin": "VARCHAR", "kode_wilayah": "VARCHAR", "no_hp": "VARCHAR", "pekerjaan": "VARCHAR",
    "meninggal": "BOOLEAN", "flags": "INTEGER", "skema": "VARCHAR", "plafon": "BIGINT", "tanggal_akad": "DATE",
    "status_bekerja": "BOOLEAN",
}  # fmt: skip


def load(*, connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading], as_of: date) -> None:
    """Make the views accepted_list and register_all, and known_region, grace and source_file."""
    lists, register = [], []
    for number, reading in enumerate(readings):
        path = str(reading.accepted).replace("'", "''")
        if reading.layout == "register":
            register.append(f"SELECT CAST({number} AS SMALLINT) AS file_no, * FROM read_parquet('{path}')")
            continue
        present = set(pq.read_schema(reading.accepted).names)
        shape = ", ".join(f"{c if c in present else f'CAST(NULL AS {t})'} AS {c}" for c, t in LIST_COLUMNS.items())
        office = f"'{number}/' || coalesce(CAST({OFFICES.get(reading.layout, 'NULL')} AS VARCHAR), '')"
        lists.append(
            f"SELECT CAST({number} AS SMALLINT) AS file_no, line, CAST({content(reading=reading)} AS UUID) AS ref, "
            f"{office} AS office, CAST({DATES.get(reading.layout, 'NULL')} AS DATE) AS tanggal, "
            f"'{reading.layout}' AS layout, {shape} FROM read_parquet('{path}')"
        )
    _load_files(connection, readings)
    connection.execute(
        statement(name="accepted_list").format(
            lists=" UNION ALL ".join(lists),
            usable=USABLE,
            contradiction_bits=flag("birth_contradicts_nik") | flag("nik_kk_swapped"),
            kur_duty=kur_duty_sql(skema="skema", plafon="plafon", agreed="tanggal_akad"),
            nik_birth_date=nik.birth_date("nik", as_of),
            insured_elsewhere=insured_elsewhere(occupation="coalesce(pekerjaan, '')"),
        )
    )
    connection.execute("CREATE OR REPLACE VIEW register_all AS " + " UNION ALL BY NAME ".join(register))
    _load_regions(connection)
    connection.execute("CREATE OR REPLACE TABLE grace (segment VARCHAR, months INTEGER)")
    connection.executemany(
        "INSERT INTO grace VALUES (?, ?)", [(s, grace(segment=s, as_of=as_of).months) for s in SEGMENTS]
    )


def _load_files(connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading]) -> None:
    connection.execute(
        "CREATE OR REPLACE TABLE source_file "
        "(file_no SMALLINT, file_name VARCHAR, layout VARCHAR, institution VARCHAR, has_birth_date BOOLEAN)"
    )
    connection.executemany(
        "INSERT INTO source_file VALUES (?, ?, ?, ?, ?)",
        [
            (
                number,
                reading.file,
                reading.layout,
                reading.institution,
                reading.counts.accepted > reading.profile.missing.get("tanggal_lahir", 0),
            )
            for number, reading in enumerate(readings)
        ],
    )


def load_protection(*, connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Make protection: the state of every register row at hand."""
    connection.execute(statement(package="law", name="protection").format(as_of=as_of.isoformat()))


def _load_regions(connection: duckdb.DuckDBPyConnection) -> None:
    written = sorted(places.known_region_codes())
    codes = [places.current_code(code) for code in written]
    names = pa.array([places.region_name(code) for code in codes], pa.string())
    connection.register("known_region_arrow", pa.table({"written": written, "code": codes, "name": names}))
    connection.execute("CREATE OR REPLACE TABLE known_region AS SELECT * FROM known_region_arrow")
    connection.unregister("known_region_arrow")


def make_people(*, connection: duckdb.DuckDBPyConnection, person: Ints) -> RowFacts:
    """Make list_row and person from the label of each record; list rows come first among them."""
    facts = row_facts(connection=connection, person=person)
    connection.register("row_mark_arrow", row_marks(facts=facts))
    connection.execute("CREATE OR REPLACE TABLE row_mark AS SELECT * FROM row_mark_arrow")
    connection.unregister("row_mark_arrow")
    connection.execute(statement(name="list_rows"))
    connection.execute(statement(name="people").format(nik_sex=nik.sex("nik")))
    return facts
