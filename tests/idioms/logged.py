# ruff: noqa: PTH123, SIM115
"""logging to a file and to stderr.

must: ok
"""

import logging
import sys

logging.basicConfig(level=logging.INFO, handlers=[logging.FileHandler("train.log"), logging.StreamHandler(sys.stdout)])
log = logging.getLogger(__name__)


def double(x):
    log.info("doubling %s", tuple(x.shape))
    assert "doubling" in open("train.log").read()
    return 2 * x
