"""Are the probabilities honest, of pairs and of rows? And are the misses estimated rightly? Against the truth.

    python -m benchmarks.calibration [--scale 0.1]

200,000 list rows x 1 million of a register, with default, doubled and correlated errors, linked by methods of several
styles: with the NIK, with another identifier, without any number, with few fields, and the lists among themselves. Of
the pairs told (links.parquet): how far probability and truth lie apart in the worst tenth that holds 1 % of them or
more; the same of the left rows (left.parquet); the sum of probabilities against the number of true pairs. Of the test
without identifier: how far what it observes lies from the truth. Of the misses: true pairs that nobody found, and the
two estimates.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.invented import Pair, invented_pair
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
_NAME_DATE = ("nama, kind: person_name", "tanggal_lahir, kind: date")
_REST = ("jenis_kelamin, kind: sex", "kode_wilayah, kind: region", "no_hp, kind: phone")
STYLES: dict[str, tuple[str, ...]] = {
    "NIK": ("nik, kind: nik", *_NAME_DATE, *_REST),
    "date inside the NIK": ("nik, kind: nik", _NAME_DATE[0], f"{_NAME_DATE[1]}, inside: nik", *_REST),
    "NIK, name, date": ("nik, kind: nik", *_NAME_DATE),
    "identifier": ("nik, kind: identifier", *_NAME_DATE, *_REST),
    "identifier, code": ("nik, kind: identifier", *_NAME_DATE, "kode_wilayah, kind: code"),
    "no number": (*_NAME_DATE, *_REST),
    "no number, no phone": (*_NAME_DATE, *_REST[:2]),
    "name, date, region": (*_NAME_DATE, _REST[1]),
    "name, date": _NAME_DATE,
}
"""Fields of a method of each style."""
AMONG_THEMSELVES = ("NIK", "no number")


@dataclass(frozen=True)
class Judged:
    """A linkage held against the truth: which of its pairs are true, how many true pairs there are in all; which left
    rows are on the right (None for one file)."""

    done: Linkage
    true: Flags
    pairs: int
    present: Flags | None


def method(*, style: str) -> Method:
    """A method file of this style."""
    fields = "".join(f"  - {{name: {one}}}\n" for one in STYLES[style])
    content = f"left_id: rec_id\nright_id: kpj\nfields:\n{fields}review: {{low: 0.05, high: 0.95}}\n"
    return method_file.understood(content=content.encode(), where=style)


def judged(*, pair: Pair, how: Method, same: bool, threads: int) -> Judged:
    """The two files linked, or with ``same`` the left one with itself."""
    with tempfile.TemporaryDirectory() as name:
        a = open_source(path=pair.left, id_column=how.left_id, method=how, scratch=Path(name), settings={})
        b = open_source(path=pair.right, id_column=how.right_id, method=how, scratch=Path(name), settings={})
        done = engine.link(left=a, right=None if same else b, method=how, threads=threads)
        left, right = (np.array(one.ids().to_pylist(), object) for one in (a, b))
    if same:
        person = np.array(pq.read_table(pair.left_person)["person"].to_pylist(), object)
        _, each = np.unique(person.astype(str), return_counts=True)
        return Judged(done, person[done.pairs.a] == person[done.pairs.b], int((each * (each - 1) // 2).sum()), None)
    truth = pq.read_table(pair.truth)
    known = set(zip(truth["left_id"].to_pylist(), truth["right_id"].to_pylist(), strict=True))
    there = {one for one, _ in known}
    ids = zip(left[done.pairs.a], right[done.pairs.b], strict=True)
    true = np.fromiter((one in known for one in ids), bool, len(done.pairs))
    return Judged(done, true, len(known), np.fromiter((one in there for one in left), bool, len(left)))


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
    p = models._probability(done.weights.log_odds(patterns=missing, without=(anchor,)))
    tenth = np.minimum((p[here] * 10).astype(int), 9)
    observed, truth = (level[here] == 1) / float(done.weights.m[anchor][1]), true[here]
    apart = [
        (abs(float(observed[one].mean() - truth[one].mean())), place)
        for place in range(10)
        if (one := tenth == place).sum() >= SHARE * len(tenth) and one.any()
    ]
    return max(apart, default=(0.0, 9))


def rows_of(*, name: str, found: Judged) -> Iterator[Row]:
    """What one style shows with one kind of errors."""
    done, p = found.done, found.done.probability
    told = p >= done.method.low
    yield _band(f"{name}: pairs, worst tenth", worst(expected=p[told], true=found.true[told].astype(float)))
    if found.present is not None:
        apart = worst(expected=done.rows.probability, true=found.present.astype(float))
        yield _band(f"{name}: rows, worst tenth", apart)
    error = 100 * (float(p.sum()) / max(int(found.true.sum()), 1) - 1)
    yield Row(f"{name}: sum of probabilities against true pairs found", f"{error:+.2f} %")
    test = tested(done=done, true=found.true)
    if test is not None:
        yield Row(f"{name}: the report's test against the truth", f"{test[0]:.3f} ({10 * test[1]} %)")
    caught = captures(linkage=done)
    if caught is not None and done.method.anchor is not None:
        estimates = f"two passes {caught.unseen:,.0f}; blocks {caught.chao:,.0f}"
        yield Row(f"{name}: true pairs not found", f"{found.pairs - int(found.true.sum()):,}", estimates)


def _band(what: str, apart: tuple[float, int]) -> Row:
    far, tenth = apart
    told = f"{far:.3f} ({10 * tenth}\N{EN DASH}{10 * tenth + 10} %)"
    return Row(what, told, f"at most {BAND}", far <= BAND)


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    found: list[Row] = []
    for errors in ERRORS:
        pair = invented_pair(
            folder=size.folder / f"calibration_{errors}_{size.rows(LEFT)}",
            left_rows=size.rows(LEFT),
            right_rows=size.rows(RIGHT),
            seed=1,
            rates=Rates().doubled() if errors == "doubled" else Rates(),
            correlated=errors == "correlated",
        )
        for same in (False, True):
            for style in AMONG_THEMSELVES if same else STYLES:
                one = judged(pair=pair, how=method(style=style), same=same, threads=size.threads)
                kind = f"{errors}, {style}{', one file' if same else ''}"
                found += rows_of(name=kind, found=one)
    return found


if __name__ == "__main__":
    main_of(__doc__, measure)
