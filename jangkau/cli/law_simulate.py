"""`jangkau law simulate`: what another rule would do to people, beside what the law does to them now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jangkau.complaints import Language, Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser

HELP = Text("bandingkan sebuah usulan dengan hukum yang berlaku", "compare a reform with the law as it stands")
_RESULT = Text(
    "{people} orang, {month}: {affected} terkena, {winners} membayar lebih sedikit, {losers} membayar lebih banyak.",
    "{people} people, {month}: {affected} affected, {winners} pay less, {losers} pay more.",
)
_UNKNOWN = Text(
    "{unknown} orang tidak dihitung: hukum, sebagaimana terbaca, tidak menjawabnya.",
    "{unknown} people are not priced: the law, as read, does not settle it.",
)
_ESTIMATED = Text(
    "Penghasilan {many} orang adalah taksiran, bukan data. Dengan penghasilan rendah atau tinggi: "
    "{low} sampai {high} yang membayar lebih banyak.",
    "The incomes of {many} people are estimates, no data. With low or high incomes: {low} to {high} pay more.",
)
_NOT_YET = Text("Tidak ada isi {file} yang berlaku pada {month}.", "Nothing of {file} is in force in {month}.")
_PAID = Text("  {who}: {before} menjadi {after} rupiah sebulan", "  {who}: {before} becomes {after} rupiah a month")
_REPORT = Text("Laporan: {path}", "Report: {path}")


def add_arguments(parser: Parser) -> None:
    """People, reform, month, baseline, programmes, folder."""
    parser.add_argument(
        "people", metavar="PEOPLE.parquet", type=Path, help=Text("satu baris per orang", "one row for each person")
    )
    parser.add_argument(
        "reform",
        metavar="REFORM.yaml",
        type=Path,
        help=Text("usulan: docs/reference/reform.md", "the reform: docs/reference/reform.md"),
    )
    parser.add_argument("--month", required=True, help=Text("bulan iuran: 2026-05", "the month: 2026-05"))
    parser.add_argument(
        "--baseline",
        type=Path,
        metavar="BASE.yaml",
        help=Text("usulan lain sebagai pembanding", "another reform to compare with"),
    )
    parser.add_argument(
        "--programmes",
        help=Text("misalnya JKK,JKM,JHT (bawaan: yang wajib)", "such as JKK,JKM,JHT (default: compulsory)"),
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help=Text("folder hasil, baru atau kosong", "a new folder")
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the folder and say the main figures; Complaint for bad input."""
    from jangkau.law.facts import read_month
    from jangkau.law.simulating import simulate
    from jangkau.law.simulation import Question

    programmes = None
    if arguments.programmes is not None:
        programmes = tuple(word.strip().upper() for word in arguments.programmes.split(",") if word.strip())
    question = Question(
        people=arguments.people,
        reform=arguments.reform,
        month=read_month(text=arguments.month),
        baseline=arguments.baseline,
        programmes=programmes,
    )
    outcome = simulate(question=question, out=arguments.out, language=arguments.lang)
    _say(outcome.summary, arguments.lang)
    print(_REPORT.in_(arguments.lang).format(path=outcome.out / "report.html"))
    return 0


def _say(summary: dict[str, Any], language: Language) -> None:
    from jangkau.cli.table import number
    from jangkau.law.wording import PAYERS

    def shown(value: int) -> str:
        return number(value=value, language=language)

    middle = summary["levels"]["middle"]
    people = {name: shown(value) for name, value in middle["people"].items()}
    print(_RESULT.in_(language).format(month=summary["month"], **people))
    if not any(one["in_force"] for one in summary["reform"]["measures"]):
        print(_NOT_YET.in_(language).format(file=summary["reform"]["file"], month=summary["month"]))
    before, after = (middle["sides"][side]["by_payer"] for side in ("baseline", "reform"))
    for who in (one for one in PAYERS if one in {*before, *after}):
        values = {"before": shown(before.get(who, 0)), "after": shown(after.get(who, 0))}
        print(_PAID.in_(language).format(who=PAYERS[who].in_(language), **values))
    if middle["people"]["unknown"]:
        print(_UNKNOWN.in_(language).format(**people))
    if summary["incomes"]["estimated"]:
        losers = [one["people"]["losers"] for one in summary["levels"].values()]
        values = {"many": shown(summary["incomes"]["estimated"]), "low": shown(min(losers)), "high": shown(max(losers))}
        print(_ESTIMATED.in_(language).format(**values))
