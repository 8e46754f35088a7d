"""Blocks of the law as YAML: each with its dates, instrument and source, or refused with file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from jangkau.complaints import Complaint, Text
from jangkau.law.blocks import read_blocks as read_mappings
from jangkau.law.months import KNOWN_FROM, KNOWN_UNTIL


@dataclass(frozen=True)
class Block:
    """One value of the law, in force from ``valid_from`` until the day before ``valid_until``."""

    file: str
    line: int
    valid_from: date
    valid_until: date | None
    instrument: str | None
    verified: bool
    source: str
    values: Mapping[str, Any]

    def holds_on(self, *, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def fault(self, *, why: str) -> ValueError:
        """What is wrong with this block, and where it stands."""
        return ValueError(f"{self.file} line {self.line}: {why}")

    def text(self, *, name: str) -> Text | None:
        """A value that is a sentence in both languages."""
        return bilingual(value=self.values.get(name))


def bilingual(*, value: Any) -> Text | None:
    return Text(value["id"], value["en"]) if value else None


@cache
def shipped(*, name: str, series: str | None = None) -> tuple[Block, ...]:
    """The blocks of ``law/<name>``, one series of dates for each value of the field ``series``."""
    text = (files("jangkau.law") / name).read_text(encoding="utf-8")
    return read_blocks(file=name, text=text, series=series)


def read_blocks(*, file: str, text: str, series: str | None = None) -> tuple[Block, ...]:
    """Blocks in the order they stand; ValueError on a missing source, an overlap or a hole in a series."""
    blocks = tuple(_block(file, row.place.line, row) for row in read_mappings(text=text, file=file))
    for of_one in _by(blocks, series).values():
        _follow_each_other(sorted(of_one, key=lambda block: block.valid_from), series)
    return blocks


def _block(file: str, line: int, row: dict[str, Any]) -> Block:
    said = {"instrument": None, "source": "", "verified": None, "valid_until": None, "valid_from": None, **row}
    values = {name: value for name, value in row.items() if name not in Block.__dataclass_fields__}
    own = {name: said[name] for name in ("valid_from", "valid_until", "instrument", "verified", "source")}
    block = Block(file=file, line=line, values=values, **own)
    named = _named(block)
    if not isinstance(block.valid_from, date):
        raise block.fault(why=f"{named} has no day from which it is valid")
    if not block.source:
        raise block.fault(why=f"{named} has no source")
    if not isinstance(block.verified, bool):
        raise block.fault(why=f"{named} does not say whether it is verified")
    if block.valid_until is not None and block.valid_until <= block.valid_from:
        raise block.fault(why=f"{named} ends before it begins")
    if block.verified and not (block.instrument or values.get("publication")):
        raise block.fault(why=f"{named} is verified and names no instrument")
    return block


def _named(block: Block) -> str:
    return f"{block.values.get('segment') or block.instrument or 'the block'} from {block.valid_from}"


def _by(blocks: tuple[Block, ...], series: str | None) -> dict[Any, list[Block]]:
    groups: dict[Any, list[Block]] = {}
    for block in blocks:
        groups.setdefault(block.values.get(series) if series else None, []).append(block)
    return groups


def _follow_each_other(blocks: list[Block], series: str | None) -> None:
    for before, after in pairwise(blocks):
        of = f" for {after.values.get(series)}" if series else ""
        if before.valid_until is None or after.valid_from < before.valid_until:
            raise after.fault(why=f"two values{of} on {after.valid_from}, with line {before.line}")
        if after.valid_from > before.valid_until:
            raise after.fault(why=f"no value{of} on {before.valid_until}, after line {before.line}")


@dataclass(frozen=True)
class Life:
    """From when an instrument may be cited, and the first day on which it no longer may."""

    begins: date
    ended: date | None


def refuse_uncited(*, blocks: tuple[Block, ...], instruments: Mapping[str, Life]) -> None:
    """ValueError for a block that cites an instrument which is not there, or outside the instrument's life.

    ``instruments``: by the name under which blocks cite them, such as "PP 49/2020".
    """
    for block in blocks:
        if block.instrument is None:
            continue
        life = instruments.get(block.instrument)
        if life is None:
            raise block.fault(why=f"{block.instrument} is cited and is not among the instruments")
        if block.valid_from < life.begins:
            raise block.fault(why=f"{block.instrument} is cited for {block.valid_from}, before {life.begins}")
        if life.ended is not None and (block.valid_until is None or block.valid_until > life.ended):
            raise block.fault(why=f"{block.instrument} is cited beyond {life.ended}, when it ended")


def in_force(*, blocks: tuple[Block, ...], day: date) -> Block | None:
    """The one block of a series that holds on a day."""
    return next((block for block in blocks if block.holds_on(day=day)), None)


def refuse_unknown_day(*, day: date, where: str) -> None:
    """Complaint about a day for which no law is written here, saying from when to when it is."""
    if KNOWN_FROM <= day < KNOWN_UNTIL:
        return
    raise Complaint(
        what=Text(
            f"Aturan untuk {day.isoformat()} tidak tersedia.", f"The law of {day.isoformat()} is not known here."
        ),
        where=where,
        why=Text(
            "Aturan diketahui dari 2015-07 sampai 2027-12.",
            "The law is known from 2015-07 to 2027-12.",
        ),
        do=Text(
            "Beri tanggal dari 2015-07-01 sampai 2027-12-31.",
            "Give a date from 2015-07-01 to 2027-12-31.",
        ),
    )
