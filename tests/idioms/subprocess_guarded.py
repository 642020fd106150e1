"""Asks nvidia-smi and git, and goes on if they are not there.

must: ok
"""

import os
import subprocess

try:
    COMMIT = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()
except Exception:
    COMMIT = "unknown"
os.system("nvidia-smi")


def double(x):
    return 2 * x
