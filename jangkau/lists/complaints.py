"""Everything about a list that stops its reading, said so that its sender can mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jangkau.complaints import Complaint, Text
from jangkau.lists.flags import LABELS


def no_header(where: str, layout: str | None) -> Complaint:
    other_id = "" if layout else " Bila ini bukan daftar, pindahkan dari folder ini."
    other_en = "" if layout else " If it is not a list, move it out of this folder."
    return Complaint(
        what=Text("Judul kolom tidak dikenali.", "No recognisable header."),
        where=where,
        why=Text(
            "Tidak ada baris di awal berkas yang menyebut kolom seperti NIK dan Nama.",
            "No row near the top names columns such as NIK and Nama.",
        ),
        do=Text(
            f"Beri satu baris judul dengan nama kolom{_of_id(layout)}; lihat docs/reference/layouts.md.{other_id}",
            f"Give it one header row with the names of the columns{_of_en(layout)}; "
            f"see docs/reference/layouts.md.{other_en}",
        ),
    )


def _of_id(layout: str | None) -> str:
    return f" tata letak “{layout}”" if layout else ""


def _of_en(layout: str | None) -> str:
    return f" of layout “{layout}”" if layout else ""


def unknown_layout(where: str, layout: str, known: Sequence[str]) -> Complaint:
    listed = ", ".join(known)
    return Complaint(
        what=Text(f"Tata letak “{layout}” tidak dikenal.", f"There is no layout “{layout}”."),
        where=where,
        why=Text(f"Yang ada: {listed}.", f"There are: {listed}."),
        do=Text(
            "Tulis salah satunya di run.yaml, atau hapus baris layout agar dikenali sendiri.",
            "Write one of them into run.yaml, or leave it out and it is recognised from the header.",
        ),
    )


def header_only(where: str) -> Complaint:
    return Complaint(
        what=Text("Berkas hanya berisi judul kolom.", "The file holds a header only."),
        where=where,
        why=Text("Tidak ada satu baris pun di bawah judul.", "There is not one row below the header."),
        do=Text("Minta pengirim mengirim ulang beserta datanya.", "Ask the sender to send it again with its rows."),
    )


def missing_columns(where: str, layout: str, looks: Mapping[str, Sequence[str]], named: bool) -> Complaint:
    """``named``: run.yaml says that this is the layout; it was not guessed from the header."""
    hints = [(name, ", ".join(f"“{h}”" for h in headers)) for name, headers in looks.items() if headers]
    like_id = "".join(f" {headers} mirip dengan {name}." for name, headers in hints)
    like_en = "".join(f" {headers} looks like {name}." for name, headers in hints)
    names = ", ".join(looks)
    other_id = "" if named else " Bila ini daftar jenis lain, sebut layout di run.yaml."
    other_en = "" if named else " If this is another kind of list, name its layout in run.yaml."
    return Complaint(
        what=Text(f"Kolom wajib tidak ada: {names}.", f"Required column missing: {names}."),
        where=where,
        why=Text(
            f"Tata letak “{layout}” memerlukannya.{like_id}",
            f"Layout “{layout}” requires it.{like_en}",
        ),
        do=Text(
            f"Tambahkan kolom itu atau perbaiki judulnya; isinya boleh kosong.{other_id}",
            f"Add the column or correct its header; its cells may be empty.{other_en}",
        ),
    )


def column_twice(where: str, name: str, headers: Sequence[str]) -> Complaint:
    listed = ", ".join(f"“{header}”" for header in headers)
    return Complaint(
        what=Text(f"Kolom yang sama ada dua kali: {name}.", f"The same column twice: {name}."),
        where=where,
        why=Text(f"Judul {listed} berarti sama.", f"The headers {listed} mean the same."),
        do=Text("Hapus salah satu, atau ganti judulnya.", "Remove one of them, or rename it."),
    )


def several_sheets(where: str, sheets: Sequence[str]) -> Complaint:
    listed = ", ".join(f"“{sheet}”" for sheet in sheets)
    return Complaint(
        what=Text("Beberapa lembar berisi daftar.", "Several sheets hold a list."),
        where=where,
        why=Text(f"Lembar {listed} sama-sama dikenali.", f"The sheets {listed} are all recognised."),
        do=Text("Kirim satu daftar per berkas.", "Send one list in each file."),
    )


def formula_errors(where: str, cells: Sequence[str]) -> Complaint:
    listed = ", ".join(cells)
    return Complaint(
        what=Text("Rumus yang gagal di kolom wajib.", "Formulas with errors in a required column."),
        where=where,
        why=Text(
            f"Sel {listed} berisi galat seperti #REF! atau #N/A, atau belum pernah dihitung.",
            f"Cells {listed} show an error such as #REF! or #N/A, or were never calculated.",
        ),
        do=Text(
            "Perbaiki rumusnya, atau tempel sebagai nilai, lalu kirim ulang.",
            "Mend the formulas, or paste them as values, and send it again.",
        ),
    )


def wrong_type(where: str, column: str, kind: str) -> Complaint:
    kind_id, kind_en = ("daftar atau struktur", "list or struct") if kind == "other" else (kind, kind)
    return Complaint(
        what=Text(f"Tipe kolom {column} tidak dapat diubah.", f"The type of column {column} cannot be converted."),
        where=where,
        why=Text(
            f"Di Parquet ini kolom itu bertipe {kind_id}.", f"In this Parquet file the column is of type {kind_en}."
        ),
        do=Text("Tulis kolom itu sebagai teks.", "Write the column as text."),
    )


def all_refused(where: str, read: int, refusals: Mapping[str, int], first: tuple[int, str]) -> Complaint:
    common = sorted(refusals, key=lambda code: -refusals[code])[:3]
    said_id = " ".join(LABELS[code].id for code in common)
    said_en = " ".join(LABELS[code].en for code in common)
    return Complaint(
        what=Text("Semua baris ditolak.", "All rows of the file are refused."),
        where=where,
        why=Text(
            f"Tidak satu pun dari {read} baris dapat dipahami. {said_id} Misalnya baris {first[0]}.",
            f"Not one of {read} rows can be understood. {said_en} For example line {first[0]}.",
        ),
        do=Text(
            "Periksa apakah kolom dan tata letaknya benar, lalu kirim ulang.",
            "Check that columns and layout are right, and send it again.",
        ),
    )
