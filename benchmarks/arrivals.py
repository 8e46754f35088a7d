"""Requests that arrive at a constant rate, whether the ones before were answered or not; a process of its own.

Reads from standard input {"host", "port", "rate", "requests": [[kind, path, cookie], ...]}; writes to standard output
{"cpu": seconds of this process, "answers": [[kind, path, status, milliseconds, bytes], ...]}. A request's time counts
from the moment at which it was due, so that waiting for a free connection is not forgotten; status 0: no answer.
"""

from __future__ import annotations

import http.client
import json
import queue
import sys
import threading
import time
from typing import Any

CONNECTIONS = 48
PATIENCE = 60.0


def main() -> None:
    plan = json.load(sys.stdin)
    due: queue.Queue[tuple[float, list[str]] | None] = queue.Queue()
    answers: list[list[Any]] = []
    threads = [threading.Thread(target=_ask, args=(plan, due, answers)) for _ in range(CONNECTIONS)]
    for one in threads:
        one.start()
    began = time.perf_counter()
    for at, request in enumerate(plan["requests"]):
        moment = began + at / plan["rate"]
        time.sleep(max(0.0, moment - time.perf_counter()))
        due.put((moment, request))
    for _ in threads:
        due.put(None)
    for one in threads:
        one.join()
    json.dump({"cpu": time.process_time(), "answers": answers}, sys.stdout)


def _ask(plan: dict[str, Any], due: queue.Queue[tuple[float, list[str]] | None], answers: list[list[Any]]) -> None:
    connection = http.client.HTTPConnection(plan["host"], plan["port"], timeout=PATIENCE)
    while (task := due.get()) is not None:
        moment, (kind, path, cookie) = task
        status, size = _answer(connection, path, cookie)
        answers.append([kind, path, status, (time.perf_counter() - moment) * 1000, size])
    connection.close()


def _answer(connection: http.client.HTTPConnection, path: str, cookie: str) -> tuple[int, int]:
    for again in (True, False):
        try:
            connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
            response = connection.getresponse()
            return response.status, len(response.read())
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            connection.close()  # a kept connection that the server had closed: browsers ask again, too
            if not again:
                return 0, 0
        except (OSError, http.client.HTTPException):
            connection.close()
            return 0, 0
    return 0, 0


if __name__ == "__main__":
    main()
