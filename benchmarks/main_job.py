"""`jangkau run` on 300,000 register and 150,000 list rows: seconds with cold and warm caches, and peak memory.

Targets: 30 seconds with warm caches, 60 cold, under 1.5 GB. Cold means that the operating system's cache of the input
files and of Python's own compiled files is dropped (as root; otherwise the first run stands for it). Each run is a
process of its own.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.processes import jangkau, measured
from benchmarks.rows import Row, Size, main_of

REGISTER, LISTS = 300_000, 150_000
COLD_SECONDS, WARM_SECONDS, PEAK = 60.0, 30.0, 1.5
RUNS = 3
DROP_CACHES = Path("/proc/sys/vm/drop_caches")


def drop_caches() -> bool:
    """Make the operating system forget the files; False where only root may."""
    try:
        os.sync()
        DROP_CACHES.write_text("3", encoding="ascii")
    except OSError:
        return False
    return True


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = str(Path(name) / "demo")
        rows = ("--register", str(size.rows(REGISTER)), "--lists", str(size.rows(LISTS)))
        demo = measured(command=jangkau("demo", folder, *rows, "--provinces", "12,71"))
        dropped = drop_caches()
        cold = measured(command=jangkau("run", folder, "--force"))
        warm = [measured(command=jangkau("run", folder, "--force")) for _ in range(RUNS)]
        again = measured(command=jangkau("run", folder))
    fastest, slowest = min(m.seconds for m in warm), max(m.seconds for m in warm)
    peak = max(m.peak for m in (cold, *warm))
    return [
        Row(f"jangkau demo, {rows[1]} x {rows[3]}", f"{demo.seconds:.1f} s"),
        Row(
            f"jangkau run of it, {'caches dropped' if dropped else 'first run'}",
            f"{cold.seconds:.1f} s",
            f"at most {COLD_SECONDS:g} s",
            cold.seconds <= COLD_SECONDS,
        ),
        Row(
            f"jangkau run, warm, {RUNS} runs",
            f"{fastest:.1f} to {slowest:.1f} s",
            f"at most {WARM_SECONDS:g} s",
            slowest <= WARM_SECONDS,
        ),
        Row("- peak memory", f"{peak:.2f} GB", f"at most {PEAK:g} GB", peak <= PEAK),
        Row("jangkau run, nothing changed", f"{again.seconds:.1f} s"),
    ]


if __name__ == "__main__":
    main_of(__doc__, measure)
