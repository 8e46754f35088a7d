"""What a sender can do so that the next list is better: a sentence for each thing that the check finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jangkau.complaints import Text
from jangkau.lists import LABELS
from jangkau.platform.intake.spoken import column

_AS_TEXT = Text(
    "Jadikan kolom NIK bertipe teks di lembar kerja sebelum diekspor.",
    "Make the NIK column a text column in the spreadsheet before you export it.",
)
_FROM_CARD = Text("Ketik ulang dari KTP.", "Type it again from the identity card.")
_DATES = Text("Tulis tanggal sebagai TTTT-BB-HH, misalnya 1985-08-17.", "Write dates as YYYY-MM-DD, as in 1985-08-17.")
_NUMBERS = Text("Tulis angka tanpa singkatan, misalnya 25000000.", "Write numbers in full, as in 25000000.")
_EXPORT = Text(
    "Ekspor ulang dari sistem sebagai CSV UTF-8 atau XLSX.", "Export it again from the system as UTF-8 CSV or XLSX."
)
ADVICE: Mapping[str, Text] = {
    "nik_missing": Text(
        "Minta NIK saat mendaftar atau akad; tanpa NIK orang sulit ditemukan.",
        "Ask for the NIK when people register or sign; without it they are hard to find.",
    ),
    "nik_damaged": _FROM_CARD,
    "nik_rounded": _AS_TEXT,
    "nik_kk_swapped": Text("Periksa apakah kolom NIK dan KK tertukar.", "See whether NIK and family card are swapped."),
    "birth_contradicts_nik": _FROM_CARD,
    "sex_contradicts_nik": _FROM_CARD,
    "nik_prefix_unknown": _FROM_CARD,
    "nik_repeated": Text(
        "Pastikan satu orang atau pinjaman tidak terkirim dua kali.", "See that nobody and no loan is sent twice."
    ),
    "region_unknown": Text("Pakai kode wilayah Kemendagri.", "Use the region codes of the Ministry of Home Affairs."),
    "plafon_over_ceiling": Text("Periksa skema dan plafonnya.", "Check the KUR type and the amount."),
    "birth_year_only": Text("Lengkapi tanggal dan bulan lahir.", "Add day and month of birth."),
    "date_incomplete": _DATES,
    "impossible_date": _DATES,
    "amount_rounded": _NUMBERS,
    "amount_negative": _NUMBERS,
    "amount_absurd": _NUMBERS,
    "amount_unreadable": _NUMBERS,
    "number_unreadable": _NUMBERS,
    "character_lost": _EXPORT,
    "ragged": _EXPORT,
    "unclosed_quote": _EXPORT,
    "broken_text": _EXPORT,
    "nul_byte": _EXPORT,
    "cell_too_long": _EXPORT,
    "nobody": Text("Isi NIK, atau nama dan tanggal lahir.", "Fill in the NIK, or name and birth date."),
    "sex_unknown": Text("Tulis L atau P.", "Write L (male) or P (female)."),
    "phone_unreadable": Text("Tulis nomor lengkap, misalnya 081234567890.", "Write whole numbers, as in 081234567890."),
    "word_unknown": Text("Tulis ya atau tidak.", "Write ya or tidak."),
    "skema_unknown": Text("Pakai: super mikro, mikro, kecil, atau PMI.", "Use: super mikro, mikro, kecil or PMI."),
    "segmen_unknown": Text("Pakai: PU, BPU, jasa konstruksi, atau PMI.", "Use: PU, BPU, jasa konstruksi or PMI."),
    "kpj_shared": Text("Periksa nomor kartu peserta.", "Check the participant numbers."),
}


@dataclass(frozen=True)
class ToImprove:
    """What was found in how many rows, and what to do. ``refused``: these rows were not taken."""

    what: Text
    rows: int
    advice: Text
    refused: bool


def to_improve(*, profile: Mapping[str, Any]) -> tuple[ToImprove, ...]:
    """Refused rows first, then by how many rows it is about."""
    found = []
    for key, refused in (("refusals", True), ("flags", False)):
        for code, rows in (profile.get(key) or {}).items():
            if rows:
                found.append(
                    ToImprove(LABELS.get(code, Text(code, code)), rows, ADVICE.get(code, Text("", "")), refused)
                )
    for name, rows in (profile.get("missing") or {}).items():
        if rows and rows == profile.get("accepted") and name in _WANTED:
            found.append(ToImprove(_empty(name), rows, _WANTED[name], False))
    return tuple(sorted(found, key=lambda one: (not one.refused, -one.rows, one.what.id)))


def _empty(name: str) -> Text:
    said = column(name=name)
    return Text(f"Kolom “{said.id}” kosong semua", f"Column “{said.en}” is all empty")


_WANTED = {
    "tanggal_lahir": Text("Sertakan tanggal lahir: tanpa itu NIK yang rusak tidak tertolong.",
                          "Send birth dates: without them a damaged NIK cannot be helped."),
    "kode_wilayah": Text("Sertakan kode wilayah tempat tinggal, agar kantor cabangnya diketahui.",
                         "Send the region of residence, so that the branch is known."),
    "jenis_kelamin": Text("Sertakan jenis kelamin.", "Send the sex."),
}  # fmt: skip
