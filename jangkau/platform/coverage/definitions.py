"""What each figure means, in words; an edition is kept with every snapshot."""

from __future__ import annotations

from typing import Final

from jangkau.complaints import Text

EDITION: Final = 1
"""Counted up whenever the meaning of a word below changes."""

WORDS: Final = {
    "people": (
        Text("Orang di daftar", "People on lists"),
        Text("Orang yang berbeda pada semua daftar; yang muncul berkali-kali dihitung sekali.",
             "Different people on all lists; who appears several times counts once."),
    ),
    "eligible": (
        Text("Memenuhi syarat", "Eligible"),
        Text("Orang di daftar tanpa mereka yang di luar aturan pada tanggal itu: di bawah 17 atau 65 tahun ke atas, "
             "ASN, TNI, Polri, atau meninggal.",
             "People on lists without those outside the law on that date: under 17 or 65 and older, civil servants, "
             "soldiers, police, or dead."),
    ),
    "protected": (
        Text("Terlindungi", "Protected"),
        Text("Ditemukan dalam data kepesertaan, dan iurannya berlaku atau masih dalam masa tenggang.",
             "Found in the register, with contributions in force or within the grace."),
    ),
    "lapsed": (
        Text("Terputus", "Lapsed"),
        Text("Pernah menjadi peserta; iurannya tidak lagi berlaku atau kepesertaannya berakhir.",
             "Was a member; contributions are no longer in force or membership has ended."),
    ),
    "not_found": (
        Text("Tidak ditemukan", "Not found"),
        Text("Tidak ada dalam data kepesertaan. Di mana sel kecil disembunyikan, termasuk yang masih ditelaah.",
             "Not in the register. Where small cells are hidden, with those whose match is being reviewed."),
    ),
    "unprotected": (
        Text("Belum terlindungi", "Unprotected"),
        Text("Perkiraan jumlah orang yang memenuhi syarat dan belum terlindungi: tiap orang dihitung menurut "
             "peluangnya, dikoreksi untuk peserta yang luput dari pencarian.",
             "Estimated number of eligible people who are not protected: everybody counts by his "
             "probability, corrected for members whom the search has missed."),
    ),
    "unmet": (
        Text("Wajib, belum dipenuhi", "Duty unmet"),
        Text("Orang yang menurut aturan wajib ikut serta dan kewajibannya belum dipenuhi.",
             "People whom the rules oblige to join and whose duty is not met."),
    ),
    "universal": (
        Text("Cakupan semesta", "Universal coverage"),
        Text("Peserta aktif dibagi pekerja yang memenuhi syarat di wilayah itu, menurut sumber yang disebut.",
             "Active participants over eligible workers of the region, by the source that is named."),
    ),
}  # fmt: skip

SEXES: Final = {"L": Text("Laki-laki", "Men"), "P": Text("Perempuan", "Women")}
AGES: Final = {
    "0-24": Text("sampai 24 tahun", "up to 24 years"),
    "25-34": Text("25\N{EN DASH}34 tahun", "25\N{EN DASH}34 years"),
    "35-44": Text("35\N{EN DASH}44 tahun", "35\N{EN DASH}44 years"),
    "45-54": Text("45\N{EN DASH}54 tahun", "45\N{EN DASH}54 years"),
    "55+": Text("55 tahun ke atas", "55 years and older"),
}
NOBODY_KNOWS: Final = Text("Tidak diketahui", "Unknown")
