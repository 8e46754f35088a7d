"""`jangkau review`: draw people for reviewers to look at, and read back what they found."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jangkau.complaints import Complaint, Language, Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser

HELP = Text(
    "periksa hasil dengan sampel orang yang ditelaah tanpa melihat peluangnya",
    "check a result by a sample of people, reviewed blindly",
)

_SAMPLE = Text(
    "tarik sampel dari sebuah hasil dan tulis lembar telaah", "draw a sample from a result, write its sheets"
)
_IMPORT = Text("baca lembar yang sudah diisi", "read filled sheets back")
_DRAWN = Text(
    "{people} orang ditarik, {lines} baris untuk diputuskan.", "{people} people drawn, {lines} lines to decide."
)
_SHEET = Text("Lembar untuk penelaah: {path}", "Sheet for a reviewer: {path}")
_KEY = Text(
    "Kunci: {path} (simpan; jangan berikan kepada penelaah)", "Key: {path} (keep it; do not give it to the reviewers)"
)
_FILLED = Text("Setelah diisi: jangkau review import {path}", "When filled: jangkau review import {path}")
_STAND = Text(
    "Dari {drawn} orang: {answered} terjawab, {cannot_tell} tidak dapat dipastikan, {open} belum ({partly} di "
    "antaranya baru sebagian).",
    "Of {drawn} people: {answered} answered, {cannot_tell} cannot be told, {open} open ({partly} of them begun).",
)
_NEXT = Text("Tersimpan di {path}. Berikutnya: jangkau run {folder}", "Kept in {path}. Next: jangkau run {folder}")
_MOST_PEOPLE, _MOST_REVIEWERS = 100_000, 20


def add_arguments(parser: Parser) -> None:
    def text(id_: str, en: str) -> str:
        return Text(id_, en)  # type: ignore[return-value]

    actions = parser.add_commands()
    sample = actions.add_parser(
        "sample", help=_SAMPLE.in_(parser.language), description=_SAMPLE.in_(parser.language), language=parser.language
    )
    sample.add_argument("folder", type=Path, metavar="FOLDER", help=text("folder yang dihitung", "folder of the run"))
    sample.add_argument(
        "--out",
        type=Path,
        metavar="OUT",
        help=text("tempat lembar dan kunci (bawaan: FOLDER/review)", "for sheets and key (default: FOLDER/review)"),
    )
    sample.add_argument(
        "--results",
        type=Path,
        metavar="DIR",
        help=text("folder hasil run (bawaan: FOLDER/out)", "results of the run (default: FOLDER/out)"),
    )
    sample.add_argument("--size", type=int, default=400, metavar="N", help=text("jumlah orang", "number of people"))
    sample.add_argument("--seed", type=int, default=1, metavar="S", help=text("angka awal acak", "seed of the draw"))
    sample.add_argument(
        "--reviewers", type=int, default=1, metavar="N", help=text("salinan per penelaah", "copies, one per reviewer")
    )
    sample.add_language()
    sample.set_defaults(action=_sample)
    back = actions.add_parser(
        "import", help=_IMPORT.in_(parser.language), description=_IMPORT.in_(parser.language), language=parser.language
    )
    back.add_argument("sheets", type=Path, nargs="+", metavar="SHEET", help=text("lembar terisi", "filled sheets"))
    back.add_argument(
        "--folder",
        type=Path,
        metavar="FOLDER",
        help=text("folder run (bawaan: menurut kunci)", "folder of the run (default: as the key says)"),
    )
    back.add_argument(
        "--key",
        type=Path,
        metavar="KEY",
        help=text("berkas kunci (bawaan: di samping lembar)", "the key (default: beside the sheets)"),
    )
    back.add_language()
    back.set_defaults(action=_import)
    parser.set_defaults(action=lambda arguments: _no_action(parser))


def run(arguments: argparse.Namespace) -> int:
    return int(arguments.action(arguments))


def _no_action(parser: Parser) -> int:
    import sys

    parser.print_help(sys.stderr)
    return 2


def _sample(arguments: argparse.Namespace) -> int:
    from jangkau.cli.progress import Progress
    from jangkau.gaps.review.sample import Wanted, draw_sample

    _between(arguments.size, 1, _MOST_PEOPLE, "--size")
    _between(arguments.reviewers, 1, _MOST_REVIEWERS, "--reviewers")
    _between(arguments.seed, 0, 2**31, "--seed")
    language: Language = arguments.lang
    with Progress(language=language) as progress:
        written = draw_sample(
            folder=arguments.folder,
            out=arguments.out,
            results=arguments.results,
            wanted=Wanted(arguments.size, arguments.seed, arguments.reviewers, language),
            progress=progress,
        )
    print(_DRAWN.in_(language).format(people=written.people, lines=written.lines))
    for sheet in written.sheets:
        print(_SHEET.in_(language).format(path=sheet))
    print(_KEY.in_(language).format(path=written.key))
    print(_FILLED.in_(language).format(path=written.sheets[0]))
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from jangkau.gaps.review.answers import import_sheets

    language: Language = arguments.lang
    # a folder among the sheets is the folder of the run: people write the command as they wrote `jangkau run FOLDER`
    folders = [path for path in arguments.sheets if path.is_dir()]
    sheets = [path for path in arguments.sheets if not path.is_dir()]
    if not sheets:
        raise Complaint(
            what=Text("Tidak ada lembar untuk dibaca.", "There is no sheet to read."),
            where=str(arguments.sheets[0]),
            why=Text("Yang disebut hanya folder.", "Only a folder is named."),
            do=Text("Sebut berkas XLSX yang sudah diisi.", "Name the XLSX files that were filled."),
        )
    done = import_sheets(
        sheets=sheets,
        key=arguments.key,
        folder=arguments.folder or (folders[0] if folders else None),
        at=datetime.now(UTC).date().isoformat(),
    )
    print(
        _STAND.in_(language).format(
            drawn=done.drawn,
            answered=done.answered,
            cannot_tell=done.cannot_tell,
            open=done.drawn - done.answered - done.cannot_tell,
            partly=done.partly,
        )
    )
    print(_NEXT.in_(language).format(path=done.reviews, folder=done.reviews.parent))
    return 0


def _between(value: int, low: int, high: int, name: str) -> None:
    if not low <= value <= high:
        raise Complaint(
            what=Text("Angka ini tidak dapat dipakai.", "This number cannot be used."),
            where=f"{name} {value}",
            why=Text(f"Harus antara {low} dan {high}.", f"It must be from {low} to {high}."),
            do=Text("Pilih angka lain, atau hapus.", "Choose another number, or leave it out."),
        )
