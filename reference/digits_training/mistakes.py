"""Named mistakes, which `grade calibrate` trains as well, to see what the gates catch."""

import torch
import torch.nn.functional as F
from digits_training import (
    LOG_2PI,
    VAE,
    PixelCNN,
    Trainer,
    discriminator_step,
    generator_step,
    kl_standard_normal,
    negative_elbo,
)


def reparameterize__no_noise(mu, logvar):  # noqa: ARG001 - the mistake
    """z is the mean alone, so that no noise is drawn"""
    return mu


def reparameterize__variance_for_std(mu, logvar):
    """the noise is scaled by the variance, not by the standard deviation"""
    return mu + torch.exp(logvar) * torch.randn_like(mu)


def negative_elbo__no_kl(x, logits, mu, logvar):  # noqa: ARG001 - the mistake
    """the KL is missing"""
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=1).mean()


def negative_elbo__mean_over_pixels(x, logits, mu, logvar):
    """the reconstruction is a mean over the pixels beside a KL that is a sum"""
    return F.binary_cross_entropy_with_logits(logits, x) + kl_standard_normal(mu, logvar).mean()


def negative_elbo__kl_sign(x, logits, mu, logvar):
    """the KL is subtracted"""
    return negative_elbo(x, logits, mu, logvar) - 2 * kl_standard_normal(mu, logvar).mean()


def gaussian_negative_elbo__unit_variance(x, mean, log_variance, mu, logvar):  # noqa: ARG001 - the mistake
    """the decoder's variance is taken as 1"""
    pixels = 0.5 * (LOG_2PI + (x - mean).square()).sum(dim=1)
    return (pixels + kl_standard_normal(mu, logvar)).mean()


def gaussian_negative_elbo__no_log_variance(x, mean, log_variance, mu, logvar):
    """the log variance itself is missing from −log p(x|z)"""
    pixels = 0.5 * (LOG_2PI + (x - mean).square() * torch.exp(-log_variance)).sum(dim=1)
    return (pixels + kl_standard_normal(mu, logvar)).mean()


class VAE__no_kl(VAE):  # noqa: N801 - named for the class and the mistake
    """the loss of your net has no KL"""

    def loss(self, x):
        mu, logvar = self.encode(x)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        return F.binary_cross_entropy_with_logits(self.decode(z), x, reduction="none").sum(dim=1).mean()


class PixelCNN__sees_the_pixel(PixelCNN):  # noqa: N801 - named for the class and the mistake
    """the first layer has a mask of type B, and sees the pixel that it predicts"""

    def __init__(self, channels, layers):
        super().__init__(channels, layers)
        self.net[0].mask[..., 2, 2] = 1


def pixelcnn_loss__mean_squared(logits, x):
    """the loss is the squared error of the probabilities"""
    return (torch.sigmoid(logits) - x).square().sum() / len(x)


def discriminator_step__swapped(discriminator, generator, x, z):
    """real images are to be 0 and fakes 1"""
    return F.softplus(discriminator(x)).mean() + F.softplus(-discriminator(generator(z).detach())).mean()


def generator_step__fakes_are_fake(discriminator, generator, z):
    """the generator is trained to have its images recognised as fakes"""
    return F.softplus(discriminator(generator(z))).mean()


def generator_step__detached(discriminator, generator, z):
    """the generator's images are detached, so that it never learns"""
    return F.softplus(-discriminator(generator(z).detach())).mean() + 0 * generator(z).sum()


def generator_loss_minimax__sign(logits_fake):
    """the sign of the generator's loss is turned"""
    return F.softplus(logits_fake).mean()


def wasserstein_critic_loss__sign(scores_real, scores_fake):
    """the critic's loss has the wrong sign"""
    return scores_real.mean() - scores_fake.mean()


def gradient_penalty__norm_zero(critic, x_real, x_fake, u):
    """the gradient's norm is drawn to 0, not to 1"""
    slope = torch.func.grad(lambda x_hat: critic(x_hat).sum())(u * x_real + (1 - u) * x_fake)
    return slope.flatten(1).square().sum(dim=1).mean()


class Trainer__discriminator_off_its_loss(Trainer):  # noqa: N801 - named for the class and the mistake
    """your discriminator does not make one step against its own loss: none, a second one, or one with another loss"""

    def step(self, x):
        loss = super().step(x)
        self.d_optimizer.step()  # with what the generator's loss has left in the gradients
        return loss


class Trainer__generator_off_its_loss(Trainer):  # noqa: N801 - named for the class and the mistake
    """your generator does not make one step against its own loss: none, a second one, or one with another loss"""

    def step(self, x):
        loss = super().step(x)
        self.g_optimizer.step()
        return loss


class Trainer__no_step(Trainer):  # noqa: N801 - named for the class and the mistake
    """neither of your nets makes one step against its own loss"""

    def step(self, x):
        z = torch.randn(len(x), 8)
        loss = discriminator_step(self.discriminator, self.generator, x, z)
        return loss + generator_step(self.discriminator, self.generator, z)


class Trainer__noise_kept(Trainer):  # noqa: N801 - named for the class and the mistake
    """your second step has the z of the first one"""

    def step(self, x):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            return super().step(x)
