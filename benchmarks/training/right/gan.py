"""Right ways to write the steps of a non-saturating GAN (item 4.a)."""

# ruff: noqa
import torch
import torch.nn.functional as F
from torch import nn

ITEM = "4.a"


def cross_entropy_with_labels():
    """BCEWithLogitsLoss and labels of ones and zeros."""

    def discriminator_step(discriminator, generator, x, z):
        criterion = nn.BCEWithLogitsLoss()
        real, fake = discriminator(x), discriminator(generator(z).detach())
        return criterion(real, torch.ones_like(real)) + criterion(fake, torch.zeros_like(fake))

    def generator_step(discriminator, generator, z):
        fake = discriminator(generator(z))
        return nn.BCEWithLogitsLoss()(fake, torch.ones_like(fake))


def halved_and_not_detached():
    """Half of the discriminator's loss; the fakes are not detached, which is harmless here."""

    def discriminator_step(discriminator, generator, x, z):
        real, fake = discriminator(x), discriminator(generator(z))
        return (F.softplus(-real).mean() + F.softplus(fake).mean()) / 2


def one_batch_of_both():
    """Real images and fakes in one batch."""

    def discriminator_step(discriminator, generator, x, z):
        with torch.no_grad():
            fake = generator(z)
        scores = discriminator(torch.cat([x, fake]))
        labels = torch.cat([torch.ones(len(x), 1), torch.zeros(len(fake), 1)])
        return 2 * F.binary_cross_entropy_with_logits(scores, labels)


def logarithms():
    """Logarithms of probabilities, with a small number."""

    def discriminator_step(discriminator, generator, x, z):
        real, fake = torch.sigmoid(discriminator(x)), torch.sigmoid(discriminator(generator(z).detach()))
        return -torch.mean(torch.log(real + 1e-8)) - torch.mean(torch.log(1 - fake + 1e-8))

    def generator_step(discriminator, generator, z):
        return -torch.log(torch.sigmoid(discriminator(generator(z))) + 1e-8).mean()


def summed():
    """Sums over the batch."""

    def discriminator_step(discriminator, generator, x, z):
        return -F.logsigmoid(discriminator(x)).sum() - F.logsigmoid(-discriminator(generator(z).detach())).sum()

    def generator_step(discriminator, generator, z):
        return -F.logsigmoid(discriminator(generator(z))).sum()


def noise_of_their_own():
    """The steps draw a z of their own of the same shape."""

    def generator_step(discriminator, generator, z):
        return F.softplus(-discriminator(generator(torch.randn_like(z)))).mean()


def frozen_discriminator():
    """The discriminator's weights are frozen while the generator learns, and thawed again."""

    def generator_step(discriminator, generator, z):
        for p in discriminator.parameters():
            p.requires_grad_(False)
        loss = F.softplus(-discriminator(generator(z))).mean()
        for p in discriminator.parameters():
            p.requires_grad_(True)
        return loss
