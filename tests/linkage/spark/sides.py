"""Linking the same sides on one machine and on Spark, and holding the two results against each other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from jangkau.linkage import method_file, spark_engine
from jangkau.linkage.link import Outcome, Settings, link
from jangkau.linkage.spark_packing import Sizes

CLOSE = 1e-9
SMALL = Sizes(chunk=128, zone=512, slice=1024)
"""So small that a few thousand rows make several chunks, zones and slices."""
PEOPLE: dict[str, Any] = {
    "left_id": "rec_id",
    "right_id": "kpj",
    "fields": [
        {"name": "nik", "kind": "nik"},
        {"name": "nama", "kind": "person_name"},
        {"name": "tanggal_lahir", "kind": "date", "format": "%Y-%m-%d"},
        {"name": "jenis_kelamin", "kind": "sex"},
        {"name": "kode_wilayah", "kind": "region"},
        {"name": "no_hp", "kind": "phone"},
    ],
}


@dataclass(frozen=True)
class Done:
    """The results of one engine."""

    links: pa.Table
    left: pa.Table
    model: dict[str, Any]
    outcome: Outcome


def method_at(folder: Path, **words: Any) -> Path:
    path = folder / "method.yaml"
    path.write_text(yaml.safe_dump(PEOPLE | words), encoding="utf-8")
    return path


def here(*, left: Path, right: Path | None, method: Path, out: Path) -> Done:
    """On one machine."""
    settings = Settings(threads=1, force=True)
    return _done(link(left=left, right=right, method=method, out=out, settings=settings, clock=lambda: 0.0))


def on_spark(*, left: Path, right: Path | None, method: Path, out: Path, sizes: Sizes | None = None) -> Done:
    """On Spark, in the session that is running."""
    return _done(
        spark_engine.link(
            left=left,
            right=right,
            how=method_file.read(path=method),
            method=method,
            out=out,
            settings=Settings(engine="spark", force=True),
            clock=lambda: 0.0,
            sizes=sizes,
        )
    )


def _done(outcome: Outcome) -> Done:
    out = outcome.out
    model = json.loads((out / "model.json").read_text(encoding="utf-8"))
    return Done(pq.read_table(out / "links.parquet"), pq.read_table(out / "left.parquet"), model, outcome)


def differences(one: Done, other: Done) -> list[str]:
    """Everything in which two results differ; numbers may be apart by rounding."""
    found = []
    for name in ("links", "left"):
        a, b = getattr(one, name), getattr(other, name)
        if a.schema != b.schema or len(a) != len(b):
            found.append(f"{name}: {len(a)} rows of {a.schema} and {len(b)} rows of {b.schema}")
            continue
        found += [f"{name}.{column}" for column in a.column_names if not _same(a.column(column), b.column(column))]
    return found + _apart("model", one.model, other.model, skip=("files", "left", "right"))


def _same(a: pa.ChunkedArray, b: pa.ChunkedArray) -> bool:
    if pa.types.is_floating(a.type):
        return bool(np.allclose(a.to_numpy(), b.to_numpy(), rtol=0, atol=CLOSE))
    return bool(a.equals(b))


def _apart(place: str, a: Any, b: Any, skip: tuple[str, ...]) -> list[str]:
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return [x for k in a if k not in skip for x in _apart(f"{place}.{k}", a[k], b[k], skip)]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [x for k, (s, t) in enumerate(zip(a, b, strict=True)) for x in _apart(f"{place}[{k}]", s, t, skip)]
    if isinstance(a, float) and isinstance(b, float):
        return [] if abs(a - b) <= CLOSE * max(1.0, abs(a)) else [f"{place}: {a} and {b}"]
    return [] if a == b else [f"{place}: {a} and {b}"]


def in_files(*, path: Path, folder: Path, number: int) -> Path:
    """The same rows as a folder of Parquet files, of unlike sizes, with what Spark leaves beside its data."""
    table = pq.read_table(path)
    folder.mkdir()
    edges = [0, *(len(table) * k * k // (number * number) for k in range(1, number + 1))]
    for k in range(number):
        pq.write_table(table.slice(edges[k], edges[k + 1] - edges[k]), folder / f"part-{k:05}.parquet")
    (folder / "_SUCCESS").touch()
    return folder
