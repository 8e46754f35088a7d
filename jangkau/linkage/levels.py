"""Levels of agreement as a method file sets them: some of a kind's levels put together, and known shares of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jangkau.complaints import Complaint, Text
from jangkau.linkage.kinds import Kind

_SEE = Text("Lihat docs/reference/method.md untuk bentuknya.", "See docs/reference/method.md for the form.")
_NOBODY = 1e-12
"""The share of a level that counts as another one: it never comes, and a logarithm wants a number."""


def put_together(*, value: Any, kind: Kind, where: str) -> tuple[int, ...] | None:
    """The level that each level counts as, 0 first; ``value`` as in ``[1, [2, 3], [4, 5, 6]]``, each level once.

    The first level stays the first and the last the last, because others look at them; else the worst of a group stands
    for it. None when nothing was said. Complaint for what is no such list.
    """
    if value is None:
        return None
    count = len(kind.levels)
    groups = [one if isinstance(one, list) else [one] for one in value] if isinstance(value, list) else []
    said = [level for group in groups for level in group]
    if not all(type(level) is int for level in said) or sorted(said) != list(range(1, count + 1)) or len(groups) < 2:
        raise Complaint(
            what=Text("levels tidak dapat dipahami.", "levels cannot be understood."),
            where=where,
            why=Text(
                f"Perlu daftar tingkat 1 sampai {count}, masing-masing sekali, dalam dua kelompok atau lebih.",
                f"It is a list of the levels 1 to {count}, each once, in two groups or more.",
            ),
            do=Text("Misalnya levels: [1, [2, 3], 4].", "For example levels: [1, [2, 3], 4].") if count == 4 else _SEE,
        )
    out = [0] * (count + 1)
    for group in groups:
        for level in group:
            out[level] = 1 if 1 in group else max(group)
    return tuple(out)


def pooled(*, kind: Kind, counts_as: Sequence[int] | None) -> Kind:
    """The kind with the beliefs of levels put together added up."""
    if counts_as is None:
        return kind
    return replace(kind, m=added_up(shares=kind.m, counts_as=counts_as), u=added_up(shares=kind.u, counts_as=counts_as))


def added_up(*, shares: Sequence[float], counts_as: Sequence[int]) -> tuple[float, ...]:
    """Shares by level where some levels count as others."""
    out = [_NOBODY] * len(shares)
    for level, share in enumerate(shares, start=1):
        out[counts_as[level] - 1] += share
    return tuple(out)


def known_shares(*, value: Any, kind: Kind, where: str) -> tuple[float, ...] | None:
    """Shares by level as the method knows them: a list, one for each level; or one number for the first level,
    where the belief shares out the rest. None when nothing was said. Complaint for what is neither."""
    if value is None:
        return None
    belief = kind.u if where.endswith("u") else kind.m
    if _is_number(value):
        value = [value, *((1 - value) * share / sum(belief[1:]) for share in belief[1:])]
    numbers = [float(v) for v in value] if isinstance(value, list) and all(_is_number(v) for v in value) else []
    count = len(kind.levels)
    if len(numbers) != count or not min(numbers) > 0 or not abs(sum(numbers) - 1) <= 0.01:  # also for .nan
        raise Complaint(
            what=Text("Bagian per tingkat tidak dapat dipakai.", "These shares by level cannot be used."),
            where=where,
            why=Text(
                f"Perlu {count} bilangan di atas 0 yang berjumlah 1, atau satu bilangan antara 0 dan 1.",
                f"It takes {count} numbers above 0 that add up to 1, or one number between 0 and 1.",
            ),
            do=_SEE,
        )
    return tuple(n / sum(numbers) for n in numbers)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
