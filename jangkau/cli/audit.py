"""`jangkau audit verify`: is the chain of events whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jangkau.cli.serve import add_home
from jangkau.complaints import Complaint, Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser

HELP = Text("periksa catatan peristiwa", "check the event log")


def add_arguments(parser: Parser) -> None:
    """verify [--at-least COUNT:HASH] [--home FOLDER]."""
    parser.add_argument("what", metavar="verify", choices=("verify",),
                        help=Text("ikuti rantainya dari awal", "follow the chain from its beginning"))  # fmt: skip
    parser.add_argument(
        "--at-least", metavar="JUMLAH:HASH", default="",
        help=Text("yang dulu dicetak perintah ini: pastikan tidak ada yang hilang di ujungnya",
                  "what this command printed before: see that nothing was cut off at the end"),
    )  # fmt: skip
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Say how many events there are; Complaint when one does not fit."""
    import os
    from pathlib import Path

    from jangkau.platform.serving import Serving, database_of, set_up

    events, last = _anchor(arguments.at_least)
    serving = Serving(home=Path(arguments.home), database_url=os.environ.get("DATABASE_URL") or None)
    with database_of(serving=serving) as (home, databases):
        set_up(home=home, databases=databases)
        from jangkau.platform.offices.events import holds, verify

        found = verify()
        kept = holds(events=events, last=last)
    if found.broken is not None:
        raise Complaint(
            what=Text(f"Rantai peristiwa putus pada nomor {found.broken}.",
                      f"The chain of events breaks at number {found.broken}."),
            where="offices_event",
            why=Text("Barisnya diubah, atau yang sebelumnya hilang.", "It was changed, or the one before is gone."),
            do=Text("Bandingkan dengan cadangan; lihat docs/operations.md.",
                    "Compare with a backup; see docs/operations.md."),
        )  # fmt: skip
    if not kept:
        raise Complaint(
            what=Text("Ujung rantai peristiwa tidak seperti dulu.", "The end of the chain is not what it was."),
            where="offices_event",
            why=Text(f"Peristiwa ke-{events} hilang atau lain.", f"Event number {events} is gone or another one."),
            do=Text("Bandingkan dengan cadangan; lihat docs/operations.md.",
                    "Compare with a backup; see docs/operations.md."),
        )  # fmt: skip
    say = Text(f"{found.events} peristiwa, rantainya utuh.", f"{found.events} events, the chain is whole.")
    print(say.in_(arguments.lang))
    keep = Text("Simpan di tempat lain", "Keep it elsewhere")
    print(f"{keep.in_(arguments.lang)}: --at-least {found.events}:{found.last}")
    return 0


def _anchor(said: str) -> tuple[int, str]:
    """COUNT:HASH; Complaint for anything else."""
    count, _, last = said.partition(":")
    if said and not (count.isascii() and count.isdigit() and len(count) < 19):
        raise Complaint(
            what=Text("Jangkar ini tidak dapat dibaca.", "This anchor cannot be read."),
            where=f"--at-least {said[:100]}",
            why=Text("Bentuknya JUMLAH:HASH.", "It is COUNT:HASH."),
            do=Text("Salin dari jangkau audit verify yang dulu.", "Copy it from an earlier jangkau audit verify."),
        )
    return int(count or 0), last
