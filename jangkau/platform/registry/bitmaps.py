"""Bitmaps by which the gap list is looked up (sql/bitmap_table.sql): made from a run's people, and read for a page."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection

from jangkau.platform.registry import partitions

CHUNK = 32_768
"""Places of a row of registry_bitmap."""
ORDERS = ("order_place", "order_name", "order_date", "order_loan")
DIMENSIONS = ("region", "kur_type", "duty", "status", "sex", "age_group", "before")
"""Those that a line says itself; list, institution and viewer follow from its combination of lists."""
_BYTES = CHUNK // 8
_BYTE_OF = np.arange(CHUNK) >> 3
_BIT_OF = (128 >> (np.arange(CHUNK) & 7)).astype(np.uint8)
"""Of each place of a chunk: in which byte it is, and which bit."""
_BLOCK = 1 << 20
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_LINES = """
SELECT order_place, order_name, order_date, order_loan, list_set || '/' AS combination,
    region, kur_type, duty, CASE WHEN open THEN status ELSE '' END AS status, sex, age_group, before
FROM registry_gap_{run:d}
UNION ALL
SELECT order_place, order_name, NULL, NULL, list_set || '/i' || institution_id,
    region, kur_type, duty, CASE WHEN open THEN status ELSE '' END, sex, age_group, ''
FROM registry_sharedgap_{run:d}
"""


@dataclass(frozen=True)
class Walk:
    """An order of a run's people, from beyond a place on, forwards or backwards; ``wanted``: values by dimension."""

    run: int
    in_order: str
    wanted: Mapping[str, Sequence[str]]
    beyond: int | None = None
    backwards: bool = False


def places(*, walk: Walk, most: int) -> list[int]:
    """The first places of those who fit, as far as the user of the scope may see them."""
    met: list[int] = []
    for chunk, fits in _walked(walk, most, "at_chunk, fits"):
        offsets = np.flatnonzero(np.frombuffer(fits.encode(), np.uint8) == ord("1"))
        at = chunk * CHUNK + 1 + (offsets[::-1] if walk.backwards else offsets)
        met += at[: most - len(met)].tolist()
    return met


def count(*, walk: Walk, most: int) -> int:
    """How many fit, as far as the user of the scope may see them; at least ``most`` where there are more."""
    return sum(people for (people,) in _walked(walk, most, "people"))


def _walked(walk: Walk, enough: int, told: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {told} FROM registry_walk(%s, %s, %s, %s, %s, %s)",
            [walk.run, walk.in_order, json.dumps(dict(walk.wanted)), walk.beyond, walk.backwards, enough],
        )
        return list(cursor.fetchall())


def build(*, cursor: Any, duck: duckdb.DuckDBPyConnection, run: int) -> None:
    """Make the bitmaps of a run from the lines of its people (line in gap_rows.sql). As the owner."""
    known = _combinations(cursor, run)

    def fill(table: str) -> None:
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary, FREEZE)") as copy:
            for block in _ahead(_blocks(_rows(duck, run, known))):
                copy.write(block)

    partitions.add(cursor=cursor, parent="registry_bitmap", run=run, fill=fill)


def build_again(*, cursor: Any, run: int, scratch: Path) -> None:
    """Make them from a run whose people are in the database, with what decisions have changed since. As the owner;
    ``scratch``: a folder for what is not held in memory."""
    path = scratch / "lines.csv"
    with (
        cursor.copy(f"COPY ({_LINES.format(run=run)}) TO STDOUT (FORMAT csv, NULL '\\N')") as copy,
        path.open("wb") as file,
    ):
        for block in copy:
            file.write(block)
    columns = dict.fromkeys(ORDERS, "INTEGER") | dict.fromkeys(("combination", *DIMENSIONS), "VARCHAR")
    with duckdb.connect(str(scratch / "bitmaps.duckdb"), config={"memory_limit": "2GB"}) as duck:
        duck.execute(f"SET temp_directory = '{scratch}/spill'")
        duck.execute(
            f"CREATE TABLE line AS FROM read_csv('{path}', header = FALSE, nullstr = '\\N', auto_detect = FALSE, "
            f"columns = {json.dumps(columns)})"
        )
        build(cursor=cursor, duck=duck, run=run)


def _combinations(cursor: Any, run: int) -> dict[int, list[tuple[int, str]]]:
    """The files of each combination of lists: their numbers, and the keys of the institutions that sent them."""
    cursor.execute(
        "SELECT s.id, f.number, f.key FROM registry_listset AS s JOIN registry_runfile AS f "
        "ON f.run_id = s.run_id AND f.number = ANY (s.files) WHERE s.run_id = %s",
        [run],
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for number, file, key in cursor.fetchall():
        found.setdefault(number, []).append((file, key))
    return found


def _said(combination: str, known: dict[int, list[tuple[int, str]]]) -> Iterator[tuple[str, str]]:
    """What follows from a combination, as dimensions and values: lists, institutions, and who may see the line. A line
    of registry_sharedgap names its institution."""
    number, _, viewer = combination.partition("/")
    listed = known.get(int(number), [])
    keys = {key for _, key in listed}
    for file, _ in listed:
        yield "list", str(file)
    for key in keys:
        yield "institution", key
    if viewer:
        yield "viewer", viewer
        return
    yield "viewer", ""
    if len(keys) == 1 and (only := keys.pop()).startswith("i"):
        yield "viewer", only


def _rows(duck: duckdb.DuckDBPyConnection, run: int, known: dict[int, list[tuple[int, str]]]) -> Iterator[bytes]:
    """Rows of registry_bitmap as COPY takes them, order by order and chunk by chunk."""
    names = ("combination", *DIMENSIONS)
    for one in names:
        duck.execute(f"CREATE TYPE {one}_code AS ENUM (SELECT DISTINCT {one} FROM line ORDER BY 1)")
    coded = ", ".join(f"CAST({one} AS {one}_code) AS {one}" for one in names)
    lines: pa.Table = duck.sql(f"SELECT {', '.join(ORDERS)}, {coded} FROM line").to_arrow_table()
    codes = {name: _codes(lines.column(name)) for name in names}
    for order in ORDERS:
        places, has_one = lines.column(order).drop_null().to_numpy() - 1, lines.column(order).is_valid().to_numpy()
        if not _is_an_order(places):
            raise ValueError(f"{order} has holes")
        there = {name: (values, _in_order(of[has_one], places)) for name, (values, of) in codes.items()}
        for chunk in range(-(-len(places) // CHUNK)):
            for name, value, bits in _bitmaps(there, chunk, known):
                yield _row(run, order, name, value, chunk, bits)


def _is_an_order(places: npt.NDArray[Any]) -> bool:
    """Is each place from 0 on taken once."""
    taken = np.zeros(len(places), np.bool_)
    taken[places[(places >= 0) & (places < len(places))]] = True
    return bool(taken.all())


def _in_order(of: npt.NDArray[Any], places: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """What stands at each place: faster than sorting, for the places are known."""
    found = np.empty_like(of)
    found[places] = of
    return found


def _codes(column: pa.ChunkedArray) -> tuple[list[str], npt.NDArray[Any]]:
    """The values of a column of an enum, and each line's number among them."""
    if not len(column):
        return [], np.zeros(0, np.uint8)
    parts = [part.indices.to_numpy() for part in column.chunks]
    return column.chunk(0).dictionary.to_pylist(), np.concatenate(parts)


Codes = dict[str, tuple[list[str], npt.NDArray[Any]]]


def _bitmaps(codes: Codes, chunk: int, known: dict[int, list[tuple[int, str]]]) -> Iterator[tuple[str, str, bytes]]:
    """Each dimension and value of which a chunk has somebody, and at which places."""
    part = {name: (values, of[chunk * CHUNK : (chunk + 1) * CHUNK]) for name, (values, of) in codes.items()}
    for name in DIMENSIONS:
        values, of = part[name]
        for code, bits in _of_each(of):
            if name != "status" or values[code]:
                yield name, values[code], bits
    values, of = part["status"]
    is_open = of != values.index("") if "" in values else None
    values, of = part["combination"]
    having: dict[tuple[str, str], npt.NDArray[np.bool_]] = {}
    for code in np.flatnonzero(np.bincount(of)).tolist():
        for said in _said(values[code], known):
            having.setdefault(said, np.zeros(len(values), np.bool_))[code] = True
    for (name, value), has in sorted(having.items()):
        at = has[of] if name != "viewer" or is_open is None else has[of] & is_open
        yield name, value, np.packbits(at).tobytes().ljust(_BYTES, b"\0")


def _of_each(of: npt.NDArray[Any]) -> Iterator[tuple[int, bytes]]:
    """Each code of a chunk, and its bitmap: all of them in one pass, for a chunk has people of every region."""
    present = np.flatnonzero(np.bincount(of))
    place = np.zeros(int(present[-1]) + 1, np.intp)
    place[present] = np.arange(len(present)) * _BYTES
    packed = np.zeros(len(present) * _BYTES, np.uint8)
    np.add.at(packed, place[of] + _BYTE_OF[: len(of)], _BIT_OF[: len(of)])
    for number, code in enumerate(present.tolist()):
        yield code, packed[number * _BYTES : (number + 1) * _BYTES].tobytes()


def _row(run: int, order: str, name: str, value: str, chunk: int, bits: bytes) -> bytes:
    texts = b"".join(struct.pack(">i", len(one)) + one for one in (part.encode() for part in (order, name, value)))
    return struct.pack(">hiq", 6, 8, run) + texts + struct.pack(">iiii", 4, chunk, 4 + len(bits), CHUNK) + bits


def _ahead(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same; the next one is made while the last one is written."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, blocks, b"")
        while block := coming.result():
            coming = maker.submit(next, blocks, b"")
            yield block


def _blocks(rows: Iterator[bytes]) -> Iterator[bytes]:
    block = bytearray(_SIGNATURE)
    for row in rows:
        block += row
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block) + struct.pack(">h", -1)
