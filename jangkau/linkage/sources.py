"""The files to link: CSV (all text) or Parquet, read in batches of text columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jangkau.complaints import Complaint, Text
from jangkau.linkage.method import Method
from jangkau.linkage.method_file import near

BATCH_ROWS = 1 << 17


@dataclass(frozen=True)
class Source:
    """One side: a Parquet file (its own, or made from the CSV), its id column and the columns the method names.

    ``name`` is what a complaint calls the file.
    """

    path: Path
    name: str
    id_column: str
    columns: tuple[str, ...]
    rows: int

    def batches(self, *, with_id: bool = True, rows: int = BATCH_ROWS) -> Iterator[list[pa.Array]]:
        """Batches as string arrays: the id first (when asked for), then the columns in their order."""
        wanted = [self.id_column, *self.columns] if with_id else list(self.columns)
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(batch_size=rows, columns=list(dict.fromkeys(wanted)), use_threads=True):
                yield [as_text(batch.column(column)) for column in wanted]

    def ids(self) -> pa.ChunkedArray:
        """The id column as it is in the file."""
        return pq.read_table(self.path, columns=[self.id_column]).column(0)


def as_text(array: pa.Array) -> pa.Array:
    """Any column as text; what is text stays as it is."""
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_floating(array.type):  # a NIK or a code that a spreadsheet made a number of
        whole = pc.cast(array, pa.int64(), safe=False)
        array = pc.if_else(pc.equal(pc.cast(whole, array.type, safe=False), array), pc.cast(whole, pa.string()), None)
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.date32())
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
    parquet = path if _is_parquet(path) else _from_csv(path, scratch, settings)
    try:
        with pq.ParquetFile(parquet) as file:
            names, rows = file.schema_arrow.names, file.metadata.num_rows
    except (pa.ArrowException, OSError):
        raise _complaint(
            path,
            Text("Berkas Parquet ini rusak.", "This Parquet file is broken."),
            Text("Isinya tidak dapat dibaca.", "What is in it cannot be read."),
            Text("Minta berkasnya dikirim lagi.", "Ask for the file to be sent again."),
        ) from None
    for column in (id_column, *method.columns):
        if column not in names:
            raise _complaint(
                path,
                Text(f"Kolom {column!r} tidak ada.", f"There is no column {column!r}."),
                Text(f"Kolom yang ada: {', '.join(names[:40])}.", f"The columns are: {', '.join(names[:40])}."),
                near(word=column, known=names)
                or Text("Perbaiki nama kolom dalam berkas metode.", "Mend the name of the column in the method file."),
            )
    return Source(parquet, path.name, id_column, method.columns, rows)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _from_csv(path: Path, scratch: Path, settings: dict[str, str | int]) -> Path:
    target = scratch / f"{sha256(str(path).encode()).hexdigest()[:16]}.parquet"
    source, out = (str(p).replace("'", "''") for p in (path, target))
    with duckdb.connect(":memory:", config=dict(settings)) as connection:
        try:
            connection.execute(
                f"COPY (SELECT * FROM read_csv('{source}', all_varchar = true, header = true, sample_size = 20000)) "
                f"TO '{out}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {BATCH_ROWS})"
            )
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException) as error:
            line = next((part for part in str(error).split() if part.isdigit()), "?") if "Line" in str(error) else "?"
            raise _complaint(
                path,
                Text("Berkas CSV ini tidak dapat dibaca.", "This CSV file cannot be read."),
                Text(
                    f"Baris {line} tidak sesuai dengan baris lain, atau hurufnya bukan UTF-8.",
                    f"Line {line} does not fit the others, or its letters are not UTF-8.",
                ),
                Text("Simpan sebagai CSV UTF-8 dan coba lagi.", "Save it as UTF-8 CSV and try again."),
            ) from None
    return target


def _complaint(path: Path, what: Text, why: Text, do: Text) -> Complaint:
    return Complaint(what=what, where=path.name, why=why, do=do)
