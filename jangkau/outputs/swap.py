"""A folder of outputs that is wholly there or not at all, whatever instant the run is killed.

The outputs are written into `.NAME.partial` beside the target. At the end the old target is renamed to `.NAME.old`,
the new one moved in, and the old one deleted. Each of these steps is one rename, so a kill leaves one of four states,
and `recover` takes each of them to a whole folder.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from jangkau.complaints import Complaint, Text
from jangkau.outputs import manifest
from jangkau.outputs.disk import disk_full

# Virus scanners and indexers on Windows hold a new file for a moment; renaming its folder fails meanwhile.
_RENAME_TRIES, _RENAME_PAUSE_SECONDS = 10, 0.2


@contextmanager
def staging(*, target: Path) -> Iterator[Path]:
    """Give a new, empty folder; when the block ends well it becomes `target`, when it fails nothing has changed.

    Files that people put into the target themselves are carried over. Raises Complaint when the target holds something
    that no run wrote, when another run is writing there, when it cannot be written, and when the disk is full.
    """
    target = target.resolve()  # a link to a folder on another disk stays a link
    with _told(target), _parent_of(target), _alone(target):
        _recover(target)
        _refuse_what_is_not_ours(target)
        partial = _partial(target)
        partial.mkdir()
        try:
            try:
                yield partial
            except Exception as error:
                raise _Failed(error) from error
            _move_in(target)
        except BaseException:
            _remove(partial)
            raise


class _Failed(Exception):  # noqa: N818 - it is an envelope, not an error
    """Carries an error of the caller's block past the handling of our own."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """Errors of writing become complaints; an error of the block stays itself unless the disk was full."""
    try:
        yield
    except _Failed as failed:
        if full := disk_full(failed.error, where=str(target)):
            raise full from failed.error
        raise failed.error from failed.error.__cause__
    except OSError as error:
        raise (disk_full(error, where=str(target)) or _cannot_write(error, target)) from error


@contextmanager
def _parent_of(target: Path) -> Iterator[None]:
    target.parent.mkdir(parents=True, exist_ok=True)
    yield


def recover(*, target: Path) -> None:
    """Finish what a killed run left half moved; call it before looking whether `target` already holds the result.

    Does nothing when another run is writing there, which sees to it, or when nothing can be moved: `staging` tells.
    """
    target = target.resolve()
    if not any(path.exists() for path in (_partial(target), _old(target))):
        return
    try:
        with _alone(target):
            _recover(target)
    except (Complaint, OSError):
        return


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Hold the lock of this target. The lock ends with the process, so a killed run leaves nothing to clear away."""
    lock = FileLock(target.parent / f".{target.name}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Complaint(
            what=Text("Proses lain sedang menulis di sini.", "Another run is writing here."),
            where=str(target),
            why=Text(
                "Dua proses yang menulis ke folder yang sama akan saling merusak.",
                "Two runs writing into the same folder would spoil each other's results.",
            ),
            do=Text(
                "Tunggu sampai selesai, atau pilih folder lain dengan --out.",
                "Wait until it has finished, or choose another folder with --out.",
            ),
        ) from None
    try:
        yield
    finally:
        lock.release()


def _partial(target: Path) -> Path:
    return target.parent / f".{target.name}.partial"


def _old(target: Path) -> Path:
    return target.parent / f".{target.name}.old"


def _recover(target: Path) -> None:
    """From any of the four states to: target whole (old or new), nothing beside it. Safe to be killed and repeated."""
    partial, old = _partial(target), _old(target)
    if old.exists() and not target.exists():
        # Killed between the two renames. The new folder was finished by then; forward loses no work.
        if manifest.whole(folder=partial):
            partial.rename(target)
        else:
            old.rename(target)
    if old.exists():
        _carry_over(old, target)
        _remove(old)
    _remove(partial)


def _move_in(target: Path) -> None:
    partial, old = _partial(target), _old(target)
    if target.exists():
        _remove(old)
        _rename(target, old)
    try:
        _rename(partial, target)
    except BaseException:
        if old.exists() and not target.exists():
            _rename(old, target)
        raise
    if old.exists():
        _carry_over(old, target)
        _remove(old)


def _carry_over(old: Path, target: Path) -> None:
    """Move files that no run wrote (a note, decisions kept in the folder) from the old outputs to the new ones."""
    written = manifest.read(folder=old)
    if written is None:
        return
    ours = manifest.NOT_DIGESTED | set(written.outputs)
    for name in manifest.files_in(folder=old):
        if name not in ours and not (target / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (old / name).rename(target / name)


def _rename(source: Path, target: Path) -> None:
    for attempt in range(_RENAME_TRIES):
        try:
            source.rename(target)
        except PermissionError:
            if os.name != "nt" or attempt == _RENAME_TRIES - 1:
                raise
            time.sleep(_RENAME_PAUSE_SECONDS)
        else:
            return


def _remove(folder: Path) -> None:
    """Delete a folder if it is there; what cannot be deleted now (open on Windows) is deleted by the next run."""
    shutil.rmtree(folder, ignore_errors=True)


def _refuse_what_is_not_ours(target: Path) -> None:
    if target.is_mount():
        why = Text("Folder ini adalah akar sebuah disk.", "This folder is the root of a disk and cannot be replaced.")
    elif not target.exists() or (target.is_dir() and _empty_or_ours(target)):
        return
    else:
        why = Text(
            "Sudah ada isinya dan isi itu bukan hasil jangkau; menulis di sini akan menghapusnya.",
            "It already holds something that jangkau did not write; writing here would delete it.",
        )
    raise Complaint(
        what=Text("Hasil tidak dapat ditulis ke sini.", "The results cannot be written here."),
        where=str(target),
        why=why,
        do=Text("Pilih folder baru atau kosong dengan --out.", "Choose a new or empty folder with --out."),
    )


def _empty_or_ours(folder: Path) -> bool:
    return not any(folder.iterdir()) or manifest.read(folder=folder) is not None


def _cannot_write(error: OSError, target: Path) -> Complaint:
    reason = error.strerror or type(error).__name__
    return Complaint(
        what=Text("Hasil tidak dapat ditulis.", "The results cannot be written."),
        where=str(target),
        why=Text(f"Sistem menjawab: {reason}.", f"The system answered: {reason}."),
        do=Text(
            "Tutup berkas hasil yang masih terbuka (misalnya di Excel), periksa hak tulis folder, lalu jalankan lagi.",
            "Close result files that are still open (in Excel, say), check that you may write there, then run again.",
        ),
    )
