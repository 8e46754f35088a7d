"""`jangkau law protection`: whether a membership protects on a date, until when, and under which article."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from jangkau.cli.law_answer import AS_JSON, as_json, certainty, lines
from jangkau.complaints import Complaint, Text

if TYPE_CHECKING:
    from jangkau.cli.parser import Parser
    from jangkau.law.protection import Membership, Protection

HELP = Text("apakah kepesertaan melindungi pada suatu tanggal", "whether a membership protects on a date")
NEVER = "never"
_STATES = {
    "active": Text("aktif: bulan ini sudah dibayar", "active: this month is paid"),
    "in_grace": Text("masa tenggang: masih terlindungi", "in grace: still protected"),
    "lapsed": Text("tidak aktif: tidak terlindungi", "lapsed: not protected"),
    "ended": Text("berakhir", "ended"),
    "unknown": Text("belum diketahui", "unknown"),
}
_STATE = Text("Keadaan", "State")
_PAID = Text("Dibayar sampai", "Paid through")
_GRACE = Text("Tenggang sampai", "Grace until")
_ARTICLE = Text("Dasar", "Article")
_CERTAIN = Text("Sudah dipastikan", "Confirmed")
_OPEN = Text("Masih terbuka", "Open")
_NOTE = Text("Catatan", "Note")
_SOURCE = Text("Sumber", "Source")


def add_arguments(parser: Parser) -> None:
    """One membership and a day."""
    parser.add_argument(
        "--segment", required=True, metavar="SEGMENT", help=Text("PU, BPU, JAKON atau PMI", "PU, BPU, JAKON or PMI")
    )
    parser.add_argument(
        "--paid-until",
        metavar="MONTH",
        help=Text(
            "bulan terakhir yang dibayar, misalnya 2021-01; never: belum pernah",
            "last month paid, for example 2021-01; never: nothing yet",
        ),
    )
    parser.add_argument(
        "--as-of",
        required=True,
        metavar="DATE",
        help=Text("tanggal yang ditanyakan, misalnya 2021-04-30", "the day asked about, for example 2021-04-30"),
    )
    parser.add_argument("--started", metavar="DATE", help=Text("tanggal mulai kepesertaan", "day membership began"))
    parser.add_argument(
        "--ended", metavar="DATE", help=Text("tanggal kepesertaan berakhir", "day on which membership ended")
    )
    parser.add_argument("--json", action="store_true", help=AS_JSON)


def run(arguments: argparse.Namespace) -> int:
    from jangkau.law.facts import read_day
    from jangkau.law.protection import protection

    as_of = read_day(text=arguments.as_of, option="--as-of")
    membership = _membership(arguments, as_of)
    found = protection(membership=membership, as_of=as_of, unknown_grace="unknown")
    if arguments.json:
        print(as_json(values=_values(found, membership, as_of)))
    else:
        print(_shown(found, arguments))
    return 0


def _membership(arguments: argparse.Namespace, as_of: date) -> Membership:
    from jangkau.law.facts import any_day, segment_named
    from jangkau.law.protection import Membership

    segment = segment_named(name=arguments.segment)
    started = None if arguments.started is None else any_day(text=arguments.started, option="--started")
    ended = None if arguments.ended is None else any_day(text=arguments.ended, option="--ended")
    if started is not None and ended is not None and ended < started:
        raise Complaint(
            what=Text("Kepesertaan berakhir sebelum mulai.", "The membership ends before it begins."),
            where="--ended",
            why=Text(f"Mulai {started}, berakhir {ended}.", f"It begins on {started} and ends on {ended}."),
            do=Text("Periksa kedua tanggal.", "Check both dates."),
        )
    return Membership(segment, started, _paid_month(arguments, ended, as_of), ended)


def _paid_month(arguments: argparse.Namespace, ended: date | None, as_of: date) -> date | None:
    from jangkau.law.facts import any_month, within
    from jangkau.law.months import KNOWN_UNTIL

    if arguments.paid_until == NEVER:
        return None
    if arguments.paid_until is None:
        if ended is not None and ended <= as_of:
            return None  # whatever was paid, a membership that has ended does not protect
        raise Complaint(
            what=Text("Bulan terakhir yang dibayar belum diberikan.", "The last month paid is not given."),
            where="--paid-until",
            why=Text("Perlindungan bergantung pada bulan itu.", "Protection hangs on that month."),
            do=Text(
                "Tulis misalnya --paid-until 2021-01, atau --paid-until never bila belum pernah dibayar.",
                "Write, for example, --paid-until 2021-01, or --paid-until never if nothing was ever paid.",
            ),
        )
    paid = any_month(text=arguments.paid_until, option="--paid-until")
    if paid >= KNOWN_UNTIL:
        within(day=paid, option="--paid-until")
    return paid


def _values(found: Protection, membership: Membership, as_of: date) -> dict[str, Any]:
    return {
        "state": found.state,
        "counts_as_protected": found.counts_as_protected,
        "paid_through": found.paid_through,
        "grace_until": found.grace_until,
        "article": found.article,
        "verified": found.verified,
        "segment": membership.segment,
        "as_of": as_of,
        "instrument": found.instrument,
        "source": found.source,
        "unknown": [found.question] if found.question else [],
        "notes": list(found.notes),
    }


def _shown(found: Protection, arguments: argparse.Namespace) -> str:
    rows: list[tuple[Text, Text | str | None]] = [
        (_STATE, _STATES[found.state]),
        (_PAID, _on(found.paid_through)),
        (_GRACE, _on(found.grace_until)),
        (_ARTICLE, found.article),
        (_CERTAIN, certainty(verified=found.verified)),
        (_OPEN, found.question),
        *((_NOTE, note) for note in found.notes),
        (_SOURCE, found.source),
    ]
    return lines(rows=rows, language=arguments.lang)


def _on(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
