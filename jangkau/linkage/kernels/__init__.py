"""Compiled loops (numba) over records held as lines of 32-bit words: fold, pack, compare, search.

Numba keeps what it compiled beside the source and looks only at the file of a function to see whether it is still
good, not at the files of the functions it took in. So the kept code is thrown away here when any of the files changed.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path


def _drop_stale_code() -> None:
    folder = Path(__file__).parent
    digest = sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))).hexdigest()
    stamp = folder / "__pycache__" / "kernels.sha256"
    try:
        if not stamp.is_file() or stamp.read_text() != digest:
            stamp.parent.mkdir(exist_ok=True)
            for old in (*stamp.parent.glob("*.nbi"), *stamp.parent.glob("*.nbc")):
                old.unlink(missing_ok=True)
            stamp.write_text(digest)
    except OSError:  # an installation that cannot be written to: its files are all of one date, and numba sees that
        pass


_drop_stale_code()
