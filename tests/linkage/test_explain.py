"""Explanations add up to what was published, say what differs in words, and show no NIK."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jangkau.complaints import Complaint
from jangkau.linkage.evidence import sentence
from jangkau.linkage.evidence_names import compared
from jangkau.linkage.explain import NEVER, Candidate, explain
from tests.linkage.folders import FIELDS, KNOWN, made, tables


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a link whose files are still where they were."""
    return made(folder=tmp_path_factory.mktemp("tautan")).out


def first(folder: Path, left_id: str, right_id: str | None = None) -> Candidate:
    return explain(folder=folder, left_id=left_id, right_id=right_id).candidates[0]


def log2_odds(probability: float) -> float:
    return math.log2(probability) - math.log2(1.0 - probability)


def adds_up(candidate: Candidate) -> bool:
    """The bits with the prior are the odds of the probability; as far as a probability near one can tell."""
    assert candidate.probability is not None
    if candidate.probability > 1 - 1e-9:
        return candidate.weighed.bits > 29 and candidate.weighed.probability == pytest.approx(candidate.probability)
    return candidate.weighed.bits == pytest.approx(log2_odds(candidate.probability), abs=1e-5)


def test_bits_and_prior_add_up_to_the_published_odds_of_every_pair(folder: Path) -> None:
    ids = pq.read_table(folder / "links.parquet").column("left_id").to_pylist()
    found = [one for name in ids for one in explain(folder=folder, left_id=name).candidates]
    assert len(found) >= len(ids) > 150
    assert [one.right_id for one in found if not adds_up(one)] == []
    fields = [[said.field for said in one.weighed.evidence if said.field] for one in found]
    assert any(len(said) == 5 and one.weighed.missing == ("no_hp",) for said, one in zip(fields, found, strict=True))


def test_bits_add_up_where_competitors_count(tmp_path: Path) -> None:
    left, right = tables(count=450)
    right += [{**row, "id": f"{row['id']}-again"} for row in right if str(row["id"]).startswith("R-")]
    out = made(folder=tmp_path, left=left, right=right, one_to_one=True).out
    pairs = pq.read_table(out / "links.parquet").to_pylist()
    doubled = [pair["left_id"] for pair in pairs if pair["left_id"] in KNOWN]
    assert doubled
    for name in set(doubled):
        for one in explain(folder=out, left_id=name).candidates:
            assert adds_up(one)
            assert any("bersaing" in item.words.id or "calon lain" in item.words.id for item in one.weighed.evidence)


@pytest.mark.parametrize(
    ("name", "indonesian", "english"),
    [
        ("digit", "NIK berbeda satu angka (ke-10, bulan lahir)", "NIK differs in one digit (the 10th, month of birth)"),
        (
            "swap",
            "dua angka NIK tertukar (ke-15 dan ke-16",
            "two digits of the NIK swapped (the 15th and 16th, serial)",
        ),
        ("moh", "nama: Moh. = Muhammad", "name: Moh. = Muhammad"),
        ("held", "nama termuat dalam yang lain: tanpa KUSUMA", "one name holds the other: without KUSUMA"),
        ("title", "nama sama, tanpa gelar Hj.", "name equal, title Hj. left out"),
        ("day", "tanggal lahir berbeda satu bagian (hari)", "birth date differs in one part (the day)"),
    ],
)
def test_words_say_what_differs(folder: Path, name: str, indonesian: str, english: str) -> None:
    said = sentence(weighed=first(folder, name, f"R-{name}").weighed)
    assert indonesian in said.id
    assert english in said.en


def test_each_piece_of_evidence_carries_its_bits_in_the_language_of_the_reader(folder: Path) -> None:
    said = sentence(weighed=first(folder, "moh").weighed)
    assert re.search(r"tanggal lahir sama \(\+\d+,\d\)", said.id)
    assert re.search(r"birth date equal \(\+\d+\.\d\)", said.en)


def test_no_nik_is_shown_even_where_one_was_typed_as_a_name(folder: Path) -> None:
    for name in KNOWN:
        for one in explain(folder=folder, left_id=name, right_id=f"R-{name}").candidates:
            words = " ".join(item.words.id + item.words.en for item in one.weighed.evidence)
            assert not re.search(r"\d{6}", words.replace(".", "").replace(",", ""))


def test_a_pair_says_which_blocks_have_it(folder: Path) -> None:
    found = [block.en for block in first(folder, "digit").found_by]
    assert "nik (without its serial)" not in found
    assert "nama + kode_wilayah" in found


def test_a_pair_that_was_never_compared_says_so(folder: Path) -> None:
    one = first(folder, "moh", "R-held")
    assert one.decision == NEVER
    assert one.probability is None
    assert any("never compared" in note.en for note in one.notes)


def test_an_empty_row_says_that_no_block_could_look_for_it(folder: Path) -> None:
    found = explain(folder=folder, left_id="empty")
    assert found.candidates == ()
    assert found.searched == 0
    assert set(found.missing) == {str(one["name"]) for one in FIELDS}


def test_a_row_of_one_file_is_explained_from_either_side(tmp_path: Path) -> None:
    left, right = tables(count=450)
    out = made(folder=tmp_path, left=[*left, *right], one_file=True).out
    forth, back = first(out, "moh"), first(out, "R-moh")
    assert (forth.right_id, back.right_id) == ("R-moh", "moh")
    assert forth.weighed.bits == pytest.approx(back.weighed.bits)
    assert "Moh. = Muhammad" in sentence(weighed=forth.weighed).en


@pytest.mark.parametrize("one_file", [False, True])
def test_a_value_that_hundreds_share_is_explained_as_missing(tmp_path: Path, one_file: bool) -> None:
    left, right = tables(count=450)
    for k, row in enumerate(left):
        if k % 3 == 0 or row["id"] == "moh":
            row |= {"no_hp": "02150001000", "nik": "3171234501900001", "tanggal_lahir": "1970-01-01"}
    sides = {"left": left + right} if one_file else {"left": left, "right": right}
    out = made(folder=tmp_path, one_file=one_file, **sides).out  # type: ignore[arg-type]
    found = explain(folder=out, left_id="moh", right_id="R-moh")
    assert found.problems == ()
    one = found.candidates[0]
    assert {"nik", "no_hp"} <= set(one.weighed.missing)
    assert any("no_hp counts as missing" in note.en for note in one.notes)
    assert adds_up(one)


def test_levels_put_together_are_named_together(tmp_path: Path) -> None:
    fields = [dict(one) for one in FIELDS]
    fields[1]["levels"], fields[2]["levels"] = [[1, 2], [3, 4], [5, 6]], [1, [2, 3, 4, 5, 6]]
    out = made(folder=tmp_path, fields=fields).out
    held, day = (first(out, name, f"R-{name}") for name in ("held", "day"))
    assert "name equal or one name holds the other" in sentence(weighed=held.weighed).en
    assert "birth date differs in one part or" in sentence(weighed=day.weighed).en
    assert explain(folder=out, left_id="held").problems == ()
    assert adds_up(held) and adds_up(day)


def test_an_unknown_id_is_told_with_those_that_are_near(folder: Path) -> None:
    with pytest.raises(Complaint) as told:
        explain(folder=folder, left_id="digti")
    assert "'digti'" in told.value.what.en
    assert "digit" in told.value.do.en
    with pytest.raises(Complaint) as told:
        explain(folder=folder, left_id="moh", right_id="R-mo")
    assert "R-moh" in told.value.do.en


def test_another_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(Complaint) as told:
        explain(folder=tmp_path, left_id="1")
    assert "jangkau link" in told.value.what.en


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    """The same link with its files, to be spoiled."""
    shutil.copytree(folder.parent, tmp_path / "salinan")
    return tmp_path / "salinan" / "out"


def test_a_link_moves_together_with_its_files(copied: Path) -> None:
    assert explain(folder=copied, left_id="moh").problems == ()


def test_without_its_files_a_link_still_tells_levels_and_says_that_they_are_gone(copied: Path) -> None:
    (copied.parent / "right.parquet").unlink()
    found = explain(folder=copied, left_id="moh")
    assert "right.parquet is no longer in its place" in found.problems[0].what.en
    assert "name equal" in sentence(weighed=found.candidates[0].weighed).en
    assert adds_up(found.candidates[0])


def test_a_file_that_changed_is_told_and_its_details_are_not_shown(copied: Path) -> None:
    path = copied.parent / "right.parquet"
    table = pq.read_table(path)
    names = ["EKO" if row["id"] == "R-moh" else row["nama"] for row in table.to_pylist()]
    pq.write_table(table.set_column(table.schema.get_field_index("nama"), "nama", [names]), path)
    found = explain(folder=copied, left_id="moh")
    assert "have changed" in found.problems[0].what.en
    assert "EKO" not in sentence(weighed=found.candidates[0].weighed).en
    assert adds_up(found.candidates[0])


def test_an_untold_pair_cannot_be_explained_without_its_files(copied: Path) -> None:
    (copied.parent / "right.parquet").unlink()
    with pytest.raises(Complaint) as told:
        explain(folder=copied, left_id="moh", right_id="R-held")
    assert "no longer in its place" in told.value.what.en


def test_a_csv_is_explained_like_parquet(tmp_path: Path) -> None:
    out = made(folder=tmp_path).out
    for name in ("left", "right"):
        table = pq.read_table(tmp_path / f"{name}.parquet")
        lines = [",".join(table.schema.names)]
        lines += [",".join(row[column] or "" for column in table.schema.names) for row in table.to_pylist()]
        (tmp_path / f"{name}.parquet").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "Moh. = Muhammad" in sentence(weighed=first(out, "moh").weighed).en
    assert explain(folder=out, left_id="moh").problems == ()


@pytest.mark.parametrize(
    ("level", "left", "right", "said"),
    [
        (1, "BUDI AGUS", "AGUS BUDI", "equal, words in another order"),
        (1, "Drs. BUDI", "BUDI, S.Pd", "equal, title Drs., S.Pd left out"),
        (2, "A. RAHMAN", "AHMAD RAHMAN", "A. = AHMAD"),
        (3, "NURHAYATI DEWI", "NURHAYTI DEWI", "NURHAYATI ~ NURHAYTI"),
        (5, "BUDI SANTOSO", "AGUS SANTOSO", "SANTOSO"),
        (6, "3301 0545 0690 0017", "EKO", "… / EKO"),
    ],
)
def test_two_names_are_set_side_by_side(level: int, left: str, right: str, said: str) -> None:
    words = compared(level=level, left=left, right=right)
    assert words is not None
    assert words.en == said
