"""Invents provinces of people, lists and register, and writes the truth beside them."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jangkau.complaints import Complaint, Text
from jangkau.demo import truth
from jangkau.demo.block import Block, Damaged, World
from jangkau.demo.branches import write_branches
from jangkau.demo.columns import office_names
from jangkau.demo.formats import Sheet, open_sheet
from jangkau.demo.habits import HABITS, Habit
from jangkau.demo.land import Land, land
from jangkau.demo.people import AS_OF
from jangkau.demo.rates import Rates
from jangkau.demo.senders import BNI, BRI, MANDIRI, NON_ASN, REGIONAL, REGIONAL_BANKS, SHARES, VILLAGE, offices_of
from jangkau.demo.writing import REGISTER_SCHEMA, list_table, refused_register_rows, refused_rows, register_table

Format = Literal["auto", "files", "parquet"]
Progress = Callable[[int, int], None]

# Above this many list rows nobody sends text files or XLSX; one block holds so many rows that it fits in about 1 GB.
PARQUET_ABOVE = 2_000_000
REGISTER_ROWS_OF_A_BLOCK, LIST_ROWS_OF_A_BLOCK = 600_000, 300_000
XLSX_ROWS = 14_000
ONE_FILE_FOR_ALL_PROVINCES = 4

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Delivery:
    """One list file: who sends it, how he writes, which bank's people of which provinces are in it."""

    path: str
    institution: str
    habit: Habit
    bank: str | None = None
    provinces: tuple[int, ...] | None = None


@dataclass
class Written:
    """What was written, in numbers: rows by file, errors by kind, and the truth's summary."""

    files: dict[str, int] = field(default_factory=dict)
    errors: dict[str, dict[str, int]] = field(default_factory=dict)
    summary: dict[str, object] = field(default_factory=dict)


def invent(
    *,
    folder: Path,
    register: int = 300_000,
    lists: int = 150_000,
    seed: int = 1,
    provinces: tuple[str, ...] | None = None,
    rates: Rates | None = None,
    correlated: bool = False,
    form: Format = "auto",
    progress: Progress | None = None,
) -> Written:
    """Write lists of `lists` rows and a register of `register` rows to `folder`, the truth to `folder/truth`.

    `correlated`: errors are as frequent, but those of one row come together, and whole batches are spoiled.
    The same arguments give the same bytes. Complaint: too few rows, an unknown province, a folder of something else.
    """
    rates = rates or Rates()
    parquet = form == "parquet" or (form == "auto" and lists > PARQUET_ABOVE)
    ground = land(provinces)
    sent = _deliveries(ground, provinces, parquet)
    refused = (
        {delivery.path: refused_rows(habit=delivery.habit, parquet=parquet) for delivery in sent}
        if lists >= 5_000
        else {}
    )
    _check_wishes(register, lists, seed)
    accepted = lists - sum(map(len, refused.values()))
    world = world_of(ground=ground, rates=rates, seed=seed, register=register - 3, lists=accepted, parquet=parquet)
    world = replace(world, correlated=correlated)
    _prepare(folder)
    result = Written()
    total = register + lists
    one = Block(world=world, number=0) if world.blocks == 1 else None
    keeper = truth.Keeper(folder=folder / "truth", world=world)
    _write_lists(
        folder, world, sent, refused, one, keeper, result, lambda done: progress(done, total) if progress else None
    )
    _write_register(
        folder, world, one, keeper, result, lambda done: progress(lists + done, total) if progress else None
    )
    result.summary = keeper.close()
    write_branches(path=folder / "branches.csv", land=ground)
    _write_run(folder, sent)
    return result


def _check_wishes(register: int, lists: int, seed: int) -> None:
    if seed < 0:
        raise Complaint(
            what=Text("Angka awal acak tidak dapat dipakai.", "The seed cannot be used."),
            where=f"--seed {seed}",
            why=Text("Angkanya tidak boleh negatif.", "It must not be negative."),
            do=Text("Misalnya --seed 1", "For example --seed 1"),
        )
    if lists >= 200 and register >= 0.45 * lists + 100:
        return
    raise Complaint(
        what=Text("Ukuran data contoh tidak dapat dibuat.", "Data of that size cannot be invented."),
        where=f"--register {register} --lists {lists}",
        why=Text(
            "Perlu paling sedikit 200 baris daftar, dan register paling sedikit 45 % dari itu ditambah 100 baris.",
            "It takes at least 200 list rows, and a register of at least 45 % of those plus 100 rows.",
        ),
        do=Text("Misalnya --register 300000 --lists 150000", "For example --register 300000 --lists 150000"),
    )


def _deliveries(ground: Land, provinces: tuple[str, ...] | None, parquet: bool) -> list[Delivery]:
    habits = {habit.file: habit for habit in HABITS}

    def path(stem: str, habit: Habit) -> str:
        return stem + (".parquet" if parquet else habit.suffix)

    simple = [(BRI, "kur_bri", "BRI"), (MANDIRI, "kur_mandiri", "Mandiri"), (BNI, "kur_bni", "BNI")]
    sent = [Delivery(path(stem, habits[file]), bank, habits[file], bank) for file, stem, bank in simple]
    regional = habits[REGIONAL]
    if provinces is None or len(provinces) > ONE_FILE_FOR_ALL_PROVINCES:
        sent.append(Delivery(path("kur_bank_daerah", regional), "Bank Daerah", regional))
    else:
        for bank in dict.fromkeys(REGIONAL_BANKS[code] for code in provinces):
            numbers = tuple(ground.provinces.index(code) for code in provinces if REGIONAL_BANKS[code] == bank)
            stem = f"kur_{bank.lower().replace(' ', '_')}"
            sent.append(Delivery(path(stem, regional), bank, regional, bank, numbers))
    rest = (
        *((4, "prakerja_2020", "Prakerja"), (5, "prakerja_2021", "Prakerja")),
        *((NON_ASN, "tenaga_non_asn", "Pemerintah Daerah"), (VILLAGE, "perangkat_desa", "Pemerintah Desa")),
    )
    return sent + [Delivery(path(stem, habits[file]), name, habits[file]) for file, stem, name in rest]


def world_of(*, ground: Land, rates: Rates, seed: int, register: int, lists: int, parquet: bool) -> World:
    """What all blocks of so many rows share. `parquet`: no list has to fit into a worksheet."""
    shares = SHARES.copy()
    if not parquet:  # what does not fit into one worksheet of a sensible size is left to the largest bank
        shares[NON_ASN] = min(shares[NON_ASN], XLSX_ROWS / lists)
        shares[BRI] += 1 - shares.sum()
    blocks = max(1, -(-register // REGISTER_ROWS_OF_A_BLOCK), -(-lists // LIST_ROWS_OF_A_BLOCK))
    offices = offices_of(land=ground, rates=rates, seed=seed)
    return World(
        land=ground,
        offices=offices,
        office_names=tuple(office_names(offices=offices, land=ground, file=file) for file in range(len(SHARES))),
        rates=rates,
        seed=seed,
        shares=shares / shares.sum(),
        list_rows=_parts(lists, blocks),
        register_rows=_parts(register, blocks),
    )


def _parts(total: int, count: int) -> tuple[int, ...]:
    return tuple(total * (number + 1) // count - total * number // count for number in range(count))


def _prepare(folder: Path) -> None:
    """An empty folder, or one that an earlier demo wrote or began to write: its files are replaced."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / "truth").is_dir())):
        raise Complaint(
            what=Text("Folder tidak kosong.", "The folder is not empty."),
            where=str(folder),
            why=Text(
                "Isinya bukan data contoh; tidak ditimpa.",
                "It holds something else than demo data; it is not overwritten.",
            ),
            do=Text("Pilih folder baru.", "Choose a new folder."),
        )
    for pattern in ("kur_*", "prakerja_*", "tenaga_non_asn.*", "perangkat_desa.*", "register.parquet"):
        for old in folder.glob(pattern):
            old.unlink()
    if (folder / "truth").exists():
        shutil.rmtree(folder / "truth")
    (folder / "truth").mkdir(parents=True)


def _ahead(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Results in order, one item ahead: two blocks at a time are in memory, whatever their number."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _positions(block: Block, delivery: Delivery) -> npt.NDArray[np.int64]:
    rows, people = block.lists.rows, block.lists.people
    mine = rows.file == delivery.habit.file
    if delivery.provinces is not None:
        mine &= np.isin(block.world.land.province[people.home[rows.owner]], delivery.provinces)
    return np.flatnonzero(mine)


def _write_lists(
    folder: Path,
    world: World,
    sent: list[Delivery],
    refused: dict[str, list[tuple[str, list[str], bytes | None]]],
    one: Block | None,
    keeper: truth.Keeper,
    result: Written,
    progress: Callable[[int], None],
) -> None:
    sheets = {delivery.path: open_sheet(path=folder / delivery.path, habit=delivery.habit) for delivery in sent}

    def work(number: int) -> tuple[Block, Damaged, list[tuple[Delivery, npt.NDArray[np.int64], pa.Table]]]:
        block = one or Block(world=world, number=number)
        damaged, tables = block.written_lists(), []
        for delivery in sent:
            at = _positions(block, delivery)
            tables.append(
                (
                    delivery,
                    at,
                    list_table(block=block, damaged=damaged, positions=at, habit=delivery.habit, bank=delivery.bank),
                )
            )
        return block, damaged, tables

    done = 0
    for block, damaged, tables in _ahead(work, range(world.blocks)):
        keeper.people(block)
        for delivery, at, table in tables:
            bad = refused.get(delivery.path, []) if block.number == 0 else []
            lines = _put(sheets[delivery.path], table, bad, keeper, delivery.path)
            keeper.list_rows(delivery.path, block, damaged, at, lines)
            result.files[delivery.path] = result.files.get(delivery.path, 0) + table.num_rows + len(bad)
            done += table.num_rows
        _count(result.errors, "lists", damaged)
        progress(done)
    for sheet in sheets.values():
        sheet.close()


def _put(
    sheet: Sheet, table: pa.Table, bad: list[tuple[str, list[str], bytes | None]], keeper: truth.Keeper, path: str
) -> npt.NDArray[np.int64]:
    """Write rows, the refused ones in the middle; the line of each good row."""
    half = table.num_rows // 2 if bad else table.num_rows
    first = sheet.line + 1
    sheet.rows(table.slice(0, half))
    for reason, cells, raw in bad:
        sheet.refused(cells, raw)
        keeper.refused(path, sheet.line, reason)
    second = sheet.line + 1
    if half < table.num_rows:
        sheet.rows(table.slice(half))
    return np.concatenate([np.arange(first, first + half), np.arange(second, second + table.num_rows - half)])


def _write_register(
    folder: Path,
    world: World,
    one: Block | None,
    keeper: truth.Keeper,
    result: Written,
    progress: Callable[[int], None],
) -> None:
    """Blocks in another order than on the lists, so that neighbours there are not neighbours here."""
    line = 0
    order = [int(number) for number in np.random.default_rng([world.seed, 6]).permutation(world.blocks)]
    with pq.ParquetWriter(folder / "register.parquet", REGISTER_SCHEMA, compression="zstd") as writer:
        for number, (table, identity, damaged) in zip(
            order,
            _ahead(lambda number: register_table(block=one or Block(world=world, number=number)), order),
            strict=True,
        ):
            writer.write_table(table, row_group_size=250_000)
            keeper.register_rows(identity, line + 1)
            line += table.num_rows
            if number == 0:
                bad = refused_register_rows()
                writer.write_table(bad)
                for offset, reason in enumerate(("same_kpj", "same_kpj", "neither_nik_nor_name_and_birth")):
                    keeper.refused("register.parquet", line + 1 + offset, reason)
                line += bad.num_rows
            _count(result.errors, "register", damaged)
            progress(line)
    result.files["register.parquet"] = line


def _count(errors: dict[str, dict[str, int]], side: str, damaged: Damaged) -> None:
    counts = errors.setdefault(side, {"rows": 0, "in_careless_offices": 0})
    counts["rows"] += len(damaged.birth)
    for kind, names, fate in truth.fates(damaged):
        for name, number in zip(names[1:], np.bincount(fate, minlength=len(names))[1:], strict=True):
            counts[f"{kind}_{name}"] = counts.get(f"{kind}_{name}", 0) + int(number)
    wrong = sum((fate > 0).astype(np.int64) for _, _, fate in truth.fates(damaged))
    counts["in_careless_offices"] += int(np.sum(wrong * damaged.careless))


def _write_run(folder: Path, sent: list[Delivery]) -> None:
    lines = [f"as_of: {AS_OF}", "register: {file: register.parquet, layout: register}", "lists:"]
    lines += [f"  - {{file: {d.path}, layout: {d.habit.layout}, institution: {d.institution}}}" for d in sent]
    lines.append("branches: branches.csv")
    (folder / "run.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


__all__ = ["Written", "invent", "world_of"]
