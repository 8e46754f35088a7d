"""What a benchmark says: rows of claim, target and measurement, printed as a table; and the flags all scripts share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT


@dataclass(frozen=True)
class Row:
    """One measurement. `holds` is None where there is no target, or the size was scaled down too far to judge."""

    what: str
    measured: str
    target: str = ""
    holds: bool | None = None

    def verdict(self) -> str:
        return {None: "", True: "yes", False: "NO"}[self.holds]


@dataclass(frozen=True)
class Size:
    """How large, with what, and where the invented files are kept."""

    scale: float
    threads: int
    folder: Path

    def rows(self, full: int) -> int:
        return max(2_000, round(full * self.scale))


Measure = Callable[[Size], list[Row]]


def table(rows: list[Row]) -> str:
    """A Markdown table that can be read as plain text."""
    lines = [("what", "measured", "target", "holds"), *((r.what, r.measured, r.target, r.verdict()) for r in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    padded = ["| " + " | ".join(cell.ljust(widths[i]) for i, cell in enumerate(line)) + " |" for line in lines]
    return "\n".join([padded[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *padded[1:]])


def size_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scale", type=float, default=1.0, help="of the full sizes, e.g. 0.1")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "benchmarks", help="keeps invented files")


def size_of(arguments: argparse.Namespace) -> Size:
    return Size(scale=arguments.scale, threads=arguments.threads, folder=arguments.folder)


def main_of(description: str | None, measure: Measure) -> None:
    """The command line of one script: its flags, its table."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    size_flags(parser)
    print(table(measure(size_of(parser.parse_args()))), flush=True)
