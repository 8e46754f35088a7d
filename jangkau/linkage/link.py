"""`jangkau link`: two files in, links, left rows, model and report out; all or nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.charts.wording import count
from jangkau.complaints import Complaint, Text
from jangkau.linkage import engine, method_file, pattern_text, state
from jangkau.linkage.engine import Linkage
from jangkau.linkage.index import bytes_needed
from jangkau.linkage.lines import shape_of
from jangkau.linkage.method import Method
from jangkau.linkage.model import model_of, notes_of
from jangkau.linkage.posterior import one_to_one
from jangkau.linkage.renewal import Keeping
from jangkau.linkage.search import Reuse
from jangkau.linkage.sources import Source, open_source
from jangkau.outputs import Work, manifest, recover, sha256, staging, write_json, write_parquet

ENGINES = ("duckdb", "spark")
MATCH, REVIEW, NO = "match", "review", "no"
BASE_MB = 700
READING, SEARCHING, WRITING = "read", "search", "write"


@dataclass(frozen=True)
class Settings:
    """How to run, beside what to run; none of these changes a figure."""

    threads: int | None = None
    memory: str | None = None
    engine: str = "duckdb"
    force: bool = False
    previous: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What a link leaves: where, its figures, what to warn of, whether it had been done before, and what of an earlier
    one was used."""

    out: Path
    figures: dict[str, Any]
    notes: tuple[Text, ...]
    done_before: bool
    reuse: Reuse | None = None


def link(
    *,
    left: Path,
    right: Path | None,
    method: Path,
    out: Path,
    settings: Settings,
    clock: Callable[[], float],
    progress: Callable[[str, int, int], None] | None = None,
) -> Outcome:
    """Link two files by a method file, or one file with itself, and write the results to ``out``."""
    how = method_file.read(path=method)
    if settings.engine == "spark":
        from jangkau.linkage import spark_engine

        return spark_engine.link(
            left=left, right=right, how=how, method=method, out=out, settings=settings, clock=clock
        )
    _check_files(left, right)
    if right is not None and left.resolve() == right.resolve():
        raise _one_file(left)
    keeping = _earlier(settings.previous)
    work = _work(left, right, method, settings)
    recover(target=out)
    if manifest.same_work(folder=out, work=work) and not settings.force:
        return Outcome(out, _figures_of(out), _notes_of(out), True)
    if settings.previous is None or settings.previous.resolve() != out.resolve():
        _refuse_another_run(out, work, settings)
    threads, limit = settings.threads or os.cpu_count() or 1, memory_limit(text=settings.memory)
    if limit:
        _check_memory(how, 0, limit, threads)  # before the files are read: nothing at all fits into less
    tell = progress or (lambda _what, _done, _total: None)
    tell(READING, 0, 0)
    began = clock()
    with staging(target=out) as folder:
        scratch = folder / ".work"
        scratch.mkdir()
        keeping = replace(keeping, folder=folder)
        done, sources = _linked(left, right, how, settings, scratch, progress, keeping)
        tell(WRITING, 0, 0)
        linked = clock()
        files = {name: seen_from(folder=out, path=path) for name, path in (("left", left), ("right", right)) if path}
        figures = write(linkage=done, left=sources[0], right=sources[1], folder=folder, files=files)
        for path in scratch.iterdir():
            path.unlink()
        scratch.rmdir()
        timings = {"link": round(linked - began, 3), "write": round(clock() - linked, 3)}
        manifest.write(manifest=manifest.build(folder=folder, work=work, timings=timings), folder=folder)
    return Outcome(out, figures, done.notes, False, done.found.reuse if settings.previous else None)


def _linked(
    left: Path,
    right: Path | None,
    how: Method,
    settings: Settings,
    scratch: Path,
    progress: Callable[[str, int, int], None] | None,
    keeping: Keeping,
) -> tuple[Linkage, tuple[Source, Source | None]]:
    threads = settings.threads or os.cpu_count() or 1
    limits: dict[str, str | int] = {"threads": threads, "temp_directory": str(scratch)}
    limit = memory_limit(text=settings.memory)
    if limit:
        limits["memory_limit"] = f"{limit // 1_000_000}MB"
    a = open_source(path=left, id_column=how.left_id, method=how, scratch=scratch, settings=limits)
    b = (
        open_source(path=right, id_column=how.right_id, method=how, scratch=scratch, settings=limits)
        if right is not None
        else None
    )
    if limit:
        _check_memory(how, a.rows, limit, threads)
    kept = keeping if right is not None else None
    return engine.link(left=a, right=b, method=how, threads=threads, progress=progress, keeping=kept), (a, b)


def _earlier(folder: Path | None) -> Keeping:
    """What an earlier link kept; Complaint when the folder holds none."""
    if folder is None:
        return Keeping(Path())
    recover(target=folder)
    written = manifest.read(folder=folder)
    if written is None or not {"links.parquet", "left.parquet", "model.json"} <= set(written.outputs):
        raise Complaint(
            what=Text("Folder ini bukan hasil jangkau link.", "This folder is no result of jangkau link."),
            where=f"--previous {folder}",
            why=Text(
                "Tidak ada manifest.json, links.parquet, left.parquet dan model.json dari pekerjaan yang selesai.",
                "It has no manifest.json, links.parquet, left.parquet and model.json of a finished link.",
            ),
            do=Text(
                "Sebut folder hasil yang ditulis oleh jangkau link, atau hapus --previous.",
                "Name a folder that jangkau link wrote its results to, or leave out --previous.",
            ),
        )
    earlier = state.read(folder=folder)
    if earlier is None:
        return Keeping(Path(), None, Text("tidak menyimpan catatan untuk itu", "it kept no notes for that"))
    return Keeping(Path(), earlier)


def _check_files(left: Path, right: Path | None) -> None:
    for path in (left, right):
        if path is not None and not path.is_file():
            raise Complaint(
                what=Text("Berkas tidak ada.", "The file is not there."),
                where=str(path),
                why=Text("Nama atau foldernya mungkin lain.", "Its name or folder may be another one."),
                do=Text("Periksa nama berkasnya.", "Check the name of the file."),
            )


def _one_file(path: Path) -> Complaint:
    return Complaint(
        what=Text("Kiri dan kanan adalah berkas yang sama.", "Left and right are the same file."),
        where=str(path),
        why=Text("Setiap baris akan cocok dengan dirinya sendiri.", "Every row would match itself."),
        do=Text(
            "Sebut berkasnya sekali saja untuk mencari yang ganda.", "Name the file once to find duplicates in it."
        ),
    )


def _work(left: Path, right: Path | None, method: Path, settings: Settings) -> Work:
    from jangkau import __version__

    files = {"left": left, "method": method} | ({"right": right} if right is not None else {})
    inputs = {name: sha256(path=path) for name, path in files.items()}
    return Work(inputs=inputs, as_of="", versions={"code": __version__}, seed=0, settings={"engine": settings.engine})


def _refuse_another_run(out: Path, work: Work, settings: Settings) -> None:
    before = manifest.read(folder=out) if out.is_dir() else None
    if before is None or settings.force or before.work.inputs == work.inputs:
        return
    raise Complaint(
        what=Text("Folder hasil ini milik pekerjaan lain.", "This output folder belongs to another run."),
        where=str(out),
        why=Text(
            "Isinya dibuat dari berkas atau metode lain.", "What is in it was made from other files or another method."
        ),
        do=Text(
            "Pilih folder lain, atau timpa dengan --force.", "Choose another folder, or overwrite it with --force."
        ),
    )


def memory_limit(*, text: str | None) -> int | None:
    """Bytes of '6GB', '500MB'; None when nothing was said. Complaint for anything else."""
    if text is None:
        return None
    units = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
    clean = text.strip().upper().replace(" ", "")
    number = clean.rstrip("KMGTIB")
    try:
        return int(float(number) * units[clean[len(number) :]])
    except (ValueError, KeyError, OverflowError):
        raise Complaint(
            what=Text("Batas memori tidak dapat dipahami.", "The memory limit cannot be understood."),
            where=f"--memory {text}",
            why=Text("Nilainya bukan ukuran yang dikenal.", "The value is not a known size."),
            do=Text("Tulis misalnya --memory 6GB.", "Write for example --memory 6GB."),
        ) from None


def memory_needed(*, method: Method, rows: int, threads: int) -> int:
    """Bytes that a link of so many left rows takes, by its arrays: lines, folded letters, names, then the index and the
    kept pairs, or without the index what is reckoned of the pairs."""
    width = shape_of(method=method).width
    a_row = 4 * width + 20 + 8 + 2 * 4 * (3 + threads)
    searched = bytes_needed(rows=rows, blocks=len(method.blocks)) + 30 * rows
    return BASE_MB * 10**6 + threads * 150 * 10**6 + rows * a_row + max(searched, 60 * rows)


def _check_memory(method: Method, rows: int, limit: int, threads: int) -> None:
    needed = memory_needed(method=method, rows=rows, threads=threads)
    if needed > limit:
        size = f"{-(-needed // 10**8) / 10:.1f} GB"
        raise Complaint(
            what=Text("Batas memori terlalu kecil.", "The memory limit is too small."),
            where=f"--memory {limit / 1e6:.0f}MB",
            why=Text(
                f"Untuk {count(value=rows).id} baris kiri diperlukan sekitar {size}.",
                f"{count(value=rows).en} rows on the left take about {size}.",
            )
            if rows
            else Text(f"Berkas sekecil apa pun memerlukan {size}.", f"Even the smallest file takes {size}."),
            do=Text(
                f"Beri --memory {size.replace(' ', '')} atau lebih, atau bagi berkas kiri.",
                f"Give --memory {size.replace(' ', '')} or more, or split the left file.",
            ),
        )


def seen_from(*, folder: Path, path: Path) -> str:
    """A path from a folder, so that both may move together; whole where they are on two drives."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def write(
    *, linkage: Linkage, left: Source, right: Source | None, folder: Path, files: dict[str, str] | None = None
) -> dict[str, Any]:
    """Write links, left rows, model and report; returns the figures of the model. ``files``: where the two files are,
    seen from the folder, for whoever explains a pair later."""
    left_ids = left.ids().combine_chunks()
    right_ids = left_ids if right is None else right.ids().combine_chunks()
    p, decision, shown = decisions(linkage=linkage)
    a, b = linkage.pairs.a.astype(np.int64)[shown], linkage.pairs.b[shown]
    order = np.lexsort((b, -p[shown], a))
    pattern, rarity = linkage.pairs.pattern[shown][order], linkage.pairs.rarity[shown][order]
    links = pa.table(
        {
            "left_id": left_ids.take(pa.array(a[order])),
            "right_id": right_ids.take(pa.array(b[order])),
            "probability": p[shown][order],
            "pattern": pattern_text.written(patterns=pattern, rarity=rarity, method=linkage.method),
            "decision": pa.array(decision[shown][order]).dictionary_encode().cast(pa.string()),
        }
    )
    write_parquet(table=links, path=folder / "links.parquet")
    write_parquet(table=_left_table(linkage, left_ids, right_ids), path=folder / "left.parquet")
    model = model_of(
        linkage=linkage, decided=decision[shown], left=left.name, right=right.name if right else None, files=files
    )
    write_json(value=model, path=folder / "model.json")
    from jangkau.linkage.report import render

    (folder / "report.html").write_text(render(model=model), encoding="utf-8", newline="\n")
    figures: dict[str, Any] = model["figures"]
    return figures


def decisions(*, linkage: Linkage) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Probability and decision of each pair, and which pairs are told: those that are not clearly two people."""
    method, p = linkage.method, linkage.probability
    decision = np.where(p >= method.high, MATCH, REVIEW).astype(object)
    if method.one_to_one:
        p, chosen = one_to_one(a=linkage.pairs.a.astype(np.int64), b=linkage.pairs.b, p=p)
        decision = np.where(p >= method.high, MATCH, REVIEW).astype(object)
        decision[~chosen] = NO
    return p, decision, np.flatnonzero((p >= method.low) & ~linkage.vetoed)


def _left_table(linkage: Linkage, left_ids: pa.Array, right_ids: pa.Array) -> pa.Table:
    rows = linkage.rows
    best = np.where(rows.best >= 0, linkage.pairs.b[np.maximum(rows.best, 0)], 0) if len(linkage.pairs) else rows.best
    matches = pa.array(np.maximum(best, 0), mask=rows.best < 0)
    return pa.table(
        {
            "left_id": left_ids,
            "probability": rows.probability,
            "best_right_id": right_ids.take(matches),
            "best_probability": rows.best_probability,
            "ties": rows.ties,
        }
    )


def _notes_of(folder: Path) -> tuple[Text, ...]:
    return notes_of(model=json.loads((folder / "model.json").read_text(encoding="utf-8")))


def _figures_of(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))["figures"]
    return value
