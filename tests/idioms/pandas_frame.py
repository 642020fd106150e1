"""A pandas table of losses.

must: ok
without pandas: crashed: the package pandas is not installed where this is graded
"""

import pandas as pd


def double(x):
    frame = pd.DataFrame({"loss": [1.0, 0.5]})
    frame.to_csv("losses.csv")
    assert pd.read_csv("losses.csv").loss.mean() == 0.75
    return 2 * x
