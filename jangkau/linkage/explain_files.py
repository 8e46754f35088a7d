"""The folder of a link read again: its model, its rows by id, and the records of the files that were linked."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jangkau.complaints import Complaint, Text
from jangkau.linkage.evidence import Record
from jangkau.linkage.index import CLASSES
from jangkau.linkage.method import Method
from jangkau.linkage.model import method_from, weights_from
from jangkau.linkage.sources import as_text
from jangkau.linkage.weights import Weights

_NEAR, _LOOKED_AT = 3, 5000
_BATCH = 1 << 17


@dataclass(frozen=True)
class Folder:
    """A folder that `jangkau link` left."""

    path: Path
    model: Mapping[str, Any]
    method: Method
    weights: Weights

    @property
    def links(self) -> Path:
        return self.path / "links.parquet"

    @property
    def left(self) -> Path:
        return self.path / "left.parquet"

    @property
    def same_file(self) -> bool:
        return self.model["figures"]["right"] is None

    def place(self, name: str) -> int:
        """Where a field stands; Complaint-free: the model names its own fields."""
        return next(k for k, one in enumerate(self.method.fields) if one.name == name)


@dataclass(frozen=True)
class Rows:
    """Records by id, of either side."""

    left: Mapping[str, Record]
    right: Mapping[str, Record]


def open_folder(*, folder: Path) -> Folder:
    """Complaint when the folder was not left by `jangkau link`, or by another version of it."""
    try:
        model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        whole = all((folder / name).is_file() for name in ("links.parquet", "left.parquet"))
        if not whole:
            raise FileNotFoundError
        return Folder(folder, model, method_from(model=model), weights_from(model=model))
    except OSError:
        raise Complaint(
            what=Text("Folder ini bukan hasil jangkau link.", "This folder is not the result of jangkau link."),
            where=str(folder),
            why=Text(
                "model.json, links.parquet dan left.parquet harus ada di dalamnya.",
                "It has to hold model.json, links.parquet and left.parquet.",
            ),
            do=Text("Sebut folder yang diberikan pada --out.", "Name the folder that was given as --out."),
        ) from None
    except (ValueError, KeyError, TypeError, IndexError):
        raise Complaint(
            what=Text("model.json tidak dapat dipahami.", "model.json cannot be understood."),
            where=str(folder / "model.json"),
            why=Text("Berkas itu rusak atau dari versi lain.", "It is broken, or of another version."),
            do=Text("Jalankan jangkau link lagi dengan --force.", "Run jangkau link again with --force."),
        ) from None


def average(weights: Weights, name: int) -> Weights:
    """Weights by which every equal or held name weighs what it does on average, whatever its rarity."""
    if weights.by_rarity is None:
        return weights
    flat = np.repeat(weights.table[name][:, None], CLASSES, axis=1)
    return replace(weights, by_rarity=flat, namesakes=np.zeros(CLASSES))


def matching(*, path: Path, column: str, wanted: str) -> list[dict[str, Any]]:
    """The rows of a result whose id is the wanted one; ids come as text."""
    found: list[dict[str, Any]] = []
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            here = _places(file, group, column, {wanted})
            if not len(here):
                continue
            table = file.read_row_group(group).take(pa.array(here))
            ids = [name for name in table.schema.names if name.endswith("_id")]
            texts = {name: as_text(table.column(name).combine_chunks()).to_pylist() for name in ids}
            found += [row | {name: texts[name][k] for name in ids} for k, row in enumerate(table.to_pylist())]
    return found


def _places(file: pq.ParquetFile, group: int, column: str, wanted: Iterable[str]) -> Any:
    """Where in a row group the ids stand that are wanted."""
    ids = file.read_row_group(group, columns=[column]).column(0)
    found = [as_text(chunk) for chunk in ids.chunks] or [pa.array([], pa.string())]
    mask = pc.is_in(pa.chunked_array(found), value_set=pa.array(sorted(wanted), pa.string()))
    return np.flatnonzero(mask.to_numpy())


def records(*, folder: Folder, side: str, wanted: Iterable[str]) -> dict[str, Record]:
    """The records of these ids from the file that was linked. Complaint when it is no longer where it was."""
    path = source(folder=folder, side=side)
    columns = list(dict.fromkeys([_id_column(folder, side), *folder.method.columns]))
    ids = set(wanted)
    try:
        with path.open("rb") as file:
            parquet = file.read(4) == b"PAR1"
        found = _from_parquet(path, columns, ids) if parquet else _from_csv(path, columns, ids)
    except (OSError, pa.ArrowException, KeyError, duckdb.Error):
        raise changed(folder) from None
    return {str(row[columns[0]]): row for row in found}


def _id_column(folder: Folder, side: str) -> str:
    return folder.method.left_id if side == "left" or folder.same_file else folder.method.right_id


def source(*, folder: Folder, side: str) -> Path:
    """Where a file that was linked is now; Complaint when it is not there."""
    known = folder.model.get("files") or {}
    name = known.get("left" if folder.same_file else side)
    path: Path | None = folder.path / name if name else None
    if path is None or not path.is_file():
        title = folder.model["figures"]["left" if folder.same_file else side]
        raise Complaint(
            what=Text(f"Berkas {title} tidak ada lagi di tempatnya.", f"The file {title} is no longer in its place."),
            where=str(path or folder.path),
            why=Text(
                "Kata-kata yang rinci dan pasangan yang tidak dilaporkan memerlukan berkas aslinya.",
                "Detailed words, and pairs that were not told, take the files that were linked.",
            ),
            do=Text(
                "Kembalikan berkasnya, atau jalankan jangkau link lagi.", "Put it back, or run jangkau link again."
            ),
        )
    return path


def _from_parquet(path: Path, columns: list[str], ids: set[str]) -> list[Record]:
    found: list[Record] = []
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            here = _places(file, group, columns[0], ids)
            if len(here):
                table = file.read_row_group(group, columns=columns).take(pa.array(here)).combine_chunks()
                texts = {name: as_text(table.column(name).chunk(0)).to_pylist() for name in columns}
                found += [{name: texts[name][k] for name in columns} for k in range(len(here))]
    return found


def _from_csv(path: Path, columns: list[str], ids: set[str]) -> list[Record]:
    named = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    quoted = '"' + columns[0].replace('"', '""') + '"'
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(
            f"SELECT {named} FROM read_csv(?, all_varchar = true, header = true, sample_size = 20000) "
            f"WHERE {quoted} IN (SELECT unnest(?))",
            [str(path), sorted(ids)],
        ).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def changed(folder: Folder) -> Complaint:
    """The files no longer hold what was linked."""
    figures = folder.model["figures"]
    return Complaint(
        what=Text("Berkas yang ditautkan telah berubah.", "The files that were linked have changed."),
        where=" + ".join(name for name in (figures["left"], figures["right"]) if name),
        why=Text(
            "Isi, kolom atau id-nya bukan lagi yang ditautkan.",
            "Their content, columns or ids are no longer what was linked.",
        ),
        do=Text("Kembalikan berkasnya, atau jalankan jangkau link lagi.", "Put them back, or run jangkau link again."),
    )


def unknown_left(*, folder: Folder, wanted: str) -> Complaint:
    """No left row has this id; with those that are near."""
    with pq.ParquetFile(folder.left) as file:
        ids = (as_text(batch.column(0)) for batch in file.iter_batches(batch_size=_BATCH, columns=["left_id"]))
        near = _near(ids, wanted)
    return _unknown(folder, "left", wanted, near)


def unknown_right(*, folder: Folder, wanted: str) -> Complaint:
    """No row of the right file has this id; with those that are near."""
    path = source(folder=folder, side="right")
    near: list[str] = []
    try:
        with pq.ParquetFile(path) as file:
            column = _id_column(folder, "right")
            near = _near((as_text(b.column(0)) for b in file.iter_batches(batch_size=_BATCH, columns=[column])), wanted)
    except (OSError, pa.ArrowException, KeyError):
        pass  # a CSV: what is near is not worth reading it again
    return _unknown(folder, "right", wanted, near)


def _near(batches: Iterable[pa.Array], wanted: str) -> list[str]:
    """Ids like the wanted one, among those that begin or end as it does."""
    half = max(1, len(wanted) // 2)
    pattern = f"^{re.escape(wanted[:half])}|{re.escape(wanted[-half:])}$"
    found: list[str] = []
    for ids in batches:
        if len(found) < _LOOKED_AT:
            hits = ids.filter(pc.fill_null(pc.match_substring_regex(ids, pattern, ignore_case=True), False))
            found += hits.slice(0, _LOOKED_AT - len(found)).to_pylist()
    return difflib.get_close_matches(wanted, found, n=_NEAR, cutoff=0.6)


def _unknown(folder: Folder, side: str, wanted: str, near: list[str]) -> Complaint:
    name = folder.model["figures"]["left" if folder.same_file else side]
    near = [shown_id(folder=folder, side=side, text=one) for one in near]
    listed = ", ".join(near)
    do = Text(f"Mungkin maksudnya {listed}?", f"Did you mean {listed}?") if near else Text(
        "Salin id dari links.parquet atau dari berkasnya.", "Copy the id from links.parquet or from the file."
    )  # fmt: skip
    column = _id_column(folder, side)
    return Complaint(
        what=Text(
            f"Tidak ada baris dengan id {shown_id(folder=folder, side=side, text=wanted)!r}.",
            f"There is no row with the id {shown_id(folder=folder, side=side, text=wanted)!r}.",
        ),
        where=f"{name}, {column}",
        why=Text(f"Id dicari di kolom {column}.", f"Ids are looked for in the column {column}."),
        do=do,
    )


def shown_id(*, folder: Folder, side: str, text: str) -> str:
    """An id as it may be printed: where the id is the NIK itself, its middle is hidden."""
    column = _id_column(folder, side)
    nik = any(one.kind.name == "nik" and column in one.columns for one in folder.method.fields)
    if nik or re.fullmatch(r"\d{16}", text):
        return f"{text[:4]}…{text[-4:]}"
    return text
