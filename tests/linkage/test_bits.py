"""Bit counting in compiled loops, where 32-bit arithmetic is not what NumPy's is."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from jangkau.linkage.kernels.bits import ones, ones64


@njit
def _both(x):  # type: ignore[no-untyped-def]
    return ones(np.uint32(x)), ones64(np.uint64(x))


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_set_bits_are_counted(x: int) -> None:
    assert _both(np.uint64(x)) == ((x & 0xFFFFFFFF).bit_count(), x.bit_count())
