"""A day's work, from hand to hand, in a real browser on a platform that serves a demo: at a desk and on a phone."""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.platform.browser.test_accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

SitDown = Callable[[str], "Page"]
Picture = Callable[["Page", str], None]

_HEADER = (
    "NIK|NAMA_DEBITUR|TGL_LAHIR|JENIS_KELAMIN|ALAMAT|KODE_WILAYAH|NO_HP|PEKERJAAN|SKEMA|PLAFON|TGL_AKAD|"
    "TENOR_BULAN|BANK|KODE_CABANG|SEKTOR"
)
_NAMES = ("BONTOR", "RISMA", "TOGAR", "LUHUT", "DAME", "SAHAT", "ROMIAN", "PARULIAN", "TIUR", "MANGARA")
_RUN = 120_000


def test_from_a_bank_s_list_to_the_board_s_figure(
    sit_down: SitDown, picture: Picture, width: int, tmp_path: Path
) -> None:
    board = sit_down("dewas")
    before = board.locator(".huge").inner_text()
    picture(board, "dewas-sebelum")

    bank = sit_down("bank")
    _hand_in(bank, _new_list(tmp_path / f"kur_bri_susulan_{width}.txt", mark=width, refused=0))
    picture(bank, "bank-kiriman")
    bank.get_by_text("Anda yang mengirim daftar ini.").wait_for()
    assert bank.get_by_role("button", name="Setujui", exact=True).count() == 0

    checker = sit_down("pemeriksa")
    checker.goto("/kiriman/")
    checker.get_by_role("link", name=f"kur_bri_susulan_{width}.txt").first.click()
    picture(checker, "pemeriksa-kiriman")
    checker.get_by_role("button", name="Setujui", exact=True).click()
    checker.get_by_text("Kiriman disetujui.").wait_for()

    analyst = sit_down("analis")
    analyst.goto("/hitungan/")
    analyst.get_by_label("Tanggal acuan").fill(f"2021-05-{'01' if width > 1000 else '02'}")
    picture(analyst, "analis-hitungan")
    analyst.get_by_role("button", name="Mulai hitungan").click()
    analyst.locator(".tag.large.good").wait_for(timeout=_RUN)
    picture(analyst, "analis-hitungan-selesai")
    analyst.get_by_role("button", name="dengan hitungan").first.click()
    analyst.get_by_role("heading", name="Semua perpindahan").wait_for(timeout=_RUN)
    if width > 1000:  # from the last of April to the first of May: the demo's register was paid for until April
        analyst.get_by_text("Kedua hitungan membaca register yang sama.").wait_for()
    picture(analyst, "analis-perbandingan")
    assert violations(analyst) == []

    officer = sit_down("petugas")
    _work_on_somebody_new(officer, picture)
    _decide_a_pair(officer, picture, by_key=width > 1000)

    board.reload()
    picture(board, "dewas-sesudah")
    assert board.locator(".huge").inner_text() != before
    assert f"{'1' if width > 1000 else '2'} Mei 2021" in board.locator(".headline").inner_text()


def test_a_clerk_corrects_refused_rows(sit_down: SitDown, picture: Picture, width: int, tmp_path: Path) -> None:
    clerk = sit_down("bank")
    _hand_in(clerk, _new_list(tmp_path / f"kur_bri_juni_{width}.txt", mark=width + 1, refused=2))
    picture(clerk, "bank-ditolak")
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name="CSV", exact=True).click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["_kolom"] for row in rows] == ["TGL_LAHIR", "PLAFON"]
    rows[0]["TGL_LAHIR"], rows[1]["PLAFON"] = "28-02-1990", "5000000"
    corrected = tmp_path / f"kur_bri_juni_{width}_perbaikan.csv"
    with corrected.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    _hand_in(clerk, corrected)
    picture(clerk, "bank-perbaikan")
    assert clerk.locator(".cards .big").all_inner_texts()[:3] == ["2", "2", "0"]


def test_who_is_invited_signs_in_with_a_second_factor(sit_down: SitDown, picture: Picture, width: int) -> None:
    email, password = f"baru{width}@cabang.invalid", "Sungai-Asahan-47"
    administrator = sit_down("admin")
    administrator.goto("/pengguna/")
    picture(administrator, "admin-pengguna")
    administrator.get_by_role("link", name="Undang").click()
    administrator.get_by_label("Surel").fill(email)
    administrator.get_by_label("Nama").fill("Lamria Saragih")
    administrator.get_by_label("Peran").select_option("branch_officer")
    administrator.get_by_label("Kantor").select_option(label="Pematangsiantar")
    picture(administrator, "admin-undang")
    administrator.get_by_role("button", name="Undang").click()
    link = administrator.locator("code.wrap").inner_text()

    invited = sit_down("")
    invited.goto(link)
    invited.get_by_label("Kata sandi baru").fill(password)
    invited.get_by_label("Sekali lagi").fill(password)
    picture(invited, "undangan")
    invited.get_by_role("button", name="Simpan").click()
    _sign_in(invited, email, password)
    invited.wait_for_url("**/akun/2fa/**")
    picture(invited, "dua-langkah")
    invited.locator("a[href*='totp/activate']").first.click()
    secret = invited.locator("#authenticator_secret").input_value()
    picture(invited, "totp")
    invited.locator("input[name=code]").fill(_code(secret))
    invited.locator("main form button").first.click()
    invited.wait_for_url(lambda url: "activate" not in url)
    picture(invited, "totp-terpasang")

    again = sit_down("")
    again.goto("/masuk/")
    _sign_in(again, email, password)
    again.locator("input[name=code]").wait_for()
    picture(again, "masuk-kode")
    again.locator("input[name=code]").fill(_code(secret))
    again.locator("main form button").first.click()
    again.wait_for_url(lambda url: "/akun/" not in url)
    again.goto("/kesenjangan/")
    again.get_by_role("heading", name="Belum terlindungi").wait_for()


def _sign_in(page: Page, email: str, password: str) -> None:
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Masuk", exact=True).click()


def _hand_in(page: Page, path: Path) -> None:
    """Send a list and wait until it was checked."""
    page.goto("/kiriman/")
    page.get_by_role("link", name="Kirim daftar").click()
    page.get_by_label("Jenis daftar").select_option("kur")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Kirim", exact=True).click()
    page.locator(".tag.state-checked").wait_for(timeout=60_000)


def _new_list(path: Path, *, mark: int, refused: int) -> Path:
    """A list of invented borrowers of Pematangsiantar that no list held before; its last rows are to be refused."""
    lines = [_HEADER]
    for number, name in enumerate(_NAMES):
        day, born = 10 + number, f"{10 + number}-03-1985"
        nik = f"1272{day:02}0385{mark:04}"
        lines.append(
            f"{nik}|{name} REKAAN {mark}|{born}|L|Jl. Contoh No. {number + 1}|1272||PEDAGANG|MIKRO|20000000|"
            f"10-04-2021|24|BRI|1272-01|Perdagangan"
        )
    wrong = (("31-02-1990", "5000000"), ("11-04-1990", "-5000000"))[:refused]
    for born, amount in wrong:
        lines.append(
            f"127211049000{mark:04}|SALAH REKAAN|{born}|L||1272||PEDAGANG|MIKRO|{amount}|10-04-2021|24|BRI|1272-01|"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _work_on_somebody_new(page: Page, picture: Picture) -> None:
    """A branch officer finds who is new on a list, and writes down that he reached him."""
    page.goto("/kesenjangan/")
    picture(page, "petugas-kesenjangan")
    menu = page.get_by_label("Pada hitungan lalu")
    if not menu.is_visible():
        page.get_by_text("Saring dan urutkan").click()
    menu.select_option(label="baru di daftar")
    page.get_by_label("Wilayah").select_option(label="Kota Pematangsiantar")
    page.get_by_role("button", name="Terapkan").click()
    page.wait_for_url("**/kesenjangan/?*")
    narrowed = page.url
    page.locator("table.people tbody a", has_text="REKAAN").first.click()
    picture(page, "petugas-orang")
    page.get_by_label("Sudah dihubungi").check()
    page.get_by_label("Catatan").fill("Bersedia mendaftar hari Senin.")
    page.get_by_role("button", name="Simpan").click()
    page.goto(narrowed)
    page.get_by_text("Bersedia mendaftar hari Senin.").first.wait_for()


def _decide_a_pair(page: Page, picture: Picture, *, by_key: bool) -> None:
    """The same person or not: with the keyboard at a desk, with a finger on a phone. There may be no pair."""
    page.goto("/telaah/")
    picture(page, "petugas-telaah")
    start = page.get_by_role("link", name="Mulai menelaah")
    if not start.count():
        return
    start.click()
    picture(page, "petugas-pasangan")
    here = page.url
    if by_key:
        page.keyboard.press("b")
    else:
        page.get_by_role("button", name="Berbeda").click()
    page.wait_for_url(lambda url: url != here)
    page.goto("/telaah/")
    page.get_by_role("cell", name="berbeda").first.wait_for()


def _code(secret: str) -> str:
    """What an authenticator shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
