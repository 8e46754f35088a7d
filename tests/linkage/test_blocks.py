"""Blocks that a method brings when its file names none."""

from __future__ import annotations

import pytest

from jangkau.linkage.blocks import MOST_BLOCKS
from tests.linkage.tables import method_of

FIELDS: dict[str, dict[str, object]] = {
    "ktp": {"name": "ktp", "kind": "nik"},
    "nama": {"name": "nama", "kind": "person_name"},
    "lahir": {"name": "lahir", "kind": "date"},
    "hp": {"name": "hp", "kind": "phone"},
    "pos": {"name": "pos", "kind": "code"},
    "alamat": {"name": "alamat", "kind": "text"},
}


@pytest.mark.parametrize(
    ("fields", "block"),
    [
        ("ktp nama", "nama"),  # somebody without a NIK
        ("nama hp", "nama"),
        ("nama lahir", "lahir.unordered & nama.last"),
        ("nama pos", "pos & nama.last"),
        ("nama pos alamat", "alamat & pos"),
        ("lahir", "lahir"),
    ],
)
def test_whatever_the_fields_a_pair_without_an_identifier_can_be_found(fields: str, block: str) -> None:
    assert block in [one.name for one in method_of(*(FIELDS[name] for name in fields.split())).blocks]


def test_a_method_with_many_fields_gets_the_first_blocks_only() -> None:
    many = [field | {"as": f"{name} {k}"} for k in range(3) for name, field in FIELDS.items()]
    assert len(method_of(*many).blocks) == MOST_BLOCKS
