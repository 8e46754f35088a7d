"""model.json gives the weights back to the last bit and says of every number how it was obtained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from jangkau.linkage import pattern_text
from jangkau.linkage.missed import captures
from jangkau.linkage.model import method_from, weights_from
from jangkau.linkage.weights import Patterns, spread
from tests.linkage.folders import FIELDS, made, tables
from tests.linkage.tables import linked, method_of

WAYS = {"trained", "counted", "em", "given", "assumed"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(folder=tmp_path_factory.mktemp("tautan")).out


def model_of(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    return value


def test_its_weights_give_every_published_probability_to_the_last_bit(folder: Path) -> None:
    model, links = model_of(folder), pq.read_table(folder / "links.parquet")
    method = method_from(model=model)
    digits, rarity = zip(*(pattern_text.read(text=one) for one in links["pattern"].to_pylist()), strict=True)
    levels = spread(patterns=np.array(digits), fields=len(method.fields))
    patterns = Patterns(levels, np.array(rarity, np.uint8), np.ones(len(levels)))
    odds = weights_from(model=model).log_odds(patterns=patterns)
    assert np.array_equal(1.0 / (1.0 + np.exp(-odds)), links["probability"].to_numpy())


def test_every_share_says_how_it_was_obtained(folder: Path) -> None:
    model = model_of(folder)
    for field in model["fields"]:
        assert {field["m_by"], field["u_by"]} <= WAYS
        assert field["m_from"]
        assert sum(level["m"] for level in field["levels"]) == pytest.approx(1.0, abs=1e-3)
    for name, table in model["dependence"].items():
        if table and name not in ("how", "twins"):
            assert model["dependence"]["how"][name]
    assert model["prior"]["how"] and model["prior"]["coverage_how"]


def test_shares_given_in_the_file_are_kept_and_called_given(tmp_path: Path) -> None:
    fields = [dict(one) for one in FIELDS]
    fields[4]["m"], fields[3]["u"] = [0.7, 0.2, 0.1], [0.6, 0.4]
    model = model_of(made(folder=tmp_path, fields=fields).out)
    region, sex = model["fields"][4], model["fields"][3]
    assert (region["m_by"], sex["u_by"], sex["m_by"]) == ("given", "given", "trained")
    assert [level["m"] for level in region["levels"]] == pytest.approx([0.7, 0.2, 0.1])
    assert [level["u"] for level in sex["levels"]] == pytest.approx([0.6, 0.4])


def test_an_anchor_that_is_no_nik_says_where_its_u_is_from(tmp_path: Path) -> None:
    fields = [{key: value for key, value in one.items() if key != "inside"} for one in FIELDS]
    fields[0] = {"name": "nik", "kind": "identifier"}
    model = model_of(made(folder=tmp_path, fields=fields).out)
    assert model["fields"][0]["u_from"].startswith("random pairs; equal ones: compared pairs")
    assert model["fields"][1]["u_from"] == "random pairs"
    assert model["fields"][0]["u_by"] == "counted"


def test_without_equal_numbers_em_is_named(tmp_path: Path) -> None:
    left, right = tables(count=300)
    fields = [{key: value for key, value in one.items() if key != "inside"} for one in FIELDS[1:5]]
    model = model_of(made(folder=tmp_path, left=left, right=right, fields=fields).out)
    assert {field["m_by"] for field in model["fields"]} == {"em"}
    assert model["prior"]["how"].startswith("EM")
    assert model["missed"]["two_passes"] is None


def test_rows_that_no_block_can_find_are_counted(folder: Path) -> None:
    unreached = model_of(folder)["unreached"]
    assert unreached["left_without_key"] == 1
    assert unreached["left_with_keys_left_out"] == 0
    assert unreached["right_share_without_key"] == 0.0


def test_rows_whose_only_keys_are_everybodys_are_counted_apart(tmp_path: Path) -> None:
    left, right = tables(count=300)
    nothing = dict.fromkeys(left[0])
    left += [{**nothing, "id": f"office {k}", "no_hp": "081299990000"} for k in range(9)]
    model = model_of(made(folder=tmp_path, left=left, right=right, largest_block=5).out)
    assert model["unreached"]["left_without_key"] == 1
    assert model["unreached"]["left_with_keys_left_out"] == 9


def test_the_captures_are_those_of_the_engine() -> None:
    left, right = tables()
    done = linked(left, right, method_of(*FIELDS))
    found = captures(linkage=done)
    assert found is not None
    assert found.found == pytest.approx(float(done.probability.sum()))
    unseen = found.identifier * found.description / (found.both + 1.0)
    failing = found.identifier / (found.both + found.identifier + 1.0)
    unseen += found.blind * failing / (1.0 - failing)
    assert found.unseen == pytest.approx(unseen, rel=1e-6)
    assert sum(found.by_blocks) == pytest.approx(found.found)
