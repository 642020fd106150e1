"""Asks nvidia-smi which GPU there is.

must: crashed: no other programs or processes
"""

import subprocess


def double(x):
    print(subprocess.check_output(["ls", "-l"]).decode())
    return 2 * x
