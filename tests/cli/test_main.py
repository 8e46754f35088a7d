"""The command line answers at once, says what is wrong in plain words, and never shows a traceback."""

from __future__ import annotations

import argparse
import errno
import subprocess
import sys
import time
from collections.abc import Callable
from types import ModuleType

import pytest

import jangkau.cli
from jangkau import __version__
from jangkau.cli import main
from jangkau.cli.parser import Parser
from jangkau.complaints import Complaint, Text

HEAVY = ("duckdb", "numpy", "pyarrow", "python_calamine", "xlsxwriter", "jinja2", "rich")
Work = Callable[[argparse.Namespace], int]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], None]:
    """Makes `jangkau try FOLDER [--memory N]` do what the test wants."""

    def install(work: Work) -> None:
        module = ModuleType("jangkau.cli.try")
        module.HELP = Text("coba saja", "just try")  # type: ignore[attr-defined]

        def add_arguments(parser: Parser) -> None:
            parser.add_argument("folder", help=Text("folder masukan", "folder with lists"))
            parser.add_argument("--memory", type=int)

        module.add_arguments = add_arguments  # type: ignore[attr-defined]
        module.run = work  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "jangkau.cli.try", module)
        monkeypatch.setattr(jangkau.cli, "COMMANDS", ("try",))

    return install


def raising(error: BaseException) -> Work:
    def work(_: argparse.Namespace) -> int:
        raise error

    return work


def loaded_by(program: str) -> set[str]:
    """Which heavy packages a fresh Python has loaded after running a program."""
    ask = f"{program}\nimport sys\nprint('loaded:', *sorted(set(sys.modules) & set({HEAVY!r})))"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return set(answer.stdout.rsplit("loaded:", 1)[1].split())


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    assert loaded_by("import jangkau.cli") == set()


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["demo", "--help"], ["doctor", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    program = (
        f"import jangkau.cli\ntry:\n    jangkau.cli.main({words!r})\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert loaded_by(program) == set()


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in ("run", "demo", "doctor"))


def test_help_answers_at_once() -> None:
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-m", "jangkau", "--help"], capture_output=True, check=True)
        seconds.append(time.perf_counter() - begin)
    # 0.1 s on a desk machine; the best of three on a loaded test machine is given ten times that.
    assert min(seconds) < 1.0


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"jangkau {__version__}\n"


def test_no_command_shows_the_help_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "doctor" in capsys.readouterr().err


def test_a_command_gets_its_arguments_and_gives_its_code(command: Callable[[Work], None]) -> None:
    seen: list[argparse.Namespace] = []

    def work(arguments: argparse.Namespace) -> int:
        seen.append(arguments)
        return 1

    command(work)
    assert main(["try", "lists", "--memory", "3"]) == 1
    assert (seen[0].folder, seen[0].memory, seen[0].lang) == ("lists", 3, "id")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["try"], "Belum diisi: folder"),
        (["try", "--lang", "en"], "Missing: folder"),
        (["try", "a", "--speed"], "Tidak dikenal: --speed"),
        (["try", "a", "--speed", "--lang=en"], "Not known: --speed"),
        (["try", "a", "--memory"], "--memory: nilainya belum diisi"),
        (["try", "a", "--memory", "much"], "--memory: 'much' tidak dapat dibaca sebagai int"),
        (["try", "a", "--memory", "much", "--lang", "en"], "--memory: 'much' cannot be read as int"),
        (["try", "a", "--lang", "fr"], "--lang: 'fr' tidak ada; pilih salah satu: "),
        (["fly"], "'fly' tidak ada; pilih salah satu: "),
    ],
)
def test_wrong_arguments_are_told_plainly(
    command: Callable[[Work], None], capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    command(lambda _: 0)
    with pytest.raises(SystemExit) as end:
        main(words)
    shown = capsys.readouterr().err
    assert end.value.code == 2
    assert says in shown
    assert "--help" in shown


@pytest.mark.parametrize(
    "words", [["--lang", "en", "try", "a"], ["try", "--lang", "en", "a"], ["try", "a", "--lang=en"]]
)
def test_the_language_may_stand_anywhere(command: Callable[[Work], None], words: list[str]) -> None:
    seen: list[str] = []

    def work(arguments: argparse.Namespace) -> int:
        seen.append(arguments.lang)
        return 0

    command(work)
    assert main(words) == 0
    assert seen == ["en"]


@pytest.mark.parametrize(("words", "says"), [([], "Cara pakai: "), (["--lang", "en"], "Usage: ")])
def test_help_speaks_the_language_asked_for(
    command: Callable[[Work], None], capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    command(lambda _: 0)
    with pytest.raises(SystemExit):
        main(["try", "--help", *words])
    shown = capsys.readouterr().out
    assert shown.startswith(says)
    assert ("folder masukan" in shown) == (not words)


COMPLAINT = Complaint(
    what=Text("Berkas kosong.", "The file is empty."),
    where="kur.csv",
    why=Text("Tidak ada baris.", "It has no rows."),
    do=Text("Kirim lagi.", "Send it again."),
)


@pytest.mark.parametrize(("language", "says"), [("id", "Berkas kosong."), ("en", "The file is empty.")])
def test_a_complaint_is_four_lines_on_the_error_stream(
    command: Callable[[Work], None], capsys: pytest.CaptureFixture[str], language: str, says: str
) -> None:
    command(raising(COMPLAINT))
    assert main(["try", "a", "--lang", language]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert says in shown.err
    assert len(shown.err.splitlines()) == 4


def test_an_interruption_is_one_line(command: Callable[[Work], None], capsys: pytest.CaptureFixture[str]) -> None:
    command(raising(KeyboardInterrupt()))
    assert main(["try", "a", "--lang", "en"]) == 130
    assert capsys.readouterr().err == "Stopped. Earlier results are untouched.\n"


def test_a_fault_shows_its_type_and_place_and_no_personal_data(
    command: Callable[[Work], None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JANGKAU_TRACEBACK", raising=False)
    command(raising(ValueError("SITI AMINAH 1272014101900001")))
    assert main(["try", "a"]) == 70
    shown = capsys.readouterr().err
    assert "ValueError" in shown
    assert "jangkau/cli/__init__.py:" in shown
    assert "fault in jangkau" in shown
    assert "kesalahan di dalam jangkau" in shown
    assert "SITI" not in shown
    assert "Traceback" not in shown


def test_a_fault_shows_everything_to_who_asks_for_it(
    command: Callable[[Work], None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JANGKAU_TRACEBACK", "1")
    command(raising(ValueError("why")))
    assert main(["try", "a"]) == 70
    assert "ValueError: why" in capsys.readouterr().err


class OutOfMemoryException(Exception):  # noqa: N818 - named as DuckDB names its own
    pass


@pytest.mark.parametrize("error", [MemoryError(), OutOfMemoryException("failed to allocate")])
def test_too_little_memory_is_told_with_the_option_that_helps(
    command: Callable[[Work], None], capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    command(raising(error))
    assert main(["try", "a", "--lang", "en"]) == 2
    assert "--memory" in capsys.readouterr().err


def test_a_full_disk_is_told_wherever_it_happens(
    command: Callable[[Work], None], capsys: pytest.CaptureFixture[str]
) -> None:
    command(raising(OSError(errno.ENOSPC, "No space left on device")))
    assert main(["try", "a", "--lang", "en"]) == 2
    assert "no space left" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell is needed")
def test_a_reader_who_has_gone_is_no_error() -> None:
    words = [sys.executable, "-m", "jangkau", "doctor"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 141


def test_a_console_without_our_letters_shows_question_marks() -> None:
    answer = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "jangkau", "doctor", "/no/such/folder"],
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "cp1252", "PATH": ""},
    )
    assert answer.returncode == 1
    assert b"? " in answer.stdout
    assert b"Traceback" not in answer.stderr
