"""The linkage of a run: rows brought together into people, people looked for in the register."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import duckdb
import numpy as np

from jangkau.complaints import Text
from jangkau.gaps import gap, tables
from jangkau.gaps.decisions import read_decisions
from jangkau.gaps.folder import Plan
from jangkau.gaps.membership import Matches, match, members
from jangkau.gaps.people import Decided, Rows, gather, joined_through_register
from jangkau.gaps.steps import Clockwork
from jangkau.linkage.first import records
from jangkau.linkage.first.engine import Compared, compare, weights_for
from jangkau.linkage.first.method import Method
from jangkau.linkage.first.records import LIST, REGISTER
from jangkau.linkage.first.weights import Weights
from jangkau.lists import Reading


@dataclass(frozen=True)
class Linked:
    """Everything the linkage found out."""

    rows: Rows
    between_rows: Compared
    row_weights: Weights
    member_weights: Weights
    matches: Matches
    member: gap.Ints
    decided: Decided
    warnings: tuple[Text, ...]


def link(
    *,
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    method: Method,
    readings: list[Reading],
    clockwork: Clockwork,
) -> Linked:
    """Link everything the tables of the run hold; leaves the tables of people behind."""
    with clockwork.step("prepare", Text("Menyiapkan nama dan NIK", "Preparing names and NIKs")):
        size = records.prepare(
            connection=connection, sources=tables.sources(readings=readings), method=method, latest=plan.as_of
        )
        decided, unknown = read_decisions(path=plan.decisions, connection=connection)
    with clockwork.step(
        "people", Text("Mencari orang yang sama di daftar-daftar", "Finding the same person across lists")
    ):
        between_rows = compare(connection=connection, method=method, right=LIST)
        row_weights = weights_for(connection=connection, method=method, compared=between_rows, right=LIST)
        rows = gather(connection=connection, method=method, compared=between_rows, weights=row_weights, decided=decided)
    with clockwork.step("members", Text("Mencari mereka di register", "Finding them in the register")):
        with_register = compare(connection=connection, method=method, right=REGISTER)
        weights = weights_for(connection=connection, method=method, compared=with_register, right=REGISTER)
        member = members(connection=connection, size=size)
        find = partial(
            match,
            connection=connection,
            method=method,
            compared=with_register,
            member=member,
            weights=weights,
            decided=decided,
        )
        matches = find(rows=rows)
        certain = matches.probability >= method.high
        joined = joined_through_register(rows=rows, person=matches.person[certain], member=matches.member[certain])
        if not np.array_equal(joined.person, rows.person):
            rows, matches = joined, find(rows=joined)
        tables.make_people(connection=connection, person=rows.person, as_of=plan.as_of)
    warnings = (
        (
            Text(
                f"{unknown} keputusan tidak mengenai baris mana pun di daftar sekarang.",
                f"{unknown} decisions concern no row of these lists.",
            ),
        )
        if unknown
        else ()
    )
    return Linked(rows, between_rows, row_weights, weights, matches, member, decided, warnings)
