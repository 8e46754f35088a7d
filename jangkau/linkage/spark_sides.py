"""A packed side: its chunks as a data frame, and what is known of it as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.linkage import spark_search
from jangkau.linkage.lines import Lines, shape_of
from jangkau.linkage.method import Method
from jangkau.linkage.sources import Source


@dataclass(frozen=True)
class Packed:
    """Chunks of one side, how many rows there are and how many have each field; ``id_type`` as Spark calls it."""

    frame: Any
    rows: int
    filled: npt.NDArray[np.int64]
    source: Source
    id_type: str

    def sample(self, *, every: int, method: Method) -> tuple[Lines, npt.NDArray[np.uint64]]:
        """One line in so many, by the hash of its id, and these hashes."""
        return spark_search.sample_of(side=self.frame, every=every, method=method, shape=shape_of(method=method))
