"""Ids hashed: for samples that do not hang on the order of rows, and to find ids that stand twice."""

from __future__ import annotations

import numpy as np
from numba import njit

from jangkau.linkage.kernels.bits import hash_bytes, is_there, mix


@njit(cache=True, nogil=True)
def hash_texts(offsets, data, valid, skip, count, out):  # type: ignore[no-untyped-def]
    """A hash of each string of an Arrow array; 0 where it is null."""
    for i in range(count):
        if is_there(valid, skip, i):
            h = mix(hash_bytes(data, offsets[i], offsets[i + 1]))
            out[i] = h if h else np.uint64(1)
