"""What a finished link leaves for the next one: digests of rows, and what was found and counted for each.

Plain arrays in `state/`, as long as the right file where nothing else is said. No value of any row stands in them:
digests, numbers of rows, places in tables, levels of agreement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BufferedWriter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.linkage.kernels import renewing
from jangkau.linkage.search import Kept
from jangkau.outputs import write_json

FOLDER, ABOUT = "state", "about.json"
VERSION = 1
MOST_PAIRS = 150_000_000
"""With more pairs compared than this (a gigabyte) they are not kept: the next link compares anew."""
ROW_ARRAYS = {"rows": "u8", "marks": "u4", "slots": "u4", "many": "u4"}
PAIR_ARRAYS = {"pairs_a": "u4", "pairs_pattern": "u2"}
KEPT_ARRAYS = {"kept_a": "u4", "kept_b": "u4", "kept_pattern": "i8", "kept_rarity": "u1", "kept_blocks": "u4"}
_ARRAYS = {**ROW_ARRAYS, **PAIR_ARRAYS, **KEPT_ARRAYS, "left": "u8", "patterns": "i8"}

Array = npt.NDArray[Any]


def code_digest() -> str:
    """Changes with every file that decides what the arrays mean."""
    total = sha256()
    for package in ("linkage", "persons"):
        for name, content in sorted(_contents(files("jangkau") / package, package)):
            total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def _contents(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            found += _contents(entry, f"{name}/{entry.name}")
        elif entry.name.endswith((".py", ".yaml")):
            found.append((f"{name}/{entry.name}", entry.read_bytes().replace(b"\r\n", b"\n")))
    return found


class Writer:
    """Writes the arrays as they come, in the order of the right rows."""

    def __init__(self, *, folder: Path) -> None:
        self.folder = folder / FOLDER
        self.folder.mkdir()
        self.open: dict[str, BufferedWriter] = {}
        self.sizes: dict[str, int] = {}

    def add(self, name: str, array: Array) -> None:
        """Append to an array."""
        if name not in self.open:
            self.open[name] = (self.folder / name).open("wb")
        self.open[name].write(np.ascontiguousarray(array, np.dtype(_ARRAYS[name])).data)
        self.sizes[name] = self.sizes.get(name, 0) + len(array)

    def forget_pairs(self) -> None:
        """There are too many pairs."""
        for name in (*PAIR_ARRAYS, "many"):
            if name in self.open:
                self.open.pop(name).close()
                (self.folder / name).unlink()
                del self.sizes[name]

    def finish(self, *, kept: Kept, about: Mapping[str, object]) -> None:
        """The kept pairs, and what all of it rests on."""
        columns: tuple[Array, ...] = (kept.a, kept.b, kept.pattern, kept.rarity, kept.blocks)
        for name, column in zip(KEPT_ARRAYS, columns, strict=True):
            self.add(name, column)
        for stream in self.open.values():
            stream.close()
        write_json(value={"version": VERSION, **about, "sizes": self.sizes}, path=self.folder / ABOUT)


@dataclass(frozen=True)
class Earlier:
    """The state of an earlier link."""

    folder: Path
    about: Mapping[str, Any]

    def array(self, name: str) -> Array:
        """One of the arrays, mapped into memory."""
        path = self.folder / name
        kind = np.dtype(_ARRAYS[name])
        if not path.is_file() or not path.stat().st_size:
            return np.zeros(0, kind)
        # copied on writing: compiled code is made once, for arrays that may be written to
        return np.asarray(np.memmap(path, kind, "c"))

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """Where the compared pairs of each right row begin, and where the last ones end."""
        return np.concatenate([[0], np.cumsum(self.array("many"), dtype=np.int64)])


class Known:
    """Rows of an earlier link by their digest."""

    def __init__(self, *, digests: Array) -> None:
        self.digests = np.ascontiguousarray(digests)
        bits = max(4, int(len(digests) * 1.5).bit_length())
        self.places = np.full(1 << bits, renewing.NOWHERE, np.uint32)
        renewing.file_rows(self.digests, self.places)

    def rows(self, *, digests: Array, start: int) -> npt.NDArray[np.int64]:
        """The number each row had, -1 for those that were not there; ``start``: where the first is likely to be."""
        out = np.empty(len(digests), np.int64)
        renewing.find_rows(digests, self.digests, self.places, start, out)
        return out


def read(*, folder: Path) -> Earlier | None:
    """The state in the folder of an earlier link; None when there is none of this version, or not all of it."""
    here = folder / FOLDER
    try:
        about = json.loads((here / ABOUT).read_text(encoding="utf-8"))
        if about["version"] != VERSION:
            return None
        for name, size in about["sizes"].items():
            if size and (here / name).stat().st_size != size * np.dtype(_ARRAYS[name]).itemsize:
                return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Earlier(here, about)
