"""Pages of the platform while 20 requests arrive each second: gap lists with two filters, persons, dashboards.

    python -m benchmarks.platform_pages [--scale 0.01]

`jangkau serve` as it is shipped, with 1 million and with 13 million people not protected (platform_home); requests come
from a process of its own at constant moments (arrivals), ten minutes long, of an analyst, a head of branch, two branch
officers and two banks, with filters that their own pages offer; half of the lists are sorted another way or are a page
further on. Targets: 95 % of the requests within 150 ms at 1 million, 400 ms at 13 million, and none fails. After that
each kind of page says what it asked the database: printed with seconds and plans into build/benchmarks/page_plans.txt.
"""

from __future__ import annotations

import contextlib
import html
import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import psycopg

from benchmarks.platform_home import as_of, country, platform, results_of
from benchmarks.processes import ROOT, jangkau
from benchmarks.rows import Row, Size, main_of

if TYPE_CHECKING:
    from jangkau.platform.demonstration import Account

TARGETS = {1_000_000: 150.0, 13_000_000: 400.0}
RATE, SECONDS, WARM = 20, 600, 20
WHO = ("analis", "kepala", "petugas", "manado", "bank", "banklain")
DASHBOARDS = ("/cakupan/", "/cakupan/provinsi/12/", "/cakupan/wilayah/1272/", "/cakupan/wilayah/7171/")
MIX = {"list": 0.6, "person": 0.25, "dashboard": 0.15}
_SELECT = re.compile(r'<select id="s-[a-z_]+" name="([a-z_]+)">(.*?)</select>', re.DOTALL)
_OPTION = re.compile(r'<option value="([^"]+)"')
_PERSON = re.compile(r'href="(/kesenjangan/orang/[0-9a-f-]+/)"')
_NEXT = re.compile(r'rel="next" href="\?([^"]+)"')


@dataclass(frozen=True)
class Reader:
    """Somebody signed in, and what his pages offer him."""

    cookie: str
    filters: dict[str, list[str]]
    people: list[str]
    dashboards: list[str]


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    rows: list[Row] = []
    plans = size.folder / "page_plans.txt"
    plans.unlink(missing_ok=True)
    for people, target in TARGETS.items():
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:  # Django is set up for one home in a process
            rows += alone.submit(_with, size, size.rows(people), target, plans).result()
    return [
        *rows,
        Row("plans of each question", str(plans.relative_to(ROOT)) if plans.is_relative_to(ROOT) else plans.name),
    ]


def _with(size: Size, people: int, target: float, plans: Path) -> list[Row]:
    from jangkau.platform.serving import environment

    seconds = SECONDS if size.scale >= 1 else max(20, round(SECONDS * size.scale))
    with platform(size=size) as here:
        began = time.perf_counter()
        _load(people, country(size=size), here.folder)
        loaded = time.perf_counter() - began
        with psycopg.connect(here.databases.owner) as owner:
            (disk,) = owner.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
        with _serving(here.home.folder) as (port, server):
            readers = [_reader(port, here.accounts[name]) for name in WHO]
            chance = random.Random(people)
            _arrive(port, _requests(readers, chance, RATE * WARM))
            before = _cpu(server)
            told = _arrive(port, _requests(readers, chance, RATE * seconds))
            used = _cpu(server) - before
            known = environment(home=here.home, databases=here.databases, owner=False)
            _plans(readers, plans, people, known)
    about = f"results made and loaded with its figures in {loaded:.0f} s, {disk / 1e9:.1f} GB in PostgreSQL"
    return [
        Row(f"{people:,} people", about),
        *_judged(told, used, people, seconds, target, size.scale >= 1),
    ]


def _load(people: int, source: Path, folder: Path) -> None:
    from jangkau.platform.coverage.jobs import take_folder
    from jangkau.platform.registry.actions import register_finished

    results = results_of(people=people, source=source / "out", target=folder / "results")
    run = register_finished(folder=results, as_of=date.fromisoformat(as_of(results=results)), by=None)
    take_folder(run=run.pk, folder=run.out)


@contextlib.contextmanager
def _serving(home: Path) -> Iterator[tuple[int, int]]:
    """`jangkau serve` on a free port: that, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = jangkau("serve", "--home", str(home), "--port", str(port))
    known = {name: value for name, value in os.environ.items() if not name.startswith("JANGKAU_")}
    with (home / "serve.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=known, stdout=log, stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + 180
            while _get(port, "/readyz", "")[0] != 200:
                if server.poll() is not None or time.monotonic() > until:
                    raise SystemExit((home / "serve.log").read_text("utf-8", "replace")[-3000:])
                time.sleep(0.5)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(120)


def _end(port: int, path: str, cookie: str) -> str | None:
    """Where a path leads to after all redirects; None where there is nothing for this reader."""
    for _ in range(4):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        response.read()
        connection.close()
        if response.status not in (301, 302):
            return path if response.status == 200 else None
        path = response.headers["Location"]
    return None


def _get(port: int, path: str, cookie: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    except OSError:
        return 0, ""
    finally:
        connection.close()


def _reader(port: int, account: Account) -> Reader:
    """Signs an account of the demo in and looks at what its pages offer."""
    cookie = _signed_in(port, account)
    status, page = _get(port, "/kesenjangan/", cookie)
    if status != 200:
        raise SystemExit(f"{account.email}: the gap list answers {status}")
    filters = {menu: _OPTION.findall(options) for menu, options in _SELECT.findall(page)}
    filters.pop("before", None)  # of the run before: there is none
    people: list[str] = []
    after = ""
    for _ in range(6):
        people += _PERSON.findall(page)
        following = _NEXT.search(page)
        if following is None:
            break
        after = html.unescape(following[1])
        page = _get(port, f"/kesenjangan/?{after}", cookie)[1]
    found = {_end(port, path, cookie) for path in DASHBOARDS}
    dashboards = sorted(path for path in found if path)
    return Reader(cookie, {menu: values for menu, values in filters.items() if values}, people, dashboards)


def _signed_in(port: int, account: Account) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/masuk/")
    response = connection.getresponse()
    page, cookies = response.read().decode(), _cookies(response)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    csrf = token[1] if token else ""
    form = urlencode({"login": account.email, "password": account.password, "csrfmiddlewaretoken": csrf})
    headers = {"Cookie": _said(cookies), "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/masuk/", form, headers)
    response = connection.getresponse()
    response.read()
    cookies |= _cookies(response)
    if response.status != 302 or "sessionid" not in cookies:
        raise SystemExit(f"{account.email} could not sign in: {response.status}")
    return _said(cookies)


def _cookies(response: http.client.HTTPResponse) -> dict[str, str]:
    said = response.headers.get_all("Set-Cookie") or []
    return dict(one.split(";")[0].split("=", 1) for one in said)


def _said(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _requests(readers: list[Reader], chance: random.Random, count: int) -> list[list[str]]:
    """What is asked for, and by whom."""
    made = []
    for kind in chance.choices(list(MIX), list(MIX.values()), k=count):
        reader = chance.choice(readers)
        if kind == "list":
            path = "/kesenjangan/?" + _two_filters(reader, chance)
        else:
            path = chance.choice(reader.people if kind == "person" else reader.dashboards)
        made.append([kind, path, reader.cookie])
    return made


def _two_filters(reader: Reader, chance: random.Random) -> str:
    menus = [name for name in reader.filters if name != "sort"]
    query = {name: chance.choice(reader.filters[name]) for name in chance.sample(menus, min(2, len(menus)))}
    luck = chance.random()
    if luck < 0.25 and "sort" in reader.filters:
        query["sort"] = chance.choice(reader.filters["sort"])
    elif luck < 0.5:
        query["setelah"] = str(chance.randrange(200_000))
    return urlencode(query)


def _arrive(port: int, requests: list[list[str]]) -> dict[str, Any]:
    plan = {"host": "127.0.0.1", "port": port, "rate": RATE, "requests": requests}
    command = [sys.executable, "-m", "benchmarks.arrivals"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(plan), capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _cpu(server: int) -> float:
    """Seconds of processor that `jangkau serve`, its children and all of PostgreSQL used so far."""
    spent = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
            parts = rest.split()
            if (
                "postgres" in name
                or int(parts[1]) == server
                or int(parts[2]) == server
                or _below(int(parts[1]), server)
            ):
                spent += (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def _below(process: int, server: int) -> bool:
    while process > 1:
        if process == server:
            return True
        try:
            process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            return False
    return False


def _plans(readers: list[Reader], target: Path, people: int, known: dict[str, str]) -> None:
    """Ask each kind of page once more and write what it asks the database."""
    chance = random.Random(7)
    asked = [["list", "/kesenjangan/?" + _two_filters(one, chance), one.cookie] for one in readers for _ in range(4)]
    asked += [["person", one.people[0], one.cookie] for one in readers if one.people]
    asked += [["dashboard", path, readers[0].cookie] for path in readers[0].dashboards]
    command = [sys.executable, "-m", "benchmarks.page_plans"]
    environment = {**os.environ, **known}
    environment.pop("JANGKAU_OWNER_URL", None)
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(asked), env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    with target.open("a", encoding="utf-8") as file:
        for kind, path, question, spent, plan in json.loads(done.stdout):
            file.write(f"== {people:,} people, {kind} {path}: {spent:.1f} ms\n{question}\n{plan}\n\n")


def _judged(told: dict[str, Any], used: float, people: int, seconds: int, target: float, full: bool) -> list[Row]:
    answers = told["answers"]
    failed = [one for one in answers if one[2] != 200]
    rows = [Row(f"{people:,} people, {len(answers):,} requests in {seconds} s, failed", str(len(failed)), "none",
                not failed if full else None)]  # fmt: skip
    for kind in ("list", "person", "dashboard"):
        times = [one[3] for one in answers if one[0] == kind]
        cuts = quantiles(times, n=100, method="inclusive")
        told_of = f"{cuts[49]:.0f}, {cuts[94]:.0f}, {cuts[98]:.0f}, {max(times):.0f} ms"
        rows.append(Row(f"- {kind}: half, 95 %, 99 %, slowest", told_of, f"95 % within {target:g} ms",
                        cuts[94] <= target if full else None))  # fmt: skip
    rows.append(Row("- of two processors: platform and PostgreSQL; requests' sender",
                    f"{used / seconds:.0%}; {told['cpu'] / seconds:.0%}"))  # fmt: skip
    slow = sorted(answers, key=lambda one: -one[3])[:5]
    rows.append(Row("- the slowest", "; ".join(f"{one[1]} {one[3]:.0f} ms" for one in slow)))
    if failed:
        rows.append(Row("- failed", "; ".join(sorted({f"{one[1]} {one[2]}" for one in failed}))[:300]))
    return rows


if __name__ == "__main__":
    main_of(__doc__, measure)
