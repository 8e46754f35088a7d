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
    """verify [--home FOLDER]."""
    parser.add_argument("what", metavar="verify", choices=("verify",),
                        help=Text("ikuti rantainya dari awal", "follow the chain from its beginning"))  # fmt: skip
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Say how many events there are; Complaint when one does not fit."""
    import os
    from pathlib import Path

    from jangkau.platform.serving import Serving, database_of, set_up

    serving = Serving(home=Path(arguments.home), database_url=os.environ.get("DATABASE_URL") or None)
    with database_of(serving=serving) as (home, databases):
        set_up(home=home, databases=databases)
        from jangkau.platform.offices.events import verify

        found = verify()
    if found.broken is not None:
        raise Complaint(
            what=Text(f"Rantai peristiwa putus pada nomor {found.broken}.",
                      f"The chain of events breaks at number {found.broken}."),
            where="offices_event",
            why=Text("Barisnya diubah, atau yang sebelumnya hilang.", "It was changed, or the one before is gone."),
            do=Text("Bandingkan dengan cadangan; lihat docs/operations.md.",
                    "Compare with a backup; see docs/operations.md."),
        )  # fmt: skip
    say = Text(f"{found.events} peristiwa, rantainya utuh.", f"{found.events} events, the chain is whole.")
    print(say.in_(arguments.lang))
    return 0
