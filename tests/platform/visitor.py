"""Somebody before a running platform, over HTTP as a browser or a script speaks it."""

from __future__ import annotations

import http.client
import http.cookiejar
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LIMIT = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back, after redirections."""

    status: int
    text: str
    address: str
    headers: http.client.HTTPMessage


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class Visitor:
    """Keeps cookies; knows the form token of the last page."""

    def __init__(self, address: str, *, follow: bool = True) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPCookieProcessor(self.cookies)]
        self._opener = urllib.request.build_opener(*handlers, *([] if follow else [_Stay()]))

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request; an answer of any status."""
        url = path if path.startswith("http") else self.address + path
        asked = urllib.request.Request(url, data=body, method=method, headers=dict(headers or {}))  # noqa: S310
        try:
            answer = self._opener.open(asked, timeout=LIMIT)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode("utf-8", "replace")
            return Answer(answer.status, text, answer.geturl(), answer.headers)

    def token(self, page: str = "/masuk/") -> str:
        found = _TOKEN.search(self.ask(page).text)
        assert found, page
        return found[1]

    def post(self, path: str, fields: Mapping[str, str], *, page: str | None = None) -> Answer:
        """Send a form, with the token of a page (that of the form itself by default)."""
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token(page or path), **fields}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(path, method="POST", body=body, headers=kind)

    def sign_in(self, email: str, password: str) -> Answer:
        return self.post("/masuk/", {"login": email, "password": password})

    def hand_in(self, name: str, data: bytes, **other: str) -> Answer:
        """Send a file through the upload form. ``name`` stands in the request as it is."""
        until = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
        fields = {
            "csrfmiddlewaretoken": self.token("/kiriman/baru/"), "layout": "kur", "purpose": "Menemukan pekerja",
            "legal_basis": "Inpres 2/2021", "agreement_number": "PKS-12/2021", "retention_until": until,
        } | other  # fmt: skip
        return self.send("/kiriman/baru/", fields, {"file": (name, data)})

    def send(self, path: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> Answer:
        """Send a form with files."""
        edge = f"----{secrets.token_hex(12)}"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            for field, value in fields.items()
        ]
        parts += [
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n".encode("utf-8", "surrogateescape")
            + data
            + b"\r\n"
            for field, (name, data) in files.items()
        ]
        body = b"".join([*parts, f"--{edge}--\r\n".encode()])
        return self.ask(
            path, method="POST", body=body, headers={"Content-Type": f"multipart/form-data; boundary={edge}"}
        )
