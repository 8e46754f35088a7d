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

from jangkau.files import Batch
from jangkau.lists.rows import RefusedRow
from jangkau.persons.names import fold

# Rows of each KPJ that stands twice with more than one NIK, or without one.
_SUSPECTS = """
SELECT line, kpj, nik, nama, CASE WHEN lahir_presisi = 'day' THEN tanggal_lahir END AS born
FROM read_parquet(?)
WHERE kpj IN (
    SELECT kpj FROM read_parquet(?) WHERE kpj IS NOT NULL
    GROUP BY kpj HAVING count(*) > 1 AND (count(DISTINCT nik) > 1 OR count(nik) < count(*))
)
ORDER BY kpj, line
"""


class _Holder(NamedTuple):
    line: int
    kpj: str
    nik: str | None
    name: str | None
    born: date | None


def lines_shared(*, accepted: Path, connection: duckdb.DuckDBPyConnection) -> npt.NDArray[np.int64]:
    """Lines of an accepted register whose KPJ belongs to different people."""
    cursor = connection.cursor()
    rows = cursor.execute(_SUSPECTS, [str(accepted), str(accepted)]).fetchall()
    lines: list[int] = []
    for _, group in groupby((_Holder(*row) for row in rows), key=lambda holder: holder.kpj):
        holders = list(group)
        if any(different(holders[0], other) for other in holders[1:]):
            lines += [holder.line for holder in holders]
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
