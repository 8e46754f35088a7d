"""`jangkau law`: what the law says on a date; one module per question, loaded only when it is asked."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from jangkau.complaints import Text

if TYPE_CHECKING:
    from jangkau.cli.parser import Parser

HELP = Text(
    "menjawab apa kata aturan: siapa terlindungi, siapa wajib ikut, pasal mana",
    "says what the law says: who is protected, who must join, under which article",
)
QUESTIONS = ("charge", "show", "diff", "duty", "protection")


def add_arguments(parser: Parser) -> None:
    """One sub-command per question; only the one that is asked is loaded."""
    commands = parser.add_commands()
    present = [name for name in QUESTIONS if importlib.util.find_spec(f"jangkau.cli.law_{name}")]
    asked = next((word for word in sys.argv[1:] if word in present), None)
    for name in present:
        if asked in (None, name):
            module: Any = importlib.import_module(f"jangkau.cli.law_{name}")
            text = module.HELP.in_(parser.language)
            question = commands.add_parser(name, help=text, description=text, language=parser.language)
            module.add_arguments(question)
            question.add_language()
            question.set_defaults(answer=module.run)
    parser.set_defaults(answer=None, law_help=parser.print_help)


def run(arguments: argparse.Namespace) -> int:
    if arguments.answer is None:
        arguments.law_help(sys.stderr)
        return 2
    return int(arguments.answer(arguments))
