"""`jangkau link` against Splink 5 on DuckDB: 1 million list rows, 5 million of the register.

    python -m benchmarks.link_against_splink [--scale 0.1] [--threads 2]

Every contender is a process of its own, timed from its start to its last written pair; they take turns, with the
files in the operating system's cache and compiled code in its own. What Splink is asked to do, with its own
tutorials' settings and again tuned for speed, is told in benchmarks/by_splink.py; its input is cleaned beforehand,
which is not counted.

Targets: at least 8 times faster than the tutorials' settings, 4 times than the tuned ones; F1 at the best threshold
of each not lower; peak memory lower.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import by_splink
from benchmarks.invented import Pair, invented_pair
from benchmarks.processes import Measured, link_command, measured, warm_files, warm_kernels
from benchmarks.rows import Row, Size, main_of
from benchmarks.scores import Scores, scores

LEFT, RIGHT = 1_000_000, 5_000_000
FASTER = {"tutorial": 8.0, "tuned": 4.0}
# Below this scale the fixed costs of starting a process decide, not the engines.
JUDGED_FROM = 0.5
TURNS = 2


@dataclass(frozen=True)
class Contender:
    """Its fastest turn, and how good its pairs are."""

    best: Measured
    scores: Scores


def contest(*, pair: Pair, prepared: Path, threads: int, turns: int = TURNS) -> dict[str, Contender]:
    """Jangkau and two ways of Splink, turn by turn."""
    commands: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        files: list[Path] = [pair.left, pair.right]
        for way in FASTER:
            sides = [_prepared(pair=pair, folder=prepared, way=way, side=side) for side in ("left", "right")]
            files += sides
            commands[way] = [
                *(sys.executable, "-m", "benchmarks.by_splink", "people", way),
                *(*map(str, sides), str(out / f"{way}.parquet"), "--threads", str(threads)),
            ]
        spent: dict[str, list[Measured]] = {"jangkau": [], **{way: [] for way in FASTER}}
        for turn in range(turns):
            warm_files(*files)
            ours = out / f"jangkau{turn}"
            command = link_command(files=[pair.left, pair.right], method="people", out=ours, threads=threads)
            spent["jangkau"].append(measured(command=command))
            for way, words in commands.items():
                spent[way].append(measured(command=words))
        links = {"jangkau": ours / "links.parquet", **{way: out / f"{way}.parquet" for way in FASTER}}
        return {
            who: Contender(
                best=min(spent[who], key=lambda m: m.seconds),
                scores=scores(links=links[who], truth=f"SELECT left_id, right_id FROM '{pair.truth}'"),
            )
            for who in spent
        }


def _prepared(*, pair: Pair, folder: Path, way: str, side: str) -> Path:
    into = folder / f"splink_{way}_{side}.parquet"
    source, key = (pair.left, "rec_id") if side == "left" else (pair.right, "kpj")
    if not (into.exists() and into.stat().st_mtime > source.stat().st_mtime):
        by_splink.prepared(source=source, into=into, key=key, folded=way == "tuned")
    return into


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    folder = size.folder / f"against_splink_{size.scale:g}"
    warm_kernels(folder=size.folder, threads=size.threads)
    pair = invented_pair(folder=folder, left_rows=size.rows(LEFT), right_rows=size.rows(RIGHT), seed=1)
    found = contest(pair=pair, prepared=folder, threads=size.threads)
    ours, judged = found["jangkau"], size.scale >= JUDGED_FROM
    rows = [_told(f"jangkau link, {pair.left_rows:,} x {pair.right_rows:,}", ours)]
    for way, target in FASTER.items():
        theirs = found[way]
        ratio = theirs.best.seconds / ours.best.seconds
        better = ours.scores.best.f1 >= theirs.scores.best.f1
        lower = ours.best.peak < theirs.best.peak
        rows += [
            _told(f"Splink 5, {way} settings", theirs),
            Row(
                f"- faster than Splink, {way}",
                f"{ratio:.1f} times",
                f"at least {target:g}",
                _if(judged, ratio >= target),
            ),
            Row(
                f"- F1 at the best threshold, Splink {way}",
                f"{ours.scores.best.f1:.4f} and {theirs.scores.best.f1:.4f}",
                "not lower",
                better,
            ),
            Row(
                f"- peak memory, Splink {way}",
                f"{ours.best.peak:.2f} and {theirs.best.peak:.2f} GB",
                "lower",
                _if(judged, lower),
            ),
        ]
    return rows


def _if(judged: bool, holds: bool) -> bool | None:
    return holds if judged else None


def _told(what: str, contender: Contender) -> Row:
    spent, half, best = contender.best, contender.scores.half, contender.scores.best
    return Row(
        what,
        f"{spent.seconds:.1f} s, {spent.peak:.2f} GB; at p >= 0.5 {half.text()}; "
        f"best at {best.threshold:.3g}: {best.text()}",
    )


if __name__ == "__main__":
    main_of(__doc__, measure)
