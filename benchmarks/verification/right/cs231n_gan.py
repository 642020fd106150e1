"""Right answers to `gan.py` in other styles than the reference's: `<function>__<style>`."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def sample_noise__in_place(batch_size, noise_dim, dtype=torch.float, device="cpu"):
    return torch.empty((batch_size, noise_dim), dtype=dtype, device=device).uniform_(-1, 1)


def sample_noise__numpy(batch_size, noise_dim):
    return torch.from_numpy(np.random.uniform(-1.0, 1.0, (batch_size, noise_dim)).astype(np.float32))


class discriminator__class(nn.Module):  # noqa: N801
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(start_dim=1))
        for n, m in ((784, 256), (256, 256)):
            self.net.append(nn.Linear(n, m)).append(nn.LeakyReLU(negative_slope=0.01, inplace=True))
        self.net.append(nn.Linear(256, 1))

    def forward(self, images):
        return self.net(images)


def generator__ordered(noise_dim=96):
    model = nn.Sequential()
    model.add_module("fc1", nn.Linear(noise_dim, 1024))
    model.add_module("relu1", nn.ReLU(inplace=True))
    model.add_module("fc2", nn.Linear(1024, 1024))
    model.add_module("relu2", nn.ReLU(inplace=True))
    model.add_module("fc3", nn.Linear(1024, 784))
    model.add_module("tanh", nn.Tanh())
    return model


def bce_loss__loss_class(input, target):  # noqa: A002
    return nn.BCEWithLogitsLoss()(input, target)


def bce_loss__softplus_in_place(input, target):  # noqa: A002
    loss = F.softplus(input)
    loss -= input * target
    return loss.sum() / loss.numel()


def discriminator_loss__labels_of_the_course(logits_real, logits_fake):
    n = logits_real.size()
    return F.binary_cross_entropy_with_logits(logits_real, torch.ones(n)) + F.binary_cross_entropy_with_logits(
        logits_fake, torch.zeros(n)
    )


def discriminator_loss__logaddexp(logits_real, logits_fake):
    zero = torch.zeros(())
    return torch.logaddexp(zero, -logits_real).mean() + torch.logaddexp(zero, logits_fake).mean()


def generator_loss__two_class_softmax(logits_fake):
    pair = torch.stack([torch.zeros_like(logits_fake), logits_fake], dim=-1).reshape(-1, 2)
    return F.cross_entropy(pair, torch.ones(len(pair), dtype=torch.long))


def ls_discriminator_loss__norms(scores_real, scores_fake):
    n = scores_real.numel()
    return ((scores_real - 1).norm() ** 2 + scores_fake.norm() ** 2) / (2 * n)


def ls_generator_loss__einsum(scores_fake):
    gap = (scores_fake - 1).flatten()
    return 0.5 * torch.einsum("n,n->", gap, gap) / gap.numel()
