"""Other ways in and out, in a real browser: single sign-on at somebody else's provider, passkeys, sessions that end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

SitDown = Callable[[str], "Page"]
PASSWORD = "Sungai-Asahan-47"
at_a_desk = pytest.mark.parametrize("width", [1280], indirect=True)


def invite(administrator: Page, email: str, *, institution: str) -> str:
    """The link of an invitation of a bank officer."""
    administrator.goto("/pengguna/undang/")
    administrator.get_by_label("Surel").fill(email)
    administrator.get_by_label("Nama").fill(email.partition("@")[0].title())
    administrator.get_by_label("Peran").select_option("bank_officer")
    administrator.get_by_label("Lembaga").select_option(label=institution)
    administrator.get_by_role("button", name="Undang").click()
    return administrator.locator("code.wrap").inner_text()


def sign_in_at(page: Page, name: str, sub: str) -> None:
    """Go through the provider as somebody it knows; what dresses its page lies elsewhere and is left out."""
    page.route("**/pico.min.css", lambda route: route.fulfill(body=""))
    page.goto("/masuk/")
    page.get_by_role("link", name=name).click()
    page.locator("input[name=sub]").fill(sub)
    page.get_by_role("button", name="Authorize", exact=True).click()


@at_a_desk
def test_who_was_invited_at_an_institution_signs_in_with_its_account(sit_down: SitDown, width: int) -> None:
    administrator = sit_down("admin")
    invite(administrator, "lamria@bri.invalid", institution="BRI")
    officer = sit_down("")
    sign_in_at(officer, "Akun BRI", "lamria")
    officer.wait_for_url("**/cakupan/lembaga/bri/**")  # the provider asked for the second factor
    officer.get_by_text("Lamria").first.click()
    officer.get_by_role("button", name="Keluar").click()
    sign_in_at(officer, "Akun BRI", "lamria")
    officer.wait_for_url("**/cakupan/lembaga/bri/**")
    administrator.goto("/pengguna/")
    assert "aktif" in administrator.get_by_role("row", name="lamria@bri.invalid").inner_text()


@at_a_desk
def test_where_the_provider_asks_for_no_second_factor_we_do(sit_down: SitDown, width: int) -> None:
    invite(sit_down("admin"), "sondang@mandiri.invalid", institution="Mandiri")
    officer = sit_down("")
    sign_in_at(officer, "Akun MANDIRI", "sondang")
    officer.wait_for_url("**/akun/2fa/**")
    officer.goto("/kesenjangan/")
    assert "/akun/2fa/" in officer.url


@at_a_desk
@pytest.mark.parametrize(
    ("sub", "button", "invited"),
    [
        ("tanpa-undangan", "Akun BRI", ""),
        ("belum-diperiksa", "Akun BRI", "BRI"),
        ("lamria", "Akun MANDIRI", ""),
    ],
)
def test_nobody_else_comes_in_by_single_sign_on(
    sub: str, button: str, invited: str, sit_down: SitDown, width: int
) -> None:
    if invited:
        invite(sit_down("admin"), f"{sub}@bri.invalid", institution=invited)
    stranger = sit_down("")
    sign_in_at(stranger, button, sub)
    stranger.get_by_role("heading", name="Anda belum diundang").wait_for()
    stranger.goto("/kesenjangan/")
    assert "/masuk/" in stranger.url


@at_a_desk
def test_a_dismissed_user_is_out_at_once_and_single_sign_on_does_not_bring_him_back(
    sit_down: SitDown, width: int
) -> None:
    administrator = sit_down("admin")
    invite(administrator, "berhenti@bri.invalid", institution="BRI")
    officer = sit_down("")
    sign_in_at(officer, "Akun BRI", "berhenti")
    officer.wait_for_url("**/cakupan/lembaga/bri/**")
    administrator.goto("/pengguna/")
    administrator.get_by_role("button", name="Akhiri Berhenti").click()
    officer.reload()
    assert "/masuk/" in officer.url
    sign_in_at(officer, "Akun BRI", "berhenti")
    officer.get_by_role("heading", name="Anda belum diundang").wait_for()


@at_a_desk
def test_somebody_signs_in_with_a_passkey_alone(sit_down: SitDown, width: int) -> None:
    link = invite(sit_down("admin"), "kunci@bri.invalid", institution="BRI")
    officer = sit_down("")
    keys = officer.context.new_cdp_session(officer)
    keys.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    officer.goto(link)
    officer.get_by_label("Kata sandi baru").fill(PASSWORD)
    officer.get_by_label("Sekali lagi").fill(PASSWORD)
    officer.get_by_role("button", name="Simpan").click()
    officer.locator("[name=login]").fill("kunci@bri.invalid")
    officer.locator("[name=password]").fill(PASSWORD)
    officer.get_by_role("button", name="Masuk", exact=True).click()
    officer.wait_for_url("**/akun/2fa/**")
    officer.goto("/akun/2fa/webauthn/add/")
    officer.locator("#mfa_webauthn_add").wait_for()  # no password a second time just after signing in
    passwordless = officer.locator("[name=passwordless]")
    if passwordless.count():
        passwordless.check()
    officer.locator("#mfa_webauthn_add").click()
    officer.wait_for_url(lambda url: "/webauthn/add/" not in url)

    officer.goto("/kesenjangan/")
    officer.get_by_role("heading", name="Belum terlindungi").wait_for()
    officer.get_by_text("Kunci").first.click()
    officer.get_by_role("button", name="Keluar").click()
    officer.goto("/masuk/")
    officer.locator("#passkey_login").click()
    officer.wait_for_url(lambda url: "/masuk/" not in url and "/akun/" not in url)
    officer.goto("/kesenjangan/")
    officer.get_by_role("heading", name="Belum terlindungi").wait_for()


@at_a_desk
def test_one_ends_a_session_elsewhere_and_then_all_others(sit_down: SitDown, width: int) -> None:
    elsewhere, again, here = (sit_down("kepala") for _ in range(3))
    here.goto("/akun/sesi/")
    before = here.locator("tbody tr").count()
    assert before >= 3
    here.get_by_role("button", name="Akhiri sesi", exact=True).first.click()
    here.get_by_text("Sesi diakhiri.").wait_for()
    assert here.locator("tbody tr").count() == before - 1
    here.get_by_role("button", name="Akhiri semua sesi lain").click()
    here.get_by_text("Sesi lain diakhiri.").wait_for()
    for page in (elsewhere, again):
        page.reload()
        assert "/masuk/" in page.url
    here.goto("/kesenjangan/")
    here.get_by_role("heading", name="Belum terlindungi").wait_for()
