"""Starts a shell that plants a file.

must: crashed
harm: planted
"""

import subprocess


def double(x):
    subprocess.run(["/bin/sh", "-c", "echo x > @HARM@/runs_a_program"], check=True)
    return 2 * x


def triple(x):
    return 3 * x
