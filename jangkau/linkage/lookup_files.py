"""The folder of a register made ready for looking up one person at a time: its files, and whether they can be used.

`index.json` says what is in the others. Bare arrays, mapped into memory: `lines.bin` and `heap.bin` (records as
`lines.py` has them), `order.bin` (which row of the register each one is), `starts.bin` and `entries.bin` (block by
block: where each bucket begins, and its rows), `words.bin` and `names.bin` (how common names are). `records.arrow` has
the register's own words in its own order, `pieces.npy` where each of its pieces begins, `large.npy` the keys that too
many rows share. `method.yaml` and `weights.json` decide the probabilities.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau import __version__
from jangkau.complaints import Complaint, Text
from jangkau.linkage.kernels import looking
from jangkau.linkage.lines import Shape, pack
from jangkau.linkage.method import Method

FORMAT = 1
INDEX, METHOD, WEIGHTS = "index.json", "method.yaml", "weights.json"
LINES, HEAP, STARTS, ENTRIES = "lines.bin", "heap.bin", "starts.bin", "entries.bin"
WORDS, NAMES = "words.bin", "names.bin"
ORDER, RECORDS, PIECES, LARGE = "order.bin", "records.arrow", "pieces.npy", "large.npy"

_AGAIN = Text(
    "Buat ulang dengan: jangkau lookup build REGISTER --out FOLDER",
    "Build it again: jangkau lookup build REGISTER --out DIR",
)
# An invented person, written so that folding and packing have something to do: what they make of it is the fingerprint.
_INVENTED = {
    "nik": "3271046512900003",
    "identifier": "AB-12.345 67",
    "person_name": "Dra. Hj. Sitti Djoeleha Moechtar, S.Pd.I",
    "date": "1990-12-25",
    "sex": "Perempuan",
    "region": "32.71.04",
    "phone": "+62 812-3456-7890",
    "code": "x1-9",
    "text": "Jl. Tjempaka Poetih No. 7",
}


@dataclass(frozen=True)
class Facts:
    """What `index.json` says. ``bases``: where the entries of each block begin; ``filled``: register rows that have
    each field; ``people``: those who have a name; ``left_out``: block, keys and rows that were left out because too
    many rows share them; ``coverage``: the share of those looked up that is expected to be in the register; ``how``:
    where the weights come from."""

    format: int
    version: str
    fingerprint: str
    register: str
    id_column: str
    rows: int
    width: int
    heap: int
    bits: int
    bases: tuple[int, ...]
    filled: tuple[int, ...]
    people: int
    words: int
    names: int
    left_out: tuple[tuple[str, int, int], ...]
    coverage: float
    how: str

    @property
    def entries(self) -> int:
        return self.bases[-1]

    @property
    def row_bits(self) -> int:
        return row_bits(rows=self.rows)

    def written(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Mapped:
    """The arrays of a folder, mapped into memory; what nobody refers to any more is let go of."""

    lines: npt.NDArray[np.uint32]
    heap: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.uint32]
    entries: npt.NDArray[np.uint32]
    bases: npt.NDArray[np.int64]
    shift: np.uint64
    row_bits: np.uint64
    words: npt.NDArray[np.uint32]
    names: npt.NDArray[np.uint32]
    order: npt.NDArray[np.uint32]
    maps: tuple[mmap.mmap, ...]

    def forget(self) -> None:
        """Give the mapped pages back to the system, which keeps them as long as it has room."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for one in self.maps:
                one.madvise(mmap.MADV_DONTNEED)


def row_bits(*, rows: int) -> int:
    """How many bits of an entry a row number takes."""
    return max(1, (rows - 1).bit_length())


def invented(*, method: Method) -> dict[str, str]:
    """The invented person, by the columns of a method."""
    return {column: _INVENTED[one.kind.name] for one in method.fields for column in one.columns}


def fingerprint(*, method: Method, shape: Shape) -> str:
    """A digest of what this version makes of an invented person: it changes when folding, packing or keys change."""
    values = invented(method=method)
    columns = [pa.array([values[column]], pa.string()) for column in method.columns]
    lines = pack(columns=columns, method=method, shape=shape)
    keys = looking.keys_of_one(lines.words, 0, shape.parts, shape.blocks)
    return sha256(lines.words.tobytes() + lines.heap.tobytes() + keys.tobytes()).hexdigest()[:16]


def read_facts(*, folder: Path) -> Facts:
    """What is in a folder; Complaint when it is none of ours, of another version, or not whole."""
    try:
        value = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        if value["format"] != FORMAT or value["version"] != __version__:
            raise _another_version(folder, str(value["version"]))
        value = {name: tuple(part) if isinstance(part, list) else part for name, part in value.items()}
        value["left_out"] = tuple((str(name), int(keys), int(rows)) for name, keys, rows in value["left_out"])
        facts = Facts(**value)
        sizes = _sizes(facts)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        raise Complaint(
            what=Text("Folder ini bukan indeks register.", "This folder is no index of a register."),
            where=str(folder),
            why=Text("index.json tidak ada atau tidak utuh.", "index.json is not there or not whole."),
            do=_AGAIN,
        ) from None
    _check_sizes(folder, sizes)
    return facts


def check_fingerprint(*, folder: Path, facts: Facts, method: Method, shape: Shape) -> None:
    """Complaint when this version would fold or pack otherwise than the one that built the index."""
    if facts.fingerprint != fingerprint(method=method, shape=shape):
        raise _another_version(folder, facts.version)


def not_whole(*, path: Path) -> Complaint:
    return Complaint(
        what=Text("Indeks ini tidak utuh.", "This index is not whole."),
        where=str(path),
        why=Text("Berkas ini hilang, terpotong atau rusak.", "This file is missing, cut short or broken."),
        do=_AGAIN,
    )


def _another_version(folder: Path, version: str) -> Complaint:
    return Complaint(
        what=Text("Indeks ini dibuat oleh versi lain.", "This index was built by another version."),
        where=str(folder),
        why=Text(
            f"Dibuat oleh jangkau {version}; ini jangkau {__version__}, yang mungkin membaca nama dengan cara lain.",
            f"Built by jangkau {version}; this is jangkau {__version__}, which may read names in another way.",
        ),
        do=_AGAIN,
    )


def _sizes(facts: Facts) -> Mapping[str, int | None]:
    """Bytes of each file; None where any will do."""
    blocks = len(facts.bases) - 1
    return {
        LINES: 4 * facts.rows * facts.width,
        HEAP: facts.heap,
        STARTS: 4 * blocks * ((1 << facts.bits) + 1),
        ENTRIES: 4 * facts.entries,
        WORDS: 4 * facts.words,
        NAMES: 4 * facts.names,
        ORDER: 4 * facts.rows,
        **dict.fromkeys((RECORDS, PIECES, LARGE, METHOD, WEIGHTS)),
    }


def _check_sizes(folder: Path, sizes: Mapping[str, int | None]) -> None:
    for name, size in sizes.items():
        path = folder / name
        if not path.is_file() or (size is not None and path.stat().st_size != size):
            raise not_whole(path=path)


def mapped(*, folder: Path, facts: Facts) -> Mapped:
    """The arrays of a folder without reading them: the system brings pages in as they are looked at."""
    maps: list[mmap.mmap] = []

    def one(name: str, kind: type[np.generic]) -> npt.NDArray[Any]:
        path = folder / name
        if path.stat().st_size == 0:
            nothing = np.zeros(0, kind)
            nothing.flags.writeable = False  # one type for the compiled loops, whether empty or not
            return nothing
        with path.open("rb") as file:
            room = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if hasattr(mmap, "MADV_RANDOM"):
            room.madvise(mmap.MADV_RANDOM)  # reading ahead would bring in many pages for each one that is wanted
        maps.append(room)
        return np.frombuffer(room, kind)

    return Mapped(
        lines=one(LINES, np.uint32).reshape(-1, facts.width),
        heap=one(HEAP, np.uint8),
        starts=one(STARTS, np.uint32).reshape(len(facts.bases) - 1, -1),
        entries=one(ENTRIES, np.uint32),
        bases=np.array(facts.bases, np.int64),
        shift=np.uint64(64 - facts.bits),
        row_bits=np.uint64(facts.row_bits),
        words=one(WORDS, np.uint32),
        names=one(NAMES, np.uint32),
        order=one(ORDER, np.uint32),
        maps=tuple(maps),
    )
