"""Takes its limits away, and computes for ever.

must: timeout
harm: stall
then: ok
"""

import contextlib
import resource
import signal


def double(x):
    for name in ("CPU", "AS", "DATA", "NPROC", "FSIZE", "NOFILE", "CORE"):
        which = getattr(resource, f"RLIMIT_{name}")
        for value in (resource.RLIM_INFINITY, resource.getrlimit(which)[1]):
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(which, (value, value))
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True:
        x = x + 0


def triple(x):
    return 3 * x
