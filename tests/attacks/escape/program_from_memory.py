"""Writes a program into a file that only lies in memory, and starts it.

must: crashed
harm: planted
"""

import os


def double(x):
    program = os.memfd_create("program", 0)
    os.write(program, b"#!/bin/sh\necho x > @HARM@/program_from_memory\n")
    os.execv(f"/proc/self/fd/{program}", ["program"])
    return 2 * x


def triple(x):
    return 3 * x
