"""Records as lines: one row of 32-bit words each, and one heap of folded letters; what the compiled loops read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.linkage.kernels import comparing, folding, packing
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.method import Field, Method
from jangkau.persons import names

Words = npt.NDArray[np.uint32]
Bytes = npt.NDArray[np.uint8]
_ORDER = {"Y": 0, "m": 1, "d": 2}
_WIDTH = {"Y": 4, "m": 2, "d": 2}


@dataclass(frozen=True)
class Lines:
    """``words``: (rows, width) of uint32; ``heap``: folded names and texts, addressed by the words."""

    words: Words
    heap: Bytes

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class Shape:
    """Where each field stands in a line. ``program``: for each field kind, first word, and what else it looks at;
    ``parts`` and ``blocks``: the parts to block on (operation, word, mask) and which of them make each block."""

    at: tuple[int, ...]
    width: int
    program: npt.NDArray[np.int64]
    parts: npt.NDArray[np.uint64]
    blocks: npt.NDArray[np.int64]
    name: int


def shape_of(*, method: Method) -> Shape:
    """The words of a line under a method; a whole number of cache lines of 64 bytes where that costs little."""
    at, width = [], 0
    for one in method.fields:
        at.append(width)
        width += one.kind.words
    where = {one.name: place for place, one in enumerate(method.fields)}
    name = method.first("person_name")
    program = np.full((len(method.fields), comparing.COUNTS_AS + MISSING + 1), -1, np.int64)
    for place, one in enumerate(method.fields):
        program[place, :3] = one.kind.code, at[place], -1
        program[place, comparing.COUNTS_AS :] = np.arange(MISSING + 1)
        if one.counts_as is not None:
            program[place, comparing.COUNTS_AS : comparing.COUNTS_AS + len(one.counts_as)] = one.counts_as
        if one.kind.code == comparing.NAME:
            program[place, 2] = place == name
        elif one.inside is not None and one.kind.code == comparing.DATE:
            program[place, 2:4] = where[one.inside], at[where[one.inside]] + 2
    parts = list(dict.fromkeys(part for block in method.blocks for part in block.parts))
    table = np.zeros((len(parts), 3), np.uint64)
    for row, (field_name, part_name) in enumerate(parts):
        part = method.fields[where[field_name]].kind.parts[part_name]
        table[row] = part.operation, at[where[field_name]] + part.word, part.digits
    blocks = np.full((len(method.blocks), max(len(b.parts) for b in method.blocks)), -1, np.int64)
    for row, block in enumerate(method.blocks):
        blocks[row, : len(block.parts)] = [parts.index(part) for part in block.parts]
    return Shape(
        tuple(at),
        -(-width // 16) * 16 if width > 12 else width,
        program,
        table,
        blocks,
        at[name] if name is not None else -1,
    )


_KNOWN = folding.known_words()


def pack(*, columns: Sequence[pa.Array], method: Method, shape: Shape) -> Lines:
    """Rows as lines. ``columns``: one string array for each of ``method.columns``, in that order, of one length."""
    count = len(columns[0])
    words = np.zeros((count, shape.width), np.uint32)
    by_name = dict(zip(method.columns, columns, strict=True))
    ready = {place: _column(one, [by_name[name] for name in one.columns]) for place, one in enumerate(method.fields)}
    room = sum(
        3 * array.nbytes + 10 * count + 64  # MD is read MUHAMAD: eight letters for three, again and again
        for place, array in ready.items()
        if method.fields[place].kind.code in (comparing.NAME, comparing.TEXT)
    )
    heap, used = np.empty(room, np.uint8), 0
    for place, one in enumerate(method.fields):
        used = _pack_field(one, ready[place], words, shape.at[place], heap, used)
    for place, one in enumerate(method.fields):
        if one.inside is not None:
            nik = shape.at[next(k for k, other in enumerate(method.fields) if other.name == one.inside)]
            if one.kind.code == comparing.DATE:
                packing.fill_date(words, count, shape.at[place] + 1, shape.at[place], nik + 2)
            else:
                packing.fill_sex(words, count, shape.at[place], nik + 2)
        elif one.kind.code == comparing.DATE:
            words[:, shape.at[place] + 1] = words[:, shape.at[place]]
    return Lines(words, heap[:used].copy())


def _column(field: Field, columns: list[pa.Array]) -> pa.Array:
    column = columns[0]
    if len(columns) > 1:
        # null_handling="skip" leaves out rows whose every column is null (pyarrow 26)
        column = pc.binary_join_element_wise(*(pc.fill_null(one, "") for one in columns), " ")
    if field.kind.code in (comparing.NAME, comparing.TEXT):
        column = names.plain_column(column)
    return column


def _pack_field(one: Field, array: pa.Array, words: Words, at: int, heap: Bytes, used: int) -> int:
    valid, offsets, data = buffers(array)
    given = (offsets, data, valid, array.offset % 8 if len(valid) else 0, len(array))
    code = one.kind.code
    if code in (comparing.NAME, comparing.TEXT):
        return int(folding.fold_many(*given, *_KNOWN, code == comparing.NAME, words, at, heap, used))
    if code == comparing.NIK:
        packing.pack_nik(*given, one.latest, words, at)
    elif code == comparing.DATE:
        order, widths = _date_order(one.format)
        packing.pack_date(*given, order, widths, words, at)
    elif code == comparing.PHONE:
        packing.pack_phone(*given, words, at)
    elif code == comparing.SEX:
        packing.pack_sex(*given, words, at)
    elif code == comparing.REGION:
        packing.pack_region(*given, words, at)
    else:
        packing.pack_code(*given, words, at)
    return used


def _date_order(text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    letters = [text[k + 1] for k, sign in enumerate(text) if sign == "%"]
    parted = len(text) > 2 * len(letters)
    return (
        np.array([_ORDER[letter] for letter in letters], np.int64),
        np.array([0 if parted else _WIDTH[letter] for letter in letters], np.int64),
    )


_NOTHING = np.zeros(0, np.uint8)


def buffers(array: pa.Array) -> tuple[Bytes, npt.NDArray[np.int32], Bytes]:
    """Bitmap, offsets and letters of a string array; offsets are cut to the array, the bitmap to its first byte."""
    valid, offsets, data = array.buffers()
    start, count = array.offset, len(array)
    places = np.frombuffer(offsets, np.int32, count + 1, 4 * start) if count else np.zeros(1, np.int32)
    bits = _NOTHING if valid is None or array.null_count == 0 else np.frombuffer(valid, np.uint8)[start // 8 :]
    return bits, places, np.frombuffer(data, np.uint8) if data is not None and data.size else _NOTHING


def _on_cache_lines(rows: int, width: int) -> Words:
    """Room for lines that begins where a cache line of 64 bytes begins: a line of 16 words is read at one go."""
    room = np.empty(rows * width + 16, np.uint32)
    start = -room.ctypes.data % 64 // 4
    return room[start : start + rows * width].reshape(rows, width)


def joined(*, pieces: Sequence[Lines], shape: Shape, method: Method) -> Lines:
    """Several pieces as one, their heaps behind each other."""
    words = _on_cache_lines(sum(len(piece) for piece in pieces), shape.width)
    np.concatenate([piece.words for piece in pieces], out=words)
    starts = np.cumsum([0, *(len(piece.heap) for piece in pieces)])
    row = 0
    for piece, start in zip(pieces, starts[:-1], strict=True):
        for place, one in enumerate(method.fields):
            if one.kind.code in (comparing.NAME, comparing.TEXT):
                words[row : row + len(piece), shape.at[place] + 5] += np.uint32(start)
        row += len(piece)
    return Lines(words, np.concatenate([piece.heap for piece in pieces]))
