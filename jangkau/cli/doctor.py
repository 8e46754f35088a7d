"""`jangkau doctor`: does this machine have what is needed? In plain words."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from jangkau.cli.table import number
from jangkau.complaints import Complaint, Language, Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser

HELP = Text("periksa apakah komputer ini siap dipakai", "check whether this machine has what is needed")

_GB = 1e9
_LANGUAGES: tuple[Language, Language] = ("id", "en")
# Measured: 300,000 register and 150,000 list rows stay under 1.5 GB; the operating system needs about as much again.
_MEMORY_NEEDED_GB = 3.0
# Lists, accepted rows, outputs and what DuckDB puts aside: about four times the files of a province.
_DISK_NEEDED_GB = 2.0


@dataclass(frozen=True)
class Finding:
    """What one look at the machine showed. Not needed to work, only good to have: `advice`."""

    good: bool
    says: Text
    do: Text | None = None
    advice: bool = False


def add_arguments(parser: Parser) -> None:
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help=Text(
            "folder tempat hasil akan ditulis (bawaan: folder ini)",
            "folder where results will be written (default: this one)",
        ),
    )


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; 0 when jangkau will work here, else 1."""
    language: Language = arguments.lang
    good = True
    for finding in findings(folder=arguments.folder):
        word = _word(finding).in_(language)
        print(f"{word:<8} {finding.says.in_(language)}")
        if not finding.good and finding.do:
            print(f"{'':<8} → {finding.do.in_(language)}")
        good = good and (finding.good or finding.advice)
    verdict = (
        Text("Komputer ini siap.", "This machine is ready.")
        if good
        else Text("Komputer ini belum siap.", "This machine is not ready yet.")
    )
    print(verdict.in_(language))
    return 0 if good else 1


def findings(*, folder: Path) -> Iterator[Finding]:
    """Every look at the machine, one after the other; one that fails in an unforeseen way is itself a finding."""
    yield _python()
    yield from _packages()
    yield _tried("DuckDB", _engine)
    yield _tried("Parquet", _parquet)
    yield _tried("XLSX", _xlsx)
    yield _temporary_folder()
    yield _tried("Folder", lambda: _folder(folder))
    yield _console()


def _word(finding: Finding) -> Text:
    if finding.good:
        return Text("baik", "good")
    return Text("saran", "advice") if finding.advice else Text("kurang", "lacking")


def _tried(name: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:
        kind = type(error).__name__
        return Finding(
            False,
            Text(f"{name} tidak bekerja ({kind}).", f"{name} does not work ({kind})."),
            Text(
                "Pasang ulang: python -m pip install --force-reinstall jangkau. "
                "Di Windows, pasang juga Microsoft Visual C++ Redistributable.",
                "Install again: python -m pip install --force-reinstall jangkau. "
                "On Windows, also install the Microsoft Visual C++ Redistributable.",
            ),
        )


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    bits = 64 if sys.maxsize > 2**32 else 32
    return Finding(
        bits == 64 and sys.version_info >= (3, 11),
        Text(f"Python {found}, {bits} bit.", f"Python {found}, {bits} bits."),
        Text("Pasang Python 3.11 atau lebih baru, 64 bit.", "Install Python 3.11 or newer, 64 bits."),
    )


def _packages() -> Iterator[Finding]:
    wanted = [line for line in metadata.requires("jangkau") or [] if "extra ==" not in line]
    good: list[str] = []
    for line in wanted:
        name, limits = _requirement(line)
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            found = ""
        if found and _within(found, limits):
            good.append(f"{name} {found}")
        else:
            yield Finding(
                False,
                Text(
                    f"Paket {name}: ada {found or 'tidak'}, perlu {limits}.",
                    f"Package {name}: {found or 'missing'}, needed {limits}.",
                ),
                Text(f'python -m pip install "{name}{limits}"', f'python -m pip install "{name}{limits}"'),
            )
    if good:
        yield Finding(True, Text(f"Paket: {', '.join(good)}.", f"Packages: {', '.join(good)}."))


def _requirement(line: str) -> tuple[str, str]:
    """`duckdb<3,>=2.0; marker` as ('duckdb', '<3,>=2.0')."""
    match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*\(?([^;)]*)", line)
    return (match[1], match[2].strip()) if match else (line, "")


def _within(version: str, limits: str) -> bool:
    """Is a version within limits such as `<3,>=2.0`? Only the forms that pyproject.toml uses: >=, <."""

    def parts(text: str) -> tuple[int, ...]:
        numbers = [int(part) for part in re.findall(r"\d+", text.split("+")[0])[:3]]
        return tuple(numbers + [0] * (3 - len(numbers)))

    for limit in filter(None, limits.split(",")):
        if limit.startswith(">=") and parts(version) < parts(limit[2:]):
            return False
        if limit.startswith("<") and not limit.startswith("<=") and parts(version) >= parts(limit[1:]):
            return False
    return True


def _engine() -> Finding:
    """DuckDB: what it may use of this machine, without network and without extensions."""
    import duckdb

    offline: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(config=offline) as connection:
        answer = connection.execute(
            "SELECT current_setting('memory_limit'), current_setting('threads'), jaro_winkler_similarity('ADE', 'ADE')"
        ).fetchone()
    limit, threads, similarity = answer or ("0 B", 0, 0.0)
    # DuckDB takes 80 % of what the machine, or the container, may use.
    memory = _gigabytes(str(limit)) / 0.8
    in_id, in_en = (number(value=memory, language=language, decimals=1) for language in _LANGUAGES)
    return Finding(
        memory >= _MEMORY_NEEDED_GB and similarity == 1.0,
        Text(
            f"DuckDB bekerja tanpa jaringan; memori {in_id} GB, {threads} inti.",
            f"DuckDB works without network; {in_en} GB memory, {threads} cores.",
        ),
        Text(
            f"Jangkau memerlukan komputer dengan sedikitnya {_MEMORY_NEEDED_GB:.0f} GB memori.",
            f"Jangkau needs a machine with at least {_MEMORY_NEEDED_GB:.0f} GB of memory.",
        ),
    )


def _gigabytes(text: str) -> float:
    value, unit = text.split()
    factor = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
    return float(value) * factor.get(unit.replace("bytes", "B"), 1) / _GB


def _parquet() -> Finding:
    """Parquet: written by one library, read by the other."""
    import duckdb
    import pyarrow as pa

    from jangkau.outputs import write_parquet

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "try.parquet"
        write_parquet(table=pa.table({"kpj": ["0001", None]}), path=path)
        with duckdb.connect() as connection:
            rows = connection.execute("SELECT kpj FROM read_parquet(?) ORDER BY 1", [str(path)]).fetchall()
    return Finding(
        rows == [("0001",), (None,)],
        Text("Parquet dapat ditulis dan dibaca.", "Parquet can be written and read."),
    )


def _xlsx() -> Finding:
    """XLSX: written and read again."""
    import python_calamine
    import xlsxwriter

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "try.xlsx"
        with xlsxwriter.Workbook(path) as book:
            book.add_worksheet().write_string(0, 0, "0001")
        rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return Finding(
        rows == [["0001"]],
        Text("XLSX dapat ditulis dan dibaca.", "XLSX can be written and read."),
    )


def _temporary_folder() -> Finding:
    try:
        with tempfile.TemporaryDirectory() as name:
            free = shutil.disk_usage(name).free / _GB
    except OSError:
        return Finding(
            False,
            Text("Folder sementara tidak dapat ditulis.", "The temporary folder cannot be written."),
            Text("Setel TMPDIR (Windows: TEMP) ke folder lain.", "Set TMPDIR (Windows: TEMP) to another folder."),
        )
    return Finding(
        free >= _DISK_NEEDED_GB,
        Text(
            f"Folder sementara: {number(value=free, language='id')} GB kosong.",
            f"Temporary folder: {number(value=free, language='en')} GB free.",
        ),
        Text("Kosongkan ruang disk.", "Free some space on the disk."),
        advice=True,
    )


def _folder(folder: Path) -> Finding:
    """The folder for results: can a folder be written, locked and moved there, and is there room?"""
    from jangkau.outputs import staging

    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".jangkau-doctor-") as name:
            with staging(target=Path(name) / "out") as inside:
                (inside / "try.txt").write_text("try", encoding="utf-8")
            free = shutil.disk_usage(name).free / _GB
    except (OSError, Complaint):
        return Finding(
            False,
            Text(f"Folder {folder} tidak dapat ditulis.", f"Folder {folder} cannot be written."),
            Text(
                "Pilih folder lain, atau minta hak tulis di sana.",
                "Choose another folder, or ask for the right to write.",
            ),
        )
    return Finding(
        free >= _DISK_NEEDED_GB,
        Text(
            f"Folder {folder} dapat ditulis; {number(value=free, language='id')} GB kosong.",
            f"Folder {folder} can be written; {number(value=free, language='en')} GB free.",
        ),
        Text("Kosongkan ruang disk.", "Free some space on the disk."),
    )


def _console() -> Finding:
    encoding = (sys.stdout.encoding or "ascii").lower()
    return Finding(
        encoding.replace("-", "") == "utf8",
        Text(f"Layar memakai {encoding}.", f"The console uses {encoding}."),
        Text(
            "Huruf yang tidak dikenal layar tampil sebagai '?'. Berkas hasil tidak terpengaruh. Setel PYTHONUTF8=1.",
            "Letters the console lacks show as '?'. Result files are not affected. Set PYTHONUTF8=1.",
        ),
        advice=True,
    )
