"""Every kind of page, as somebody who works with it, at a desk and on a phone: nothing against WCAG 2.2 AA."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

SitDown = Callable[[str], "Page"]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK, PHONE = 1280, 390
HEIGHT = {DESK: 900, PHONE: 844}
URLS = Path(__file__).resolve().parents[3] / "jangkau" / "platform" / "urls.py"

# Who opens what. A path that starts with "first " is the first link to such a page on the page named before.
WALKS: dict[str, tuple[str, ...]] = {
    "": ("/masuk/", "/publik/", "/publik/provinsi/12/", "/undangan/tidak-berlaku/", "/akun/oidc/gagal/",
         "/akun/oidc/batal/", "/tidak-ada/"),
    "dewas": ("/cakupan/", "/cakupan/provinsi/12/", "/cakupan/wilayah/1272/", "/tidak-ada/", "/pengguna/"),
    "analis": (
        "/cakupan/", "/cakupan/wilayah/", "/cakupan/cabang/", "/cakupan/provinsi/12/", "/cakupan/wilayah/1272/",
        "/cakupan/lembaga/bri/", "/cakupan/cabang/pematangsiantar/", "/kesenjangan/", "/kesenjangan/?status=lapsed",
        "/kesenjangan/?region=9999", "/kesenjangan/ekspor/", "/hitungan/", "/hitungan/1/", "/privasi/", "/kiriman/",
        "/kiriman/1/", "/kiriman/1/kolom/", "/kiriman/lembaga/1/", "/pekerja/",
    ),
    "petugas": (
        "/kesenjangan/", "first /kesenjangan/orang/", "/telaah/", "first /telaah/", "/cakupan/", "/akun/2fa/",
        "/akun/2fa/totp/activate/", "/akun/2fa/webauthn/", "/akun/2fa/webauthn/add/", "/akun/sesi/", "/akun/sandi/",
        "/akun/ulang/", "/komponen/",
    ),
    "bank": ("/kiriman/", "/kiriman/1/", "/kiriman/baru/", "/cakupan/", "/kesenjangan/", "first /kesenjangan/orang/"),
    "auditor": ("/peristiwa/", "/privasi/"),
    "admin": (
        "/pengguna/", "/pengguna/undang/", "/kantor/", "/kantor/2/", "/kantor/2/nama/", "/kantor/baru/", "/lembaga/",
        "/lembaga/1/nama/", "/lembaga/baru/",
        "/pekerja/",
    ),
}  # fmt: skip
NO_PAGE = (
    r"^(healthz|readyz|metrics)$", r"^bahasa/", r"^keluar/", r"^akun/(2fa|sesi|oidc)?/?$", r"\.csv$", r"\.xlsx$",
    r"/(keadaan|kemajuan|nik|catatan|putus|batal|periksa|hapus|hentikan|setujui|kembalikan|akhiri|tutup|buka|undang|hasil)/$",
    r"^privasi/[^/]+/$", r"^cakupan/[^/]+/publik/$", r"^kesenjangan/saringan/", r"^kesenjangan/ekspor/.+", r"^$",
    r"/laporan/$", r"/banding/", r"^akun/oidc/<", r"^kiriman/naik/",
)  # fmt: skip
"""Answers without a page of ours: files, fragments, what only takes a form, what sends on; reports have tests of their
own, and a comparison, which needs two runs, is looked at on the way of test_journeys."""


def opened(page: Page, walk: tuple[str, ...]) -> Iterator[str]:
    """Go from page to page."""
    for path in walk:
        here = path
        if path.startswith("first "):
            link = page.locator(f"main a[href^='{path[6:]}']").first
            here = link.get_attribute("href") or ""
        page.goto(here)
        yield here


def violations(page: Page) -> list[str]:
    """What axe has against a page, a line each. The debugger puts axe in, so the page keeps its content policy."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE + "; 0")
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("width", [DESK], indirect=True)
@pytest.mark.parametrize("name", WALKS)
def test_axe_finds_nothing_against_a_page(name: str, sit_down: SitDown, width: int) -> None:
    page = sit_down(name)
    wrong = []
    for path in opened(page, WALKS[name]):
        for wide in (DESK, PHONE):
            page.set_viewport_size({"width": wide, "height": HEIGHT[wide]})
            wrong += [f"{name} {path} {wide}: {one}" for one in violations(page)]
            too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            wrong += [f"{name} {path}: {too_wide} points wider than the screen of {wide}"] if too_wide > 0 else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", [DESK], indirect=True)
def test_a_page_in_english_says_so_and_has_nothing_against_it(sit_down: SitDown, width: int) -> None:
    page = sit_down("petugas")
    page.get_by_role("button", name="EN", exact=True).click()
    wrong = []
    for path in opened(page, WALKS["petugas"][:4]):
        assert page.locator("html").get_attribute("lang") == "en"
        wrong += [f"{path}: {one}" for one in violations(page)]
    assert not wrong, "\n".join(wrong)


def test_every_kind_of_page_is_looked_at() -> None:
    routes = re.findall(r'\bpath\(\s*"([^"]*)"', URLS.read_text(encoding="utf-8"))
    assert len(routes) > 60
    seen = [path.partition("?")[0].lstrip("/") for walk in WALKS.values() for path in walk]
    seen += ["kesenjangan/orang/0/", "telaah/0/"]  # behind the first link
    forgotten = [
        route
        for route in routes
        if not any(re.search(pattern, route) for pattern in NO_PAGE)
        and not any(re.fullmatch(re.sub(r"<[^>]+>", "[^/]+", route), path) for path in seen)
    ]
    assert forgotten == []
