"""Names folded: spellings of one name meet, different names do not, and the column says what the single name says."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jangkau.persons.names import MUHAMMAD, TITLES_AFTER, TITLES_BEFORE, fold, fold_column

TITLES = sorted(TITLES_BEFORE | TITLES_AFTER | {"S.Pd.", "S. Pd", "A.Md.Keb.", "M.M.", "Hj.", "Ir."})
WORDS = [
    *sorted(MUHAMMAD),
    "St.",
    "Siti",
    "Abd.",
    "Joesoef",
    "Tjahjono",
    "Nur’aini",
    "É",
    "ß",
    "ı",
    "ﬁ",
    "H",
    "OE",
    "-",
    ".",
]
LIKELY = st.lists(st.sampled_from(TITLES + WORDS), max_size=6).flatmap(
    lambda words: st.sampled_from([" ", ".", ", ", "  "]).map(lambda between: between.join(words))
)
NAMES = st.text(max_size=30) | st.text("AEHIMNORSTYZaeoj .,'`’´-\t\n\0^", max_size=30) | LIKELY


@settings(max_examples=400, deadline=None)
@given(st.lists(st.none() | NAMES, max_size=30))
@example([])
@example([None, None])
@example(["", " ", ".", "H. Hj. S.Pd.", "S.Pd.", "Ir.", "^M", "´A", "ŉ", "İ"])
def test_a_column_is_folded_as_each_name_is(names: list[str | None]) -> None:
    expected = [None if name is None else fold(name) for name in names]
    assert fold_column(pa.array(names, pa.string())).to_pylist() == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | NAMES, max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_a_slice_is_folded_as_the_whole(names: list[str | None], start: int, length: int) -> None:
    column = pa.array(names, pa.string())
    assert fold_column(column.slice(start, length)).to_pylist() == fold_column(column).to_pylist()[start:][:length]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.none() | NAMES, max_size=8), max_size=4))
def test_chunks_are_folded_as_the_whole(chunks: list[list[str | None]]) -> None:
    chunked = pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks], pa.string())
    whole = pa.array([name for chunk in chunks for name in chunk], pa.string())
    assert fold_column(chunked).to_pylist() == fold_column(whole).to_pylist()


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_a_folded_name_is_latin_words_and_never_lost(name: str) -> None:
    folded = fold(name)
    assert set(folded) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")
    assert folded == " ".join(folded.split())
    assert folded or not any(c.isascii() and c.isalpha() for c in name)


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_any_column_of_text_is_folded(type_: pa.DataType) -> None:
    assert fold_column(pa.array(["Moh. Amin", None], pa.string()).cast(type_)).to_pylist() == ["MUHAMAD AMIN", None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Moh. Amin", "Muhammad Amin"),
        ("Mhd Amin", "MOCHAMAD AMIN"),
        ("M. Amin", "Mohammed Amin"),
        ("M.Amin", "Moehammad Amin"),
        ("Ahmad Muh. Ali", "Ahmad Muhammad Ali"),
        ("St. Aminah", "Siti Aminah"),
        ("Sitti Aminah", "SITY AMINAH"),
        ("Abd. Rahman", "Abdul Rahman"),
        ("Abd.Rahman", "Abdoel Rachman"),
        ("Joesoef", "Yusuf"),
        ("Yoesoef", "Yusup"),
        ("Soeharto", "Suharto"),
        ("Djoko Soesilo", "Joko Susilo"),
        ("Tjahjono", "Cahyono"),
        ("Njoman", "Nyoman"),
        ("Sjahrir", "Syahrir"),
        ("Achmad", "Akhmad"),
        ("Ahmad", "Achmad"),
        ("Thamrin", "Tamrin"),
        ("Fitri", "Vitri"),
        ("Zaenal", "Saenal"),
        ("Iqbal", "Ikbal"),
        ("Dewi Wulandari", "DEWI  WULANDARI"),
        ("Dewi Wulandarri", "Dewi Wulandari"),
        ("Nur'aini", "Nur’aini"),
        ("Nuraini", "Nur`aini"),
        ("Renée", "Rene"),
        ("H. Budi", "Budi"),
        ("H.Budi", "Budi"),
        ("Hj. Siti Aminah", "Siti Aminah"),
        ("Drs. H. Budi Santoso", "Budi Santoso"),
        ("Drs.H.Budi Santoso", "Budi Santoso"),
        ("Budi Santoso, S.Pd.", "Budi Santoso"),
        ("Budi Santoso S. Pd", "Budi Santoso"),
        ("Budi Santoso, S.E., M.M.", "Budi Santoso"),
        ("Ir. Budi Santoso", "Budi Santoso"),
        ("Titin A. Md. Keb.", "Titin"),
        ("Amir bin Hamzah", "Amir Hamzah"),
        ("Amir (Alm)", "Alm. Amir"),
    ],
)
def test_two_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jaya", "Yaya"),
        ("Soejono", "Suyono"),
        ("Budi", "Budiman"),
        ("Agus", "Agung"),
        ("Dewi", "Dedi"),
        ("Rina", "Rini"),
        ("Ahmad Ali", "Muhammad Ali"),
        ("Abdul Rahman", "Abdul Rahim"),
        ("Siti", "Sri"),
        ("Hari", "H. Ari"),
        ("Irwan", "Ir. Wan"),
        ("Steven", "St. Even"),
        ("Ahmad M", "Ahmad Muhammad"),
        ("Budi Santoso", "Santoso Budi"),
        ("Muhammad", "Muhammadin"),
        ("Se Tiawan", "Tiawan"),
        ("Warga 1", "Warga 2"),
        ("Warga 1", "Warga 11"),
    ],
)
def test_two_names_stay_two(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("name", "folded"), [("Ir.", "IR"), ("H. Hj.", "HJ"), ("S.Pd.", "S PD"), ("...", ""), ("", "")]
)
def test_a_name_of_titles_alone_keeps_a_word(name: str, folded: str) -> None:
    assert fold(name) == folded


def test_many_names_are_folded_in_little_time() -> None:
    """450,000 names in about a second; the limit leaves room for a busy machine."""
    words = [
        f"{a}{b}{c}"
        for a in ("SU", "DJO", "MOE", "SITI", "KHA")
        for b in ("NAR", "RI", "FA", "TJE")
        for c in ("TO", "NI", "H")
    ]
    names = pa.array([f"{words[i % 60]} {words[i // 60 % 60]} {words[i * 7 % 59]}, S.Pd." for i in range(450_000)])
    began = time.perf_counter()
    fold_column(names)
    assert time.perf_counter() - began < 5
