"""Values that fill a gap and tell nobody apart: a NIK typed for hundreds of people, 1970-01-01, the office's telephone.

Two people who share such a value are no nearer to each other. On the left it counts as missing, and is said; on the
right, where rows stream by, it shows in how many rows one left row is equal to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from jangkau.complaints import Text
from jangkau.linkage.index import Index
from jangkau.linkage.kernels import packing
from jangkau.linkage.lines import Lines, Shape
from jangkau.linkage.method import Field, Method
from jangkau.linkage.search import Kept

Rows = npt.NDArray[np.int64]
PERSONAL = ("nik", "identifier", "phone")
SHARED, SHARED_DATE = 200, 0.01
"""More rows than this share a filler; of a date at least this part of all rows too: a day is the birthday of one in
twenty thousand."""
SMALL_SHARED, SMALL_SHARE = 20, 0.10
"""In a short list fewer rows are enough, when they are a tenth of it."""
DRAWN = 50_000
_WORDS = {"nik": 2, "identifier": 3, "phone": 2, "date": 1}


def often(*, lines: Lines, id_hashes: npt.NDArray[np.uint64], method: Method, shape: Shape) -> dict[int, Rows]:
    """Rows by field whose value is common in rows drawn by the hash of their ids, and too common in all."""
    every = np.uint64(max(1, len(lines) // DRAWN))
    drawn = np.flatnonzero(id_hashes % every == 0) if every > 1 else np.arange(len(lines))
    found = {}
    few = Lines(lines.words[drawn], lines.heap)
    for place, common in common_values(drawn=few, method=method, shape=shape).items():
        one, at = method.fields[place], shape.at[place]
        rows = [
            here
            for value in common
            if too_many(count=len(here := having(lines=lines, at=at, value=value)), rows=len(lines), field=one)
        ]
        if rows:
            found[place] = np.sort(np.concatenate(rows))
    return found


def common_values(*, drawn: Lines, method: Method, shape: Shape) -> dict[int, npt.NDArray[np.uint32]]:
    """Values by field, as words, that are common among drawn lines."""
    found = {}
    for place, one in enumerate(method.fields):
        if one.kind.name not in _WORDS or not len(drawn):
            continue
        values, counts = np.unique(_words(drawn, shape.at[place], one), axis=0, return_counts=True)
        usual = min(max(SMALL_SHARED, SHARED_DATE / 2 * len(drawn)), SHARED)
        there = values[:, 0] % 100 != 0 if one.kind.name == "date" else values.any(axis=1)  # a bare year is no filler
        common = values[(counts > usual) & there]
        if len(common):
            found[place] = common
    return found


def left_out(*, index: Index, method: Method, shape: Shape) -> dict[int, Rows]:
    """Rows by field whose personal number is shared by so many that its block leaves it out."""
    found = {}
    for bit, (block, out) in enumerate(zip(method.blocks, index.left_out, strict=True)):
        place = next((k for k, one in enumerate(method.fields) if block.parts == ((one.name, "whole"),)), None)
        if not out.keys or place is None or method.fields[place].kind.name not in PERSONAL:
            continue
        rows = np.flatnonzero(index.dropped & np.uint32(1 << bit))
        words = _words(index.lines, shape.at[place], method.fields[place])[rows]
        _, which, counts = np.unique(words, axis=0, return_inverse=True, return_counts=True)
        many = rows[counts[which.ravel()] > SHARED]
        if len(many):
            found[place] = many
    return found


def blank(*, lines: Lines, rows: dict[int, Rows], method: Method, shape: Shape) -> None:
    """Make the fields of these rows missing, in place; a date inside a NIK may then stand in for one that was given."""
    inside = {one.name: place for place, one in enumerate(method.fields)}
    for place, here in rows.items():
        lines.words[here, shape.at[place] : shape.at[place] + method.fields[place].kind.words] = 0
    for place, one in enumerate(method.fields):
        nik = inside.get(one.inside or "")
        if one.kind.name != "date" or not {place, nik} & rows.keys():
            continue
        at = shape.at[place]
        if nik is None:
            lines.words[:, at + 1] = lines.words[:, at]
        else:
            packing.fill_date(lines.words, len(lines), at + 1, at, shape.at[nik] + 2)


def notes(*, rows: dict[int, Rows], method: Method, name: str) -> tuple[Text, ...]:
    """What is said of the values that were made missing; never the values."""
    return tuple(
        Text(
            f"{name}: {len(here)} baris memakai isian {method.fields[place].name!r} yang sama dengan terlalu banyak "
            "baris lain; isian itu dianggap kosong.",
            f"{name}: {len(here)} rows share their {method.fields[place].name!r} with too many others; it counts as "
            "missing there.",
        )
        for place, here in sorted(rows.items())
    )


def notes_of_right(*, rows: dict[int, Rows], method: Method) -> tuple[Text, ...]:
    """The same of values that too many rows of the right have."""
    return tuple(
        Text(
            f"Isian {method.fields[place].name!r} dari {len(here)} baris kiri sama dengan lebih dari {SHARED} baris "
            "kanan; isian itu dianggap kosong.",
            f"The {method.fields[place].name!r} of {len(here)} rows on the left is that of more than {SHARED} rows "
            "on the right; it counts as missing there.",
        )
        for place, here in sorted(rows.items())
    )


def without_equal_to_many(*, kept: Kept, method: Method) -> tuple[Kept, dict[int, Rows]]:
    """Pairs with a personal number missing where the left row is equal to too many rows of the right; and those rows.

    ``kept`` is sorted by left row.
    """
    pattern, found = kept.pattern, {}
    for place, one in enumerate(method.fields):
        if one.kind.name not in PERSONAL:
            continue
        digit = 10 ** (len(method.fields) - 1 - place)
        equal = np.flatnonzero(pattern // digit % 10 == 1)
        rows, which, counts = np.unique(kept.a[equal], return_inverse=True, return_counts=True)
        if counts.max(initial=0) > SHARED:
            if pattern is kept.pattern:
                pattern = pattern.copy()
            pattern[equal[counts[which.ravel()] > SHARED]] += 8 * digit  # 1 becomes 9
            found[place] = rows[counts > SHARED].astype(np.int64)
    return (replace(kept, pattern=pattern) if found else kept), found


def _words(lines: Lines, at: int, one: Field) -> npt.NDArray[np.uint32]:
    return lines.words[:, at : at + _WORDS[one.kind.name]]


def having(*, lines: Lines, at: int, value: npt.NDArray[np.uint32]) -> Rows:
    """The lines whose words from ``at`` on are this value."""
    same = lines.words[:, at] == value[0]
    for column in range(1, len(value)):
        same &= lines.words[:, at + column] == value[column]
    return np.flatnonzero(same)


def too_many(*, count: int, rows: int, field: Field) -> bool:
    """Is a value that so many of all rows share a filler."""
    if count > SMALL_SHARED and count >= SMALL_SHARE * rows:
        return True
    return count > SHARED and (field.kind.name in PERSONAL or count >= SHARED_DATE * rows)


def merged(*, one: dict[int, Rows], other: dict[int, Rows]) -> dict[int, Rows]:
    """Rows by field of both."""
    places: Sequence[int] = sorted({*one, *other})
    nothing = np.zeros(0, np.int64)
    return {place: np.union1d(one.get(place, nothing), other.get(place, nothing)) for place in places}
