"""What is in force on a day, and what changed between two months."""

from __future__ import annotations

from datetime import date

from jangkau.law.dates import differences, in_force
from jangkau.law.loading import law


def names(programme: str, day: date) -> set[str]:
    return {one.name for one in in_force(law=law(), programme=programme, day=day)}


def test_what_is_in_force_for_jkk_comes_with_brackets_classes_and_the_relief_of_that_day() -> None:
    found = names("JKK", date(2025, 3, 1))
    assert {"bpu.JKK", "bpu.brackets", "pu.JKK.1", "pu.JKK.5", "jakon.JKK", "pmi.before", "pp-7-2025"} <= found
    assert not {"pp-36-2025", "pp-50-2025-other", "pu.JHT.worker"} & found


def test_every_value_in_force_names_its_source_and_place() -> None:
    for programme in ("JKK", "JKM", "JHT", "JP", "JKP"):
        for one in in_force(law=law(), programme=programme, day=date(2026, 5, 1)):
            assert one.source
            assert one.place.startswith("law/rates/")
            assert one.says.id
            assert one.says.en


def test_there_is_no_jkp_before_february_2021() -> None:
    assert not {name for name in names("JKP", date(2021, 1, 31)) if name.startswith("pu.JKP")}
    assert "pu.JKP.state" in names("JKP", date(2021, 2, 2))


def test_between_january_2025_and_may_2026_six_things_changed() -> None:
    found = differences(law=law(), before=date(2025, 1, 1), after=date(2026, 5, 1))
    assert {one.name: one.change for one in found} == {
        "pu.JP.ceiling": "changes",
        "pu.JKP.from_JKM": "changes",
        "pp-50-2025-transport": "begins",
        "pp-50-2025-other": "begins",
        "pp-7-2025": "came_and_went",
        "pp-36-2025": "came_and_went",
    }
    ceiling = next(one for one in found if one.name == "pu.JP.ceiling")
    assert (ceiling.before.en, ceiling.after.en) == ("Rp10,042,300", "Rp11,086,300")
    assert all(one.whom.id and one.whom.en for one in found)


def test_a_relief_that_ended_is_named() -> None:
    found = differences(law=law(), before=date(2021, 1, 1), after=date(2021, 2, 1))
    ended = {one.name for one in found if one.change == "ends"}
    assert ended == {"pp-49-2020", "pp-49-2020-construction", "pp-49-2020-jp"}


def test_nothing_changes_within_a_month() -> None:
    assert differences(law=law(), before=date(2026, 5, 1), after=date(2026, 5, 31)) == ()
