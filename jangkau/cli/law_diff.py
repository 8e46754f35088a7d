"""`jangkau law diff YYYY-MM YYYY-MM`: what changed between two months, and for whom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jangkau.complaints import Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser

HELP = Text("apa yang berubah antara dua bulan, dan bagi siapa", "what changed between two months, and for whom")
_HEAD = Text("{n} perubahan dari {before} ke {after}", "{n} changed from {before} to {after}")
_CHANGES = {
    "begins": Text("mulai", "begins"),
    "ends": Text("berakhir", "ends"),
    "changes": Text("berubah", "changes"),
    "came_and_went": Text("berlaku di antaranya saja", "held in between only"),
}
_LINES = (Text("bagi", "for"), Text("dulu", "before"), Text("kemudian", "after"), Text("dasar hukum", "law"))
_UNVERIFIED = Text("belum terverifikasi", "not verified")


def add_arguments(parser: Parser) -> None:
    """Two months."""
    parser.add_argument("before", metavar="YYYY-MM", help=Text("bulan pertama", "the first month"))
    parser.add_argument("after", metavar="YYYY-MM", help=Text("bulan kedua", "the second month"))
    parser.add_argument("--json", action="store_true", help=Text("cetak sebagai JSON", "print as JSON"))


def run(arguments: argparse.Namespace) -> int:
    """Print the differences; Complaint for what is no month or outside the known law."""
    from jangkau.law.dates import differences
    from jangkau.law.facts import read_month
    from jangkau.law.loading import law

    language = arguments.lang
    before = read_month(text=arguments.before, option="diff")
    after = read_month(text=arguments.after, option="diff")
    found = differences(law=law(), before=before, after=after)
    if arguments.json:
        changes = [
            {
                "name": one.name,
                "change": one.change,
                "what": one.what.in_(language),
                "whom": one.whom.in_(language),
                "before": one.before.in_(language),
                "after": one.after.in_(language),
                "article": one.cited.in_(language),
                "verified": one.verified,
                "source": one.source,
            }
            for one in found
        ]
        said = {"before": f"{before:%Y-%m}", "after": f"{after:%Y-%m}", "changes": changes}
        print(json.dumps(said, ensure_ascii=False))
        return 0
    print(_HEAD.format(n=len(found), before=f"{before:%Y-%m}", after=f"{after:%Y-%m}").in_(language))
    for one in found:
        mark = "" if one.verified else f" ({_UNVERIFIED.in_(language)})"
        print(f"\n{one.what.in_(language)}: {_CHANGES[one.change].in_(language)}{mark}")
        words = (one.whom.in_(language), one.before.in_(language), one.after.in_(language), one.cited.in_(language))
        for label, said_ in zip(_LINES, words, strict=True):
            if said_:
                print(f"  {label.in_(language)}: {said_}")
    return 0
