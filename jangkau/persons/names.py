"""Names as Indonesians bear and write them, folded so that two spellings of one name compare equal.

``fold`` takes one name, ``fold_column`` an Arrow column (it folds each distinct token once). Folded away, in order: titles
before and after, punctuation, the short forms of Muhammad, Abdul and Siti, the spelling of before 1972 (oe, dj, tj,
sj, nj, ch), and letters that clerks swap (y/i, f/v/p, z/s, q/k, double letters).
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TITLES_BEFORE = frozenset("H HJ HAJI HAJJAH IR DR DRS DRA DRG PROF KH TN NY NN SDR SDRI BPK ALM ALMH".split())
TITLES_AFTER = frozenset(
    "ALM ALMH SPD SPDI SE SH SHI ST SKOM SSOS SAG SKM SKEP SPSI SP SPT SSI SSTP SIP SIKOM SHUT SFARM STP STH SPT SPI MPD MPDI "
    "MM MSI MKOM MH MT MAP MKES MSC MHUM MAG AMD AMK AMKEB AMDKEB APT BA BSC PHD NERS BIN BINTI".split()
)
MUHAMMAD = frozenset(
    "M MUHAMMAD MOHAMMAD MUHAMAD MOHAMAD MUHAMMED MOHAMMED MUHAMED MOHAMED MOCHAMMAD MOCHAMAD MUCHAMMAD MUCHAMAD MOCHAMMED "
    "MOCH MOH MUH MHD MHMD MUHD MOHD MD MUCH MOEHAMMAD MOEHAMAD MOEH".split()
)
SITI = frozenset("SITI SITTI ST STI SITY".split())
ABDUL = frozenset("ABDUL ABD ABDOEL ABDL ABDULL".split())

# Letter rules, in order. Each pair is (what is written, what it is read as).
LETTERS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        ("OE", "U"),
        ("DJ", "J"),
        ("TJ", "C"),
        ("SJ|SY", "S"),
        ("NJ", "NI"),
        ("KH|CH|GH", "H"),
        ("DH|DL", "D"),
        ("TH", "T"),
        ("Y", "I"),
        ("[FV]", "P"),
        ("Z", "S"),
        ("Q", "K"),
        ("X", "KS"),
        ("O", "U"),
        (r"(.)\1+", r"\1"),
        ("(?<=.)H$", ""),
    )
)
_SILENT = re.compile(r"[.'`’ʼ]")
_NO_LETTER = re.compile(r"[^A-Z ]+")
_LEADING_TITLES = f"^(?:(?:{'|'.join(sorted(TITLES_BEFORE))}) )+"


def fold(name: str) -> str:
    """One name folded; tokens in the order written. Never empty when the name has a letter."""
    clean = " ".join(_NO_LETTER.sub(" ", _SILENT.sub("", name.upper())).split())
    tokens = re.sub(_LEADING_TITLES, "", clean).split()
    folded = [word for position, token in enumerate(tokens) if (word := _fold_token(token, position == 0))]
    return " ".join(folded) if folded else clean


def fold_column(names: pa.Array) -> pa.Array:
    """Fold a string column; null stays null. Each distinct token is folded once: names are many, tokens few."""
    clean = pc.replace_substring_regex(pc.utf8_upper(names.cast(pa.string())), r"[.'`’ʼ]", "")
    clean = pc.utf8_trim_whitespace(pc.replace_substring_regex(clean, r"[^A-Z]+", " "))
    lists = pc.split_pattern(pc.replace_substring_regex(clean, _LEADING_TITLES, ""), " ")
    offsets = lists.offsets.to_numpy() - lists.offsets[0].as_py()
    tokens = lists.flatten()
    is_first = np.zeros(len(tokens), dtype=bool)
    is_first[offsets[:-1][offsets[:-1] < offsets[1:]]] = True
    marked = pc.if_else(pa.array(is_first), pc.binary_join_element_wise("^", tokens, ""), tokens).dictionary_encode()
    words = [_fold_token(token.lstrip("^"), token.startswith("^")) for token in marked.dictionary.to_pylist()]
    folded = pa.array(words, pa.string()).take(marked.indices)
    rebuilt = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), folded, mask=pc.is_null(lists))
    joined = pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.binary_join(rebuilt, " "), " +", " "))
    return pc.if_else(pc.equal(joined, ""), clean, joined)


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
