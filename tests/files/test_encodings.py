"""Which encoding bytes are in."""

from __future__ import annotations

import pytest

from jangkau.files.encodings import UTF8, UTF16BE, UTF16LE, WINDOWS, ToUtf8, guess, without_bom


@pytest.mark.parametrize(
    "text", ["DÉSIRÉE", "JOSÉ,", "MÜLLER", "JL. MERDEKA – NO 5", "‘AISYAH’", "RT 01½", "a\u00a0b", "Señor"]
)
def test_windows_text_is_known_by_its_letters(text: str) -> None:
    assert guess(text.encode("windows-1252")) == WINDOWS
    assert guess(text.encode("utf-8")) == UTF8


@pytest.mark.parametrize("data", [b"\xff\xfe..", b"ab\xc3", b"\xc3(", b"x\x81y", b"\xe2\x28\xa1", b"\xf0\x9f\x98"])
def test_what_is_neither_is_broken_utf8(data: bytes) -> None:
    assert guess(data) == UTF8


def test_one_good_character_speaks_for_utf8() -> None:
    assert guess("é".encode() + b" JOS\xe9") == UTF8


def test_utf_16_without_a_mark_shows_itself() -> None:
    assert without_bom("NIK;Nama\n".encode("utf-16-le")) == UTF16LE
    assert without_bom("NIK;Nama\n".encode("utf-16-be")) == UTF16BE
    assert without_bom(b"NIK;Nama\n") is None


def test_a_character_cut_by_a_block_decides_nothing_wrong() -> None:
    to_utf8 = ToUtf8(start=b"abc")
    assert to_utf8(b"abc", final=False) == b"abc"
    assert to_utf8("RENÉ".encode()[:-1], final=False)[:3] == b"REN"
    assert to_utf8.encoding == UTF8
