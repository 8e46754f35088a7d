"""The errors of the invented lists: as many as stated, of every kind, and gathered in careless offices."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest

from jangkau.complaints import Complaint
from jangkau.demo.damage import BIRTH_FATES, NAME_FATES, NIK_FATES
from jangkau.demo.rates import Rates
from jangkau.demo.strain import Office
from tests.demo.conftest import Demo

RATES = Rates()


def share(demo: Demo, column: str, *fates: str) -> float:
    values = demo.truth("errors")[column].to_pylist()
    return sum(value in fates for value in values) / len(values)


@pytest.mark.parametrize(
    ("column", "fates", "stated"),
    [
        ("nik", ("missing",), RATES.nik_missing),
        ("nik", ("digit", "transposed", "relative", "somebody_else", "length"), RATES.nik_wrong),
        ("name", NAME_FATES[1:], RATES.name_changed),
        ("birth", BIRTH_FATES[1:], RATES.birth_wrong),
    ],
)
def test_errors_are_as_frequent_as_stated(demo: Demo, column: str, fates: tuple[str, ...], stated: float) -> None:
    # Three and a half standard errors of a binomial share of 40,000 rows.
    assert share(demo, column, *fates) == pytest.approx(stated, abs=3.5 * (stated * (1 - stated) / 40_000) ** 0.5)


def test_every_kind_of_error_occurs(demo: Demo) -> None:
    errors = demo.truth("errors")
    for column, fates in (("nik", NIK_FATES), ("name", NAME_FATES), ("birth", BIRTH_FATES)):
        assert set(errors[column].to_pylist()) == set(fates)


def test_five_percent_of_offices_make_thirty_percent_of_the_errors(demo: Demo) -> None:
    offices, errors = demo.truth("offices"), demo.truth("errors")
    careless = np.array(offices["careless"].to_pylist())
    assert careless.mean() == pytest.approx(0.05, abs=0.001)
    wrong = sum(pc.not_equal(errors[name], "right").to_numpy().astype(int) for name in ("nik", "name", "birth"))
    there = careless[errors["office"].to_numpy()]
    assert 0.30 <= wrong[there].sum() / wrong.sum() < 0.36
    assert there.mean() < 0.08


def test_a_rate_spread_over_offices_stays_what_it_was() -> None:
    careless = np.arange(1_000) < 50
    for nominal in (0.0, 0.025, 0.16, 0.5):
        rates = Office(careless=careless, share=0.30).rates(nominal)
        assert rates.mean() == pytest.approx(nominal)
        assert ((rates >= 0) & (rates <= 1)).all()
    assert Office(careless=careless, share=0.30).rates(0.1)[careless].sum() == pytest.approx(0.30 * 100)


def test_no_row_of_a_person_has_neither_nik_nor_birth_date(demo: Demo) -> None:
    """Such a row would be refused, and the truth would count a person whom no run can see."""
    errors = demo.truth("errors").to_pylist()
    readable = ("right", "relative", "somebody_else")
    assert not any(row["birth"] == "missing" and row["nik"] not in readable for row in errors)


def test_a_second_nik_is_what_the_register_knows_of_a_few(demo: Demo) -> None:
    people = demo.truth("people").to_pylist()
    other = [row for row in people if row["nik"] != row["register_nik"]]
    assert len(other) / len(people) == pytest.approx(RATES.second_nik, abs=0.003)
    assert all(row["nik"][6:12] == row["register_nik"][6:12] for row in other)


def test_a_rate_out_of_bounds_is_a_complaint() -> None:
    with pytest.raises(Complaint, match="out of bounds"):
        Rates(name_changed=1.6)
