"""The blocks of a look-up index, made one or a few at a time from the lines on disk: memory follows one block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from jangkau.complaints import Complaint, Text
from jangkau.linkage.kernels import looking
from jangkau.linkage.lines import Shape
from jangkau.linkage.lookup_files import ENTRIES, LARGE, LINES, STARTS, row_bits
from jangkau.linkage.method import Method

LARGEST = 2_000
"""Rows that may share a key: comparing so many takes two milliseconds. A method's own `largest_block` counts if larger:
it is meant for the rows of a list, of which a register has several times as many."""
CHUNK = 1 << 20
BASE_MB = 900


@dataclass(frozen=True)
class Blocks:
    """Where the entries of each block begin, and what was left out: block, keys, rows."""

    bits: int
    bases: tuple[int, ...]
    left_out: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class _Block:
    starts: npt.NDArray[np.uint32]
    entries: npt.NDArray[np.uint32]
    large: npt.NDArray[np.uint64]


def chunks(*, folder: Path, width: int) -> Iterator[npt.NDArray[np.uint32]]:
    """The lines of a folder, read piece by piece: not mapped, so that they do not count as this process's memory."""
    with (folder / LINES).open("rb") as file:
        while len(lines := np.fromfile(file, np.uint32, CHUNK * width)):
            yield lines.reshape(-1, width)


def write_blocks(
    *,
    folder: Path,
    method: Method,
    shape: Shape,
    rows: int,
    at_once: int,
    progress: Callable[[int, int], None],
) -> Blocks:
    """Write starts and entries of every block, ``at_once`` of them beside each other."""
    bits = _bits(rows)
    count = len(method.blocks)
    largest = max(LARGEST, method.largest_block)
    bases, left_out, large = [0], [], [np.zeros((0, 3), np.uint64)]
    with (
        ThreadPoolExecutor(at_once) as pool,
        (folder / STARTS).open("wb") as starts,
        (folder / ENTRIES).open("wb") as entries,
    ):
        for first in range(0, count, at_once):
            here = range(first, min(first + at_once, count))
            for b, block in zip(
                here, pool.map(lambda b: _block(folder, shape, b, rows, bits, largest), here), strict=True
            ):
                block.starts.tofile(starts)
                block.entries.tofile(entries)
                bases.append(bases[-1] + len(block.entries))
                if len(block.large):
                    left_out.append((method.blocks[b].name, len(block.large), int(block.large[:, 1].sum())))
                    large.append(np.column_stack([np.full(len(block.large), b, np.uint64), block.large]))
                progress(b + 1, count)
    np.save(folder / LARGE, np.concatenate(large))
    return Blocks(bits, tuple(bases), tuple(left_out))


def _bits(rows: int) -> int:
    """Between one and two rows a bucket."""
    return max(4, rows.bit_length() - 1)


def blocks_at_once(*, rows: int, threads: int, limit: int | None) -> int:
    """How many blocks fit into ``limit`` bytes beside each other, up to one a thread. Complaint when none does."""
    one = rows * (8 + 4) + (4 << _bits(rows)) + 64 * CHUNK
    if limit is None:
        return threads
    room = limit - BASE_MB * 10**6
    least = max(one, 24 * rows)  # reading holds a hash of each id, sorts them, and counts names
    if room < least:
        size = f"{-(-(BASE_MB * 10**6 + least) // 10**8) / 10:.1f}GB"
        raise Complaint(
            what=Text("Batas memori terlalu kecil.", "The memory limit is too small."),
            where=f"--memory {limit / 1e9:.1f}GB",
            why=Text(f"Untuk {rows} baris diperlukan sekitar {size}.", f"{rows} rows take about {size}."),
            do=Text(f"Beri --memory {size} atau lebih.", f"Give --memory {size} or more."),
        )
    return min(threads, room // one)


def _block(folder: Path, shape: Shape, b: int, rows: int, bits: int, largest: int) -> _Block:
    keys = np.empty(rows, np.uint64)
    first = 0
    for lines in chunks(folder=folder, width=shape.width):
        looking.keys_of_lines(lines, shape.parts, shape.blocks, b, keys, first)
        first += len(lines)
    starts = np.zeros((1 << bits) + 1, np.uint32)
    entries = np.empty(rows, np.uint32)
    shift, low = np.uint64(64 - bits), np.uint64(row_bits(rows=rows))
    looking.place_keys(keys, shift, low, starts, entries)
    found = np.zeros((2, rows // largest + 1), np.uint64)
    kept, taken = looking.leave_out_large(keys, low, starts, entries, largest, found[0], found[1])
    return _Block(starts, entries[:kept], found[:, :taken].T.copy())
