"""docs/reference/method.md and link.md say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jangkau.complaints import Complaint
from jangkau.linkage.blocks import MOST_BLOCKS as MOST
from jangkau.linkage.kinds import KINDS
from jangkau.linkage.method import Method
from jangkau.linkage.method_file import _FIELD_WORDS, _WORDS, MOST_FIELDS, understood
from tests.linkage.folders import made, tables

PAGES = Path(__file__).parents[2] / "docs" / "reference"
METHOD = (PAGES / "method.md").read_text(encoding="utf-8")
LINK = (PAGES / "link.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", METHOD, flags=re.DOTALL | re.MULTILINE)


def section(page: str, title: str) -> str:
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,3}} |\Z)", page, flags=re.DOTALL | re.MULTILINE)
    assert found is not None, title
    return found.group(2)


def first_cells(text: str) -> list[str]:
    """What stands in backticks in the first cell of each row."""
    cells = re.findall(r"^\| ([^|]*`[^|]*) \|", text, flags=re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("name", list(KINDS))
def test_every_kind_is_there_with_its_levels_and_parts(name: str) -> None:
    text, kind = section(METHOD, f"`{name}`"), KINDS[name]
    levels = re.findall(r"^\| (\d) \| ([^|]+) \|", text, flags=re.MULTILINE)
    assert levels == [(str(number), words.en) for number, words in enumerate(kind.levels, start=1)]
    parts = re.search(r"Parts: (.*?)(?:\. |\.$)", " ".join(text.split()))
    assert parts is not None
    assert set(re.findall(r"`([^`]+)`", parts.group(1))) == set(kind.parts)


def test_every_key_is_there_and_no_other() -> None:
    assert set(first_cells(section(METHOD, "Keys of the file"))) == set(_WORDS)
    assert set(first_cells(section(METHOD, "Keys of a field"))) == set(_FIELD_WORDS)


def test_what_is_meant_unless_said_is_so() -> None:
    method = understood(content=b"fields: [{name: nama, kind: person_name}]", where="method.yaml")
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section(METHOD, "Keys of the file"), flags=re.MULTILINE))
    assert told["left_id"] == f"`{method.left_id}`"
    assert told["largest_block"] == str(method.largest_block)
    assert told["random_pairs"] == str(method.random_pairs)
    assert told["review"] == f"`{{low: {method.low}, high: {method.high}}}`"
    assert f"at most {MOST_FIELDS}" in METHOD and f"at most {MOST}" in METHOD


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_used(example: str) -> None:
    assert isinstance(understood(content=example.encode(), where="example.yaml"), Method)


def test_a_column_called_no_is_a_word() -> None:
    method = understood(content=b"left_id: no\nfields: [{name: n, kind: text}, {name: y, kind: code}]", where="m.yaml")
    assert (method.left_id, method.right_id, method.columns) == ("no", "no", ("n", "y"))


def test_one_to_one_is_true_or_false_and_nothing_else() -> None:
    fields = b"fields: [{name: nama, kind: person_name}]\none_to_one: "
    assert understood(content=fields + b"true", where="m.yaml").one_to_one
    assert not understood(content=fields + b"False", where="m.yaml").one_to_one
    with pytest.raises(Complaint) as told:
        understood(content=fields + b"no", where="m.yaml")
    assert "one_to_one" in told.value.where


def test_there_are_examples_of_blocks_vetoes_and_known_shares() -> None:
    methods = [understood(content=example.encode(), where="example.yaml") for example in EXAMPLES]
    assert any(one.vetoes for one in methods)
    assert any(field.m and field.u for one in methods for field in one.fields)
    assert any("blocks:" in example for example in EXAMPLES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    left, right = tables(count=450)
    return made(folder=tmp_path_factory.mktemp("tautan"), left=left, right=right).out


@pytest.mark.parametrize("name", ["links.parquet", "left.parquet"])
def test_every_column_is_there_and_no_other(folder: Path, name: str) -> None:
    assert first_cells(section(LINK, name)) == pq.read_schema(folder / name).names


def test_every_key_of_the_model_is_there_and_no_other(folder: Path) -> None:
    model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert first_cells(section(LINK, "model.json")) == list(model)


def test_every_file_is_there_and_no_other(folder: Path) -> None:
    headings = set(re.findall(r"^## (\w+\.\w+|state)$", LINK, flags=re.MULTILINE))
    assert headings == {path.name for path in folder.iterdir()}
