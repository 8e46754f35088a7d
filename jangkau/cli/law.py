"""`jangkau law`: what the law says on a date; one module per question, law_charge, law_show, law_diff and others."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from jangkau.complaints import Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser

HELP = Text(
    "apa kata hukum: iuran, nilai yang berlaku, perubahannya",
    "what the law says: contributions, values in force, what changed",
)
QUESTIONS = ("charge", "show", "diff", "duty", "protection", "simulate")


def add_arguments(parser: Parser) -> None:
    """Every question whose module is there."""
    questions = parser.add_commands()
    for name in QUESTIONS:
        if importlib.util.find_spec(f"jangkau.cli.law_{name}") is None:
            continue
        module: Any = importlib.import_module(f"jangkau.cli.law_{name}")
        help_text = module.HELP.in_(parser.language)
        one = questions.add_parser(name, help=help_text, description=help_text, language=parser.language)
        module.add_arguments(one)
        one.add_language()
        one.set_defaults(run=module.run)
    parser.set_defaults(help_of_law=parser.format_help)


def run(arguments: argparse.Namespace) -> int:
    """No question was asked: say which there are."""
    sys.stderr.write(arguments.help_of_law())
    return 2
