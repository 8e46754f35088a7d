"""Arguments of commands, with help and errors in Indonesian and English."""

from __future__ import annotations

import argparse
import re
import sys
from typing import IO, Any, NoReturn

from jangkau.complaints import Language, Text

_USAGE = Text("Cara pakai: ", "Usage: ")
_POSITIONALS = Text("yang diisi", "what to give")
_OPTIONS = Text("pilihan", "options")
_COMMANDS = Text("perintah", "commands")
_HELP = Text("tampilkan bantuan ini", "show this help")
_VERSION = Text("tampilkan versi", "show the version")
_LANGUAGE = Text("bahasa: id atau en (bawaan: id)", "language: id or en (default: id)")
_SEE = Text("Lihat: {prog} --help", "See: {prog} --help")

# What argparse says, and how to say it plainly. Anything else is shown in argparse's own words.
_ERRORS = (
    (r"the following arguments are required: (.*)", Text(r"Belum diisi: \1", r"Missing: \1")),
    (r"unrecognized arguments: (.*)", Text(r"Tidak dikenal: \1", r"Not known: \1")),
    (
        r"argument (\S+): invalid choice: '?(.*?)'? \(choose from (.*)\)",
        Text(r"\1: '\2' tidak ada; pilih salah satu: \3", r"\1: there is no '\2'; choose one of: \3"),
    ),
    (r"argument (\S+): expected .*", Text(r"\1: nilainya belum diisi", r"\1: a value must follow")),
    (
        r"argument (\S+): invalid (\S+) value: '(.*)'",
        Text(r"\1: '\3' tidak dapat dibaca sebagai \2", r"\1: '\3' cannot be read as \2"),
    ),
    (
        r"argument (\S+): not allowed with argument (\S+)",
        Text(r"\1 tidak dapat dipakai bersama \2", r"\1 and \2 exclude each other"),
    ),
    (r"ambiguous option: (\S+) could match (.*)", Text(r"\1 dapat berarti \2", r"\1 could mean \2")),
    (r"argument (\S+): (.*)", Text(r"\1: \2", r"\1: \2")),
)


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks one of our languages; `help=` may be a Text."""

    def __init__(self, *, language: Language, **settings: Any) -> None:
        self.language: Language = language
        super().__init__(add_help=False, allow_abbrev=False, **settings)
        self._positionals.title = _POSITIONALS.in_(language)
        self._optionals.title = _OPTIONS.in_(language)
        self.add_argument("-h", "--help", action="help", help=_HELP)

    def add_argument(self, *names: Any, **settings: Any) -> argparse.Action:
        """As argparse's own, but with a help text in both languages."""
        if settings.get("action") == "version":
            settings.setdefault("help", _VERSION)
        if isinstance(settings.get("help"), Text):
            settings["help"] = settings["help"].in_(self.language)
        return super().add_argument(*names, **settings)

    def add_commands(self) -> argparse._SubParsersAction[Parser]:
        """The list of commands; `run` is None when none was given."""
        self.set_defaults(run=None)
        title = _COMMANDS.in_(self.language)
        return self.add_subparsers(title=title, metavar=title.upper(), prog=self.prog, parser_class=Parser)

    def add_language(self) -> None:
        """`--lang`, which every command has."""
        self.add_argument("--lang", choices=("id", "en"), default="id", help=_LANGUAGE)

    def format_usage(self) -> str:
        return super().format_usage().replace("usage: ", _USAGE.in_(self.language), 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", _USAGE.in_(self.language), 1)

    def print_help(self, file: IO[str] | None = None) -> None:  # type: ignore[override]
        (file or sys.stdout).write(self.format_help())

    def error(self, message: str) -> NoReturn:
        """Say plainly what is wrong with the arguments and leave with 2."""
        for pattern, text in _ERRORS:
            if match := re.fullmatch(pattern, message):
                message = match.expand(text.in_(self.language))
                break
        see = _SEE.format(prog=self.prog).in_(self.language)
        self.exit(2, f"{message}\n{see}\n")
