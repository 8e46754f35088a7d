"""Records that are one person: connected components of accepted pairs, with vetoes respected."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def components(*, size: int, a: Ints, b: Ints) -> Ints:
    """For each of ``size`` nodes the smallest node it is connected with through the edges (a, b)."""
    label = np.arange(size, dtype=np.int64)
    while True:
        lowest = np.minimum(label[a], label[b])
        new = label.copy()
        np.minimum.at(new, label[a], lowest)
        np.minimum.at(new, label[b], lowest)
        while not np.array_equal(new, new[new]):
            new = new[new]
        if np.array_equal(new, label):
            return label
        label = new


def components_with_vetoes(
    *,
    size: int,
    a: Ints,
    b: Ints,
    strength: npt.NDArray[np.float64],
    suspect: Callable[[Ints], Ints],
    vetoed: Callable[[int, int], bool],
) -> Ints:
    """Components in which no two members are vetoed.

    ``suspect`` names, from a first labelling, the components that may hold a veto; those alone are built again edge by
    edge, the strongest first, and an edge that would bring two vetoed members together is left out.
    """
    label = components(size=size, a=a, b=b)
    doubtful = np.isin(label[a], suspect(label))
    if not doubtful.any():
        return label
    label = components(size=size, a=a[~doubtful], b=b[~doubtful])
    order = np.lexsort((b[doubtful], a[doubtful], -strength[doubtful]))
    members: dict[int, list[int]] = {}
    home: dict[int, int] = {}
    for x, y in zip(a[doubtful][order].tolist(), b[doubtful][order].tolist(), strict=True):
        left, right = home.get(x, x), home.get(y, y)
        if left == right:
            continue
        mine, theirs = members.get(left, [x]), members.get(right, [y])
        if any(vetoed(p, q) for p in mine for q in theirs):
            continue
        low, high = min(left, right), max(left, right)
        members[low] = mine + theirs
        members.pop(high, None)
        for node in members[low]:
            home[node] = low
    for node in home:
        label[node] = min(members[home[node]])
    return label
