"""The kinds of field: how each is compared, what errors that tolerates, what blocks it brings, what is believed of it.

``docs/reference/method.md`` shows the same to users. Beliefs are rough shares of errors in administrative lists
(docs/explanation/linkage.md): they decide only which pairs are worth keeping, and in folders of a few rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from jangkau.complaints import Text
from jangkau.linkage.kernels import comparing, keys


@dataclass(frozen=True)
class Part:
    """A part of a field to block on: how the compiled loop reads it, and from which word of the field."""

    operation: int
    word: int
    digits: int = 0


@dataclass(frozen=True)
class Kind:
    """One kind of field. ``levels``: words for each level of agreement, best first; ``m`` and ``u``: the belief, a
    share for each level; ``words``: how many words of a line it takes."""

    name: str
    code: int
    words: int
    levels: tuple[Text, ...]
    m: tuple[float, ...]
    u: tuple[float, ...]
    parts: dict[str, Part]
    tolerates: Text


_NAME_PARTS = {
    "whole": Part(keys.TWO, 0),
    "first": Part(keys.ONE, 2),
    "last": Part(keys.ONE, 3),
}
_CODE_PARTS = {"whole": Part(keys.THREE, 0), "head": Part(keys.ONE, 0)}

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "nik",
            comparing.NIK,
            3,
            (
                Text("NIK sama", "NIK equal"),
                Text("NIK berbeda satu salah ketik", "NIK differs by one slip"),
                Text("NIK berbeda satu salah ketik pada nomor urut", "NIK differs by one slip in the serial"),
                Text("nomor urut NIK bersebelahan", "NIK with the next serial"),
                Text("NIK berbeda dua salah ketik", "NIK differs by two slips"),
                Text("NIK berbeda", "NIK differs"),
            ),
            (0.95, 0.013, 0.006, 0.001, 0.005, 0.025),
            (1e-7, 1e-6, 1e-6, 1e-6, 1e-5, 0.999987),
            {
                "whole": Part(keys.TWO, 0),
                "without_serial": Part(keys.NIK_WITHOUT, 0, 0xFFFFFFFFFFFF0000),
                "without_region": Part(keys.NIK_WITHOUT, 0, 0x000000FFFFFFFFFF),
                "without_day": Part(keys.NIK_WITHOUT, 0, 0xFFFFFF00FFFFFFFF),
                "without_month": Part(keys.NIK_WITHOUT, 0, 0xFFFFFFFF00FFFFFF),
                "without_year": Part(keys.NIK_WITHOUT, 0, 0xFFFFFFFFFF00FFFF),
            },
            Text(
                "satu atau dua angka salah, tertukar, kurang atau lebih; angka semua sama dianggap kosong",
                "one or two digits wrong, swapped, missing or added; one digit over and over counts as missing",
            ),
        ),
        Kind(
            "identifier",
            comparing.IDENTIFIER,
            3,
            (
                Text("nomor sama", "number equal"),
                Text("nomor berbeda satu salah ketik", "number differs by one slip"),
                Text("nomor berbeda dua salah ketik", "number differs by two slips"),
                Text("nomor berbeda", "number differs"),
            ),
            (0.93, 0.03, 0.01, 0.03),
            (1e-6, 1e-5, 1e-4, 0.999889),
            _CODE_PARTS,
            Text(
                "satu atau dua huruf salah, tertukar, kurang atau lebih; besar kecil huruf dan tanda baca",
                "one or two letters wrong, swapped, missing or added; case and punctuation",
            ),
        ),
        Kind(
            "person_name",
            comparing.NAME,
            7,
            (
                Text("nama sama", "name equal"),
                Text("nama termuat dalam yang lain", "one name holds the other"),
                Text("nama hampir sama", "names almost equal"),
                Text("nama mirip", "names alike"),
                Text("satu kata nama sama", "one word of the name equal"),
                Text("nama berbeda", "names differ"),
            ),
            (0.86, 0.07, 0.03, 0.015, 0.015, 0.01),
            (2e-5, 5e-4, 2e-4, 2e-3, 1.5e-2, 0.98228),
            _NAME_PARTS,
            Text(
                "gelar, singkatan (Moh., St., Abd.), ejaan lama, urutan kata, kata yang hilang, salah ketik",
                "titles, short forms (Moh., St., Abd.), old spelling, order of words, missing words, slips",
            ),
        ),
        Kind(
            "date",
            comparing.DATE,
            2,
            (
                Text("tanggal sama", "date equal"),
                Text("hari dan bulan tertukar", "day and month swapped"),
                Text("satu bagian tanggal berbeda", "one part of the date differs"),
                Text("tahun sama, hari tidak diketahui", "year equal, day not known"),
                Text("hanya tahun yang sama", "only the year is equal"),
                Text("tanggal berbeda", "date differs"),
            ),
            (0.94, 0.01, 0.025, 0.005, 0.01, 0.01),
            (6e-5, 3e-5, 6e-3, 2.5e-2, 2.2e-2, 0.94691),
            {
                "whole": Part(keys.DAY, 1),
                "unordered": Part(keys.DATE_UNORDERED, 1),
                "year": Part(keys.YEAR, 1),
                "month_day": Part(keys.MONTH_DAY, 1),
                "year_month": Part(keys.YEAR_MONTH, 1),
                "year_day": Part(keys.YEAR_DAY, 1),
            },
            Text(
                "hari dan bulan tertukar, satu bagian salah, hanya tahun",
                "day and month swapped, one part wrong, only the year",
            ),
        ),
        Kind(
            "sex",
            comparing.SEX,
            1,
            (Text("jenis kelamin sama", "sex equal"), Text("jenis kelamin berbeda", "sex differs")),
            (0.99, 0.01),
            (0.5, 0.5),
            {"whole": Part(keys.ONE, 0)},
            Text("L/P, M/F, 1/2, laki-laki/perempuan", "L/P, M/F, 1/2, male/female"),
        ),
        Kind(
            "region",
            comparing.REGION,
            1,
            (
                Text("kabupaten/kota sama", "same regency"),
                Text("provinsi sama", "same province"),
                Text("wilayah berbeda", "region differs"),
            ),
            (0.80, 0.15, 0.05),
            (0.05, 0.20, 0.75),
            {"whole": Part(keys.ONE, 0)},
            Text("pindah; kode 4, 6 atau 10 angka", "people who moved; codes of 4, 6 or 10 digits"),
        ),
        Kind(
            "phone",
            comparing.PHONE,
            2,
            (Text("nomor telepon sama", "phone number equal"), Text("nomor telepon berbeda", "phone number differs")),
            (0.60, 0.40),
            (1e-6, 0.999999),
            {"whole": Part(keys.TWO, 0)},
            Text("0, 62 atau +62 di depan; spasi dan tanda", "0, 62 or +62 in front; spaces and signs"),
        ),
        Kind(
            "code",
            comparing.CODE,
            3,
            (
                Text("kode sama", "code equal"),
                Text("kode berbeda satu salah ketik", "code differs by one slip"),
                Text("awal kode sama", "the code begins alike"),
                Text("kode berbeda", "code differs"),
            ),
            (0.85, 0.05, 0.05, 0.05),
            (1e-3, 5e-3, 5e-2, 0.944),
            _CODE_PARTS,
            Text("satu salah ketik; besar kecil huruf", "one slip; case"),
        ),
        Kind(
            "text",
            comparing.TEXT,
            7,
            (
                Text("teks sama", "text equal"),
                Text("teks mirip", "texts alike"),
                Text("separuh kata sama", "half of the words equal"),
                Text("teks berbeda", "text differs"),
            ),
            (0.70, 0.12, 0.10, 0.08),
            (1e-4, 5e-4, 2e-2, 0.9794),
            _NAME_PARTS,
            Text("besar kecil huruf, tanda baca, urutan kata, salah ketik", "case, punctuation, order of words, slips"),
        ),
    )
}
MISSING = 9
"""The digit of a pattern where one side has no value."""
