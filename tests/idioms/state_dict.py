# ruff: noqa: B905
"""A state_dict that goes round by a file, a deep copy and load_state_dict.

must: ok
"""

import copy
from pathlib import Path

import torch


def double(x):
    net = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3))
    other = copy.deepcopy(net)
    path = Path("weights") / "net.pth"
    path.parent.mkdir(exist_ok=True)
    torch.save(net.state_dict(), path)
    other.load_state_dict(torch.load(path))
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), other.parameters()))
    return 2 * x
