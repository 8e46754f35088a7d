"""Everything that is known about one person: lists, register, evidence, history, duty, and what he would pay."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
from django.db import connection

from jangkau.charts import wording
from jangkau.complaints import Complaint, Text
from jangkau.law.charges import Charges, Facts, charges
from jangkau.law.incomes import ASSUMED, Estimate, estimated_income
from jangkau.places import region_name
from jangkau.platform.registry.filters import sight
from jangkau.platform.registry.models import PersonNote, Run, RunFile
from jangkau.platform.registry.queries import lists_of

_OWN_ACCOUNT = ("kur", "prakerja")
_HIDDEN = frozenset(
    {"nik", "no_kk", "email", "nik_valid", "nik_usable", "flags", "line", "ref", "lahir_presisi", "nama_ibu"}
)
"""Columns of what was read of a list that the page of a person does not repeat."""


_COLUMN = {
    "no_hp": "Telepon", "kode_wilayah": "Wilayah", "jenis_kelamin": "L/P", "skema": "Jenis KUR", "tanggal": "Tanggal",
}  # fmt: skip


@dataclass(frozen=True)
class ListRow:
    """What one row of a list says of somebody: where it stands, what it says, and why it was linked or was not."""

    file: RunFile
    line: int
    decision: str
    reasons: tuple[str, ...]
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Standing:
    """What somebody was in one run."""

    run: int
    as_of: date
    loaded_at: datetime | None
    status: str
    current: bool


@dataclass(frozen=True)
class Decided:
    """A decision about a pair of his, or a pair that waits for one."""

    pair: int
    kind: str
    state: str
    answer: str
    probability: float


@dataclass(frozen=True)
class Price:
    """What joining would cost a month; ``unknown`` says why it cannot be told."""

    charges: Charges | None
    income: Estimate | None
    assumed: Text | None
    unknown: Text | None


@dataclass(frozen=True)
class Person:
    """Somebody in the gap of the newest run that has him and that the reader may see."""

    person: uuid.UUID
    run: Run
    name: str
    birth_date: date | None
    age: int | None
    sex: str
    region: str
    status: str
    open: bool
    duty: str
    kur_type: str
    plafon: int | None
    probability: float | None
    kpj: str
    segment: str
    paid_until: date | None
    phone: str
    last_list_date: date | None
    not_working: bool | None
    nik: str
    rows: tuple[ListRow, ...]
    own_lists: bool
    """The reader sees what the lists of his institution say, and of the register only whether he is protected."""
    history: tuple[Standing, ...]
    pairs: tuple[Decided, ...]
    note: PersonNote | None
    price: Price


_TOLD = (
    "name", "birth_date", "sex", "region", "status", "open", "duty", "kur_type", "plafon", "probability", "kpj",
    "segment", "paid_until", "phone", "last_list_date", "not_working",
)  # fmt: skip
_OF_REGISTER = {"probability": "NULL", "kpj": "''", "segment": "''", "paid_until": "NULL"}
"""What an institution is not told."""


def person(*, which: uuid.UUID) -> Person | None:
    """Somebody whom the scope sees; None otherwise. An institution is told its own rows alone."""
    seen = sight()
    told_sql = ", ".join(_OF_REGISTER.get(name, f"g.{name}") if seen.own_lists else f"g.{name}" for name in _TOLD)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id, r.as_of, r.finished_at, r.current, g.nik_hint, g.list_set, g.rows, {told_sql} "
            f"FROM registry_run AS r JOIN {seen.people} AS g "
            "ON r.id = g.run_id WHERE g.person = %s ORDER BY r.current DESC, r.id DESC",
            [which],
        )
        found = cursor.fetchall()
        if not found:
            return None
        run = Run.objects.get(pk=found[0][0])
        cursor.execute(
            "SELECT id, kind, state, answer, probability FROM registry_pair "
            "WHERE run_id = %s AND (person = %s OR other = %s) ORDER BY id",
            [run.pk, which, which],
        )
        pairs = tuple(Decided(*row) for row in cursor.fetchall())
    nik, list_set, rows = found[0][4:7]
    told = dict(zip(_TOLD, found[0][7:], strict=True))
    history = tuple(Standing(one[0], one[1], one[2], one[7 + _TOLD.index("status")], one[3]) for one in found)
    shown = _list_rows(run, rows, {one.number: one for one in RunFile.objects.filter(run=run)})
    lists = lists_of(run=run, sets={list_set})[list_set]
    cost = price(
        kur_type=told["kur_type"], plafon=told["plafon"], layouts={one.layout for one in lists}, month=run.as_of
    )
    return Person(
        person=which,
        run=run,
        age=_age(told["birth_date"], run.as_of),
        nik=nik,
        rows=shown,
        own_lists=seen.own_lists,
        history=history,
        pairs=pairs,
        note=PersonNote.objects.filter(person=which).first(),  # not with its writer: not everybody sees him
        price=cost,
        **told,
    )


def _age(birth: date | None, on: date) -> int | None:
    return None if birth is None else on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _list_rows(run: Run, rows: list[int], known: dict[int, RunFile]) -> tuple[ListRow, ...]:
    triples = [(rows[at], rows[at + 1], rows[at + 2]) for at in range(0, len(rows), 3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, decision, text FROM registry_reason WHERE run_id = %s AND number = ANY (%s)",
            [run.pk, [reason for _, _, reason in triples]],
        )
        reasons = {number: (decision, text) for number, decision, text in cursor.fetchall()}
    made = []
    for number, line, reason in triples:
        if number in known:
            decision, text = reasons.get(reason, ("none", ""))
            words = tuple(part.strip() for part in text.split(";") if part.strip())
            made.append(ListRow(known[number], line, decision, words, _said(known[number], line)))
    return tuple(made)


def _said(file: RunFile, line: int) -> tuple[tuple[str, str], ...]:
    """The row as it was read, as long as its delivery is kept; nothing otherwise."""
    path = file.rows_read
    if path is None:
        return ()
    try:
        with duckdb.connect() as duck:
            found = duck.execute("SELECT * FROM read_parquet(?) WHERE line = ?", [str(path), line])
            columns = [one[0] for one in found.description]
            row = found.fetchone()
    except duckdb.Error:
        return ()
    if row is None:
        return ()
    return tuple(
        (_COLUMN.get(name, name.replace("_", " ").capitalize()), _written(name, value))
        for name, value in zip(columns, row, strict=True)
        if name not in _HIDDEN and value not in (None, "")
    )


def _written(name: str, value: Any) -> str:
    if isinstance(value, date):
        return wording.day(iso=value.isoformat()[:10]).id
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if name == "plafon":
        return wording.rupiah(value=value).id
    if name == "kode_wilayah":
        return region_name(str(value)[:4]) or str(value)
    return str(value)


def price(*, kur_type: str, plafon: int | None, layouts: set[str], month: date) -> Price:
    """The contribution of somebody who joins on his own account, by the law of the month, from an income estimated
    from his loan; without a loan the lowest there is."""
    if kur_type == "pmi":
        return Price(None, None, None, Text("Iuran pekerja migran menurut kontraknya.",
                                            "A migrant worker's contribution goes by the contract."))  # fmt: skip
    if not kur_type and layouts.isdisjoint(_OWN_ACCOUNT):
        return Price(None, None, None, Text("Iuran penerima upah menurut upah dan risikonya, yang tidak ada di daftar.",
                                            "A wage earner's goes by wage and risk, which no list has."))  # fmt: skip
    income = estimated_income(kur=kur_type, plafon=plafon, sector=None) if kur_type and plafon else None
    facts = Facts(segment="BPU", income=income.middle if income else 1, sector="other", payer="worker")
    try:
        owed = charges(facts=facts, month=month)
    except Complaint as complaint:
        return Price(None, income, None, complaint.why)
    lowest = Text("Tanpa pinjaman penghasilan tidak dapat ditaksir: ini iuran yang terendah.",
                  "Without a loan income cannot be estimated: this is the lowest contribution.")  # fmt: skip
    return Price(owed, income, ASSUMED if income else lowest, None)
