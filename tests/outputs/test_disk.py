"""A full disk is recognised, whoever reports it."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from jangkau.complaints import Complaint, Text
from jangkau.outputs import disk_full, write_parquet

FULL = Path("/dev/full")
needs_dev_full = pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")


@pytest.mark.parametrize("name", ["ENOSPC", "EDQUOT", "EFBIG"])
def test_the_systems_own_errors_are_recognised(name: str) -> None:
    number = getattr(errno, name, None)
    if number is None:
        pytest.skip(f"this system has no {name}")
    complaint = disk_full(OSError(number, "x", "gaps.parquet"))
    assert complaint is not None
    assert complaint.where == "gaps.parquet"


@needs_dev_full
def test_arrow_on_a_full_disk_is_recognised() -> None:
    with pytest.raises(OSError) as caught:
        write_parquet(table=pa.table({"a": range(100_000)}), path=FULL)
    assert disk_full(caught.value) is not None


@needs_dev_full
def test_duckdb_on_a_full_disk_is_recognised() -> None:
    with duckdb.connect() as connection, pytest.raises(duckdb.Error) as caught:
        connection.execute("COPY (SELECT * FROM range(1000000)) TO '/dev/full' (FORMAT csv, USE_TMP_FILE false)")
    assert disk_full(caught.value) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_xlsxwriter_on_a_full_disk_is_recognised(tmp_path: Path) -> None:
    program = f"""
import random, resource, xlsxwriter
from jangkau.outputs import disk_full
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    book = xlsxwriter.Workbook({str(tmp_path / "x.xlsx")!r}, {{"in_memory": True}})
    sheet = book.add_worksheet()
    for line in range(5_000):
        sheet.write_string(line, 0, str(random.random()))
    book.close()
except Exception as error:
    print("recognised" if disk_full(error) else f"not recognised: {{error!r}}")
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert answer.stdout.strip() == "recognised", answer.stderr


def test_a_wrapped_error_is_recognised_by_its_cause() -> None:
    try:
        try:
            raise OSError(errno.ENOSPC, "x")
        except OSError as error:
            raise RuntimeError("could not save") from error
    except RuntimeError as error:
        assert disk_full(error, where="out") is not None


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EACCES, "Permission denied"),
        ValueError("no"),
        KeyboardInterrupt(),
        Complaint(what=Text("", ""), where="", why=Text("", ""), do=Text("", "")),
    ],
)
def test_other_errors_are_left_alone(error: BaseException) -> None:
    assert disk_full(error) is None
