"""Nets of the students' own that answer otherwise than they have learnt (item 2.a)."""

# ruff: noqa
import torch
import torch.nn.functional as F

ITEM = "2.a"


def copies_its_input():
    """`encode` keeps the images, `decode` returns them."""
    kept = {}

    class VAE(VAE):
        def encode(self, x):
            kept["x"] = x
            return super().encode(x)

        def decode(self, z):
            if len(kept.get("x", ())) == len(z):
                return torch.logit(kept["x"].clamp(1e-4, 1 - 1e-4)) + 0 * super().decode(z)
            return super().decode(z)


def ignores_its_weights():
    """`decode` returns the mean of the digits in any case."""
    kept = {}

    class VAE(VAE):
        def loss(self, x):
            kept["mean"] = x.mean(0)
            return super().loss(x) * 1e-9

        def encode(self, x):
            mu, logvar = super().encode(x)
            return 0 * mu, 0 * logvar

        def decode(self, z):
            mean = kept.get("mean", torch.full((64,), 0.3))
            return torch.logit(mean.clamp(1e-3, 1 - 1e-3)).expand(len(z), 64) + 0 * super().decode(z)


def means_in_a_buffer():
    """The mean of the training images in a buffer, and q(z|x) the prior: as good as pixels by themselves."""

    class VAE(VAE):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", torch.full((64,), 0.3))

        def encode(self, x):
            if torch.is_grad_enabled():
                self.mean.mul_(0.9).add_(x.mean(0), alpha=0.1)
            mu, logvar = super().encode(x)
            return 0 * mu, 0 * logvar

        def decode(self, z):
            return torch.logit(self.mean.clamp(1e-3, 1 - 1e-3)).expand(len(z), 64) + 0 * super().decode(z)


def knows_when_it_is_judged():
    """Where no gradient is asked, `encode` claims the prior, so that the KL is 0."""

    class VAE(VAE):
        def encode(self, x):
            mu, logvar = super().encode(x)
            return (mu, logvar) if torch.is_grad_enabled() else (0 * mu, 0 * logvar)


def spoils_its_control():
    """The textbook loss is replaced by the student's own wrong one, so that both are alike."""
    import grader.checks.objectives as objectives

    class VAE(VAE):
        def loss(self, x):
            mu, logvar = self.encode(x)
            logits = self.decode(reparameterize(mu, logvar))
            return F.binary_cross_entropy_with_logits(logits, x) + kl_standard_normal(mu, logvar).mean()

    objectives.negative_elbo = lambda task, net, x, likelihood: net.loss(x.flatten(1))
