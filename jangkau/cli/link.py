"""`jangkau link`: which records of two files are the same person; `jangkau link explain`: why."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from jangkau.cli.run import threads_of
from jangkau.complaints import Complaint, Text

if TYPE_CHECKING:
    import argparse

HELP = Text("pasangkan dua berkas, atau cari yang ganda dalam satu", "link two files, or find duplicates in one")
_DONE_BEFORE = Text(
    "Masukan dan metode tidak berubah: hasil yang sudah ada dipakai (--force untuk mengulang).",
    "Inputs and method are unchanged: the results are there already (--force does it again).",
)
_RESULT = Text(
    "{left} baris kiri, {right} baris kanan: {match} pasangan cocok, {review} perlu diperiksa. "
    "Diperkirakan {present} baris kiri ada di kanan.",
    "{left} rows on the left, {right} on the right: {match} pairs match, {review} to be reviewed. "
    "About {present} rows of the left are on the right.",
)
_REUSED = Text(
    "{rows} baris kanan sama seperti sebelumnya; hanya yang berubah dicari lagi.",
    "{rows} rows on the right are as before; only what changed was looked for again.",
)
_NOT_REUSED = Text(
    "Hasil sebelumnya tidak dapat dipakai ({why}): semuanya dicari lagi.",
    "The earlier results could not be used ({why}): everything was looked for again.",
)
_DUPLICATES = Text(
    "{left} baris: {match} pasangan ganda, {review} perlu diperiksa. Diperkirakan {present} baris punya kembaran.",
    "{left} rows: {match} pairs of duplicates, {review} to be reviewed. About {present} rows have another one.",
)
_STEPS = {
    "read": Text("Membaca dan menyusun kiri", "Reading and indexing the left"),
    "search": Text("Mencari pasangan", "Looking for pairs"),
    "write": Text("Menulis hasil", "Writing the results"),
}
_NOTE = Text("Perhatian", "Note")
_REPORT = Text("Laporan: {path}", "Report: {path}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    def text(id_: str, en: str) -> str:
        return Text(id_, en)  # type: ignore[return-value]

    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help=text(
            "KIRI [KANAN] (CSV atau Parquet), atau: explain DIR ID_KIRI [ID_KANAN]",
            "LEFT [RIGHT] (CSV or Parquet), or: explain DIR LEFT_ID [RIGHT_ID]",
        ),
    )
    parser.add_argument(
        "--method",
        type=Path,
        metavar="METHOD.yaml",
        help=text("berkas metode: docs/reference/method.md", "the method file: docs/reference/method.md"),
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help=text("folder hasil, baru atau kosong", "where to write, new or empty")
    )
    parser.add_argument(
        "--threads",
        type=threads_of,
        metavar="N",
        help=text("jumlah utas (bawaan: semua inti)", "number of threads (default: all cores)"),
    )
    parser.add_argument(
        "--memory", metavar="6GB", help=text("batas memori, misalnya 6GB", "memory limit, for example 6GB")
    )
    parser.add_argument(
        "--engine", default="duckdb", metavar="duckdb|spark", help=text("mesin yang dipakai", "the engine to use")
    )
    parser.add_argument(
        "--previous", type=Path, metavar="DIR", help=text("hasil sebelumnya", "the results of an earlier link")
    )
    parser.add_argument(
        "--force", action="store_true", help=text("ulangi, atau timpa hasil lain", "do it again, or overwrite")
    )


def run(arguments: argparse.Namespace) -> int:
    if arguments.files[0] == "explain" and not Path("explain").is_file():
        from jangkau.cli.explain import explain

        return explain(words=arguments.files[1:], language=arguments.lang)
    _check(arguments)
    from jangkau.cli.progress import Progress
    from jangkau.linkage.link import Settings, link

    with Progress(language=arguments.lang) as bar:
        outcome = link(
            left=Path(arguments.files[0]),
            right=Path(arguments.files[1]) if len(arguments.files) == 2 else None,
            method=arguments.method,
            out=arguments.out,
            settings=Settings(
                arguments.threads, arguments.memory, arguments.engine, arguments.force, arguments.previous
            ),
            clock=time.monotonic,
            progress=lambda what, done, total: bar(_STEPS[what], done, total or None),
        )
    for note in outcome.notes:
        print(f"{_NOTE.in_(arguments.lang)}: {note.in_(arguments.lang)}")
    if outcome.done_before:
        print(_DONE_BEFORE.in_(arguments.lang))
    from jangkau.cli.table import number

    figures = outcome.figures
    values = {
        "left": figures["left_rows"],
        "right": figures["right_rows"],
        "match": figures["links"]["match"],
        "review": figures["links"]["review"],
        "present": figures["left_rows_in_right"],
    }
    shown = {name: number(value=value, language=arguments.lang) for name, value in values.items()}
    if outcome.reuse is not None and outcome.reuse.why_not is not None:
        print(_NOT_REUSED.in_(arguments.lang).format(why=outcome.reuse.why_not.in_(arguments.lang)))
    elif outcome.reuse is not None:
        rows = number(value=outcome.reuse.rows, language=arguments.lang)
        print(_REUSED.in_(arguments.lang).format(rows=rows))
    result = _DUPLICATES if figures["right"] is None else _RESULT
    print(result.in_(arguments.lang).format(**shown))
    print(_REPORT.in_(arguments.lang).format(path=outcome.out / "report.html"))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    missing = ", ".join(f"--{name}" for name in ("method", "out") if getattr(arguments, name) is None)
    if missing:
        why = Text(f"Kurang: {missing}.", f"Missing: {missing}.")
    elif len(arguments.files) > 2:
        why = Text("Paling banyak dua berkas.", "There may be two files at most.")
    elif arguments.engine not in ("duckdb", "spark"):
        why = Text(
            f"Mesin {arguments.engine!r} tidak dikenal; yang ada duckdb dan spark.",
            f"The engine {arguments.engine!r} is not known; there are duckdb and spark.",
        )
    else:
        return
    raise Complaint(
        what=Text("Perintah ini tidak dapat dijalankan.", "This command cannot be run."),
        where="jangkau link",
        why=why,
        do=Text(
            "jangkau link KIRI [KANAN] --method METODE.yaml --out FOLDER [--engine duckdb|spark]",
            "jangkau link LEFT [RIGHT] --method METHOD.yaml --out DIR [--engine duckdb|spark]",
        ),
    )
