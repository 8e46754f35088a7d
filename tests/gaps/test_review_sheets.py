"""How much of a NIK a reviewer sees: what differs, never what agrees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jangkau.gaps.review.sheets import HIDDEN, masked

NIKS = st.text("0123456789", min_size=16, max_size=16)


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("1272011708850011", "1272011708850011", ("127201170885••••", "127201170885••••")),
        ("1272011708850011", "1272011708850012", ("127201170885•••1", "127201170885•••2")),
        ("1272011708850011", "3273021708850017", ("127201170885•••1", "327302170885•••7")),
        ("127201170885001", "1272011708850011", ("127201170885001", "1272011708850011")),
    ],
)
def test_a_serial_is_shown_where_it_differs(left: str, right: str, shown: tuple[str, str]) -> None:
    assert masked(left=[left], right=[right]) == ((shown[0],), (shown[1],))


def test_a_nik_with_none_beside_it_loses_its_serial() -> None:
    assert masked(left=["1272011708850011"], right=[]) == (("127201170885••••",), ())


def test_a_digit_that_one_of_several_writes_otherwise_is_shown() -> None:
    left, right = masked(left=["1272011708850011", "1272011708850019"], right=["1272011708850011"])
    assert left == ("127201170885•••1", "127201170885•••9")
    assert right == ("127201170885•••1",)


@given(NIKS, NIKS)
def test_equal_and_unlike_can_always_be_told_apart(left: str, right: str) -> None:
    (one,), (two,) = masked(left=[left], right=[right])
    assert (one == two) == (left == right)
    assert [x == y for x, y in zip(one, two, strict=True)] == [x == y for x, y in zip(left, right, strict=True)]
    assert one.count(HIDDEN) == sum(x == y for x, y in zip(left[12:], right[12:], strict=True))
