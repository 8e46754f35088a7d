"""Are the probabilities honest, is the test in the report, and are the misses estimated rightly? Against the truth.

    python -m benchmarks.calibration [--scale 0.1]

200,000 list rows x 1 million of a register, with default, doubled and correlated errors; with the NIK, and with no NIK
at all. Of the pairs told (links.parquet): how far probability and truth lie apart in the worst tenth that holds 1 % of
them or more, and the sum of probabilities against the number of true pairs. Of the test without identifier: how far
what it observes lies from the truth. Of the misses: true pairs that nobody found, and the two estimates.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import yaml

from benchmarks.invented import Pair, invented_pair
from benchmarks.processes import ROOT
from benchmarks.rows import Row, Size, main_of
from jangkau.demo.rates import Rates
from jangkau.linkage import engine, method_file
from jangkau.linkage import model as models
from jangkau.linkage.engine import Linkage
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.method import Method
from jangkau.linkage.missed import captures
from jangkau.linkage.sources import open_source

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LEFT, RIGHT = 200_000, 1_000_000
ERRORS = ("default", "doubled", "correlated")
BAND, SHARE = 0.02, 0.01


def method(*, with_nik: bool) -> Method:
    """benchmarks/methods/people.yaml, as it is or without its NIK."""
    content = (ROOT / "benchmarks" / "methods" / "people.yaml").read_bytes()
    if not with_nik:
        words = yaml.safe_load(content)
        words["fields"] = [field for field in words["fields"] if field["kind"] != "nik"]
        content = yaml.safe_dump(words).encode()
    return method_file.understood(content=content, where="people.yaml")


def linked(*, pair: Pair, how: Method, threads: int) -> tuple[Linkage, Flags]:
    """The linkage, and which of its pairs are true."""
    with tempfile.TemporaryDirectory() as name:
        a, b = (
            open_source(path=path, id_column=column, method=how, scratch=Path(name), settings={})
            for path, column in ((pair.left, how.left_id), (pair.right, how.right_id))
        )
        done = engine.link(left=a, right=b, method=how, threads=threads)
        left, right = (np.array(one.ids().to_pylist(), object) for one in (a, b))
    truth = pq.read_table(pair.truth)
    known = set(zip(truth["left_id"].to_pylist(), truth["right_id"].to_pylist(), strict=True))
    ids = zip(left[done.pairs.a], right[done.pairs.b], strict=True)
    return done, np.fromiter((one in known for one in ids), bool, len(done.pairs))


def worst(*, expected: Floats, true: Floats) -> tuple[float, int]:
    """The largest distance of a tenth that counts, and which tenth that is."""
    tenth = np.minimum((expected * 10).astype(int), 9)
    apart = [
        (abs(float(expected[here].mean() - true[here].mean())), one)
        for one in range(10)
        if (here := tenth == one).sum() >= SHARE * len(expected) and here.any()
    ]
    return max(apart, default=(0.0, 9))


def tested(*, done: Linkage, true: Flags) -> tuple[float, int] | None:
    """How far the report's own test lies from the truth, in the worst tenth that counts."""
    anchor = done.method.anchor
    if anchor is None:
        return None
    level = done.patterns.of(anchor)
    missing = models._with_level(done.patterns, anchor, MISSING)
    unlike = models._with_level(done.patterns, anchor, len(done.method.fields[anchor].kind.levels))
    described = (done.pairs.blocks & np.uint32(done.method.mask(with_anchor=False))) > 0
    here = (level != MISSING) & described
    here &= done.weights.log_odds(patterns=unlike) >= engine.LEAST_LIKELY
    tenth = np.minimum((models._probability(done.weights.log_odds(patterns=missing))[here] * 10).astype(int), 9)
    observed, truth = (level[here] == 1) / float(done.weights.m[anchor][1]), true[here]
    apart = [
        (abs(float(observed[one].mean() - truth[one].mean())), place)
        for place in range(10)
        if (one := tenth == place).sum() >= SHARE * len(tenth) and one.any()
    ]
    return max(apart, default=(0.0, 9))


def rows_of(*, errors: str, pair: Pair, with_nik: bool, threads: int) -> Iterator[Row]:
    """What one kind of errors shows."""
    how = method(with_nik=with_nik)
    done, true = linked(pair=pair, how=how, threads=threads)
    name = f"{errors}, {'with' if with_nik else 'without'} NIK"
    told = done.probability >= how.low
    apart, tenth = worst(expected=done.probability[told], true=true[told].astype(float))
    yield Row(
        f"{name}: worst tenth",
        f"{apart:.3f} ({10 * tenth}\N{EN DASH}{10 * tenth + 10} %)",
        f"at most {BAND}",
        apart <= BAND,
    )
    pairs = pq.read_metadata(pair.truth).num_rows
    error = 100 * (float(done.probability.sum()) / int(true.sum()) - 1)
    yield Row(f"{name}: sum of probabilities against true pairs found", f"{error:+.2f} %")
    found = tested(done=done, true=true)
    if found is not None:
        yield Row(f"{name}: the report's test against the truth", f"{found[0]:.3f} ({10 * found[1]} %)")
    caught = captures(linkage=done)
    if caught is not None:
        passes = f"two passes {caught.unseen:,.0f}; " if with_nik else ""
        yield Row(f"{name}: true pairs not found", f"{pairs - int(true.sum()):,}", f"{passes}blocks {caught.chao:,.0f}")


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    found: list[Row] = []
    for errors in ERRORS:
        rates = Rates().doubled() if errors == "doubled" else Rates()
        pair = invented_pair(
            folder=size.folder / f"calibration_{errors}_{size.rows(LEFT)}",
            left_rows=size.rows(LEFT),
            right_rows=size.rows(RIGHT),
            seed=1,
            rates=rates,
            correlated=errors == "correlated",
        )
        for with_nik in (True, False):
            found += rows_of(errors=errors, pair=pair, with_nik=with_nik, threads=size.threads)
    return found


if __name__ == "__main__":
    main_of(__doc__, measure)
