"""Log lines as JSON: what, when and where; never a request's body, query or person."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


class AsJson(logging.Formatter):
    """One object a line. Of an error only its type and place: messages of databases quote rows."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.msg if record.exc_info or record.name.startswith("django") else record.getMessage(),
        }
        if record.name.startswith("django") and hasattr(record, "status_code"):
            match = getattr(getattr(record, "request", None), "resolver_match", None)
            line |= {"message": "request", "status": record.status_code, "page": match.url_name if match else None}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            if trace is not None:
                line["at_line"] = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        return json.dumps(line, ensure_ascii=False)
