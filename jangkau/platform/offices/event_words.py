"""What events are called on the auditor's page."""

from __future__ import annotations

from typing import Final

from jangkau.complaints import Text

VERBS: Final = {
    "accepted": Text("menyetujui", "accepted"),
    "accepted_invitation": Text("menerima undangan", "took up an invitation"),
    "agreed_rhythm": Text("mencatat irama pengiriman", "wrote down how often a list is expected"),
    "answered_privacy_request": Text("menjawab permintaan data pribadi", "answered a request about personal data"),
    "asked_for_comparison": Text("meminta perbandingan", "asked for a comparison"),
    "asked_for_export": Text("meminta ekspor", "asked for an export"),
    "asked_for_results": Text("meminta hasil kiriman", "asked for results of a delivery"),
    "asked_for_run": Text("meminta hitungan", "asked for a run"),
    "cancelled_run": Text("membatalkan hitungan", "cancelled a run"),
    "decided_pair": Text("memutuskan pasangan", "decided a pair"),
    "deleted_content": Text("isi dihapus di akhir masa simpan", "content deleted at the end of retention"),
    "delivered": Text("mengirim daftar", "handed a list in"),
    "dismissed": Text("mengakhiri pengguna", "ended a user's access"),
    "downloaded": Text("mengunduh", "downloaded"),
    "dropped_people": Text("orang hitungan lama dihapus", "people of an old run removed"),
    "exported": Text("ekspor selesai", "export made"),
    "failed_run": Text("hitungan gagal", "run failed"),
    "gave_back": Text("mengembalikan kiriman", "gave a delivery back"),
    "invited": Text("mengundang", "invited"),
    "listed_people": Text("membuka daftar orang", "listed people"),
    "loaded_run": Text("hasil hitungan dimuat", "run loaded"),
    "mapped": Text("menunjukkan kolom", "mapped columns"),
    "noted": Text("mencatat tindak lanjut", "noted a follow-up"),
    "published": Text("mengatur halaman umum", "set the public page"),
    "read_first_rows": Text("membaca baris pertama", "read the first rows"),
    "read_pair": Text("membaca pasangan", "read a pair"),
    "read_person": Text("membaca seseorang", "read a person"),
    "read_report": Text("membaca laporan", "read a report"),
    "received_privacy_request": Text("menerima permintaan data pribadi", "received a request about personal data"),
    "refused_file": Text("berkas ditolak pemeriksaan", "file refused by the check"),
    "revealed_nik": Text("membuka NIK lengkap", "revealed a full NIK"),
    "sign_in_failed": Text("gagal masuk", "failed to sign in"),
    "signed_in": Text("masuk", "signed in"),
    "signed_out": Text("keluar", "signed out"),
    "stated_workers": Text("mencatat jumlah pekerja", "stated the number of workers"),
    "stopped_run": Text("hitungan dihentikan", "run stopped"),
    "took_figures": Text("angka diambil", "figures taken"),
    "undid_decision": Text("membatalkan keputusan", "undid a decision"),
    "upload_refused": Text("unggahan ditolak", "upload refused"),
}
THINGS: Final = {
    "delivery": Text("kiriman", "delivery"),
    "export": Text("ekspor", "export"),
    "figures": Text("angka", "figures"),
    "institution": Text("lembaga", "institution"),
    "pair": Text("pasangan", "pair"),
    "person": Text("orang", "person"),
    "privacy_request": Text("permintaan", "request"),
    "refused_rows": Text("baris ditolak", "refused rows"),
    "results": Text("hasil kiriman", "results"),
    "run": Text("hitungan", "run"),
    "snapshot": Text("angka", "figures"),
    "user": Text("pengguna", "user"),
    "workforce": Text("jumlah pekerja", "workers"),
}
