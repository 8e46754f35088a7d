"""Layouts: which columns a kind of list has, what its senders call them, what may stand in them. Data, in YAML."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

NAMES = ("register", "kur", "prakerja", "non_asn", "village")
_IN_BRACKETS = re.compile(r"[(\[].*?[)\]]")


@dataclass(frozen=True)
class Column:
    """``aliases`` are squeezed and in order of preference. ``several`` allows more than one of them in a file, as
    with two telephone columns; the first is read. ``most`` is the largest amount that is not absurd, in rupiah."""

    name: str
    type: str
    required: bool
    aliases: tuple[str, ...]
    several: bool = False
    most: int | None = None


@dataclass(frozen=True)
class Layout:
    name: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


def squeeze(text: str) -> str:
    """A header reduced to letters and digits, so that ``No. KTP``, ``NO_KTP`` and ``no ktp`` are the same."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def spellings(header: str) -> tuple[str, ...]:
    """What a header may be looked up as: all of it, and without what stands in brackets."""
    short = squeeze(_IN_BRACKETS.sub(" ", header))
    return tuple(dict.fromkeys(s for s in (squeeze(header), short) if s))


@cache
def load(name: str) -> Layout:
    """The layout of this name; KeyError if there is none."""
    if name not in NAMES:
        raise KeyError(name)
    shared = _yaml("shared.yaml")["columns"]
    columns = []
    for given in _yaml(f"{name}.yaml")["columns"]:
        fact: dict[str, Any] = {**shared.get(given["name"], {}), **given}
        aliases = dict.fromkeys(squeeze(alias) for alias in (fact["name"], *fact.get("aliases", ())))
        columns.append(
            Column(
                name=fact["name"],
                type=fact["type"],
                required=fact.get("required", False),
                aliases=tuple(aliases),
                several=fact.get("several", False),
                most=fact.get("most"),
            )
        )
    return Layout(name, tuple(columns))


def column_names(*, layout: str) -> tuple[str, ...]:
    """Our names of the columns of a layout, in its order."""
    return tuple(column.name for column in load(layout).columns)


def required_names(*, layout: str) -> tuple[str, ...]:
    """Those of them that a list must have."""
    return load(layout).required


@cache
def aliases(name: str) -> dict[str, str]:
    """Squeezed alias -> column of a layout."""
    return {alias: column.name for column in load(name).columns for alias in column.aliases}


def _yaml(name: str) -> Any:
    return yaml.safe_load(files(__package__).joinpath(name).read_text("utf-8"))
