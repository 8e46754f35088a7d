"""Small tables of invented rows for the linkage: written to Parquet, linked, and drawn by Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from hypothesis import strategies as st

from jangkau.linkage import engine, search
from jangkau.linkage.engine import Linkage, Ready
from jangkau.linkage.method import Method
from jangkau.linkage.method_file import understood
from jangkau.linkage.search import Found
from jangkau.linkage.sources import Source
from tests.linkage.slow import Row


def method_of(*fields: dict[str, object], **words: object) -> Method:
    """A method as its file would give it."""
    content = yaml.safe_dump({"left_id": "id", "fields": list(fields), **words})
    return understood(content=content.encode(), where="method.yaml")


INDONESIA = method_of(
    {"name": "nik", "kind": "nik"},
    {"name": "nama", "kind": "person_name"},
    {"name": "lahir", "kind": "date", "inside": "nik"},
    {"name": "sex", "kind": "sex", "inside": "nik"},
    {"name": "wilayah", "kind": "region"},
    {"name": "hp", "kind": "phone"},
    random_pairs=50,
)
FEBRL = method_of(
    {"name": "ssn", "kind": "identifier"},
    {"name": ["given", "surname"], "kind": "person_name", "as": "nama"},
    {"name": "born", "kind": "date"},
    {"name": "postcode", "kind": "code"},
    {"name": "address", "kind": "text"},
    random_pairs=50,
)


def source_of(rows: Sequence[Row], method: Method, path: Path) -> Source:
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in method.columns}
    ids = pa.array([f"row {k}" for k in range(len(rows))], pa.string())
    pq.write_table(pa.table({"id": ids, **columns}), path)
    return Source(path, path.name, "id", method.columns, len(rows))


def searched(left: Sequence[Row], right: Sequence[Row] | None, method: Method) -> tuple[Ready, Found]:
    """Two tables indexed and searched, or one with itself, as the engine does it."""
    with TemporaryDirectory() as folder:
        a = source_of(left, method, Path(folder) / "a.parquet")
        b = None if right is None else source_of(right, method, Path(folder) / "b.parquet")
        ready = engine.prepare(left=a, right=b, method=method, threads=1)
        if b is None:
            searcher = ready.searcher(right_rows=a.rows, same=True)
            return ready, search.within(searcher=searcher, threads=1, id_hashes=ready.side.id_hashes)
        searcher = ready.searcher(right_rows=b.rows, same=False)
        batches = replace(b, columns=ready.method.columns).batches(rows=4)
        return ready, search.stream(searcher=searcher, batches=batches, rows=b.rows, threads=1)


def linked(left: Sequence[Row], right: Sequence[Row] | None, method: Method, threads: int = 1) -> Linkage:
    """Link two tables, or one with itself; ids are the numbers of rows."""
    with TemporaryDirectory() as folder:
        a = source_of(left, method, Path(folder) / "a.parquet")
        b = None if right is None else source_of(right, method, Path(folder) / "b.parquet")
        return engine.link(left=a, right=b, method=method, threads=threads)


_PARTS = """
    BUDI SITI AGUS DEWI EKO RINA MUHAMMAD MOH MD ST ABD ABDUL RAHMAN SANTOSO WIJAYA KUSUMA M A HJ DRS SUDJONO
    SOEDJONO SUJONO JOESOEF YUSUF FATIMAH PATIMAH NURHAYATI NURHAYAT BIN S.PD SE ALM S. PD XAVERIUS EXXON KHHADIJAH
"""
WORDS = _PARTS.split()
ODD = [
    "José Müller",
    "ʻAbdu'llāh",
    "李小龍",
    "Ñoño ß",
    "",
    "  ",
    "-",
    "'",
    "x" * 60,
    "A B " * 10,
    "ny. " * 3,
    "SS" * 30,
]
_word = st.one_of(st.sampled_from(WORDS), st.text("ABEHIKMNOSUYD", min_size=1, max_size=8))
plain_names = st.lists(_word, min_size=1, max_size=4).map(" ".join)
person_names = st.one_of(plain_names, plain_names.map(str.title), st.sampled_from(ODD))
_day = st.sampled_from(["02", "03", "12", "30", "31", "43", "52", "00"])
_month = st.sampled_from(["01", "02", "03", "12", "13"])
_year = st.sampled_from(["65", "90", "99", "00", "21"])
_serial = st.sampled_from(["0001", "0002", "0003", "0009", "0010", "0099", "0100", "0000", "9999"])
whole_niks = st.tuples(st.sampled_from(["317101", "317102", "327301"]), _day, _month, _year, _serial).map("".join)
niks = st.one_of(
    whole_niks,
    whole_niks.map(lambda text: f"{text[:6]}.{text[6:12]}.{text[12:]}"),
    st.text("0123456789", min_size=11, max_size=19),
    st.sampled_from(["", "1111111111111111", "31710102016500O1", "3171010201650001", "317101020165000", "-"]),
)
dates = st.one_of(
    st.tuples(st.sampled_from(["1965", "1990", "1991", "1840"]), _month, _day).map("-".join),
    st.sampled_from(
        ["1990", "1990-2-3", "1990-02-30", "", "x", "1990-02-03 00:00:00", "99999999999999999999", "1990-05"]
    ),
)
sexes = st.sampled_from(
    ["L", "P", "laki-laki", "Perempuan", "pria", "Pr", "pr", "LK", "1", "2 ", "12", " P", "W", "?", "", "ß"]
)
regions = st.sampled_from(
    ["3171", "31.71", "317101", "3172", "3273", "32", "0000", "Sleman", "sleman", "", "3171012001"]
)
phones = st.one_of(
    st.sampled_from(
        ["081234567890", "+62 812-3456-7890", "6281234567890", "81234567890", "0811111111", "1234", "", "x"]
    ),
    st.text("0123", min_size=7, max_size=19),
)
codes = st.one_of(
    st.text("AB12", min_size=0, max_size=6),
    st.sampled_from(
        ["ab-12", "AB12", "É1", "È1", "A" * 15, "A" * 16, "a" * 15 + "b", "x" * 300, "", "..", "AB21", "12345-67"]
    ),
)
texts = st.one_of(plain_names, st.sampled_from([*ODD, "Jl. Merdeka 10", "JL MERDEKA 1O", "Jalan Merdeka No. 10"]))
STRATEGIES = {
    "nik": niks,
    "person_name": person_names,
    "date": dates,
    "sex": sexes,
    "region": regions,
    "phone": phones,
    "code": codes,
    "identifier": codes,
    "text": texts,
}


@st.composite
def slipped(draw: st.DrawFn, value: str) -> str:
    """The same value with one slip of the hand."""
    if not value:
        return value
    at = draw(st.integers(0, len(value) - 1))
    how = draw(st.sampled_from(["drop", "double", "swap", "change"]))
    if how == "drop":
        return value[:at] + value[at + 1 :]
    if how == "double":
        return value[:at] + value[at] + value[at:]
    if how == "swap":
        return value[:at] + value[at : at + 2][::-1] + value[at + 2 :]
    return value[:at] + draw(st.sampled_from("A1 X0")) + value[at + 1 :]


@st.composite
def tables(draw: st.DrawFn, method: Method, most: int = 9) -> tuple[list[Row], list[Row] | None]:
    """Two tables (or one alone) whose rows resemble each other: copies with slips, gaps and other people's values.

    Nine rows: from ten on, values that do not fit their kind are complained of.
    """
    kinds = {name: field.kind.name for field in method.fields for name in field.columns}
    people = draw(st.lists(st.fixed_dictionaries({n: STRATEGIES[k] for n, k in kinds.items()}), min_size=1, max_size=5))

    def row() -> Row:
        person: dict[str, str | None] = dict(draw(st.sampled_from(people)))
        for name in kinds:
            change = draw(st.integers(0, 9))
            if change == 0:
                person[name] = draw(slipped(person[name] or ""))
            elif change == 1:
                person[name] = draw(st.sampled_from(people))[name]
            elif change == 2:
                person[name] = draw(st.sampled_from([None, ""]))
        return person

    left = [row() for _ in range(draw(st.integers(1, most)))]
    alone = draw(st.booleans())
    return left, None if alone else [row() for _ in range(draw(st.integers(1, most)))]
