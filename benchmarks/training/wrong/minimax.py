"""Bugs in the minimax losses, which get logits (item 4.b)."""

# ruff: noqa
import torch
import torch.nn.functional as F

ITEM = "4.b"


def generator_maximises():
    """The sign of the discriminator's objective is kept for the generator."""

    def generator_loss_minimax(logits_fake):
        return F.softplus(logits_fake).mean()


def discriminator_maximises():
    """The value is returned as it is maximised, and then minimised."""

    def discriminator_loss(logits_real, logits_fake):
        return F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()


def both_terms_real():
    """Both terms are log D."""

    def discriminator_loss(logits_real, logits_fake):
        return F.softplus(-logits_real).mean() + F.softplus(-logits_fake).mean()


def arguments_exchanged():
    """Real and fake logits are exchanged."""

    def discriminator_loss(logits_real, logits_fake):
        return F.softplus(logits_real).mean() + F.softplus(-logits_fake).mean()


def half_without_gradient():
    """The real half is a number and not a tensor."""

    def discriminator_loss(logits_real, logits_fake):
        return F.softplus(-logits_real).mean().item() + F.softplus(logits_fake).mean()


def detached():
    """The generator's logits are detached."""

    def generator_loss_minimax(logits_fake):
        return -F.softplus(logits_fake.detach()).mean().requires_grad_()


def no_sigmoid():
    """log(1 − logit), with a guard."""

    def generator_loss_minimax(logits_fake):
        return torch.log((1 - logits_fake).clamp(min=1e-6)).mean()
