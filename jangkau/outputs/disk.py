"""A full disk, whichever library meets it first, told to the user in one way."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from jangkau.complaints import Complaint, Text

# EFBIG: a memory stick formatted as FAT32 refuses files beyond 4 GB. EDQUOT does not exist on Windows.
_ERRNOS = {number for name in ("ENOSPC", "EDQUOT", "EFBIG") if (number := getattr(errno, name, None)) is not None}
_WINDOWS_ERRORS = {39, 112}  # ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
# DuckDB, Arrow and XlsxWriter wrap the system's error and keep only its words.
_WORDS = (
    "no space left on device",
    "disk quota exceeded",
    "file too large",
    "not enough space on the disk",
    "max_temp_directory_size",
)


def disk_full(error: BaseException, *, where: str = "") -> Complaint | None:
    """The complaint for an error that comes from a full disk, or None for any other error.

    Looks through the chain of causes, for libraries that wrap what the system said.
    """
    if not any(_says_full(link) for link in _chain(error)):
        return None
    return Complaint(
        what=Text("Tidak ada ruang tersisa untuk menulis hasil.", "There is no space left to write the results."),
        where=where or _file_name(error),
        why=Text(
            "Disk penuh, kuota habis, atau berkas terlalu besar untuk jenis disk ini.",
            "The disk is full, a quota is used up, or the file is too large for this kind of disk.",
        ),
        do=Text(
            "Kosongkan ruang atau pilih folder di disk lain (--out), lalu jalankan lagi. Hasil lama tidak berubah.",
            "Free some space or choose a folder on another disk (--out), then run again. Earlier results are kept.",
        ),
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _says_full(error: BaseException) -> bool:
    if isinstance(error, Complaint):
        return False
    if isinstance(error, OSError):
        if error.errno in _ERRNOS or getattr(error, "winerror", None) in _WINDOWS_ERRORS:
            return True
    elif not isinstance(error, Exception):
        return False
    words = str(error).lower()
    return any(phrase in words for phrase in _WORDS)


def _file_name(error: BaseException) -> str:
    for link in _chain(error):
        name = getattr(link, "filename", None)
        if isinstance(name, str):
            return name
    return "disk"
