"""`jangkau run` on a whole country: 13 million list rows, 60 million of the register, as `jangkau demo` invents them.

    python -m benchmarks.national_run [--scale 0.05] [--threads 2]

The whole process: reading and checking the lists, linking, the law, the estimate, the report; and of these seconds the
steps that its manifest tells. Targets: 15 minutes, 8 GB. Without --folder the invented files are kept in
build/benchmarks: 5 GB, made in half an hour the first time.
"""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.processes import jangkau, measured, warm_kernels
from benchmarks.rows import Row, Size, main_of

LISTS, REGISTER = 13_000_000, 60_000_000
SECONDS, PEAK = 900.0, 8.0


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    warm_kernels(folder=size.folder, threads=size.threads)
    folder = size.folder / f"demo_{size.scale:g}"
    lists, register = size.rows(LISTS), size.rows(REGISTER)
    if not (folder / "truth").exists():
        measured(command=jangkau("demo", str(folder), "--lists", str(lists), "--register", str(register)))
    spent = measured(command=jangkau("run", str(folder), "--force", "--threads", str(size.threads), "--memory", "8GB"))
    full = size.scale >= 1
    return [
        Row(f"jangkau run, {lists:,} x {register:,}", f"{spent.seconds:.1f} s, {spent.peak:.2f} GB"),
        Row(
            "- seconds", f"{spent.seconds:.1f} s", f"at most {SECONDS:g} s", spent.seconds <= SECONDS if full else None
        ),
        Row("- of them by step", _steps(folder / "out")),
        Row("- peak memory", f"{spent.peak:.2f} GB", f"at most {PEAK:g} GB", spent.peak <= PEAK if full else None),
    ]


def _steps(out: Path) -> str:
    timings = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["timings"]
    return ", ".join(f"{step} {seconds:.0f}" for step, seconds in timings.items())


if __name__ == "__main__":
    main_of(__doc__, measure)
