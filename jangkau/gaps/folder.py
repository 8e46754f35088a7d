"""What a folder asks for: its run.yaml, or the files in it recognised."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from jangkau.complaints import Complaint, Text
from jangkau.gaps.plan import SET_ASIDE, Plan, Source, name_in, no_date
from jangkau.gaps.review.kept import KEY, REVIEWS
from jangkau.gaps.run_file import RUN_FILE, read_run_file
from jangkau.lists import recognise
from jangkau.outputs import manifest

READABLE = (".csv", ".txt", ".xlsx", ".xls", ".xlsm", ".parquet", ".zip", ".gz")
BRANCHES, DECISIONS = "branches.csv", "decisions.csv"

__all__ = ["Plan", "Source", "read_plan"]


def read_plan(*, folder: Path, as_of: date | None) -> Plan:
    """The plan of a folder; ``as_of`` given here outranks run.yaml. Complaint for what cannot be understood."""
    try:
        if not folder.is_dir():
            raise _no_folder(folder)
        if (folder / RUN_FILE).is_file():
            plan = read_run_file(folder=folder, as_of=as_of)
        else:
            plan = _recognised(folder, as_of)
    except OSError as error:
        raise _closed(folder, error) from None
    if not plan.register:
        raise _no_register(folder)
    if not plan.lists:
        raise _no_list(folder)
    reviews = folder / REVIEWS
    return replace(plan, reviews=reviews if reviews.is_file() else None)


def _recognised(folder: Path, as_of: date | None) -> Plan:
    """Every list in the folder and the folders below, by its header."""
    if as_of is None:
        raise no_date(where=str(folder))
    register: list[Source] = []
    lists: list[Source] = []
    warnings: list[Text] = []
    for path in sorted(_files(folder), key=lambda p: p.relative_to(folder).parts):
        name = name_in(folder=folder, path=path)
        if name.lower() in ("run.yml", RUN_FILE):
            raise _misnamed(name)
        if name in (BRANCHES, DECISIONS, REVIEWS):
            continue
        if not name.lower().endswith(READABLE):
            warnings.append(Text(f"{name} dilewati: bukan daftar.", f"{name} is passed over: it is not a list."))
            continue
        layout = recognise(path=path)
        (register if layout == "register" else lists).append(Source(name, path, layout, None))
    branches, decisions = (folder / name for name in (BRANCHES, DECISIONS))
    return Plan(
        folder=folder,
        as_of=as_of,
        register=tuple(register),
        lists=tuple(lists),
        branches=branches if branches.is_file() else None,
        decisions_file=decisions if decisions.is_file() else None,
        id_key=None,
        warnings=tuple(warnings),
    )


def _files(folder: Path) -> Iterator[Path]:
    """Files of a folder and below, without hidden ones, truth/, out/, sheets of a review sample, and results of earlier
    runs under another name."""
    for place, below, names in os.walk(folder, onerror=_raise):
        here = Path(place)
        below[:] = [
            name
            for name in below
            if name not in SET_ASIDE
            and not name.startswith(".")
            and manifest.read(folder=here / name) is None
            and not (here / name / KEY).is_file()
        ]
        yield from (here / name for name in names if not name.startswith((".", "~$")))


def _raise(error: OSError) -> None:
    raise error


def _no_folder(folder: Path) -> Complaint:
    return Complaint(
        what=Text("Folder tidak ditemukan.", "There is no such folder."),
        where=str(folder),
        why=Text("Jalur ini bukan folder.", "This path is not a folder."),
        do=Text(
            "Periksa nama folder, atau buat contoh dengan: jangkau demo FOLDER",
            "Check its name, or make an example: jangkau demo FOLDER",
        ),
    )


def _closed(folder: Path, error: OSError) -> Complaint:
    reason = error.strerror or type(error).__name__
    return Complaint(
        what=Text("Folder tidak dapat dibaca.", "The folder cannot be read."),
        where=str(error.filename or folder),
        why=Text(f"Sistem menolak: {reason}.", f"The system refuses: {reason}."),
        do=Text("Periksa izin folder dan isinya.", "Check the permissions of the folder and of what is in it."),
    )


def _misnamed(name: str) -> Complaint:
    return Complaint(
        what=Text("Berkas pengaturan salah nama.", "The file of settings has another name."),
        where=name,
        why=Text(f"Yang dibaca hanya {RUN_FILE}.", f"Only {RUN_FILE} is read."),
        do=Text(f"Ganti namanya menjadi {RUN_FILE}.", f"Rename it to {RUN_FILE}."),
    )


def _no_register(folder: Path) -> Complaint:
    columns = "kpj, nik, nama, tanggal_lahir, segmen, tanggal_mulai, lunas_sampai"
    return Complaint(
        what=Text("Folder ini tidak berisi register kepesertaan.", "This folder has no membership register."),
        where=str(folder),
        why=Text(
            "Tanpa register tidak dapat dikatakan siapa yang terlindungi.",
            "Without the register nobody can say who is protected.",
        ),
        do=Text(
            f"Taruh berkas register (kolom {columns}) di folder ini, dan sebut di run.yaml.",
            f"Put the register file (columns {columns}) here and name it in run.yaml.",
        ),
    )


def _no_list(folder: Path) -> Complaint:
    return Complaint(
        what=Text("Folder ini tidak berisi daftar satu pun.", "This folder has no list."),
        where=str(folder),
        why=Text("Tidak ada orang yang dapat dicari di register.", "There is nobody to look for in the register."),
        do=Text(
            "Tambahkan paling sedikit satu daftar (KUR, Prakerja, non-ASN, desa).",
            "Add at least one list (KUR, Prakerja, non-ASN, village).",
        ),
    )
