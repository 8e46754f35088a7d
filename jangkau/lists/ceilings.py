"""The largest loan that any rule of the day allowed for a KUR type."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml


@cache
def _steps() -> dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """By type: days on which a ceiling begins, and the ceilings; before the first there is none."""
    facts = yaml.safe_load(files(__package__).joinpath("ceilings.yaml").read_text("utf-8"))
    none = np.iinfo(np.int64).max
    return {
        scheme: (
            np.array([np.datetime64(step["from"], "D").astype(np.int64) for step in steps]),
            np.array([none, *(step["most"] for step in steps)]),
        )
        for scheme, steps in facts.items()
    }


def over_ceiling(*, scheme: pa.Array, amount: pa.Array, agreed: pa.Array) -> npt.NDArray[np.bool_]:
    """Where the loan is above the ceiling of its type on the day of the agreement; without a day, above any."""
    over = np.zeros(len(scheme), bool)
    rupiah = pc.fill_null(amount, 0).to_numpy(zero_copy_only=False)
    days = pc.fill_null(agreed.cast(pa.int32()), np.iinfo(np.int32).max).to_numpy(zero_copy_only=False)
    for name, (begins, most) in _steps().items():
        of_type = np.asarray(pc.fill_null(pc.equal(scheme, name), False))
        if of_type.any():
            over[of_type] = rupiah[of_type] > most[np.searchsorted(begins, days[of_type], side="right")]
    return over
