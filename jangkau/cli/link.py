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
    parser.add_argument("--method", type=Path, metavar="METHOD.yaml", help=text("berkas metode", "the method file"))
    parser.add_argument("--out", type=Path, metavar="DIR", help=text("folder hasil", "where to write"))
    parser.add_argument("--threads", type=threads_of, metavar="N", help=text("jumlah utas", "number of threads"))
    parser.add_argument("--memory", metavar="6GB", help=text("batas memori", "memory limit"))
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
    from jangkau.linkage.link import Settings, link

    outcome = link(
        left=Path(arguments.files[0]),
        right=Path(arguments.files[1]) if len(arguments.files) == 2 else None,
        method=arguments.method,
        out=arguments.out,
        settings=Settings(arguments.threads, arguments.memory, arguments.engine, arguments.force, arguments.previous),
        clock=time.monotonic,
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
    print(_RESULT.in_(arguments.lang).format(**shown))
    print(_REPORT.in_(arguments.lang).format(path=outcome.out / "report.html"))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    missing = [name for name in ("method", "out") if getattr(arguments, name) is None]
    if missing or len(arguments.files) > 2 or arguments.engine not in ("duckdb", "spark"):
        raise Complaint(
            what=Text("Perintah ini belum lengkap.", "This command is not complete."),
            where="jangkau link",
            why=Text(
                f"Kurang: {', '.join('--' + name for name in missing)}."
                if missing
                else "Terlalu banyak, atau mesin tidak dikenal.",
                f"Missing: {', '.join('--' + name for name in missing)}."
                if missing
                else "Too much, or an unknown engine.",
            ),
            do=Text(
                "jangkau link KIRI [KANAN] --method METODE.yaml --out FOLDER [--engine duckdb|spark]",
                "jangkau link LEFT [RIGHT] --method METHOD.yaml --out DIR [--engine duckdb|spark]",
            ),
        )
