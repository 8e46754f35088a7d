"""What the tests say at their end about parts that are not installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if find_spec("pyspark") is None:
        terminalreporter.write_line(
            "tests/linkage/spark was skipped: Apache Spark is not installed (make install-spark installs it)"
        )
