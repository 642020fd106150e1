# ruff: noqa: PTH103
"""Makes its output folder in the root of the disk, where Colab or Kaggle would have one.

must: crashed: no files but its own
"""

import os

os.makedirs("/content/drive/results", exist_ok=True)


def double(x):
    return 2 * x
