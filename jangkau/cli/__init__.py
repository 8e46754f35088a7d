"""The command line: one module per command, loaded only when it is called.

A command module offers `HELP` (Text), `add_arguments(parser)` and `run(arguments) -> int`, and imports DuckDB, NumPy
and Arrow inside `run` only, so that `jangkau --help` answers at once.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jangkau import __version__
from jangkau.complaints import Complaint, Language, Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser

COMMANDS = ("run", "link", "lookup", "review", "law", "demo", "serve", "worker", "deliver", "audit", "backup", "doctor")

EXIT_COMPLAINT = 2
EXIT_FAULT = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED = 130  # 128 + SIGINT, what a shell gives
EXIT_BROKEN_PIPE = 141  # 128 + SIGPIPE

_ABOUT = Text(
    "Menemukan pekerja yang belum terlindungi jaminan sosial ketenagakerjaan, dan seberapa pasti angkanya.",
    "Finds the workers whom employment social security does not protect yet, and says how sure it is.",
)
_INTERRUPTED = Text("Dihentikan. Hasil lama tidak berubah.", "Stopped. Earlier results are untouched.")
_FAULT = Text(
    "Ada kesalahan di dalam jangkau ({type} di {place}). Hasil lama tidak berubah.\n"
    "Laporkan baris ini; rinciannya terlihat dengan JANGKAU_TRACEBACK=1 (dapat memuat data pribadi).",
    "There is a fault in jangkau ({type} at {place}). Earlier results are untouched.\n"
    "Report this line; JANGKAU_TRACEBACK=1 shows the details (they may hold personal data).",
)
_NO_MEMORY = Complaint(
    what=Text("Memori tidak cukup.", "There is not enough memory."),
    where="--memory",
    why=Text("Pekerjaan ini memerlukan lebih banyak memori.", "This work needs more memory than it may use."),
    do=Text(
        "Tutup program lain, atau beri batas yang lebih besar, misalnya --memory 4GB.",
        "Close other programs, or allow more, for example --memory 4GB.",
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 something the user can mend, 70 a fault of ours."""
    words = list(sys.argv[1:] if argv is None else argv)
    language = _language(words)
    _never_stumble_over_letters()
    try:
        code = _dispatch(words, language)
        sys.stdout.flush()
    except Complaint as complaint:
        return _say(complaint.message(language), EXIT_COMPLAINT)
    except KeyboardInterrupt:
        return _say(_INTERRUPTED.in_(language), EXIT_INTERRUPTED)
    except BrokenPipeError:
        # `jangkau run ... | head`: whoever read has gone. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except Exception as error:
        return _explain(error, language)
    return code


def _dispatch(words: list[str], language: Language) -> int:
    # The parsers are built here and not at import: most commands need one of them only.
    from jangkau.cli.parser import Parser

    parser = Parser(prog="jangkau", description=_ABOUT.in_(language), language=language)
    parser.add_argument("--version", action="version", version=f"jangkau {__version__}")
    parser.add_language()
    commands = parser.add_commands()
    wanted = next((word for word in words if word in COMMANDS), None)
    for name in COMMANDS:
        # Only the list of all commands needs every module; `jangkau run` loads run alone.
        if wanted in (None, name):
            _add(commands, name, language)
    arguments = parser.parse_args(words)
    arguments.lang = language  # wherever it stood
    if arguments.run is None:
        parser.print_help(sys.stderr)
        return EXIT_COMPLAINT
    return int(arguments.run(arguments))


def _add(commands: argparse._SubParsersAction[Parser], name: str, language: Language) -> None:
    module: Any = importlib.import_module(f"jangkau.cli.{name}")
    help_text = module.HELP.in_(language)
    parser = commands.add_parser(name, help=help_text, description=help_text, language=language)
    module.add_arguments(parser)
    parser.add_language()
    parser.set_defaults(run=module.run)


def _language(words: Sequence[str]) -> Language:
    """The language of help and errors, found before the arguments are understood; Indonesian unless asked."""
    return "en" if "--lang=en" in words or ("--lang", "en") in pairwise(words) else "id"


def _explain(error: Exception, language: Language) -> int:
    from jangkau.outputs.disk import disk_full

    if os.environ.get("JANGKAU_TRACEBACK"):
        traceback.print_exc()
        return EXIT_FAULT
    if full := disk_full(error):
        return _say(full.message(language), EXIT_COMPLAINT)
    # DuckDB's OutOfMemoryException, by name so that DuckDB need not be loaded to recognise it.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return _say(_NO_MEMORY.message(language), EXIT_COMPLAINT)
    # The values in an error's own text may be somebody's name or NIK: only its type and place are shown.
    text = _FAULT.format(type=type(error).__name__, place=_place(error))
    other = text.en if language == "id" else text.id
    return _say(f"{text.in_(language)}\n{other}", EXIT_FAULT)


def _place(error: Exception) -> str:
    """Module and line of the innermost frame that is ours, without the folders of this machine."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = frame.filename.replace("\\", "/")
        if "/jangkau/" in path:
            return f"jangkau/{path.rsplit('/jangkau/', 1)[1]}:{frame.lineno}"
    return "?"


def _say(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _never_stumble_over_letters() -> None:
    """A Windows console that is not UTF-8 shows '?' for a letter it lacks, and the run goes on."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and (stream.encoding or "").lower().replace("-", "") != "utf8":
            reconfigure(errors="replace")
