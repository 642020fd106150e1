"""Bugs in the losses of a critic with a gradient penalty (item 4.c)."""

# ruff: noqa
import torch

ITEM = "4.c"


def critic_sign():
    """The critic lowers real images and raises fakes."""

    def wasserstein_critic_loss(scores_real, scores_fake):
        return scores_real.mean() - scores_fake.mean()


def generator_sign():
    """The generator lowers the critic's score."""

    def wasserstein_generator_loss(scores_fake):
        return scores_fake.mean()


def scores_added():
    """Both means are added."""

    def wasserstein_critic_loss(scores_real, scores_fake):
        return scores_fake.mean() + scores_real.mean()


def absolute_gap():
    """The absolute value: the critic closes the gap."""

    def wasserstein_critic_loss(scores_real, scores_fake):
        return (scores_real.mean() - scores_fake.mean()).abs()


def penalty_forgotten():
    """No penalty."""

    def gradient_penalty(critic, x_real, x_fake, u):
        return torch.zeros(())


def penalty_negative():
    """The penalty rewards steep critics."""

    def gradient_penalty(critic, x_real, x_fake, u):
        x_hat = (u * x_real + (1 - u) * x_fake).detach().requires_grad_()
        (slope,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
        return -(torch.linalg.vector_norm(slope.flatten(1), dim=1) - 1).square().mean()


def penalty_without_graph():
    """The slope is not differentiated again."""

    def gradient_penalty(critic, x_real, x_fake, u):
        x_hat = (u * x_real + (1 - u) * x_fake).detach().requires_grad_()
        (slope,) = torch.autograd.grad(critic(x_hat).sum(), x_hat)
        return (torch.linalg.vector_norm(slope.flatten(1), dim=1) - 1).square().mean()


def penalty_to_zero():
    """The norm is drawn to 0 with the same weight."""

    def gradient_penalty(critic, x_real, x_fake, u):
        x_hat = (u * x_real + (1 - u) * x_fake).detach().requires_grad_()
        (slope,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
        return slope.flatten(1).square().sum(1).mean() * 10


def one_half_detached():
    """The fakes' scores have no gradient."""

    def wasserstein_critic_loss(scores_real, scores_fake):
        return scores_fake.detach().mean() - scores_real.mean()
