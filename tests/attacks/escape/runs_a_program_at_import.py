"""Starts a program while it is imported, when a process more is normal.

must: crashed
harm: planted
"""

import subprocess

subprocess.run(["/bin/sh", "-c", "echo x > @HARM@/runs_a_program_at_import"], check=True)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
