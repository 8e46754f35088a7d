"""The method of linkage as data: what is compared and how, which pairs are compared at all, when a person decides."""

from __future__ import annotations

from dataclasses import dataclass, field

from jangkau.linkage.kinds import Kind

LATEST_BIRTH = 20201231


@dataclass(frozen=True)
class Field:
    """One thing compared. ``columns`` are joined by a space. ``format`` is for dates; ``inside`` names the NIK field
    that also tells this date or sex; ``latest`` (yyyymmdd) bounds the century of a NIK's birth year; ``m``, ``u``:
    known shares by level, kept as given; ``counts_as``: the level that each one counts as, where the method puts some
    together (by level, 0 first)."""

    name: str
    columns: tuple[str, ...]
    kind: Kind
    format: str = "%Y-%m-%d"
    inside: str | None = None
    latest: int = LATEST_BIRTH
    m: tuple[float, ...] | None = None
    u: tuple[float, ...] | None = None
    counts_as: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Block:
    """Two records are compared when all these parts, each (field, part), are the same for both."""

    name: str
    parts: tuple[tuple[str, str], ...]

    def uses(self, field_name: str) -> bool:
        return any(name == field_name for name, _ in self.parts)


@dataclass(frozen=True)
class Veto:
    """Two records are never one person when all these fields have one of these levels."""

    levels: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Method:
    """One method file. Fields stand with the NIK first, as patterns do. ``digest`` changes when the file changes."""

    left_id: str
    right_id: str
    fields: tuple[Field, ...]
    blocks: tuple[Block, ...]
    low: float
    high: float
    one_to_one: bool = False
    largest_block: int = 200
    random_pairs: int = 200_000
    vetoes: tuple[Veto, ...] = ()
    digest: str = field(default="", compare=False)

    @property
    def anchor(self) -> int | None:
        """The field whose equality trains the others: the first NIK, or else the first identifier."""
        nik = self.first("nik")
        return self.first("identifier") if nik is None else nik

    def first(self, kind: str) -> int | None:
        """The place of the first field of a kind."""
        return next((place for place, one in enumerate(self.fields) if one.kind.name == kind), None)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(column for one in self.fields for column in one.columns))

    def mask(self, *, with_anchor: bool) -> int:
        """The bits of the blocks that look at the anchor (the identifier pass), or of the others (the description)."""
        anchor = self.anchor
        name = self.fields[anchor].name if anchor is not None else ""
        return sum(1 << bit for bit, block in enumerate(self.blocks) if block.uses(name) == with_anchor)
