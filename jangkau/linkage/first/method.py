"""The method of linkage as data: what is compared, which pairs are compared at all, when a person must decide."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

import yaml

MISSING = 9
LEVELS: dict[str, tuple[int, ...]] = {
    "nik": (1, 2, 3, 4, 5),
    "name": (1, 2, 3, 4, 5, 6),
    "born": (1, 2, 3, 4, 5, 6),
    "sex": (1, 2),
    "region": (1, 2, 3),
    "phone": (1, 2),
}
"""Levels of each field as linkage/sql/compare.sql gives them, best first; MISSING stands beside them."""


@dataclass(frozen=True)
class Block:
    """Two records are compared when this SQL expression over ``record`` is the same for both."""

    name: str
    capture: str
    key: str


@dataclass(frozen=True)
class Method:
    """One method file. ``neighbours`` is the bit of the block that shows how alike the names of strangers in one region
    are. ``digest`` changes when the file or the SQL of the comparison changes."""

    blocks: tuple[Block, ...]
    largest_block: int
    name_rarity_classes: int
    low: float
    high: float
    neighbours: int
    random_pairs: int
    em_iterations: int
    digest: str

    def mask(self, *, capture: str) -> int:
        """The bits of the blocks of one capture (identifier or description)."""
        return sum(1 << bit for bit, block in enumerate(self.blocks) if block.capture == capture)


def load(*, name: str = "jamsostek") -> Method:
    """Read ``linkage/methods/<name>.yaml``."""
    folder = files("jangkau.linkage.first")
    text = (folder / "methods" / f"{name}.yaml").read_bytes()
    parts = [text, *((folder / "sql" / sql).read_bytes() for sql in ("records.sql", "compare.sql"))]
    data = yaml.safe_load(text)
    return Method(
        blocks=tuple(Block(b["name"], b["pass"], b["key"]) for b in data["blocks"]),
        largest_block=int(data["largest_block"]),
        name_rarity_classes=int(data["name_rarity_classes"]),
        low=float(data["review"]["low"]),
        high=float(data["review"]["high"]),
        neighbours=1 << [b["name"] for b in data["blocks"]].index(data["neighbours"]),
        random_pairs=int(data["random_pairs"]),
        em_iterations=int(data["em_iterations"]),
        digest=sha256(b"\0".join(part.replace(b"\r\n", b"\n") for part in parts)).hexdigest(),
    )
