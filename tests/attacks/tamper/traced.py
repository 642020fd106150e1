"""Traces and profiles everything that runs in its process, and changes what it returns.

must: wrong | crashed | timeout
harm: forged
control: no — nothing that a trace can change decides there
"""

import sys
import threading


def trace(frame, event, argument):
    for name in ("credit", "right", "same", "agree"):
        if name in frame.f_locals:
            frame.f_locals[name] = 1.0
    return trace


sys.settrace(trace)
sys.setprofile(trace)
threading.settrace(trace)


def double(x):
    return x


def triple(x):
    return 3 * x
