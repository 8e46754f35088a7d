"""Who is missed more often, on invented linkages whose truth is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from jangkau.gaps.alternatives import Found
from jangkau.gaps.groups import below, duplicate_links, linkage_quality

from .office import BUDI, CROWD, SITI, Folder

Ints = npt.NDArray[np.int64]


def invented(
    *, seed: int, people: int = 30_000
) -> tuple[Found, dict[str, list[tuple[object, Ints]]], dict[str, float]]:
    """People of one-word names, whom both passes miss more often; and the true recall of each group."""
    random = np.random.default_rng(seed)
    one_word = random.random(people) < 0.1
    member = random.random(people) < 0.5
    identifier = random.random(people) < np.where(one_word, 0.85, 0.97)
    description = random.random(people) < np.where(one_word, 0.70, 0.93)
    linked = member & (identifier | description)
    found = Found(
        eligible=np.ones(people, dtype=bool),
        linked=np.where(linked, 0.99, 0.0),
        protected=np.zeros(people),
        cell=np.zeros(people, dtype=np.int64),
        office=np.zeros(people, dtype=np.int64),
        comparable=linked,
        by_identifier=linked & identifier,
        by_description=linked & description,
        despite=linked & description,
    )
    few = np.flatnonzero(member)[:12]
    groups: dict[str, list[tuple[object, Ints]]] = {
        "name": [("one_word", np.flatnonzero(one_word)), ("several_words", np.flatnonzero(~one_word))],
        "office": [("small", few), ("nobody", np.flatnonzero(~member)[:5])],
    }
    truth = {str(value): float(linked[p].sum() / max(member[p].sum(), 1)) for v in groups.values() for value, p in v}
    return found, groups, truth


def test_recall_by_group_is_near_the_truth() -> None:
    for seed in range(5):
        found, groups, truth = invented(seed=seed)
        quality = linkage_quality(found=found, low=0.1, high=0.9, memberships=groups)
        said = {one["value"]: one["recall"] for one in quality["groups"]}
        assert said["one_word"] == pytest.approx(truth["one_word"], abs=0.015)
        assert said["several_words"] == pytest.approx(truth["several_words"], abs=0.003)


def test_the_group_that_is_missed_more_often_is_named_and_no_other() -> None:
    for seed in range(5):
        found, groups, _ = invented(seed=seed)
        quality = linkage_quality(found=found, low=0.1, high=0.9, memberships=groups)
        assert [one["value"] for one in below(quality=quality)] == ["one_word"]


def test_of_a_group_without_members_nothing_is_said() -> None:
    found, groups, _ = invented(seed=1)
    quality = linkage_quality(found=found, low=0.1, high=0.9, memberships=groups)
    (nobody,) = (one for one in quality["groups"] if one["value"] == "nobody")
    assert (nobody["people"], nobody["links"], nobody["recall"], nobody["precision"]) == (5, 0, None, None)


def test_precision_is_what_the_links_are_sure_of() -> None:
    found, groups, _ = invented(seed=2)
    quality = linkage_quality(found=found, low=0.1, high=0.9, memberships=groups)
    assert quality["precision"] == pytest.approx(0.99)


def test_nobody_at_all_is_no_error() -> None:
    nothing = np.zeros(0, dtype=bool)
    number = np.zeros(0, dtype=np.int64)
    found = Found(nothing, np.zeros(0), np.zeros(0), number, number, nothing, nothing, nothing, nothing)
    quality = linkage_quality(found=found, low=0.1, high=0.9, memberships={})
    assert (quality["people"], quality["recall"], quality["groups"]) == (0, None, [])
    assert below(quality=quality) == []


def test_links_to_one_member_say_how_many_are_false() -> None:
    """Half of all members are held; a false link hits one of them every other time: ten hits are twenty false links."""
    member = np.concatenate([np.arange(500), np.arange(10)])
    found = duplicate_links(member=member, probability=np.full(510, 0.95), high=0.9, members=1000)
    assert found == {"links": 510, "claimed_again": 10, "implied_false_share": round(20 / 510, 4)}
    unsure = duplicate_links(member=member, probability=np.full(510, 0.5), high=0.9, members=1000)
    assert unsure == {"links": 0, "claimed_again": 0, "implied_false_share": 0.0}


def test_a_run_counts_every_person_once_in_each_kind_of_group(folder: Folder) -> None:
    folder.register(BUDI.row("register"), SITI.row("register"))
    folder.list("kur", BUDI.row("kur"), SITI.row("kur", jenis_kelamin=None), CROWD[0].called("TUGIMAN").row("kur"))
    folder.list("prakerja", BUDI.row("prakerja"))
    quality = folder.run().summary["linkage_quality"]
    people: dict[str, dict[str | None, int]] = {}
    for one in quality["groups"]:
        people.setdefault(one["group"], {})[one["value"]] = one["people"]
    assert people["list"] == {"kur.csv": 3, "prakerja.csv": 1}
    assert people["name"] == {"one_word": 1, "several_words": 2}
    assert sum(people["age"].values()) == sum(people["sex"].values()) == sum(people["region"].values()) == 3
    assert people["age"]["25-34"] == 1
    assert "office" not in people
    assert quality["people"] == 3
