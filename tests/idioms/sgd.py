"""SGD with momentum, parameter groups, and schedulers by step and by plateau.

must: ok
"""

import torch


def double(x):
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([{"params": [weight], "lr": 0.1}], lr=0.01, momentum=0.5, nesterov=True)
    step = torch.optim.lr_scheduler.StepLR(optimizer, 20, gamma=0.9)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
    for _ in range(60):
        optimizer.zero_grad()
        loss = (weight - 2).square().sum()
        loss.backward()
        optimizer.step()
        step.step()
        plateau.step(loss.item())
    return x * weight.detach().round()
