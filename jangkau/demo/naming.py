"""Names for invented people: pools of words, patterns by culture, sex and generation, drawn for many people at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml

Ints = npt.NDArray[np.int32]
NOTHING = -1
TOKENS = 4

# Short forms clerks write. "M" and "St" are also initials of other names: that is part of the difficulty.
SHORT_FORMS = {
    "Muhammad": ("Muh.", "M.", "Moh.", "Mhd", "Mohammad", "Muhamad", "Moch."),
    "Mohammad": ("Moh.", "M.", "Muhammad", "Moh"),
    "Muhamad": ("M.", "Muh.", "Muhammad"),
    "Mochamad": ("Moch.", "M.", "Muhamad"),
    "Siti": ("St.", "Sitti", "St", "S."),
    "Sitti": ("St.", "Siti"),
    "Abdul": ("Abd.", "Abd", "A."),
    "Ahmad": ("Achmad", "A.", "Akhmad", "Ahmd"),
    "Achmad": ("Ahmad", "A."),
    "Akhmad": ("Ahmad", "A."),
    "Nur": ("Noor", "N.", "Noer"),
    "Syamsul": ("Samsul", "Sy."),
    "Teuku": ("T.", "Tengku"),
    "Yohanes": ("Yoh.", "Johanes", "Yohannes"),
    "Fransiskus": ("Frans", "Fr."),
    "Christian": ("Kristian", "Ch."),
    "Maria": ("M.", "Mariah"),
    "Putu": ("Pt.",),
    "Gede": ("Gd.",),
    "Wayan": ("Wy.", "Wyn"),
    "Made": ("Md.",),
    "Ketut": ("Kt.",),
    "Nyoman": ("Nym",),
}
TITLES_BEFORE = ("H.", "Hj.", "H", "Hj", "Ir.", "Drs.", "Dra.", "Dr.")
TITLES_AFTER = (", S.Pd.", " S.Pd", ", SE", ", S.H.", " SH", ", S.Kom", ", A.Md.", ", S.Sos", ", S.Ag")
# Of the words drawn from a pool, how many are built of syllables: in rich pools, and in those with few such words.
TAIL, SHORT_TAIL = 0.45, 0.25
LONGEST_TAIL = 5_000  # before those are left out that nobody could say
_STRIDE = 7_919  # a prime, so that every combination comes once
_ONE_SOUND = re.compile("ng|ny|kh|sy|dh|th|ch|ph|[sz]h|tr|dr|pr|kr|gr|br|fr|st|sw|kw|hw|dw|tj|dj")
_HARD = re.compile("[^aeiouy]{3}|[aeiou]{3}|[aeiou][aeiou][^aeiou]?[aeiou][aeiou]|(.)\\1\\1|^[^aeiou]{3}|[^aeiou]{3}$")
_OLD_SPELLING = (("j", "dj"), ("c", "tj"), ("sy", "sj"), ("ny", "nj"), ("y", "j"), ("u", "oe"))


@dataclass(frozen=True)
class Vocabulary:
    """Words by number, and for each word the numbers of its other spellings (-1: none)."""

    words: pa.Array
    short: Ints  # words x 7
    short_count: Ints
    old: Ints
    initial: Ints
    alike: Ints  # another word of the same pool that begins alike
    before: Ints  # numbers of TITLES_BEFORE
    after: Ints
    pool_words: Ints
    pool_reach: npt.NDArray[np.float64]  # pool p reaches from p to p + 1
    pattern_pools: Ints  # patterns x TOKENS
    pattern_reach: npt.NDArray[np.float64]  # group g = (culture * 2 + sex) * 2 + generation, from g to g + 1
    culture_reach: npt.NDArray[np.float64]  # province row r, from r to r + 1
    culture_of: Ints
    province_row: dict[str, int]
    inherits: npt.NDArray[np.bool_]  # by culture: children bear the family's name
    cultures: tuple[str, ...]


def old_spelling(word: str) -> str:
    """'Suharjo' -> 'Soehardjo': the spelling of before 1972. Several words on lines of their own are taken as well."""
    lower = word.lower()
    for new, old in _OLD_SPELLING:
        # "ny" became "nj": the later rule for y must not see it again, nor the one for j.
        lower = re.sub(f"(?<![dtsn]){new}", old.upper(), lower) if new in "jy" else lower.replace(new, old.upper())
    return "\n".join(line.capitalize() for line in lower.lower().split("\n"))


def _reach(groups: list[list[float]]) -> npt.NDArray[np.float64]:
    """Cumulative weights of every group scaled to 1 and set end to end: one searchsorted draws for all groups."""
    parts = []
    for number, weights in enumerate(groups):
        cumulated = np.cumsum(weights) / np.sum(weights)
        cumulated[-1] = 1.0
        parts.append(number + cumulated)
    return np.concatenate(parts)


def _pool_words(pool: dict[str, str]) -> list[str]:
    """The listed words, then those built of two syllables, then some of three in an order that mixes them."""
    listed = list(dict.fromkeys(word.replace("_", " ") for word in pool["words"].split()))
    roots, middles, endings = (pool.get(part, "").split() for part in ("roots", "middles", "endings"))
    short = [root + ending for ending in endings for root in roots]
    count = len(roots) * len(middles) * len(endings)
    long = []
    for step in range(min(count, LONGEST_TAIL)):
        root, rest = divmod(step * _STRIDE % count, len(middles) * len(endings))
        middle, ending = divmod(rest, len(endings))
        long.append(roots[root] + middles[middle] + endings[ending])
    built = dict.fromkeys(_spoken(short + long))
    taken = set(listed)
    return listed + [word for word in built if word not in taken]


def _spoken(words: list[str]) -> list[str]:
    """One vowel where syllables meet in two equal ones; without what nobody could say or would write."""
    text = re.sub(r"([aeiou])\1+", r"\1", "\n".join(words))
    sounds = _ONE_SOUND.sub("t", text).split("\n")
    return [
        word
        for word, sound in zip(text.split("\n"), sounds, strict=True)
        if 3 < len(word) <= 12 and not _HARD.search(sound)
    ]


def _zipf(count: int, listed: int) -> list[float]:
    """Weights by rank. The built tail gets a fixed share of all, so that rare names are many and each stays rare."""
    head = 1.0 / (np.arange(listed) + min(4.0, listed / 4)) ** 0.7
    built = count - listed
    if not built:
        return [*map(float, head)]
    tail = 1.0 / (np.arange(built) + 40.0) ** 0.5
    share = TAIL if built > 1_000 else SHORT_TAIL
    tail *= head.sum() * share / (1 - share) / tail.sum()
    return [*map(float, head), *map(float, tail)]


@cache
def vocabulary() -> Vocabulary:
    """The words of names.yaml, read once."""
    data = yaml.safe_load((files("jangkau.demo") / "names.yaml").read_text(encoding="utf-8"))
    pools = {name: _pool_words(pool) for name, pool in data["pools"].items()}
    numbers: dict[str, int] = {}
    for words in pools.values():
        for word in words:
            numbers.setdefault(word, len(numbers))
    base = list(numbers)
    for word in (*(w for forms in SHORT_FORMS.values() for w in forms), *TITLES_BEFORE, *TITLES_AFTER):
        numbers.setdefault(word, len(numbers))
    before = dict(zip(base, old_spelling("\n".join(base)).split("\n"), strict=True))
    for word, old in before.items():
        numbers.setdefault(old, len(numbers))
        numbers.setdefault(f"{word[0]}.", len(numbers))
    return _assemble(data, pools, numbers, before)


def _assemble(
    data: dict[str, Any], pools: dict[str, list[str]], numbers: dict[str, int], before: dict[str, str]
) -> Vocabulary:
    words = list(numbers)
    short = np.full((len(words), 7), NOTHING, dtype=np.int32)
    for word, forms in SHORT_FORMS.items():
        if word in numbers:
            short[numbers[word], : len(forms)] = [numbers[form] for form in forms]
    old = np.full(len(words), NOTHING, np.int32)
    old[[numbers[word] for word in before]] = [numbers[spelling] for spelling in before.values()]
    old[old == np.arange(len(words))] = NOTHING
    cultures, pool_number = tuple(data["cultures"]), {name: number for number, name in enumerate(pools)}
    patterns, groups = [], []
    for culture in cultures:
        for sex in "mf":
            for generation in ("old", "new"):
                fitting = [row for row in data["cultures"][culture][sex] if row[1] in ("any", generation)]
                groups.append([float(row[0]) for row in fitting])
                patterns += [[pool_number[p] for p in row[2:]] + [NOTHING] * (TOKENS + 2 - len(row)) for row in fitting]
    mixes = data["provinces"]
    return Vocabulary(
        words=pa.array(words),
        short=short,
        short_count=(short >= 0).sum(axis=1).astype(np.int32),
        old=old,
        initial=np.array([numbers.get(f"{word[0]}.", NOTHING) for word in words], np.int32),
        alike=_alike(pools, numbers),
        before=np.array([numbers[word] for word in TITLES_BEFORE], np.int32),
        after=np.array([numbers[word] for word in TITLES_AFTER], np.int32),
        pool_words=np.array([numbers[word] for pool in pools.values() for word in pool], np.int32),
        pool_reach=_reach([_zipf(len(pool), len(set(data["pools"][n]["words"].split()))) for n, pool in pools.items()]),
        pattern_pools=np.array(patterns, np.int32),
        pattern_reach=_reach(groups),
        culture_reach=_reach([[float(weight) for weight in mix.values()] for mix in mixes.values()]),
        culture_of=np.array([cultures.index(name) for mix in mixes.values() for name in mix], np.int32),
        province_row={code: row for row, code in enumerate(mixes)},
        inherits=np.isin(np.array(cultures), data["family_names"]),
        cultures=cultures,
    )


def _alike(pools: dict[str, list[str]], numbers: dict[str, int]) -> Ints:
    """For each word its neighbour in the alphabet if they share three letters; not in pools of one name's spellings."""
    alike = np.full(len(numbers), NOTHING, np.int32)
    for pool in pools.values():
        in_order = sorted(pool) if len(pool) >= 10 else []
        for word, other in pairwise(in_order):
            if word[:3] == other[:3]:
                alike[numbers[word]], alike[numbers[other]] = numbers[other], numbers[word]
    return alike


def draw(*, reach: npt.NDArray[np.float64], group: npt.NDArray[Any], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """For each group number one position in `reach`, by the weights of that group."""
    return np.searchsorted(reach, group + rng.random(len(group)), side="right")


def draw_cultures(*, province_rows: Ints, rng: np.random.Generator) -> Ints:
    v = vocabulary()
    return v.culture_of[draw(reach=v.culture_reach, group=province_rows, rng=rng)]


def draw_names(
    *, culture: Ints, female: npt.NDArray[np.bool_], old: npt.NDArray[np.bool_], rng: np.random.Generator
) -> Ints:
    """Names as rows of up to four word numbers, filled from the left."""
    v = vocabulary()
    group = (culture * 2 + female) * 2 + ~old
    pools = v.pattern_pools[draw(reach=v.pattern_reach, group=group, rng=rng)]
    tokens = np.full((len(culture), TOKENS), NOTHING, dtype=np.int32)
    for column in range(TOKENS):
        present = np.flatnonzero(pools[:, column] >= 0)
        tokens[present, column] = v.pool_words[draw(reach=v.pool_reach, group=pools[present, column], rng=rng)]
    for column in range(1, TOKENS):  # nobody is called Dewi Dewi
        again = (tokens[:, column] >= 0) & (tokens[:, column] == tokens[:, column - 1])
        tokens[again, column:-1] = tokens[again, column + 1 :]
        tokens[again, -1] = NOTHING
    return tokens


def last_position(tokens: Ints) -> npt.NDArray[np.int64]:
    """Column of the last word of each name."""
    return np.asarray((tokens >= 0).sum(axis=1) - 1)


def written(tokens: Ints) -> pa.Array:
    """Names as text: 'Hotman Parulian Siregar'. A word that opens with ' ' or ',' is set without a space before it."""
    words = vocabulary().words
    parts = [words.take(pa.array(column, mask=column < 0)) for column in tokens.T]
    return pc.binary_join_element_wise(*parts, " ", null_handling="skip")
