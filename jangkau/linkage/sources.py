"""The files to link: CSV (all text) or Parquet, read in batches of text columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jangkau.complaints import Complaint, Text
from jangkau.linkage import csv_files
from jangkau.linkage.method import Method
from jangkau.linkage.method_file import near

BATCH_ROWS = 1 << 17


@dataclass(frozen=True)
class Source:
    """One side: a Parquet file (its own, or made from the CSV), its id column and the columns the method names.

    ``name`` is what a complaint calls the file; ``formats``: how the method writes columns that hold true dates.
    """

    path: Path
    name: str
    id_column: str
    columns: tuple[str, ...]
    rows: int
    formats: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def batches(self, *, with_id: bool = True, rows: int = BATCH_ROWS) -> Iterator[list[pa.Array]]:
        """Batches as string arrays: the id first (when asked for), then the columns in their order."""
        wanted = [self.id_column, *self.columns] if with_id else list(self.columns)
        with pq.ParquetFile(self.path, pre_buffer=False) as file:  # a buffer would hold the whole file
            for batch in file.iter_batches(batch_size=rows, columns=list(dict.fromkeys(wanted)), use_threads=True):
                yield [as_text(batch.column(column), form=self.formats.get(column)) for column in wanted]

    def ids(self) -> pa.ChunkedArray:
        """The id column as it is in the file."""
        return pq.read_table(self.path, columns=[self.id_column]).column(0)


def as_text(array: pa.Array, *, form: str | None = None) -> pa.Array:
    """Any column as text; what is text stays as it is. ``form``: how to write true dates, else as in 1990-12-31."""
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_floating(array.type):  # a NIK or a code that a spreadsheet made a number of
        whole = pc.cast(array, pa.int64(), safe=False)
        array = pc.if_else(pc.equal(pc.cast(whole, array.type, safe=False), array), pc.cast(whole, pa.string()), None)
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.date32(), safe=False)
    if form and form != "%Y-%m-%d" and pa.types.is_date(array.type):
        return pc.strftime(array.cast(pa.timestamp("s")), format=form)
    return array.cast(pa.string())


def open_source(*, path: Path, id_column: str, method: Method, scratch: Path, settings: dict[str, str | int]) -> Source:
    """Look at a file and check that it has what the method names. A CSV becomes Parquet in ``scratch`` first."""
    if not path.is_file():
        raise _complaint(
            path,
            Text("Berkas tidak ada.", "The file is not there."),
            Text("Nama atau foldernya mungkin lain.", "Its name or folder may be another one."),
            Text("Periksa nama berkasnya.", "Check the name of the file."),
        )
    wanted = (id_column, *method.columns)
    parquet = path
    if _is_parquet(path):
        names, types, rows = _parquet(path)
    else:
        header = csv_files.header(path=path)
        names, types = header.names, {}
        _check_columns(path, wanted, names)
        parquet = csv_files.to_parquet(path=path, found=header, columns=wanted, scratch=scratch, settings=settings)
        rows = pq.read_metadata(parquet).num_rows
    _check_columns(path, wanted, names)
    for column in wanted:
        if types and _holds_no_text(types[column]):
            raise _complaint(
                path,
                Text(
                    f"Kolom {column!r} tidak dapat dibaca sebagai teks.",
                    f"The column {column!r} cannot be read as text.",
                ),
                Text(f"Jenisnya {types[column]}.", f"Its type is {types[column]}."),
                Text("Simpan kolom itu sebagai teks.", "Save that column as text."),
            )
    if not rows:
        raise _complaint(
            path,
            Text("Berkas ini tidak berisi satu baris pun.", "This file has no rows."),
            Text("Hanya ada judul kolom.", "There are only the names of columns."),
            Text("Periksa berkasnya, atau minta dikirim lagi.", "Check the file, or ask for it to be sent again."),
        )
    dates = {one.columns[0]: one.format for one in method.fields if one.kind.name == "date"}
    formats = {name: form for name, form in dates.items() if types and pa.types.is_temporal(types[name])}
    return Source(parquet, path.name, id_column, method.columns, rows, formats=formats)


def _parquet(path: Path) -> tuple[tuple[str, ...], dict[str, pa.DataType], int]:
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError):
        raise _complaint(
            path,
            Text("Berkas Parquet ini rusak.", "This Parquet file is broken."),
            Text("Isinya tidak dapat dibaca.", "What is in it cannot be read."),
            Text("Minta berkasnya dikirim lagi.", "Ask for the file to be sent again."),
        ) from None
    return tuple(schema.names), {field.name: field.type for field in schema}, rows


def _check_columns(path: Path, wanted: Sequence[str], names: Sequence[str]) -> None:
    for column in wanted:
        if column not in names:
            raise _complaint(
                path,
                Text(f"Kolom {column!r} tidak ada.", f"There is no column {column!r}."),
                Text(f"Kolom yang ada: {', '.join(names[:40])}.", f"The columns are: {', '.join(names[:40])}."),
                near(word=column, known=names)
                or Text("Perbaiki nama kolom dalam berkas metode.", "Mend the name of the column in the method file."),
            )
        if names.count(column) > 1:
            raise _complaint(
                path,
                Text(f"Kolom {column!r} ada dua kali.", f"The column {column!r} is there twice."),
                Text("Tidak jelas yang mana yang dimaksud.", "It is not clear which one is meant."),
                Text("Ganti nama salah satunya.", "Rename one of them."),
            )


def _holds_no_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _complaint(path: Path, what: Text, why: Text, do: Text) -> Complaint:
    return Complaint(what=what, where=path.name, why=why, do=do)
