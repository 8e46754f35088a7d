"""`jangkau law show PROGRAMME --on DATE`: every value in force with its source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jangkau.complaints import Language, Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser
    from jangkau.law.dates import InForce

HELP = Text(
    "semua nilai yang berlaku pada suatu hari, dengan sumbernya", "every value in force on a day, with its source"
)
_SINCE = Text("sejak {start}", "since {start}")
_BETWEEN = Text("{start} sampai sebelum {end}", "{start} to before {end}")
_LINES = (
    Text("masih terbuka", "open"),
    Text("dasar hukum", "law"),
    Text("sumber", "source"),
    Text("berkas", "file"),
)
_UNVERIFIED = Text("belum terverifikasi", "not verified")


def add_arguments(parser: Parser) -> None:
    """PROGRAMME --on DATE."""
    parser.add_argument(
        "programme", metavar="PROGRAM", help=Text("JKK, JKM, JHT, JP atau JKP", "JKK, JKM, JHT, JP or JKP")
    )
    parser.add_argument("--on", metavar="YYYY-MM-DD", help=Text("hari yang ditanya", "the day asked for"))
    parser.add_argument("--json", action="store_true", help=Text("cetak sebagai JSON", "print as JSON"))


def run(arguments: argparse.Namespace) -> int:
    """Print the values; Complaint for an unknown programme or a day outside the known law."""
    from jangkau.law.dates import in_force
    from jangkau.law.facts import among, missing, read_day
    from jangkau.law.loading import law
    from jangkau.law.values import PROGRAMMES

    programme = arguments.programme.upper()
    among(fact="programme", value=programme, choices=PROGRAMMES)
    if arguments.on is None:
        raise missing(fact="on", why=Text("Hukum berbeda dari hari ke hari.", "The law differs from day to day."))
    day = read_day(text=arguments.on, option="--on")
    found = in_force(law=law(), programme=programme, day=day)
    if arguments.json:
        values = [_as_json(one, arguments.lang) for one in found]
        print(json.dumps({"programme": programme, "on": f"{day}", "values": values}, ensure_ascii=False))
        return 0
    print(f"{programme} {day}")
    for one in found:
        print()
        print(_words(one, arguments.lang))
    return 0


def _as_json(one: InForce, language: Language) -> dict[str, object]:
    return {
        "name": one.name,
        "segment": one.segment,
        "what": one.what.in_(language),
        "says": one.says.in_(language),
        "valid_from": f"{one.valid_from}",
        "valid_until": None if one.valid_until is None else f"{one.valid_until}",
        "article": one.cited.in_(language),
        "verified": one.verified,
        "source": one.source,
        "file": one.place,
        "open": None if one.open is None else one.open.in_(language),
    } | ({"rows": list(one.rows)} if one.rows else {})


def _words(one: InForce, language: Language) -> str:
    when = _SINCE.format(start=one.valid_from)
    if one.valid_until is not None:
        when = _BETWEEN.format(start=one.valid_from, end=one.valid_until)
    mark = "" if one.verified else f" ({_UNVERIFIED.in_(language)})"
    lines = [f"{one.segment}: {one.what.in_(language)} = {one.says.in_(language)}, {when.in_(language)}{mark}"]
    open_ = "" if one.open is None or one.open.in_(language) in lines[0] else one.open.in_(language)
    for label, words in zip(_LINES, (open_, one.cited.in_(language), one.source, one.place), strict=True):
        if words:
            lines.append(f"  {label.in_(language)}: {words}")
    for row in one.rows:
        upper = row["to"] if row["to"] is not None else "…"
        lines.append(f"    {row['bracket']:>2}  {row['from']:>12} – {upper:>12}  {row['base']:>12}")
    return "\n".join(lines)
