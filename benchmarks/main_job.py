"""`jangkau run` on 300,000 register and 150,000 list rows: seconds with cold and warm caches, and peak memory.

Targets: 30 seconds with warm caches, 60 cold, under 1.5 GB. Cold means that the operating system's cache of the input
files and of Python's own compiled files is dropped (as root; otherwise the first run stands for it). Each run is a
process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DROP_CACHES = Path("/proc/sys/vm/drop_caches")


def timed(*words: str) -> tuple[float, float]:
    """Seconds and peak resident memory (MB) of one command."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "jangkau", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"jangkau {' '.join(words)} ended with {status}")
    return time.monotonic() - began, usage.ru_maxrss / 1000


def drop_caches() -> bool:
    try:
        os.sync()
        DROP_CACHES.write_text("3", encoding="ascii")
    except OSError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--register", type=int, default=300_000)
    parser.add_argument("--lists", type=int, default=150_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = str(Path(name) / "demo")
        size = ("--register", str(arguments.register), "--lists", str(arguments.lists), "--provinces", "12,71")
        seconds, _ = timed("demo", folder, *size)
        print(f"jangkau demo: {seconds:.1f} s")
        cold = drop_caches()
        seconds, memory = timed("run", folder, "--force")
        print(
            f"jangkau run, {'caches dropped' if cold else 'first run'}: {seconds:.1f} s, "
            f"peak {memory:.0f} MB (targets: 60 s, 1500 MB)"
        )
        warm = [timed("run", folder, "--force") for _ in range(arguments.runs)]
        print(
            f"jangkau run, warm: {min(s for s, _ in warm):.1f} to {max(s for s, _ in warm):.1f} s in {len(warm)} runs, "
            f"peak {max(m for _, m in warm):.0f} MB (targets: 30 s, 1500 MB)"
        )
        seconds, _ = timed("run", folder)
        print(f"jangkau run, nothing changed: {seconds:.1f} s")


if __name__ == "__main__":
    main()
