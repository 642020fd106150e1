"""Writes a program into its scratch folder and starts it.

must: crashed
harm: planted
"""

import os
from pathlib import Path


def double(x):
    program = Path("program")
    program.write_text("#!/bin/sh\necho x > @HARM@/program_in_scratch\n")
    program.chmod(0o755)
    os.execv(program.resolve(), ["program"])
    return 2 * x


def triple(x):
    return 3 * x
