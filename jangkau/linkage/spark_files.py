"""The files to link as Spark reads them: one Parquet file, or a folder of them, and the number of every row.

Rows are numbered through all files of a folder, in the order of their names: what decides between equals is the same
as when the files stood behind each other in one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jangkau.complaints import Complaint, Text
from jangkau.linkage.method import Method
from jangkau.linkage.method_file import near
from jangkau.linkage.sources import Source
from jangkau.outputs import sha256

_READERS = 8
_SLASHES = re.compile("^file:/+")  # Spark writes one or three of them


@dataclass(frozen=True)
class Piece:
    """One file of a side: how Spark calls it, the number of its first row, how many it has."""

    uri: str
    first: int
    rows: int


@dataclass(frozen=True)
class Side:
    """One side as a data frame (all columns of the files) and its pieces; ``source`` is what complaints speak of."""

    frame: Any
    pieces: tuple[Piece, ...]
    source: Source

    def numbered(self, *, columns: Sequence[str]) -> Any:
        """Rows with `row` (its number), `id` and the columns as `c0`, `c1`, ..."""
        from pyspark.sql import functions as f

        def named(column: str) -> Any:
            return f.col("`" + column.replace("`", "``") + "`")

        wanted = [
            f.col("_metadata.row_index").alias("place"),
            named(self.source.id_column).alias("id"),
            *(named(column).alias(f"c{k}") for k, column in enumerate(columns)),
        ]
        if len(self.pieces) == 1:
            rows = self.frame.select(*wanted).withColumn("row", f.col("place") + self.pieces[0].first)
        else:
            firsts = self.frame.sparkSession.createDataFrame(
                [(_SLASHES.sub("file:/", piece.uri), piece.first) for piece in self.pieces], "uri string, first long"
            )
            rows = (
                self.frame.select(
                    f.regexp_replace("_metadata.file_path", _SLASHES.pattern, "file:/").alias("uri"), *wanted
                )
                .join(f.broadcast(firsts), "uri")
                .withColumn("row", f.col("place") + f.col("first"))
            )
        return rows.select("row", "id", *(f"c{k}" for k in range(len(columns))))


def open_side(*, spark: Any, path: Path, id_column: str, method: Method) -> Side:
    """Look at a file or folder and check that it has what the method names. Complaint for what does not fit."""
    check_path(path=path)
    frame = spark.read.option("mergeSchema", "false").parquet(str(path))
    uris = sorted(frame.inputFiles())
    with ThreadPoolExecutor(_READERS) as pool:
        looks = list(pool.map(lambda uri: _look(path, _path_of(uri)), uris))
    for column in (id_column, *method.columns):
        if column not in frame.columns:
            raise _no_column(path, column, frame.columns)
    kinds = {column: looks[0].schema.field(column).type for column in (id_column, *method.columns)
             if column in looks[0].schema.names}  # fmt: skip
    pieces, first = [], 0
    for uri, look in zip(uris, looks, strict=True):
        for column, kind in kinds.items():
            if column not in look.schema.names or look.schema.field(column).type != kind:
                raise _other_type(path, uri, column, kind)
        pieces.append(Piece(uri, first, look.rows))
        first += look.rows
    return Side(frame, tuple(pieces), Source(path, path.name, id_column, method.columns, first))


@dataclass(frozen=True)
class _Look:
    schema: pa.Schema
    rows: int


def _look(path: Path, file: Path) -> _Look:
    try:
        with pq.ParquetFile(file) as opened:
            return _Look(opened.schema_arrow, opened.metadata.num_rows)
    except (pa.ArrowException, OSError):
        raise Complaint(
            what=Text("Berkas Parquet ini rusak.", "This Parquet file is broken."),
            where=path.name if file == path else f"{path.name}/{file.name}",
            why=Text("Isinya tidak dapat dibaca.", "What is in it cannot be read."),
            do=Text("Minta berkasnya dikirim lagi.", "Ask for the file to be sent again."),
        ) from None


def files_of(*, path: Path) -> list[Path]:
    """The data files of a side, in the order of their names; names that begin with . or _ are not data, as in Spark."""
    if path.is_file():
        return [path]
    found = [file for file in path.rglob("*") if file.is_file()]
    return sorted(f for f in found if not any(part.startswith((".", "_")) for part in f.relative_to(path).parts))


def digest(*, path: Path) -> str:
    """SHA-256 of a file; of a folder, over the names and digests of its files."""
    check_path(path=path)
    if path.is_file():
        return sha256(path=path)
    files = files_of(path=path)
    with ThreadPoolExecutor(_READERS) as pool:
        each = list(pool.map(lambda file: sha256(path=file), files))
    whole = hashlib.sha256()
    for file, one in zip(files, each, strict=True):
        whole.update(f"{file.relative_to(path).as_posix()}\0{one}\n".encode())
    return whole.hexdigest()


def check_path(*, path: Path) -> None:
    """Complaint for what is not there, what is no Parquet, and a folder without any."""
    if not path.exists():
        raise Complaint(
            what=Text("Berkas tidak ada.", "The file is not there."),
            where=str(path),
            why=Text(
                "Nama atau foldernya mungkin lain; alamat seperti s3:// atau hdfs:// tidak dibaca.",
                "Its name or folder may be another one; addresses such as s3:// or hdfs:// are not read.",
            ),
            do=Text(
                "Periksa namanya. Di kluster, beri folder bersama yang terlihat oleh semua mesin.",
                "Check its name. On a cluster, give a shared folder that every machine sees.",
            ),
        )
    files = files_of(path=path)
    wrong = next((file for file in files if not _is_parquet(file)), None)
    if files and wrong is None:
        return
    raise Complaint(
        what=Text("Mesin Spark hanya membaca Parquet.", "The Spark engine reads Parquet only."),
        where=str(path),
        why=Text("Folder ini tidak berisi berkas.", "There is no file in this folder.")
        if wrong is None
        else Text(f"{wrong.name} bukan berkas Parquet.", f"{wrong.name} is no Parquet file."),
        do=Text(
            "Ubah menjadi Parquet (misalnya dengan DuckDB: COPY ... TO 'berkas.parquet'), atau pakai --engine duckdb.",
            "Turn it into Parquet (with DuckDB for example: COPY ... TO 'file.parquet'), or use --engine duckdb.",
        ),
    )


def _path_of(uri: str) -> Path:
    """The path in an address such as file:///a%20b/c.parquet."""
    path = _SLASHES.sub("/", uri).encode()
    return Path(re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), path).decode())


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _no_column(path: Path, column: str, names: Sequence[str]) -> Complaint:
    return Complaint(
        what=Text(f"Kolom {column!r} tidak ada.", f"There is no column {column!r}."),
        where=path.name,
        why=Text(f"Kolom yang ada: {', '.join(names[:40])}.", f"The columns are: {', '.join(names[:40])}."),
        do=near(word=column, known=names)
        or Text("Perbaiki nama kolom dalam berkas metode.", "Mend the name of the column in the method file."),
    )


def _other_type(path: Path, uri: str, column: str, kind: pa.DataType) -> Complaint:
    name = _path_of(uri).name
    return Complaint(
        what=Text(
            f"Kolom {column!r} tidak sejenis di semua berkas.", f"The column {column!r} is not alike in all files."
        ),
        where=f"{path.name}/{name}",
        why=Text(
            f"Di berkas pertama jenisnya {kind}; di sini lain, atau kolomnya tidak ada.",
            f"In the first file its type is {kind}; here it is another one, or the column is missing.",
        ),
        do=Text("Tulis ulang berkas itu dengan jenis yang sama.", "Write that file again with the same type."),
    )
