"""YAML that remembers its lines: blocks with the line on which they begin, and complaints that name it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from jangkau.complaints import Complaint, Text
from jangkau.law.values import Place

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DO = Text("Perbaiki berkas hukum di baris itu.", "Mend the law file on that line.")


class Block(dict[str, Any]):
    """A mapping of a law file and the place where it begins; what is missing or misread is complained of there."""

    place: Place

    def fault(self, id_: str, en: str) -> Complaint:
        return refused(place=self.place, why=Text(id_, en))

    def need(self, name: str) -> Any:
        """A field that must be written, though it may be null."""
        if name not in self:
            raise self.fault(f"Tidak ada {name!r}.", f"There is no {name!r}.")
        return self[name]

    def text(self, name: str) -> str:
        """A field that must have words in it."""
        value = self.need(name)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(f"{name!r} kosong.", f"{name!r} is empty.")
        return value

    def flag(self, name: str) -> bool:
        value = self.need(name)
        if not isinstance(value, bool):
            raise self.fault(f"{name!r} harus true atau false.", f"{name!r} must be true or false.")
        return value

    def day(self, name: str) -> date:
        value = self.need(name)
        if type(value) is not date:
            raise self.fault(f"{name!r} harus tanggal (2026-01-31).", f"{name!r} must be a date (2026-01-31).")
        return value

    def day_or_none(self, name: str) -> date | None:
        return None if self.get(name) is None else self.day(name)

    def rupiah(self, name: str) -> int:
        value = self.need(name)
        if type(value) is not int or value < 0:
            raise self.fault(f"{name!r} harus rupiah bulat.", f"{name!r} must be whole rupiah.")
        return value

    def fraction(self, name: str, decimals: int) -> Decimal:
        """A rate in quotes, with no more digits after the point than the law writes."""
        value = self.need(name)
        try:
            if not isinstance(value, str):
                raise InvalidOperation
            rate = Decimal(value)
        except InvalidOperation:
            raise self.fault(
                f'{name!r} harus angka dalam tanda kutip, misalnya "0.01".',
                f'{name!r} must be a number in quotes, for example "0.01".',
            ) from None
        if not rate.is_finite() or not 0 <= rate <= 1:
            raise self.fault(f"{name!r} harus antara 0 dan 1.", f"{name!r} must lie between 0 and 1.")
        if -int(rate.as_tuple().exponent) > decimals:
            raise self.fault(
                f"{value} punya lebih banyak angka daripada hukumnya ({decimals} di belakang koma).",
                f"{value} has more digits than the law ({decimals} after the point).",
            )
        return rate

    def both(self, name: str) -> Text:
        """A text in Indonesian and English."""
        value = self.need(name)
        if not isinstance(value, Block) or set(value) != {"id", "en"}:
            raise self.fault(f"{name!r} harus berisi id dan en.", f"{name!r} must hold id and en.")
        return Text(value.text("id"), value.text("en"))

    def both_or_none(self, name: str) -> Text | None:
        return None if self.get(name) is None else self.both(name)

    def words(self, name: str, among: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self.need(name)
        if not isinstance(value, list):
            raise self.fault(f"{name!r} harus daftar.", f"{name!r} must be a list.")
        for word in value:
            if not isinstance(word, str):
                raise self.fault(
                    f"{name!r} harus daftar kata (kode dalam kutip).",
                    f"{name!r} must be a list of words (codes in quotes).",
                )
            if among is not None and word not in among:
                raise self.fault(f"{name!r}: {word} tidak dikenal.", f"{name!r}: there is no {word}.")
        return tuple(value)

    def inner(self, name: str, *fields: str) -> Block:
        """A mapping inside this block with these fields at most; an empty one where it is not written."""
        value = self.get(name)
        if name not in self:
            value = Block()
            value.place = self.place
        if not isinstance(value, Block):
            raise self.fault(f"{name!r} harus berisi {', '.join(fields)}.", f"{name!r} must hold {', '.join(fields)}.")
        value.only(*fields)
        return value

    def only(self, *names: str) -> None:
        """Refuse a field that nobody reads: it is a slip of the pen."""
        for name in self:
            if name not in names:
                raise self.fault(f"Tidak dikenal: {name!r}.", f"Not known: {name!r}.")


def refused(*, place: Place, why: Text) -> Complaint:
    """The one complaint about a law file."""
    return Complaint(what=Text("Berkas hukum ditolak.", "The law file is refused."), where=str(place), why=why, do=_DO)


def read_blocks(*, text: str, file: str) -> list[Block]:
    """The list of blocks in a law file. Complaint with file and line when it is no list of mappings, or no YAML."""

    class Lines(_LOADER):  # type: ignore[misc]  # the C loader where PyYAML has it
        pass

    def mapping(loader: Any, node: yaml.MappingNode) -> Block:
        place = Place(file, node.start_mark.line + 1)
        block = Block()
        block.place = place
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if key in block:
                raise block.fault(f"{key!r} tertulis dua kali.", f"{key!r} is written twice.")
            try:
                block[key] = loader.construct_object(value_node, deep=True)
            except ValueError:  # a date such as 2026-02-30
                raise refused(
                    place=Place(file, value_node.start_mark.line + 1),
                    why=Text("Ada tanggal yang tidak ada.", "There is a date that does not exist."),
                ) from None
        return block

    Lines.add_constructor("tag:yaml.org,2002:map", mapping)
    try:
        found = yaml.load(text, Loader=Lines)  # noqa: S506 - a safe loader with lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise refused(
            place=Place(file, line), why=Text("Bukan YAML yang dapat dibaca.", "It cannot be read as YAML.")
        ) from None
    if not isinstance(found, list) or not all(isinstance(block, Block) for block in found):
        raise refused(place=Place(file, 1), why=Text("Harus daftar blok.", "It must be a list of blocks."))
    return found
