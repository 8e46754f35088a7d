"""Hashes and bit counting for the compiled loops."""

from __future__ import annotations

import numpy as np
from numba import carray, njit, types  # type: ignore[attr-defined]
from numba.core import cgutils
from numba.extending import intrinsic

FNV_START, FNV_PRIME = np.uint64(14695981039346656037), np.uint64(1099511628211)
LOW = np.uint64(0xFFFFFFFF)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@njit(inline="always", cache=True)
def mix(x):  # type: ignore[no-untyped-def]
    """The finaliser of splitmix64: every bit of the input changes half the bits of the result."""
    x = np.uint64(x)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return x


@njit(inline="always", cache=True)
def ones(x):  # type: ignore[no-untyped-def]
    """How many bits of 32 are set."""
    x = np.uint32(x)
    x = x - ((x >> np.uint32(1)) & np.uint32(0x55555555))
    x = (x & np.uint32(0x33333333)) + ((x >> np.uint32(2)) & np.uint32(0x33333333))
    x = (x + (x >> np.uint32(4))) & np.uint32(0x0F0F0F0F)
    return np.int64((x * np.uint32(0x01010101)) >> np.uint32(24)) & 63  # numba multiplies 32 bits into 64


@njit(inline="always", cache=True)
def hash_bytes(data, start, end):  # type: ignore[no-untyped-def]
    """FNV-1a of data[start:end]."""
    h = FNV_START
    for k in range(start, end):
        h = (h ^ np.uint64(data[k])) * FNV_PRIME
    return h


@njit(inline="always", cache=True)
def joined(high, low):  # type: ignore[no-untyped-def]
    """One 64-bit value of two 32-bit words."""
    return (np.uint64(high) << np.uint64(32)) | np.uint64(low)


@njit(inline="always", cache=True)
def is_there(valid, offset, i):  # type: ignore[no-untyped-def]
    """Is slot i of an Arrow array not null; ``valid`` is its bitmap, empty when nothing is null."""
    if len(valid) == 0:
        return True
    k = i + offset
    return (valid[k >> 3] >> (k & 7)) & 1 == 1


@njit(inline="always", cache=True)
def ones64(x):  # type: ignore[no-untyped-def]
    """How many bits of 64 are set."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@intrinsic
def _pointer(_context, address):  # type: ignore[no-untyped-def]
    def make(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), make


@njit(inline="always", cache=True)
def bare(array):  # type: ignore[no-untyped-def]
    """The same array without its count of references: counting them in the innermost loops took half of the time."""
    return carray(_pointer(array.ctypes.data), array.shape, array.dtype)  # type: ignore[call-arg]
