"""Words for how one field of two records compares; with the records at hand, which digit and which word of the name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from jangkau.complaints import Text
from jangkau.linkage.evidence_names import compared
from jangkau.linkage.method import Field, Method
from jangkau.linkage.weights import places

Record = Mapping[str, str | None]
_BIRTH = (
    Text("tanggal lahir sama", "birth date equal"),
    Text("hari dan bulan lahir tertukar", "day and month of birth swapped"),
    Text("tanggal lahir berbeda satu bagian", "birth date differs in one part"),
    Text("tahun lahir sama, harinya tidak diketahui", "birth year equal, day not known"),
    Text("hanya tahun lahir yang sama", "only the birth year is equal"),
    Text("tanggal lahir berbeda", "birth date differs"),
)
_PARTS = (
    (6, Text("kode wilayah", "region")),
    (8, Text("tanggal lahir", "day of birth")),
    (10, Text("bulan lahir", "month of birth")),
    (12, Text("tahun lahir", "year of birth")),
    (16, Text("nomor urut", "serial")),
)
_DATE_PARTS = {
    "Y": Text("tahun", "the year"),
    "m": Text("bulan", "the month"),
    "d": Text("hari", "the day"),
}
_FROM_NIK = Text(" (dibaca dari NIK)", " (read from the NIK)")
NAMED = ("identifier", "code", "text")
"""Kinds whose words say too little without the name of the field."""


def of_field(
    *, method: Method, place: int, level: int, left: Record | None = None, right: Record | None = None
) -> Text:
    """How field ``place`` compares at ``level`` (from 1), in words; the records (column to text) say more."""
    one = method.fields[place]
    group = counted_as(counts_as=one.counts_as, level=level)
    said = _any_of([_birth(method, place, each) or one.kind.levels[each - 1] for each in group])
    if len(group) == 1:
        said = _detailed(one, level, said, _text(one, left), _text(one, right))
    alone = sum(other.kind.name == one.kind.name for other in method.fields) == 1
    if one.kind.name in NAMED or not (alone or _birth(method, place, level)):
        said = Text(f"{one.name}: {said.id}", f"{one.name}: {said.en}")
    return said


def counted_as(*, counts_as: Sequence[int] | None, level: int) -> list[int]:
    """The levels that count as this one, best first; itself alone where the method puts none together."""
    if counts_as is None:
        return [level]
    return [each for each in range(1, len(counts_as)) if counts_as[each] == level] or [level]


def _any_of(words: list[Text]) -> Text:
    return Text(" atau ".join(one.id for one in words), " or ".join(one.en for one in words))


def _detailed(one: Field, level: int, said: Text, left: str, right: str) -> Text:
    """The same with what the records themselves show."""
    if one.kind.name == "nik":
        return _nik(level, left, right) or said
    if one.kind.name == "person_name":
        return _name(level, left, right) or said
    return _date(one, level, said, left, right) if one.kind.name == "date" else said


def _text(one: Field, record: Record | None) -> str:
    return " ".join(text for column in one.columns if (text := (record or {}).get(column)))


def _birth(method: Method, place: int, level: int) -> Text | None:
    """A date is a birth date when it is the one that the NIK tells, or is called so."""
    one = method.fields[place]
    if one.kind.name != "date":
        return None
    called = any(word in one.name.lower() for word in ("lahir", "birth", "dob"))
    return _BIRTH[level - 1] if called or place == places(method=method).born else None


def _nik(level: int, left: str, right: str) -> Text | None:
    """Which digit, and what it stands for; never the digit itself."""
    a, b = (re.sub(r"[\s.\-'`+]", "", text) for text in (left, right))
    if not 2 <= level <= 5 or not (a.isdigit() and b.isdigit()):
        return None
    if len(a) != len(b):
        return _lengths(level, len(a) - len(b))
    unlike = [k for k in range(len(a)) if a[k] != b[k]]
    swapped = (
        len(unlike) == 2
        and unlike[1] == unlike[0] + 1
        and a[unlike[0]] == b[unlike[1]]
        and a[unlike[1]] == b[unlike[0]]
    )
    if level == 4 or not unlike:
        return None
    where = _where(unlike, whole=len(a) == 16)
    if swapped:
        return Text(f"dua angka NIK tertukar ({where.id})", f"two digits of the NIK swapped ({where.en})")
    if len(unlike) == 1:
        return Text(f"NIK berbeda satu angka ({where.id})", f"NIK differs in one digit ({where.en})")
    return Text(f"NIK berbeda {_NUMBERS_ID.get(len(unlike), str(len(unlike)))} angka ({where.id})",
                f"NIK differs in {_NUMBERS_EN.get(len(unlike), str(len(unlike)))} digits ({where.en})")  # fmt: skip


_NUMBERS_ID = {2: "dua", 3: "tiga", 4: "empat"}
_NUMBERS_EN = {2: "two", 3: "three", 4: "four"}


def _lengths(level: int, more: int) -> Text | None:
    if level == 5 or abs(more) != 1:
        return None
    if more < 0:
        return Text("NIK kiri kurang satu angka", "the left NIK lacks one digit")
    return Text("NIK kanan kurang satu angka", "the right NIK lacks one digit")


def _where(unlike: list[int], *, whole: bool) -> Text:
    numbers = [k + 1 for k in unlike]
    id_ = " dan ".join(f"ke-{n}" for n in numbers)
    en = " and ".join(_ordinal(n) for n in numbers)
    parts = (
        list(dict.fromkeys(next(said for end, said in _PARTS if k < end) for k in unlike if k < 16)) if whole else []
    )
    return Text(", ".join([id_, *(one.id for one in parts)]), ", ".join([f"the {en}", *(one.en for one in parts)]))


def _ordinal(n: int) -> str:
    ending = "th" if 10 < n % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def _name(level: int, left: str, right: str) -> Text | None:
    if not left.strip() or not right.strip():
        return None
    detail = compared(level=level, left=left, right=right)
    if detail is None:
        return None
    lead = {
        1: Text("nama", "name"),
        2: Text("nama termuat dalam yang lain", "one name holds the other"),
        3: Text("nama hampir sama", "names almost equal"),
        4: Text("nama mirip", "names alike"),
        5: Text("satu kata nama sama", "one word of the name equal"),
        6: Text("nama berbeda", "names differ"),
    }[level]
    sign = " " if detail.en.startswith("equal") else ": "
    return Text(f"{lead.id}{sign}{detail.id}", f"{lead.en}{sign}{detail.en}")


def _date(one: Field, level: int, said: Text, left: str, right: str) -> Text:
    if one.inside is not None and (left or right) and not (left.strip() and right.strip()):
        return Text(said.id + _FROM_NIK.id, said.en + _FROM_NIK.en)
    if level != 3:
        return said
    a, b = _parts(left, one.format), _parts(right, one.format)
    unlike = [name for name in "dmY" if a.get(name) != b.get(name)]
    if len(unlike) != 1 or not a or not b:
        return said
    part = _DATE_PARTS[unlike[0]]
    return Text(f"{said.id} ({part.id})", f"{said.en} ({part.en})")


def _parts(text: str, form: str) -> dict[str, int]:
    """Year, month and day of a text; empty when it does not fit the format."""
    letters = re.findall("%(.)", form)
    parted = len(form) > 2 * len(letters)
    pattern = r"\D*".join(r"(\d+)" if parted else rf"(\d{{{4 if letter == 'Y' else 2}}})" for letter in letters)
    found = re.search(pattern, text)
    return {letter: int(digits) for letter, digits in zip(letters, found.groups(), strict=True)} if found else {}
