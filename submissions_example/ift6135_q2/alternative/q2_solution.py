import torch
from torch.distributions import Uniform


def lp_reg(x, y, critic):
    """One example after the other; the result has the shape (1,) of the template."""
    u = Uniform(0.0, 1.0).sample((x.shape[0], 1))
    interpolates = torch.lerp(x, y, u).requires_grad_()
    penalties = []
    for row in interpolates:
        value = critic(row.unsqueeze(0)).sum()
        gradient, = torch.autograd.grad(value, row, create_graph=True)
        excess = torch.linalg.vector_norm(gradient) - 1
        penalties.append(torch.where(excess > 0, excess ** 2, 0 * excess))
    return torch.stack(penalties).mean().reshape(1)


def vf_wasserstein_distance(x, y, critic):
    both = critic(torch.cat([x, y])).flatten()
    return both[:len(x)].mean() - both[len(x):].mean()


def vf_squared_hellinger(x, y, critic):
    g_x = 1.0 - (-critic(x)).exp()
    g_y = 1.0 - (-critic(y)).exp()
    return g_x.mean() - (g_y / (1 - g_y)).mean()
