"""A platform with a small demo, as `jangkau serve` starts it, and people who sit down before a browser."""

from __future__ import annotations

import itertools
import json
import re
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from tests.platform.servers import environment, new_database

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOTS = Path(__file__).resolve().parents[3] / "build" / "screenshots"
HEIGHT = {1280: 900, 390: 844}
_ACCOUNT = re.compile(r"^\s+(\S+)@peragaan\.invalid\s+(\S+)", re.MULTILINE)
_LIMIT = 120.0
_places = itertools.count()
"""Everybody sits somewhere else: sign-ins are limited by address."""


@dataclass(frozen=True)
class Served:
    """A running platform: where it is, and the password of each account of the demo."""

    address: str
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo of two provinces with its run."""
    folder = tmp_path_factory.mktemp("peragaan") / "demo"
    sizes = ["--lists", "6000", "--register", "20000", "--provinces", "12,71"]
    for command in (["demo", str(folder), *sizes], ["run", str(folder)]):
        done = subprocess.run(
            [sys.executable, "-m", "jangkau", *command],
            capture_output=True,
            text=True,
            env=environment(database=None),
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """Somebody else's OpenID Connect provider on this machine, and whom it knows; its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import User, run_server_in_thread

    known = [
        User(sub=sub, claims={"email": f"{sub}@bri.invalid", "email_verified": sub != "belum-diperiksa"})
        for sub in ("lamria", "tanpa-undangan", "belum-diperiksa", "berhenti")
    ]
    with run_server_in_thread(user_claims=[*known, User(sub="sondang", claims=_SONDANG)]) as server:
        yield f"http://localhost:{server.server_port}"


_SONDANG = {"email": "sondang@mandiri.invalid", "email_verified": True}


def _single_sign_on(home: Path, provider: str) -> None:
    """BRI's provider asks for a second factor itself, Mandiri's does not."""
    home.mkdir(exist_ok=True)
    path = home / "single-sign-on.yaml"
    path.touch(mode=0o600)
    told = [
        {"institution": code, "name": f"Akun {code.upper()}", "server": provider, "client_id": "jangkau", "secret": "x",
         "second_factor": code == "bri"}
        for code in ("bri", "mandiri")
    ]  # fmt: skip
    path.write_text(json.dumps(told))  # JSON is YAML


@pytest.fixture(scope="session")
def served(demo: Path, provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo on a platform of its own; what it said is shown when it does not come up."""
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is missing: {CHROMIUM}")
    home = tmp_path_factory.mktemp("rumah-peramban")
    for above in (home, *home.parents[:2]):
        above.chmod(0o711)  # the server of the database runs as another user when we are root
    _single_sign_on(home / "home", provider)
    address = f"http://localhost:{_free_port()}"
    told = home.parent / "serve.log"
    command = [sys.executable, "-m", "jangkau", "serve", "--home", str(home / "home"), "--demo", str(demo)]
    with new_database(home=home / "home") as database:
        with told.open("w") as log:
            process = subprocess.Popen(
                [*command, "--port", address.rpartition(":")[2]],
                stdout=log, stderr=subprocess.STDOUT, env=environment(database=database) | {"JANGKAU_PROXIES": "1"},
            )  # fmt: skip
        try:
            _until_ready(process, address, told)
            yield Served(address, dict(_ACCOUNT.findall(told.read_text())))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(90)


@pytest.fixture(scope="module")
def chromium(served: Served) -> Iterator[Browser]:
    """One browser for the tests of a module. Playwright keeps an event loop running in this thread, in which Django's
    ORM refuses to work; so it ends with the module."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def width(request: pytest.FixtureRequest) -> int:
    """As wide as a desk's screen, and as a phone's."""
    return int(request.param)


@pytest.fixture
def sit_down(chromium: Browser, served: Served, width: int) -> Iterator[Callable[[str], Page]]:
    """Somebody before a browser of his own, signed in by his account of the demo; "" for a stranger. The test fails
    when the console of any page told an error, which is how a breach of the content policy shows."""
    wrong: list[str] = []
    contexts = []

    def sat(name: str) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHT[width]}, locale="id-ID", base_url=served.address,
            extra_http_headers={"X-Forwarded-For": f"10.8.0.{next(_places) % 250 + 1}"},
        )  # fmt: skip
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(f"{name} {page.url}: {said.text}") if _is_fault(said) else None)
        page.on("pageerror", lambda error: wrong.append(f"{name} {page.url}: {error}"))
        if name:
            page.goto("/masuk/")
            page.locator("[name=login]").fill(f"{name}@peragaan.invalid")
            page.locator("[name=password]").fill(served.passwords[name])
            page.get_by_role("button", name="Masuk", exact=True).click()
            page.wait_for_url(lambda url: "/masuk/" not in url)
        return page

    yield sat
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def picture(width: int) -> Callable[[Page, str], None]:
    """Keep a picture of a page, and see that nothing on it is wider than the screen."""

    def taken(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert too_wide <= 0, f"{name}: {too_wide} points wider than the screen of {width}"

    return taken


def _is_fault(said: ConsoleMessage) -> bool:
    """An error; that a page itself was refused (403, 404) is for the test to judge."""
    refused = said.text.startswith("Failed to load resource") and said.page is not None
    return said.type == "error" and not (refused and said.page and said.location["url"] == said.page.url)


def _until_ready(process: subprocess.Popen[bytes], address: str, told: Path) -> None:
    until = time.monotonic() + _LIMIT
    while time.monotonic() < until:
        assert process.poll() is None, told.read_text()[-3000:]
        try:
            with urlopen(f"{address}/readyz", timeout=5) as answer:  # noqa: S310 - our own address
                json.load(answer)
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(told.read_text()[-3000:])


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
