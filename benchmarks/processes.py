"""Commands measured as a user meets them: the whole process, its seconds and its peak memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.invented import invented_pair

ROOT = Path(__file__).resolve().parents[1]
METHODS = Path(__file__).resolve().parent / "methods"
_CHUNK = 64 * 2**20


@dataclass(frozen=True)
class Measured:
    """One process from start to end: wall seconds, and the most memory it held at once (GB, 10^9 bytes)."""

    seconds: float
    peak: float


# A process starts with the peak of the one that started it: so a small one, which has loaded nothing, stands between.
_BETWEEN = """
import json, os, subprocess, sys, time
began = time.monotonic()
process = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
spent = [time.monotonic() - began, usage.ru_maxrss * 1024 / 1e9, os.waitstatus_to_exitcode(status)]
with open(sys.argv[1], "w") as file:
    json.dump(spent, file)
"""


def measured(*, command: list[str]) -> Measured:
    """Run a command to its end. SystemExit with its last words when it fails."""
    with tempfile.TemporaryDirectory() as name:
        result, words = Path(name) / "spent.json", Path(name) / "words"
        with words.open("wb") as file:
            between = [sys.executable, "-I", "-S", "-c", _BETWEEN, str(result), *command]
            subprocess.run(between, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, check=False)
        seconds, peak, code = json.loads(result.read_text(encoding="utf-8")) if result.exists() else (0.0, 0.0, -1)
        if code:
            last = words.read_text("utf-8", "replace")[-3000:]
            raise SystemExit(f"{' '.join(command[:6])} ... ended with {code}\n{last}")
    return Measured(seconds, peak)


def jangkau(*words: str) -> list[str]:
    """The command line of `jangkau`, run by this Python."""
    return [sys.executable, "-m", "jangkau", *words]


def link_command(*, files: list[Path], method: str, out: Path, threads: int, memory: str | None = None) -> list[str]:
    """`jangkau link` with a method of benchmarks/methods; one file finds duplicates inside it."""
    return jangkau(
        "link",
        *map(str, files),
        *("--method", str(METHODS / f"{method}.yaml")),
        *("--out", str(out)),
        *("--threads", str(threads)),
        *(("--memory", memory) if memory else ()),
    )


def warm_files(*paths: Path) -> None:
    """Read files once, so that the operating system holds them for every contender alike."""
    for path in paths:
        with path.open("rb") as file:
            while file.read(_CHUNK):
                pass


def warm_kernels(*, folder: Path, threads: int) -> None:
    """One tiny linkage of each kind: compiled code lies in its cache on disk from then on."""
    pair = invented_pair(folder=folder / "tiny", left_rows=2_000, right_rows=5_000, seed=1)
    for files, method in (([pair.left, pair.right], "people"), ([pair.left], "persons")):
        with tempfile.TemporaryDirectory() as name:
            out = Path(name) / "out"
            measured(command=link_command(files=files, method=method, out=out, threads=threads))
