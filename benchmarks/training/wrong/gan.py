"""Bugs in the steps of a non-saturating GAN, which get the nets (item 4.a)."""

# ruff: noqa
import torch
import torch.nn.functional as F

ITEM = "4.a"


def labels_swapped():
    """The discriminator calls fakes real, the generator still wants them to be called real."""

    def discriminator_step(discriminator, generator, x, z):
        return F.softplus(discriminator(x)).mean() + F.softplus(-discriminator(generator(z).detach())).mean()


def generator_climbs():
    """The generator wants its fakes to be called fakes."""

    def generator_step(discriminator, generator, z):
        return F.softplus(discriminator(generator(z))).mean()


def generator_detached():
    """The fakes are detached in the generator's step."""

    def generator_step(discriminator, generator, z):
        return F.softplus(-discriminator(generator(z).detach())).mean()


def discriminator_in_no_grad():
    """The generator's step runs the discriminator without gradients."""

    def generator_step(discriminator, generator, z):
        with torch.no_grad():
            score = discriminator(generator(z))
        return F.softplus(-score).mean().requires_grad_()


def real_images_only():
    """The discriminator never sees a fake."""

    def discriminator_step(discriminator, generator, x, z):
        return F.softplus(-discriminator(x)).mean()


def fakes_only():
    """The discriminator never sees a real image."""

    def discriminator_step(discriminator, generator, x, z):
        return F.softplus(discriminator(generator(z).detach())).mean()


def real_called_fake_too():
    """Both halves have the label 0."""

    def discriminator_step(discriminator, generator, x, z):
        return F.softplus(discriminator(x)).mean() + F.softplus(discriminator(generator(z).detach())).mean()


def discriminator_frozen():
    """The discriminator's output is detached in its own step."""

    def discriminator_step(discriminator, generator, x, z):
        real, fake = discriminator(x).detach(), discriminator(generator(z)).detach()
        return (F.softplus(-real).mean() + F.softplus(fake).mean()).requires_grad_()


def sigmoid_twice():
    """Probabilities are given where logits belong, in both steps."""

    def discriminator_step(discriminator, generator, x, z):
        real, fake = torch.sigmoid(discriminator(x)), torch.sigmoid(discriminator(generator(z).detach()))
        return F.binary_cross_entropy_with_logits(real, torch.ones_like(real)) + F.binary_cross_entropy_with_logits(
            fake, torch.zeros_like(fake)
        )

    def generator_step(discriminator, generator, z):
        fake = torch.sigmoid(discriminator(generator(z)))
        return F.binary_cross_entropy_with_logits(fake, torch.ones_like(fake))


def noise_for_fakes():
    """The discriminator's fakes are noise and not generated."""

    def discriminator_step(discriminator, generator, x, z):
        return F.softplus(-discriminator(x)).mean() + F.softplus(discriminator(torch.rand_like(x))).mean()


def real_shown_as_fake():
    """The real images are passed in the place of the fakes."""

    def discriminator_step(discriminator, generator, x, z):
        return F.softplus(-discriminator(x)).mean() + F.softplus(discriminator(x)).mean()


def same_noise():
    """z is a constant: the generator learns one image."""

    def discriminator_step(discriminator, generator, x, z):
        fake = generator(torch.zeros_like(z)).detach()
        return F.softplus(-discriminator(x)).mean() + F.softplus(discriminator(fake)).mean()

    def generator_step(discriminator, generator, z):
        return F.softplus(-discriminator(generator(torch.zeros_like(z)))).mean()


def log_of_logits():
    """log of the score without a sigmoid, guarded against negative numbers."""

    def generator_step(discriminator, generator, z):
        return -torch.log(discriminator(generator(z)).clamp(min=1e-6)).mean()


def pixels_for_discriminator():
    """The generator's loss is the squared error to white."""

    def generator_step(discriminator, generator, z):
        return (generator(z) - 1).square().mean()
