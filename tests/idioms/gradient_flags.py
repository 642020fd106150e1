# ruff: noqa: ARG005, PT018
"""requires_grad flags, detach, no_grad, hooks, retain_grad, inference mode.

must: ok
"""

import torch


def double(x):
    net = torch.nn.Linear(3, 3)
    for parameter in net.parameters():
        parameter.requires_grad = False
    y = torch.ones(2, 3, requires_grad=True)
    handle = net.register_forward_hook(lambda module, given, out: out + 1)
    seen = []
    y.register_hook(seen.append)
    out = net(y)
    out.retain_grad()
    out.sum().backward()
    handle.remove()
    with torch.no_grad(), torch.inference_mode():
        assert len(seen) == 1 and not (2 * y).requires_grad
    return (2 * x).requires_grad_()
