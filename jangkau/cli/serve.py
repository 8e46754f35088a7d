"""`jangkau serve`: the platform on the web, with its database and its worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jangkau.complaints import Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser

HELP = Text("jalankan platform: web, basis data dan pekerja", "run the platform: web, database and worker")


def add_arguments(parser: Parser) -> None:
    """[--host HOST] [--port PORT] [--home FOLDER] [--no-worker]."""
    parser.add_argument("--host", default="127.0.0.1", help=Text("alamat yang didengar", "address to listen on"))
    parser.add_argument("--port", type=int, default=8000, help=Text("nomor porta", "port number"))
    add_home(parser)
    parser.add_argument("--no-worker", action="store_true", help=Text("web saja", "the web alone"))
    parser.add_argument(
        "--demo",
        metavar="FOLDER",
        help=Text(
            "muat peragaan yang sudah dihitung, dengan akun untuk tiap peran",
            "load a demo that was run, with an account for each role",
        ),
    )


def add_home(parser: Parser) -> None:
    parser.add_argument("--home", metavar="FOLDER", default="jangkau-home",
                        help=Text("folder basis data dan berkas", "folder of database and files"))  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped; Complaint for what the user can mend."""
    import os
    from pathlib import Path

    from jangkau.platform.serving import Serving, run

    serving = Serving(
        home=Path(arguments.home), host=arguments.host, port=arguments.port, worker=not arguments.no_worker,
        database_url=os.environ.get("DATABASE_URL") or None, demo=Path(arguments.demo) if arguments.demo else None,
    )  # fmt: skip
    return run(serving=serving, say=lambda text: print(text.in_(arguments.lang), flush=True))
