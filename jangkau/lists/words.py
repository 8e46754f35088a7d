"""Cells that hold one of a few words: sex, KUR type, segment, yes or no."""

from __future__ import annotations

from jangkau.lists.cells import Cell, text
from jangkau.lists.flags import flag, repair
from jangkau.lists.layouts import squeeze

_SEX = {
    "L": "L LK LAKI LAKILAKI LAKI2 PRIA MALE M COWOK LELAKI",
    "P": "P PR PEREMPUAN WANITA FEMALE F W PRP PEREMP CEWEK",
}
_SCHEME = {
    "super_mikro": "SUPERMIKRO SUPERMICRO SM SUPMIKRO ULTRAMIKRO",
    "mikro": "MIKRO MICRO MIKROBARU MKR",
    "kecil": "KECIL RITEL RETAIL SMALL KCL",
    "khusus": "KHUSUS SPESIAL KLASTER CLUSTER",
    "pmi": "PMI TKI PENEMPATANPMI PENEMPATANTKI PENEMPATANTENAGAKERJAINDONESIA PEKERJAMIGRAN PEKERJAMIGRANINDONESIA",
}
_SEGMENT = {
    "PU": "PU PENERIMAUPAH PPU",
    "BPU": "BPU BUKANPENERIMAUPAH PBPU INFORMAL MANDIRI",
    "JAKON": "JAKON JASAKONSTRUKSI KONSTRUKSI JASKON",
    "PMI": "PMI TKI PEKERJAMIGRAN PEKERJAMIGRANINDONESIA",
}
# Y/T is how Indonesian forms say yes and no, so T is no.
_YES_NO = {
    True: "YA Y YES TRUE 1 BENAR BEKERJA SUDAH SUDAHBEKERJA KERJA "
    "MENINGGAL MENINGGALDUNIA WAFAT MD ALM ALMARHUM ALMARHUMAH",
    False: "TIDAK T TDK TAK NO N FALSE F 0 SALAH BELUM TIDAKBEKERJA TDKBEKERJA BELUMBEKERJA TIDAKKERJA BELUMKERJA "
    "MENGANGGUR HIDUP MASIHHIDUP TIDAKMENINGGAL BELUMMENINGGAL",
}


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word.casefold(): value for value, words in table.items() for word in words.split()}


SEXES, SCHEMES, SEGMENTS = _by_word(_SEX), _by_word(_SCHEME), _by_word(_SEGMENT)
YES_NO = {word.casefold(): value for value, words in _YES_NO.items() for word in words.split()}


def sex(*, cell: str) -> Cell:
    """``L`` or ``P``."""
    return _word(cell, SEXES, "sex_unknown")


def scheme(*, cell: str) -> Cell:
    """One of the five KUR types; ``KUR Mikro`` is mikro."""
    plain = text(cell=cell)
    if plain.value is None:
        return plain
    value = squeeze(str(plain.value)).removeprefix("kredit").removeprefix("usaharakyat").removeprefix("kur")
    found = SCHEMES.get(value.removeprefix("skema"))
    return Cell(found, 0, 0 if found else flag("skema_unknown"))


def segment(*, cell: str) -> Cell:
    """PU, BPU, JAKON or PMI."""
    return _word(cell, SEGMENTS, "segmen_unknown")


def boolean(*, cell: str) -> Cell:
    """Yes or no in any of the words in use."""
    plain = text(cell=cell)
    if plain.value is None:
        return plain
    value = squeeze(str(plain.value))
    found = YES_NO.get(value[:-1] if value in ("10", "00") and "." in str(plain.value) else value)
    return Cell(found, 0, 0 if found is not None else flag("word_unknown"))


def upper(*, cell: str) -> Cell:
    """Words in capitals."""
    plain = text(cell=cell)
    if plain.value is None:
        return plain
    value = str(plain.value).upper()
    return Cell(value, plain.repairs | (repair("case") if value != plain.value else 0), plain.flags)


def _word(cell: str, table: dict[str, str], unknown: str) -> Cell:
    plain = text(cell=cell)
    if plain.value is None:
        return plain
    found = table.get(squeeze(str(plain.value)))
    return Cell(found, 0, 0 if found else flag(unknown))
