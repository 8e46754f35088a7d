"""The words of the report for every code in summary.json and in a quality profile, in both languages."""

from __future__ import annotations

from typing import Final

from jangkau.complaints import Text

STEPS: Final = {
    "read": (
        Text("Baris dikirim", "Rows sent"),
        Text(
            "Semua baris pada semua daftar, sebagaimana dikirim lembaga. Ini baris, belum orang.",
            "Every row of every list, as institutions sent it. Rows, not yet people.",
        ),
    ),
    "refused": (
        Text("Baris ditolak", "Rows refused"),
        Text(
            "Tidak dapat dipahami. Tersimpan utuh di refused/ dengan nomor baris dan alasan, agar dapat diperbaiki.",
            "Could not be understood. Kept as sent in refused/ with line number and reason, to be corrected.",
        ),
    ),
    "rows": (
        Text("Baris diterima", "Rows accepted"),
        Text(
            "Baris yang dipakai. Baris tanpa NIK yang sah tetap ikut bila ada nama dan tanggal lahir.",
            "The rows used. A row without a valid NIK stays in when it has a name and a birth date.",
        ),
    ),
    "same_person_again": (
        Text("Orang yang sama lagi", "Same person again"),
        Text(
            "Orang yang sudah dihitung muncul lagi: di daftar lain, di bank lain, atau karena pinjaman diperpanjang.",
            "Somebody already counted appears again: on another list, at another bank, or with a renewed loan.",
        ),
    ),
    "people": (
        Text("Orang", "People"),
        Text("Orang yang berbeda pada semua daftar.", "Different people on all lists together."),
    ),
    "not_eligible": (
        Text("Tidak memenuhi syarat", "Not eligible"),
        Text(
            "Di bawah 17 atau 65 tahun ke atas, ASN, TNI, Polri, atau meninggal. Batas usia belum terverifikasi.",
            "Under 17 or 65 and older, civil servant, soldier, police, or dead. The age limits are unverified.",
        ),
    ),
    "protected": (
        Text("Terlindungi", "Protected"),
        Text(
            "Ada dalam data kepesertaan dan iurannya masih berlaku pada tanggal itu, termasuk dalam masa tenggang.",
            "In the register with contributions in force on that date, those in grace included.",
        ),
    ),
    "undecided_and_missed": (
        Text("Koreksi ragu dan luput", "Doubtful and missed"),
        Text(
            "Pasangan yang belum diputuskan dihitung menurut peluangnya, dan peserta yang luput dari pencarian "
            "diperkirakan.",
            "Undecided matches count by their probability, and members the search has missed are estimated.",
        ),
    ),
    "unprotected": (
        Text("Belum terlindungi", "Unprotected"),
        Text(
            "Perkiraan jumlah orang yang memenuhi syarat dan belum terlindungi, dengan selangnya.",
            "The expected number of eligible people who are not protected, with its interval.",
        ),
    ),
}
TOTALS: Final = frozenset({"read", "rows", "people"})

STATUSES: Final = {
    "protected": (
        Text("Terlindungi", "Protected"),
        Text(
            "Ditemukan dalam data kepesertaan; iuran berlaku atau masih dalam masa tenggang.",
            "Found in the register; contributions in force or within the grace.",
        ),
    ),
    "lapsed": (
        Text("Terputus", "Lapsed"),
        Text(
            "Pernah menjadi peserta; iuran tidak lagi berlaku atau kepesertaan berakhir.",
            "Was a member; contributions are no longer in force or membership has ended.",
        ),
    ),
    "not_found": (
        Text("Tidak ditemukan", "Not found"),
        Text("Tidak ada dalam data kepesertaan mana pun.", "In no record of the register."),
    ),
    "doubtful": (
        Text("Ragu", "Doubtful"),
        Text(
            "Terlindungi atau tidak bergantung pada satu kecocokan yang harus diputuskan orang.",
            "Protected or not hangs on a match that a person must decide.",
        ),
    ),
    "not_eligible": (
        Text("Tidak memenuhi syarat", "Not eligible"),
        Text("Ada di daftar tetapi di luar cakupan aturan pada tanggal itu.", "On a list but outside the law's scope."),
    ),
}

DUTIES: Final = {
    "unmet": (
        Text("Wajib, belum dipenuhi", "Must join, not met"),
        Text("Aturan mewajibkan ikut serta dan kewajiban itu belum dipenuhi.", "The rules oblige them; it is not met."),
    ),
    "met": (
        Text("Wajib, sudah dipenuhi", "Must join, met"),
        Text("Aturan mewajibkan ikut serta dan kewajiban itu sudah dipenuhi.", "The rules oblige them and it is met."),
    ),
    "may": (
        Text("Boleh ikut", "May join"),
        Text("Aturan membolehkan, tidak mewajibkan.", "The rules allow it and do not oblige."),
    ),
    "none": (
        Text("Tanpa kewajiban", "No duty"),
        Text("Aturan tidak menetapkan kewajiban.", "The rules set no duty."),
    ),
    "unknown": (
        Text("Belum diketahui", "Unknown"),
        Text(
            "Bunyi aturan yang berlaku belum dapat dipastikan; bukan berarti tidak ada.",
            "The text in force could not be ascertained; that does not mean there is none.",
        ),
    ),
}

SCHEMES: Final = {
    "super_mikro": Text("KUR super mikro", "KUR super micro"),
    "mikro": Text("KUR mikro", "KUR micro"),
    "kecil": Text("KUR kecil", "KUR small"),
    "khusus": Text("KUR khusus", "KUR special"),
    "pmi": Text("KUR pekerja migran (PMI)", "KUR migrant workers (PMI)"),
}

METHODS: Final = {
    "difference_estimator": Text(
        "Jumlah peluang, dikoreksi dengan sampel telaah", "Sum of probabilities, corrected by a review sample"
    ),
    "calibrated_sum": Text(
        "Jumlah peluang, dikoreksi dengan tangkap-ulang", "Sum of probabilities, corrected by capture-recapture"
    ),
    "capture_recapture": Text("Tangkap-ulang menurut kantor", "Capture-recapture by office"),
    "model_sum": Text("Jumlah peluang menurut model saja", "Sum of the model's probabilities alone"),
}

GROUPS: Final = {
    "list": Text("Daftar", "List"),
    "office": Text("Kantor", "Office"),
    "region": Text("Wilayah", "Region"),
    "sex": Text("Jenis kelamin", "Sex"),
    "age": Text("Umur", "Age"),
    "name": Text("Nama", "Name"),
}
GROUP_VALUES: Final = {
    "L": Text("laki-laki", "men"),
    "P": Text("perempuan", "women"),
    "one_word": Text("nama satu kata", "one-word names"),
    "several_words": Text("nama beberapa kata", "names of several words"),
}

SENSITIVITIES: Final = {
    "bpu_without_grace": Text("Bila BPU tidak mendapat masa tenggang", "If own-account workers had no grace"),
    "grace_for_all_segments": Text(
        "Bila PU, Jakon, dan PMI juga mendapat masa tenggang", "If PU, JAKON and PMI had a grace too"
    ),
    "without_not_working": Text(
        "Bila penerima Prakerja yang tidak bekerja tidak dihitung",
        "If Prakerja recipients who do not work were left out",
    ),
    "no_age_limits": Text("Bila tidak ada batas usia", "If there were no age limits"),
}

LAYOUTS: Final = {
    "register": Text("Data kepesertaan", "Membership register"),
    "kur": Text("Penerima KUR", "KUR borrowers"),
    "prakerja": Text("Penerima Prakerja", "Prakerja recipients"),
    "non_asn": Text("Pegawai non-ASN", "Non-civil-servant staff"),
    "village": Text("Pekerja desa", "Village workers"),
}

UNKNOWN_REGION: Final = Text("Wilayah tidak diketahui", "Region unknown")
NO_BRANCH: Final = Text("Belum ada kantor cabang", "No branch assigned")
UNKNOWN_GROUP: Final = Text("Tidak disebutkan", "Not stated")
