"""What the levels of a comparison mean, in words for reviewers."""

from __future__ import annotations

from jangkau.linkage.kinds import MISSING

WORDS = {
    "nik": {
        1: "NIK sama",
        2: "NIK beda satu angka",
        3: "NIK beda satu angka di nomor urut",
        4: "nomor urut NIK bersebelahan",
        5: "NIK beda dua angka",
        6: "NIK berbeda",
        MISSING: "NIK tidak ada",
    },
    "name": {
        1: "nama sama",
        2: "nama termuat di nama lain",
        3: "nama hampir sama",
        4: "nama mirip",
        5: "satu kata nama sama",
        6: "nama berbeda",
        MISSING: "nama tidak ada",
    },
    "born": {
        1: "tanggal lahir sama",
        2: "tanggal dan bulan lahir tertukar",
        3: "tanggal lahir beda satu bagian",
        4: "tahun lahir sama",
        5: "tahun lahir sama",
        6: "tanggal lahir berbeda",
        MISSING: "tanggal lahir tidak ada",
    },
    "sex": {1: "jenis kelamin sama", 2: "jenis kelamin berbeda", MISSING: "jenis kelamin tidak ada"},
    "region": {1: "kabupaten/kota sama", 2: "provinsi sama", 3: "provinsi berbeda", MISSING: "wilayah tidak ada"},
    "phone": {1: "nomor HP sama", 2: "nomor HP berbeda", MISSING: "nomor HP tidak ada"},
}
