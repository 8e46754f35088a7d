"""A register made ready for looking up one person at a time: read once, indexed block by block, all or nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256 as digest
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau import __version__
from jangkau.complaints import Complaint, Text
from jangkau.linkage import lookup_files, lookup_index, lookup_weights, method_file
from jangkau.linkage.engine import check_kinds, check_unique
from jangkau.linkage.kernels import looking, searching
from jangkau.linkage.lines import Lines, Shape, joined, pack, shape_of
from jangkau.linkage.link import memory_limit
from jangkau.linkage.lookup_files import Facts
from jangkau.linkage.lookup_weights import Drawn, Prepared
from jangkau.linkage.method import Method
from jangkau.linkage.search import filled, hashes
from jangkau.linkage.sources import Source, open_source
from jangkau.outputs import Work, manifest, recover, sha256, staging, write_json

Progress = Callable[[Text, int, int], None]
DRAWN = 10_000
"""Rows of the register that are looked up in it to see how strangers agree."""
SKETCH = 1 << 22
PIECE = 2048
"""Rows of the register's own words that are packed together: a look-up reads one piece for each person it shows."""
MOST_LETTERS = 1 << 32
SCRATCH = ".work"
KPJ = "kpj"
"""The shipped method numbers rows as `jangkau run` does; a register as it is sent has a KPJ for each."""
_READING = Text("Membaca register", "Reading the register")
_INDEXING = Text("Menyusun indeks", "Indexing")
_WEIGHING = Text("Menghitung bobot", "Weighing")


@dataclass(frozen=True)
class Settings:
    """How to build. ``model``: the folder of a link whose weights to use; ``id_column``: another column than the
    method's; ``force``: overwrite the index of another register."""

    threads: int | None = None
    memory: str | None = None
    model: Path | None = None
    id_column: str | None = None
    force: bool = False


@dataclass(frozen=True)
class Built:
    """What a build leaves: where, what is in it, its size in bytes, and what the user should know."""

    out: Path
    facts: Facts
    size: int
    notes: tuple[Text, ...]
    done_before: bool


def build(
    *,
    register: Path,
    method: Path | None,
    out: Path,
    settings: Settings,
    clock: Callable[[], float],
    progress: Progress | None = None,
) -> Built:
    """Make ``out`` the index of a register (CSV or Parquet) by a method file, or by the shipped one. Complaint for what
    does not fit; ``out`` is wholly there or as it was."""
    content = _method_bytes(method)
    how = method_file.understood(content=content, where=method.name if method else "jamsostek.yaml")
    limit = memory_limit(text=settings.memory)
    if not register.is_file():
        raise _no_register(register)
    work = _work(register, content, settings)
    recover(target=out)
    if manifest.same_work(folder=out, work=work) and not settings.force:
        return _built(out, lookup_files.read_facts(folder=out), done_before=True)
    _refuse_what_is_no_index(out, work, settings)
    began = clock()
    with staging(target=out) as folder:
        source = _opened(register, how, folder, settings, named=method is not None, limit=limit)
        builder = _Builder(how, source, folder, settings.threads or os.cpu_count() or 1, limit, progress)
        read = builder.read()
        shutil.rmtree(folder / SCRATCH)
        after_reading = clock()
        facts = builder.index(read)
        prepared = builder.weigh(read, facts, settings.model)
        facts = replace(facts, coverage=prepared.coverage, how=prepared.how)
        (folder / lookup_files.METHOD).write_bytes(content)
        write_json(value=lookup_weights.written(weights=prepared.weights), path=folder / lookup_files.WEIGHTS)
        write_json(value=facts.written(), path=folder / lookup_files.INDEX)
        timings = {"read": round(after_reading - began, 3), "index": round(clock() - after_reading, 3)}
        manifest.write(manifest=manifest.build(folder=folder, work=work, timings=timings), folder=folder)
    return _built(out, facts, done_before=False)


def _built(out: Path, facts: Facts, *, done_before: bool) -> Built:
    size = sum(path.stat().st_size for path in out.iterdir() if path.is_file())
    return Built(out, facts, size, notes_of(facts=facts, out=out), done_before)


def notes_of(*, facts: Facts, out: Path) -> tuple[Text, ...]:
    """What a user of the index should know: fields that are empty, values that too many rows share."""
    method = method_file.read(path=out / lookup_files.METHOD)
    empty = tuple(
        Text(
            f"{facts.register}: kolom {one.name!r} kosong di semua baris dan tidak dipakai.",
            f"{facts.register}: the field {one.name!r} is empty in every row and is not used.",
        )
        for one, n in zip(method.fields, facts.filled, strict=True)
        if not n
    )
    return empty + tuple(
        Text(
            f"Blok {block}: {keys} nilai dipakai terlalu banyak baris ({rows}) dan dilewati; baris itu masih dicari "
            "lewat blok lain.",
            f"Block {block}: {keys} values are shared by too many rows ({rows}) and left out; those rows are still "
            "looked for through the other blocks.",
        )
        for block, keys, rows in facts.left_out
    )


@dataclass(frozen=True)
class _Read:
    """What reading the register leaves beside the files."""

    rows: int
    heap: int
    filled: npt.NDArray[np.int64]
    people: int
    words: int
    names: int
    drawn: Drawn


@dataclass(frozen=True)
class _Piece:
    """One batch of the register, packed by a worker."""

    columns: list[pa.Array]
    lines: Lines
    hashes: npt.NDArray[np.uint64]
    given: npt.NDArray[np.int64]
    drawn: npt.NDArray[np.int64]
    few: Lines


@dataclass(frozen=True)
class _Builder:
    """One build: a method, a register, the folder to fill."""

    method: Method
    source: Source
    folder: Path
    threads: int
    limit: int | None
    progress: Progress | None

    @property
    def shape(self) -> Shape:
        return shape_of(method=self.method)

    def tell(self, what: Text, done: int, total: int) -> None:
        if self.progress:
            self.progress(what, done, total)

    def read(self) -> _Read:
        """Write lines, letters and the register's own words; count names. Complaint for ids that are not unique and for
        values that are not what their kind can hold."""
        shape, method = self.shape, self.method
        given, understood = np.zeros(len(method.fields), np.int64), np.zeros(len(method.fields), np.int64)
        words = np.zeros(SKETCH, np.uint32)
        names = np.zeros(1 << max(10, self.source.rows.bit_length()), np.uint32)
        all_hashes, rows_drawn, few = [], [np.zeros(0, np.int64)], []
        first = letters = people = 0
        with _Files(self.folder, [self.source.id_column, *method.columns]) as written:
            for piece in self._pieces():
                if shape.name >= 0:
                    looking.count_names(piece.lines.words, shape.name, names)
                    searching.count_words(piece.lines.words, piece.lines.heap, shape.name, words)
                    people += int(np.count_nonzero(piece.lines.words[:, shape.name + 6]))
                self._add_base(piece.lines.words, letters)
                letters += len(piece.lines.heap)
                written.add(piece.columns, piece.lines)
                given += piece.given
                understood += filled(lines=piece.lines, method=method, shape=shape)
                all_hashes.append(piece.hashes)
                rows_drawn.append(piece.drawn + first)
                few.append(piece.few)
                first += len(piece.lines)
                if letters >= MOST_LETTERS:
                    raise _too_large(self.source)
                self.tell(_READING, first, self.source.rows)
        if not first:
            raise _no_rows(self.source)
        check_unique(hashes=np.concatenate(all_hashes), source=self.source)
        check_kinds(method=method, given=given, understood=understood, source=self.source)
        for array, name in ((words, lookup_files.WORDS), (names, lookup_files.NAMES)):
            array.tofile(self.folder / name)
        drawn = Drawn(np.concatenate(rows_drawn), joined(pieces=few, shape=shape, method=method))
        return _Read(first, letters, understood, people, len(words), len(names), drawn)

    def _pieces(self) -> Iterator[_Piece]:
        """Batches packed on all threads, in the order of the file."""
        shape, method = self.shape, self.method
        every = np.uint64(max(1, self.source.rows // DRAWN))

        def one(columns: list[pa.Array]) -> _Piece:
            ids = hashes(columns[0])
            drawn = np.flatnonzero(ids % every == 0)
            some = [column.take(pa.array(drawn)) for column in columns[1:]]
            by_name = dict(zip(method.columns, columns[1:], strict=True))
            there = [max(_not_empty(by_name[name]) for name in field.columns) for field in method.fields]
            return _Piece(
                columns,
                pack(columns=columns[1:], method=method, shape=shape),
                ids,
                np.array(there, np.int64),
                drawn,
                pack(columns=some, method=method, shape=shape),
            )

        running: deque[Future[_Piece]] = deque()
        with ThreadPoolExecutor(self.threads) as pool:
            for columns in self.source.batches():
                running.append(pool.submit(one, columns))
                while len(running) > self.threads + 1:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()

    def _add_base(self, words: npt.NDArray[np.uint32], base: int) -> None:
        for place, one in enumerate(self.method.fields):
            if one.kind.name in ("person_name", "text"):
                words[:, self.shape.at[place] + 5] += np.uint32(base)

    def index(self, read: _Read) -> Facts:
        """Write starts and entries of every block."""
        blocks = lookup_index.write_blocks(
            folder=self.folder,
            method=self.method,
            shape=self.shape,
            rows=read.rows,
            threads=self.threads,
            limit=self.limit,
            progress=lambda done, total: self.tell(_INDEXING, done, total),
        )
        if not blocks.bases[-1] and not blocks.left_out:
            raise method_file.no_block(where=self.source.name)
        return Facts(
            format=lookup_files.FORMAT,
            version=__version__,
            fingerprint=lookup_files.fingerprint(method=self.method, shape=self.shape),
            register=self.source.name,
            id_column=self.source.id_column,
            rows=read.rows,
            width=self.shape.width,
            heap=read.heap,
            bits=blocks.bits,
            bases=blocks.bases,
            filled=tuple(read.filled.tolist()),
            people=read.people,
            words=read.words,
            names=read.names,
            left_out=blocks.left_out,
            coverage=lookup_weights.COVERAGE,
            how="",
        )

    def weigh(self, read: _Read, facts: Facts, model: Path | None) -> Prepared:
        """Weights of a model, or from the register itself."""
        if model is not None:
            path = model / "model.json" if model.is_dir() else model
            return lookup_weights.from_model(model=_json(path), method=self.method, where=str(path))
        self.tell(_WEIGHING, 0, 1)
        arrays = lookup_files.mapped(folder=self.folder, facts=facts)
        return lookup_weights.from_register(
            method=self.method, shape=self.shape, facts=facts, arrays=arrays, drawn=read.drawn
        )


class _Files:
    """The files that grow while the register is read: lines, letters, and the register's own words."""

    def __init__(self, folder: Path, columns: list[str]) -> None:
        self.names = list(dict.fromkeys(columns))
        self.columns = columns
        self.folder = folder
        self.lines = (folder / lookup_files.LINES).open("wb")
        self.heap = (folder / lookup_files.HEAP).open("wb")
        schema = pa.schema([pa.field(name, pa.string()) for name in self.names])
        options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        self.records = pa.ipc.new_file(str(folder / lookup_files.RECORDS), schema, options=options)
        self.starts = [0]

    def add(self, columns: list[pa.Array], lines: Lines) -> None:
        lines.words.tofile(self.lines)
        lines.heap.tofile(self.heap)
        by_name = dict(zip(self.columns, columns, strict=True))
        whole = pa.RecordBatch.from_arrays([by_name[name] for name in self.names], names=self.names)
        for start in range(0, len(whole), PIECE):
            piece = whole.slice(start, PIECE)
            self.records.write_batch(piece)
            self.starts.append(self.starts[-1] + len(piece))

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *_: object) -> None:
        self.lines.close()
        self.heap.close()
        self.records.close()
        np.save(self.folder / lookup_files.PIECES, np.array(self.starts, np.int64))


def _not_empty(column: pa.Array) -> int:
    return int(pc.sum(pc.greater(pc.binary_length(column), 0)).as_py() or 0)


def _method_bytes(path: Path | None) -> bytes:
    if path is None:
        return (files("jangkau.linkage") / "methods" / "jamsostek.yaml").read_bytes()
    method_file.read(path=path)  # complains about what cannot be read
    return path.read_bytes()


def _work(register: Path, content: bytes, settings: Settings) -> Work:
    inputs = {"register": sha256(path=register), "method": digest(content).hexdigest()}
    if settings.model is not None:
        path = settings.model / "model.json" if settings.model.is_dir() else settings.model
        _json(path)
        inputs["model"] = sha256(path=path)
    return Work(
        inputs=inputs, as_of="", versions={"code": __version__}, seed=0, settings={"id_column": settings.id_column}
    )


def _opened(
    register: Path, method: Method, folder: Path, settings: Settings, *, named: bool, limit: int | None
) -> Source:
    """The register as a source; a CSV becomes Parquet in the folder for as long as the build lasts."""
    scratch = folder / SCRATCH
    scratch.mkdir()
    limits: dict[str, str | int] = {"temp_directory": str(scratch)}
    if settings.threads:
        limits["threads"] = settings.threads
    if limit:
        limits["memory_limit"] = f"{limit // 1_000_000}MB"
    wanted = settings.id_column or method.right_id
    if not named and not settings.id_column:
        wanted = KPJ
    return open_source(path=register, id_column=wanted, method=method, scratch=scratch, settings=limits)


def _json(path: Path) -> dict[str, object]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(value, dict):
            return value
    except (OSError, ValueError):
        pass
    raise Complaint(
        what=Text("Model tidak dapat dibaca.", "The model cannot be read."),
        where=str(path),
        why=Text("Tidak ada model.json yang utuh di sana.", "There is no whole model.json there."),
        do=Text(
            "Sebut folder hasil jangkau link, atau hapus --model.",
            "Name the folder of a jangkau link, or none.",
        ),
    )


def _refuse_what_is_no_index(out: Path, work: Work, settings: Settings) -> None:
    before = manifest.read(folder=out) if out.is_dir() else None
    if before is None:
        return  # empty, new, or not ours at all: staging tells
    if lookup_files.INDEX not in before.outputs:
        why = Text("Isinya hasil pekerjaan lain, bukan indeks.", "It holds the results of another command, no index.")
        do = Text("Pilih folder lain dengan --out.", "Choose another folder with --out.")
    elif settings.force or before.work.inputs == work.inputs:
        return
    else:
        why = Text("Isinya indeks dari register atau metode lain.", "It holds the index of another register or method.")
        do = Text("Pilih folder lain, atau timpa dengan --force.", "Choose another folder, or overwrite with --force.")
    raise Complaint(
        what=Text("Folder hasil ini milik pekerjaan lain.", "This output folder belongs to another run."),
        where=str(out),
        why=why,
        do=do,
    )


def _no_register(path: Path) -> Complaint:
    return Complaint(
        what=Text("Berkas tidak ada.", "The file is not there."),
        where=str(path),
        why=Text("Nama atau foldernya mungkin lain.", "Its name or folder may be another one."),
        do=Text("Periksa nama berkasnya.", "Check the name of the file."),
    )


def _no_rows(source: Source) -> Complaint:
    return Complaint(
        what=Text("Register ini tidak berisi baris.", "This register has no rows."),
        where=source.name,
        why=Text("Tidak ada yang dapat dicari.", "There is nobody to find."),
        do=Text("Periksa berkasnya.", "Check the file."),
    )


def _too_large(source: Source) -> Complaint:
    return Complaint(
        what=Text("Register ini terlalu besar untuk satu indeks.", "This register is too large for one index."),
        where=source.name,
        why=Text("Nama-namanya lebih dari 4 GB.", "Its names take more than 4 GB."),
        do=Text(
            "Bagi menurut provinsi dan buat indeks untuk setiap bagian.", "Split it by province, one index for each."
        ),
    )
