"""The linkage of two files, or of one with itself: from rows to pairs with probabilities. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from dataclasses import field as made
from functools import partial
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.complaints import Text
from jangkau.linkage import captured, checks, fillers, posterior, renewal, search, watched
from jangkau.linkage import index as indexes
from jangkau.linkage.index import CLASSES, Index, Names
from jangkau.linkage.kernels import searching
from jangkau.linkage.lines import Lines, Shape, joined, pack, shape_of
from jangkau.linkage.method import Block, Method
from jangkau.linkage.renewal import Keeping
from jangkau.linkage.sources import Source
from jangkau.linkage.training import Sides, estimate
from jangkau.linkage.weights import Patterns, Rarity, Weights, places, spread

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Item = TypeVar("Item")
Result = TypeVar("Result")
NAMES_WANTED = 1_000_000
"""With fewer rows than this on the left, names are counted on the right side too before the search."""
LEAST_LIKELY = np.log(1e-3)
"""Pairs below these odds are dropped: whether they were kept for a closer look must not show in any figure."""


@dataclass(frozen=True)
class Linkage:
    """Pairs worth telling, sorted by left row: ``pairs`` with their log likelihood ratios and probabilities; ``rows``:
    one line for each left row; ``bearers`` of each name of the left (by slot) among ``people``; ``notes``: what the
    user should know."""

    method: Method
    left_rows: int
    right_rows: int
    same: bool
    pairs: search.Kept
    patterns: Patterns
    ratio: Floats
    probability: Floats
    vetoed: npt.NDArray[np.bool_]
    rows: posterior.Rows
    weights: Weights
    found: search.Found
    filled: tuple[tuple[int, int], ...]
    captured: float
    bearers: npt.NDArray[np.uint32]
    people: int
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class Side:
    """The indexed side in memory: its lines, hashes of its ids, how many rows have each field, and digests of its rows
    as they were given (none when nobody asked for them)."""

    lines: Lines
    id_hashes: npt.NDArray[np.uint64]
    filled: Ints
    digests: npt.NDArray[np.uint64] = made(default_factory=lambda: np.zeros(0, np.uint64))


def link(
    *,
    left: Source,
    right: Source | None,
    method: Method,
    threads: int,
    progress: Callable[[str, int, int], None] | None = None,
    keeping: Keeping | None = None,
) -> Linkage:
    """Link two files, or find the duplicates inside one (``right`` None). Complaint for what does not fit.

    ``keeping``: what an earlier link found is used, and what this one finds is kept for the next."""
    digests = keeping is not None and right is not None
    ready = prepare(left=left, right=right, method=method, threads=threads, digests=digests)
    checks.check_unique(hashes=ready.side.id_hashes.copy(), source=left)
    found, notes = (
        _found_within(ready=ready, threads=threads)
        if right is None
        else _found_against(ready=ready, right=right, threads=threads, unique=True, progress=progress, keeping=keeping)
    )
    ready = ready.without_index()  # gigabytes, for a whole country; what follows needs the lines alone
    return _judged(ready=ready, found=found, notes=notes, same=right is None)


@dataclass(frozen=True)
class Ready:
    """One side read and indexed, to be searched with itself or with another one as often as wanted."""

    method: Method
    shape: Shape
    side: Side
    index: Index
    names: Names
    counts: npt.NDArray[np.uint32]
    rarity: npt.NDArray[np.uint8]
    notes: tuple[Text, ...]

    def searcher(self, *, right_rows: int, same: bool) -> search.Searcher:
        belief = search.belief(method=self.method, left_rows=len(self.side.lines), right_rows=right_rows)
        return search.Searcher(self.method, self.shape, self.index, self.names, self.rarity, belief, same)

    def without_index(self) -> Ready:
        """The lines alone: for a whole country the index takes gigabytes."""
        index = self.index
        none = {name: getattr(index, name)[:0].copy() for name in ("starts", "entries", "seen", "dropped")}
        return replace(self, index=replace(index, **none))


def prepare(
    *,
    left: Source,
    right: Source | None,
    method: Method,
    threads: int,
    keep_empty: bool = False,
    digests: bool = False,
) -> Ready:
    """Read and index the left side; ``right`` helps to count names when the left is small. A field that is empty in
    every row is dropped and told, unless ``keep_empty``."""
    shape = shape_of(method=method)
    side = read_side(source=left, method=method, shape=shape, threads=threads, digests=digests)
    notes: tuple[Text, ...] = ()
    if not keep_empty:
        method, notes = checks.without_empty(method=method, filled=side.filled, source=left)
    if notes:
        shape = shape_of(method=method)
        left = replace(left, columns=method.columns)
        side = read_side(source=left, method=method, shape=shape, threads=threads, digests=digests)
    index, filled = _indexed(side, method, shape, threads)
    if filled:
        side = replace(side, filled=search.filled(lines=side.lines, method=method, shape=shape))
        notes += fillers.notes(rows=filled, method=method, name=left.name)
    names, counts = name_counts(side=side, right=right, method=method, shape=shape, threads=threads)
    rarity = indexes.rarity(lines=side.lines, names=names, counts=counts, shape=shape)
    return Ready(method, shape, side, index, names, counts, rarity, notes)


def _indexed(side: Side, method: Method, shape: Shape, threads: int) -> tuple[Index, dict[int, Ints]]:
    """The index, and the rows by field whose value fills a gap: it is made missing, in place."""
    lines = side.lines
    filled = fillers.often(lines=lines, id_hashes=side.id_hashes, method=method, shape=shape)
    fillers.blank(lines=lines, rows=filled, method=method, shape=shape)
    index = indexes.build(lines=lines, method=method, shape=shape, threads=threads)
    more = fillers.left_out(index=index, method=method, shape=shape)
    if more:
        fillers.blank(lines=lines, rows=more, method=method, shape=shape)
        index = indexes.build(lines=lines, method=method, shape=shape, threads=threads)
    return index, fillers.merged(one=filled, other=more)


def within(*, ready: Ready, threads: int) -> Linkage:
    """The duplicates inside the side that is ready."""
    found, notes = _found_within(ready=ready, threads=threads)
    return _judged(ready=ready, found=found, notes=notes, same=True)


def against(*, ready: Ready, right: Source, threads: int, unique: bool) -> Linkage:
    """The side that is ready against another file; with ``unique`` a Complaint when an id of it stands twice."""
    found, notes = _found_against(ready=ready, right=right, threads=threads, unique=unique)
    return _judged(ready=ready, found=found, notes=notes, same=False)


def _found_within(*, ready: Ready, threads: int) -> tuple[search.Found, tuple[Text, ...]]:
    searcher = ready.searcher(right_rows=len(ready.side.lines), same=True)
    found = search.within(searcher=searcher, threads=threads, id_hashes=ready.side.id_hashes)
    return found, ready.notes + checks.left_out_notes(found=found)


def _found_against(
    *,
    ready: Ready,
    right: Source,
    threads: int,
    unique: bool,
    progress: Callable[[str, int, int], None] | None = None,
    keeping: Keeping | None = None,
) -> tuple[search.Found, tuple[Text, ...]]:
    right = replace(right, columns=ready.method.columns)  # without those that are empty on the left
    checks.check_first_rows(source=right, method=ready.method, shape=ready.shape)
    searcher = ready.searcher(right_rows=right.rows, same=False)
    find = partial(renewal.stream, digests=ready.side.digests, keeping=keeping) if keeping else search.stream
    found = find(
        searcher=searcher,
        batches=right.batches(),
        rows=right.rows,
        threads=threads,
        progress=(lambda done: progress("search", done, right.rows)) if progress else None,
    )
    if unique:
        checks.check_unique(hashes=found.id_hashes, source=right)
    found = replace(found, id_hashes=found.id_hashes[:0])
    notes = checks.left_out_notes(found=found) + checks.empty_right(method=ready.method, found=found, right=right)
    return found, ready.notes + notes


def _judged(*, ready: Ready, found: search.Found, notes: tuple[Text, ...], same: bool) -> Linkage:
    searcher = ready.searcher(right_rows=found.rows, same=same)
    return judge(side=ready.side, searcher=searcher, found=found, counts=ready.counts, notes=notes)


def left_rarity(*, ready: Ready, linkage: Linkage) -> npt.NDArray[np.uint8]:
    """(left rows, 2): class of the whole name as counted on both sides, class of a name that holds its words."""
    rarity = ready.rarity.copy()
    if ready.shape.name >= 0:
        bearers = indexes.bearers(lines=ready.side.lines, names=ready.names, counts=linkage.bearers, shape=ready.shape)
        rarity[:, 0] = indexes.whole_class(bearers=bearers, people=linkage.people)
    return rarity


def read_side(*, source: Source, method: Method, shape: Shape, threads: int, digests: bool = False) -> Side:
    """All rows of a file as lines, in its order."""
    readable = np.zeros(len(method.fields), np.int64)

    def one(columns: list[pa.Array]) -> tuple[Lines, npt.NDArray[np.uint64], Ints, npt.NDArray[np.uint64]]:
        lines = pack(columns=columns[1:], method=method, shape=shape)
        rows = search.row_digests(columns) if digests else np.zeros(0, np.uint64)
        return lines, search.hashes(columns[0]), checks.given_rows(columns=columns[1:], method=method), rows

    pieces, hashes, given = [], [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    with ThreadPoolExecutor(threads) as pool:
        for lines, ids, there, rows in _in_order(pool, one, source.batches(), threads):
            pieces.append(lines)
            hashes.append(ids)
            given.append(rows)
            readable += there
    if not pieces:
        pieces.append(Lines(np.zeros((0, shape.width), np.uint32), np.zeros(0, np.uint8)))
    lines = joined(pieces=pieces, shape=shape, method=method)
    filled = search.filled(lines=lines, method=method, shape=shape)
    understood = checks.understood_rows(lines=lines, filled=filled, method=method, shape=shape)
    checks.check_kinds(method=method, given=readable, understood=understood, source=source)
    return Side(lines, np.concatenate(hashes), filled, np.concatenate(given))


def _in_order(
    pool: ThreadPoolExecutor, work: Callable[[Item], Result], items: Iterator[Item], threads: int
) -> Iterator[Result]:
    """Results in the order of the items, a few of them under way at a time."""
    running = []
    for item in items:
        running.append(pool.submit(work, item))
        if len(running) > threads + 1:
            yield running.pop(0).result()
    for future in running:
        yield future.result()


def name_counts(
    *, side: Side, right: Source | None, method: Method, shape: Shape, threads: int
) -> tuple[Names, npt.NDArray[np.uint32]]:
    """How common words and whole names are, on the left and, when that is small, on the right."""
    place = method.first("person_name")
    pieces = [side.lines]
    if place is not None and right is not None and len(side.lines) < NAMES_WANTED:
        field = method.fields[place]
        alone = Method("", "", (field,), (Block("", ((field.name, "whole"),)),), method.low, method.high)
        narrow = shape_of(method=alone)
        every = np.uint64(max(1, right.rows // (2 * NAMES_WANTED)))
        source = replace(right, columns=field.columns)

        def one(columns: list[pa.Array]) -> Lines:
            drawn = pa.array(np.flatnonzero(search.hashes(columns[0]) % every == 0))
            piece = pack(columns=[column.take(drawn) for column in columns[1:]], method=alone, shape=narrow)
            words = np.zeros((len(piece), shape.width), np.uint32)
            words[:, shape.name : shape.name + 7] = piece.words[:, :7]
            return Lines(words, piece.heap)

        with ThreadPoolExecutor(threads) as pool:
            pieces += list(_in_order(pool, one, source.batches(), threads))
    return indexes.count_names(pieces=pieces, known=side.lines, shape=shape)


def judge(
    *,
    side: Side,
    searcher: search.Searcher,
    found: search.Found,
    counts: npt.NDArray[np.uint32],
    notes: tuple[Text, ...] = (),
) -> Linkage:
    """Weights from what was found, and probabilities from the weights."""
    method, shape = searcher.method, searcher.shape
    fields = len(method.fields)
    left_rows, right_rows = len(side.lines), found.rows
    same = searcher.same
    kept, dominated = fillers.without_equal_to_many(kept=_in_left_order(found.kept), method=method)
    notes += fillers.notes_of_right(rows=dominated, method=method)
    people, combined = _bearers(searcher, found, counts, same, right_rows)
    if shape.name >= 0:
        kept = _with_rarity(kept, side.lines, searcher, combined, people, method, fields)
    tally = _tally(found, fields)
    patterns = Patterns(spread(patterns=kept.pattern, fields=fields), kept.rarity, np.ones(len(kept)))
    sides = _sides(method, side, found, left_rows, right_rows, same)
    random, regional = random_patterns(side=side, found=found, searcher=searcher)
    description = np.uint32(method.mask(with_anchor=False))
    weights = estimate(
        method=method,
        tally=tally,
        kept=patterns,
        described=(kept.blocks & description) > 0,
        random=random,
        regional=regional,
        rarity=_rarity(combined, people),
        sides=sides,
        seen_apart=_seen_apart(method, patterns, kept, side, same),
    )
    if "training" in weights.how:
        notes += (checks.EM_NOTE,)
    odds = weights.log_odds(patterns=patterns)
    vetoed = _vetoed(method, patterns)
    odds = np.where(vetoed, -np.inf, odds)
    likely = odds >= LEAST_LIKELY
    kept, odds, vetoed = kept.chosen(which=likely), odds[likely], vetoed[likely]
    patterns = Patterns(patterns.levels[likely], patterns.rarity[likely], patterns.count[likely])
    p = 1.0 / (1.0 + np.exp(-odds))
    seen = _captured(method, weights, patterns, kept, p)
    ratio = odds - weights.prior_log_odds
    rows = posterior.of_rows(
        a=kept.a.astype(np.int64),
        ratio=ratio,
        p=p,
        left_rows=left_rows,
        right_rows=max(right_rows, 1),
        found=seen,
    )
    filled = tuple(zip(side.filled.tolist(), found.filled.tolist(), strict=True))
    return Linkage(
        method, left_rows, right_rows, same, kept, patterns, ratio, p, vetoed, rows, weights,
        replace(found, kept=found.kept.chosen(which=slice(0, 0))), filled, seen, combined, people, notes,
    )  # fmt: skip


def _seen_apart(method: Method, patterns: Patterns, kept: search.Kept, side: Side, same: bool) -> watched.Watched:
    """Strangers that can be watched: other candidates of rows that have a sure partner."""
    at, rows = places(method=method), len(side.lines)
    certain = watched.sure(places=at, patterns=patterns)
    beside = watched.partners(a=kept.a.astype(np.int64), b=kept.b, certain=certain, rows=rows, same=same)
    exposure = watched.exposure_of(places=at, certain=float(certain.sum()), rows=rows, filled=side.filled, same=same)
    return watched.Watched(beside, exposure)


def _in_left_order(kept: search.Kept) -> search.Kept:
    return kept.chosen(which=np.lexsort((kept.b, kept.a)))


def _bearers(
    searcher: search.Searcher, found: search.Found, counts: npt.NDArray[np.uint32], same: bool, right_rows: int
) -> tuple[int, npt.NDArray[np.uint32]]:
    """People counted, and the bearers of each name of the left side among them, by slot."""
    own = np.zeros_like(counts)
    lines = searcher.index.lines
    if searcher.shape.name < 0:
        return 1, own
    searching.count_names(lines.words, searcher.shape.name, searcher.names.slots, own)
    left = int(np.count_nonzero(lines.words[:, searcher.shape.name + 6]))
    if same:
        return max(left, 1), own
    place = searcher.method.first("person_name")
    right = int(found.filled[place]) if place is not None else right_rows
    return max(left + right, 1), own + found.bearers


def _with_rarity(
    kept: search.Kept,
    lines: Lines,
    searcher: search.Searcher,
    combined: npt.NDArray[np.uint32],
    people: int,
    method: Method,
    fields: int,
) -> search.Kept:
    """The class of a whole name, now that it was counted on both sides."""
    place = method.first("person_name")
    assert place is not None  # noqa: S101 - the shape has a name
    level = kept.pattern // 10 ** (fields - 1 - place) % 10
    here = np.flatnonzero(level == 1)
    some = Lines(lines.words[kept.a[here]], lines.heap)
    bearers = indexes.bearers(lines=some, names=searcher.names, counts=combined, shape=searcher.shape)
    rarity = kept.rarity.copy()
    rarity[here] = indexes.whole_class(bearers=bearers, people=people)
    return search.Kept(kept.a, kept.b, kept.pattern, rarity, kept.blocks)


def _rarity(combined: npt.NDArray[np.uint32], people: int) -> Rarity:
    """Chance of agreement by class: sums of squared counts over counts, in whole numbers: threads change nothing."""
    classes = np.arange(CLASSES)
    whole, words = 10 ** (-classes / 2.0), 10 ** (-(classes + 0.5) / 2)
    share = np.zeros(CLASSES)
    borne = combined[combined > 0].astype(np.int64)
    by_class = indexes.whole_class(bearers=borne.astype(np.uint32), people=people)
    for one in np.unique(by_class).tolist():
        here = borne[by_class == one]
        whole[one] = float((here * here).sum()) / float(here.sum()) / people
        share[one] = float(here.sum()) / people
    return Rarity(whole, words, share)


def _tally(found: search.Found, fields: int) -> Patterns:
    ordered = np.array(sorted(found.tally), np.int64)
    counts = np.array([found.tally[int(one)] for one in ordered], float) * search.tally_step(rows=found.rows)
    return Patterns(spread(patterns=ordered, fields=fields), np.zeros(len(ordered), np.uint8), counts)


def _sides(method: Method, side: Side, found: search.Found, left_rows: int, right_rows: int, same: bool) -> Sides:
    pairs = left_rows * (left_rows - 1) / 2 if same else float(left_rows) * right_rows
    anchor = method.anchor
    comparable = 0.0
    if anchor is not None and left_rows and right_rows:
        comparable = float(side.filled[anchor]) / left_rows * float(found.filled[anchor]) / right_rows
    return Sides(max(pairs, 1.0), comparable, float(max(min(left_rows, right_rows), 1)))


def random_patterns(*, side: Side, found: search.Found, searcher: search.Searcher) -> tuple[Patterns, Patterns]:
    """Patterns of pairs drawn at random, and of pairs drawn within one region: by the hash of their ids, so that
    neither the order of rows nor the number of threads changes them."""
    wanted = searcher.method.random_pairs
    every = np.uint64(max(1, len(side.lines) // search.SAMPLED))
    left = Lines(side.lines.words[np.flatnonzero(side.id_hashes % every == 0)], side.lines.heap)
    right = found.sample
    fields = len(searcher.method.fields)
    if not len(left) or not len(right):
        empty = Patterns(np.zeros((0, fields), np.uint8), np.zeros(0, np.uint8), np.zeros(0))
        return empty, empty
    heap_words = frozenset(
        at + 5
        for at, one in zip(searcher.shape.at, searcher.method.fields, strict=True)
        if one.kind.name in ("person_name", "text")
    )
    left_order, right_order = _content_order(left, heap_words), _content_order(right, heap_words)
    repeats = int(min(max(1, wanted // len(left)), len(right)))
    a = np.tile(np.arange(len(left)), repeats)
    # a stride that is no divisor spreads the partners of one row over the other side
    b = (a + np.repeat(np.arange(1, repeats + 1) * (len(right) // (repeats + 1) + 1), len(left))) % len(right)
    random = _compared(left, right, left_order[a], right_order[b], searcher)
    place = places(method=searcher.method).region
    if place is None:
        return random, Patterns(np.zeros((0, fields), np.uint8), np.zeros(0, np.uint8), np.zeros(0))
    a, b = _within_regions(left, right, left_order, right_order, searcher.shape.at[place], wanted)
    return random, _compared(left, right, a, b, searcher)


def _content_order(lines: Lines, heap_words: frozenset[int]) -> Ints:
    """An order of lines that follows from what they say (apart from places in the heap)."""
    mixed = np.zeros(len(lines), np.uint64)
    words = lines.words
    for column in range(words.shape[1]):
        if column not in heap_words:
            mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + words[:, column] + np.uint64(1)
            mixed ^= mixed >> np.uint64(29)
    return np.argsort(mixed, kind="stable")


def _within_regions(
    left: Lines, right: Lines, left_order: Ints, right_order: Ints, word: int, wanted: int
) -> tuple[Ints, Ints]:
    """Each drawn row of the left with rows of the right of its region."""
    left_region, right_region = left.words[left_order, word], right.words[right_order, word]
    by_region = np.argsort(right_region, kind="stable")
    first = np.searchsorted(right_region[by_region], left_region, side="left")
    size = np.searchsorted(right_region[by_region], left_region, side="right") - first
    there = np.flatnonzero((left_region != 0) & (size > 0))
    if not len(there):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    repeats = max(1, min(wanted // len(there), 20))
    a = np.tile(there, repeats)
    step = np.repeat(np.arange(repeats), len(there))
    b = first[a] + (np.arange(len(a)) * 7919 + step) % size[a]
    return left_order[a], right_order[by_region[b]]


def _compared(left: Lines, right: Lines, a: Ints, b: Ints, searcher: search.Searcher) -> Patterns:
    patterns, sides = np.zeros(len(a), np.int64), np.zeros(len(a), np.int64)
    searching.compare_pairs(
        a, b, left.words, left.heap, right.words, right.heap, searcher.shape.program, patterns, sides
    )
    unique, counts = np.unique(patterns, return_counts=True)
    levels = spread(patterns=unique, fields=len(searcher.method.fields))
    return Patterns(levels, np.zeros(len(unique), np.uint8), counts.astype(float))


def _vetoed(method: Method, patterns: Patterns) -> npt.NDArray[np.bool_]:
    out = np.zeros(len(patterns), dtype=bool)
    where = {one.name: place for place, one in enumerate(method.fields)}
    for veto in method.vetoes:
        if all(name in where for name, _ in veto.levels):
            here = np.ones(len(patterns), dtype=bool)
            for name, levels in veto.levels:
                here &= np.isin(patterns.of(where[name]), levels)
            out |= here
    return out


def _captured(method: Method, weights: Weights, patterns: Patterns, kept: search.Kept, p: Floats) -> float:
    """The share of true matches that was found at all; 1 where there is no identifier to compare with."""
    if method.anchor is None:
        return 1.0
    two = captured.passes(method=method, weights=weights, patterns=patterns, blocks=kept.blocks, p=p)
    found_by = captured.by_blocks(blocks=kept.blocks, number=len(method.blocks), p=p)
    return captured.share_found(two=two, found_by=found_by)
