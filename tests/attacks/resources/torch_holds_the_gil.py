"""Keeps one long torch operation going in many threads at once.

must: timeout | crashed
harm: stall
"""

import threading

import torch


def _work():
    a = torch.rand(600, 600)
    while True:
        a = torch.linalg.inv(a @ a.T + torch.eye(600))


def double(x):
    threads = [threading.Thread(target=_work) for _ in range(8)]
    for thread in threads:
        thread.start()
    threads[0].join()
    return 2 * x


def triple(x):
    return 3 * x
