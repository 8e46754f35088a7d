"""`jangkau run`: lists in, the gap out."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jangkau.complaints import Complaint, Language, Text

if TYPE_CHECKING:
    import argparse

HELP = Text(
    "hitung siapa yang belum terlindungi dari sebuah folder daftar",
    "count who is not protected, from a folder of lists",
)

_STATUS = (
    ("protected", Text("terlindungi", "protected")),
    ("lapsed", Text("pernah terdaftar, tidak terlindungi lagi", "lapsed")),
    ("not_found", Text("tidak ada di register", "in no register")),
    ("doubtful", Text("perlu diperiksa orang", "to be decided by a person")),
    ("not_eligible", Text("di luar cakupan", "not eligible")),
)
_DONE_BEFORE = Text(
    "Masukan, hukum dan cara tidak berubah: hasil yang sudah ada dipakai (--force untuk mengulang).",
    "Inputs, law and method are unchanged: the results are there already (--force does it again).",
)
_HEADLINE = Text(
    "{estimate} orang belum terlindungi per {as_of} (selang 95 %: {low} sampai {high}) "
    "dari {people} orang di {rows} baris daftar.",
    "{estimate} people are not protected on {as_of} (95 % interval: {low} to {high}) "
    "of {people} people on {rows} list rows.",
)
_REFUSED = Text("{n} baris ditolak; lihat folder {where}.", "{n} rows were refused; see the folder {where}.")
_IDS = Text(
    "Id orang: {kept} tetap, {merged} gabungan dari beberapa, {split} terpecah, {new} baru, {gone} hilang; "
    "lihat id_changes.parquet.",
    "Person ids: {kept} kept, {merged} merged from several, {split} split, {new} new, {gone} gone; "
    "see id_changes.parquet.",
)
_WARNING = Text("Perhatian", "Note")
_REPORT = Text("Laporan: {path}", "Report: {path}")
_PLACE, _PEOPLE, _GAP, _INTERVAL = (
    Text("Wilayah", "Region"),
    Text("Orang", "People"),
    Text("Belum terlindungi", "Unprotected"),
    Text("Selang 95 %", "95 % interval"),
)
_MOST_REGIONS = 12
_MOST_THREADS = 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    def text(id_: str, en: str) -> str:
        return Text(id_, en)  # type: ignore[return-value]

    parser.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help=text("folder berisi daftar, register dan run.yaml", "folder with lists, register and run.yaml"),
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=text("folder hasil (bawaan: FOLDER/out)", "where to write (default: FOLDER/out)"),
    )
    parser.add_argument(
        "--as-of",
        type=_date,
        metavar="DATE",
        help=text("tanggal acuan, misalnya 2021-04-30", "the date that counts, for example 2021-04-30"),
    )
    parser.add_argument("--threads", type=threads_of, metavar="N", help=text("jumlah utas", "number of threads"))
    parser.add_argument(
        "--memory", metavar="8GB", help=text("batas memori seluruh proses", "memory limit of the whole process")
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help=text("ulangi walau tidak ada yang berubah", "run again though nothing changed"),
    )
    parser.add_argument(
        "--xlsx",
        action="store_true",
        help=text("buku kerja juga di atas 200.000 orang", "workbooks beyond 200,000 people too"),
    )
    parser.add_argument(
        "--previous",
        type=Path,
        metavar="DIR",
        help=text(
            "hasil sebelumnya: id orang diteruskan, dan id_changes.parquet berisi perubahannya",
            "earlier results: person ids are carried on, and id_changes.parquet tells what became of them",
        ),
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Complaint(
            what=Text("Tanggal acuan tidak dapat dibaca.", "The date cannot be read."),
            where=f"--as-of {text}",
            why=Text("Ini bukan tanggal.", "This is not a date."),
            do=Text(
                "Tulis sebagai TTTT-BB-HH, misalnya 2021-04-30.", "Write it as YYYY-MM-DD, for example 2021-04-30."
            ),
        ) from None


def threads_of(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_THREADS:
        return int(text)
    raise Complaint(
        what=Text("Jumlah utas tidak dapat dipakai.", "This number of threads cannot be used."),
        where=f"--threads {text}",
        why=Text(f"Harus antara 1 dan {_MOST_THREADS}.", f"It must be from 1 to {_MOST_THREADS}."),
        do=Text("Tulis misalnya --threads 2, atau hapus.", "Write for example --threads 2, or leave it out."),
    )


def run(arguments: argparse.Namespace) -> int:
    from jangkau.cli.progress import Progress
    from jangkau.gaps.run import Settings
    from jangkau.gaps.run import run as run_folder

    settings = Settings(
        threads=arguments.threads,
        memory=arguments.memory,
        force=arguments.force,
        xlsx=arguments.xlsx,
        previous=arguments.previous,
    )
    with Progress(language=arguments.lang) as progress:
        outcome = run_folder(
            folder=arguments.folder,
            out=arguments.out,
            as_of=arguments.as_of,
            settings=settings,
            clock=time.monotonic,
            progress=progress,
        )
    for warning in outcome.warnings:
        print(f"{_WARNING.in_(arguments.lang)}: {warning.in_(arguments.lang)}")
    if outcome.done_before:
        print(_DONE_BEFORE.in_(arguments.lang))
    print(_shown(outcome.summary, arguments.lang))
    if changes := outcome.summary.get("id_changes"):
        shown = {name: _n(value, arguments.lang) for name, value in changes.items()}
        print(_IDS.in_(arguments.lang).format(**shown))
    if refused := outcome.summary["rows"]["refused"] + outcome.summary["register"]["refused"]:
        print(_REFUSED.in_(arguments.lang).format(n=_n(refused, arguments.lang), where=outcome.out / "refused"))
    print(_REPORT.in_(arguments.lang).format(path=outcome.out / "report.html"))
    return 0


def _n(value: float, language: Language) -> str:
    from jangkau.cli.table import number

    return number(value=value, language=language)


def _shown(summary: dict[str, Any], language: Language) -> str:
    from jangkau.cli.table import Column, table

    gap = summary["unprotected"]
    headline = _HEADLINE.in_(language).format(
        estimate=_n(gap["estimate"], language),
        low=_n(gap["low"], language),
        high=_n(gap["high"], language),
        as_of=summary["as_of"],
        people=_n(summary["people"], language),
        rows=_n(summary["rows"]["accepted"], language),
    )
    statuses = [f"  {label.in_(language):<42}{_n(summary['status'][name], language):>14}" for name, label in _STATUS]
    regions = sorted(summary["by_region"], key=lambda r: -r["unprotected"]["estimate"])[:_MOST_REGIONS]
    rows = [
        (
            f"{r['region_code'] or '-'} {r['name'] or ''}",
            _n(r["people"], language),
            _n(r["unprotected"]["estimate"], language),
            f"{_n(r['unprotected']['low'], language)} - {_n(r['unprotected']['high'], language)}",
        )
        for r in regions
    ]
    columns = [
        Column(_PLACE.in_(language)),
        *(Column(t.in_(language), figures=True) for t in (_PEOPLE, _GAP, _INTERVAL)),
    ]
    return "\n".join([headline, *statuses, "", table(columns=columns, rows=rows)])
