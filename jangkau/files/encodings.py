"""Which encoding a text file is in, and its bytes as UTF-8, block by block."""

from __future__ import annotations

import codecs
import re

UTF8, UTF16LE, UTF16BE, WINDOWS = "utf-8", "utf-16-le", "utf-16-be", "windows-1252"
LOST = "�".encode()

_BOMS = ((codecs.BOM_UTF8, UTF8), (codecs.BOM_UTF16_LE, UTF16LE), (codecs.BOM_UTF16_BE, UTF16BE))
_HIGH = re.compile(rb"[\x80-\xff]+")
# Signs that Windows programs put into Indonesian lists: quotes, dashes, ellipsis, bullet, no-break space, degree, ½,
# ², º ...
_SIGNS = frozenset(b"\x85\x91\x92\x93\x94\x95\x96\x97\x99\xa0\xa9\xab\xae\xb0\xb2\xb4\xb7\xba\xbb\xbd")
# Letters with accents. Without Ã Â (what UTF-8 read wrongly looks like), þ ÿ Þ Ð ð × ÷: in no name on these lists.
_LETTERS = frozenset(range(0xC0, 0x100)) - frozenset(b"\xc2\xc3\xd0\xd7\xde\xf0\xf7\xfe\xff") | frozenset(
    b"\x8a\x8c\x8e\x9a\x9c\x9e\x9f"
)


def bom(start: bytes) -> tuple[str | None, int]:
    """Encoding that a byte order mark names, and the length of the mark."""
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name, len(mark)
    return None, 0


def without_bom(start: bytes) -> str | None:
    """UTF-16 shows itself without a mark: in Latin text every other byte is zero."""
    pairs = len(start) // 2
    if pairs < 2:
        return None
    even, odd = start[0 : 2 * pairs : 2].count(0), start[1 : 2 * pairs : 2].count(0)
    if odd > 0.7 * pairs and even < 0.1 * pairs:
        return UTF16LE
    if even > 0.7 * pairs and odd < 0.1 * pairs:
        return UTF16BE
    return None


def guess(sample: bytes) -> str:
    """UTF-8 or Windows-1252 for bytes that are not all ASCII.

    One good multi-byte character speaks for UTF-8, and what does not fit is then broken. Without any, the odd bytes
    must look like Western letters inside words, or Windows punctuation; otherwise they are broken UTF-8.
    """
    cut = len(sample)
    while cut and cut > len(sample) - 4 and sample[cut - 1] >= 0x80:
        cut -= 1
    try:
        sample[:cut].decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return UTF8 if cut == len(sample) or not sample[:cut].isascii() else _vote(sample)
    return _vote(sample)


def _vote(sample: bytes) -> str:
    good = western = broken = 0
    for match in _HIGH.finditer(sample[:4_000_000]):
        run = match.group()
        decoded = run.decode("utf-8", "ignore")
        if decoded:
            good += 1
        elif _is_western(sample, match.start(), run):
            western += 1
        else:
            broken += 1
    return WINDOWS if western > broken and western > good else UTF8


def _is_western(sample: bytes, start: int, run: bytes) -> bool:
    around = sample[max(start - 1, 0) : start] + sample[start + len(run) : start + len(run) + 1]
    beside_letter = any(chr(byte).isalpha() for byte in around)
    return len(run) <= 3 and all(byte in _SIGNS or (byte in _LETTERS and beside_letter) for byte in run)


class ToUtf8:
    """Turns blocks of a file into UTF-8. Blocks that are ASCII decide nothing; the first that is not settles UTF-8 or
    Windows-1252, unless a mark has."""

    def __init__(self, *, start: bytes) -> None:
        named, self._skip = bom(start)
        self.encoding = named or without_bom(start)
        self._utf16 = (
            codecs.getincrementaldecoder(self.encoding)("replace") if self.encoding in (UTF16LE, UTF16BE) else None
        )

    @property
    def recodes(self) -> bool:
        """True where the bytes handed on are not the sender's, so that U+FFFD means a broken character of his."""
        return self.encoding not in (None, UTF8)

    def __call__(self, block: bytes, *, final: bool) -> bytes:
        if self._skip:
            block, self._skip = block[self._skip :], 0
        if self._utf16:
            return self._utf16.decode(block, final).encode("utf-8", "replace")
        if self.encoding == UTF8 or block.isascii():
            return block
        if self.encoding is None:
            self.encoding = guess(block)
            return self(block, final=final)
        return block.decode("windows-1252", "replace").encode("utf-8")
