"""A file that arrives -> accepted rows as Parquet, refused rows as CSV, and its quality profile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jangkau.files import Piece, Table, open_table
from jangkau.lists import complaints, headings, kpj
from jangkau.lists.flags import flag
from jangkau.lists.headings import Heading
from jangkau.lists.profile import Counts, Profile, Tally
from jangkau.lists.refusals import RefusedFile
from jangkau.lists.rows import Read, RefusedRow, RowReader, schema
from jangkau.lists.seen import Seen

ROW_GROUP = 122_880
Lines = npt.NDArray[np.int64]
# Which columns of a Parquet can be read as what; any column can be read from text or from nothing but nulls.
_FITS = {
    "nik": ("integer", "float"),
    "digits": ("integer", "float"),
    "phone": ("integer", "float"),
    "region": ("integer", "float"),
    "amount": ("integer", "float"),
    "months": ("integer", "float"),
    "wave": ("integer", "float"),
    "boolean": ("integer", "float", "boolean"),
    "birth_date": ("integer", "float", "date"),
    "date": ("integer", "float", "date"),
    "start_date": ("integer", "float", "date"),
    "end_date": ("integer", "float", "date"),
    "month": ("integer", "float", "date"),
    "text": ("integer", "float", "date", "boolean"),
    "upper": ("integer",),
}


@dataclass(frozen=True)
class Reading:
    """A file that has been read. ``refused`` is None when no row was."""

    file: str
    layout: str
    institution: str
    counts: Counts
    profile: Profile
    accepted: Path
    refused: Path | None


def recognise(*, path: Path) -> str:
    """The layout of a file, by its header. Raises Complaint."""
    with open_table(path=path) as table:
        return headings.find(previews=table.previews, layout=None, where=path.name).layout.name


def read(
    *,
    path: Path,
    layout: str | None,
    institution: str | None,
    accepted: Path,
    refused: Path,
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    threads: int = 2,
    progress: Callable[[int], None] | None = None,
    columns: Mapping[str, str] | None = None,
) -> Reading:
    """Read a file once, in a stream, and write its accepted rows to ``accepted`` and the others to ``refused``.

    ``as_of`` is the day of the ages in the profile; nobody is born after it. ``progress`` is told how many bytes of
    the file
    are done. Same bytes give the same Parquet, whatever ``threads``. Raises Complaint for whatever is wrong with the
    file as a whole; what has been written by then is for the caller to throw away.
    """
    with ExitStack() as stack:
        table = stack.enter_context(open_table(path=path))
        heading = headings.find(previews=table.previews, layout=layout, where=path.name, columns=columns or {})
        _check_table(table, heading, path.name)
        threads = max(threads, 1)
        ahead = kpj.lines_shared_ahead(table=table, heading=heading, latest=as_of, connection=connection)
        job = _Job(table, heading, as_of, threads, progress, ahead)
        repeated = job.write(accepted, refused)
        if repeated and ahead is None:
            shared = kpj.lines_shared(accepted=accepted, connection=connection)
            if len(shared):  # rare, and only here is a file read twice
                job = _Job(table, heading, as_of, threads, None, shared)
                job.write(accepted, refused)
        tally = job.tally
        counts = Counts(tally.accepted + tally.refused, tally.accepted, tally.refused)
        if not counts.read:
            raise complaints.header_only(path.name)
        if not counts.accepted:
            raise complaints.all_refused(path.name, counts.read, tally.refusals, tally.first or (0, ""))
        name = institution or ""
        profile = tally.profile(
            file=path.name, institution=name, kind=table.format, encoding=table.encoding, heading=heading
        )
    return Reading(
        file=path.name,
        layout=heading.layout.name,
        institution=name,
        counts=counts,
        profile=profile,
        accepted=accepted,
        refused=refused if counts.refused else None,
    )


def _check_table(table: Table, heading: Heading, where: str) -> None:
    """Faults of whole columns, before any row is read."""
    for column in heading.layout.columns:
        position = heading.columns.get(column.name)
        kind = table.kind(column=position) if position is not None else "text"
        if kind not in ("text", "empty", *_FITS.get(column.type, ())):
            raise complaints.wrong_type(where, column.name, kind)
    required = frozenset(heading.columns[name] for name in heading.layout.required)
    if cells := table.formula_errors(sheet=heading.sheet, columns=required):
        raise complaints.formula_errors(where, cells)


@dataclass(frozen=True)
class _Done:
    """A batch that has been read. ``refused`` has the rows with a KPJ of several people too, once their lines
    (``shared``) are known; before that, ``kpjs`` has the KPJs of a register as numbers."""

    read: Read
    refused: list[RefusedRow]
    kpjs: Lines | None
    shared: Lines | None = None


class _Job:
    """One reading: pieces of the file are read by several threads and written in order by this one."""

    def __init__(
        self,
        table: Table,
        heading: Heading,
        as_of: date,
        threads: int,
        progress: Callable[[int], None] | None,
        shared: Lines | None,
    ) -> None:
        """``shared`` are lines to refuse because their KPJ belongs to different people; None: not known yet."""
        self._table, self._heading, self._shared = table, heading, shared
        self._threads, self._progress = threads, progress
        self._reader = RowReader(heading=heading, latest=as_of)
        self._schema = schema(heading.layout)
        self.tally = Tally(as_of=as_of)

    def write(self, accepted: Path, refused: Path) -> bool:
        """Write all rows. True when a KPJ came twice, so that somebody must look whose it is."""
        niks, kpjs = Seen(), Seen()
        repeated = False
        with ExitStack() as stack, _writer(accepted, self._schema) as writer:
            out = RefusedFile(path=refused, header=self._heading.header, stack=stack)
            for done in self._reads():
                read = done.read
                table = _with_flag(read.accepted, niks.again(read.niks))
                self.tally.add(read, table)
                if done.shared is not None:
                    shared = np.isin(table.column("line").to_numpy(), done.shared)
                    self.tally.take_back(table.filter(pa.array(shared)), "kpj_shared")
                    table = table.filter(pa.array(~shared))
                out.add(done.refused)
                if done.kpjs is not None:
                    repeated = bool(kpjs.again(done.kpjs).any()) or repeated
                if table.num_rows:
                    writer.write_table(table, row_group_size=ROW_GROUP)
        return repeated

    def _reads(self) -> Iterator[_Done]:
        """Batches read ahead by ``threads`` workers, handed on in the order of the file."""
        heading = self._heading
        waiting: deque[tuple[Future[_Done], int]] = deque()
        with ThreadPoolExecutor(self._threads, thread_name_prefix="read") as pool:
            for piece in self._table.pieces(sheet=heading.sheet, after=heading.last, columns=heading.width):
                waiting.append((pool.submit(self._read, piece), piece.done))
                if len(waiting) > self._threads:
                    yield self._finish(waiting)
            while waiting:
                yield self._finish(waiting)

    def _read(self, piece: Piece) -> _Done:
        batch = piece.make()
        read = self._reader(batch)
        if self._shared is None:
            is_register = self._heading.layout.name == "register"
            column = read.accepted.column("kpj").combine_chunks() if is_register else None
            return _Done(read, read.refused, None if column is None else kpj.as_numbers(column=column))
        if not len(shared := np.intersect1d(batch.line.to_numpy(), self._shared, assume_unique=True)):
            return _Done(read, read.refused, None)
        fault = ((self._heading.header[self._heading.columns["kpj"]], "kpj_shared"),)
        rows = list(kpj.refuse(batch=batch, lines=shared, fault=fault, others=read.refused))
        return _Done(read, rows, None, shared)

    def _finish(self, waiting: deque[tuple[Future[_Done], int]]) -> _Done:
        future, done = waiting.popleft()
        found = future.result()
        if self._progress:
            self._progress(done)
        return found


def _with_flag(table: pa.Table, repeated: npt.NDArray[np.bool_]) -> pa.Table:
    """The rows with the flag of a NIK that the file had before."""
    if not repeated.any():
        return table
    position = table.schema.get_field_index("flags")
    flags = table.column(position).to_numpy() | np.where(repeated, np.int32(flag("nik_repeated")), np.int32(0))
    return table.set_column(position, table.schema.field(position), pa.array(flags, pa.int32()))


def _writer(path: Path, kinds: pa.Schema) -> pq.ParquetWriter:
    # Dictionaries where cells repeat; names and numbers of people do not.
    own = [name for name in kinds.names if name not in _UNIQUE]
    # Least and greatest of texts take a fifth of the time of writing, and no query asks for a range of texts.
    numbers = [field.name for field in kinds if not pa.types.is_string(field.type)]
    return pq.ParquetWriter(
        path, kinds, compression="snappy", use_dictionary=own, write_statistics=numbers, store_schema=False
    )


_UNIQUE = frozenset(("line", "nik", "nama", "nama_ibu", "no_hp", "kpj", "no_kk", "email", "alamat"))
