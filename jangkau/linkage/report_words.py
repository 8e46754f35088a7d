"""The words of a link's report for every code in model.json, in both languages."""

from __future__ import annotations

from typing import Final

from jangkau.complaints import Text

KINDS: Final = {
    "nik": Text("NIK", "NIK"),
    "identifier": Text("nomor pengenal", "identifier"),
    "person_name": Text("nama orang", "person's name"),
    "date": Text("tanggal", "date"),
    "sex": Text("jenis kelamin", "sex"),
    "region": Text("wilayah", "region"),
    "phone": Text("telepon", "telephone"),
    "code": Text("kode", "code"),
    "text": Text("teks", "text"),
}

WAYS: Final = {
    "trained": Text("dihitung dari pasangan yang pasti", "counted on pairs that are sure"),
    "counted": Text("dihitung dari orang yang berbeda", "counted on different people"),
    "em": Text("ditaksir dengan EM", "estimated by EM"),
    "given": Text("ditetapkan dalam berkas metode", "given in the method file"),
    "assumed": Text("diandaikan", "assumed"),
}

ROWS: Final = {
    "there": (
        Text("Pasti ada", "Surely there"),
        Text("Peluangnya {high} atau lebih.", "With a probability of {high} or more."),
    ),
    "unsure": (
        Text("Ragu", "In doubt"),
        Text("Antara {low} dan {high}: perlu dilihat manusia.", "Between {low} and {high}: for a person to look at."),
    ),
    "unlikely": (
        Text("Hampir pasti tidak", "Hardly"),
        Text("Ada calon, tetapi peluangnya di bawah {low}.", "There is a candidate, but below {low}."),
    ),
    "without_candidate": (
        Text("Tanpa calon", "No candidate"),
        Text("Tidak ada baris yang cukup mirip untuk ditimbang.", "No row was alike enough to be weighed."),
    ),
}

DECISIONS: Final = {
    "match": Text("cocok", "match"),
    "review": Text("perlu diperiksa", "to be reviewed"),
    "no": Text("kalah dari calon lain", "lost to another candidate"),
}

PARTS: Final = {
    "whole": Text("", ""),
    "without_serial": Text("tanpa nomor urut", "without its serial"),
    "without_region": Text("tanpa kode wilayah", "without its region"),
    "without_day": Text("tanpa hari lahir", "without its birth day"),
    "without_month": Text("tanpa bulan lahir", "without its birth month"),
    "without_year": Text("tanpa tahun lahir", "without its birth year"),
    "head": Text("lima huruf pertama", "its first five letters"),
    "first": Text("kata pertama", "its first word"),
    "last": Text("kata terakhir", "its last word"),
    "unordered": Text("hari dan bulan boleh tertukar", "day and month in any order"),
    "year": Text("tahun", "its year"),
    "month_day": Text("bulan dan hari", "its month and day"),
    "year_month": Text("tahun dan bulan", "its year and month"),
    "year_day": Text("tahun dan hari", "its year and day"),
}

CONTEXTS: Final = (
    Text("tanggal lahir sama", "birth date equal"),
    Text("berbeda satu bagian", "one part apart"),
    Text("tahun sama", "same year"),
    Text("lebih jauh", "further apart"),
    Text("tidak diketahui", "not known"),
)


def block(*, parts: list[list[str]]) -> Text:
    """A block in words: 'nik (tanpa nomor urut)', 'tanggal_lahir (...) + nama (kata pertama)'."""

    def said(name: str, what: str) -> str:
        return f"{name} ({what})" if what else name

    words = [(name, PARTS.get(part, Text(part, part))) for name, part in parts]
    return Text(
        " + ".join(said(name, what.id) for name, what in words), " + ".join(said(name, what.en) for name, what in words)
    )
