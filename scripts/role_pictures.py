"""Takes the pictures of the pages for each role, docs/pictures/role-*.png, from a platform that serves the demo.

    .venv/bin/python -m jangkau serve --home NEW --demo DEMO | tee said.txt    # and in another window:
    .venv/bin/python scripts/role_pictures.py said.txt board auditor           # without names: all

What the platform said is read for its address and the passwords of the accounts. For the checker a delivery must wait.
Needs Chromium.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
CHROMIUM = Path("/usr/bin/chromium")
WIDTH = 1180
_ACCOUNT = re.compile(r"^\s+(\S+)@peragaan\.invalid\s+(\S+)", re.MULTILINE)
_ADDRESS = re.compile(r"^Jangkau: (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Picture:
    """``name``: role-NAME.png. Who looks at which page, how much of it is shown, and on which link he has to click."""

    name: str
    account: str
    path: str
    height: int
    click: str = ""


PICTURES = (
    Picture("administrator", "admin", "/pengguna/", 700),
    Picture("analyst", "analis", "/hitungan/", 760, click="main tbody th a"),
    Picture("auditor", "auditor", "/peristiwa/", 640),
    Picture("bank", "bank", "/kiriman/", 900, click="main tbody th a:text('kur_bri.txt')"),
    Picture("board", "dewas", "/cakupan/", 900),
    Picture("branch", "petugas", "/kesenjangan/", 800),
    Picture("checker", "pemeriksa", "/kiriman/?keadaan=checked", 860, click="main tbody th a"),
    Picture("head-of-branch", "kepala", "/cakupan/cabang/pematangsiantar/", 860),
    Picture("regional-office", "kanwil", "/cakupan/", 760),
    Picture("institution", "pemda", "/kesenjangan/", 760),
    Picture("prosecutor", "jaksa", "/cakupan/", 860),
)


def take(*, picture: Picture, browser: Browser, address: str, password: str) -> Path:
    """Sign in, go there, and keep what fits into the height."""
    context = browser.new_context(viewport={"width": WIDTH, "height": picture.height}, locale="id-ID", base_url=address)
    page = context.new_page()
    page.goto("/masuk/")
    page.locator("[name=login]").fill(f"{picture.account}@peragaan.invalid")
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda url: "/masuk/" not in url)
    page.goto(picture.path)
    if picture.click:
        page.locator(picture.click).first.click()
        page.wait_for_load_state()
    path = FOLDER / f"role-{picture.name}.png"
    page.screenshot(path=path)
    context.close()
    return path


def main() -> int:
    """Take the pictures that are named, or all; print where they are."""
    from playwright.sync_api import sync_playwright

    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    said, wanted = Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2:]
    found = _ADDRESS.search(said)
    if found is None:
        print(f"{sys.argv[1]}: the platform has not said where it is")
        return 1
    passwords = dict(_ACCOUNT.findall(said))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        for one in PICTURES:
            if not wanted or one.name in wanted:
                print(take(picture=one, browser=browser, address=found[1], password=passwords[one.account]))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
