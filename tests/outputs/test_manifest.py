"""A finished run knows its own work."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from jangkau.outputs import MANIFEST, Manifest, Work, manifest, sha256

WORK = Work(
    inputs={"kur.csv": "a" * 64, "register.parquet": "b" * 64},
    as_of="2021-04-30",
    versions={"code": "0.1.0", "law": "c", "method": "d"},
    seed=1,
    settings={"xlsx": False},
)


def finish(folder: Path) -> Manifest:
    (folder / "gaps").mkdir()
    (folder / "gaps" / "1272-01.xlsx").write_text("x")
    (folder / "summary.json").write_text("{}")
    (folder / "report.html").write_text("<p>")
    written = manifest.build(folder=folder, work=WORK, timings={"read": 1.25})
    manifest.write(manifest=written, folder=folder)
    return written


def test_every_output_but_the_report_has_its_digest(tmp_path: Path) -> None:
    written = finish(tmp_path)
    assert written.outputs == {
        "gaps/1272-01.xlsx": sha256(path=tmp_path / "gaps" / "1272-01.xlsx"),
        "summary.json": sha256(path=tmp_path / "summary.json"),
    }


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert manifest.read(folder=tmp_path) is None
    assert finish(tmp_path) == manifest.read(folder=tmp_path)


def test_the_same_work_is_known_again(tmp_path: Path) -> None:
    finish(tmp_path)
    turned = replace(WORK, inputs=dict(reversed(list(WORK.inputs.items()))))
    assert manifest.same_work(folder=tmp_path, work=turned)


@pytest.mark.parametrize(
    "other",
    [
        replace(WORK, inputs={**WORK.inputs, "kur.csv": "e" * 64}),
        replace(WORK, inputs={"kur.csv": "a" * 64}),
        replace(WORK, as_of="2021-05-31"),
        replace(WORK, versions={**WORK.versions, "law": "new"}),
        replace(WORK, seed=2),
        replace(WORK, settings={"xlsx": True}),
    ],
)
def test_other_work_is_done_again(tmp_path: Path, other: Work) -> None:
    finish(tmp_path)
    assert not manifest.same_work(folder=tmp_path, work=other)


def test_a_run_whose_output_was_deleted_is_done_again(tmp_path: Path) -> None:
    finish(tmp_path)
    (tmp_path / "gaps" / "1272-01.xlsx").unlink()
    assert not manifest.same_work(folder=tmp_path, work=WORK)


@pytest.mark.parametrize("damage", ["", "[]", "null", '{"made_by": "jangkau"}', '{"made_by": "jangkau", "inputs": 3}'])
def test_a_damaged_manifest_is_no_manifest(tmp_path: Path, damage: str) -> None:
    (tmp_path / MANIFEST).write_text(damage)
    assert manifest.read(folder=tmp_path) is None


@pytest.mark.parametrize("name", ["inputs", "versions", "settings", "outputs", "timings"])
def test_a_manifest_with_a_wrong_kind_of_value_is_no_manifest(tmp_path: Path, name: str) -> None:
    finish(tmp_path)
    value = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps({**value, name: 3}))
    assert manifest.read(folder=tmp_path) is None
