"""Names as Indonesians bear and write them, folded so that two spellings of one name compare equal.

``fold`` takes one name, ``fold_column`` an Arrow column (it folds each distinct token once). Folded away, in order:
punctuation and accents, titles before and after, the short forms of Muhammad, Abdul and Siti, the spelling of before
1972 (oe, dj, tj, sj, nj, ch), and letters that clerks swap (y/i, f/v/p, z/s, q/k, double letters).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Column = TypeVar("Column", pa.Array, pa.ChunkedArray)

# Lists as text, to be read as such.
_BEFORE = "H HJ HAJI HAJJAH IR DR DRS DRA DRG PROF KH TN NY NN SDR SDRI BPK ALM ALMH"
# With the dots of a correct spelling; written with spaces for dots ("S. Pd.") they are known at the end of a name only.
_AFTER = (
    "ALM ALMH S.PD S.PD.I S.E S.E.I S.H S.H.I S.T S.KOM S.SOS S.SOS.I S.AG S.KM S.KEP S.KEB S.KED S.PSI S.P S.PT S.SI "
    "S.STP S.IP S.IKOM S.HUT S.FARM S.TP S.TH S.PI S.GZ M.PD M.PD.I M.M M.SI M.KOM M.H M.T M.AP M.KES M.SC M.HUM M.AG "
    "A.MD A.MK A.MD.KEB A.MD.KEP A.M.KEB APT B.A B.SC PH.D NERS"
)
_MUHAMMAD = (
    "M MUHAMMAD MOHAMMAD MUHAMAD MOHAMAD MUHAMMED MOHAMMED MUHAMED MOHAMED MOCHAMMAD MOCHAMAD MUCHAMMAD MUCHAMAD "
    "MOCHAMMED MOCH MOH MUH MHD MHMD MUHD MOHD MD MUCH MOEHAMMAD MOEHAMAD MOEH"
)
TITLES_BEFORE = frozenset(_BEFORE.split())
TITLES_AFTER = frozenset(_AFTER.replace(".", "").split()) | {"BIN", "BINTI"}
MUHAMMAD = frozenset(_MUHAMMAD.split())
SITI = frozenset({"SITI", "SITTI", "ST", "STI", "SITY"})
ABDUL = frozenset({"ABDUL", "ABD", "ABDOEL", "ABDL", "ABDULL"})

# Letter rules, in order. Each pair is (what is written, what it is read as).
LETTERS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        ("^JOE", "YU"),  # before 1972 a J is read Y; a Joesoef is a Yusuf, while a Soejono of today is a Sujono
        ("OE", "U"),
        ("DJ", "J"),
        ("TJ", "C"),
        ("SJ|SY", "S"),
        ("NJ", "NI"),
        ("(?<=.)HJ", "HY"),
        ("KH|CH|GH", "H"),
        ("DH|DL", "D"),
        ("TH", "T"),
        ("Y", "I"),
        ("[FV]", "P"),
        ("Z", "S"),
        ("Q", "K"),
        ("X", "KS"),
        ("O", "U"),
        (r"([A-Z])\1+", r"\1"),
        ("(?<=.)H$", ""),
    )
)


def spaced_titles() -> frozenset[str]:
    """Titles behind a name with the dots of a correct spelling; each dot may be left out or be a space."""
    return frozenset(_AFTER.split())


# What Arrow's RE2 and Python's re read alike.
_SILENT = "['`’‘ʼʻ´]"
_NO_LETTERS = "[^A-Z0-9]+"
_LEADING_TITLES = f"^(?:(?:{'|'.join(sorted(TITLES_BEFORE))}) )+"
_SPACED_TITLES = "|".join(sorted((title.replace(".", " ?") for title in _AFTER.split()), key=lambda t: (-len(t), t)))
_TRAILING_TITLES = f"(?: (?:{_SPACED_TITLES}))+$"


def fold(name: str) -> str:
    """One name folded; tokens in the order written. Never empty when the name has a letter of the Latin alphabet."""
    clean = re.sub(_NO_LETTERS, " ", re.sub(_SILENT, "", _plain(name)).upper()).strip()
    bare = re.sub(_TRAILING_TITLES, "", re.sub(_LEADING_TITLES, "", clean))
    folded = " ".join(word for place, token in enumerate(bare.split()) if (word := _fold_token(token, place == 0)))
    return folded or clean


def fold_column(names: Column) -> Column:
    """Fold a string column; null stays null. Each distinct token is folded once: names are many, tokens few."""
    if isinstance(names, pa.ChunkedArray):
        return pa.chunked_array([fold_column(chunk) for chunk in names.chunks], pa.string())
    clean = pc.replace_substring_regex(pc.ascii_upper(plain_column(names.cast(pa.string()))), _SILENT, "")
    clean = pc.ascii_trim_whitespace(pc.replace_substring_regex(clean, _NO_LETTERS, " "))
    bare = pc.replace_substring_regex(pc.replace_substring_regex(clean, _LEADING_TITLES, ""), _TRAILING_TITLES, "")
    lists = pc.split_pattern(bare, " ")
    offsets = lists.offsets.to_numpy() - lists.offsets[0].as_py()
    tokens = lists.flatten()
    is_first = np.zeros(len(tokens), dtype=bool)
    is_first[offsets[:-1][offsets[:-1] < offsets[1:]]] = True
    marked = pc.if_else(pa.array(is_first), pc.binary_join_element_wise("^", tokens, ""), tokens).dictionary_encode()
    words = [_fold_token(token.lstrip("^"), token.startswith("^")) for token in marked.dictionary.to_pylist()]
    folded = pa.array(words, pa.string()).take(marked.indices)
    rebuilt = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), folded, mask=pc.is_null(lists))
    joined = pc.ascii_trim_whitespace(pc.replace_substring_regex(pc.binary_join(rebuilt, " "), " +", " "))
    return pc.if_else(pc.equal(joined, ""), clean, joined)


def _plain(name: str) -> str:
    """Accents taken off (NFKD), as a keyboard without them would have it. Apostrophes that NFKD breaks up go first."""
    if name.isascii():
        return name
    parts = unicodedata.normalize("NFKD", re.sub(_SILENT, "", name))
    return "".join(c for c in parts.upper() if not unicodedata.combining(c))


def plain_column(names: pa.Array) -> pa.Array:
    """Accents taken off a column. Few names are not ASCII, so those alone are looked at one by one."""
    other = pc.fill_null(pc.invert(pc.string_is_ascii(names)), False)
    if not pc.any(other).as_py():
        return names
    plain = [_plain(name) for name in names.filter(other).to_pylist()]
    return pc.replace_with_mask(names, other, pa.array(plain, pa.string()))


@cache
def _fold_token(token: str, first: bool) -> str:
    """A token folded; '' when it is a title behind the name."""
    if not first and token in TITLES_AFTER:
        return ""
    if token in MUHAMMAD and (first or len(token) > 1):
        return "MUHAMAD"
    if token in SITI:
        return "SITI"
    if token in ABDUL:
        return "ABDUL"
    for pattern, letters in LETTERS:
        token = pattern.sub(letters, token)
    return token
