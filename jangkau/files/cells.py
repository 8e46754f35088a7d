"""Cells of workbooks and Parquet as text, and the rows among them that hold what no cell may hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.files.table import LONGEST_CELL, Batch, BrokenCode, BrokenRow, Kind

# A float holds every whole number up to here; above, digits may already be lost.
EXACT = 2**53


def kind_of(kind: pa.DataType) -> Kind:
    """What a Parquet column is, as far as a list can use it."""
    if pa.types.is_dictionary(kind):
        return kind_of(kind.value_type)
    tests: tuple[tuple[Callable[[pa.DataType], bool], Kind], ...] = (
        (_is_text, "text"),
        (pa.types.is_integer, "integer"),
        (lambda k: pa.types.is_floating(k) or pa.types.is_decimal(k), "float"),
        (lambda k: pa.types.is_date(k) or pa.types.is_timestamp(k), "date"),
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_null, "empty"),
    )
    return next((name for test, name in tests if test(kind)), "other")


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in (*tests, *_BINARY))


_BINARY = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)


def as_text(column: pa.ChunkedArray) -> tuple[pa.Array, npt.NDArray[np.bool_] | None]:
    """A column as strings without nulls (a dictionary of them where they repeat), and which of its cells were
    floats."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], column.type)
    kind = kind_of(array.type)
    if kind in ("date", "boolean") and not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    if pa.types.is_dictionary(array.type):
        if kind in ("text", "date", "boolean"):
            return _encoded_text(array), None
        array = array.cast(array.type.value_type)
    if kind in ("empty", "other"):
        return pa.array([""] * len(array), pa.string()), None
    if kind == "text":
        return _plain_text(array), None
    if pa.types.is_floating(array.type):
        return _float_text(array), np.asarray(pc.is_valid(array))
    return pc.fill_null(array.cast(pa.string()), ""), None


def _encoded_text(array: pa.DictionaryArray) -> pa.Array:
    """Each distinct cell as text once; plain where few repeat, as in the last rows of a long part of a file."""
    words = array.dictionary
    words = _plain_text(words) if kind_of(words.type) == "text" else pc.fill_null(words.cast(pa.string()), "")
    indices = array.indices.cast(pa.int32())
    if indices.null_count:
        indices = pc.fill_null(indices, len(words))
        words = pa.concat_arrays([words, pa.array([""])])
    return words.take(indices) if 2 * len(words) > len(array) else pa.DictionaryArray.from_arrays(indices, words)


def _plain_text(array: pa.Array) -> pa.Array:
    """Strings; bytes that are no UTF-8 become U+FFFD, which ``checked`` then finds where the file had none."""
    try:
        text = array.cast(pa.string())
        text.validate(full=True)
    except pa.ArrowInvalid:
        values = array.cast(pa.binary()).to_pylist()
        text = pa.array([None if v is None else _marked(v) for v in values], pa.string())
    return pc.fill_null(text, "")


# Stands for bytes that are no UTF-8 until ``checked`` has sorted out the row: a code point that Unicode gives to
# nobody.
_NO_TEXT = "\U0010ffff"


def _marked(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("utf-8", "replace") + _NO_TEXT


def _float_text(array: pa.Array) -> pa.Array:
    """Whole numbers without a decimal point, others as Python writes them, NaN as empty."""
    array = array.cast(pa.float64())
    numbers = array.to_numpy(zero_copy_only=False)
    whole = np.isfinite(numbers) & (np.floor(numbers) == numbers) & (np.abs(numbers) < 2**63)
    if whole.all():
        return pa.array(numbers.astype(np.int64)).cast(pa.string())
    text = [str(int(n)) if w else ("" if np.isnan(n) else repr(float(n))) for n, w in zip(numbers, whole, strict=True)]
    return pa.array(text, pa.string())


def checked(
    *, columns: list[pa.Array], line: npt.NDArray[np.int64], numbers: dict[int, npt.NDArray[np.bool_]]
) -> Batch:
    """The batch, with rows taken out whose cells are too long, hold a NUL or are no text."""
    bad: dict[int, tuple[int, BrokenCode]] = {}
    for position, column in enumerate(columns):
        for row, code in _bad_cells(column):
            bad.setdefault(row, (position, code))
    names = [f"c{i}" for i in range(len(columns))]
    cells = pa.Table.from_arrays(columns, names)
    if not bad:
        return Batch(cells, pa.array(line), numbers=numbers)
    broken = []
    for row, (position, code) in sorted(bad.items()):
        values = tuple(c[row].as_py().replace("\0", "␀").replace(_NO_TEXT, "") for c in columns)
        broken.append(BrokenRow(int(line[row]), "", values, position, code))
    good = np.ones(len(line), bool)
    good[list(bad)] = False
    kept = {column: mask[good] for column, mask in numbers.items()}
    return Batch(cells.filter(pa.array(good)), pa.array(line[good]), tuple(broken), kept)


def _bad_cells(column: pa.Array) -> list[tuple[int, BrokenCode]]:
    if pa.types.is_dictionary(column.type):
        words = _bad_cells(column.dictionary)
        at = column.indices.to_numpy() if words else None
        return [(int(row), code) for word, code in words for row in np.flatnonzero(at == word)]
    found: list[tuple[int, BrokenCode]] = []
    if not len(column):
        return found
    if pc.max(pc.binary_length(column)).as_py() > LONGEST_CELL:
        long = pc.greater(pc.utf8_length(column), LONGEST_CELL)
        found += [(int(row), "cell_too_long") for row in np.flatnonzero(np.asarray(long))]
    body = column.buffers()[2]
    data = np.frombuffer(body, np.uint8) if body else np.empty(0, np.uint8)
    if (data == 0).any():
        nul = pc.match_substring(column, "\0")
        found += [(int(row), "nul_byte") for row in np.flatnonzero(np.asarray(nul))]
    if (data == 0xF4).any():
        lost = pc.match_substring(column, _NO_TEXT)
        found += [(int(row), "broken_text") for row in np.flatnonzero(np.asarray(lost))]
    return found
