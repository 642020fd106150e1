"""Asks what machine it runs on.

must: ok
"""

import multiprocessing
import os
import platform
import socket
import sys

import numpy as np
import torch


def double(x):
    print(platform.node(), platform.system(), platform.machine(), platform.python_version(), platform.platform())
    print(socket.gethostname(), os.cpu_count(), multiprocessing.cpu_count(), os.getpid(), sys.version, os.uname())
    print(os.getloadavg(), len(os.sched_getaffinity(0)))
    print(torch.__version__, np.__version__, torch.get_num_threads())
    print(torch.__config__.show())
    return 2 * x
