"""The left side in slices: one index for each, built by one task, kept as files that all tasks of a machine share.

A key that more rows than `largest_block` share is left out whichever slices its rows lie in. Such a key is common in
one slice at least: each slice names its commoner keys, all slices count those, and the sum decides. No key is moved.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.linkage import index as indexes
from jangkau.linkage.index import CLASSES, Index, LeftOut, Unreached
from jangkau.linkage.kernels import searching
from jangkau.linkage.lines import Lines, Shape, joined, shape_of
from jangkau.linkage.method import Method
from jangkau.linkage.spark_names import Counted, whole_hashes
from jangkau.linkage.spark_packing import Sizes, chunks

Keys = npt.NDArray[np.uint64]
_ARRAYS = ("starts", "entries", "bases", "seen")
_MAPPED_FROM = 1 << 16
"""Bytes: smaller arrays are read, larger ones mapped into memory, where all workers of a machine share them."""
_DONE = "slice long"


@dataclass(frozen=True)
class Slice:
    """One index as it is kept, and the number of its first row."""

    first: int
    index: Index
    rarity: npt.NDArray[np.uint8]
    ids: pa.Array


@dataclass(frozen=True)
class Slices:
    """All of them: where, how many, which rows no block finds; ``heavy``: by block, keys left out and their rows."""

    folder: Path
    number: int
    left_out: tuple[LeftOut, ...]
    unreached: Unreached
    heavy: dict[int, tuple[Keys, npt.NDArray[np.int64]]]


def build(*, left: Any, rows: int, method: Method, counted: Counted, sizes: Sizes, folder: Path) -> Slices:
    """Index a packed side, slice by slice; ``folder`` must be seen by every machine."""
    folder.mkdir(parents=True, exist_ok=True)
    number = -(-rows // sizes.slice) if rows else 0
    if not number:
        return Slices(folder, 0, tuple(LeftOut(block.name, 0, 0) for block in method.blocks), Unreached(0, 0), {})
    zones = sizes.slice // sizes.zone
    parts = [
        left.filter((left.zone >= k * zones) & (left.zone < (k + 1) * zones))
        .select("first", "words", "heap", "hashes", "ids")
        .coalesce(1)
        .mapInArrow(_builder(k, number, method, counted, folder), _DONE)
        for k in range(number)
    ]
    reduce(lambda one, other: one.union(other), parts).collect()
    each = range(number)
    if number > 1:
        _leave_out(left.sparkSession.sparkContext, number, method, folder)
    said = [json.loads((_place(folder, k) / "left_out.json").read_text()) for k in each]
    out = said[0]["blocks"]  # the same in all of them
    return Slices(
        folder,
        number,
        tuple(LeftOut(block.name, *pair) for block, pair in zip(method.blocks, out, strict=True)),
        Unreached(sum(one["without_key"] for one in said), sum(one["every_key_left_out"] for one in said)),
        _heavy(folder, len(method.blocks)),
    )


def _heavy(folder: Path, blocks: int) -> dict[int, tuple[Keys, npt.NDArray[np.int64]]]:
    held = np.load(folder / "heavy.npz")
    return {b: (held[f"b{b}"], held[f"n{b}"]) for b in range(blocks) if len(held[f"b{b}"])}


def _place(folder: Path, number: int) -> Path:
    return folder / f"slice-{number}"


def _builder(
    number: int, of: int, method: Method, counted: Counted, folder: Path
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        shape = shape_of(method=method)
        pieces = sorted(chunks(batches=batches, shape=shape), key=lambda chunk: chunk.first)
        first = pieces[0].first
        ids = pa.concat_arrays([piece.ids for piece in pieces])
        lines = joined(pieces=[piece.lines for piece in pieces], shape=shape, method=method)
        del pieces
        index = indexes.build(lines=lines, method=method, shape=shape, threads=1)
        rarity = _rarity(lines, shape, counted)
        target = _place(folder, number)
        with _own(target) as here:
            _write(here, first, index, rarity, ids)
            if of > 1:
                _write_common(here, index, method, shape, of)
            else:
                _write_heavy(folder, index, method, shape)
                _write_left_out(here, index, method, shape, [(one.keys, one.rows) for one in index.left_out])
        yield pa.RecordBatch.from_pydict({"slice": pa.array([number], pa.int64())})

    return work


class _own:  # noqa: N801 - reads as the words it stands for
    """A folder of this attempt, which becomes the target when it is whole; an attempt that came first stays."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.folder = target.parent / f".{target.name}.{os.getpid()}"

    def __enter__(self) -> Path:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        return self.folder

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            try:
                self.folder.rename(self.target)
            except OSError:
                if not self.target.is_dir():
                    raise
        shutil.rmtree(self.folder, ignore_errors=True)


def _rarity(lines: Lines, shape: Shape, counted: Counted) -> npt.NDArray[np.uint8]:
    out = np.zeros((len(lines), 2), np.uint8)
    if shape.name >= 0:
        words = counted.words
        searching.word_rarity(lines.words, lines.heap, shape.name, words.sketch, words.weight, out, 1, CLASSES - 1)
        out[:, 0] = counted.before.of(hashes=whole_hashes(lines=lines, shape=shape))
    return out


def _write(here: Path, first: int, index: Index, rarity: npt.NDArray[np.uint8], ids: pa.Array) -> None:
    np.save(here / "words.npy", index.lines.words)
    np.save(here / "heap.npy", index.lines.heap)
    np.save(here / "rarity.npy", rarity)
    np.save(here / "dropped.npy", index.dropped)
    for name in _ARRAYS:
        np.save(here / f"{name}.npy", getattr(index, name))
    facts = {"first": first, "shift": int(index.shift), "seen_shift": int(index.seen_shift)}
    (here / "facts.json").write_text(json.dumps(facts))
    table = pa.table({"id": ids})
    with pa.OSFile(str(here / "ids.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _keys(words: npt.NDArray[np.uint32], shape: Shape, block: int) -> npt.NDArray[np.uint64]:
    keys: npt.NDArray[np.uint64] = np.empty(len(words), np.uint64)
    searching.keys_of_block(words, shape.parts, shape.blocks, block, keys)
    return keys


def _write_common(here: Path, index: Index, method: Method, shape: Shape, of: int) -> None:
    """Keys that have more than their share of `largest_block` in this slice: no other key can have more in all."""
    found: dict[str, Any] = {}
    for block in range(len(method.blocks)):
        keys, counts = np.unique(_keys(index.lines.words, shape, block), return_counts=True)
        found[f"b{block}"] = keys[(keys != 0) & (counts * of > method.largest_block)]
    _save(here / "common.npz", found)


def _write_heavy(folder: Path, index: Index, method: Method, shape: Shape) -> None:
    """The keys that the only slice left out."""
    found: dict[str, Any] = {}
    for b in range(len(method.blocks)):
        rows = np.flatnonzero(index.dropped & np.uint32(1 << b))
        keys = _keys(index.lines.words[rows], shape, b)
        found[f"b{b}"], counts = np.unique(keys, return_counts=True)
        found[f"n{b}"] = counts.astype(np.int64)
    _save(folder / "heavy.npz", found)


def _leave_out(context: Any, number: int, method: Method, folder: Path) -> None:
    """Two rounds over the slices: how often each common key occurs, then which rows have one too many share."""
    blocks = range(len(method.blocks))
    common = [
        np.unique(np.concatenate([np.load(_place(folder, k) / "common.npz")[f"b{b}"] for k in range(number)]))
        for b in blocks
    ]
    _save(folder / "common.npz", {f"b{b}": common[b] for b in blocks})
    each = context.parallelize(range(number), number)
    each.foreach(_round(_count_common, method, folder))
    heavy, left_out = {}, []
    for b in blocks:
        counts = sum(np.load(_place(folder, k) / "counts.npz")[f"b{b}"] for k in range(number))
        over = counts > method.largest_block
        heavy[f"b{b}"], heavy[f"n{b}"] = common[b][over], counts[over]
        left_out.append((int(np.count_nonzero(over)), int(counts[over].sum())))
    _save(folder / "heavy.npz", heavy)
    (folder / "left_out.json").write_text(json.dumps(left_out))
    each.foreach(_round(_mark_heavy, method, folder))


def _round(work: Callable[[Path, Path, Method], None], method: Method, folder: Path) -> Callable[[int], None]:
    return lambda k: work(folder, _place(folder, k), method)


def _count_common(folder: Path, here: Path, method: Method) -> None:
    shape, words, common = shape_of(method=method), _array(here / "words.npy"), np.load(folder / "common.npz")
    counts = {}
    for b in range(len(method.blocks)):
        wanted = common[f"b{b}"]
        at, there = _found(_keys(words, shape, b), wanted)
        counts[f"b{b}"] = np.bincount(at[there], minlength=len(wanted)).astype(np.int64)
    _save(here / "counts.npz", counts)


def _mark_heavy(folder: Path, here: Path, method: Method) -> None:
    shape, words, heavy = shape_of(method=method), _array(here / "words.npy"), np.load(folder / "heavy.npz")
    dropped = np.zeros(len(words), np.uint32)
    for b in range(len(method.blocks)):
        _, there = _found(_keys(words, shape, b), heavy[f"b{b}"])
        dropped[there] |= np.uint32(1 << b)
    partial = here / f".dropped.{os.getpid()}.npy"
    np.save(partial, dropped)
    partial.replace(here / "dropped.npy")
    index = open_slice(folder=folder, number=int(here.name.split("-")[1])).index
    left_out = [tuple(pair) for pair in json.loads((folder / "left_out.json").read_text())]
    _write_left_out(here, replace(index, dropped=dropped), method, shape, left_out)


def _found(keys: npt.NDArray[np.uint64], wanted: npt.NDArray[np.uint64]) -> tuple[Any, Any]:
    """Where each key stands among those wanted, and whether it does."""
    if not len(wanted):
        return np.zeros(len(keys), np.int64), np.zeros(len(keys), dtype=bool)
    at = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
    return at, wanted[at] == keys


def _write_left_out(here: Path, index: Index, method: Method, shape: Shape, left_out: list[tuple[int, int]]) -> None:
    keyed = np.zeros(len(index.dropped), dtype=bool)
    usable = np.zeros(len(index.dropped), dtype=bool)
    for b in range(len(method.blocks)):
        there = _keys(index.lines.words, shape, b) != 0
        keyed |= there
        usable |= there & ((index.dropped >> np.uint32(b)) & np.uint32(1) == 0)
    without = int(np.count_nonzero(~keyed))
    said = {
        "blocks": left_out,
        "without_key": without,
        "every_key_left_out": int(np.count_nonzero(~usable)) - without,
    }
    partial = here / f".left_out.{os.getpid()}.json"
    partial.write_text(json.dumps(said))
    partial.replace(here / "left_out.json")


def _save(path: Path, arrays: dict[str, Any]) -> None:
    partial = path.with_name(f".{os.getpid()}.{path.name}")
    np.savez(partial, **arrays)
    partial.replace(path)


def _array(path: Path) -> npt.NDArray[Any]:
    """Copy on write, because compiled code is made anew for arrays that cannot be written."""
    if path.stat().st_size < _MAPPED_FROM:
        return np.load(path)  # type: ignore[no-any-return]
    return np.asarray(np.load(path, mmap_mode="c"))


@lru_cache(maxsize=1)
def _opened(here: Path, _version: tuple[int, int]) -> Slice:
    facts = json.loads((here / "facts.json").read_text())
    arrays: dict[str, Any] = {name: _array(here / f"{name}.npy") for name in _ARRAYS}
    lines = Lines(_array(here / "words.npy"), _array(here / "heap.npy"))
    index = Index(
        lines=lines,
        shift=np.uint64(facts["shift"]),
        seen_shift=np.uint64(facts["seen_shift"]),
        dropped=_array(here / "dropped.npy"),
        left_out=(),
        **arrays,
    )
    with pa.memory_map(str(here / "ids.arrow")) as source:
        ids = pa.ipc.open_file(source).read_all().column("id").combine_chunks()
    return Slice(facts["first"], index, _array(here / "rarity.npy"), ids)


def open_slice(*, folder: Path, number: int) -> Slice:
    """A slice as its files have it. The last one opened is kept: tasks of one slice follow each other."""
    here = _place(folder, number)
    now = (here / "dropped.npy").stat()
    return _opened(here, (now.st_ino, now.st_mtime_ns))
