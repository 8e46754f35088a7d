"""`jangkau link --engine spark`: the linkage of one machine on many, with the same method file and the same answers.

The left side is packed, and indexed in slices; the right side is packed where it is read and streams past the slices.
Records never leave the task that read them: what is shuffled are numbers (rows, patterns, hashes of names and ids)
and the ids of pairs that were kept. docs/scale.md has the sizes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.complaints import Complaint, Text
from jangkau.linkage import (
    checks,
    fillers,
    search,
    spark_files,
    spark_fillers,
    spark_names,
    spark_packing,
    spark_rows,
    spark_search,
)
from jangkau.linkage import link as links
from jangkau.linkage import spark_slices as slicing
from jangkau.linkage import spark_weights as weighing
from jangkau.linkage.engine import Linkage
from jangkau.linkage.lines import shape_of
from jangkau.linkage.method import Method
from jangkau.linkage.report import render
from jangkau.linkage.sources import Source
from jangkau.linkage.spark_files import Side
from jangkau.linkage.spark_model import model_of
from jangkau.linkage.spark_names import Counted
from jangkau.linkage.spark_packing import Sizes
from jangkau.linkage.spark_session import check_installed, session
from jangkau.linkage.spark_sides import Packed
from jangkau.linkage.spark_slices import Slices
from jangkau.outputs import Work, manifest, recover, sha256, staging, write_json

Ints = npt.NDArray[np.int64]


def link(
    *,
    left: Path,
    right: Path | None,
    how: Method,
    method: Path,
    out: Path,
    settings: links.Settings,
    clock: Callable[[], float],
    sizes: Sizes | None = None,
) -> links.Outcome:
    """Link two sides (Parquet files, or folders of them), or one with itself; ``out`` is what one machine would write.

    On a cluster the sides and ``out`` are on storage that every machine sees under the same name.
    """
    check_installed()
    if settings.previous is not None:
        raise _no_previous()
    work = _work(left, right, method)
    recover(target=out)
    if manifest.same_work(folder=out, work=work) and not settings.force:
        return links.Outcome(out, links._figures_of(out), (), True)
    links._refuse_another_run(out, work, settings)
    began = clock()
    memory = links.memory_limit(text=settings.memory)
    threads = settings.threads or os.cpu_count() or 1
    with staging(target=out) as folder:
        scratch = folder / ".work"
        scratch.mkdir()
        with session(threads=threads, memory=memory) as spark:
            files = {
                name: links.seen_from(folder=out, path=path)
                for name, path in (("left", left), ("right", right))
                if path
            }
            a = spark_files.open_side(spark=spark, path=left, id_column=how.left_id, method=how)
            b = None
            if right is not None:
                b = spark_files.open_side(spark=spark, path=right, id_column=how.right_id, method=how)
            cut = sizes or spark_packing.sizes_for(memory=memory, threads=threads, method=how)
            one = Run(a, b, how, cut, folder, scratch)
            figures, notes = one.write(files=files)
        shutil.rmtree(scratch)
        timings = {"link": round(clock() - began, 3)}
        manifest.write(manifest=manifest.build(folder=folder, work=work, timings=timings), folder=folder)
    return links.Outcome(out, figures, notes, False)


@dataclass(frozen=True)
class Run:
    """One linkage on a session: both sides, the method, where results and scratch files go."""

    left: Side
    right: Side | None
    method: Method
    sizes: Sizes
    folder: Path
    scratch: Path

    def write(self, *, files: dict[str, str]) -> tuple[dict[str, Any], tuple[Text, ...]]:
        """All outputs but the manifest; returns the figures and what the user should know."""
        held: list[Any] = []
        try:
            return self._written(files, held)
        finally:
            for frame in held:
                frame.unpersist(blocking=True)

    def _written(self, files: dict[str, str], held: list[Any]) -> tuple[dict[str, Any], tuple[Text, ...]]:
        left, method, notes = self._packed_left(held)
        check_unique(side=left)
        right = None
        if self.right is not None:
            right = _packed(self.right, method, self.sizes, held)
            check_unique(side=right)
        pairs, given = self._searched(left, right, method, notes, held)
        linkage = weighing.judge(pairs=pairs, given=given)
        other = right or given.left
        ids = {"left_id": left.id_type, "right_id": other.id_type}
        likely = _kept(
            weighing.judged(pairs=pairs, linkage=linkage, zone=self.sizes.zone, folder=self.scratch, **ids), held
        )
        rows = spark_rows.left_rows(
            left=left.frame, pairs=likely, right_rows=other.rows, captured=linkage.captured, **ids
        )
        rows = _kept(rows, held)
        counted = spark_rows.summary(rows=rows, method=method)
        spark_rows.write_left(rows=rows, number=left.rows, coverage=counted.coverage, path=self.folder / "left.parquet")
        told = spark_rows.links(pairs=likely, method=method, right_rows=other.rows, folder=self.scratch, **ids)
        decided = spark_rows.write_links(told=_kept(told, held), path=self.folder / "links.parquet")
        right_name = None if right is None else right.source.name
        model = model_of(
            linkage=linkage, links=decided, rows=counted, left=left.source.name, right=right_name, files=files
        )
        write_json(value=model, path=self.folder / "model.json")
        (self.folder / "report.html").write_text(render(model=model), encoding="utf-8", newline="\n")
        return model["figures"], linkage.notes

    def _packed_left(self, held: list[Any]) -> tuple[Packed, Method, tuple[Text, ...]]:
        """The left side; fields without a value are dropped, and the side packed again without them."""
        left = _packed(self.left, self.method, self.sizes, held)
        given = _sums(left.frame, "given", len(self.method.fields))
        checks.check_kinds(method=self.method, given=given, understood=left.filled, source=left.source)
        method, notes = checks.without_empty(method=self.method, filled=left.filled, source=left.source)
        if notes:
            left = _packed(self.left, method, self.sizes, held)
        return left, method, notes

    def _searched(
        self, left: Packed, right: Packed | None, method: Method, notes: tuple[Text, ...], held: list[Any]
    ) -> tuple[Any, weighing.Given]:
        """The kept pairs as they are weighed, and what else the weights are made of."""
        left, slices, counted, rows = self._indexed(left, right, method, held)
        notes += fillers.notes(rows=spark_fillers.counted(rows=rows), method=method, name=left.source.name)
        other = right or left
        belief = search.belief(method=method, left_rows=left.rows, right_rows=other.rows)
        job = spark_search.Job(method, slices.folder, belief, right is None, search.tally_step(rows=other.rows))
        ids = {"left_id": left.id_type, "right_id": other.id_type}
        every = spark_search.find(right=other.frame, slices=slices, job=job, counted=counted, **ids)
        every = _kept(every, held)
        tally, by_block = spark_search.counts_of(found=every, blocks=len(method.blocks))
        sample, _ = other.sample(every=max(1, other.rows // search.SAMPLED), method=method)
        own, hashes = left.sample(every=max(1, left.rows // search.SAMPLED), method=method)
        found = spark_search.found_of(
            slices=slices, tally=tally, by_block=by_block, rows=other.rows, filled=other.filled, sample=sample
        )
        notes += checks.left_out_notes(found=found)
        if right is not None:
            notes += checks.empty_right(method=method, found=found, right=right.source)
        pairs = spark_search.pairs_in(found=every)
        dominated = spark_fillers.equal_to_many(pairs=pairs, method=method)
        notes += fillers.notes_of_right(rows=dominated, method=method)
        pairs = spark_search.reweighed(pairs=pairs, common=counted.after, dominated=dominated, method=method, **ids)
        return pairs, weighing.Given(method, right is None, left, other, own, hashes, found, counted, notes)

    def _indexed(
        self, left: Packed, right: Packed | None, method: Method, held: list[Any]
    ) -> tuple[Packed, Slices, Counted, dict[int, int]]:
        """The slices of the left side, its fillers made missing; and how many rows had one, by field."""
        drawn, _ = left.sample(every=max(1, left.rows // fillers.DRAWN), method=method)
        values = spark_fillers.often(
            left=left.frame, drawn=drawn, rows=left.rows, method=method, shape=shape_of(method=method)
        )
        left = _blanked(left, values, method, held)
        counted = _names(left, right, method)
        build = partial(slicing.build, rows=left.rows, method=method, counted=counted, sizes=self.sizes)
        slices = build(left=left.frame, folder=self.scratch / "slices")
        more = spark_fillers.left_out(heavy=slices.heavy, method=method)
        if more.rows:
            shutil.rmtree(slices.folder)
            left = _blanked(left, more, method, held)
            slices = build(left=left.frame, folder=self.scratch / "slices again")
        rows = {place: values.rows.get(place, 0) + more.rows.get(place, 0) for place in {*values.rows, *more.rows}}
        return left, slices, counted, rows


def _blanked(side: Packed, values: spark_fillers.Values, method: Method, held: list[Any]) -> Packed:
    if not values.rows:
        return side
    frame = _kept(spark_fillers.blanked(left=side.frame, values=values, method=method), held)
    return replace(side, frame=frame, filled=_sums(frame, "filled", len(method.fields)))


def _names(left: Packed, right: Packed | None, method: Method) -> Counted:
    if method.first("person_name") is None:
        return spark_names.nothing_counted()
    return spark_names.count(
        left=left.frame,
        right=None if right is None else right.frame,
        method=method,
        left_rows=left.rows,
        right_rows=left.rows if right is None else right.rows,
    )


def _packed(side: Side, method: Method, sizes: Sizes, held: list[Any]) -> Packed:
    rows = side.numbered(columns=method.columns)
    frame = _kept(spark_packing.packed(rows=rows, method=method, sizes=sizes), held)
    read = frame.agg({"rows": "sum"}).collect()[0][0] or 0
    if read != side.source.rows:
        raise _changed(side.source, read)
    filled = _sums(frame, "filled", len(method.fields))
    source = replace(side.source, columns=method.columns)
    return Packed(frame, side.source.rows, filled, source, rows.schema["id"].dataType.simpleString())


def _kept(frame: Any, held: list[Any]) -> Any:
    """On the disks of the workers from its first use on, until the run is over."""
    from pyspark import StorageLevel

    held.append(frame.persist(StorageLevel.DISK_ONLY))
    return frame


def _sums(frame: Any, column: str, fields: int) -> Ints:
    """Sums of an array column, place by place."""
    from pyspark.sql import functions as f

    sums = [f.sum(f.col(column)[k]).alias(f"n{k}") for k in range(fields)]
    return np.array([n or 0 for n in frame.agg(*sums).collect()[0]], np.int64)


def check_unique(*, side: Packed) -> None:
    """Complaint when an id of a packed side stands twice or is missing."""
    from pyspark.sql import functions as f

    hashes = side.frame.select("hashes").mapInArrow(spark_packing.spread_hashes, "hash long").filter("hash is not null")
    several = hashes.groupBy("hash").count().filter("count > 1 or hash = 0")
    found = several.agg(
        f.sum(f.when(f.col("hash") != 0, f.col("count") - 1)), f.sum(f.when(f.col("hash") == 0, f.col("count")))
    ).collect()[0]
    twice, missing = (int(n or 0) for n in found)
    if twice or missing:
        raise checks.not_unique(twice=twice, missing=missing, source=side.source)


def _work(left: Path, right: Path | None, method: Path) -> Work:
    from jangkau import __version__

    sides = {"left": left} | ({"right": right} if right is not None else {})
    inputs = {name: spark_files.digest(path=path) for name, path in sides.items()}
    inputs["method"] = sha256(path=method)
    return Work(inputs=inputs, as_of="", versions={"code": __version__}, seed=0, settings={"engine": "spark"})


def _changed(source: Source, read: int) -> Complaint:
    return Complaint(
        what=Text("Berkas berubah selagi dibaca.", "The files changed while they were read."),
        where=source.name,
        why=Text(
            f"Mula-mula ada {source.rows} baris, terbaca {read}.", f"There were {source.rows} rows; {read} were read."
        ),
        do=Text(
            "Tunggu sampai berkasnya selesai ditulis, lalu ulangi.", "Wait until they are written, then try again."
        ),
    )


def _no_previous() -> Complaint:
    return Complaint(
        what=Text(
            "Mesin Spark belum dapat melanjutkan hasil sebelumnya.",
            "The Spark engine cannot go on from earlier results.",
        ),
        where="--previous",
        why=Text("Hanya mesin duckdb yang dapat.", "Only the duckdb engine can."),
        do=Text(
            "Jalankan tanpa --previous, atau dengan --engine duckdb.",
            "Run without --previous, or with --engine duckdb.",
        ),
    )


__all__ = ["Linkage", "Run", "check_unique", "link"]
