"""A file that arrives -> accepted rows as Parquet, refused rows as CSV, and its quality profile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
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

from jangkau.files import Batch, Piece, Table, open_table
from jangkau.lists import complaints, headings, kpj
from jangkau.lists.flags import flag
from jangkau.lists.headings import Heading
from jangkau.lists.profile import Counts, Profile, Tally
from jangkau.lists.refusals import RefusedFile
from jangkau.lists.rows import Read, RowReader, schema
from jangkau.lists.seen import Seen

ROW_GROUP = 122_880
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
) -> Reading:
    """Read a file once, in a stream, and write its accepted rows to ``accepted`` and the others to ``refused``.

    ``as_of`` is the day of the ages in the profile; nobody is born after it. ``progress`` is told how many bytes of
    the file
    are done. Same bytes give the same Parquet, whatever ``threads``. Raises Complaint for whatever is wrong with the
    file as a whole; what has been written by then is for the caller to throw away.
    """
    with ExitStack() as stack:
        table = stack.enter_context(open_table(path=path))
        heading = headings.find(previews=table.previews, layout=layout, where=path.name)
        _check_table(table, heading, path.name)
        tally = Tally(as_of=as_of)
        job = _Job(table, heading, tally, as_of, max(threads, 1), progress)
        with ExitStack() as files:
            out = RefusedFile(path=refused, header=heading.header, stack=files)
            repeated = job.write(accepted, out)
        if repeated:
            shared = kpj.lines_shared(accepted=accepted, connection=connection)
            if len(shared):
                job.take_out(shared, accepted, refused)
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


class _Job:
    """One reading: pieces of the file are read by several threads and written in order by this one."""

    def __init__(
        self,
        table: Table,
        heading: Heading,
        tally: Tally,
        latest: date,
        threads: int,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._table, self._heading, self._tally = table, heading, tally
        self._threads, self._progress = threads, progress
        self._reader = RowReader(heading=heading, latest=latest)
        self._schema = schema(heading.layout)

    def write(self, accepted: Path, refused: RefusedFile) -> bool:
        """Write all rows. True when a KPJ came twice, so that somebody must look whose it is."""
        niks, kpjs = Seen(), Seen()
        repeated = False
        with _writer(accepted, self._schema) as writer:
            for read in self._reads():
                table = _with_flag(read.accepted, niks.again(read.niks))
                self._tally.add(read, table)
                refused.add(read.refused)
                if read.kpjs is not None:
                    repeated = bool(kpjs.again(read.kpjs).any()) or repeated
                if table.num_rows:
                    writer.write_table(table, row_group_size=ROW_GROUP)
        return repeated

    def take_out(self, lines: npt.NDArray[np.int64], accepted: Path, refused: Path) -> None:
        """Read the file once more, and refuse these rows too. Rare: only when a KPJ belongs to different people."""
        position = self._heading.columns["kpj"]
        fault = ((self._heading.header[position], "kpj_shared"),)
        with ExitStack() as stack, _writer(accepted, self._schema) as writer:
            out = RefusedFile(path=refused, header=self._heading.header, stack=stack)
            niks = Seen()
            for batch, read in self._batches_and_reads():
                table = _with_flag(read.accepted, niks.again(read.niks))
                out_of = np.isin(table.column("line").to_numpy(), lines)
                self._tally.take_back(table.filter(pa.array(out_of)), "kpj_shared")
                out.add(kpj.refuse(batch=batch, lines=lines, fault=fault, others=read.refused))
                writer.write_table(table.filter(pa.array(~out_of)), row_group_size=ROW_GROUP)

    def _pieces(self) -> Iterator[Piece]:
        heading = self._heading
        return self._table.pieces(sheet=heading.sheet, after=heading.last, columns=heading.width)

    def _reads(self) -> Iterator[Read]:
        """Batches read ahead by ``threads`` workers, handed on in the order of the file."""
        waiting: deque[tuple[Future[Read], int]] = deque()
        with ThreadPoolExecutor(self._threads, thread_name_prefix="read") as pool:
            for piece in self._pieces():
                waiting.append((pool.submit(lambda p: self._reader(p.make()), piece), piece.done))
                if len(waiting) > self._threads:
                    yield self._finish(waiting)
            while waiting:
                yield self._finish(waiting)

    def _finish(self, waiting: deque[tuple[Future[Read], int]]) -> Read:
        future, done = waiting.popleft()
        read = future.result()
        if self._progress:
            self._progress(done)
        return read

    def _batches_and_reads(self) -> Iterator[tuple[Batch, Read]]:
        for piece in self._pieces():
            batch = piece.make()
            yield batch, self._reader(batch)


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
    return pq.ParquetWriter(path, kinds, compression="snappy", use_dictionary=own, store_schema=False)


_UNIQUE = frozenset(("line", "nik", "no_hp", "kpj", "no_kk", "email", "alamat"))
