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
from jangkau.gaps.records import USABLE, content
from jangkau.gaps.statements import statement
from jangkau.law.eligibility import insured_elsewhere
from jangkau.law.kur_duty import kur_duty_sql
from jangkau.law.protection import SEGMENTS, grace
from jangkau.lists import Reading
from jangkau.lists.flags import flag
from jangkau.persons import nik

OFFICE_PRIOR = 20
"""Rows by which a small office is drawn to the mean rate of faults."""

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
    "bank": "VARCHAR", "status_bekerja": "BOOLEAN",
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
            f"SELECT CAST({number} AS SMALLINT) AS file_no, line, {content(reading=reading)} AS ref, "
            f"{office} AS office, CAST({DATES.get(reading.layout, 'NULL')} AS DATE) AS tanggal, {shape} "
            f"FROM read_parquet('{path}')"
        )
    _load_files(connection, readings)
    connection.execute("CREATE OR REPLACE VIEW accepted_list AS " + " UNION ALL ".join(lists))
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


def make_people(*, connection: duckdb.DuckDBPyConnection, person: npt.NDArray[np.int64], as_of: date) -> None:
    """Make list_row and person from the label of each record; list rows come first among them."""
    (rows,) = connection.sql("SELECT count(*) FROM list_record").fetchall()[0]
    connection.register("row_person_arrow", pa.table({"person": person[:rows]}))
    connection.execute("CREATE OR REPLACE TABLE row_person AS SELECT * FROM row_person_arrow")
    connection.unregister("row_person_arrow")
    bits = flag("birth_contradicts_nik") | flag("nik_kk_swapped")
    duty = kur_duty_sql(skema="f.skema", plafon="f.plafon", agreed="f.tanggal_akad")
    connection.execute(
        statement(name="list_rows").format(
            contradiction_bits=bits, office_prior=OFFICE_PRIOR, kur_duty=duty, usable=USABLE
        )
    )
    connection.execute(
        statement(name="people").format(
            nik_birth_date=nik.birth_date("nik", as_of),
            nik_sex=nik.sex("nik"),
            insured_elsewhere=insured_elsewhere("coalesce(pekerjaan, '')"),
        )
    )
