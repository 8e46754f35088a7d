"""`jangkau law duty`: whether a KUR borrower must join, and under which article."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from jangkau.cli.law_answer import AS_JSON, as_json, certainty, lines
from jangkau.complaints import Text

if TYPE_CHECKING:
    from jangkau.cli.parser import Parser
    from jangkau.law.duty import Duty

HELP = Text("apakah peminjam KUR wajib atau dapat ikut", "whether a KUR borrower must or may join")
_WORDS = {
    "must": Text("wajib ikut", "must join"),
    "may": Text("dapat ikut", "may join"),
    "none": Text("tidak ada kewajiban", "no duty"),
    "unknown": Text("belum diketahui", "unknown"),
}
_RULE = Text("Aturan KUR", "KUR rule")
_ARTICLE = Text("Dasar", "Article")
_CERTAIN = Text("Sudah dipastikan", "Confirmed")
_OPEN = Text("Masih terbuka", "Open")
_NOTE = Text("Catatan", "Note")
_SOURCE = Text("Sumber", "Source")
_GENERAL = Text("Kewajiban umum BPU", "General duty of own-account workers")


def add_arguments(parser: Parser) -> None:
    """Type, ceiling and date of agreement of one loan."""
    parser.add_argument(
        "--kur",
        required=True,
        metavar="TYPE",
        help=Text(
            "jenis KUR: super_mikro, mikro, kecil, khusus, pmi", "KUR type: super_mikro, mikro, kecil, khusus, pmi"
        ),
    )
    parser.add_argument(
        "--plafon", metavar="RUPIAH", help=Text("plafon pinjaman dalam rupiah", "ceiling of the loan in rupiah")
    )
    parser.add_argument(
        "--agreed",
        required=True,
        metavar="DATE",
        help=Text("tanggal akad, misalnya 2023-03-01", "day the loan was agreed, for example 2023-03-01"),
    )
    parser.add_argument(
        "--as-of",
        metavar="DATE",
        help=Text(
            "tanggal untuk kewajiban umum (bawaan: tanggal akad)",
            "day for the general duty (default: day of agreement)",
        ),
    )
    parser.add_argument(
        "--employer", action="store_true", help=Text("peminjam mempekerjakan orang", "the borrower employs others")
    )
    parser.add_argument("--json", action="store_true", help=AS_JSON)


def run(arguments: argparse.Namespace) -> int:
    from jangkau.law.duty import LoanFacts, duty
    from jangkau.law.facts import read_amount, read_day

    agreed = read_day(text=arguments.agreed, option="--agreed")
    facts = LoanFacts(
        kur=arguments.kur,
        plafon=None if arguments.plafon is None else read_amount(text=arguments.plafon, fact="plafon"),
        agreed=agreed,
        employer=arguments.employer or None,
    )
    as_of = agreed if arguments.as_of is None else read_day(text=arguments.as_of, option="--as-of")
    found = duty(facts=facts, as_of=as_of)
    print(as_json(values=_values(found, facts)) if arguments.json else _shown(found, arguments))
    return 0


def _values(found: Duty, facts: Any) -> dict[str, Any]:
    general = found.general_duty
    return {
        "duty": found.duty,
        "article": found.article,
        "verified": found.verified,
        "kur": found.kur,
        "plafon": facts.plafon,
        "agreed": facts.agreed,
        "instrument": found.instrument,
        "source": found.source,
        "unknown": [found.question] if found.question else [],
        "notes": list(found.notes),
        "general_duty": {
            "duty": general.duty,
            "programmes": list(general.programmes),
            "voluntary": list(general.voluntary),
            "article": general.article,
            "instrument": general.instrument,
            "verified": general.verified,
            "source": general.source,
            "unknown": [general.question] if general.question else [],
            "notes": list(general.notes),
        },
    }


def _shown(found: Duty, arguments: argparse.Namespace) -> str:
    general = found.general_duty
    programmes = ", ".join(general.programmes)
    must = _WORDS[general.duty]
    rows: list[tuple[Text, Text | str | None]] = [
        (_RULE, _WORDS[found.duty]),
        (_ARTICLE, found.article or found.instrument),
        (_CERTAIN, certainty(verified=found.verified)),
        (_OPEN, found.question),
        *((_NOTE, note) for note in found.notes),
        (_SOURCE, found.source),
        (_GENERAL, Text(f"{must.id}: {programmes}", f"{must.en}: {programmes}")),
        (_ARTICLE, general.article),
        (_CERTAIN, certainty(verified=general.verified)),
        (_OPEN, general.question),
        *((_NOTE, note) for note in general.notes),
    ]
    return lines(rows=rows, language=arguments.lang)
