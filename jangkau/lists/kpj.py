"""The same KPJ for different people: nobody can say whose it is, so all rows that have it are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.files import Batch, ByColumn, Table
from jangkau.lists.columns import Reader
from jangkau.lists.headings import Heading
from jangkau.lists.rows import RefusedRow, RowReader
from jangkau.lists.seen import positions_repeated
from jangkau.persons.names import fold

# Rows of each KPJ that stands twice with more than one NIK, or without one.
_SUSPECTS = """
SELECT line, kpj, nik, nama, CASE WHEN lahir_presisi = 'day' THEN tanggal_lahir END AS born
FROM {holders}
WHERE kpj IN (
    SELECT kpj FROM {holders} WHERE kpj IS NOT NULL
    GROUP BY kpj HAVING count(*) > 1 AND (count(DISTINCT nik) > 1 OR count(nik) < count(*))
)
ORDER BY kpj, line
"""


_COLUMNS = ["line", "kpj", "nik", "nama", "lahir_presisi", "tanggal_lahir"]
# About 100 bytes each.
_MOST_ROWS = 2_000_000
_ZERO = np.iinfo(np.int64).min


class _Holder(NamedTuple):
    line: int
    kpj: str
    nik: str | None
    name: str | None
    born: date | None


def lines_shared(*, accepted: Path, connection: duckdb.DuckDBPyConnection) -> npt.NDArray[np.int64]:
    """Lines of an accepted register whose KPJ belongs to different people."""
    name = str(accepted).replace("'", "''")
    return _lines(connection.cursor(), f"read_parquet('{name}')")


def lines_shared_ahead(
    *, table: Table, heading: Heading, latest: date, connection: duckdb.DuckDBPyConnection
) -> npt.NDArray[np.int64] | None:
    """The same, before anything is written, where the KPJs of a register can be read without its other columns.

    None where they cannot, or where so many come twice that the rows would not fit into memory.
    """
    if heading.layout.name != "register" or not isinstance(table, ByColumn):
        return None
    lines = _lines_repeated(table, heading, latest)
    if len(lines) > _MOST_ROWS:
        return None
    reader = RowReader(heading=heading, latest=latest)
    holders = [reader(batch).accepted.select(_COLUMNS) for batch in table.rows(lines=lines)]
    if not holders:
        return lines
    with connection.cursor() as cursor:
        cursor.register("holders_of_a_kpj", pa.concat_tables(holders))
        found = _lines(cursor, "holders_of_a_kpj")
        cursor.unregister("holders_of_a_kpj")
    return found


def _lines_repeated(table: ByColumn, heading: Heading, latest: date) -> npt.NDArray[np.int64]:
    """Lines of all rows, good or bad, whose KPJ may stand in another row too."""
    column = next(c for c in heading.layout.columns if c.name == "kpj")
    reader = Reader(column=column, latest=latest)
    numbers = np.zeros(table.count, np.int64)
    for line, cells in table.column(column=heading.columns["kpj"], after=heading.last):
        numbers[line - 1 : line - 1 + len(cells)] = as_numbers(column=reader(cells).values)
    return 1 + positions_repeated(numbers=numbers)


def as_numbers(*, column: pa.Array) -> npt.NDArray[np.int64]:
    """KPJs as integers to compare, 0 for none; what is no number, or too long for one, by its hash (negative)."""
    fits = np.asarray(
        pc.fill_null(pc.and_(pc.ascii_is_decimal(column), pc.less_equal(pc.binary_length(column), 18)), False)
    )
    numbers = np.zeros(len(column), np.int64)
    whole = column.filter(pa.array(fits)).cast(pa.int64()).to_numpy()
    numbers[fits] = np.where(whole == 0, _ZERO, whole)
    for index in np.flatnonzero(~fits & np.asarray(pc.is_valid(column))).tolist():
        numbers[index] = -1 - int.from_bytes(column[index].as_py().encode()[-7:], "big")
    return numbers


def _lines(cursor: duckdb.DuckDBPyConnection, holders: str) -> npt.NDArray[np.int64]:
    rows = cursor.execute(_SUSPECTS.format(holders=holders)).fetchall()
    lines: list[int] = []
    for _, group in groupby((_Holder(*row) for row in rows), key=lambda holder: holder.kpj):
        first, *others = group
        if any(different(first, other) for other in others):
            lines += [first.line, *(holder.line for holder in others)]
    return np.array(sorted(lines), np.int64)


def different(one: _Holder, other: _Holder) -> bool:
    """Two rows are of different people when their NIKs differ, or one is missing, and names or birth dates differ too.

    The same NIK is the same person however he is written; the same name and birth date is a NIK mistyped.
    """
    if one.nik and one.nik == other.nik:
        return False
    names_differ = bool(one.name and other.name) and fold(str(one.name)) != fold(str(other.name))
    births_differ = bool(one.born and other.born) and one.born != other.born
    return names_differ or births_differ


def refuse(
    *,
    batch: Batch,
    lines: npt.NDArray[np.int64],
    fault: tuple[tuple[str, str], ...],
    others: Iterable[RefusedRow],
) -> Iterator[RefusedRow]:
    """Refused rows of a batch, in order: those refused before, and those of these lines, with their cells as sent."""
    at = np.flatnonzero(np.isin(batch.line.to_numpy(), lines))
    taken = batch.cells.take(pa.array(at))
    cells = zip(*(column.to_pylist() for column in taken.columns), strict=True)
    numbers = batch.line.take(pa.array(at)).to_pylist()
    known = {row.line: row for row in others}
    rows = {n: RefusedRow(n, tuple(c), fault) for n, c in zip(numbers, cells, strict=True)}
    yield from sorted((rows | known).values(), key=lambda row: row.line)
