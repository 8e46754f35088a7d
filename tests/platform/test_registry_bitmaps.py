"""Bitmaps of a run's people: any filters in any order find whom SQL finds, over many chunks, also after decisions."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.platform.finished_run import AS_OF

if TYPE_CHECKING:
    from jangkau.platform.offices.models import User
    from jangkau.platform.registry.bitmaps import Walk

PEOPLE = 66_000
"""In the gap; over three chunks. One in eight is on lists of two banks, and stands in their lines too."""
VALUES = {
    "region": ["1272", "1208", "3273", ""], "kur_type": ["mikro", "kecil", ""], "duty": ["unmet", "may"],
    "status": ["not_found", "lapsed", "doubtful"], "sex": ["L", "P", ""],
    "age_group": ["25", "35", ""],
}  # fmt: skip
ORDERS = ("order_place", "order_name", "order_date", "order_loan")
_CODES = "".join(f", (ARRAY{values})[1 + ({at + 3} * i / {at + 2}) % {len(values)}]"
                 for at, values in enumerate(VALUES.values()))  # fmt: skip
_GAP = f"""
INSERT INTO {{table}} (run_id, person, order_place, order_name, order_date, order_loan, name, open, list_set, before,
    probability, kpj, segment, phone, rows, nik_hint, nik, {", ".join(VALUES)})
SELECT {{run}}, CAST(md5({{run}} || ' ' || i) AS UUID), rank() OVER (ORDER BY md5('p' || i)),
    rank() OVER (ORDER BY md5('n' || i)), rank() OVER (ORDER BY md5('d' || i)), rank() OVER (ORDER BY md5('l' || i)),
    'Contoh', TRUE, {{sets}} + i % 8, CASE i % 3 WHEN 0 THEN 'new' ELSE 'lapsed' END, 0,
    '', '', '', '{{{{}}}}', '', ''{_CODES}
FROM generate_series(1, {PEOPLE}) AS i
"""
_SHARED = f"""
INSERT INTO {{table}} (run_id, institution_id, person, order_place, order_name, name, was, open, list_set, phone, rows,
    nik_hint, nik, {", ".join(VALUES)})
SELECT {{run}}, b, CAST(md5({{run}} || ' ' || i) AS UUID), {PEOPLE} + row_number() OVER (ORDER BY md5('p' || i), b),
    {PEOPLE} + row_number() OVER (ORDER BY md5('n' || i), b), 'Contoh',
    (ARRAY{VALUES["status"]})[1 + (6 * i / 5) % 3], TRUE, {{sets}} + 1 + n, '', '{{{{}}}}', '', ''{_CODES}
FROM generate_series(8, {PEOPLE}, 8) AS i CROSS JOIN unnest(ARRAY[{{a}}, {{b}}]) WITH ORDINALITY AS bank (b, n)
"""
_CHANGES = (
    "status = 'merged', open = FALSE WHERE order_place % 97 = 0 AND list_set % 2 = 1",
    "status = 'lapsed' WHERE order_name % 89 = 0 AND open",
    "status = 'doubtful', open = TRUE WHERE order_place % 194 = 0",
)


@dataclass(frozen=True)
class Scene:
    """A run of many people, and who reads it."""

    run: int
    sets: int
    readers: dict[str, User]

    def list_sets(self, *, of: str) -> list[int]:
        """Those that have a file."""
        return [self.sets + at for at in ({"1": (0, 2, 4, 5, 6, 7), "2": (0, 3)}[of])]


@pytest.fixture
def scene(
    user: Callable[..., Any], office: Callable[..., Any], institution: Callable[..., Any],
    tmp_path: Path,
) -> Scene:  # fmt: skip
    from django.db import connection, transaction
    from django.utils import timezone

    from jangkau.platform.registry import bitmaps, partitions
    from jangkau.platform.registry.models import Run, RunFile, RunResult

    a, b = institution(), institution()
    now = timezone.now()
    run = Run.objects.create(state=Run.State.LOADED, as_of=AS_OF, folder="banyak", asked_at=now, finished_at=now)
    RunResult.objects.create(run=run, gaps=PEOPLE, manifest={}, summary={})
    sets = run.pk * 100_000
    for number, one in ((1, a), (2, b), (3, None)):
        key = f"i{one.pk}" if one else "xLain"
        RunFile.objects.create(
            run=run, number=number, file=f"{number}.csv", layout="kur", label="", institution=one, key=key
        )
    with transaction.atomic(), connection.cursor() as cursor:
        for at, files in enumerate(("{1,2}", "{3}", "{1}", "{2}", "{1}", "{1}", "{1}", "{1}")):
            cursor.execute("INSERT INTO registry_listset (id, run_id, files) VALUES (%s, %s, %s)",
                           [sets + at, run.pk, files])  # fmt: skip
        for parent, query in (("registry_gap", _GAP), ("registry_sharedgap", _SHARED)):
            filled = query.replace("{run}", str(run.pk)).replace("{sets}", str(sets))
            filled = filled.replace("{a}", str(a.pk)).replace("{b}", str(b.pk)).replace("{{}}", "{}")

            def fill(table: str, filled: str = filled) -> None:
                cursor.execute(filled.replace("{table}", table))

            partitions.add(cursor=cursor, parent=parent, run=run.pk, fill=fill)
        bitmaps.build_again(cursor=cursor, run=run.pk, scratch=tmp_path)
    readers = {"analyst": user("analyst"), "branch": user("branch_officer", office=office("1272", "1208")),
               "bank": user("bank_officer", institution=a), "auditor": user("auditor")}  # fmt: skip
    return Scene(run.pk, sets, readers)


def _asked(chance: random.Random) -> tuple[dict[str, list[str]], str, int | None, bool]:
    wanted = {name: chance.sample(VALUES[name], chance.choice((1, 1, 2)))
              for name in chance.sample(list(VALUES), chance.randrange(4))}  # fmt: skip
    if chance.random() < 0.3:
        wanted["list"] = [chance.choice("12")]
    beyond = chance.choice((None, 1, 32_768, 32_769, 65_536, chance.randrange(1, PEOPLE)))
    return (
        wanted,
        chance.choice(("order_place", "order_name", "order_date", "order_loan")),
        beyond,
        chance.random() < 0.5,
    )


def _by_sql(scene: Scene, who: str, walk: Walk) -> list[int]:
    """The same asked of the table or the view, within row security."""
    from django.db import connection

    table = "registry_ownlists" if who == "bank" else "registry_gap"
    conditions = ["run_id = %s", "open"]
    values: list[Any] = [walk.run]
    for name, codes in walk.wanted.items():
        conditions.append(f"{'list_set' if name == 'list' else name} = ANY (%s)")
        values.append(scene.list_sets(of=codes[0]) if name == "list" else list(codes))
    if walk.beyond is not None:
        conditions.append(f"{walk.in_order} {'<' if walk.backwards else '>'} %s")
        values.append(walk.beyond)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {walk.in_order} FROM {table} WHERE {' AND '.join(conditions)} ORDER BY 1 "
                       f"{'DESC' if walk.backwards else ''}", values)  # fmt: skip
        return [place for (place,) in cursor.fetchall()]


def _same(scene: Scene, *, who: str, times: int) -> int:
    """Walk and SQL find the same for random questions; how many were found in all."""
    from django.db import connection, transaction

    from jangkau.platform import scope
    from jangkau.platform.registry import bitmaps

    chance, met = random.Random(who), 0
    for _ in range(times):
        wanted, order, beyond, backwards = _asked(chance)
        if who == "bank":  # sees the other orders of nobody; a list of another bank is none of its own
            order = chance.choice(("order_place", "order_name"))
            wanted.pop("list", None)
        walk = bitmaps.Walk(scene.run, order, wanted, beyond, backwards)
        with transaction.atomic(), connection.cursor() as cursor:
            scope.enter(kind="user", number=scene.readers[who].pk)
            cursor.execute("SET LOCAL ROLE jangkau_web")
            expected = _by_sql(scene, who, walk)
            assert bitmaps.places(walk=walk, most=51) == expected[:51], walk
            assert bitmaps.count(walk=walk, most=PEOPLE * 2) == len(expected), walk
            assert bitmaps.count(walk=walk, most=5) >= min(5, len(expected))
        met += len(expected)
    return met


def test_any_filters_in_any_order_find_whom_sql_finds(scene: Scene) -> None:
    for who in ("analyst", "branch", "bank"):
        assert _same(scene, who=who, times=40) > PEOPLE


def test_bitmaps_follow_what_decisions_change(scene: Scene) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table, change in itertools.product(("registry_gap", "registry_sharedgap"), _CHANGES):
            cursor.execute(f"UPDATE {table} SET {change}".replace("%", "%%") + " AND run_id = %s", [scene.run])
    for who in ("analyst", "bank"):
        assert _same(scene, who=who, times=25) > PEOPLE / 2


def test_nobody_walks_beyond_what_he_may_see(scene: Scene, raw_sql: Callable[..., psycopg.Connection]) -> None:
    everybody = "SELECT coalesce(sum(people), 0) FROM registry_walk(%s, %s, %s, NULL, FALSE, 1000000)"

    def met(who: str, wanted: str, order: str = "order_place") -> int:
        return int(raw_sql(scene.readers[who]).execute(everybody, [scene.run, order, wanted]).fetchone()[0])  # type: ignore[index]

    assert met("analyst", "{}") == PEOPLE
    assert 0 < met("branch", "{}") == met("branch", '{"region": ["1272", "1208", "3273", ""]}') < PEOPLE
    assert met("branch", '{"region": ["3273"]}') == 0
    assert met("branch", '{"viewer": ["i1", "i2", "i3"]}') == met("branch", "{}")
    # a bank: whoever is on its lists alone, and its own lines of the others; not what the register said a run ago
    assert met("bank", "{}") == PEOPLE * 6 // 8
    assert met("bank", '{"before": ["new"]}') == met("bank", "{}")
    assert met("bank", '{"viewer": [""]}') == met("bank", "{}")
    assert met("auditor", "{}") == 0
    for statement in ("SELECT 1 FROM registry_bitmap", "SELECT registry_mark(1, 'order_place', 'viewer', '', 1, TRUE)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw_sql(scene.readers["analyst"]).execute(statement)


def test_a_chunk_is_read_as_far_as_a_page_needs(scene: Scene) -> None:
    from django.db import connection, transaction

    from jangkau.platform import scope
    from jangkau.platform.registry import bitmaps

    with transaction.atomic(), connection.cursor() as cursor:
        scope.enter(kind="user", number=scene.readers["analyst"].pk)
        cursor.execute("SELECT count(*) FROM registry_walk(%s, 'order_name', '{}', NULL, FALSE, 51)", [scene.run])
        assert cursor.fetchone() == (1,)
        walk = bitmaps.Walk(scene.run, "order_name", {})
        assert bitmaps.places(walk=walk, most=40_000) == list(range(1, 40_001))
        assert bitmaps.places(walk=replace(walk, beyond=40_000, backwards=True), most=3) == [39_999, 39_998, 39_997]


def test_a_home_of_before_gets_bitmaps_of_its_runs(scene: Scene) -> None:
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE registry_gap SET {_CHANGES[0]}".replace("%", "%%") + " AND run_id = %s", [scene.run])
    try:
        call_command("migrate", "registry", "0003", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('registry_bitmap'), to_regclass('registry_gap_duty')")
            assert cursor.fetchone() == (None, "registry_gap_duty")
    finally:
        call_command("migrate", "registry", verbosity=0)
    for who in ("analyst", "bank"):
        assert _same(scene, who=who, times=10) > PEOPLE / 5
