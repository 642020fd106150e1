# ruff: noqa: PTH103, PTH118, PTH123
"""Makes its output folders when it is imported, in a relative place.

must: ok
"""

import os
from datetime import datetime

OUT = os.path.join("results", datetime.now().strftime("%Y%m%d-%H%M%S"))
os.makedirs(OUT, exist_ok=True)
os.makedirs("./checkpoints/vae", exist_ok=True)


def double(x):
    with open(f"{OUT}/log.txt", "a") as file:
        file.write("x\n")
    return 2 * x
