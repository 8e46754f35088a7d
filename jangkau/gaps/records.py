"""Rows of all files as records: list rows numbered by their content, and of the register the rows that matter.

Records are numbered so that no figure hangs on the order of rows or files. Sixty million register rows stay in their
file: only those that the linkage found, or that a reviewer spoke of, become records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jangkau.gaps.statements import quoted
from jangkau.linkage.engine import Ready
from jangkau.linkage.lines import Lines, joined, pack
from jangkau.linkage.method import Method
from jangkau.linkage.sources import BATCH_ROWS, Source, as_text
from jangkau.lists import Reading
from jangkau.persons import nik

LIST, REGISTER = 0, 1
OF_LAW = (
    "file_no", "line", "kpj", "segmen", "tanggal_mulai", "lunas_sampai", "tanggal_berhenti", "meninggal"
)  # fmt: skip
"""What the law asks of a register row."""
Ints = npt.NDArray[np.int64]
FIELDS = ("nik", "nama", "tanggal_lahir", "jenis_kelamin", "kode_wilayah", "no_hp")

USABLE = """CASE WHEN length(nik) BETWEEN 13 AND 18 AND regexp_full_match(nik, '[0-9]+')
    AND NOT regexp_full_match(nik, '0+|1+|2+|3+|4+|5+|6+|7+|8+|9+') THEN nik END"""
_CLEANED = f"""
    {{nik}} AS nik, nik_valid, nama, tanggal_lahir AS born, coalesce(lahir_presisi = 'day', FALSE) AS born_to_the_day,
    coalesce(jenis_kelamin, CASE WHEN nik_valid THEN {nik.sex("nik")} END) AS sex,
    CASE WHEN length(kode_wilayah) >= 4 THEN substr(kode_wilayah, 1, 4) END AS region4, no_hp AS phone
"""
_OF_LISTS, _OF_REGISTER = (_CLEANED.format(nik=usable) for usable in ("CASE WHEN nik_usable THEN nik END", USABLE))
REF = "replace(CAST(ref AS VARCHAR), '-', '')"
"""SQL: the digest of a row's content as 32 hexadecimal digits; in the tables it is a number of 128 bits."""
_DATE = "CASE WHEN lahir_presisi = 'day' THEN strftime({c}, '%Y-%m-%d') ELSE strftime({c}, '%Y') END"


def method_as_of(*, method: Method, as_of: date) -> Method:
    """The method with the century of a NIK's birth year bounded by the date of the run."""
    latest = as_of.year * 10_000 + as_of.month * 100 + as_of.day
    return replace(method, fields=tuple(replace(one, latest=latest) for one in method.fields))


def content(*, reading: Reading) -> str:
    """SQL: a digest of what a row says, whoever reads it and in whatever order."""
    columns = pq.read_schema(reading.accepted).names
    said = ", ".join(
        f"coalesce(CAST({c} AS VARCHAR), '')"
        for c in columns
        if c not in ("line", "flags", "nik_valid", "lahir_presisi")
    )
    label = f"{reading.layout}/{reading.institution}".replace("'", "''")
    return f"md5(concat_ws(chr(31), '{label}', {said}))"


def make_lists(*, connection: duckdb.DuckDBPyConnection, scratch: Path, passes: int = 1) -> Source:
    """Make the table list_row_read (accepted_list in the order of content, so that a row's place is its record id), the
    view list_record of it, and the Parquet that the linkage reads, in that order.

    ``passes``: the files are read so many times and a part of the rows is sorted each time, since what is sorted has to
    be in memory. Digests are spread evenly, so that parts are of one size.
    """
    connection.execute("CREATE OR REPLACE TABLE list_row_read AS SELECT * FROM accepted_list LIMIT 0")
    for number in range(passes):
        connection.execute(
            f"INSERT INTO list_row_read SELECT * FROM accepted_list WHERE {_part(number, passes)} "
            "ORDER BY ref, file_no, line"
        )
    connection.execute(
        f"""
        CREATE OR REPLACE VIEW list_record AS
            {_list_record("list_row_read")}
        """
    )
    path = scratch / "lists.parquet"
    connection.execute(
        f"COPY (SELECT ref, nik, nama, {_DATE.format(c='born')} AS tanggal_lahir, sex AS jenis_kelamin, kode_wilayah, "
        f"phone AS no_hp FROM list_record) TO {quoted(text=path)} "
        f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {BATCH_ROWS})"
    )
    return Source(path, "lists", "ref", FIELDS, pq.read_metadata(path).num_rows)


def _list_record(source: str) -> str:
    return (
        f"SELECT CAST(rowid AS INTEGER) AS rid, file_no, line, {REF} AS ref, office, {_OF_LISTS}, lahir_presisi, "
        f"kode_wilayah FROM {source}"
    )


def _register_record(source: str, first: int) -> str:
    return (
        f"SELECT CAST(rowid + {first} AS INTEGER) AS rid, file_no, line, {REF} AS ref, kpj, nama_ibu, place, "
        f"{_OF_REGISTER}, lahir_presisi, kode_wilayah FROM {source}"
    )


def _records(lists: str, register: str, first: int) -> str:
    told = "nik, nik_valid, nama, born, born_to_the_day, sex, region4, phone"
    return (
        f"SELECT rid, file_no, line, {LIST} AS side, ref, CAST(NULL AS VARCHAR) AS kpj, office, {told} "
        f"FROM ({_list_record(lists)}) UNION ALL "
        f"SELECT rid, file_no, line, {REGISTER}, ref, kpj, NULL, {told} FROM ({_register_record(register, first)})"
    )


def records_at(*, connection: duckdb.DuckDBPyConnection, wanted: str) -> str:
    """SQL: some of the table record, made of their rows alone. ``wanted``: a query that gives their ids."""
    (first,) = connection.sql("SELECT count(*) FROM list_row_read").fetchall()[0]
    lists = f"(SELECT rowid, * FROM list_row_read WHERE rowid IN ({wanted}))"
    return _records(lists, f"(SELECT rowid, * FROM register_read WHERE rowid + {first} IN ({wanted}))", first)


def _part(number: int, parts: int) -> str:
    """SQL: is this row in the part of this number, by the first 16 bits of its digest."""
    low, high = (f"'{(1 << 16) * at // parts:04x}{'0' * 28}'::UUID" for at in (number, min(number + 1, parts - 1)))
    return f"ref >= {low}" + (f" AND ref < {high}" if number + 1 < parts else "")


@dataclass(frozen=True)
class RegisterSource(Source):
    """The accepted register files one after the other. A row's number counts on through all of them."""

    paths: tuple[Path, ...] = ()

    def batches(self, *, with_id: bool = True, rows: int = BATCH_ROWS) -> Iterator[list[pa.Array]]:
        for path in self.paths:
            with pq.ParquetFile(path, pre_buffer=False) as file:
                names = list(dict.fromkeys([self.id_column, *self.columns, "lahir_presisi"]))
                for batch in file.iter_batches(batch_size=rows, columns=names, use_threads=True):
                    columns = [self.id_column, *self.columns] if with_id else list(self.columns)
                    yield [_text(batch, column) for column in columns]


def _text(batch: pa.RecordBatch, column: str) -> pa.Array:
    text = as_text(batch.column(column))
    if column != "tanggal_lahir":
        return text
    to_the_day = pc.fill_null(pc.equal(as_text(batch.column("lahir_presisi")), "day"), False)
    if pc.all(to_the_day).as_py():
        return text
    return pc.if_else(to_the_day, text, pc.utf8_slice_codeunits(text, 0, 4))


def register_source(*, readings: Sequence[Reading]) -> RegisterSource:
    paths = tuple(reading.accepted for reading in readings if reading.layout == "register")
    rows = sum(pq.read_metadata(path).num_rows for path in paths)
    return RegisterSource(paths[0], "register", "kpj", FIELDS, rows, paths)


def make_register(
    *,
    connection: duckdb.DuckDBPyConnection,
    readings: Sequence[Reading],
    wanted: Ints,
    references: Sequence[str],
) -> Ints:
    """Make register_read (the rows at hand, as accepted, in the order of content: a row's place follows its record id),
    and views of it: register_row (what the law asks), register_record, and record (list_record and those rows).

    ``wanted``: numbers of register rows, in order; ``references``: digests, KPJ or file:line of others. Returns the
    record id of each wanted row.
    """
    selects = []
    first = 0
    connection.register("wanted_arrow", pa.table({"number": wanted, "place": np.arange(len(wanted), dtype=np.int64)}))
    connection.register("reference_arrow", pa.table({"reference": pa.array(list(references), pa.string())}))
    of_law: list[str] = []
    for number, reading in enumerate(readings):
        if reading.layout != "register":
            continue
        of_law = [name for name in OF_LAW if name in ("file_no", *pq.read_schema(reading.accepted).names)]
        file = reading.file.replace("'", "''") + ":"
        also = (
            f"OR x.kpj IN (SELECT reference FROM reference_arrow) "
            f"OR {content(reading=reading)} IN (SELECT reference FROM reference_arrow) "
            f"OR '{file}' || line IN (SELECT reference FROM reference_arrow)"
            if references
            else ""
        )
        selects.append(
            f"SELECT CAST({number} AS SMALLINT) AS file_no, w.place, x.* EXCLUDE (file_row_number), "
            f"CAST({content(reading=reading)} AS UUID) AS ref "
            f"FROM read_parquet({quoted(text=reading.accepted)}, file_row_number = true) AS x "
            f"LEFT JOIN wanted_arrow AS w ON w.number = x.file_row_number + {first} WHERE w.place IS NOT NULL {also}"
        )
        first += pq.read_metadata(reading.accepted).num_rows
    connection.execute(
        "CREATE OR REPLACE TABLE register_read AS SELECT * FROM (" + " UNION ALL BY NAME ".join(selects) + ") "
        "ORDER BY ref, file_no, line"
    )
    for name in ("wanted_arrow", "reference_arrow"):
        connection.unregister(name)
    (first,) = connection.sql("SELECT count(*) FROM list_row_read").fetchall()[0]
    connection.execute(
        f"""
        CREATE OR REPLACE VIEW register_row AS
            SELECT CAST(rowid + {first} AS INTEGER) AS rid, {", ".join(of_law)} FROM register_read;
        CREATE OR REPLACE VIEW register_record AS {_register_record("register_read", first)};
        CREATE OR REPLACE VIEW record AS {_records("list_row_read", "register_read", first)}
        """
    )
    found = connection.sql("SELECT rid FROM register_record WHERE place IS NOT NULL ORDER BY place").to_arrow_table()
    rids: Ints = found.column("rid").to_numpy().astype(np.int64)
    return rids


def register_lines(*, connection: duckdb.DuckDBPyConnection, ready: Ready) -> Lines:
    """The register rows at hand as lines, in the order of their record ids."""
    rows = connection.sql(
        f"SELECT nik, nama, {_DATE.format(c='born')} AS tanggal_lahir, sex AS jenis_kelamin, kode_wilayah, "
        "phone AS no_hp FROM register_record"
    )
    pieces = [
        pack(
            columns=[as_text(batch.column(name)) for name in ready.method.columns],
            method=ready.method,
            shape=ready.shape,
        )
        for batch in rows.to_arrow_reader(BATCH_ROWS)
    ]
    if not pieces:
        return Lines(np.zeros((0, ready.shape.width), np.uint32), np.zeros(0, np.uint8))
    return joined(pieces=pieces, shape=ready.shape, method=ready.method)


def register_names(*, connection: duckdb.DuckDBPyConnection, lines: Lines, ready: Ready, first: int) -> None:
    """Make register_name: for each register record a number for its name whatever the order of words, and the folded
    name."""
    at = ready.shape.name
    words = lines.words
    size = (words[:, at + 6] & 255).astype(np.int64)
    start = np.where(size > 0, words[:, at + 5].astype(np.int64), 0)
    offsets = np.concatenate([[0], np.cumsum(size)])
    # the letters of missing names are none, so the heap is already in order
    text = pa.LargeStringArray.from_buffers(
        len(words), pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(_in_order(lines.heap, start, size))
    )
    key = (words[:, at].astype(np.uint64) << np.uint64(32)) | words[:, at + 1]
    table = pa.table(
        {
            "rid": np.arange(first, first + len(words), dtype=np.int32),
            "word_key": pa.array(key, mask=size == 0),
            "folded": pc.if_else(pa.array(size > 0), text, None),
        }
    )
    connection.register("register_name_arrow", table)
    connection.execute("CREATE OR REPLACE TABLE register_name AS SELECT * FROM register_name_arrow")
    connection.unregister("register_name_arrow")


def _in_order(heap: npt.NDArray[np.uint8], start: Ints, size: Ints) -> npt.NDArray[np.uint8]:
    """The letters of every name behind each other; they are so already unless other texts stand between them."""
    total = int(size.sum())
    if len(heap) == total:
        return heap
    place = np.repeat(start - np.concatenate([[0], np.cumsum(size)[:-1]]), size) + np.arange(total)
    return heap[place]
