"""Versions of code, law and method: digests of the files that decide a figure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

import duckdb
import numba
import numpy as np
import pyarrow as pa

from jangkau import __version__

# The command line, the demo and the platform decide no figure.
PACKAGES = ("persons", "places", "files", "outputs", "lists", "linkage", "law", "gaps", "charts")
_KINDS = (".py", ".yaml", ".sql", ".csv", ".gz", ".j2", ".css")


@cache
def versions() -> dict[str, str]:
    """Name -> version or digest; two runs with the same versions and inputs give the same outputs."""
    return {
        "jangkau": __version__,
        "code": _digest(tuple(p for p in PACKAGES if p not in ("law", "linkage"))),
        "law": _digest(("law",)),
        "method": _digest(("linkage",)),
        "duckdb": duckdb.__version__,
        "pyarrow": pa.__version__,
        "numpy": np.__version__,
        "numba": numba.__version__,
    }


def _digest(packages: tuple[str, ...]) -> str:
    total = sha256()
    for package in packages:
        for name, content in sorted(_contents(files("jangkau") / package, package)):
            total.update(f"{name}\0{len(content)}\0".encode())
            total.update(content)
    return total.hexdigest()[:16]


def _contents(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _contents(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(_KINDS):
            yield f"{name}/{entry.name}", entry.read_bytes().replace(b"\r\n", b"\n")
