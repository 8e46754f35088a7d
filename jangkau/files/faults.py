"""Everything that can be wrong with a file as a whole, said so that its sender can mend it."""

from __future__ import annotations

from jangkau.complaints import Complaint, Text


def fault(where: str, what: tuple[str, str], why: tuple[str, str], do: tuple[str, str]) -> Complaint:
    """A complaint from (Indonesian, English) pairs."""
    return Complaint(what=Text(*what), where=where, why=Text(*why), do=Text(*do))


_SEND_AGAIN = ("Minta pengirim mengirim ulang berkas ini.", "Ask the sender to send the file again.")
_CANNOT_OPEN = ("Berkas tidak dapat dibuka.", "The file cannot be opened.")
_SAVE_AS = (
    "Simpan sebagai XLSX, CSV atau Parquet lalu kirim ulang.",
    "Save it as XLSX, CSV or Parquet and send it again.",
)


def missing(where: str) -> Complaint:
    return fault(
        where,
        ("Berkas tidak ditemukan.", "The file is not there."),
        ("Tidak ada berkas dengan nama ini.", "There is no file of this name."),
        ("Periksa nama dan foldernya.", "Check its name and folder."),
    )


def unreadable(where: str, reason: str) -> Complaint:
    return fault(
        where,
        _CANNOT_OPEN,
        (f"Sistem menolak: {reason}.", f"The system refuses: {reason}."),
        ("Periksa izin berkas, atau tutup program yang memakainya.", "Check its permissions, or close what uses it."),
    )


def empty(where: str) -> Complaint:
    return fault(
        where,
        ("Berkas kosong.", "The file is empty."),
        ("Tidak ada isi sama sekali di dalamnya.", "There is nothing in it at all."),
        _SEND_AGAIN,
    )


def not_a_table(where: str, kind: str) -> Complaint:
    return fault(
        where,
        ("Berkas ini bukan tabel.", "The file is not a table."),
        (f"Isinya {kind}, apa pun akhiran namanya.", f"It holds {kind}, whatever its name ends in."),
        _SAVE_AS,
    )


def encrypted(where: str) -> Complaint:
    return fault(
        where,
        ("Berkas dilindungi kata sandi.", "The file is protected by a password."),
        ("Isinya terenkripsi sehingga tidak dapat dibaca.", "Its content is encrypted and cannot be read."),
        (
            "Buka dengan kata sandinya, simpan tanpa kata sandi, lalu kirim ulang.",
            "Open it with its password, save it without one, and send it again.",
        ),
    )


def corrupt(where: str, kind: str) -> Complaint:
    return fault(
        where,
        ("Berkas rusak.", "The file is corrupt."),
        (f"Bagian dalam {kind} ini tidak utuh.", f"The inside of this {kind} file is not whole."),
        (
            "Buka dan simpan ulang berkas aslinya, lalu kirim lagi.",
            "Open and save the original once more, and send it again.",
        ),
    )


def truncated(where: str, kind: str) -> Complaint:
    return fault(
        where,
        ("Berkas terpotong.", "The file is cut short."),
        (f"Berkas {kind} berakhir sebelum waktunya.", f"The {kind} file ends before its end."),
        ("Salin atau unduh ulang sampai selesai.", "Copy or download it again, to the end."),
    )


def outside_path(where: str) -> Complaint:
    return fault(
        where,
        ("Zip ini tidak aman.", "The zip is not safe."),
        (
            "Di dalamnya ada nama yang menunjuk ke luar folder.",
            "It holds a name that points to a path outside its own folder.",
        ),
        ("Buat zip baru yang hanya berisi daftar itu.", "Make a new zip that holds only the list."),
    )


def bomb(where: str) -> Complaint:
    return fault(
        where,
        ("Berkas mampat ini tidak wajar.", "The compressed file is a bomb, or looks like one."),
        (
            "Isinya mengembang jauh melebihi daftar mana pun.",
            "Unpacked it grows far beyond what any list of people would.",
        ),
        ("Kirim daftar itu tanpa dimampatkan.", "Send the list without compressing it."),
    )


def several_files(where: str, names: list[str]) -> Complaint:
    listed = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return fault(
        where,
        ("Zip berisi beberapa berkas.", "The zip holds several files."),
        (f"Ditemukan {len(names)}: {listed}.", f"Found {len(names)}: {listed}."),
        ("Kirim satu daftar per zip.", "Send one list in each zip."),
    )


def archive_in_archive(where: str) -> Complaint:
    return fault(
        where,
        ("Berkas mampat di dalam berkas mampat.", "A compressed file inside a compressed file."),
        ("Hanya satu lapis yang dibuka.", "Only one layer is opened."),
        ("Kirim zip yang langsung berisi daftar itu.", "Send a zip that holds the list itself."),
    )


def changed(where: str) -> Complaint:
    return fault(
        where,
        ("Berkas berubah selagi dibaca.", "The file changed while it was read."),
        (
            "Ukuran atau waktunya tidak lagi sama seperti ketika dibuka.",
            "Its size or time is no longer what it was when it was opened.",
        ),
        ("Tunggu sampai selesai disalin, lalu jalankan lagi.", "Wait until it is fully copied, then run again."),
    )
