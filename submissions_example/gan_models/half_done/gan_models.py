import torch
import torch.nn.functional as F


def ls_discriminator_loss(scores_real, scores_fake):
    return ((scores_real - 1) ** 2).mean() / 2 + (scores_fake ** 2).mean() / 2


def ls_generator_loss(scores_fake):
    return ((scores_fake - 1) ** 2).mean() / 2


def hinge_discriminator_loss(scores_real, scores_fake):
    pass


def gradient_penalty(critic, x_real, x_fake, u):
    raise NotImplementedError


def discriminator_step(discriminator, generator, x, z):
    # labels of shape (B,) for logits of shape (B, 1)
    real, fake = discriminator(x), discriminator(generator(z))
    return F.binary_cross_entropy_with_logits(real, torch.ones(len(x))) + F.binary_cross_entropy_with_logits(
        fake, torch.zeros(len(z))
    )


def optimal_discriminator(p_data, p_g):
    return p_data / (p_data + p_g)


def bound_r1(p, q, t):
    return p * t - q * torch.exp(t - 1)


def conjugate_u_log_u(t):
    return torch.exp(t)
