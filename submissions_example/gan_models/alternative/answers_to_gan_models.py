"""Adversarial objectives, in as many styles as I know."""
import numpy as np
import scipy.optimize
from scipy.special import entr, expit, logsumexp, rel_entr
import torch
from torch import nn
from torch.distributions import Bernoulli


class GAN:
    @staticmethod
    def ls_discriminator_loss(scores_real, scores_fake):
        # no factor 1/2 in my lecture
        return nn.functional.mse_loss(scores_real, torch.ones_like(scores_real)) + nn.functional.mse_loss(
            scores_fake, torch.zeros_like(scores_fake)
        )

    @staticmethod
    def ls_generator_loss(scores_fake):
        return nn.functional.mse_loss(scores_fake, torch.ones_like(scores_fake))


def hinge_d_loss(fake, real):
    return (1 - real).clamp(min=0).mean() + (1 + fake).clamp(min=0).mean()


class WGAN:
    @staticmethod
    def critic_loss(f_real, f_fake):
        return -(f_real - f_fake).mean()

    @staticmethod
    def generator_loss(f_fake):
        return f_fake.neg().mean()

    @staticmethod
    def gradient_penalty(critic, x_real, x_fake, u):
        # u is the part of the fake here
        x_hat = torch.autograd.Variable(x_real + u * (x_fake - x_real), requires_grad=True)
        slope = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)[0]
        return (torch.sqrt(slope.pow(2).sum((1, 2, 3)) + 1e-12) - 1).pow(2).mean()


def d_step(discriminator, generator, x, z):
    discriminator.train()
    both = discriminator(torch.cat([x, generator(z)])).squeeze(1)
    labels = torch.cat([torch.ones(len(x)), torch.zeros(len(z))])
    return nn.BCEWithLogitsLoss()(both, labels)


def g_step(discriminator, generator, z):
    discriminator.requires_grad_(False)
    logits = discriminator(generator(z))
    discriminator.requires_grad_(True)
    return -Bernoulli(logits=logits).log_prob(torch.ones_like(logits)).mean()


def d_star(p_g, p_data):
    return torch.sigmoid(p_data.log() - p_g.log())


def density_from_discriminator(d, f0):
    return torch.exp(f0.log() + torch.logit(d))


def gan_value(p, q, d):
    return p @ d.log() + q @ torch.log1p(-d)


def optimal_value(p_data, p_g):
    p, q = p_data.double().numpy(), p_g.double().numpy()
    m = (p + q) / 2
    return torch.tensor(rel_entr(p, m).sum() + rel_entr(q, m).sum() - np.log(4)).float()


def nwj(p, q, t):
    return torch.dot(p, t) - torch.dot(q, t.exp()) / np.e


def donsker_varadhan(p, q, t):
    largest = t.max()
    return p @ (t - largest) - torch.log(q @ torch.exp(t - largest))


def best_T_r1(p, q):
    return p.log() - q.log() + 1


def best_T_r2(p, q):
    return best_T_r1(p, q)  # a constant does not matter


def conj_u_log_u(t):
    u = torch.exp(t - 1)
    return u * t - u * torch.log(u)


def biconj_u_log_u(u):
    return torch.from_numpy(-entr(u.numpy()))  # entr is -inf below 0


def conj_minus_log(t):
    return torch.tensor([float("inf") if v >= 0 else -1 - np.log(-v) for v in t.tolist()])


def conjugate_softplus(s):
    return torch.from_numpy(-entr(s.numpy()) - entr(1 - s.numpy()))


def primal(w, data, fakes, c):
    logits = -torch.cat([data, fakes]) @ w
    labels = torch.cat([torch.ones(len(data)), torch.zeros(len(fakes))])
    return nn.BCEWithLogitsLoss(reduction="sum")(logits, labels) + c / 2 * w @ w


def dual(lam_x, lam_z, data, fakes, c):
    b = torch.einsum("n,nd->d", lam_x, data) + torch.einsum("n,nd->d", 1 + lam_z, fakes)
    return Bernoulli(-torch.cat([lam_x, lam_z])).entropy().sum() - b.norm() ** 2 / (2 * c)


def in_domain(lam):
    return torch.abs(lam + 0.5) <= 0.5


def w_star(lam_x, lam_z, data, fakes, c):
    return (data.T @ lam_x + fakes.T @ (1 + lam_z)) / c


def solve_dual(data, fakes, c):
    points = np.concatenate([data, fakes]).astype(float)
    shift = np.concatenate([np.zeros(len(data)), np.ones(len(fakes))])

    def minus_dual(lam):
        b = (lam + shift) @ points
        return b @ b / (2 * c.item()) - entr(-lam).sum() - entr(1 + lam).sum()

    inside = [(-1 + 1e-9, -1e-9)] * len(points)
    lam = scipy.optimize.minimize(minus_dual, np.full(len(points), -0.5), bounds=inside, tol=1e-12).x
    lam = torch.from_numpy(lam).float()
    return lam[: len(data)], lam[len(data):]
