"""Our names of columns as people read them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language

from jangkau.complaints import Text

COLUMNS: Final = {
    "alamat": Text("Alamat", "Address"),
    "bank": Text("Bank", "Bank"),
    "email": Text("Surel", "E-mail"),
    "gelombang": Text("Gelombang", "Wave"),
    "instansi": Text("Instansi", "Agency"),
    "jabatan": Text("Jabatan", "Position"),
    "jenis_kelamin": Text("Jenis kelamin", "Sex"),
    "kode_cabang": Text("Kode cabang", "Branch code"),
    "kode_desa": Text("Kode desa", "Village code"),
    "kode_wilayah": Text("Kode wilayah", "Region code"),
    "kpj": Text("KPJ", "KPJ"),
    "line": Text("Baris", "Row"),
    "lunas_sampai": Text("Lunas sampai", "Paid until"),
    "meninggal": Text("Meninggal", "Died"),
    "nama": Text("Nama", "Name"),
    "nama_ibu": Text("Nama ibu", "Mother's name"),
    "nik": Text("NIK", "NIK"),
    "no_hp": Text("No HP", "Phone"),
    "no_kk": Text("No KK", "Family card"),
    "pekerjaan": Text("Pekerjaan", "Occupation"),
    "pemberi_kerja": Text("Pemberi kerja", "Employer"),
    "plafon": Text("Plafon", "Loan"),
    "segmen": Text("Segmen", "Segment"),
    "sektor": Text("Sektor", "Sector"),
    "skema": Text("Jenis KUR", "KUR type"),
    "status_bekerja": Text("Status bekerja", "Working"),
    "sumber_dana": Text("Sumber dana", "Paid from"),
    "tanggal": Text("Tanggal", "Date"),
    "tanggal_akad": Text("Tanggal akad", "Date of the loan"),
    "tanggal_berhenti": Text("Tanggal berhenti", "Left on"),
    "tanggal_lahir": Text("Tanggal lahir", "Birth date"),
    "tanggal_mulai": Text("Tanggal mulai", "Began on"),
    "tanggal_penetapan": Text("Tanggal penetapan", "Granted on"),
    "tenor_bulan": Text("Tenor (bulan)", "Term (months)"),
    "unit_kerja": Text("Unit kerja", "Unit"),
    "upah": Text("Upah", "Wage"),
}


def column(*, name: str) -> Text:
    """What a column of ours is called; its name in words when nobody named it."""
    words = name.replace("_", " ").capitalize()
    return COLUMNS.get(name, Text(words, words))


def spoken(*, name: str) -> str:
    """The same in the language of the reader."""
    return column(name=name).in_("en" if (get_language() or "").startswith("en") else "id")
