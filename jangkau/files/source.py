"""Where the bytes of a file come from: the file itself, or what lies in its .zip or .gz."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, cast

from jangkau.files import faults

Content = Literal["text", "workbook", "old_workbook", "parquet"]

# Lists compress 5 to 30 times; deflate cannot do more than 1,032. Small files may repeat themselves without harm.
BOMB_RATIO = 200
BOMB_FROM = 64 * 2**20
LARGEST = 64 * 2**30

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"{\\rtf", "RTF"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"SQLite format 3", "SQLite"),
)


class Source:
    """The bytes of one list. ``open`` may be called again for a second reading."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.where = path.name
        self._path, self._stack = path, stack
        self._layer: Literal["", "zip", "gz"] = ""
        self._member = ""
        self._raw: BinaryIO | None = None
        self._local: Path | None = None
        try:
            self.size = path.stat().st_size
            start = self._start()
        except FileNotFoundError:
            raise faults.missing(self.where) from None
        except OSError as error:
            raise faults.unreadable(self.where, error.strerror or type(error).__name__) from None
        if not start:
            raise faults.empty(self.where)
        if start.startswith(b"\x1f\x8b"):
            self._layer = "gz"
        elif start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            self._look_into_zip()
        self.content = self._content(start if not self._layer else self._start())

    def _start(self) -> bytes:
        with self.open() as stream:
            return stream.read(4096)

    @property
    def done(self) -> int:
        """Bytes of the file itself that are behind the open stream."""
        return self._raw.tell() if self._raw and not self._raw.closed else 0

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The unpacked bytes as a stream. Faults of the packing come as complaints, wherever they show."""
        with ExitStack() as stack:
            raw = stack.enter_context(self._path.open("rb"))
            self._raw = raw
            if not self._layer:
                yield raw
                return
            with self._packing_faults():
                if self._layer == "gz":
                    inner: BinaryIO = cast(BinaryIO, stack.enter_context(gzip.GzipFile(fileobj=raw)))
                else:
                    archive = stack.enter_context(zipfile.ZipFile(raw))
                    inner = cast(BinaryIO, stack.enter_context(archive.open(self._member)))
            yield cast(BinaryIO, _Bounded(inner, self))

    @contextmanager
    def _packing_faults(self) -> Iterator[None]:
        try:
            yield
        except EOFError:
            raise faults.truncated(self.where, self._layer) from None
        except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, RuntimeError, LookupError):
            # What the library raises for a damaged archive, from a wrong sum to an offset before the file's start.
            raise faults.corrupt(self.where, self._layer or "zip/XLSX") from None

    def local_file(self) -> Path:
        """A file on disk with the unpacked bytes, for formats that must be read out of order."""
        if not self._layer:
            return self._path
        if self._local:
            return self._local
        handle, name = tempfile.mkstemp(prefix="jangkau-")
        self._stack.callback(lambda: Path(name).unlink(missing_ok=True))
        with self.open() as stream, os.fdopen(handle, "wb") as target:
            shutil.copyfileobj(stream, target, 2**20)
        self._local = Path(name)
        return self._local

    def _look_into_zip(self) -> None:
        with self._packing_faults(), zipfile.ZipFile(self._path) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if "[Content_Types].xml" in names:
                self._check_office(names)
                if _is_bomb(sum(m.file_size for m in members), self.size):
                    raise faults.bomb(self.where)
                return
            if any(_points_outside(member.filename) for member in members):
                raise faults.outside_path(self.where)
            lists = [m for m in members if not m.is_dir() and not _is_clutter(m.filename)]
            if not lists:
                raise faults.empty(self.where)
            if len(lists) > 1:
                raise faults.several_files(self.where, sorted(m.filename for m in lists))
            if lists[0].flag_bits & 1:
                raise faults.encrypted(self.where)
            if _is_bomb(lists[0].file_size, lists[0].compress_size):
                raise faults.bomb(self.where)
            self._layer, self._member = "zip", lists[0].filename

    def _check_office(self, names: set[str]) -> None:
        if not any(name.startswith("xl/") for name in names):
            raise faults.not_a_table(self.where, "Office (Word, PowerPoint)")

    def _content(self, start: bytes) -> Content:
        if not start:
            raise faults.empty(self.where)
        for magic, kind in _OTHERS:
            if start.startswith(magic):
                raise faults.not_a_table(self.where, kind)
        if start.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
            raise faults.not_a_table(self.where, "HTML/XML")
        if start.startswith(b"\x1f\x8b"):
            raise faults.archive_in_archive(self.where)
        if start.startswith(b"PK"):
            if self._layer and not self._is_inner_workbook():
                raise faults.archive_in_archive(self.where)
            return "workbook"
        if start.startswith(_OLE):
            return "old_workbook"
        return "parquet" if start.startswith(b"PAR1") else "text"

    def _is_inner_workbook(self) -> bool:
        with self._packing_faults():
            try:
                with zipfile.ZipFile(self.local_file()) as archive:
                    members = archive.infolist()
            except zipfile.BadZipFile:
                return True  # looks like a workbook that is broken; its reader says so
            if _is_bomb(sum(m.file_size for m in members), sum(m.compress_size for m in members)):
                raise faults.bomb(self.where)
            return any(m.filename == "[Content_Types].xml" for m in members)


class _Bounded(io.RawIOBase):
    """A stream that complains once it has grown as no list would; headers of archives may lie."""

    def __init__(self, inner: BinaryIO, source: Source) -> None:
        self._inner, self._source, self._count = inner, source, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        with self._source._packing_faults():
            block = self._inner.read(size)
        self._count += len(block)
        if _is_bomb(self._count, max(self._source.done, 1)):
            raise faults.bomb(self._source.where)
        return block


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > LARGEST or (unpacked > BOMB_FROM and unpacked > BOMB_RATIO * max(packed, 1))


def _points_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in path.parts[0] if path.parts else False


def _is_clutter(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1].lower() in ("thumbs.db", "desktop.ini")
