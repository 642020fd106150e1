"""Reads and sets environment variables, before and after importing torch.

must: ok
"""

import os

os.environ["KMP_DUPLICATE_LIB_OK"] = "TRUE"
os.environ["CUDA_VISIBLE_DEVICES"] = "0"
os.environ.setdefault("DATA", "data")

import torch


def double(x):
    return x * torch.tensor(int(os.environ.get("FACTOR", "2"))) + 0 * len(os.getenv("PATH", ""))
