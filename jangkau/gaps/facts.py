"""What the figures ask of list rows and of people, as arrays: fetched once, whatever is counted from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Group = tuple[Any, Ints]
"""A value and the places of the people who have it, in order."""

OFFICE_PRIOR = 20
"""Rows by which a small office is drawn to the mean rate of faults."""
BATCH_ROWS = 122_880


@dataclass(frozen=True)
class Coded:
    """A column of few different values: for each line the place of its value in ``values``, which may hold None."""

    code: Codes
    values: tuple[Any, ...]


@dataclass(frozen=True)
class RowFacts:
    """The list rows in the order of their record ids. ``person``: the label each belongs to; ``file``: number of the
    file; ``office``: who keyed the row, offices in order; ``poor``: an office that lacks or damages identifier or birth
    date twice as often as all do; ``born``: is the birth date known to the day; ``quarter``: of the list date."""

    person: Ints
    file: Coded
    office: Coded
    poor: Flags
    born: Flags
    region: Coded
    skema: Coded
    quarter: Coded


def row_facts(*, connection: duckdb.DuckDBPyConnection, person: Ints) -> RowFacts:
    """Read list_row_read once, in its order. An office is poor by its share of faulty rows, small offices drawn to the
    mean; a row without birth date is faulty where other rows of its file have one."""
    files = connection.execute("SELECT file_no, has_birth_date FROM source_file ORDER BY file_no").fetchall()
    rows = connection.sql(
        "SELECT office, substr(kode_wilayah, 1, 4) AS region, skema, "
        "year(tanggal) || '-Q' || quarter(tanggal) AS quarter, file_no, "
        "(NOT coalesce(nik_usable AND nik_valid, FALSE))::TINYINT + coalesce(contradicts, FALSE)::TINYINT AS faults, "
        "(CASE WHEN lahir_presisi = 'day' THEN 0 WHEN lahir_presisi IS NULL THEN 2 ELSE 1 END)::TINYINT AS birth "
        "FROM list_row_read"
    ).to_arrow_reader(BATCH_ROWS)
    texts = {name: _Coding() for name in ("office", "region", "skema", "quarter")}
    plain: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in ("file_no", "faults", "birth")}
    for batch in rows:
        for name, coding in texts.items():
            coding.add(batch.column(name))
        for name, pieces in plain.items():
            pieces.append(batch.column(name).to_numpy())
    file, faults, birth = (np.concatenate(pieces) if pieces else np.zeros(0, np.int8) for pieces in plain.values())
    dated = np.zeros(max((number for number, _ in files), default=0) + 1, dtype=bool)
    dated[[number for number, _ in files]] = [bool(has) for _, has in files]
    faults = faults + ((birth == 1) | ((birth == 2) & dated[file]))
    office = texts["office"].coded(ordered=True)
    return RowFacts(
        person=person[: len(file)],
        file=Coded(file.astype(np.int32), tuple(range(len(dated)))),
        office=office,
        poor=_poor(office, faults)[office.code] if len(file) else np.zeros(0, dtype=bool),
        born=birth == 0,
        region=_current(connection, texts["region"].coded()),
        skema=texts["skema"].coded(),
        quarter=texts["quarter"].coded(),
    )


def _poor(office: Coded, faults: npt.NDArray[np.int8]) -> Flags:
    """By office. Two times the mean rate is where it begins."""
    by_office = np.bincount(office.code, weights=faults, minlength=len(office.values))
    rows = np.bincount(office.code, minlength=len(office.values))
    mean = float(faults.sum(dtype=np.int64)) / len(faults)
    flags: Flags = (by_office + OFFICE_PRIOR * mean) / (rows + OFFICE_PRIOR) > 2 * mean
    return flags


def _current(connection: duckdb.DuckDBPyConnection, written: Coded) -> Coded:
    """Region codes as written -> as they are today; None for what is no region."""
    known = dict(connection.execute("SELECT written, code FROM known_region").fetchall())
    codes = [known.get(value) for value in written.values]
    values = tuple(dict.fromkeys(codes))
    place = {value: number for number, value in enumerate(values)}
    return Coded(np.array([place[code] for code in codes], np.int32)[written.code], values)


class _Coding:
    """Turns batches of texts into codes, new texts as they come."""

    def __init__(self) -> None:
        self._known: dict[str | None, int] = {}
        self._pieces: list[Codes] = []

    def add(self, column: pa.Array) -> None:
        encoded = column.dictionary_encode(null_encoding="encode")
        here = [self._known.setdefault(text, len(self._known)) for text in encoded.dictionary.to_pylist()]
        self._pieces.append(np.array(here, np.int32)[encoded.indices.to_numpy(zero_copy_only=False)])

    def coded(self, *, ordered: bool = False) -> Coded:
        code = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.int32)
        if not ordered:
            return Coded(code, tuple(self._known))
        values = sorted(self._known, key=lambda text: (text is None, text or ""))
        place = {text: number for number, text in enumerate(values)}
        return Coded(
            np.array([place[text] for text in self._known], np.int32)[code] if len(code) else code, tuple(values)
        )


def row_marks(*, facts: RowFacts) -> pa.Table:
    """What SQL asks of each row beside its own columns: person, is it his only one, region4, poor_office."""
    rows_of = np.bincount(facts.person, minlength=1)
    region = pa.DictionaryArray.from_arrays(pa.array(facts.region.code), pa.array(facts.region.values, pa.string()))
    return pa.table(
        {
            "person": facts.person,
            "alone": rows_of[facts.person] == 1,
            "region4": region.cast(pa.string()) if len(facts.region.values) else pa.array([], pa.string()),
            "poor_office": facts.poor,
        }
    )


@dataclass(frozen=True)
class PersonFacts:
    """The people in the order of their labels: what the law, the estimate and the groups ask of each.

    ``age`` and ``name`` are groups of the linkage quality; ``duty_rank``: -1 where no loan says anything;
    ``loan``: type and size of his loan.
    """

    label: Ints
    rows: Ints
    gone: Flags
    insured_elsewhere: Flags
    outside_age: Flags
    says_not_working: Flags
    duty_rank: npt.NDArray[np.int8]
    nik_usable: Flags
    born: Flags
    poor: Flags
    region: Coded
    sex: Coded
    age: Coded
    name: Coded
    loan: Coded


def person_facts(*, connection: duckdb.DuckDBPyConnection, outside_age: str, age: str, loan: str) -> PersonFacts:
    """Read the table person once. ``outside_age``, ``age`` and ``loan`` are SQL over its columns: a yes or no, a group,
    and a word."""
    table = connection.sql(
        f"""
        SELECT person, n_rows, coalesce(dead, FALSE) AS gone, coalesce(insured_elsewhere, FALSE) AS insured_elsewhere,
            coalesce({outside_age}, FALSE) AS outside_age, coalesce(says_not_working, FALSE) AS says_not_working,
            coalesce(duty_rank, -1) AS duty_rank, coalesce(nik_usable, FALSE) AS nik_usable,
            coalesce(born_known, FALSE) AS born, coalesce(poor_office, FALSE) AS poor,
            region_code AS region, sex, {age} AS age, {loan} AS loan,
            CASE WHEN name IS NULL THEN NULL WHEN contains(trim(name), ' ') THEN 'several_words' ELSE 'one_word' END
                AS name
        FROM person
        """
    ).to_arrow_reader(BATCH_ROWS)
    texts = {name: _Coding() for name in ("region", "sex", "age", "name", "loan")}
    plain: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in table.schema.names if name not in texts}
    for batch in table:
        for name, coding in texts.items():
            coding.add(batch.column(name))
        for name, pieces in plain.items():
            pieces.append(batch.column(name).to_numpy(zero_copy_only=False))
    columns = {name: np.concatenate(pieces) if pieces else np.zeros(0, np.int8) for name, pieces in plain.items()}
    label = columns.pop("person").astype(np.int64)
    order = np.argsort(label, kind="stable")

    def yes(name: str) -> Flags:
        return columns[name].astype(bool)[order]

    def coded(name: str) -> Coded:
        whole = texts[name].coded()
        return Coded(whole.code[order], whole.values)

    return PersonFacts(
        label=label[order],
        rows=columns["n_rows"].astype(np.int64)[order],
        gone=yes("gone"),
        insured_elsewhere=yes("insured_elsewhere"),
        outside_age=yes("outside_age"),
        says_not_working=yes("says_not_working"),
        duty_rank=columns["duty_rank"].astype(np.int8)[order],
        nik_usable=yes("nik_usable"),
        born=yes("born"),
        poor=yes("poor"),
        region=coded("region"),
        sex=coded("sex"),
        age=coded("age"),
        name=coded("name"),
        loan=coded("loan"),
    )


def places_of(*, label: Ints, size: int) -> Codes:
    """For each label its place among all, which are in order; 0 for what is none."""
    place = np.zeros(max(size, int(label[-1]) + 1 if len(label) else 0), np.int32)
    place[label] = np.arange(len(label), dtype=np.int32)
    return place


@dataclass(frozen=True)
class RowsOfPeople:
    """The list rows in the order of their people. ``place``: of the person of each; ``order``: the record ids."""

    place: Codes
    order: Ints

    def groups(self, *, coded: Coded, of: Flags | None = None) -> Iterator[Group]:
        """The people by value; a person with several rows of one value counts once. Values nobody has are left out.
        ``of``: which rows are looked at."""
        order, place = self.order, self.place
        if of is not None:
            here = of[order]
            order, place = order[here], place[here]
        yield from groups(coded=Coded(coded.code[order], coded.values), place=place)


def rows_of_people(*, facts: RowFacts, label: Ints) -> RowsOfPeople:
    place = places_of(label=label, size=0)[facts.person]
    order = np.argsort(place, kind="stable")
    return RowsOfPeople(place[order], order)


def groups(*, coded: Coded, place: Codes | None = None) -> Iterator[Group]:
    """The places of people by value. ``place``: of the person of each line, in order; without it a line is a person."""
    values = tuple(dict.fromkeys(coded.values))
    code = coded.code
    if len(values) < len(coded.values):
        number = {value: at for at, value in enumerate(values)}
        code = np.array([number[value] for value in coded.values], np.int32)[code]
    # numpy sorts numbers of 16 bits by counting: ten times as fast
    order = np.argsort(code.astype(np.uint16) if len(values) < 1 << 16 else code, kind="stable")
    ends = np.cumsum(np.bincount(code, minlength=len(values)))
    start = 0
    for value, end in zip(values, ends.tolist(), strict=True):
        here = order[start:end]
        start = end
        if place is not None:
            here = place[here].astype(np.int64)
            here = here[np.concatenate([[True], here[1:] != here[:-1]])] if len(here) else here
        if len(here):
            yield value, here
