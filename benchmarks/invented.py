"""Two Parquet files to link, of any size up to a whole country, with the truth beside them; made once and kept.

`python benchmarks/invented.py FOLDER --left 1000000 --right 5000000` writes to FOLDER

    left.parquet         rec_id, nik, nama, tanggal_lahir, jenis_kelamin, kode_wilayah, no_hp, office: all list rows
    right.parquet        kpj, nik, nama, tanggal_lahir, jenis_kelamin, kode_wilayah, no_hp: the register
    truth.parquet        left_id, right_id: every true pair, with all KPJ of one person
    left_person.parquet  left_id, person
    left_truth.parquet   left_id, list, office, batch, careless, region, sex, age, words, member; what became of nik,
                         name and birth date

It is the invented world of `jangkau demo`, block by block, without the habits of file formats: every cell is text,
dates are YYYY-MM-DD, phone numbers 08... Without FOLDER it makes a small pair, throws it away and says how fast it
went.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jangkau.demo.block import Block, Damaged, World
from jangkau.demo.columns import pick, region_texts, texts
from jangkau.demo.damage import BIRTH_FATES, NAME_FATES, NIK_FATES
from jangkau.demo.formats import dated
from jangkau.demo.habits import HABITS
from jangkau.demo.invent import world_of
from jangkau.demo.land import land
from jangkau.demo.naming import last_position
from jangkau.demo.people import AS_OF, ages_on
from jangkau.demo.rates import Rates
from jangkau.demo.senders import LISTS, NON_ASN, REGIONAL, VILLAGE
from jangkau.demo.strain import batches
from jangkau.demo.writing import PHONE_MISSING, REGISTER_PHONE, SEX_MISSING, changed_phones, register_districts

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Raise when the same arguments make other bytes: kept folders of before are then made again.
VERSION = 3
_UPPER = np.array([habit.upper for habit in sorted(HABITS, key=lambda habit: habit.file)])
_WITHOUT_PHONE = (REGIONAL, NON_ASN, VILLAGE)
_WITHOUT_SEX = (REGIONAL,)
_ROW_GROUP = 250_000
_WORKERS = 2


@dataclass(frozen=True)
class Pair:
    """Where the files are, and how many rows and true pairs they hold."""

    left: Path
    right: Path
    truth: Path
    left_person: Path
    left_truth: Path
    left_rows: int
    right_rows: int
    pairs: int


@dataclass(frozen=True)
class _Wish:
    """What makes the bytes: kept beside the files, so that they are made once."""

    left_rows: int
    right_rows: int
    seed: int
    provinces: tuple[str, ...] | None
    rates: Rates
    correlated: bool
    version: int = VERSION

    def world(self) -> World:
        world = world_of(
            ground=land(self.provinces),
            rates=self.rates,
            seed=self.seed,
            register=self.right_rows,
            lists=self.left_rows,
            parquet=True,
        )
        return replace(world, correlated=self.correlated)

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


def invented_pair(
    *,
    folder: Path,
    left_rows: int,
    right_rows: int,
    seed: int,
    provinces: tuple[str, ...] | None = None,
    rates: Rates | None = None,
    correlated: bool = False,
) -> Pair:
    """The pair in `folder`, made now unless it is there already with these arguments. `provinces` None: all.

    ValueError: too few register rows for so many list rows (0.45 times as many and 100 are needed).
    """
    if left_rows < 1 or right_rows < 0.45 * left_rows + 100:
        raise ValueError(f"{right_rows} register rows are too few for {left_rows} list rows")
    wish = _Wish(left_rows, right_rows, seed, provinces, rates or Rates(), correlated)
    made = folder / "made_with.json"
    if not (made.exists() and made.read_text(encoding="utf-8") == wish.as_json()):
        folder.mkdir(parents=True, exist_ok=True)
        _make(folder, wish)
        made.write_text(wish.as_json(), encoding="utf-8")
    pairs = pq.read_metadata(folder / "truth.parquet").num_rows
    return Pair(
        left=folder / "left.parquet",
        right=folder / "right.parquet",
        truth=folder / "truth.parquet",
        left_person=folder / "left_person.parquet",
        left_truth=folder / "left_truth.parquet",
        left_rows=left_rows,
        right_rows=right_rows,
        pairs=pairs,
    )


def _make(folder: Path, wish: _Wish) -> None:
    blocks = len(wish.world().list_rows)
    # The register's blocks come in another order than the lists', so that neighbours there are not neighbours here.
    order = [int(number) for number in np.random.default_rng([wish.seed, 6]).permutation(blocks)]
    tasks = [(wish, "left", number) for number in range(blocks)] + [(wish, "right", number) for number in order]
    with tempfile.TemporaryDirectory(dir=folder, prefix="making-") as unfinished:
        writers: dict[str, pq.ParquetWriter] = {}
        for tables in _worked(tasks):
            for name, table in tables.items():
                if name not in writers:
                    path = Path(unfinished) / f"{name}.parquet"
                    writers[name] = pq.ParquetWriter(path, table.schema, compression="snappy")
                writers[name].write_table(table, row_group_size=_ROW_GROUP)
        for writer in writers.values():
            writer.close()
        (folder / "made_with.json").unlink(missing_ok=True)
        for name in writers:
            (Path(unfinished) / f"{name}.parquet").replace(folder / f"{name}.parquet")


def _worked(tasks: list[tuple[_Wish, str, int]]) -> Iterator[dict[str, pa.Table]]:
    """Results in order from two processes, at most three tasks ahead: memory does not grow with the size."""
    if len(tasks) <= 2:
        yield from map(_task, tasks)
        return
    with ProcessPoolExecutor(max_workers=_WORKERS, mp_context=get_context("spawn")) as pool:
        waiting: list[Future[dict[str, pa.Table]]] = []
        for task in tasks:
            waiting.append(pool.submit(_task, task))
            if len(waiting) > _WORKERS:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


_worlds: dict[_Wish, World] = {}


def _task(task: tuple[_Wish, str, int]) -> dict[str, pa.Table]:
    wish, side, number = task
    if wish not in _worlds:
        _worlds.clear()
        _worlds[wish] = wish.world()
    block = Block(world=_worlds[wish], number=number)
    return _left(block) if side == "left" else {"right": _right(block)}


def _left(block: Block) -> dict[str, pa.Table]:
    world, side, as_written = block.world, block.lists, block.written_lists()
    people, rows = side.people, side.rows
    rng = np.random.default_rng([world.seed, block.number, 50])
    first = sum(world.list_rows[: block.number])
    rec_id = texts(np.arange(first, first + len(rows)) + 1)
    phone_there = (rng.random(len(rows)) >= PHONE_MISSING) & ~np.isin(rows.file, _WITHOUT_PHONE)
    sex_there = (rng.random(len(rows)) >= SEX_MISSING) & ~np.isin(rows.file, _WITHOUT_SEX)
    region_there = rng.random(len(rows)) >= world.rates.region_missing
    upper = pa.array(_UPPER[rows.file])
    left = pa.table(
        {
            "rec_id": rec_id,
            "nik": as_written.nik,
            "nama": pc.if_else(upper, pc.utf8_upper(as_written.name), as_written.name),
            "tanggal_lahir": _births(as_written),
            "jenis_kelamin": pick(words=("L", "P"), index=as_written.female.astype(np.int32), mask=~sex_there),
            "kode_wilayah": pick(
                words=region_texts(land=world.land, style="four"), index=rows.district, mask=~region_there
            ),
            "no_hp": _phones(people.phone[rows.owner], phone_there, rng),
            "office": texts(rows.office),
        }
    )
    kpj = side.memberships
    order = np.argsort(rows.owner, kind="stable")
    starts = np.searchsorted(rows.owner[order], kpj.owner, side="left")
    ends = np.searchsorted(rows.owner[order], kpj.owner, side="right")
    times = ends - starts
    within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    row_of_pair = order[np.repeat(starts, times) + within]
    pairs = pa.table({"left_id": rec_id.take(pa.array(row_of_pair)), "right_id": texts(np.repeat(kpj.kpj, times))})
    person = pa.table({"left_id": rec_id, "person": people.person[rows.owner]})
    return {"left": left, "truth": pairs, "left_person": person, "left_truth": _groups(block, as_written, rec_id)}


def _groups(block: Block, as_written: Damaged, rec_id: pa.Array) -> pa.Table:
    """By what recall is to be told: list, office, region, sex, age, one-word names, kinds of error."""
    side, ground = block.lists, block.world.land
    owner = side.rows.owner
    member = np.zeros(len(side.people), dtype=bool)
    member[side.memberships.owner] = True
    return pa.table(
        {
            "left_id": rec_id,
            "list": pick(words=LISTS, index=side.rows.file),
            "office": texts(side.rows.office),
            "batch": texts(batches(rows=side.rows)),
            "careless": as_written.careless,
            "region": pick(words=ground.regencies, index=ground.regency[side.people.home[owner]]),
            "sex": pick(words=("L", "P"), index=side.people.female[owner].astype(np.int32)),
            "age": ages_on(side.people.birth[owner], AS_OF).astype(np.int32),
            "words": (last_position(side.people.tokens[owner]) + 1).astype(np.int32),
            "member": member[owner],
            "nik": pick(words=NIK_FATES, index=as_written.nik_fate),
            "name": pick(words=NAME_FATES, index=as_written.name_fate),
            "birth": pick(words=BIRTH_FATES, index=as_written.birth_fate),
        }
    )


def _right(block: Block) -> pa.Table:
    world, side = block.world, block.register()
    people, owner, as_written = side.people, side.memberships.owner, side.written
    rng = np.random.default_rng([world.seed, block.number, 51])
    district = register_districts(people=people, owner=owner, rng=rng)
    there = rng.random(len(owner)) < REGISTER_PHONE * (1 - PHONE_MISSING)
    return pa.table(
        {
            "kpj": texts(side.memberships.kpj),
            "nik": as_written.nik,
            "nama": pc.utf8_upper(as_written.name),
            "tanggal_lahir": _births(as_written),
            "jenis_kelamin": pick(words=("L", "P"), index=as_written.female.astype(np.int32)),
            "kode_wilayah": pick(words=region_texts(land=world.land, style="four"), index=district),
            "no_hp": _phones(people.phone[owner], there, rng),
        }
    )


def _births(as_written: Damaged) -> pa.Array:
    """Missing where the clerk left it out or wrote only the year."""
    gone = pa.array(np.isin(as_written.birth_fate, (BIRTH_FATES.index("missing"), BIRTH_FATES.index("year_only"))))
    return pc.if_else(gone, pa.scalar(None, pa.string()), dated(day=as_written.birth, style="iso"))


def _phones(phone: Longs, there: Flags, rng: np.random.Generator) -> pa.Array:
    national = texts(changed_phones(phone=phone, rng=rng) - 62 * 10**11)
    text = pc.binary_join_element_wise("0", national, "")
    return pc.if_else(pa.array(there), text, pa.scalar(None, pa.string()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="where to keep the pair")
    parser.add_argument("--left", type=int, default=20_000, help="list rows")
    parser.add_argument("--right", type=int, default=100_000, help="register rows")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--provinces", help="codes, e.g. 12,71; all when not given")
    parser.add_argument("--errors", choices=("default", "doubled", "correlated"), default="default")
    arguments = parser.parse_args()
    provinces = tuple(arguments.provinces.split(",")) if arguments.provinces else None
    with tempfile.TemporaryDirectory() as spare:
        began = time.monotonic()
        pair = invented_pair(
            folder=arguments.folder or Path(spare),
            left_rows=arguments.left,
            right_rows=arguments.right,
            seed=arguments.seed,
            provinces=provinces,
            rates=Rates().doubled() if arguments.errors == "doubled" else None,
            correlated=arguments.errors == "correlated",
        )
        seconds = time.monotonic() - began
        print(f"{pair.left_rows} x {pair.right_rows} rows, {pair.pairs} true pairs: {seconds:.1f} s")
        for path in (pair.left, pair.right, pair.truth, pair.left_person, pair.left_truth):
            print(f"  {path.name:<20} {path.stat().st_size / 1e6:>9.1f} MB")


if __name__ == "__main__":
    main()
