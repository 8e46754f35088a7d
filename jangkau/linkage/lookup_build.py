"""A register made ready for looking up one person at a time: read once, indexed block by block, all or nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256 as digest
from importlib.resources import files
from pathlib import Path

from jangkau import __version__
from jangkau.complaints import Complaint, Text
from jangkau.linkage import lookup_files, lookup_index, lookup_weights, method_file
from jangkau.linkage.lines import shape_of
from jangkau.linkage.link import memory_limit
from jangkau.linkage.lookup_files import Facts
from jangkau.linkage.lookup_reading import BUCKETS, Read, read_register
from jangkau.linkage.lookup_weights import Prepared
from jangkau.linkage.method import Method
from jangkau.linkage.sources import Source, open_source
from jangkau.outputs import Work, manifest, recover, sha256, staging, write_json

Progress = Callable[[Text, int, int], None]
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
        (folder / lookup_files.METHOD).write_bytes(content)
        facts = _written(source, how, folder, settings, limit, progress or _quiet)
        timings = {"build": round(clock() - began, 3)}
        manifest.write(manifest=manifest.build(folder=folder, work=work, timings=timings), folder=folder)
    return _built(out, facts, done_before=False)


def _written(
    source: Source, method: Method, folder: Path, settings: Settings, limit: int | None, tell: Progress
) -> Facts:
    """Fill the folder: read, index, weigh, and say what is there."""
    threads = settings.threads or os.cpu_count() or 1
    at_once = lookup_index.blocks_at_once(rows=source.rows, threads=threads, limit=limit)
    read = read_register(
        source=source,
        method=method,
        shape=shape_of(method=method),
        folder=folder,
        threads=threads,
        progress=lambda done, total: tell(_READING, done, total),
    )
    for spent in (SCRATCH, BUCKETS):
        shutil.rmtree(folder / spent)
    facts = _indexed(source, method, folder, read, at_once, tell)
    tell(_WEIGHING, 0, 1)
    prepared = _weighed(method, folder, read, facts, settings.model)
    facts = replace(facts, coverage=prepared.coverage, how=prepared.how)
    write_json(value=lookup_weights.written(weights=prepared.weights), path=folder / lookup_files.WEIGHTS)
    write_json(value=facts.written(), path=folder / lookup_files.INDEX)
    return facts


def _quiet(_what: Text, _done: int, _total: int) -> None:
    """For those who do not watch."""


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


def _indexed(source: Source, method: Method, folder: Path, read: Read, at_once: int, tell: Progress) -> Facts:
    """Write starts and entries of every block."""
    shape = shape_of(method=method)
    blocks = lookup_index.write_blocks(
        folder=folder,
        method=method,
        shape=shape,
        rows=read.rows,
        at_once=at_once,
        progress=lambda done, total: tell(_INDEXING, done, total),
    )
    if not blocks.bases[-1] and not blocks.left_out:
        raise method_file.no_block(where=source.name)
    return Facts(
        format=lookup_files.FORMAT,
        version=__version__,
        fingerprint=lookup_files.fingerprint(method=method, shape=shape),
        register=source.name,
        id_column=source.id_column,
        rows=read.rows,
        width=shape.width,
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


def _weighed(method: Method, folder: Path, read: Read, facts: Facts, model: Path | None) -> Prepared:
    """Weights of a model, or from the register itself."""
    if model is not None:
        return lookup_weights.from_model(model=_json(_model_file(model)), method=method, where=str(_model_file(model)))
    return lookup_weights.from_register(
        method=method,
        shape=shape_of(method=method),
        facts=facts,
        arrays=lookup_files.mapped(folder=folder, facts=facts),
        drawn=read.drawn,
    )


def _model_file(given: Path) -> Path:
    return given / "model.json" if given.is_dir() else given


def _method_bytes(path: Path | None) -> bytes:
    if path is None:
        return (files("jangkau.linkage") / "methods" / "jamsostek.yaml").read_bytes()
    method_file.read(path=path)  # complains about what cannot be read
    return path.read_bytes()


def _work(register: Path, content: bytes, settings: Settings) -> Work:
    inputs = {"register": sha256(path=register), "method": digest(content).hexdigest()}
    if settings.model is not None:
        _json(_model_file(settings.model))
        inputs["model"] = sha256(path=_model_file(settings.model))
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
