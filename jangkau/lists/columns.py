"""A column of cells as sent -> a column of values. Same results as `cells`, for many rows.

Cells that are evidently clean are converted at once; each distinct other cell goes through its plain definition
once. The tests hold the two against each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.lists import cells, words
from jangkau.lists.cells import LONGEST_PLACEHOLDER, Cell
from jangkau.lists.flags import REFUSALS, REPAIRS, repair
from jangkau.lists.layouts import Column

Flags = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]
Fast = Callable[[pa.Array], tuple[Mask, pa.Array, Counter[str]]]

# Distinct cells remembered per column; beyond that the memory is emptied, so that no file can fill it.
_REMEMBERED = 100_000


@dataclass(frozen=True)
class Values:
    """``refused`` is 0, or 1 + the index of the refusal."""

    values: pa.Array
    flags: Flags | None = None
    refused: npt.NDArray[np.uint8] | None = None
    extra: pa.Array | None = None
    repairs: Counter[str] = field(default_factory=Counter)


class Reader:
    """Reads the cells of one column of a file, batch after batch, on any thread."""

    def __init__(self, *, column: Column, latest: date) -> None:
        self.type = TYPES[column.type]
        self._read = _plain(column, latest)
        self._fast = _FAST.get(column.type)
        self._most = column.most or 10**15
        self._with_extra = column.type == "birth_date"
        self._is_nik = column.type == "nik"
        self._seen: dict[str, Cell] = {}

    def __call__(self, column: pa.Array, *, numbers: Mask | None = None) -> Values:
        """Values of a string column without nulls. ``numbers`` marks cells that were numbers."""
        if self._is_nik and numbers is not None and numbers.any():
            return self._mixed(column, numbers)
        if self._fast is None or not len(column):
            return self._by_distinct(column, self._read, self._seen)
        done, values, repairs = self._fast(column)
        if self.type == pa.int64():
            done &= ~np.asarray(pc.fill_null(pc.greater(values, self._most), False))
        if done.all():
            return Values(values, repairs=repairs)
        rest = self._by_distinct(column.filter(pa.array(~done)), self._read, self._seen)
        return _merged(done, values, repairs, rest)

    def _mixed(self, column: pa.Array, numbers: Mask) -> Values:
        """NIKs in a workbook, where the same digits mean less when the cell was a number."""
        as_number = partial(cells.nik, number=True)
        typed = self._by_distinct(column.filter(pa.array(numbers)), lambda c: as_number(cell=c), {})
        if numbers.all():
            return typed
        texts = self._by_distinct(column.filter(pa.array(~numbers)), self._read, self._seen)
        empty = pa.nulls(len(column), self.type)
        first = pc.replace_with_mask(empty, pa.array(~numbers), texts.values)
        merged = _merged(~numbers, first, texts.repairs, typed)
        flags = merged.flags if merged.flags is not None else np.zeros(len(column), np.uint32)
        if texts.flags is not None:
            flags[~numbers] = texts.flags
        return Values(merged.values, flags, repairs=merged.repairs)

    def _by_distinct(self, column: pa.Array, read: Callable[[str], Cell], seen: dict[str, Cell]) -> Values:
        encoded = column.dictionary_encode()
        found: list[Cell] = []
        for cell in encoded.dictionary.to_pylist():
            known = seen.get(cell)
            if known is None:
                known = seen[cell] = read(cell)
            found.append(known)
        if len(seen) > _REMEMBERED:
            seen.clear()
        indices = encoded.indices.to_numpy()
        flags = np.array([c.flags for c in found], np.uint32)
        refused = np.array([1 + REFUSALS.index(c.refusal) if c.refusal else 0 for c in found], np.uint8)
        extra = pa.array([c.extra for c in found], pa.string()).take(encoded.indices) if self._with_extra else None
        return Values(
            values=pa.array([c.value for c in found], self.type).take(encoded.indices),
            flags=flags[indices] if flags.any() else None,
            refused=refused[indices] if refused.any() else None,
            extra=extra,
            repairs=_count_repairs(np.array([c.repairs for c in found], np.int64), indices),
        )


def _count_repairs(masks: npt.NDArray[np.int64], indices: npt.NDArray[np.int32]) -> Counter[str]:
    if not masks.any():
        return Counter()
    times = np.bincount(indices, minlength=len(masks))
    counts = {name: int(times[masks & repair(name) != 0].sum()) for name in REPAIRS}
    return Counter({name: n for name, n in counts.items() if n})


def _merged(done: Mask, values: pa.Array, repairs: Counter[str], rest: Values) -> Values:
    open_ = pa.array(~done)
    values = pc.replace_with_mask(values, open_, rest.values)
    flags = refused = None
    if rest.flags is not None:
        flags = np.zeros(len(done), np.uint32)
        flags[~done] = rest.flags
    if rest.refused is not None:
        refused = np.zeros(len(done), np.uint8)
        refused[~done] = rest.refused
    return Values(values, flags, refused, None, repairs + rest.repairs)


TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(
        ("nik", "name", "text", "upper", "digits", "phone", "region", "sex", "scheme", "segment"), pa.string()
    ),
    **dict.fromkeys(("birth_date", "date", "start_date", "end_date", "month"), pa.date32()),
    **dict.fromkeys(("months", "wave"), pa.int32()),
    "amount": pa.int64(),
    "boolean": pa.bool_(),
}


def _plain(column: Column, latest: date) -> Callable[[str], Cell]:
    """The plain reading of one cell of this column."""
    simple: dict[str, Callable[..., Cell]] = {
        "nik": cells.nik,
        "name": cells.name,
        "text": cells.text,
        "digits": cells.digits,
        "phone": cells.phone,
        "region": cells.region,
        "months": cells.months,
        "wave": cells.wave,
        "month": cells.month,
        "upper": words.upper,
        "sex": words.sex,
        "scheme": words.scheme,
        "segment": words.segment,
        "boolean": words.boolean,
        "amount": partial(cells.amount, most=column.most),
        "birth_date": partial(cells.birth_date, latest=latest),
        "date": partial(cells.event_date, latest=latest, past=False),
        "start_date": partial(cells.event_date, latest=latest, past=True),
        "end_date": partial(cells.event_date, latest=latest, past=False, may_be_never=True),
    }
    read = simple[column.type]
    return lambda cell: read(cell=cell)


# Which bytes are plain, by kind of cell.
def _table(allowed: str) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, bool)
    table[list(allowed.encode())] = True
    return table


_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"
_DIGIT = _table(_DIGITS)
_NAME = _table(_UPPER + _UPPER.lower() + _DIGITS + ".,'-/() ")
_TEXT = _table("".join(map(chr, range(32, 127))))
_SPACE = 32


def _bytes(column: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The bytes of all cells, one after the other, and where each begins; the last offset is the end."""
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    body = column.buffers()[2]
    data = np.frombuffer(body, np.uint8) if body is not None else np.empty(0, np.uint8)
    return data[offsets[0] : offsets[-1]], (offsets - offsets[0]).astype(np.int64)


def _rows_of(positions: npt.NDArray[np.int64], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.searchsorted(offsets, positions, side="right") - 1


def _clean(column: pa.Array, allowed: npt.NDArray[np.bool_], single_spaces: bool) -> Mask:
    """Cells longer than any placeholder, of allowed bytes only, without spaces at the ends (and none doubled)."""
    data, offsets = _bytes(column)
    lengths = np.diff(offsets)
    done = lengths > LONGEST_PLACEHOLDER
    odd = ~allowed[data]
    if odd.any():
        done[_rows_of(np.flatnonzero(odd), offsets)] = False
    if not len(data):
        return done
    filled = np.flatnonzero(lengths)
    first, last = offsets[filled], offsets[filled + 1] - 1
    done[filled[(data[first] == _SPACE) | (data[last] == _SPACE)]] = False
    if single_spaces:
        space = data == _SPACE
        twice = np.flatnonzero(space[1:] & space[:-1])
        done[_rows_of(twice, offsets)] = False
    return done


def _fast_name(column: pa.Array) -> tuple[Mask, pa.Array, Counter[str]]:
    done = _clean(column, _NAME, single_spaces=True)
    upper = pc.ascii_upper(column)
    changed = np.asarray(pc.not_equal(upper, column)) & done
    return done, upper, Counter({"case": int(changed.sum())} if changed.any() else {})


def _fast_text(column: pa.Array) -> tuple[Mask, pa.Array, Counter[str]]:
    return _clean(column, _TEXT, single_spaces=False), column, Counter()


def _only_digits(column: pa.Array) -> tuple[Mask, npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    data, offsets = _bytes(column)
    good = np.ones(len(column), bool)
    odd = ~_DIGIT[data]
    if odd.any():
        good[_rows_of(np.flatnonzero(odd), offsets)] = False
    return good, data, offsets


def _fast_nik(column: pa.Array) -> tuple[Mask, pa.Array, Counter[str]]:
    good, _, offsets = _only_digits(column)
    return good & (np.diff(offsets) == 16), column, Counter()


def _fast_digits(column: pa.Array) -> tuple[Mask, pa.Array, Counter[str]]:
    good, _, offsets = _only_digits(column)
    return good & (np.diff(offsets) > 0), column, Counter()


def _fast_phone(column: pa.Array) -> tuple[Mask, pa.Array, Counter[str]]:
    good, data, offsets = _only_digits(column)
    lengths = np.diff(offsets)
    good &= (lengths >= 9) & (lengths <= 14)
    rows = np.flatnonzero(good)
    start = offsets[rows]
    good[rows[(data[start] != ord("0")) | (data[start + 1] == ord("0"))]] = False
    if not good.any():
        return good, column, Counter()
    return good, pc.binary_replace_slice(column, 0, 1, "62"), Counter()


def _fast_amount(column: pa.Array) -> tuple[Mask, pa.Array, Counter[str]]:
    good, _, offsets = _only_digits(column)
    lengths = np.diff(offsets)
    good &= (lengths > 0) & (lengths <= 15)
    numbers = pc.if_else(pa.array(good), column, pa.scalar(None, pa.string())).cast(pa.int64())
    return good, numbers, Counter()


_FAST: dict[str, Fast] = {
    "name": _fast_name,
    "text": _fast_text,
    "nik": _fast_nik,
    "digits": _fast_digits,
    "phone": _fast_phone,
    "amount": _fast_amount,
}
