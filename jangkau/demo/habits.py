"""How each sender writes his list: headers, order of columns, encoding, dates, numbers. Different for every file."""

from __future__ import annotations

from dataclasses import dataclass

from jangkau.demo.senders import BNI, BRI, MANDIRI, NON_ASN, PRAKERJA_2020, PRAKERJA_2021, REGIONAL, VILLAGE


@dataclass(frozen=True)
class Habit:
    """How one sender writes a list. `columns` are pairs of header and canonical column."""

    file: int
    layout: str
    suffix: str
    columns: tuple[tuple[str, str], ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    titles: tuple[str, ...] = ()
    dates: str = "iso"
    regions: str = "four"
    upper: bool = True
    dotted_amounts: bool = False
    long_sex: bool = False
    line_end: str = "\n"


HABITS = (
    Habit(
        file=BRI,
        layout="kur",
        suffix=".txt",
        delimiter="|",
        dates="day_dash",
        columns=(
            *(
                ("NIK", "nik"),
                ("NAMA_DEBITUR", "nama"),
                ("TGL_LAHIR", "tanggal_lahir"),
                ("JENIS_KELAMIN", "jenis_kelamin"),
            ),
            *(("ALAMAT", "alamat"), ("KODE_WILAYAH", "kode_wilayah"), ("NO_HP", "no_hp"), ("PEKERJAAN", "pekerjaan")),
            *(("SKEMA", "skema"), ("PLAFON", "plafon"), ("TGL_AKAD", "tanggal_akad"), ("TENOR_BULAN", "tenor_bulan")),
            *(("BANK", "bank"), ("KODE_CABANG", "kode_cabang"), ("SEKTOR", "sektor")),
        ),
    ),
    Habit(
        file=MANDIRI,
        layout="kur",
        suffix=".csv",
        delimiter=";",
        encoding="cp1252",
        titles=("Daftar Debitur KUR – Bank Mandiri", "Periode Januari 2020 s.d. April 2021", ""),
        dates="day_slash",
        regions="dotted_six",
        upper=False,
        dotted_amounts=True,
        long_sex=True,
        line_end="\r\n",
        columns=(
            *(
                ("No. KTP", "nik"),
                ("Nama Debitur", "nama"),
                ("Tgl Lahir", "tanggal_lahir"),
                ("Jenis Kelamin", "jenis_kelamin"),
            ),
            *(("Alamat", "alamat"), ("Kode Wilayah", "kode_wilayah"), ("No. HP", "no_hp"), ("Skema", "skema")),
            *(("Plafon", "plafon"), ("Tanggal Akad", "tanggal_akad"), ("Tenor Bulan", "tenor_bulan"), ("Bank", "bank")),
            *(("Kode Cabang", "kode_cabang"), ("Sektor", "sektor")),
        ),
    ),
    Habit(
        file=BNI,
        layout="kur",
        suffix=".csv",
        encoding="utf-8-sig",
        regions="dotted_four",
        columns=(
            *(
                ("NO_KTP", "nik"),
                ("NAMA_LENGKAP", "nama"),
                ("TANGGAL_LAHIR", "tanggal_lahir"),
                ("JENIS_KELAMIN", "jenis_kelamin"),
            ),
            *(
                ("KODE_WILAYAH", "kode_wilayah"),
                ("NO_HP", "no_hp"),
                ("PEKERJAAN", "pekerjaan"),
                ("SKEMA", "skema"),
                ("PLAFON", "plafon"),
            ),
            *(
                ("TANGGAL_AKAD", "tanggal_akad"),
                ("BANK", "bank"),
                ("KODE_CABANG", "kode_cabang"),
                ("MENINGGAL", "meninggal"),
            ),
        ),
    ),
    Habit(
        file=REGIONAL,
        layout="kur",
        suffix=".csv",
        delimiter="\t",
        dates="day_short",
        upper=False,
        dotted_amounts=True,
        columns=(
            *(
                ("Nama Lengkap", "nama"),
                ("NIK", "nik"),
                ("Tgl Lahir", "tanggal_lahir"),
                ("Alamat", "alamat"),
                ("Kode Wilayah", "kode_wilayah"),
            ),
            *(
                ("Skema", "skema"),
                ("Plafon", "plafon"),
                ("Tgl Akad", "tanggal_akad"),
                ("Bank", "bank"),
                ("Kode Cabang", "kode_cabang"),
            ),
        ),
    ),
    Habit(
        file=PRAKERJA_2020,
        layout="prakerja",
        suffix=".csv",
        delimiter=";",
        encoding="utf-16",
        dates="words",
        regions="ten",
        upper=False,
        long_sex=True,
        line_end="\r\n",
        columns=(
            *(
                ("NIK", "nik"),
                ("No KK", "no_kk"),
                ("Nama Lengkap", "nama"),
                ("Tanggal Lahir", "tanggal_lahir"),
                ("Jenis Kelamin", "jenis_kelamin"),
            ),
            *(
                ("No HP", "no_hp"),
                ("Email", "email"),
                ("Gelombang", "gelombang"),
                ("Tanggal Penetapan", "tanggal_penetapan"),
            ),
            *(("Kode Wilayah", "kode_wilayah"), ("Status Bekerja", "status_bekerja"), ("Pekerjaan", "pekerjaan")),
        ),
    ),
    Habit(
        file=PRAKERJA_2021,
        layout="prakerja",
        suffix=".csv",
        regions="six",
        columns=(
            *(
                ("nik", "nik"),
                ("no_kk", "no_kk"),
                ("nama", "nama"),
                ("tanggal_lahir", "tanggal_lahir"),
                ("jenis_kelamin", "jenis_kelamin"),
            ),
            *(
                ("no_hp", "no_hp"),
                ("email", "email"),
                ("gelombang", "gelombang"),
                ("tanggal_penetapan", "tanggal_penetapan"),
            ),
            *(("kode_wilayah", "kode_wilayah"), ("status_bekerja", "status_bekerja")),
        ),
    ),
    Habit(
        file=NON_ASN,
        layout="non_asn",
        suffix=".xlsx",
        titles=("DAFTAR TENAGA NON ASN", "Keadaan April 2021"),
        columns=(
            *(
                ("NIK", "nik"),
                ("Nama Lengkap", "nama"),
                ("Tanggal Lahir", "tanggal_lahir"),
                ("Jenis Kelamin", "jenis_kelamin"),
            ),
            *(
                ("Instansi", "instansi"),
                ("Unit Kerja", "unit_kerja"),
                ("Jabatan", "jabatan"),
                ("Upah", "upah"),
                ("Tanggal Mulai", "tanggal_mulai"),
            ),
            *(("Kode Wilayah", "kode_wilayah"), ("Meninggal", "meninggal")),
        ),
    ),
    Habit(
        file=VILLAGE,
        layout="village",
        suffix=".csv.gz",
        delimiter=";",
        dates="day_slash",
        upper=False,
        columns=(
            *(
                ("NIK", "nik"),
                ("Nama", "nama"),
                ("Tanggal Lahir", "tanggal_lahir"),
                ("Jenis Kelamin", "jenis_kelamin"),
                ("Jabatan", "jabatan"),
            ),
            *(("Kode Desa", "kode_desa"), ("Sumber Dana", "sumber_dana"), ("Meninggal", "meninggal")),
        ),
    ),
)
