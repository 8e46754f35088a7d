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
from jangkau.lists.cells import Cell
from jangkau.lists.clean import FAST
from jangkau.lists.flags import REFUSALS, REPAIRS, repair
from jangkau.lists.layouts import Column

Flags = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]

# Distinct cells remembered per column, so that no file can fill the memory; and how many rows a distinct cell must
# have on average to be worth it.
_REMEMBERED = 100_000
_WORTH = 4


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
        self._fast = FAST.get(column.type)
        self._most = column.most or 10**15
        self._with_extra = column.type == "birth_date"
        self._is_nik = column.type == "nik"
        self._memory = _Memory()

    def __call__(self, column: pa.Array, *, numbers: Mask | None = None) -> Values:
        """Values of a column of strings, or of a dictionary of them, without nulls. ``numbers`` marks cells that were
        numbers."""
        if self._is_nik and numbers is not None and numbers.any():
            return self._mixed(column, numbers)
        if self._fast is None or not len(column) or pa.types.is_dictionary(column.type):
            return self._by_distinct(column, self._read, self._memory)
        done, values, repairs = self._fast(column)
        if self.type == pa.int64():
            done &= ~np.asarray(pc.fill_null(pc.greater(values, self._most), False))
        if done.all():
            return Values(values, repairs=repairs)
        rest = self._by_distinct(column.filter(pa.array(~done)), self._read, self._memory)
        return _merged(done, values, repairs, rest)

    def _mixed(self, column: pa.Array, numbers: Mask) -> Values:
        """NIKs in a workbook, where the same digits mean less when the cell was a number."""
        as_number = partial(cells.nik, number=True)
        typed = self._by_distinct(column.filter(pa.array(numbers)), lambda c: as_number(cell=c), None)
        if numbers.all():
            return typed
        texts = self._by_distinct(column.filter(pa.array(~numbers)), self._read, self._memory)
        empty = pa.nulls(len(column), self.type)
        first = pc.replace_with_mask(empty, pa.array(~numbers), texts.values)
        merged = _merged(~numbers, first, texts.repairs, typed)
        flags = merged.flags if merged.flags is not None else np.zeros(len(column), np.uint32)
        if texts.flags is not None:
            flags[~numbers] = texts.flags
        return Values(merged.values, flags, repairs=merged.repairs)

    def _by_distinct(self, column: pa.Array, read: Callable[[str], Cell], memory: _Memory | None) -> Values:
        encoded = column.dictionary_encode()
        words, indices = encoded.dictionary, encoded.indices
        found = self._results(words, read, memory)
        if memory is not None and len(words) * _WORTH <= len(column):
            memory.keep(words, found)
        at = indices.to_numpy()
        return Values(
            values=found.values.take(indices),
            flags=found.flags[at] if found.flags.any() else None,
            refused=found.refused[at] if found.refused.any() else None,
            extra=found.extra.take(indices) if self._with_extra else None,
            repairs=_count_repairs(found.repairs, at),
        )

    def _results(self, words: pa.Array, read: Callable[[str], Cell], memory: _Memory | None) -> _Results:
        """What each distinct cell is, as far as possible from memory."""
        known = memory.known if memory is not None else None
        if known is None:
            return self._read_each(words, read)
        cells, results = known
        at = pc.index_in(words, value_set=cells)
        if not at.null_count:
            return results.take(at)
        fresh = self._read_each(words.filter(pc.is_null(at)), read)
        missing = np.asarray(pc.is_null(at))
        places = pc.fill_null(at, 0).to_numpy().copy()
        places[missing] = len(cells) + np.arange(at.null_count)
        return results.followed_by(fresh).take(pa.array(places))

    def _read_each(self, words: pa.Array, read: Callable[[str], Cell]) -> _Results:
        found = [read(cell) for cell in words.to_pylist()]
        return _Results(
            values=pa.array([c.value for c in found], self.type),
            flags=np.array([c.flags for c in found], np.uint32),
            refused=np.array([1 + REFUSALS.index(c.refusal) if c.refusal else 0 for c in found], np.uint8),
            extra=pa.array([c.extra for c in found] if self._with_extra else [None] * len(found), pa.string()),
            repairs=np.array([c.repairs for c in found], np.int64),
        )


@dataclass(frozen=True)
class _Results:
    """What distinct cells are, one after the other."""

    values: pa.Array
    flags: Flags
    refused: npt.NDArray[np.uint8]
    extra: pa.Array
    repairs: npt.NDArray[np.int64]

    def take(self, at: pa.Array) -> _Results:
        places = at.to_numpy()
        return _Results(
            self.values.take(at), self.flags[places], self.refused[places], self.extra.take(at), self.repairs[places]
        )

    def followed_by(self, other: _Results) -> _Results:
        return _Results(
            pa.concat_arrays([self.values, other.values]),
            np.concatenate((self.flags, other.flags)),
            np.concatenate((self.refused, other.refused)),
            pa.concat_arrays([self.extra, other.extra]),
            np.concatenate((self.repairs, other.repairs)),
        )


class _Memory:
    """Cells of a column seen in earlier batches. Threads share it: ``known`` is replaced whole, and what one of them
    loses by that is read again."""

    def __init__(self) -> None:
        self.known: tuple[pa.Array, _Results] | None = None

    def keep(self, words: pa.Array, found: _Results) -> None:
        if self.known is None:
            self.known = words, found
            return
        cells, results = self.known
        new = pc.is_null(pc.index_in(words, value_set=cells))
        added = np.flatnonzero(np.asarray(new))
        if not len(added):
            return
        if len(cells) + len(added) > _REMEMBERED:
            self.known = words, found
            return
        self.known = pa.concat_arrays([cells, words.filter(new)]), results.followed_by(found.take(pa.array(added)))


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
