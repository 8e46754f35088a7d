"""Two records compared again by the engine's own loops: their pattern, the blocks that have both, values left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.complaints import Text
from jangkau.linkage.evidence import Record
from jangkau.linkage.explain_files import Folder
from jangkau.linkage.fillers import PERSONAL
from jangkau.linkage.kernels import searching
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.lines import Lines, pack, shape_of
from jangkau.linkage.report_words import block as block_words
from jangkau.linkage.weights import spread

_MOST_FILLERS = 4


@dataclass(frozen=True)
class Stored:
    """The records as they were compared: without the values of ``fillers``, which count as missing."""

    left: Record
    right: Record
    fillers: tuple[str, ...]


def as_stored(*, folder: Folder, left: Record, right: Record, pattern: int) -> Stored | None:
    """The records as they give this pattern; None when they cannot, so that a file has changed.

    A value that too many rows share was made missing; which ones were is not written down, for they are somebody's.
    """
    for ours, theirs, fillers in _fewest_fillers(folder, left, right):
        seen = pattern_of(folder=folder, left=ours, right=theirs)
        if seen == pattern:
            return Stored(ours, theirs, fillers)
        dominated = _equal_to_many(folder, seen, pattern)
        if dominated is not None:
            return Stored(ours, theirs, tuple(dict.fromkeys((*fillers, *dominated))))
    return None


def _fewest_fillers(folder: Folder, left: Record, right: Record) -> Iterator[tuple[Record, Record, tuple[str, ...]]]:
    """The records with no value, one value, two values, ... left out."""
    sides = ("left", "right") if folder.same_file else ("left",)
    fields = [
        (side, one)
        for side in sides
        for one in folder.method.fields
        if one.kind.name in (*PERSONAL, "date")
        and any((left if side == "left" else right).get(column) for column in one.columns)
    ]
    for many in range(min(len(fields), _MOST_FILLERS) + 1):
        for chosen in combinations(fields, many):
            blank = {side: {c for s, one in chosen if s == side for c in one.columns} for side in ("left", "right")}
            ours, theirs = (
                {column: None if column in blank[side] else value for column, value in record.items()}
                for side, record in (("left", left), ("right", right))
            )
            yield ours, theirs, tuple(dict.fromkeys(one.name for _, one in chosen))


def _equal_to_many(folder: Folder, seen: int, pattern: int) -> tuple[str, ...] | None:
    """Fields equal now that were made missing, when nothing else is different: the left row is equal to too many."""
    fields = folder.method.fields
    now, then = (spread(patterns=np.array([one], np.int64), fields=len(fields))[0] for one in (seen, pattern))
    unlike = np.flatnonzero(now != then).tolist()
    if all(now[k] == 1 and then[k] == MISSING and fields[k].kind.name in PERSONAL for k in unlike):
        return tuple(fields[k].name for k in unlike)
    return None


def pattern_of(*, folder: Folder, left: Record, right: Record) -> int:
    """The pattern of two records."""
    return _pattern(folder, _lines(folder, left), _lines(folder, right))


def shared_blocks(*, folder: Folder, left: Record, right: Record) -> tuple[Text, ...]:
    """The blocks that have both records, in words."""
    ours, theirs = (_keys(folder, _lines(folder, one)) for one in (left, right))
    return tuple(
        block_words(parts=[list(part) for part in block.parts])
        for block, x, y in zip(folder.method.blocks, ours.tolist(), theirs.tolist(), strict=True)
        if x and x == y
    )


def searched(*, folder: Folder, left: Record) -> tuple[int, tuple[str, ...]]:
    """How many blocks have a key for a row, and its fields that are empty or cannot be understood."""
    line = _lines(folder, left)
    levels = spread(patterns=np.array([_pattern(folder, line, line)]), fields=len(folder.method.fields))[0]
    missing = tuple(
        one.name for one, level in zip(folder.method.fields, levels.tolist(), strict=True) if level == MISSING
    )
    return int(np.count_nonzero(_keys(folder, line))), missing


def _lines(folder: Folder, record: Record) -> Lines:
    method = folder.method
    columns = [pa.array([record.get(name)], pa.string()) for name in method.columns]
    return pack(columns=columns, method=method, shape=shape_of(method=method))


def _keys(folder: Folder, line: Lines) -> npt.NDArray[np.uint64]:
    """The key of each block for one record; 0 where it has none."""
    shape, found = shape_of(method=folder.method), np.zeros((len(folder.method.blocks), 1), np.uint64)
    for place in range(len(found)):
        searching.keys_of_block(line.words, shape.parts, shape.blocks, place, found[place])
    return found[:, 0]


def _pattern(folder: Folder, left: Lines, right: Lines) -> int:
    first, patterns, sides = (np.zeros(1, np.int64) for _ in range(3))
    program = shape_of(method=folder.method).program
    searching.compare_pairs(first, first, left.words, left.heap, right.words, right.heap, program, patterns, sides)
    return int(patterns[0])
