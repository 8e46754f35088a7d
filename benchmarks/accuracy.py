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

from jangkau.demo.compare import Comparison, compare
from jangkau.demo.invent import invent
from jangkau.gaps.run import Settings, run


def measure(*, register: int, lists: int, seed: int) -> tuple[Comparison, float]:
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", type=int, default=10, help="seeds of 300,000 x 150,000")
    parser.add_argument("--small", type=int, default=100, help="seeds of 30,000 x 15,000")
    parser.add_argument("--first", type=int, default=1, help="first seed")
    arguments = parser.parse_args()
    for title, seeds, register, lists in (
        ("large", arguments.large, 300_000, 150_000),
        ("small", arguments.small, 30_000, 15_000),
    ):
        if not seeds:
            continue
        print(
            f"{title}: {register} x {lists}\n"
            " seed  precision   recall  estimate     truth      error  half-width  holds    time",
            flush=True,
        )
        results = []
        for seed in range(arguments.first, arguments.first + seeds):
            result, seconds = measure(register=register, lists=lists, seed=seed)
            results.append(result)
            print(line(seed, result, seconds), flush=True)
        gaps = [r.unprotected for r in results]
        print(
            f"{title}: precision at least {min(r.links.precision for r in results):.4f}, "
            f"recall at least {min(r.links.recall for r in results):.4f}, "
            f"largest error {100 * max(abs(g.error) for g in gaps):.3f} %, "
            f"mean error {100 * sum(g.error for g in gaps) / len(gaps):.3f} %, "
            f"interval holds the truth in {sum(g.holds for g in gaps)} of {len(gaps)}, "
            f"widest half-width {100 * max((g.high - g.low) / 2 / g.truth for g in gaps):.3f} %",
            flush=True,
        )


if __name__ == "__main__":
    main()
