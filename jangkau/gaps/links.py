"""The linkage of a run: rows brought together into people, people looked for in the register."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from jangkau.complaints import Text
from jangkau.gaps import gap, records, tables
from jangkau.gaps.decisions import read_decisions, references
from jangkau.gaps.facts import RowFacts
from jangkau.gaps.folder import Plan
from jangkau.gaps.membership import Matches, match, members
from jangkau.gaps.memory import Budget
from jangkau.gaps.pairs import NAME, NIK, Compared, compared, comparer, without_pairs
from jangkau.gaps.people import Decided, Known, Rows, gather, joined_through_register
from jangkau.gaps.steps import Clockwork
from jangkau.linkage import engine
from jangkau.linkage.engine import Linkage, Ready
from jangkau.linkage.kernels.packing import DATE_BITS
from jangkau.linkage.lines import Lines
from jangkau.linkage.method import Method
from jangkau.linkage.weights import Weights
from jangkau.lists import Reading

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Linked:
    """Everything the linkage found out."""

    rows: Rows
    facts: RowFacts
    between_rows: Compared
    row_weights: Weights
    member_weights: Weights
    matches: Matches
    member: gap.Ints
    register_rows: int
    decided: Decided
    warnings: tuple[Text, ...]


def link(
    *,
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    method: Method,
    readings: list[Reading],
    threads: int | None,
    scratch: Path,
    clockwork: Clockwork,
    budget: Budget,
) -> Linked:
    """Link everything that was read; leaves the tables of people and of the register rows at hand behind."""
    threads = threads or os.cpu_count() or 1
    with clockwork.step("prepare", Text("Menyiapkan nama dan NIK", "Preparing names and NIKs")):
        budget.for_sql()
        passes = budget.passes(rows=sum(one.counts.accepted for one in readings if one.layout != "register"))
        lists = records.make_lists(connection=connection, scratch=scratch, passes=passes)
        budget.for_arrays()
        register = records.register_source(readings=readings)
        method = records.method_as_of(method=method, as_of=plan.as_of)
        ready = engine.prepare(left=lists, right=register, method=method, threads=threads, keep_empty=True)
    with clockwork.step("members", Text("Mencari mereka di register", "Finding them in the register")):
        with_register = engine.against(ready=ready, right=register, threads=threads, unique=False)
        budget.for_sql(ready, with_register)
        right = _right_records(connection, plan, readings, with_register)
        between_register = compared(linkage=with_register, right=right)
        with_register = without_pairs(linkage=with_register)
        tables.load_protection(connection=connection, as_of=plan.as_of)
    with clockwork.step(
        "people", Text("Mencari orang yang sama di daftar-daftar", "Finding the same person across lists")
    ):
        budget.for_arrays()
        between_rows, row_weights = _within(ready, threads)
        ready = ready.without_index()
        decided, unknown = read_decisions(path=plan.decisions, connection=connection)
        familiar = known(connection=connection, ready=ready, with_register=between_register)
        rows = gather(known=familiar, method=method, compared=between_rows, weights=row_weights, decided=decided)
        lines, member = _register(
            connection, ready, rows, partial(budget.for_sql, ready, between_register, between_rows)
        )
        budget.for_arrays()
        matches, rows = _matches(ready, with_register, lines, member, between_register, rows, decided)
        del lines, between_register, familiar, ready
        budget.for_sql(rows, between_rows, matches)
        facts = tables.make_people(connection=connection, person=rows.person)
    return Linked(
        rows, facts, between_rows, row_weights, with_register.weights, matches, member, with_register.right_rows,
        decided, _warnings(unknown, with_register),
    )  # fmt: skip


def _right_records(
    connection: duckdb.DuckDBPyConnection, plan: Plan, readings: list[Reading], linkage: Linkage
) -> Ints:
    """The record id of each pair's register row; the rows found become records."""
    numbers, place = np.unique(linkage.pairs.b, return_inverse=True)
    rids = records.make_register(
        connection=connection, readings=readings, wanted=numbers, references=references(path=plan.decisions)
    )
    right: Ints = rids[place] if len(rids) else np.zeros(0, np.int64)
    return right


def _within(ready: Ready, threads: int) -> tuple[Compared, Weights]:
    """List rows with list rows."""
    linkage = engine.within(ready=ready, threads=threads)
    return compared(linkage=linkage), linkage.weights


def _register(
    connection: duckdb.DuckDBPyConnection, ready: Ready, rows: Rows, for_sql: Callable[..., None]
) -> tuple[Lines, Ints]:
    """The register rows at hand as lines, and the member each belongs to."""
    first = int(np.count_nonzero(rows.is_list))
    lines = records.register_lines(connection=connection, ready=ready)
    for_sql(rows, lines)
    records.register_names(connection=connection, lines=lines, ready=ready, first=first)
    return lines, members(connection=connection, size=len(rows.person))


def _matches(
    ready: Ready,
    linkage: Linkage,
    lines: Lines,
    member: Ints,
    pairs: Compared,
    rows: Rows,
    decided: Decided,
) -> tuple[Matches, Rows]:
    """People against members; people who are certainly one member are one person, and are matched again."""
    find = partial(
        match,
        comparer=comparer(ready=ready, linkage=linkage, register=lines),
        method=linkage.method,
        compared=pairs,
        member=member,
        weights=linkage.weights,
        decided=decided,
    )
    matches = find(rows=rows)
    certain = matches.probability >= linkage.method.high
    joined = joined_through_register(rows=rows, person=matches.person[certain], member=matches.member[certain])
    if not np.array_equal(joined.person, rows.person):
        rows, matches = joined, find(rows=joined)
    return matches, rows


def known(*, connection: duckdb.DuckDBPyConnection, ready: Ready, with_register: Compared) -> Known:
    """What the gathering must know of each record. ``with_register``: whose NIK and name the register has together."""
    table = connection.sql(
        "SELECT nik_valid, coalesce(lahir_presisi = 'day', FALSE) AS born_to_the_day, "
        "coalesce(ref = lag(ref) OVER (), FALSE) AS repeats FROM list_row_read"
    ).to_arrow_table()
    valid, to_the_day, repeats = (
        table.column(name).fill_null(False).to_numpy() for name in ("nik_valid", "born_to_the_day", "repeats")
    )
    lists = len(valid)
    (size,) = connection.sql("SELECT count(*) FROM register_record").fetchall()[0]
    words, at = (
        ready.side.lines.words,
        {one.name: k for k, one in zip(ready.shape.at, ready.method.fields, strict=True)},
    )
    nik = np.where(valid, _joined(words, at["nik"]), np.uint64(0))
    born = np.where(to_the_day, words[:, at["tanggal_lahir"]] & DATE_BITS, np.uint32(0)).astype(np.uint64)
    name = _joined(words, at["nama"])
    both = (with_register.patterns.of(NIK) == 1) & (with_register.patterns.of(NAME) == 1)
    rows = with_register.a[both]
    member = np.zeros(lists, np.uint64)
    member[rows] = np.where(valid[rows], name[rows], np.uint64(0))
    rest = np.zeros(int(size), np.uint64)
    none = np.zeros(int(size), dtype=bool)
    return Known(
        np.concatenate([np.ones(lists, dtype=bool), none]),
        np.concatenate([repeats, none]),
        *(np.concatenate([column, rest]) for column in (nik, member, born)),
    )


def _joined(words: npt.NDArray[np.uint32], at: int) -> npt.NDArray[np.uint64]:
    return (words[:, at].astype(np.uint64) << np.uint64(32)) | words[:, at + 1]


def _warnings(unknown: int, linkage: Linkage) -> tuple[Text, ...]:
    if not unknown:
        return _told(linkage)
    return (
        *_told(linkage),
        Text(
            f"{unknown} keputusan tidak mengenai baris mana pun di daftar sekarang.",
            f"{unknown} decisions concern no row of these lists.",
        ),
    )


def _told(linkage: Linkage) -> tuple[Text, ...]:
    """What the reader of a run should know of the linkage: few numbers to train on; keys that were left out."""
    return linkage.notes
