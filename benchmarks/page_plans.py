"""The questions that a page asks the database, with the seconds and the plan of each; a process of its own.

Started with the environment of the web's processes; reads [[kind, path, cookie], ...] from standard input and
writes [[kind, path, question, milliseconds, plan], ...].
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from typing import Any


def main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client

    told: list[list[Any]] = []
    for kind, path, cookie in json.load(sys.stdin):
        client = Client(HTTP_HOST="localhost", HTTP_COOKIE=cookie)
        client.get(path)  # what is imported or compiled once is not the page's
        asked: list[tuple[str, float, str]] = []
        with connection.execute_wrapper(partial(_explained, asked)):
            client.get(path)
        told += [[kind, path, *one] for one in asked]
    json.dump(told, sys.stdout)


def _explained(
    asked: list[tuple[str, float, str]], execute: Any, query: str, values: Any, many: Any, context: Any
) -> Any:
    """Answer a question, and ask in the same transaction and scope how it was done."""
    began = time.perf_counter()
    result = execute(query, values, many, context)
    spent = (time.perf_counter() - began) * 1000
    if " FROM " in query and query.startswith("SELECT"):
        with context["connection"].connection.cursor() as other:
            other.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {query}", values)
            asked.append((query, spent, "\n".join(row[0] for row in other.fetchall())))
    return result


if __name__ == "__main__":
    main()
