"""Do the sides fit the method: values of the right kind, ids of their own, fields that say something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.charts.wording import count
from jangkau.complaints import Complaint, Text
from jangkau.linkage import search
from jangkau.linkage.blocks import default_blocks
from jangkau.linkage.lines import Lines, Shape, pack
from jangkau.linkage.method import Block, Method
from jangkau.linkage.method_file import no_block
from jangkau.linkage.sources import Source

Ints = npt.NDArray[np.int64]
EM_NOTE = Text(
    "Kurang dari 100 pasangan dengan nomor yang sama: bobot ditaksir dengan EM, dan lebih tidak pasti.",
    "Fewer than 100 pairs with equal numbers to train on: weights are estimated by EM, and are less certain.",
)


def check_first_rows(*, source: Source, method: Method, shape: Shape) -> None:
    """Complaint when the values in the first rows are not what their kinds can hold: before hours of search."""
    columns = next(source.batches(with_id=False), None)
    if columns:
        lines = pack(columns=columns, method=method, shape=shape)
        understood = understood_rows(
            lines=lines, filled=search.filled(lines=lines, method=method, shape=shape), method=method, shape=shape
        )
        check_kinds(
            method=method, given=given_rows(columns=columns, method=method), understood=understood, source=source
        )


def understood_rows(*, lines: Lines, filled: Ints, method: Method, shape: Shape) -> Ints:
    """How many rows say something in each field by themselves: a date inside the NIK stands in for one unreadable."""
    out = filled.copy()
    for place, one in enumerate(method.fields):
        if one.kind.name == "date":
            out[place] = np.count_nonzero(lines.words[:, shape.at[place]])
    return out


def given_rows(*, columns: list[pa.Array], method: Method) -> Ints:
    """How many rows have something in each field."""
    by_name = dict(zip(method.columns, columns, strict=True))
    there = [max(_not_empty(by_name[name]) for name in field.columns) for field in method.fields]
    return np.array(there, np.int64)


def _not_empty(column: pa.Array) -> int:
    return int(pc.sum(pc.greater(pc.binary_length(column), 0)).as_py() or 0)


def check_kinds(*, method: Method, given: Ints, understood: Ints, source: Source) -> None:
    """Complaint when most values of a field are not what its kind can hold."""
    for field, there, read in zip(method.fields, given.tolist(), understood.tolist(), strict=True):
        if there >= 10 and read < 0.5 * there:
            raise Complaint(
                what=Text(
                    f"Isi {field.name!r} bukan {field.kind.name}.",
                    f"What is in {field.name!r} is no {field.kind.name}.",
                ),
                where=f"{source.name}, {', '.join(field.columns)}",
                why=Text(
                    f"Hanya {read} dari {there} isian dapat dipahami.",
                    f"Only {read} of {there} values can be understood.",
                ),
                do=Text(
                    f"Untuk tanggal, periksa format ({field.format}); atau pakai kind lain, misalnya text atau code."
                    if field.kind.name == "date"
                    else "Pakai kind lain, misalnya text, code atau identifier.",
                    f"For dates, check the format ({field.format}); or use another kind, such as text or code."
                    if field.kind.name == "date"
                    else "Use another kind, such as text, code or identifier.",
                ),
            )


def check_unique(*, hashes: npt.NDArray[np.uint64], source: Source) -> None:
    """Complaint when an id stands twice or is missing. ``hashes`` are sorted in their place: there are many."""
    hashes.sort()
    twice = int(np.count_nonzero((hashes[1:] == hashes[:-1]) & (hashes[1:] != 0)))
    missing = int(np.searchsorted(hashes, np.uint64(0), side="right"))
    if twice or missing:
        raise not_unique(twice=twice, missing=missing, source=source)


def not_unique(*, twice: int, missing: int, source: Source) -> Complaint:
    """So many rows use an id that was used before, so many have none."""
    return Complaint(
        what=Text(f"Kolom id {source.id_column!r} tidak unik.", f"The id column {source.id_column!r} is not unique.")
        if twice
        else Text(f"Kolom id {source.id_column!r} ada yang kosong.", f"The id column {source.id_column!r} has gaps."),
        where=source.name,
        why=Text(
            f"{twice} baris memakai id yang sudah dipakai, {missing} baris tanpa id.",
            f"{twice} rows use an id that was used before, {missing} rows have none.",
        ),
        do=Text(
            "Beri setiap baris id sendiri, misalnya nomor baris, dan sebut kolomnya dalam left_id atau right_id.",
            "Give every row an id of its own, such as its line number, and name the column in left_id or right_id.",
        ),
    )


def without_empty(*, method: Method, filled: Ints, source: Source) -> tuple[Method, tuple[Text, ...]]:
    """Fields without a single value are dropped, with the blocks that need them."""
    empty = {one.name for one, n in zip(method.fields, filled.tolist(), strict=True) if n == 0}
    if not empty or not source.rows:
        return method, ()
    fields = tuple(
        replace(one, inside=None if one.inside in empty else one.inside)
        for one in method.fields
        if one.name not in empty
    )
    blocks = tuple(block for block in method.blocks if not any(block.uses(name) for name in empty))
    if fields and not blocks:
        blocks = tuple(Block(" & ".join(map(".".join, parts)), parts) for parts in default_blocks(fields=fields))
    if not blocks:
        raise no_block(where=f"{source.name}: {', '.join(sorted(empty))}")
    notes = tuple(
        Text(
            f"{source.name}: kolom {name!r} kosong di semua baris dan tidak dipakai.",
            f"{source.name}: the field {name!r} is empty in every row and is not used.",
        )
        for name in sorted(empty)
    )
    return replace(method, fields=fields, blocks=blocks), notes


def empty_right(*, method: Method, found: search.Found, right: Source | None) -> tuple[Text, ...]:
    """What to say of fields that are empty in every row of the other side."""
    if right is None or not found.rows:
        return ()
    return tuple(
        Text(
            f"{right.name}: kolom {one.name!r} kosong di semua baris dan tidak dipakai.",
            f"{right.name}: the field {one.name!r} is empty in every row and is not used.",
        )
        for one, n in zip(method.fields, found.filled.tolist(), strict=True)
        if n == 0
    )


def left_out_notes(*, found: search.Found) -> tuple[Text, ...]:
    """What to say of keys that too many rows share."""
    return tuple(
        _left_out(one.block, count(value=one.keys), count(value=one.rows)) for one in found.left_out if one.keys
    )


def _left_out(block: str, keys: Text, rows: Text) -> Text:
    return Text(
        f"Blok {block}: nilai yang dipakai terlalu banyak baris dilewati ({keys.id} nilai, {rows.id} baris); "
        "baris itu masih dicari lewat blok lain.",
        f"Block {block}: values shared by too many rows are left out ({keys.en} of them, in {rows.en} rows); "
        "those rows are still looked for through the other blocks.",
    )
