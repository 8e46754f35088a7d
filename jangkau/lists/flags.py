"""What may be repaired, flagged and refused in a row, with the words that people read."""

from __future__ import annotations

from jangkau.complaints import Text

# Repairs that cannot be wrong; counted per cell.
REPAIRS = ("spaces", "apostrophe", "dots", "case", "unicode", "thousands", "decimal_zero", "placeholder")

# Bits of the column `flags`, lowest first. Their order is part of the contract of the accepted Parquet: add at the
# end only.
FLAGS = (
    "nik_missing",
    "nik_damaged",
    "nik_rounded",
    "nik_kk_swapped",
    "birth_contradicts_nik",
    "sex_contradicts_nik",
    "nik_prefix_unknown",
    "region_unknown",
    "plafon_over_ceiling",
    "birth_year_only",
    "nik_repeated",
    "skema_unknown",
    "segmen_unknown",
    "sex_unknown",
    "phone_unreadable",
    "word_unknown",
    "number_unreadable",
    "amount_rounded",
    "date_incomplete",
    "character_lost",
)

# Refusals; the first five are found while the file is taken apart, the rest by reading cells and rows.
REFUSALS = (
    "ragged",
    "unclosed_quote",
    "cell_too_long",
    "nul_byte",
    "broken_text",
    "impossible_date",
    "amount_negative",
    "amount_absurd",
    "amount_unreadable",
    "nobody",
    "kpj_shared",
)

LABELS: dict[str, Text] = {
    "spaces": Text("spasi dirapikan", "spaces tidied"),
    "apostrophe": Text("tanda petik di depan angka dibuang", "apostrophe before a number removed"),
    "dots": Text("titik atau garis di dalam nomor dibuang", "dots or dashes inside a number removed"),
    "case": Text("huruf dijadikan kapital", "letters made capitals"),
    "unicode": Text("bentuk huruf Unicode disamakan", "Unicode forms made one"),
    "thousands": Text("pemisah ribuan dan lambang Rp dibuang", "thousands separators and Rp removed"),
    "decimal_zero": Text("“,0” di belakang bilangan bulat dibuang", "“.0” behind a whole number removed"),
    "placeholder": Text("tanda kosong seperti “-” dibaca kosong", "a stand-in such as “-” read as empty"),
    "nik_missing": Text("NIK kosong", "NIK missing"),
    "nik_damaged": Text(
        "NIK rusak: bukan 16 angka, atau tanggalnya tidak ada", "NIK damaged: not 16 digits, or no such date"
    ),
    "nik_rounded": Text("NIK dibulatkan oleh lembar kerja", "NIK rounded by a spreadsheet"),
    "nik_kk_swapped": Text("NIK dan nomor KK tampaknya tertukar", "NIK and family card number seem swapped"),
    "birth_contradicts_nik": Text("tanggal lahir tidak cocok dengan NIK", "birth date contradicts the NIK"),
    "sex_contradicts_nik": Text("jenis kelamin tidak cocok dengan NIK", "sex contradicts the NIK"),
    "nik_prefix_unknown": Text("awalan NIK tidak ada di tabel wilayah", "NIK begins with no known region"),
    "region_unknown": Text("kode wilayah tidak ada di tabel", "region code is in no table"),
    "plafon_over_ceiling": Text("plafon di atas batas skemanya", "loan above the ceiling of its type"),
    "birth_year_only": Text(
        "hanya tahun (atau bulan) lahir yang diketahui", "only the year (or month) of birth is known"
    ),
    "nik_repeated": Text("NIK sudah muncul di berkas yang sama", "NIK occurred earlier in this file"),
    "skema_unknown": Text("skema tidak dikenal", "KUR type not known"),
    "segmen_unknown": Text("segmen tidak dikenal", "segment not known"),
    "sex_unknown": Text("jenis kelamin tidak terbaca", "sex cannot be read"),
    "phone_unreadable": Text("nomor telepon tidak terbaca", "telephone number cannot be read"),
    "word_unknown": Text("ya/tidak tidak terbaca", "yes or no cannot be read"),
    "number_unreadable": Text("bilangan tidak terbaca", "number cannot be read"),
    "amount_rounded": Text("jumlah uang dibulatkan oleh lembar kerja", "amount rounded by a spreadsheet"),
    "date_incomplete": Text("tanggal tidak lengkap", "date incomplete"),
    "character_lost": Text("ada huruf yang hilang sebelum dikirim", "a character was lost before it was sent"),
    "ragged": Text(
        "Jumlah kolom baris ini tidak sama dengan judul tabel.",
        "The row has another number of columns than the header.",
    ),
    "unclosed_quote": Text("Tanda kutip dibuka tetapi tidak ditutup.", "A quotation mark opens and is never closed."),
    "cell_too_long": Text("Isi sel lebih dari 30.000 huruf.", "A cell has more than 30,000 characters."),
    "nul_byte": Text("Ada karakter NUL di dalam sel.", "A cell holds a NUL character."),
    "broken_text": Text(
        "Ada huruf rusak: bukan UTF-8 yang sah.", "A character is broken: the text is not valid UTF-8."
    ),
    "impossible_date": Text("Tanggal ini tidak mungkin.", "This date is impossible."),
    "amount_negative": Text("Jumlah uang negatif.", "The amount is negative."),
    "amount_absurd": Text("Jumlah uang tidak masuk akal.", "The amount is absurd."),
    "amount_unreadable": Text("Jumlah uang tidak terbaca sebagai angka.", "The amount cannot be read as a number."),
    "nobody": Text(
        "Tidak ada NIK 16 angka, dan tidak ada nama beserta tanggal lahir.",
        "There is no NIK of 16 digits, and no name with a birth date.",
    ),
    "kpj_shared": Text("KPJ yang sama dipakai untuk orang yang berbeda.", "The same KPJ is given to different people."),
}


def flag(name: str) -> int:
    """The bit of a flag."""
    return 1 << FLAGS.index(name)


def repair(name: str) -> int:
    """The bit of a repair inside this package."""
    return 1 << REPAIRS.index(name)


def names(mask: int) -> tuple[str, ...]:
    """The flags set in a value of the column `flags`."""
    return tuple(name for bit, name in enumerate(FLAGS) if mask >> bit & 1)
