"""Has numpy, torch and the C library read the answers, past anything that python's `open` might check.

must: ok
harm: token
then: ok
"""

import contextlib
import ctypes

import numpy as np
import torch

PATH = "@COURSE@/reference/wall/token.txt"


def fopen():
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    file = libc.fopen(PATH.encode(), b"r")
    if file:
        line = ctypes.create_string_buffer(200)
        libc.fgets(line, 200, ctypes.c_void_p(file))
        print(line.value)


def double(x):
    for reader in (
        lambda: np.fromfile(PATH, np.uint8).tobytes(),
        lambda: np.memmap(PATH, np.uint8, "r").tobytes(),
        lambda: np.genfromtxt(PATH, str),
        lambda: bytes(torch.from_file(PATH, shared=False, size=30, dtype=torch.uint8).tolist()),
        fopen,
    ):
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            print(reader())
    return 2 * x


def triple(x):
    return 3 * x
