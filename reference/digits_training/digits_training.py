"""Solution of the homework "Training runs on digits".

Shapes: B images of 8×8 = 64 pixels with values in [0, 1], latent codes of Z dimensions. Losses are in nats, and means
over the batch; those of a critic have the unit of its scores.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

LOG_2PI = math.log(2 * math.pi)


def reparameterize(mu, logvar):
    """A draw of z ~ N(mu, diag(exp(logvar))), (B, Z), through which gradients reach mu and logvar.

    Source: Kingma & Welling (2014), section 2.4: z = mu + exp(logvar / 2)·eps with eps ~ N(0, I).
    """
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def kl_standard_normal(mu, logvar):
    """KL(N(mu, diag(exp(logvar))) ‖ N(0, I)) of each row, (B,), in nats (Kingma & Welling 2014, appendix B)."""
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(dim=1)


def negative_elbo(x, logits, mu, logvar):
    """−ELBO in nats, a scalar, the mean over the batch; pixels are independent Bernoulli variables.

    x, logits: (B, 64); mu, logvar: (B, Z).
    Safe form: cross entropy is taken from the logits, so that no pixel can become log 0.
    Source: Kingma & Welling (2014), equation (10) and appendix C.1.
    """
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=1)
    return (pixels + kl_standard_normal(mu, logvar)).mean()


def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
    """−ELBO in nats, a scalar, with p(x|z) = N(mean, diag(exp(log_variance))).

    x, mean, log_variance: (B, 64); mu, logvar: (B, Z).
    Source: Kingma & Welling (2014), appendix C.2.
    """
    pixels = 0.5 * (LOG_2PI + log_variance + (x - mean).square() * torch.exp(-log_variance)).sum(dim=1)
    return (pixels + kl_standard_normal(mu, logvar)).mean()


class VAE(nn.Module):
    """A VAE of binary pixels with two latent dimensions: 64 → 128 → 2 and back to 64 logits."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 4))
        self.decoder = nn.Sequential(nn.Linear(2, 128), nn.ReLU(), nn.Linear(128, 64))

    def encode(self, x):
        """Mean and log variance of q(z|x), both (B, 2), for x (B, 64)."""
        return self.encoder(x).chunk(2, dim=1)

    def decode(self, z):
        """The logits of p(x|z), (B, 64), for z (B, 2)."""
        return self.decoder(z)

    def loss(self, x):
        """−ELBO of a batch in nats, a scalar, with one draw of z for each image."""
        mu, logvar = self.encode(x)
        return negative_elbo(x, self.decode(reparameterize(mu, logvar)), mu, logvar)


class MaskedConv2d(nn.Conv2d):
    """A convolution that sees earlier pixels in raster order; with mask_type B also the centre, with A not.

    Source: van den Oord et al. (2016), "Pixel recurrent neural networks", section 3.4.
    """

    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        height, width = self.kernel_size
        mask = torch.ones(height, width)
        mask[height // 2, width // 2 + (mask_type == "B") :] = 0
        mask[height // 2 + 1 :] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class PixelCNN(nn.Module):
    """The logit of each pixel of (B, 1, H, W) given the pixels before it, (B, 1, H, W).

    A 5×5 convolution of type A to `channels` channels, `layers` 3×3 convolutions of type B, a ReLU after each of them,
    and a 1×1 convolution to one logit.
    """

    def __init__(self, channels, layers):
        super().__init__()
        parts = [MaskedConv2d("A", 1, channels, 5, padding=2)]
        for _ in range(layers):
            parts += [nn.ReLU(), MaskedConv2d("B", channels, channels, 3, padding=1)]
        self.net = nn.Sequential(*parts, nn.ReLU(), nn.Conv2d(channels, 1, 1))

    def forward(self, x):
        return self.net(x)


def pixelcnn_loss(logits, x):
    """−log p(x) in nats, summed over the pixels, mean over the batch; logits and x (B, 1, H, W)."""
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)


def discriminator_step(discriminator, generator, x, z):
    """The discriminator's loss in nats, a scalar that it minimises; the generator does not learn from it.

    discriminator: takes (B, 64) to logits (B, 1). generator: takes z (B, Z) to (B, 64).
    Answer: −mean log D(x) − mean log(1 − D(G(z))).
    Source: Goodfellow et al. (2014), algorithm 1, with the sign turned for a minimiser.
    """
    fake = generator(z).detach()
    return F.softplus(-discriminator(x)).mean() + F.softplus(discriminator(fake)).mean()


def generator_step(discriminator, generator, z):
    """The non-saturating loss of the generator in nats, a scalar that it minimises.

    Answer: −mean log D(G(z)). Source: Goodfellow et al. (2014), section 3.
    """
    return F.softplus(-discriminator(generator(z))).mean()


def discriminator_loss(logits_real, logits_fake):
    """The discriminator's loss from its logits, (B, 1) for real images and for fakes, a scalar in nats."""
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()


def generator_loss_minimax(logits_fake):
    """The generator's side of the minimax game in nats, a scalar that it minimises, from logits (B, 1).

    Answer: mean log(1 − D(G(z))). Source: Goodfellow et al. (2014), equation (1).
    """
    return -F.softplus(logits_fake).mean()


def wasserstein_critic_loss(scores_real, scores_fake):
    """The loss of a Wasserstein critic from its scores, (B, 1) each, a scalar that it minimises.

    Answer: mean f(G(z)) − mean f(x). Source: Arjovsky et al. (2017), equation (2).
    """
    return scores_fake.mean() - scores_real.mean()


def wasserstein_generator_loss(scores_fake):
    """The generator's loss from a Wasserstein critic's scores, (B, 1), a scalar that it minimises.

    Answer: −mean f(G(z)). Source: Arjovsky et al. (2017), algorithm 1.
    """
    return -scores_fake.mean()


def gradient_penalty(critic, x_real, x_fake, u):
    """The gradient penalty of a Wasserstein critic, a scalar, without its factor λ.

    critic: takes (B, 1, 8, 8) to (B, 1). u: (B, 1, 1, 1), for each image its place between x_fake (0) and x_real (1).
    Answer: mean (‖∇f(x̂)‖ − 1)² at x̂ = u·x_real + (1 − u)·x_fake.
    Source: Gulrajani et al. (2017), "Improved training of Wasserstein GANs", equation (3).
    """
    slope = torch.func.grad(lambda x_hat: critic(x_hat).sum())(u * x_real + (1 - u) * x_fake)
    return (torch.linalg.vector_norm(slope.flatten(1), dim=1) - 1).square().mean()


def fit(model, data, steps, seed):
    """The losses of `steps` steps of Adam with rate 3e-3 on batches of 64; `model` is trained in place.

    data: (n, 8, 8). model: has `encode(x)`, mean and log variance, and `decode(z)`, logits; x is (B, 64).
    """
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(steps):
        x = data[torch.randint(len(data), (64,))].flatten(1)
        mu, logvar = model.encode(x)
        loss = negative_elbo(x, model.decode(reparameterize(mu, logvar)), mu, logvar)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


class Trainer:
    """Trains both nets of a GAN with the non-saturating losses: a step of Adam for each, rate 3e-3, betas (0.5, 0.999).

    generator: takes z (B, 8) to images (B, 64). discriminator: takes (B, 64) to logits (B, 1).
    """

    def __init__(self, generator, discriminator):
        self.generator = generator
        self.discriminator = discriminator
        self.g_optimizer = torch.optim.Adam(generator.parameters(), lr=3e-3, betas=(0.5, 0.999))
        self.d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=3e-3, betas=(0.5, 0.999))

    def step(self, x):
        """One step of both on images x (B, 64); returns the discriminator's loss."""
        d_loss = discriminator_step(self.discriminator, self.generator, x, torch.randn(len(x), 8))
        self.d_optimizer.zero_grad()
        d_loss.backward()
        self.d_optimizer.step()
        g_loss = generator_step(self.discriminator, self.generator, torch.randn(len(x), 8))
        self.g_optimizer.zero_grad()
        g_loss.backward()
        self.g_optimizer.step()
        return d_loss
