"""CSV and TXT: blocks of bytes become batches of cells.

Blocks are cut at the end of a record, one after the other; each is then taken apart by pyarrow's reader, by any
thread. A block
in which something is odd (a ragged row, a NUL byte, a broken character, a cell too long) is read once more with
care: the odd rows are taken out as they are, and the rest goes the same way as before.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator, Iterator
from functools import partial
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv

from jangkau.files import faults
from jangkau.files.dialect import DELIMITERS, find_delimiter, first_rows, split
from jangkau.files.encodings import LOST, UTF8, ToUtf8
from jangkau.files.records import Records, find_records, lines_are_records
from jangkau.files.source import Source
from jangkau.files.table import LONGEST_CELL, Batch, BrokenCode, BrokenRow, Kind, Piece, Preview

BLOCK = 24 * 2**20
SAMPLE = 2**20
# A line longer than this is not read into memory as one.
LONGEST_LINE = 16 * 2**20
_LONELY_RETURN = re.compile(rb"\r(?!\n)")
_BLANK = bytes(ord(c) for c in DELIMITERS) + b' "\r\n'


class TextTable:
    """A delimited text file of any of the four delimiters and encodings."""

    format: str = "csv"

    def __init__(self, source: Source, block: int | None = None) -> None:
        self._source, self._block = source, block or BLOCK
        blocks = self._utf8_blocks(SAMPLE)
        sample, self._to_utf8 = next(blocks, (b"", ToUtf8(start=b"")))
        blocks.close()
        if not sample.strip(b"\x00 \r\n\t"):
            raise faults.empty(source.where)
        sample = sample if sample.endswith(b"\n") else sample + b"\n"
        self._delimiter = find_delimiter(sample=sample)
        self.previews = (Preview(None, first_rows(sample=sample, delimiter=self._delimiter)),)

    @property
    def encoding(self) -> str:
        return self._to_utf8.encoding or UTF8

    def kind(self, *, column: int) -> Kind:
        return "text"

    def formula_errors(self, *, sheet: str | None, columns: frozenset[int]) -> tuple[str, ...]:
        return ()

    def _utf8_blocks(self, size: int) -> Generator[tuple[bytes, ToUtf8], None, None]:
        """Decoded blocks with line breaks as LF or CRLF, never cut between the two."""
        with self._source.open() as stream:
            block = _fill(stream, size)
            to_utf8 = ToUtf8(start=block[:4096])
            old_mac: bool | None = None
            held = b""
            while block or held:
                following = _fill(stream, size) if block else b""
                text = held + to_utf8(block, final=not following)
                held = b""
                if following and text.endswith(b"\r"):
                    text, held = text[:-1], b"\r"
                if b"\r" in text:
                    if old_mac is None:
                        old_mac = b"\n" not in text
                    if old_mac:
                        text = text.replace(b"\r", b"\n")
                    elif text.count(b"\r") != text.count(b"\r\n"):
                        text = _LONELY_RETURN.sub(b" ", text)
                elif b"\n" in text:
                    old_mac = False
                yield text, to_utf8
                block = following

    def pieces(self, *, sheet: str | None, after: int, columns: int) -> Iterator[Piece]:
        """Blocks cut into whole records. The line break that the last line may lack is added."""
        tail, line, skip = b"", 1, after
        blocks = self._utf8_blocks(self._block)
        current = next(blocks, None)
        while current is not None:
            text, self._to_utf8 = current
            done = self._source.done
            current = next(blocks, None)
            final = current is None
            text = tail + text if tail else text
            if final and text and not text.endswith(b"\n"):
                text += b"\n"
            while skip and (newline := text.find(b"\n")) >= 0:
                text, line, skip = text[newline + 1 :], line + 1, skip - 1
            if skip:
                tail = text
                continue
            records, cut, lines = self._cut(text, columns, final)
            if cut:
                make = partial(self._batch, text[:cut], line, columns, records, self._to_utf8.recodes)
                yield Piece(make, done)
            tail, line = text[cut:], line + lines
            if len(tail) > LONGEST_LINE:
                yield Piece(partial(_too_long, tail[:LONGEST_CELL], line, columns), done)
                tail, current = self._rest_of_line(blocks, current)
                line += 1

    def _cut(self, text: bytes, columns: int, final: bool) -> tuple[Records | None, int, int]:
        """Where the last whole record ends. Without quotes every line is a record, and nothing need be looked at."""
        cut = text.rfind(b"\n") + 1
        if b'"' not in text or lines_are_records(text=text, end=cut, delimiter=ord(self._delimiter)):
            return None, cut, text.count(b"\n", 0, cut)
        records = find_records(text=text, delimiter=ord(self._delimiter), columns=columns, final=final)
        return records, records.consumed, records.lines

    def _rest_of_line(
        self, blocks: Iterator[tuple[bytes, ToUtf8]], current: tuple[bytes, ToUtf8] | None
    ) -> tuple[bytes, tuple[bytes, ToUtf8] | None]:
        """Leave the rest of an endless line unread; what follows its end, and the block after that."""
        while current is not None:
            text, _ = current
            current = next(blocks, None)
            if (newline := text.find(b"\n")) >= 0:
                return text[newline + 1 :], current if current is not None else (b"", self._to_utf8)
        return b"", None

    def _batch(self, text: bytes, line: int, columns: int, records: Records | None, recodes: bool) -> Batch:
        lines = text.count(b"\n") if records is None else len(records.start)
        whole = records is None or (lines == records.lines and not records.unclosed.any())
        if whole and b"\0" not in text and not (recodes and LOST in text):
            cells = self._parse(text, columns)
            if cells is not None and cells.num_rows == lines and not _has_long_cell(cells):
                return Batch(cells, pa.array(np.arange(line, line + lines)))
        if records is None:
            records = find_records(text=text, delimiter=ord(self._delimiter), columns=columns, final=True)
        return self._careful(text, line, columns, records, recodes)

    def _parse(self, text: bytes, columns: int) -> pa.Table | None:
        """All cells as text; None when a row is ragged or a character broken."""
        names = [f"c{i}" for i in range(columns)]
        try:
            return pyarrow.csv.read_csv(
                pa.BufferReader(text),
                read_options=pyarrow.csv.ReadOptions(
                    column_names=names, use_threads=False, block_size=max(len(text) + 1, 64)
                ),
                parse_options=pyarrow.csv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            return None

    def _careful(self, text: bytes, line: int, columns: int, records: Records, recodes: bool) -> Batch:
        bad = self._bad_records(text, columns, records, recodes)
        broken: list[BrokenRow] = []
        for index, code in sorted(bad.items()):
            raw = text[records.start[index] : records.end[index]]
            if raw.strip(_BLANK):
                broken.append(self._broken(raw, line + int(records.line[index]), columns, code))
        good = np.ones(len(records.start), bool)
        good[list(bad)] = False
        clean = _keep(text, records, good)
        cells = self._parse(clean, columns) if clean else _no_cells(columns)
        if cells is None or cells.num_rows != good.sum():
            cells = self._one_by_one(text, columns, records, good)
        return Batch(cells, pa.array(line + records.line[good]), tuple(broken))

    def _bad_records(self, text: bytes, columns: int, records: Records, recodes: bool) -> dict[int, BrokenCode]:
        bad: dict[int, BrokenCode] = dict.fromkeys(np.flatnonzero(records.cells != columns).tolist(), "ragged")
        bad |= dict.fromkeys(np.flatnonzero(records.unclosed).tolist(), "unclosed_quote")
        for index in np.flatnonzero(records.end - records.start > LONGEST_CELL).tolist():
            raw = text[records.start[index] : records.end[index]]
            if index not in bad and max(map(len, split(raw=raw, delimiter=self._delimiter))) > LONGEST_CELL:
                bad[index] = "cell_too_long"
        faulty = {"broken_text": _broken_utf8(text), "nul_byte": _all_positions(text, b"\0")}
        if recodes:
            faulty["broken_text"] = _all_positions(text, LOST)
        for code, positions in faulty.items():
            found = np.searchsorted(records.end, np.array(positions, np.int64), side="right")
            for index in set(found.tolist()):
                if bad.get(index) != "ragged":
                    bad[index] = "nul_byte" if code == "nul_byte" else "broken_text"
        return bad

    def _broken(self, raw: bytes, line: int, columns: int, code: BrokenCode) -> BrokenRow:
        text = raw.decode("utf-8", "replace").rstrip("\r\n").replace("\0", "␀")
        cells = split(raw=raw, delimiter=self._delimiter) if code not in ("ragged", "unclosed_quote") else ()
        if len(cells) != columns:
            return BrokenRow(line, text, None, None, code)
        column = next((i for i, cell in enumerate(cells) if _shows(cell, code)), None)
        return BrokenRow(line, text, tuple(cell.replace("\0", "␀") for cell in cells), column, code)

    def _one_by_one(self, text: bytes, columns: int, records: Records, good: np.ndarray) -> pa.Table:
        """The last resort, when pyarrow sees other records than we do: Python's own reader, a record at a time."""
        rows = [
            (split(raw=text[records.start[i] : records.end[i]], delimiter=self._delimiter) + ("",) * columns)[:columns]
            for i in np.flatnonzero(good)
        ]
        return pa.table({f"c{i}": pa.array([row[i] for row in rows], pa.string()) for i in range(columns)})


def _fill(stream: BinaryIO, size: int) -> bytes:
    """Exactly ``size`` bytes unless the stream ends, so that blocks are the same however the system hands them out."""
    parts: list[bytes] = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _shows(cell: str, code: BrokenCode) -> bool:
    if code == "nul_byte":
        return "\0" in cell
    return "�" in cell if code == "broken_text" else len(cell) > LONGEST_CELL


def _has_long_cell(cells: pa.Table) -> bool:
    for column in cells.columns:
        for chunk in column.chunks:
            offsets = np.frombuffer(chunk.buffers()[1], np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
            if len(chunk) and np.diff(offsets).max() > LONGEST_CELL:
                return True
    return False


def _keep(text: bytes, records: Records, good: np.ndarray) -> bytes:
    """The bytes of the good records, copied in runs. An empty line is no row for pyarrow and stays out too."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    runs = edges.reshape(-1, 2)
    return b"".join(text[records.start[a] : records.end[b - 1]] for a, b in runs)


def _no_cells(columns: int) -> pa.Table:
    return pa.table({f"c{i}": pa.array([], pa.string()) for i in range(columns)})


def _too_long(raw: bytes, line: int, columns: int) -> Batch:
    text = raw.decode("utf-8", "replace").replace("\0", "␀")
    return Batch(_no_cells(columns), pa.array([], pa.int64()), (BrokenRow(line, text, None, None, "cell_too_long"),))


def _broken_utf8(text: bytes) -> list[int]:
    """Offsets of bytes that are no UTF-8, one for each line at most."""
    positions: list[int] = []
    view, at = memoryview(text), 0
    while True:
        try:
            codecs.utf_8_decode(view[at:], "strict", True)
        except UnicodeDecodeError as error:
            positions.append(at + error.start)
            at = text.find(b"\n", at + error.start) + 1
            if at:
                continue
        return positions


def _all_positions(text: bytes, what: bytes) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(what), text)] if what in text else []
