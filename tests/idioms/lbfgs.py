"""LBFGS with a closure.

must: ok
"""

import torch


def double(x):
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight], line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = (weight - 2).pow(4).sum() + (weight - 2).pow(2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return x * weight.detach().round()
