"""A large list over a connection that breaks, in a real browser: it goes on where it stopped, also after a reload."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.platform.browser.conftest import SCREENSHOTS, Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZE = 14_000_000
BREAKS_AT = 6_000_000
_HEADER = b"NIK,Nama,Tanggal Lahir,Skema,Plafon,Tanggal Akad,Bank,Sektor\n"


class Line:
    """A connection between browser and platform, which can break: a port of its own that passes bytes on."""

    def __init__(self, target: int) -> None:
        self.target, self.sent, self.left, self.down = target, 0, 0, False
        self._open: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def break_after(self, *, many: int) -> None:
        """Break once so many more bytes have gone to the platform, and stay broken."""
        self.left = many

    def mend(self) -> None:
        self.down = False

    def _serve(self) -> None:
        while True:
            caller, _ = self._door.accept()
            if self.down:
                caller.close()
                continue
            there = socket.create_connection(("127.0.0.1", self.target))
            self._open += [caller, there]
            for one, two, counted in ((caller, there, True), (there, caller, False)):
                threading.Thread(target=self._pass, args=(one, two, counted), daemon=True).start()

    def _pass(self, one: socket.socket, two: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while block := one.recv(65_536):
                two.sendall(block)
                if counted:
                    self.sent += len(block)
                    if self.left and self.sent >= self.left:
                        self.left, self.down = 0, True
                        self._cut()
        for end in (one, two):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _cut(self) -> None:
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
                end.close()
        self._open.clear()


@pytest.fixture
def line(served: Served) -> Line:
    return Line(int(served.address.rpartition(":")[2]))


@pytest.fixture
def clerk(chromium: Browser, served: Served, line: Line) -> Iterator[Page]:
    """The bank's officer before the form, at the far end of the line."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="id-ID", base_url=f"http://localhost:{line.port}"
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("/masuk/")
    page.locator("[name=login]").fill("bank@peragaan.invalid")
    page.locator("[name=password]").fill(served.passwords["bank"])
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda url: "/masuk/" not in url)
    page.goto("/kiriman/baru/")
    yield page
    context.close()


def _large(path: Path) -> Path:
    mark = time.time_ns()  # like no other list
    row = b"1272015204900002,SITI AMINAH,1990-04-12,mikro,21000000,2020-05-06,BRI,Dagang %d\n" % mark
    path.write_bytes(_HEADER + row * (SIZE // len(row)))
    return path


def _send(page: Page, path: Path) -> None:
    page.get_by_label("Jenis daftar").select_option("kur")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Kirim", exact=True).click()


def test_an_upload_goes_on_when_the_line_is_back(clerk: Page, line: Line, tmp_path: Path) -> None:
    path = _large(tmp_path / "kur_besar.csv")
    line.break_after(many=line.sent + BREAKS_AT)
    before = line.sent
    _send(clerk, path)
    clerk.get_by_text("Dilanjutkan begitu tersambung lagi").wait_for()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    clerk.screenshot(path=SCREENSHOTS / "bank-sambungan-putus-1280.png", full_page=True)
    line.mend()
    clerk.wait_for_url(re.compile(r"/kiriman/\d+/$"))
    clerk.get_by_role("heading", name="kur_besar.csv").wait_for()
    # all of it once, and what was on its way when the line broke: the rest of that part is not sent twice
    assert SIZE < line.sent - before < SIZE + 3_000_000


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(clerk: Page, line: Line, tmp_path: Path) -> None:
    path = _large(tmp_path / "kur_besar_lagi.csv")
    line.break_after(many=line.sent + BREAKS_AT)
    _send(clerk, path)
    clerk.get_by_text("Dilanjutkan begitu tersambung lagi").wait_for()
    line.mend()
    clerk.goto("/kiriman/baru/")
    before = line.sent
    _send(clerk, path)
    clerk.wait_for_url(re.compile(r"/kiriman/\d+/$"))
    clerk.get_by_role("heading", name="kur_besar_lagi.csv").wait_for()
    assert line.sent - before < SIZE - 3_500_000
