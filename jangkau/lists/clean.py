"""Cells that are evidently clean, converted at once for a whole column.

Each function says which cells it is sure of; the others go through their plain definition in `cells`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.lists.cells import LONGEST_PLACEHOLDER

Mask = npt.NDArray[np.bool_]
Fast = Callable[[pa.Array], tuple[Mask, pa.Array, Counter[str]]]


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
_IN_PHONE = _table(" +-.()")
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
    """Digits with spaces, dashes, dots, brackets and a plus in front, without what dials abroad."""
    data, offsets = _bytes(column)
    lengths = np.diff(offsets)
    good = lengths > LONGEST_PLACEHOLDER
    digit = _DIGIT[data]
    good[_rows_of(np.flatnonzero(~(digit | _IN_PHONE[data])), offsets)] = False
    plus = np.flatnonzero(data == ord("+"))
    row = _rows_of(plus, offsets)
    good[row[plus != offsets[row]]] = False
    # Where the digits of each cell begin among all digits.
    at = np.flatnonzero(digit)
    begin = np.searchsorted(at, offsets)
    count = np.diff(begin)
    good &= (count >= 9) & (count <= 15)
    good[_ends_like_a_fraction(data, offsets, good)] = False
    rows = np.flatnonzero(good)
    first, second, third = (data[at[begin[rows] + n]] for n in range(3))
    abroad = (first == ord("6")) & (second == ord("2"))
    inland = first == ord("0")
    rest = count[rows] - inland - 2 * abroad
    unsure = (inland & (second == ord("0"))) | (abroad & (third == ord("0"))) | (rest < 8) | (rest > 13)
    good[rows[unsure]] = False
    # 62 is written before what follows a leading 62 or 0.
    digit[at[begin[rows[abroad | inland]]]] = False
    digit[at[begin[rows[abroad]] + 1]] = False
    digit[np.repeat(~good, lengths)] = False
    count[rows] = rest
    ends = np.concatenate(([0], np.cumsum(np.where(good, count, 0)))).astype(np.int32)
    numbers = pa.StringArray.from_buffers(len(column), pa.py_buffer(ends), pa.py_buffer(data[digit]))
    return good, pc.binary_replace_slice(numbers, 0, 0, "62"), Counter()


def _ends_like_a_fraction(
    data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], among: Mask
) -> npt.NDArray[np.int64]:
    """Rows that may end in ``.0`` once their spaces are gone, as numbers of a spreadsheet do."""
    rows = np.flatnonzero(among)
    end = offsets[rows + 1]
    last, before = data[end - 1], data[end - 2]
    unsure: npt.NDArray[np.int64] = rows[(last == _SPACE) | ((last == ord("0")) & np.isin(before, (ord("."), _SPACE)))]
    return unsure


def _fast_amount(column: pa.Array) -> tuple[Mask, pa.Array, Counter[str]]:
    good, _, offsets = _only_digits(column)
    lengths = np.diff(offsets)
    good &= (lengths > 0) & (lengths <= 15)
    numbers = pc.if_else(pa.array(good), column, pa.scalar(None, pa.string())).cast(pa.int64())
    return good, numbers, Counter()


FAST: dict[str, Fast] = {
    "name": _fast_name,
    "text": _fast_text,
    "nik": _fast_nik,
    "digits": _fast_digits,
    "phone": _fast_phone,
    "amount": _fast_amount,
}
