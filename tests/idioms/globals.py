# ruff: noqa: PLW0603
"""Global constants, a global config, and a counter that is changed.

must: ok
"""

import types

BATCH_SIZE, LATENT = 64, 2
CONFIG = types.SimpleNamespace(factor=2, lr=1e-3)
HISTORY = {"loss": []}
calls = 0


def double(x):
    global calls
    calls += 1
    HISTORY["loss"].append(calls)
    return CONFIG.factor * x
