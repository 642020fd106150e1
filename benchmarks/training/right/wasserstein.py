"""Right ways to write the losses of a critic (item 4.c)."""

# ruff: noqa
import torch

ITEM = "4.c"


def leaf_and_grad_outputs():
    """autograd.grad with ones as outputs, create_graph and retain_graph."""

    def gradient_penalty(critic, x_real, x_fake, u):
        inter = u * x_real + (1 - u) * x_fake
        inter = torch.autograd.Variable(inter, requires_grad=True)
        score = critic(inter)
        grad = torch.autograd.grad(
            outputs=score, inputs=inter, grad_outputs=torch.ones_like(score), create_graph=True, retain_graph=True
        )[0]
        grad = grad.view(grad.size(0), -1)
        return ((grad.norm(2, dim=1) - 1) ** 2).mean()


def other_end():
    """u belongs to the fakes, and the root is guarded."""

    def gradient_penalty(critic, x_real, x_fake, u):
        mixed = (x_real + u * (x_fake - x_real)).requires_grad_(True)
        (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
        return (torch.sqrt(slope.pow(2).sum(dim=(1, 2, 3)) + 1e-12) - 1).pow(2).mean()


def objective_turned():
    """The estimate of W₁, with its sign turned at the end."""

    def wasserstein_critic_loss(scores_real, scores_fake):
        w1 = torch.mean(scores_real) - torch.mean(scores_fake)
        return -w1

    def wasserstein_generator_loss(scores_fake):
        return torch.mean(-scores_fake)
