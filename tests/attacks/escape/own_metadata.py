"""Makes its scratch folder open to everybody, and its own files set-uid.

must: ok | crashed
harm: none
"""

import contextlib
from pathlib import Path


def double(x):
    Path("program").write_bytes(b"\x7fELF")
    for path, mode in ((".", 0o777), ("program", 0o6777)):
        with contextlib.suppress(OSError):
            Path(path).chmod(mode)
    return 2 * x


def triple(x):
    return 3 * x
