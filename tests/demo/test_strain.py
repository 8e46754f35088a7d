"""Errors that come together: as frequent as ever, but in the same rows, batches and people."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jangkau.demo.invent import invent
from jangkau.demo.rates import Rates
from jangkau.demo.strain import Office, Spoiled, Strained, strained_lists
from tests.demo.conftest import LISTS, REGISTER, Demo

FIELDS = ("nik", "name", "birth")


@pytest.fixture(scope="session")
def strained(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "correlated"
    written = invent(folder=folder, register=REGISTER, lists=LISTS, seed=7, provinces=("12", "71"), correlated=True)
    return Demo(folder=folder, written=written)


def wrong(demo: Demo) -> dict[str, Any]:
    errors = demo.truth("errors")
    return {name: pc.not_equal(errors[name], "right").to_numpy() for name in FIELDS}


def test_correlated_errors_are_as_frequent(demo: Demo, strained: Demo) -> None:
    usual, together = wrong(demo), wrong(strained)
    for name in FIELDS:
        assert together[name].mean() == pytest.approx(usual[name].mean(), rel=0.08)


def test_correlated_errors_come_together_in_a_row(demo: Demo, strained: Demo) -> None:
    usual, together = wrong(demo), wrong(strained)
    for one, other in (("nik", "name"), ("nik", "birth"), ("name", "birth")):
        assert together[other][together[one]].mean() > 1.2 * usual[other][usual[one]].mean()


def test_some_batches_have_no_birth_dates_and_some_no_whole_nik(strained: Demo) -> None:
    errors = strained.truth("errors").to_pylist()
    sizes = Counter(row["batch"] for row in errors)
    undated = Counter(row["batch"] for row in errors if row["birth"] in ("missing", "year_only"))
    rounded = Counter(row["batch"] for row in errors if row["nik"] in ("rounded", "last_zero"))
    assert any(undated[batch] == size for batch, size in sizes.items() if size >= 10)
    assert any(rounded[batch] > 0.5 * size for batch, size in sizes.items() if size >= 10)


def test_no_row_loses_both_its_nik_and_its_birth_date(strained: Demo) -> None:
    readable = ("right", "relative", "somebody_else")
    errors = strained.truth("errors").to_pylist()
    assert not any(row["birth"] == "missing" and row["nik"] not in readable for row in errors)


def test_the_same_people_are_invented_whatever_the_errors(demo: Demo, strained: Demo) -> None:
    assert demo.truth("people") == strained.truth("people")


def test_the_factors_of_a_person_do_not_depend_on_the_block() -> None:
    batch, person = np.repeat(np.arange(40), 25), np.arange(1_000)
    office = Office(careless=np.zeros(1_000, dtype=bool), share=0.3)

    def factors(order: Any) -> Any:
        rng = np.random.default_rng(1)
        return strained_lists(office=office, batch=batch[order], person=person[order], seed=1, rng=rng).factor

    forwards, backwards = factors(np.arange(1_000)), factors(np.arange(1_000)[::-1])
    # What is left when batch and person are taken out is the row's own draw, of two values.
    assert len(np.unique((forwards / backwards[::-1]).round(6))) <= 3


def test_a_strained_rate_stays_what_it_was_below_its_ceiling() -> None:
    rng = np.random.default_rng(1)
    factor = np.where(rng.random(10_000) < 0.05, 8.0, 0.6)
    for nominal in (0.005, 0.05, 0.16, 0.4):
        rates = Strained(office=None, factor=factor).rates(nominal, 0.9)
        assert rates.mean() == pytest.approx(nominal, rel=1e-3)
        assert rates.max() <= 0.9


def test_without_birth_errors_no_batch_is_spoiled() -> None:
    spoiled = np.arange(1_000) < 10
    office = Office(careless=np.zeros(1_000, dtype=bool), share=0.3)
    none = Spoiled(without_birth=spoiled, rounded=spoiled)
    assert (none.births(gathering=office, rates=Rates(birth_wrong=0.0)) == 0).all()


def test_doubled_is_twice_every_error_and_nothing_else() -> None:
    usual, doubled = Rates(), Rates().doubled()
    assert doubled.name_changed == 2 * usual.name_changed
    assert doubled.register_nik_wrong == 2 * usual.register_nik_wrong
    assert doubled.careless_errors == usual.careless_errors
    assert doubled.nik_of_somebody_else == usual.nik_of_somebody_else


def test_every_row_of_the_truth_has_a_group(strained: Demo) -> None:
    """Recall by region, sex, age, one-word names, list, office and kind of error takes these columns."""
    people = pq.read_table(strained.folder / "truth" / "people.parquet")
    assert {"region4", "sex", "age", "words", "kinship", "relative"} <= set(people.column_names)
    errors = pq.read_table(strained.folder / "truth" / "errors.parquet")
    assert {"file", "line", "office", "batch", *FIELDS} <= set(errors.column_names)
    assert people["age"].null_count == people["words"].null_count == errors["batch"].null_count == 0
