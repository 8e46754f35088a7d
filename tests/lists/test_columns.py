"""Columns read fast, held against their cells read one by one."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jangkau.lists import layouts, nik_check
from jangkau.lists.columns import Reader
from jangkau.lists.flags import REFUSALS, REPAIRS, repair
from jangkau.lists.layouts import Column
from jangkau.persons import nik as persons_nik
from jangkau.places import known_region_codes

AS_OF = date(2021, 4, 30)
COLUMNS = {column.type: column for name in layouts.NAMES for column in layouts.load(name).columns}
BITS = st.sampled_from(
    [
        "1272011708850001",
        "50.000.000",
        "50000000",
        "17/08/1985",
        "081234567890",
        "BUDI",
        "budi",
        " ",
        "  ",
        "'",
        ".",
        "-",
        "E+15",
        "0",
        "1",
        "9",
        "é",
        "e\u0301",
        "\u200b",
        "\u00a0",
        "Rp",
        ",",
        "/",
        "ya",
        "mikro",
        "(",
        "\n",
        "１",
        "NULL",
        "�",
    ]
)
CELLS = st.one_of(st.lists(BITS, max_size=4).map("".join), st.text(max_size=12))


@pytest.mark.parametrize("kind", sorted(COLUMNS))
@settings(max_examples=60, deadline=None)
@given(cells=st.lists(CELLS, min_size=1, max_size=30))
def test_a_column_is_read_as_its_cells_are(kind: str, cells: list[str]) -> None:
    reader = Reader(column=COLUMNS[kind], latest=AS_OF)
    plain = [reader._read(cell) for cell in cells]
    # A slice, as columns of a batch may be.
    found = reader(pa.array(["before", *cells, "after"], pa.string()).slice(1, len(cells)))
    count = len(cells)
    assert found.values.to_pylist() == [c.value for c in plain]
    assert (np.zeros(count) if found.flags is None else found.flags).tolist() == [c.flags for c in plain]
    refused = [
        REFUSALS[r - 1] if r else None for r in (np.zeros(count, int) if found.refused is None else found.refused)
    ]
    assert refused == [c.refusal for c in plain]
    assert found.repairs == Counter(name for c in plain for name in REPAIRS if c.repairs & repair(name))
    if found.extra is not None:
        assert found.extra.to_pylist() == [c.extra for c in plain]


@settings(max_examples=300, deadline=None)
@given(cells=st.lists(st.from_regex(r"[ (+]{0,2}(62|0|00|8)?[0-9 .()+-]{6,12}(\.0)?[ 0]?", fullmatch=True), min_size=1))
def test_telephone_numbers_with_marks_are_read_as_one_by_one(cells: list[str]) -> None:
    reader = Reader(column=COLUMNS["phone"], latest=AS_OF)
    plain = [reader._read(cell) for cell in cells]
    found = reader(pa.array(cells))
    assert found.values.to_pylist() == [c.value for c in plain]
    assert (np.zeros(len(cells)) if found.flags is None else found.flags).tolist() == [c.flags for c in plain]


def test_a_column_remembers_the_cells_of_earlier_batches() -> None:
    reader = Reader(column=COLUMNS["birth_date"], latest=AS_OF)
    batches = [["17/08/1985", "1985", "x"] * 4, ["", "1985", "12/04/1990", "x"] * 4, ["x", "12/04/1990"] * 4]
    alone = [[reader._read(cell) for cell in batch] for batch in batches]
    for batch, cells in zip(batches, alone, strict=True):
        found = reader(pa.array(batch))
        assert found.values.to_pylist() == [c.value for c in cells]
        assert found.extra is not None and found.extra.to_pylist() == [c.extra for c in cells]
        refused = np.zeros(len(batch)) if found.refused is None else found.refused
        assert (refused > 0).tolist() == [c.refusal is not None for c in cells]
    assert reader._memory.known is not None
    assert set(reader._memory.known[0].to_pylist()) == {cell for batch in batches for cell in batch}


@pytest.mark.parametrize("numbers", [[True, False, True, False], [True] * 4, [False] * 4])
def test_a_nik_column_of_numbers_and_text_is_read_cell_by_cell(numbers: list[bool]) -> None:
    reader = Reader(column=Column("nik", "nik", True, ()), latest=AS_OF)
    cells = ["1272011708850010", "1272011708850010", "127201170885000", "x"]
    found = reader(pa.array(cells), numbers=np.array(numbers))
    alone = [reader(pa.array([c]), numbers=np.array([n])) for c, n in zip(cells, numbers, strict=True)]
    assert found.values.to_pylist() == cells
    flags = [0] * 4 if found.flags is None else found.flags.tolist()
    assert flags == [0 if a.flags is None else int(a.flags[0]) for a in alone]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.builds(
            "{:06d}{:02d}{:02d}{:02d}{:04d}".format,
            st.integers(110101, 999999),
            st.integers(0, 99),
            st.integers(0, 13),
            st.integers(0, 99),
            st.integers(0, 3),
        )
        | st.text("0123456789X", max_size=17),
        min_size=1,
    )
)
def test_niks_say_what_the_plain_rule_says(niks: list[str]) -> None:
    found = nik_check.parts(column=pa.array(niks))
    known = nik_check.known_prefix(niks=found)
    for index, nik in enumerate(niks):
        plain = persons_nik.decode(nik=nik)
        stand_in = len(set(nik)) == 1
        assert bool(found.valid[index]) == (plain is not None and not stand_in)
        if plain and not stand_in:
            born = plain.born[0]
            assert (found.day[index], found.month[index], found.year[index]) == (born.day, born.month, born.year % 100)
            assert found.female[index] == (plain.sex == "P")
            assert known[index] == (nik[:4] in known_region_codes())


@given(days=st.lists(st.dates(date(1800, 1, 1), date(2199, 12, 31)), min_size=1))
def test_days_are_told_as_a_nik_tells_them(days: list[date]) -> None:
    numbers = np.array([(day - date(1970, 1, 1)).days for day in days], np.int32)
    assert nik_check.two_digit_dates(days=numbers).tolist() == [int(f"{day:%y%m%d}") for day in days]


def test_days_before_and_after_all_lists_are_no_dates() -> None:
    assert (
        nik_check.two_digit_dates(days=np.array([-(2**31), -62_092, 84_006, 2**31 - 1], np.int32)).tolist() == [0] * 4
    )


def test_region_codes_are_looked_up_by_regency_or_province() -> None:
    codes = pa.array(["1272", "12", "127201", "1272011001", "9901", "99", "1", "", None, "9101", "9301", "0000"])
    known = [True, True, True, True, False, False, False, False, True, True, True, False]
    assert nik_check.known_region(column=codes).tolist() == known
