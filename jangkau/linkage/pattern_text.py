"""Patterns as links.parquet has them: a digit a field and, where names agree, a dot and the class of their rarity."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.linkage.method import Method

BY_RARITY = (1, 2)
"""Levels of a name whose weight depends on how rare it is: equal, and one name held by the other."""


def written(*, patterns: npt.NDArray[np.int64], rarity: npt.NDArray[Any], method: Method) -> pa.Array:
    """'113119.7'; '913119' where the name does not agree, since the class then decides nothing."""
    digits = pa.array(patterns).cast(pa.string())
    name = method.first("person_name")
    if name is None:
        return digits
    level = patterns // 10 ** (len(method.fields) - 1 - name) % 10
    classes = pa.array(rarity.astype(np.int64), mask=~np.isin(level, BY_RARITY)).cast(pa.string())
    return pc.binary_join_element_wise(digits, classes, ".", null_handling="skip")


def read(*, text: str) -> tuple[int, int]:
    """The pattern and the class, 0 where none is told."""
    digits, _, rarity = text.partition(".")
    return int(digits), int(rarity or 0)
