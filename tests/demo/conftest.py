"""One small invented world for all tests that only look at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jangkau.demo.invent import Written, invent

LISTS, REGISTER = 40_000, 60_000


@dataclass(frozen=True)
class Demo:
    folder: Path
    written: Written

    def truth(self, name: str) -> pa.Table:
        return pq.read_table(self.folder / "truth" / f"{name}.parquet")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "sumut-sulut"
    written = invent(folder=folder, register=REGISTER, lists=LISTS, seed=7, provinces=("12", "71"))
    return Demo(folder=folder, written=written)
