"""Cells of an XLSX sheet whose formula gave an error. The workbook reader shows them as empty, so they are looked up
here."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*>")
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_ERROR = b't="e"'
# A formula that was never calculated has no value, and no reader can know it. An empty text (t="str") is a value.
_NO_VALUE = re.compile(rb"(<(?:\w+:)?c\b[^>]*>)<f\b[^<]*(?:</f>)?(?:<v\s*/>|<v></v>)?</(?:\w+:)?c>")
_TEXT = b't="str"'
_BLOCK, _LONGEST_CELL = 2**20, 16_384
MOST = 10


def find(*, path: Path, sheet: str, columns: frozenset[int]) -> tuple[str, ...]:
    """Addresses of cells with an error in these columns (counted from 0), at most ten; () if the sheet is not found."""
    found: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive:
            member = _member(archive, sheet)
            if member is None:
                return ()
            with archive.open(member) as stream:
                tail = b""
                while (block := stream.read(_BLOCK)) and len(found) < MOST:
                    text = tail + block
                    if _ERROR in text or b"<f" in text:
                        found += [a for a in _addresses(text, columns) if a not in found]
                    tail = text[-_LONGEST_CELL:]
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError):
        return ()
    return tuple(found[:MOST])


def _addresses(text: bytes, columns: frozenset[int]) -> list[str]:
    found = []
    wrong = [tag for tag in _CELL.findall(text) if _ERROR in tag] if _ERROR in text else []
    wrong += [tag for tag in _NO_VALUE.findall(text) if _TEXT not in tag] if b"<f" in text else []
    for tag in wrong:
        reference = _REFERENCE.search(tag)
        if reference and _column(reference[1]) in columns:
            found.append((reference[1] + reference[2]).decode())
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of the archive that holds the sheet of this name."""
    relations = {
        item.attrib["Id"]: item.attrib["Target"]
        for item in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - only names are read
    }
    for item in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if item.tag.endswith("}sheet") and item.attrib.get("name") == sheet:
            key = next((value for name, value in item.attrib.items() if name.endswith("}id")), "")
            target = relations.get(key, "")
            inside = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            return inside if inside in archive.namelist() else None
    return None
