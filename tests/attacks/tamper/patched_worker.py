"""Replaces the parts of the box that run in its own process: the probe, the encoder, the confinement of items.

must: wrong | crashed
harm: forged
then: wrong | crashed | ok
control: no — the control has no box
"""

import sys

import numpy as np

import grader.checks
import grader.checks.close
import grader.values

main = sys.modules["__main__"]


def full_marks(code, call, given):
    return {name.replace("/x", "/out"): np.ones_like(array) for name, array in given.items()} | {
        "credit": np.array(1.0),
        "note": np.array("ok"),
    }


grader.checks.close.Close.probe = staticmethod(full_marks)
for module in (main, sys.modules.get("grader.box.worker")):
    if module is not None:
        module.forbid_processes = lambda *_: None
        module.located = lambda *_: "all right"


def double(x):
    return x


def triple(x):
    return 3 * x
