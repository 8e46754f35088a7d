"""Text in blocks, held against the plain definition of a record, one after the other."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jangkau.complaints import Complaint
from jangkau.files import open_table
from jangkau.files.records import MOST_BYTES, MOST_LINES, find_records, scan
from jangkau.files.source import Source
from jangkau.files.text import TextTable

COLUMNS = 3
# Pieces of text that go wrong in interesting ways when put together.
PIECES = st.sampled_from(
    [
        "a",
        "bc",
        ",",
        ",",
        '"',
        '""',
        "\n",
        "\n",
        "\r\n",
        " ",
        "é",
        "x,y,z\n",
        '"q,q",w,e\n',
        'r,"s\nt",u\n',
        "\0",
        ",,\n",
    ]
)
BROKEN = st.sampled_from([b"\xff", b"\xc3", b"\xe2\x82"])


def slowly(text: bytes) -> tuple[list[tuple[int, tuple[str, ...]]], list[int]]:
    """The obvious answer: from each record's start, read one record; good rows as (line, cells), and bad lines."""
    good: list[tuple[int, tuple[str, ...]]] = []
    bad: list[int] = []
    at, line = 0, 1
    while at < len(text):
        first_end = text.index(b"\n", at) + 1
        found = scan(text=text, start=at, delimiter=ord(","), limit=min(len(text), max(at + MOST_BYTES, first_end)))
        end, lines = found.end, text.count(b"\n", at, found.end or first_end)
        whole = end is not None and (lines == 1 or (lines <= MOST_LINES and found.regular and found.cells == COLUMNS))
        if not whole or end is None:
            end, lines = first_end, 1
        raw = text[at:end]
        if raw.strip(b' ,;|\t"\r\n'):
            cells = next(csv.reader([raw.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")]), [])
            sound = whole and found.cells == COLUMNS and b"\0" not in raw and _is_utf8(raw)
            good.append((line, tuple(cells))) if sound else bad.append(line)
        at, line = end, line + lines
    return good, bad


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def in_blocks(path: Path, size: int) -> tuple[list[tuple[int, tuple[str, ...]]], list[int]]:
    good: list[tuple[int, tuple[str, ...]]] = []
    bad: list[int] = []
    with ExitStack() as stack:
        table = TextTable(Source(path, stack), block=size)
        table._delimiter = ","
        for piece in table.pieces(sheet=None, after=0, columns=COLUMNS):
            batch = piece.make()
            rows = zip(*(column.to_pylist() for column in batch.cells.columns), strict=True)
            numbered = zip(batch.line.to_pylist(), rows, strict=True)
            good += [(line, cells) for line, cells in numbered if any(c.strip(' ,;|\t"\r\n') for c in cells)]
            bad += [broken.line for broken in batch.broken]
    return good, bad


@settings(max_examples=400, deadline=None)
@given(pieces=st.lists(st.one_of(PIECES, BROKEN), min_size=1, max_size=40), size=st.sampled_from([1, 3, 7, 16, 1000]))
def test_blocks_give_the_same_records_as_reading_one_by_one(
    pieces: list[str | bytes], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # A good character beyond ASCII first, so that the text is UTF-8 whatever follows.
    text = "é,é,é\n".encode() + b"".join(p if isinstance(p, bytes) else p.encode() for p in pieces) + b"\n"
    path = tmp_path_factory.mktemp("text") / "list.csv"
    path.write_bytes(text)
    assert in_blocks(path, max(size, 8)) == slowly(text)


@pytest.mark.parametrize("size", [64, 1000, 10**6])
def test_a_quote_left_open_is_given_up_at_the_same_line_whatever_the_blocks(tmp_path: Path, size: int) -> None:
    lines = ["é,b,c", '1,"open,3', *(f"{n},x,y" for n in range(3 * MOST_LINES)), '4,"shut",6', "7,8,9"]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    good, bad = in_blocks(path, size)
    assert bad == [2]
    assert len(good) == len(lines) - 1


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jangkau.files.text.LONGEST_LINE", 5000)
    path = tmp_path / "list.csv"
    path.write_bytes(b"a,b,c\n" + b"x" * 50_000 + b"\nd,e,f\n")
    good, bad = in_blocks(path, 1000)
    assert good == [(1, ("a", "b", "c")), (3, ("d", "e", "f"))]
    assert bad == [2]


def test_records_that_need_more_bytes_are_left_for_later() -> None:
    found = find_records(text=b'a,b,c\nd,"e\nf', delimiter=ord(","), columns=3, final=False)
    assert (found.consumed, found.lines) == (6, 1)


@settings(max_examples=300, deadline=None)
@given(data=st.one_of(st.binary(max_size=300), st.lists(st.one_of(PIECES.map(str.encode), BROKEN)).map(b"".join)))
def test_no_bytes_whatever_raise_anything_but_a_complaint(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "list"
    path.write_bytes(data)
    try:
        with open_table(path=path) as table:
            for preview in table.previews:
                for piece in table.pieces(sheet=preview.sheet, after=0, columns=COLUMNS):
                    piece.make()
    except Complaint as complaint:
        assert complaint.where == "list"


@pytest.mark.parametrize("size", range(8, 40))
def test_line_ends_of_two_bytes_may_be_cut_by_a_block(tmp_path: Path, size: int) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"a,b,c\r\n" * 10)
    assert in_blocks(path, size) == ([(line, ("a", "b", "c")) for line in range(1, 11)], [])
