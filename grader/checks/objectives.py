"""Textbook objectives, for the control: the student's own net, trained with a loss that is known to be right.

They run in a process of its own, apart from the one in which the student's loss trains. Nothing here is secret.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Loss = Callable[[Any, Any], Any]


def control_losses(task: Any, model: str, likelihood: str) -> list[Loss]:
    """The right losses of a task's net, as functions of (net, images (B, H, W)), each a mean over the batch."""
    if model == "vae":
        return [lambda net, x: negative_elbo(task, net, x, likelihood)]
    if model == "autoregressive":
        return [lambda net, x: pixel_nll(task.logits(net, x), x)]
    return [
        lambda net, x: discriminator_loss(task, net, x),
        lambda net, x: generator_loss(task, net, x),
    ]


def negative_elbo(task: Any, net: Any, x: Any, likelihood: str) -> Any:
    """−ELBO in nats, mean over the batch: one z per image (Kingma and Welling 2014, equation 10)."""
    import torch

    mu, logvar = task.encode(net, x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).flatten(1).sum(1)
    made = task.decode(net, z)
    if likelihood == "gaussian":
        mean, spread = (part.flatten(1) for part in made)
        nll = 0.5 * (spread + (x.flatten(1) - mean).square() / spread.exp() + LOG_2PI).sum(1)
    else:
        nll = bernoulli_nll(made, x)
    return (nll + kl).mean()


LOG_2PI = 1.8378770664093453


def bernoulli_nll(logits: Any, x: Any) -> Any:
    """−log p(x) of each image from logits, (B,), in nats: softplus(l) − x·l, which is finite for every l."""
    import torch

    flat = logits.flatten(1)
    return (torch.nn.functional.softplus(flat) - x.flatten(1) * flat).sum(1)


def pixel_nll(logits: Any, x: Any) -> Any:
    """−log p(x) in nats, mean over the batch: Bernoulli from (B, …) of as many logits as pixels."""
    return bernoulli_nll(logits, x).mean()


def discriminator_loss(task: Any, net: Any, x: Any) -> Any:
    """Cross entropy of real against generated images (Goodfellow et al. 2014, equation 1)."""
    import torch

    soft = torch.nn.functional.softplus
    fake = task.generate(net, task.noise(len(x))).detach()
    return soft(-task.discriminate(net, x)).mean() + soft(task.discriminate(net, fake)).mean()


def generator_loss(task: Any, net: Any, x: Any) -> Any:
    """The non-saturating loss (Goodfellow et al. 2014, section 3)."""
    import torch

    return torch.nn.functional.softplus(-task.discriminate(net, task.generate(net, task.noise(len(x))))).mean()
