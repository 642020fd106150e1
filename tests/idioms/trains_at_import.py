"""A short training when the file is imported.

must: ok
"""

import torch

weight = torch.nn.Parameter(torch.zeros(1))
optimizer = torch.optim.Adam([weight], lr=0.1)
for epoch in range(150):
    optimizer.zero_grad()
    loss = (weight - 2).square().mean()
    loss.backward()
    optimizer.step()
    if epoch % 50 == 0:
        print(f"epoch {epoch}: {loss.item():.3f}")


def double(x):
    return x * weight.detach().round()
