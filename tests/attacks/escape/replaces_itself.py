"""Becomes another program, which no Python hook survives.

must: crashed
harm: planted
"""

import os
import sys


def double(x):
    program = "open('@HARM@/replaces_itself', 'w').write('x')"
    os.execv(sys.executable, [sys.executable, "-c", program])
    return 2 * x


def triple(x):
    return 3 * x
