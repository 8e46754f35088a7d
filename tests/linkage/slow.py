"""A second implementation of the search, slow and obvious: every pair of rows, compared from their strings.

It shares no code with the compiled loops. Only `persons.names.fold` is taken as given: it has tests of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from jangkau.linkage.method import Field, Method
from jangkau.persons import names

LONGEST_TEXT, COMPARED, MOST_WORDS = 510, 255, 24
Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Value:
    """One field of one record. ``level`` is compared, ``parts`` are blocked on; both None or empty when missing."""

    level: object = None
    parts: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Name:
    """Words as folded and the letters that are compared."""

    words: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Nik:
    digits: str
    born: int | None
    sex: int | None


@dataclass(frozen=True)
class Date:
    """``given`` in the field, ``inside`` the NIK; yyyymmdd, a bare year ends in 0000."""

    given: int | None
    inside: int | None


# --- what a string says ---------------------------------------------------------------------------------------------


def raw(row: Row, field: Field) -> str:
    there = [value for name in field.columns if (value := row[name]) is not None]
    return " ".join(there)


def digits_of(text: str) -> str | None:
    """The digits, when there is nothing else but signs that people write between them."""
    if not re.fullmatch(r"[0-9 .\-'`+]*", text):
        return None
    return re.sub("[^0-9]", "", text)


def nik_of(text: str, latest: int) -> Nik | None:
    digits = digits_of(text)
    if digits is None or not 13 <= len(digits) <= 18 or len(set(digits)) == 1:
        return None
    born = sex = None
    if len(digits) == 16 and digits[12:] != "0000":
        day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
        sex = 2 if day > 40 else 1
        day -= 40 if day > 40 else 0
        year += latest // 1000000 * 100
        year -= 100 if year * 10000 + month * 100 + day > latest else 0
        born = day_of(year, month, day)
    return Nik(digits[:16], born, sex if born else None)


def day_of(year: int, month: int, day: int) -> int | None:
    try:
        date(year, month, day)
    except ValueError:
        return None
    return year * 10000 + month * 100 + day


def date_of(text: str, form: str) -> int | None:
    order = [letter for sign, letter in pairwise(form) if sign == "%"]
    numbers = []
    if len(form) > 2 * len(order):
        numbers = re.findall("[0-9]+", text)[: len(order)]
    else:
        for letter in order:
            match = re.search(f"[0-9]{{1,{4 if letter == 'Y' else 2}}}", text)
            if match:
                numbers.append(match[0])
                text = text[match.end() :]
    said = {letter: int(number) for letter, number in zip(order, numbers, strict=False)}
    year = said.get("Y", 0)
    if not 1850 <= year <= 2150:
        return None
    if len(said) == 1:
        return year * 10000
    return day_of(year, said.get("m", 0), said.get("d", 0))


def sex_of(text: str) -> int | None:
    word = text.strip(" ").upper()
    if word[:1] in ("L", "M") or word == "1" or word.startswith("PRI"):
        return 1
    return 2 if word[:1] in ("P", "F", "W") or word == "2" else None


def region_of(text: str) -> str | None:
    """The regency's four digits, or a name."""
    if not text:
        return None
    digits = digits_of(text)
    if digits is None:
        return f"name {text}"
    return digits[:4] if len(digits) >= 4 and digits[:4] != "0000" else None


def phone_of(text: str) -> str | None:
    digits = digits_of(text)
    if digits is None or not 8 <= len(digits) <= 18:
        return None
    digits = (digits[2:] if digits.startswith("62") else digits).lstrip("0")
    return digits[:16] if len(digits) >= 8 and len(set(digits[1:])) > 1 else None


def code_of(text: str) -> bytes | None:
    code = bytes(c for c in text.encode()[:256].upper() if chr(c).isascii() is False or chr(c).isalnum())
    return code or None


def code_is_compared_as_a_whole(code: bytes) -> bool:
    return len(code) > 15 or not code.isascii()


def clean(text: str) -> str:
    """Upper case, accents and silent signs taken off, everything else one space."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", re.sub(names._SILENT, "", text)).upper()
        text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub("[^A-Z0-9]+", " ", re.sub(names._SILENT, "", text).upper()).strip()
    return " ".join(text[:LONGEST_TEXT].split()[:MOST_WORDS])


def name_of(text: str) -> Name | None:
    folded = names.fold(clean(text))
    return Name(tuple(folded.split()), folded[:COMPARED]) if folded else None


def text_of(text: str) -> Name | None:
    plain = clean(text)
    return Name(tuple(plain.split()), plain[:COMPARED]) if plain else None


# --- likeness of strings --------------------------------------------------------------------------------------------


def osa(a: str | bytes, b: str | bytes) -> int:
    """Optimal string alignment: insert, delete, change, swap neighbours."""
    table = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            change = table[i - 1, j - 1] + (a[i - 1] != b[j - 1])
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, change)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(a), len(b)]


def digit_slips(a: str, b: str) -> int:
    """Of one length: digits that differ in their place, two neighbours swapped being one; else the edit distance."""
    if len(a) != len(b):
        return osa(a, b)
    apart = [k for k in range(len(a)) if a[k] != b[k]]
    if len(apart) == 2 and apart[1] == apart[0] + 1:
        i, j = apart
        return 1 if a[i] == b[j] and a[j] == b[i] else 2
    return len(apart)


def jaro_winkler(a: str, b: str) -> float:
    a, b = a[:64], b[:64]
    if not a or not b:
        return 0.0
    reach = max(max(len(a), len(b)) // 2 - 1, 0)
    partner: dict[int, int] = {}
    for i, letter in enumerate(a):
        for j in range(max(0, i - reach), min(len(b), i + reach + 1)):
            if b[j] == letter and j not in partner.values():
                partner[i] = j
                break
    if not partner:
        return 0.0
    common = len(partner)
    mine, yours = [a[i] for i in sorted(partner)], [b[j] for j in sorted(partner.values())]
    turned = sum(x != y for x, y in zip(mine, yours, strict=True))
    jaro = (common / len(a) + common / len(b) + (common - turned / 2) / common) / 3.0
    prefix = 0
    while prefix < 4 and prefix < len(a) and prefix < len(b) and a[prefix] == b[prefix]:
        prefix += 1
    return jaro + prefix * 0.1 * (1.0 - jaro)


def alike(a: Name, b: Name) -> float:
    """Jaro-Winkler, also with a word of the second one moved from end to end."""
    best = jaro_winkler(a.text, b.text)
    if len(a.text) < 64 and len(b.text) < 64:
        words = b.text.split()
        if a.words[0] == b.words[-1]:
            best = max(best, jaro_winkler(a.text, " ".join([words[-1], *words[:-1]])))
        elif a.words[-1] == b.words[0]:
            best = max(best, jaro_winkler(a.text, " ".join([*words[1:], words[0]])))
    return best


def words_shared(a: Name, b: Name, initials: bool) -> int:
    """Words of the first one that stand in the second one, each once."""
    free = b.text.split()
    shared = whole = 0
    for word in a.text.split():
        fits = (
            k for k, other in enumerate(free) if other == word or (initials and len(word) == 1 and other[0] == word)
        )
        place = next(fits, None)
        if place is not None:
            del free[place]
            shared += 1
            whole += len(word) > 1
    return shared if whole or not initials else 0


def holds(inner: Name, outer: Name) -> bool:
    if words_shared(inner, outer, True) == len(inner.text.split()):
        return True
    return len(inner.text) >= 6 and outer.text.startswith(inner.text)


# --- levels ---------------------------------------------------------------------------------------------------------


def nik_level(a: Nik, b: Nik) -> int:
    x, y = a.digits, b.digits
    if x == y:
        return 1
    slips = digit_slips(x, y)
    if len(x) == len(y) == 16 and x[:12] == y[:12]:
        one, two = int(x[12:]), int(y[12:])
        if abs(one - two) == 1 and one and two:
            return 4
        return {1: 3, 2: 5}.get(slips, 6)
    return {1: 2, 2: 5}.get(slips, 6)


def identifier_level(a: bytes, b: bytes) -> int:
    if a == b:
        return 1
    if code_is_compared_as_a_whole(a) or code_is_compared_as_a_whole(b):
        return 4
    return {1: 2, 2: 3}.get(osa(a, b), 4)


def code_level(a: bytes, b: bytes) -> int:
    if a == b:
        return 1
    whole = code_is_compared_as_a_whole(a) or code_is_compared_as_a_whole(b)
    if not whole and osa(a, b) == 1:
        return 2
    return 3 if head(a, 2) == head(b, 2) else 4


def head(code: bytes, letters: int) -> tuple[int, ...]:
    """The first letters; of those that are not ASCII only some are told apart."""
    return tuple(c if c < 128 else 128 + c % 26 for c in code[:letters])


def date_level(a: int, b: int) -> int:
    same_year = a // 10000 == b // 10000
    if a % 100 == 0 or b % 100 == 0:
        return 4 if same_year else 6
    if a == b:
        return 1
    (month1, day1), (month2, day2) = divmod(a % 10000, 100), divmod(b % 10000, 100)
    if same_year and (day1, month1) == (month2, day2):
        return 2
    if same_year + (month1 == month2) + (day1 == day2) == 2:
        return 3
    return 5 if same_year else 6


def region_level(a: str, b: str) -> int:
    if a == b:
        return 1
    return 2 if a[:2] == b[:2] and not a.startswith("name") else 3


def name_level(a: Name, b: Name) -> tuple[int, int]:
    """The level, and which one is held by the other."""
    if sorted(a.words) == sorted(b.words):
        return 1, 0
    if holds(a, b):
        return 2, 1
    if holds(b, a):
        return 2, 2
    how = alike(a, b)
    if how >= 0.93:
        return 3, 0
    if how >= 0.86:
        return 4, 0
    return (5, 0) if a.words[0] == b.words[0] or a.words[-1] == b.words[-1] else (6, 0)


def text_level(a: Name, b: Name) -> int:
    if sorted(a.words) == sorted(b.words):
        return 1
    if alike(a, b) >= 0.90:
        return 2
    return 3 if 2 * words_shared(a, b, False) >= min(len(a.text.split()), len(b.words)) else 4


# --- records, blocks, pairs -----------------------------------------------------------------------------------------


def values_of(row: Row, method: Method) -> dict[str, Value]:
    """What each field of a row says, and the parts of it to block on."""
    niks = {f.name: nik_of(raw(row, f), f.latest) for f in method.fields if f.kind.name == "nik"}
    return {field.name: _value(raw(row, field), field, niks) for field in method.fields}


def _value(text: str, field: Field, niks: Mapping[str, Nik | None]) -> Value:
    kind = field.kind.name
    nik = niks.get(field.name) or (niks.get(field.inside) if field.inside else None)
    if kind == "nik":
        return Value(nik, _nik_parts(nik)) if nik else Value()
    if kind == "date":
        given, inside = date_of(text, field.format), nik.born if nik else None
        blocked = inside if (given is None or given % 100 == 0) and inside else given
        there = Date(given, inside) if given or inside else None
        return Value(there, _date_parts(blocked) if blocked else None)
    if kind in ("person_name", "text"):
        name = name_of(text) if kind == "person_name" else text_of(text)
        parts = {"whole": tuple(sorted(name.words)), "first": name.words[0], "last": name.words[-1]} if name else None
        return Value(name, parts)
    if kind in ("identifier", "code"):
        code = code_of(text)
        return Value(code, {"whole": code, "head": head(code, 5)} if code else None)
    simple: object
    if kind == "sex":
        simple = sex_of(text) or (nik.sex if nik else None)
    else:
        simple = region_of(text) if kind == "region" else phone_of(text)
    return Value(simple, {"whole": simple} if simple else None)


def _nik_parts(nik: Nik) -> dict[str, object]:
    d = nik.digits
    if len(d) < 16:
        return {"whole": d}
    return {
        "whole": d,
        "without_serial": d[:12],
        "without_region": d[6:],
        "without_day": d[:6] + d[8:],
        "without_month": d[:8] + d[10:],
        "without_year": d[:10] + d[12:],
    }


def _date_parts(day: int) -> dict[str, object]:
    year, month, day_ = day // 10000, day // 100 % 100, day % 100
    if day_ == 0:
        return {"year": year}
    return {
        "year": year,
        "whole": day,
        "unordered": (year, *sorted((month, day_))),
        "month_day": (month, day_),
        "year_month": (year, month),
        "year_day": (year, day_),
    }


def levels_of(a: Mapping[str, Value], b: Mapping[str, Value], method: Method) -> tuple[list[int], dict[str, int]]:
    """The level of each field, 9 where missing; and for names which side is held."""
    levels: list[int] = []
    held: dict[str, int] = {}
    for field in method.fields:
        x, y = a[field.name].level, b[field.name].level
        level = 9
        if isinstance(x, Date) and isinstance(y, Date):
            far = True
            if field.inside:
                place = next(k for k, one in enumerate(method.fields) if one.name == field.inside)
                far = levels[place] in (6, 9)
            one, two = x.given or (x.inside if far else None), y.given or (y.inside if far else None)
            level = date_level(one, two) if one and two else 9
        elif isinstance(x, Name) and isinstance(y, Name):
            if field.kind.name == "text":
                level = text_level(x, y)
            else:
                level, held[field.name] = name_level(x, y)
        elif x is not None and y is not None:
            level = _plain_level(x, y, field.kind.name)
        levels.append(field.counts_as[level] if field.counts_as and level != 9 else level)
    return levels, held


def _plain_level(x: object, y: object, kind: str) -> int:
    if kind == "nik":
        assert isinstance(x, Nik) and isinstance(y, Nik)
        return nik_level(x, y)
    if kind in ("identifier", "code"):
        assert isinstance(x, bytes) and isinstance(y, bytes)
        return identifier_level(x, y) if kind == "identifier" else code_level(x, y)
    if kind == "region":
        return region_level(str(x), str(y))
    return 1 if x == y else 2


def key(values: Mapping[str, Value], parts: Sequence[tuple[str, str]]) -> tuple[object, ...] | None:
    """What a record has for a block; None when a part is missing."""
    found = [(values[name].parts or {}).get(part) for name, part in parts]
    return None if any(one is None for one in found) else tuple(found)


@dataclass(frozen=True)
class Pair:
    """One pair that shares a block. ``score``: sum of beliefs; ``first``: the block that finds it first;
    ``rarity``: of the name that is equal or held."""

    pattern: int
    blocks: int
    first: int
    score: float
    rarity: int


@dataclass(frozen=True)
class Answer:
    """All pairs that share a block, by the places of their rows; what a pair must reach to be kept."""

    pairs: dict[tuple[int, int], Pair]
    least: float

    def by_block(self, count: int) -> tuple[int, ...]:
        found = Counter(pair.first for pair in self.pairs.values())
        return tuple(found[b] for b in range(count))


def search(left: Sequence[Row], right: Sequence[Row] | None, method: Method) -> Answer:
    """Compare every row with every row; with one file every pair of rows once."""
    a = [values_of(row, method) for row in left]
    b = a if right is None else [values_of(row, method) for row in right]
    keys_a = [[key(values, block.parts) for block in method.blocks] for values in a]
    keys_b = [[key(values, block.parts) for block in method.blocks] for values in b]
    for k in range(len(method.blocks)):
        counts = Counter(keys[k] for keys in keys_a)
        shared_by_too_many = {one for one, n in counts.items() if n > method.largest_block}
        for keys in keys_a:
            if keys[k] in shared_by_too_many:
                keys[k] = None
    counted = _NameCounts(a if right is None else [*a, *b], method)
    size = np.log(2.0) * int(max(len(a), len(b), 1)).bit_length()
    pairs = {}
    for i, one in enumerate(a):
        for j, two in enumerate(b):
            if right is None and i >= j:
                continue
            shared = [k for k in range(len(method.blocks)) if keys_a[i][k] is not None and keys_a[i][k] == keys_b[j][k]]
            if shared:
                levels, held = levels_of(one, two, method)
                pattern = int("".join(map(str, levels)))
                rarity = counted.rarity(one, two, levels, held)
                score = counted.belief(levels, rarity)
                pairs[i, j] = Pair(pattern, sum(1 << k for k in shared), shared[0], score, rarity)
    return Answer(pairs, float(size - 7.0))


class _NameCounts:
    """How common names are among all rows, and what is believed of a pair."""

    def __init__(self, rows: Sequence[Mapping[str, Value]], method: Method) -> None:
        self.method = method
        place = method.first("person_name")
        self.field = method.fields[place].name if place is not None else None
        there = [row[self.field].level for row in rows] if self.field else []
        named = [name for name in there if isinstance(name, Name)]
        self.people = max(len(named), 1)
        self.whole = Counter(tuple(sorted(name.words)) for name in named)
        self.words = Counter(word for name in named for word in name.text.split(" "))

    def _class(self, name: Name, level: int) -> int:
        """Half powers of ten by which the whole name, or its words together, are rare."""
        if level == 1:
            bearers = self.whole[tuple(sorted(name.words))]
            return int(np.clip(np.floor(2 * np.log10(self.people / bearers)), 0, 11))
        weights = [int(np.round(20 * np.log10(self.people / self.words[word]))) for word in name.text.split(" ")]
        return min(sum(max(weight, 0) for weight in weights) // 10, 11)

    def rarity(
        self, a: Mapping[str, Value], b: Mapping[str, Value], levels: Sequence[int], held: Mapping[str, int]
    ) -> int:
        """The class of the first name field, where one name is the other or holds it."""
        for field, level in zip(self.method.fields, levels, strict=True):
            if field.name == self.field and level <= 2:
                name = (b if held[field.name] == 2 else a)[field.name].level
                assert isinstance(name, Name)
                return self._class(name, level)
        return 0

    def belief(self, levels: Sequence[int], rarity: int) -> float:
        total = 0.0
        for field, level in zip(self.method.fields, levels, strict=True):
            m, u = field.m or field.kind.m, field.u or field.kind.u
            if level == 9:
                continue
            if field.name == self.field and level <= 2:
                total += float(np.log(m[level - 1]) + (rarity + (0.5 if level == 2 else 0.0)) / 2 * np.log(10))
            else:
                total += float(np.log(m[level - 1] / u[level - 1]))
        return total
