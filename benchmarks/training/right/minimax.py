"""Right ways to write the minimax losses (item 4.b)."""

# ruff: noqa
import torch
import torch.nn.functional as F

ITEM = "4.b"


def logarithms():
    """log(1 − D) with a small number."""

    def generator_loss_minimax(logits_fake):
        return torch.log(1 - torch.sigmoid(logits_fake) + 1e-8).mean()


def cross_entropy_turned():
    """Minus the cross entropy with zeros."""

    def generator_loss_minimax(logits_fake):
        return -F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))


def value_turned():
    """Minus the value, by logsigmoid, and its half for the generator."""

    def discriminator_loss(logits_real, logits_fake):
        return -(F.logsigmoid(logits_real) + F.logsigmoid(-logits_fake)).mean()

    def generator_loss_minimax(logits_fake):
        return F.logsigmoid(-logits_fake).mean()
