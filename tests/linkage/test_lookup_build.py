"""The index of a register: the same whatever way it is made, all or nothing, refused where it does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jangkau.complaints import Complaint, Text
from jangkau.linkage import lookup_build, lookup_index
from jangkau.linkage.kernels import looking, searching
from jangkau.linkage.link import Settings as LinkSettings
from jangkau.linkage.link import link
from jangkau.linkage.lookup import open_register
from jangkau.linkage.lookup_build import Settings, build
from jangkau.outputs import manifest
from tests.linkage.registers import Row, as_csv, as_parquet, asked, index, people, person

METHOD = """
left_id: kpj
fields:
  - {name: nik, kind: nik}
  - {name: nama, kind: person_name}
  - {name: tanggal_lahir, kind: date, inside: nik}
  - {name: jenis_kelamin, kind: sex, inside: nik}
  - {name: kode_wilayah, kind: region}
  - {name: no_hp, kind: phone}
"""


def digests(folder: Path) -> dict[str, str]:
    there = manifest.read(folder=folder)
    assert there is not None
    return dict(there.outputs)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return as_parquet(tmp_path / "register.parquet", people(250))


@pytest.fixture
def method(tmp_path: Path) -> Path:
    path = tmp_path / "method.yaml"
    path.write_text(METHOD, encoding="utf-8")
    return path


def test_threads_and_the_kind_of_file_change_nothing(tmp_path: Path, register: Path) -> None:
    index(register, tmp_path / "one")
    index(register, tmp_path / "four", settings=Settings(threads=4))
    index(as_csv(tmp_path / "register.csv", people(250)), tmp_path / "csv")
    assert digests(tmp_path / "one") == digests(tmp_path / "four")
    csv, parquet = digests(tmp_path / "csv"), digests(tmp_path / "one")
    assert {name for name in parquet if csv[name] != parquet[name]} == {"index.json"}  # it has the name of the file


def test_pieces_of_the_register_are_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jangkau.linkage.lookup_reading.PIECE", 7)
    monkeypatch.setattr(lookup_index, "CHUNK", 50)
    index(as_parquet(tmp_path / "r.parquet", people(250)), tmp_path / "index")
    with open_register(folder=tmp_path / "index") as register:
        for k in range(0, 250, 11):
            assert register.look_up(person=asked(person(k)))[0].record == person(k)


def test_the_same_again_is_done_already(tmp_path: Path, register: Path) -> None:
    assert not index(register, tmp_path / "index").done_before
    assert index(register, tmp_path / "index").done_before
    assert not index(register, tmp_path / "index", settings=Settings(threads=1, force=True)).done_before


def test_the_index_of_another_register_is_overwritten_only_when_asked(tmp_path: Path, register: Path) -> None:
    index(register, tmp_path / "index")
    other = as_parquet(tmp_path / "other.parquet", people(100))
    with pytest.raises(Complaint, match="another run"):
        index(other, tmp_path / "index")
    assert index(other, tmp_path / "index", settings=Settings(threads=1, force=True)).facts.rows == 100


def test_a_folder_of_something_else_is_refused_whatever_is_asked(tmp_path: Path, register: Path, method: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep me", encoding="utf-8")
    linked = tmp_path / "linked"
    link(left=register, right=None, method=method, out=linked, settings=LinkSettings(threads=1), clock=lambda: 0.0)
    for folder in (mine, linked):
        with pytest.raises(Complaint):
            index(register, folder, settings=Settings(threads=1, force=True))
    assert (mine / "letter.txt").read_text(encoding="utf-8") == "keep me"
    assert (linked / "model.json").is_file()


def test_a_build_that_is_stopped_leaves_the_index_of_before_and_nothing_else(tmp_path: Path, register: Path) -> None:
    index(register, tmp_path / "index")
    before = digests(tmp_path / "index")

    def stop(what: Text, _done: int, _total: int) -> None:
        if what.en == "Indexing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(
            register=as_parquet(tmp_path / "other.parquet", people(100)),
            method=None,
            out=tmp_path / "index",
            settings=Settings(threads=1, force=True),
            clock=lambda: 0.0,
            progress=stop,
        )
    assert digests(tmp_path / "index") == before
    assert not (tmp_path / ".index.partial").exists()
    with open_register(folder=tmp_path / "index") as one:
        assert one.facts.rows == 250


def missing_column(rows: list[Row]) -> list[Row]:
    return [{("hp" if name == "no_hp" else name): value for name, value in row.items()} for row in rows]


def twice(rows: list[Row]) -> list[Row]:
    return [*rows, rows[0]]


def without_ids(rows: list[Row]) -> list[Row]:
    return [{**row, "kpj": None} for row in rows]


def nonsense(rows: list[Row]) -> list[Row]:
    return [{**row, "no_hp": "tidak ada"} for row in rows]


def nothing(rows: list[Row]) -> list[Row]:
    return []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (missing_column, "no column 'no_hp'"),
        (twice, "not unique"),
        (without_ids, "has gaps"),
        (nonsense, "is no phone"),
        (nothing, "no rows"),
    ],
)
def test_a_register_that_does_not_fit_is_told(
    tmp_path: Path, change: Callable[[list[Row]], list[Row]], said: str
) -> None:
    path = as_parquet(tmp_path / "r.parquet", change(people(30)))
    with pytest.raises(Complaint) as told:
        index(path, tmp_path / "index")
    assert said in told.value.what.en
    assert not (tmp_path / "index").exists()


def test_no_file_and_no_memory_are_told(tmp_path: Path, register: Path) -> None:
    with pytest.raises(Complaint, match="not there"):
        index(tmp_path / "gone.csv", tmp_path / "index")
    with pytest.raises(Complaint, match="too small") as told:
        index(register, tmp_path / "index", settings=Settings(threads=1, memory="100MB"))
    assert "GB" in told.value.do.en


def test_less_memory_means_fewer_blocks_at_once() -> None:
    rows = 60_000_000
    assert lookup_index.blocks_at_once(rows=rows, threads=4, limit=None) == 4
    assert 1 <= lookup_index.blocks_at_once(rows=rows, threads=4, limit=3 * 10**9) < 4
    with pytest.raises(Complaint):
        lookup_index.blocks_at_once(rows=rows, threads=4, limit=10**9)


def test_a_field_that_is_empty_everywhere_is_told_and_does_no_harm(tmp_path: Path) -> None:
    path = as_parquet(tmp_path / "r.parquet", [{**row, "no_hp": None} for row in people(50)])
    built = index(path, tmp_path / "index")
    assert any("'no_hp' is empty" in note.en for note in built.notes)
    with open_register(folder=tmp_path / "index") as register:
        assert register.look_up(person=asked(person(3)))[0].id == person(3)["kpj"]


def test_another_id_column_can_be_named(tmp_path: Path) -> None:
    rows: list[Row] = [{**row, "nomor": f"N{k}"} for k, row in enumerate(people(40))]
    index(as_parquet(tmp_path / "r.parquet", rows), tmp_path / "index", settings=Settings(threads=1, id_column="nomor"))
    with open_register(folder=tmp_path / "index") as register:
        assert register.look_up(person=asked(person(8)))[0].id == "N8"


def test_weights_of_a_link_can_be_used_and_tell_what_the_link_told(tmp_path: Path, method: Path) -> None:
    rows = people(400)
    left = [asked(row, nik=None if k % 3 == 0 else row["nik"]) | {"kpj": f"L{k}"} for k, row in enumerate(rows[:300])]
    register = as_parquet(tmp_path / "r.parquet", rows)
    link(
        left=as_parquet(tmp_path / "l.parquet", left),
        right=register,
        method=method,
        out=tmp_path / "link",
        settings=LinkSettings(threads=1),
        clock=lambda: 0.0,
    )
    built = index(register, tmp_path / "index", method, Settings(threads=1, model=tmp_path / "link"))
    model = json.loads((tmp_path / "link" / "model.json").read_text(encoding="utf-8"))
    assert built.facts.how == "model"
    assert built.facts.coverage == pytest.approx(model["prior"]["coverage"], abs=0.01)
    with open_register(folder=tmp_path / "index") as one:
        found = one.look_up(person=asked(left[3]))[0]
    levels = {field["name"]: {level["en"]: level["weight"] for level in field["levels"]} for field in model["fields"]}
    birth = next(one for one in found.evidence if one.field == "tanggal_lahir")
    assert birth.bits == pytest.approx(levels["tanggal_lahir"]["date equal"])


def test_a_model_of_another_method_or_none_at_all_is_refused(tmp_path: Path, register: Path, method: Path) -> None:
    link(
        left=register,
        right=None,
        method=method,
        out=tmp_path / "link",
        settings=LinkSettings(threads=1),
        clock=lambda: 0.0,
    )
    other = tmp_path / "other.yaml"
    other.write_text("left_id: kpj\nfields:\n  - {name: nik, kind: nik}\n", encoding="utf-8")
    with pytest.raises(Complaint, match="does not fit the method"):
        index(register, tmp_path / "index", other, Settings(threads=1, model=tmp_path / "link"))
    with pytest.raises(Complaint, match="model cannot be read"):
        index(register, tmp_path / "index", method, Settings(threads=1, model=tmp_path / "nowhere"))


def change_json(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | values), encoding="utf-8")


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "another version": (lambda f: change_json(f / "index.json", version="0.0.1"), "another version"),
    "another format": (lambda f: change_json(f / "index.json", format=0), "another version"),
    "folds otherwise": (lambda f: change_json(f / "index.json", fingerprint="0"), "another version"),
    "no facts": (lambda f: (f / "index.json").unlink(), "no index of a register"),
    "facts cut short": (lambda f: (f / "index.json").write_text('{"format": 1'), "no index of a register"),
    "lines cut short": (lambda f: (f / "lines.bin").write_bytes(b"1234"), "not whole"),
    "no records": (lambda f: (f / "records.arrow").unlink(), "not whole"),
    "records cut short": (lambda f: (f / "records.arrow").write_bytes(b"ARROW1"), "not whole"),
    "weights of nothing": (lambda f: (f / "weights.json").write_text("{}"), "not whole"),
    "large keys cut short": (lambda f: (f / "large.npy").write_bytes(b""), "not whole"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path, register: Path, what: str) -> None:
    index(register, tmp_path / "index")
    spoil, said = BROKEN[what]
    spoil(tmp_path / "index")
    with pytest.raises(Complaint) as told:
        open_register(folder=tmp_path / "index")
    assert said in told.value.what.en


def test_a_folder_that_is_not_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="no index of a register"):
        open_register(folder=tmp_path / "nowhere")


@settings(deadline=None, max_examples=60)
@given(
    values=st.lists(st.integers(0, 12), min_size=1, max_size=120), bits=st.integers(1, 5), largest=st.integers(1, 20)
)
def test_entries_lead_to_every_row_of_a_key_unless_too_many_share_it(
    values: list[int], bits: int, largest: int
) -> None:
    spread = np.array([0, *(int(v) * 0x9E3779B97F4A7C15 % 2**64 | 1 for v in range(1, 13))], np.uint64)
    keys = spread[values]
    low, shift = np.uint64(max(1, (len(keys) - 1).bit_length())), np.uint64(64 - bits)
    starts, entries = np.zeros((1 << bits) + 1, np.uint32), np.zeros(len(keys), np.uint32)
    assert looking.place_keys(keys, shift, low, starts, entries) == np.count_nonzero(keys)
    large = np.zeros((2, len(keys) // largest + 1), np.uint64)
    kept, taken = looking.leave_out_large(keys, low, starts, entries, largest, large[0], large[1])
    rows = {int(key): np.flatnonzero(keys == key).tolist() for key in np.unique(keys[keys != 0])}
    told = {key: len(there) for key, there in rows.items() if len(there) > largest}
    assert dict(zip(large[0, :taken].tolist(), large[1, :taken].tolist(), strict=True)) == told
    assert kept == sum(len(there) for key, there in rows.items() if key not in told)
    mask = (1 << int(low)) - 1
    for key, there in rows.items():
        bucket = key >> int(shift)
        tag = ((key >> 1) << int(low)) & 0xFFFFFFFF
        here = entries[starts[bucket] : starts[bucket + 1]].tolist()
        found = [entry & mask for entry in here if entry & ~mask & 0xFFFFFFFF == tag]
        assert set(there) <= set(found) or key in told
        assert not set(there) & set(found) or key not in told


def test_a_look_up_compares_every_row_that_shares_a_block_and_no_other(tmp_path: Path, register: Path) -> None:
    index(register, tmp_path / "index")
    with open_register(folder=tmp_path / "index") as one:
        arrays, shape = one._arrays, one._shape
        assert arrays is not None
        keys = np.zeros((len(shape.blocks), len(arrays.lines)), np.uint64)
        for b in range(len(shape.blocks)):
            searching.keys_of_block(np.array(arrays.lines), shape.parts, shape.blocks, b, keys[b])
        for k in range(0, 250, 9):
            here = np.flatnonzero(arrays.order == k)
            shared = (keys == keys[:, here]) & (keys != 0)
            answer = one.answer(person=asked(person(k)))
            assert answer.compared == int(shared.any(axis=0).sum())


def test_the_work_of_a_build_is_told_step_by_step(tmp_path: Path, register: Path) -> None:
    steps: list[str] = []
    build(
        register=register,
        method=None,
        out=tmp_path / "index",
        settings=Settings(threads=1),
        clock=lambda: 0.0,
        progress=lambda what, _done, _total: steps.append(what.en),
    )
    assert list(dict.fromkeys(steps)) == ["Reading the register", "Indexing", "Weighing"]
    assert not (tmp_path / "index" / lookup_build.SCRATCH).exists()


def test_rows_that_share_the_key_compared_most_stand_together(tmp_path: Path) -> None:
    rows = [{**row, "tanggal_lahir": f"19{60 + k % 30}-05-05", "nik": None} for k, row in enumerate(people(600))]
    index(as_parquet(tmp_path / "r.parquet", rows), tmp_path / "index")
    with open_register(folder=tmp_path / "index") as one:
        assert one._arrays is not None
        order = one._arrays.order
        assert sorted(order.tolist()) == list(range(600))
        born = np.array([rows[k]["tanggal_lahir"] for k in order])
        changes = int(np.count_nonzero(born[1:] != born[:-1]))
        assert changes < 300  # in the register's own order every row is followed by another year
