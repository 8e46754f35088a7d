"""What intake refuses, said so that whoever hands in or accepts can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jangkau.complaints import Complaint, Text


def refused(*, why: Text, do: Text, what: Text | None = None) -> Complaint:
    """A complaint about a delivery."""
    return Complaint(
        what=what or Text("Kiriman ini tidak dapat diterima.", "This delivery cannot be taken."),
        where="",
        why=why,
        do=do,
    )


_HEADER = Text(
    "Beri satu baris judul dengan nama kolom, misalnya NIK dan Nama, lalu kirim lagi.",
    "Give it one header row with the names of the columns, such as NIK and Nama, and send it again.",
)


def as_sender_reads(*, complaint: Mapping[str, Any]) -> dict[str, Any]:
    """A complaint of the engine without what only who runs it on a folder can do: read its pages, move files."""
    told = dict(complaint)
    if "layouts.md" in told["do"]["id"]:
        told["do"] = {"id": _HEADER.id, "en": _HEADER.en}
    return told


def empty() -> Complaint:
    return refused(
        why=Text("Berkas kosong: tidak ada isi sama sekali.", "The file is empty: there is nothing in it."),
        do=Text("Periksa berkasnya, lalu kirim lagi.", "Check the file and send it again."),
    )


def register_is_ours() -> Complaint:
    return refused(
        why=Text("Register peserta hanya dikirim oleh analis atas nama BPJS Ketenagakerjaan.",
                 "The register is delivered by an analyst for BPJS Ketenagakerjaan only."),
        do=Text("Pilih jenis daftar yang lain.", "Choose another kind of list."),
    )  # fmt: skip


def kept_too_short() -> Complaint:
    return refused(
        why=Text("Masa simpan sudah lewat.", "The retention has ended already."),
        do=Text("Isi tanggal setelah hari ini.", "Give a day after today."),
    )


def not_checked() -> Complaint:
    return refused(
        what=Text("Belum dapat diputuskan.", "This cannot be decided now."),
        why=Text("Kiriman ini tidak sedang menunggu persetujuan.", "The delivery is not waiting to be accepted."),
        do=Text("Muat ulang halamannya.", "Load the page again."),
    )


def already_accepted(by: str) -> Complaint:
    return refused(
        what=Text("Kiriman ini sudah disetujui.", "This delivery is accepted already."),
        why=Text(f"Disetujui oleh {by}. Tidak ada yang berubah.", f"Accepted by {by}. Nothing has changed."),
        do=Text("Tidak perlu berbuat apa-apa.", "There is nothing to do."),
    )


def same_person() -> Complaint:
    return refused(
        what=Text("Anda tidak dapat menyetujui kiriman ini.", "You cannot accept this delivery."),
        why=Text("Pengirim dan pemeriksa harus dua orang yang berbeda.",
                 "Who sends and who accepts must be two different people."),
        do=Text("Mintalah rekan di lembaga Anda, atau analis nasional.",
                "Ask a colleague at your institution, or a national analyst."),
    )  # fmt: skip


def being_checked() -> Complaint:
    return refused(
        what=Text("Kolom belum dapat diubah.", "The columns cannot be changed now."),
        why=Text("Kiriman sedang diperiksa, sudah disetujui, atau sudah dihapus.",
                 "The delivery is being checked, accepted or deleted."),
        do=Text("Tunggu sampai pemeriksaan selesai.", "Wait until the check is done."),
    )  # fmt: skip


def disk_full() -> Complaint:
    return refused(
        what=Text("Berkas tidak dapat disimpan.", "The file cannot be kept."),
        why=Text("Ruang simpan di server penuh. Tidak ada yang tersimpan sebagian.",
                 "The disk of the server is full. Nothing was kept half-way."),
        do=Text("Beri tahu administrator, lalu kirim lagi.", "Tell the administrator and send it again."),
    )  # fmt: skip


def too_large() -> Complaint:
    return refused(
        what=Text("Berkas terlalu besar.", "The file is too large."),
        why=Text("Paling besar 2 GB per berkas.", "A file may have 2 GB at most."),
        do=Text("Mampatkan menjadi .zip atau .gz, atau kirim sebagai Parquet.",
                "Compress it as .zip or .gz, or send it as Parquet."),
    )  # fmt: skip


def returned(reason: str) -> Complaint:
    return Complaint(
        what=Text("Dikembalikan oleh pemeriksa.", "Returned by the checker."),
        where="",
        why=Text(reason, reason),
        do=Text("Perbaiki daftarnya lalu kirim berkas yang baru.", "Correct the list and send a new file."),
    )


def failed() -> Complaint:
    return Complaint(
        what=Text("Pemeriksaan gagal karena kesalahan pada kami.", "The check failed by a fault of ours."),
        where="",
        why=Text("Berkas Anda tersimpan dan tidak berubah.", "Your file is kept and unchanged."),
        do=Text("Coba periksa lagi; bila tetap gagal, hubungi administrator.",
                "Have it checked again; if it fails again, tell the administrator."),
    )  # fmt: skip
