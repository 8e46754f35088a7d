"""`jangkau worker`: jobs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jangkau.cli.serve import add_home
from jangkau.complaints import Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser

HELP = Text("kerjakan tugas platform saja, tanpa web", "do the platform's jobs alone, without the web")


def add_arguments(parser: Parser) -> None:
    """[--home FOLDER]."""
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Work until stopped."""
    import os
    from pathlib import Path

    from jangkau.platform.serving import Serving, run

    serving = Serving(home=Path(arguments.home), web=False, database_url=os.environ.get("DATABASE_URL") or None)
    return run(serving=serving, say=lambda text: print(text.in_(arguments.lang), flush=True))
