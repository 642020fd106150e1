import torch


def wasserstein_critic_loss(scores_real, scores_fake):
    # the critic wants a large distance
    return scores_real.mean() - scores_fake.mean()


def wasserstein_generator_loss(scores_fake):
    return -scores_fake.mean()


def gradient_penalty(critic, x_real, x_fake, u):
    x = (u * x_real + (1 - u) * x_fake).requires_grad_()
    g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
    return ((g.flatten(1).norm(dim=1) - 1) ** 2).mean()
