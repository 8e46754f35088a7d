"""Our names of columns as people read them."""

from __future__ import annotations


def spoken(*, name: str) -> str:
    """tanggal_akad: Tanggal akad."""
    first, _, rest = name.partition("_")
    first = first.upper() if first in ("nik", "kpj") else first.capitalize()
    return f"{first} {rest.replace('_', ' ').replace('hp', 'HP').replace('kk', 'KK')}".strip()
