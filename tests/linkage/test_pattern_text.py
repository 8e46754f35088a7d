"""The text of a pattern in links.parquet, written and read again."""

from __future__ import annotations

import numpy as np
import pytest

from jangkau.linkage import pattern_text
from jangkau.linkage.method_file import understood

PEOPLE = b"""
left_id: id
right_id: id
fields:
  - {name: nama, kind: person_name}
  - {name: lahir, kind: date}
  - {name: nik, kind: nik}
"""
OFFICES = b"left_id: id\nright_id: id\nfields:\n  - {name: kantor, kind: text}\n  - {name: kode, kind: code}\n"


def written(content: bytes, pattern: int, rarity: int) -> str:
    method = understood(content=content, where="m.yaml")
    told = pattern_text.written(patterns=np.array([pattern]), rarity=np.array([rarity], np.uint8), method=method)
    return str(told[0].as_py())


@pytest.mark.parametrize(
    ("pattern", "rarity", "text"),
    [(113, 7, "113.7"), (921, 11, "921.11"), (211, 0, "211.0"), (131, 7, "131"), (191, 0, "191")],
)
def test_the_class_stands_behind_a_dot_where_the_name_is_equal_or_held(pattern: int, rarity: int, text: str) -> None:
    assert written(PEOPLE, pattern, rarity) == text
    assert pattern_text.read(text=text) == (pattern, rarity if "." in text else 0)


def test_without_a_name_there_are_digits_alone() -> None:
    assert written(OFFICES, 12, 5) == "12"


def test_no_pairs_give_no_texts_of_the_same_type() -> None:
    method = understood(content=PEOPLE, where="m.yaml")
    told = pattern_text.written(patterns=np.zeros(0, np.int64), rarity=np.zeros(0, np.uint8), method=method)
    assert (len(told), str(told.type)) == (0, "string")
