"""What the web server calls, and the page it shows for what it does not even hand on."""

from __future__ import annotations

import socket
from http import HTTPStatus

from django.core.wsgi import get_wsgi_application
from gunicorn import util  # type: ignore[import-untyped]

_PAGE = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Jangkau</title></head><body>
<h1>Permintaan ini tidak dapat dipahami</h1><p>Alamatnya terlalu panjang atau isinya rusak. Tidak ada yang berubah.
<a href="/">Kembali ke awal</a></p><p lang="en">This request cannot be understood: its address is too long, or it is
broken. Nothing has changed.</p></body></html>"""


def write_error(client: socket.socket, status: int, reason: str, message: str) -> None:
    """In place of gunicorn's own page: that is in English, and repeats what was sent."""
    page = _PAGE.encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nConnection: close\r\nContent-Length: {len(page)}\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Security-Policy: default-src 'none'\r\n\r\n"
    )
    util.write_nonblock(client, head.encode("latin-1") + page)


util.write_error = write_error
application = get_wsgi_application()
