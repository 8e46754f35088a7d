"""One Spark session on this machine for all tests here; without Spark they are skipped."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from benchmarks.invented import Pair, invented_pair


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    if find_spec("pyspark") is None:
        pytest.skip("Apache Spark is not installed: make install-spark")
    from jangkau.linkage.spark_session import session

    with session(threads=2, memory=None) as running:
        yield running


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Lists and register of two provinces' invented people."""
    folder = tmp_path_factory.mktemp("pair")
    return invented_pair(folder=folder, left_rows=3_000, right_rows=8_000, seed=7, provinces=("12", "71"))
