"""`jangkau demo`: invented lists and register with the truth beside them."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jangkau.complaints import Complaint, Language, Text

if TYPE_CHECKING:
    import argparse

    from jangkau.demo.invent import Written
    from jangkau.demo.rates import Rates

HELP = Text("buat data contoh rekaan beserta kebenarannya", "invent example data with the truth beside it")

_WORK = Text("Mengarang orang, daftar dan register", "Inventing people, lists and register")
_WRITTEN = Text("Ditulis ke {folder}", "Written to {folder}")
_ROWS = Text("baris", "rows")
_ERRORS = Text("Kesalahan yang dibuat", "Errors made")
_IN_CARELESS = Text("di kantor yang ceroboh", "in careless offices")
_TRUTH = Text(
    "Kebenaran: {people} orang di daftar, {unprotected} belum terlindungi (lihat {path}).",
    "Truth: {people} people on lists, {unprotected} not protected (see {path}).",
)
_NEXT = Text("Berikutnya: jangkau run {folder}", "Next: jangkau run {folder}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    def text(id_: str, en: str) -> str:
        # The parser of the command line takes a Text as help and shows it in the user's language.
        return Text(id_, en)  # type: ignore[return-value]

    parser.add_argument("folder", type=Path, metavar="FOLDER", help=text("folder tujuan", "where to write"))
    parser.add_argument("--register", type=int, default=300_000, help=text("baris register", "register rows"))
    parser.add_argument("--lists", type=int, default=150_000, help=text("baris daftar", "list rows"))
    parser.add_argument("--seed", type=int, default=1, help=text("angka awal acak", "seed of the random numbers"))
    parser.add_argument(
        "--provinces", metavar="12,71", help=text("kode provinsi (bawaan: semua)", "province codes (default: all)")
    )
    parser.add_argument(
        "--format",
        choices=("auto", "files", "parquet"),
        default="auto",
        help=text(
            "jenis berkas; auto: Parquet untuk daftar sangat besar", "kind of files; auto: Parquet for huge lists"
        ),
    )
    parser.add_argument(
        "--errors",
        choices=("default", "doubled", "correlated"),
        default="default",
        help=text(
            "kesalahan: biasa, dua kali lebih sering, atau datang bersamaan per kantor dan kiriman",
            "errors: as usual, twice as often, or coming together by office and batch",
        ),
    )
    parser.add_argument(
        "--rate",
        action="append",
        default=[],
        metavar="NAMA=NILAI",
        help=text(
            "laju kesalahan, boleh berulang, misalnya nik_missing=0.1",
            "an error rate, repeatable, e.g. nik_missing=0.1",
        ),
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help=text(
            "bandingkan hasil FOLDER/out dengan kebenaran; tidak membuat apa-apa",
            "compare the results in FOLDER/out with the truth; invents nothing",
        ),
    )


def run(arguments: argparse.Namespace) -> int:
    if arguments.compare:
        return _compare(arguments.folder, arguments.lang)
    from jangkau.cli.progress import Progress
    from jangkau.demo.invent import invent

    with Progress(language=arguments.lang) as progress:
        written = invent(
            folder=arguments.folder,
            register=arguments.register,
            lists=arguments.lists,
            seed=arguments.seed,
            provinces=_provinces(arguments.provinces),
            rates=_rates(arguments.rate, doubled=arguments.errors == "doubled"),
            correlated=arguments.errors == "correlated",
            form=arguments.format,
            progress=lambda done, total: progress(_WORK, done, total),
        )
    _print(written, arguments.folder, arguments.lang)
    return 0


def _compare(folder: Path, language: Language) -> int:
    from jangkau.cli.comparison import shown
    from jangkau.demo.compare import compare

    print(shown(comparison=compare(folder=folder, out=folder / "out"), language=language))
    return 0


def _provinces(given: str | None) -> tuple[str, ...] | None:
    return tuple(dict.fromkeys(code.strip() for code in given.split(","))) if given else None


def _rates(given: list[str], *, doubled: bool) -> Rates:
    from jangkau.demo.rates import Rates

    names = [field.name for field in fields(Rates)]
    rates = Rates().doubled() if doubled else Rates()
    for setting in given:
        name, _, value = setting.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = None
        if name not in names or number is None:
            raise Complaint(
                what=Text("Laju kesalahan tidak dikenal.", "An error rate is not known."),
                where=f"--rate {setting}",
                why=Text("Bentuknya nama=angka.", "It is written name=number."),
                do=Text(f"Pilih salah satu: {', '.join(names)}", f"Choose one of: {', '.join(names)}"),
            )
        rates = replace(rates, **{name: number})
    return rates


def _print(written: Written, folder: Path, language: Language) -> None:
    from jangkau.cli.table import number

    print(_WRITTEN.in_(language).format(folder=folder))
    for name, rows in written.files.items():
        print(f"  {name:<28} {number(value=rows, language=language):>12} {_ROWS.in_(language)}")
    for side, counts in written.errors.items():
        rows = counts["rows"]
        print(f"{_ERRORS.in_(language)} ({side}):")
        for kind, count in counts.items():
            if count and kind not in ("rows", "in_careless_offices"):
                print(f"  {kind:<28} {number(value=count, language=language):>12}  {100 * count / rows:5.2f} %")
        made = sum(count for kind, count in counts.items() if kind not in ("rows", "in_careless_offices"))
        if counts["in_careless_offices"]:
            print(f"  {_IN_CARELESS.in_(language):<41}  {100 * counts['in_careless_offices'] / made:5.2f} %")
    summary = written.summary
    values = {key: number(value=int(str(summary[key])), language=language) for key in ("people", "unprotected")}
    print(_TRUTH.in_(language).format(path=folder / "truth" / "summary.json", **values))
    print(_NEXT.in_(language).format(folder=folder))
