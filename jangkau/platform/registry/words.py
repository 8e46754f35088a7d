"""Codes of the registry in words, for pages and exports."""

from __future__ import annotations

from typing import Final

from jangkau.complaints import Text

STATUS: Final = {
    "not_found": Text("tidak ada di register", "in no register"),
    "lapsed": Text("tidak terlindungi lagi", "lapsed"),
    "doubtful": Text("diragukan", "doubtful"),
    "protected": Text("terlindungi, menurut penelaah", "protected, a reviewer found"),
    "merged": Text("sama dengan orang lain di daftar", "the same as somebody else listed"),
}
OPEN_STATUS: Final = ("not_found", "lapsed", "doubtful")
DUTY: Final = {
    "unmet": Text("wajib, belum dipenuhi", "compulsory, not met"),
    "met": Text("wajib, sudah dipenuhi", "compulsory, met"),
    "may": Text("boleh", "may join"),
    "none": Text("tidak wajib", "not compulsory"),
    "unknown": Text("belum dapat dikatakan", "cannot be said yet"),
}
KUR_TYPE: Final = {
    "super_mikro": Text("super mikro", "super micro"),
    "mikro": Text("mikro", "micro"),
    "kecil": Text("kecil", "small"),
    "khusus": Text("khusus", "special"),
    "pmi": Text("pekerja migran", "migrant workers"),
    "": Text("tanpa KUR", "no KUR"),
}
SEX: Final = {
    "L": Text("laki-laki", "male"),
    "P": Text("perempuan", "female"),
    "": Text("tidak diketahui", "not known"),
}
AGE_GROUP: Final = {
    "0": Text("di bawah 25", "under 25"),
    "25": Text("25\N{EN DASH}34", "25\N{EN DASH}34"),
    "35": Text("35\N{EN DASH}44", "35\N{EN DASH}44"),
    "45": Text("45\N{EN DASH}54", "45\N{EN DASH}54"),
    "55": Text("55\N{EN DASH}64", "55\N{EN DASH}64"),
    "65": Text("65 ke atas", "65 and over"),
    "": Text("tidak diketahui", "not known"),
}
BEFORE: Final = {
    "new": Text("baru di daftar", "new on the lists"),
    "protected": Text("terlindungi", "protected"),
    "not_eligible": Text("di luar cakupan", "not eligible"),
    "lapsed": Text("tidak terlindungi lagi", "lapsed"),
    "not_found": Text("tidak ada di register", "in no register"),
    "doubtful": Text("diragukan", "doubtful"),
    "gone": Text("tidak di daftar lagi", "no longer on the lists"),
    "": Text("hitungan pertama", "first run"),
}
NEWLY: Final = ("new", "protected", "not_eligible")
"""What somebody now in the gap was before, when he was not in it."""
ANSWER: Final = {
    "same": Text("sama", "same"),
    "different": Text("berbeda", "different"),
    "unknown": Text("tidak tahu", "cannot tell"),
}
FIELD: Final = {
    "nik": Text("NIK", "NIK"),
    "name": Text("Nama", "Name"),
    "birth_date": Text("Tanggal lahir", "Birth date"),
    "sex": Text("Jenis kelamin", "Sex"),
    "region_code": Text("Wilayah", "Region"),
    "phone": Text("Telepon", "Phone"),
}
EVIDENCE_OF: Final = {
    "nik": "nik", "name": "name", "birth_date": "born", "sex": "sex", "region_code": "region", "phone": "phone"
}  # fmt: skip
LAYOUT: Final = {
    "kur": Text("Debitur KUR", "KUR borrowers"),
    "prakerja": Text("Prakerja", "Prakerja"),
    "non_asn": Text("Pegawai non-ASN", "Non-ASN staff"),
    "village": Text("Perangkat desa", "Village officials"),
    "register": Text("Register", "Register"),
}
# What the engine says of how two records compare, in Indonesian (jangkau/gaps/evidence.py), and its English.
REASONS: Final = {
    "tidak ada calon di register": "no candidate in the register",
    "NIK sama": "NIK equal",
    "NIK beda satu angka": "NIK differs in one digit",
    "NIK beda satu angka di nomor urut": "NIK differs in one digit of its serial",
    "nomor urut NIK bersebelahan": "serials of the NIKs are neighbours",
    "NIK beda dua angka": "NIK differs in two digits",
    "NIK berbeda": "NIK differs",
    "NIK tidak ada": "no NIK",
    "nama sama": "name equal",
    "nama termuat di nama lain": "name is part of the other",
    "nama hampir sama": "name nearly equal",
    "nama mirip": "name similar",
    "satu kata nama sama": "one word of the name equal",
    "nama berbeda": "name differs",
    "nama tidak ada": "no name",
    "tanggal lahir sama": "birth date equal",
    "tanggal dan bulan lahir tertukar": "day and month of birth swapped",
    "tanggal lahir beda satu bagian": "birth date differs in one part",
    "tahun lahir sama": "birth year equal",
    "tanggal lahir berbeda": "birth date differs",
    "tanggal lahir tidak ada": "no birth date",
    "jenis kelamin sama": "sex equal",
    "jenis kelamin berbeda": "sex differs",
    "jenis kelamin tidak ada": "no sex",
    "kabupaten/kota sama": "regency equal",
    "provinsi sama": "province equal",
    "provinsi berbeda": "province differs",
    "wilayah tidak ada": "no region",
    "nomor HP sama": "phone equal",
    "nomor HP berbeda": "phone differs",
    "nomor HP tidak ada": "no phone",
}
