"""Against the truth of invented data: precision and recall of links, error of the estimate, coverage of its interval.

`python benchmarks/accuracy.py` runs ten seeds of 300,000 x 150,000 and a hundred of 30,000 x 15,000 (about half an
hour on two cores); `--large 1 --small 5` a part of it. Targets: precision and recall at least 0.985, the estimate
within 1 %, the interval holds the truth in 90 to 99 of a hundred small seeds, with a relative half-width of at most
1.5 %.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.rows import Row, Size, table
from jangkau.demo.compare import Comparison, compare
from jangkau.demo.invent import invent
from jangkau.gaps.run import Settings, run


def compared(*, register: int, lists: int, seed: int) -> tuple[Comparison, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        invent(folder=folder, register=register, lists=lists, seed=seed, provinces=("12", "71"))
        began = time.monotonic()
        run(folder=folder, out=None, as_of=None, settings=Settings(), clock=time.monotonic, progress=_silent)
        return compare(folder=folder, out=folder / "out"), time.monotonic() - began


def _silent(what: Any, done: int = 0, total: int | None = None) -> None:
    pass


def line(seed: int, result: Comparison, seconds: float) -> str:
    gap = result.unprotected
    half = (gap.high - gap.low) / 2 / gap.truth
    return (
        f"{seed:>5} {result.links.precision:>10.4f} {result.links.recall:>8.4f} {gap.estimate:>9.0f} "
        f"{gap.truth:>9} {100 * gap.error:>8.3f} % "
        f"{100 * half:>7.3f} % {'yes' if gap.holds else 'NO':>6} {seconds:>7.1f} s"
    )


LARGE, SMALL = (300_000, 150_000), (30_000, 15_000)
LEAST, LARGEST_ERROR, WIDEST = 0.985, 0.01, 0.015


def seeds_of(*, title: str, register: int, lists: int, seeds: range) -> list[Comparison]:
    """Seeds one by one, printed as they come."""
    print(
        f"{title}: {register} x {lists}\n"
        " seed  precision   recall  estimate     truth      error  half-width  holds    time",
        flush=True,
    )
    results = []
    for seed in seeds:
        result, seconds = compared(register=register, lists=lists, seed=seed)
        results.append(result)
        print(line(seed, result, seconds), flush=True)
    return results


def rows_of(*, title: str, results: list[Comparison]) -> list[Row]:
    """What a set of seeds says against the targets."""
    gaps = [r.unprotected for r in results]
    precision, recall = min(r.links.precision for r in results), min(r.links.recall for r in results)
    error = max(abs(g.error) for g in gaps)
    held, widest = sum(g.holds for g in gaps), max((g.high - g.low) / 2 / g.truth for g in gaps)
    many = len(gaps) >= 100
    return [
        Row(f"{title}: links, least precision", f"{precision:.4f}", f"at least {LEAST}", precision >= LEAST),
        Row(f"{title}: links, least recall", f"{recall:.4f}", f"at least {LEAST}", recall >= LEAST),
        Row(
            f"{title}: error of the estimate, largest",
            f"{100 * error:.3f} % (mean {100 * sum(g.error for g in gaps) / len(gaps):+.3f} %)",
            f"at most {LARGEST_ERROR:.0%}",
            error <= LARGEST_ERROR,
        ),
        Row(
            f"{title}: the interval holds the truth",
            f"{held} of {len(gaps)}",
            "90 to 99 of 100",
            90 <= 100 * held / len(gaps) <= 99 if many else None,
        ),
        Row(f"{title}: widest half-width", f"{100 * widest:.3f} %", f"at most {WIDEST:.1%}", widest <= WIDEST),
    ]


def measure(size: Size) -> list[Row]:
    """The rows of the table; `--scale` makes fewer seeds, not smaller ones."""
    return told(large=max(1, round(10 * size.scale)), small=max(2, round(100 * size.scale)), first=1)


def told(*, large: int, small: int, first: int) -> list[Row]:
    """Both sets of seeds."""
    rows: list[Row] = []
    for name, seeds, (register, lists) in (("large", large, LARGE), ("small", small, SMALL)):
        if seeds:
            which = range(first, first + seeds)
            results = seeds_of(title=name, register=register, lists=lists, seeds=which)
            rows += rows_of(title=f"{seeds} seeds of {register:,} x {lists:,}", results=results)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", type=int, default=10, help="seeds of 300,000 x 150,000")
    parser.add_argument("--small", type=int, default=100, help="seeds of 30,000 x 15,000")
    parser.add_argument("--first", type=int, default=1, help="first seed")
    arguments = parser.parse_args()
    print(table(told(large=arguments.large, small=arguments.small, first=arguments.first)))


if __name__ == "__main__":
    main()
