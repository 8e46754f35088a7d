"""The index of one side: for each block, which lines have which key; and how common its names are."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jangkau.linkage.kernels import searching
from jangkau.linkage.lines import Lines, Shape
from jangkau.linkage.method import Method

CLASSES = 12
"""Names are weighed by how common they are, in half powers of ten."""
_SKETCH = 1 << 22
_EXACT = 4096
_SEEN_BITS = 4  # 16 to 32 bits a key: one key in twenty that is not there passes
_MOST_BITS = 23  # of 20 million rows two or three keys share a bucket, and one key in seven that is not there passes


@dataclass(frozen=True)
class LeftOut:
    """Keys of a block that too many rows share: how many keys, how many rows."""

    block: str
    keys: int
    rows: int


@dataclass(frozen=True)
class Unreached:
    """Lines that no block can find: those without a key at all, and those whose every key is left out."""

    without_key: int
    left_out: int


@dataclass(frozen=True)
class Index:
    """Lines of one side and where to find them. Arrays of blocks stand behind each other from ``bases`` on."""

    lines: Lines
    starts: npt.NDArray[np.uint32]
    entries: npt.NDArray[np.uint32]
    bases: npt.NDArray[np.int64]
    shift: np.uint64
    seen: npt.NDArray[np.uint64]
    seen_shift: np.uint64
    dropped: npt.NDArray[np.uint32]
    left_out: tuple[LeftOut, ...]
    unreached: Unreached | None = None

    @property
    def row_bits(self) -> int:
        """How many bits of an entry are its row; the others are of its key."""
        return len(self.lines).bit_length()

    @property
    def nbytes(self) -> int:
        arrays = (self.lines.words, self.lines.heap, self.starts, self.entries, self.seen, self.dropped)
        return int(sum(a.nbytes for a in arrays))


def _bits(rows: int) -> int:
    """A bucket for every row or two, up to a size."""
    return min(max(4, rows.bit_length() - 1), _MOST_BITS)


def bytes_needed(*, rows: int, blocks: int) -> int:
    """What the arrays of an index take beside its lines."""
    buckets = 1 << _bits(rows)
    return blocks * (4 * rows + 4 * buckets + (buckets << _SEEN_BITS) // 8) + 4 * rows


def build(
    *, lines: Lines, method: Method, shape: Shape, threads: int, dropped_before: npt.NDArray[np.uint32] | None = None
) -> Index:
    """Index lines by every block of the method. ``dropped_before``: of some lines of a larger index, the blocks (bits)
    whose key it leaves out, and this one too."""
    bits = _bits(len(lines))
    blocks = len(method.blocks)
    starts = np.zeros((blocks, (1 << bits) + 1), np.uint32)
    shift = np.uint64(64 - bits)
    seen = np.zeros((blocks, max(1, (1 << (bits + _SEEN_BITS)) // 64)), np.uint64)
    seen_shift = np.uint64(64 - bits - _SEEN_BITS)
    bases = np.arange(blocks, dtype=np.int64) * len(lines)
    entries = np.empty(blocks * len(lines), np.uint32)
    row_bits = len(lines).bit_length()
    dropped = [np.zeros(0, np.uint32)] * blocks
    keyed, usable = np.zeros(len(lines), np.uint8), np.zeros(len(lines), np.uint8)

    def one(b: int) -> LeftOut:
        keys = np.empty(len(lines), np.uint64)
        searching.keys_of_block(lines.words, shape.parts, shape.blocks, b, keys)
        if dropped_before is not None:
            keys[dropped_before & np.uint32(1 << b) != 0] = 0
        searching.mark_seen(keys, seen_shift, seen[b])
        searching.count_buckets(keys, shift, starts[b])
        searching.fill_buckets(keys, shift, starts[b], entries, row_bits, bases[b])
        mine = np.zeros(len(lines), np.uint32)
        found = searching.drop_large(keys, shift, starts[b], entries, row_bits, bases[b], method.largest_block, mine, b)
        searching.mark_reached(keys, mine, keyed, usable)
        if found[0]:
            # out of the index too: a key of a third of both sides would be looked through for every row that has it
            dropped[b] = mine
            keys[mine != 0] = 0
            starts[b], seen[b] = 0, 0
            searching.mark_seen(keys, seen_shift, seen[b])
            searching.count_buckets(keys, shift, starts[b])
            searching.fill_buckets(keys, shift, starts[b], entries, row_bits, bases[b])
        return LeftOut(method.blocks[b].name, int(found[0]), int(found[1]))

    with ThreadPoolExecutor(threads) as pool:
        left_out = tuple(pool.map(one, range(blocks)))
    together = np.zeros(len(lines), np.uint32) if dropped_before is None else dropped_before.copy()
    for mine in dropped:
        if len(mine):
            together |= mine
    without = int(np.count_nonzero(keyed == 0))
    unreached = Unreached(without, int(np.count_nonzero(usable == 0)) - without)
    return Index(lines, starts, entries, bases, shift, seen, seen_shift, together, left_out, unreached)


@dataclass(frozen=True)
class Names:
    """How common names are: counts of words by hash (``sketch``), of whole names that the index knows by slot."""

    sketch: npt.NDArray[np.uint32]
    slots: npt.NDArray[np.uint32]
    weight: npt.NDArray[np.int64]
    people: int


def count_names(*, pieces: Sequence[Lines], known: Lines, shape: Shape) -> tuple[Names, npt.NDArray[np.uint32]]:
    """Words and whole names of ``pieces``, counted; and the counts of whole names that ``known`` has."""
    sketch = np.zeros(_SKETCH, np.uint32)
    slots = np.zeros(max(16, 2 * len(known)), np.uint32)
    counts = np.zeros(len(slots), np.uint32)
    word = shape.name
    people = 0
    if word >= 0:
        searching.common_names(known.words, word, slots)
        for piece in pieces:
            searching.count_words(piece.words, piece.heap, word, sketch)
            searching.count_names(piece.words, word, slots, counts)
            people += int(np.count_nonzero(piece.words[:, word + 6]))
    return Names(sketch, slots, _weights(max(people, 1)), max(people, 1)), counts


def _weights(people: int) -> npt.NDArray[np.int64]:
    """Twentieths of a power of ten by which a word borne by so many is rare, in whole numbers."""
    counts = np.maximum(np.arange(_EXACT), 1)
    return np.round(20 * np.log10(people / counts)).astype(np.int64)


def rarity(*, lines: Lines, names: Names, counts: npt.NDArray[np.uint32], shape: Shape) -> npt.NDArray[np.uint8]:
    """(rows, 2): class of the whole name, class of a name that holds all its words."""
    out = np.zeros((len(lines), 2), np.uint8)
    if shape.name >= 0:
        searching.word_rarity(lines.words, lines.heap, shape.name, names.sketch, names.weight, out, 1, CLASSES - 1)
        out[:, 0] = whole_class(
            bearers=bearers(lines=lines, names=names, counts=counts, shape=shape), people=names.people
        )
    return out


def bearers(*, lines: Lines, names: Names, counts: npt.NDArray[np.uint32], shape: Shape) -> npt.NDArray[np.uint32]:
    """How many of those counted bear the whole name of each line."""
    out = np.zeros(len(lines), np.uint32)
    if shape.name >= 0:
        searching.look_up_names(lines.words, shape.name, names.slots, counts, out)
    return out


def whole_class(*, bearers: npt.NDArray[np.uint32], people: int) -> npt.NDArray[np.uint8]:
    """Half powers of ten by which a name with so many bearers is rare."""
    share = people / np.maximum(bearers, 1)
    found: npt.NDArray[np.uint8] = np.clip(np.floor(2 * np.log10(share)), 0, CLASSES - 1).astype(np.uint8)
    return found
