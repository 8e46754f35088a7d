"""Values shared by hundreds: they are no evidence, on either side, and it is said."""

from __future__ import annotations

from random import Random

import pytest

from tests.linkage.slow import Row
from tests.linkage.tables import linked, method_of, searched

METHOD = method_of(
    {"name": "nik", "kind": "nik"},
    {"name": "nama", "kind": "person_name"},
    {"name": "lahir", "kind": "date", "inside": "nik"},
    {"name": "hp", "kind": "phone"},
)
FIRST = ["BUDI", "SITI", "AGUS", "DEWI", "EKO", "RINA", "JOKO", "SRI", "WAHYU", "NUR", "AHMAD", "INDAH"]
LAST = ["SANTOSO", "WIJAYA", "KUSUMA", "RAHMAN", "HIDAYAT", "SAPUTRA", "LESTARI"]
PLACEHOLDER = {"nik": "3171234501900001", "lahir": "1970-01-01", "hp": "02150001000"}


def people(count: int) -> list[Row]:
    draw = Random(7)
    return [person(draw) for _ in range(count)]


def person(draw: Random) -> Row:
    year, month, day = draw.randint(1950, 2000), draw.randint(1, 12), draw.randint(1, 28)
    return {
        "nik": f"3171{draw.randint(1, 9):02d}{day:02d}{month:02d}{year % 100:02d}{draw.randint(1, 3000):04d}",
        "nama": f"{draw.choice(FIRST)} {draw.choice(FIRST + LAST)} {draw.choice(LAST)}",
        "lahir": f"{year}-{month:02d}-{day:02d}",
        "hp": f"0812{draw.randint(0, 10**8):08d}",
    }


def filled(rows: list[Row], *fields: str, every: int = 3) -> list[Row]:
    return [dict(row) | {name: PLACEHOLDER[name] for name in fields if k % every == 0} for k, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("left", "right"),
    [(("nik", "lahir"), ("nik", "lahir")), (("nik", "lahir"), ()), ((), ("nik", "lahir")), (("hp",), ("hp",))],
)
def test_a_value_that_a_third_of_the_rows_share_makes_no_pair_and_loses_none(
    left: tuple[str, ...], right: tuple[str, ...]
) -> None:
    found = linked(filled(people(900), *left), filled(people(900), *right), METHOD)
    likely = found.probability >= 0.5
    pairs = set(zip(found.pairs.a[likely].tolist(), found.pairs.b[likely].tolist(), strict=True))
    assert pairs == {(k, k) for k in range(900)}
    said = " ".join(note.en for note in found.notes)
    assert all(f"300 rows share their '{name}'" in said for name in left)


def test_a_number_that_few_of_the_left_share_with_hundreds_on_the_right_is_no_evidence() -> None:
    left = filled(people(600), "nik", every=100)
    right = filled(people(1200), "nik", every=2)
    found = linked(left, right, METHOD)
    assert found.weights.how["nik.m"] == "pairs that the other fields make certain"
    assert any("more than 200 rows on the right" in note.en for note in found.notes)
    own = {(k, k) for k in range(600)}
    likely = found.probability >= 0.5
    assert set(zip(found.pairs.a[likely].tolist(), found.pairs.b[likely].tolist(), strict=True)) == own


def test_a_birthday_that_some_share_and_a_bare_year_are_no_fillers() -> None:
    rows = [dict(row) | {"lahir": "1990" if k % 2 else "1980-05-05"} for k, row in enumerate(people(30))]
    assert not [note for note in linked(rows, None, METHOD).notes if "lahir" in note.en]


def test_rows_of_a_key_that_too_many_share_are_out_of_the_index() -> None:
    method = method_of(
        {"name": "lahir", "kind": "date"}, {"name": "nama", "kind": "person_name"}, blocks=[["lahir.year"]]
    )
    rows = [dict(row) | {"lahir": f"1980{(row['lahir'] or '')[4:]}"} if k < 250 else row
            for k, row in enumerate(people(300))]  # fmt: skip
    ready, found = searched(rows, None, method)
    assert ready.index.left_out[0].rows >= 250
    assert int(ready.index.starts[0, -1]) == 300 - ready.index.left_out[0].rows
    assert max(found.pairs_by_block) < 50 * 50
