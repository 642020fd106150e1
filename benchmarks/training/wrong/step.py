"""Bugs in the student's own step of a GAN (item 5.b)."""

# ruff: noqa
import torch

ITEM = "5.b"


def _step(trainer, x, d_learns=True, g_learns=True):
    d_loss = discriminator_step(trainer.discriminator, trainer.generator, x, torch.randn(len(x), 8))
    trainer.d_optimizer.zero_grad()
    d_loss.backward()
    if d_learns:
        trainer.d_optimizer.step()
    g_loss = generator_step(trainer.discriminator, trainer.generator, torch.randn(len(x), 8))
    trainer.g_optimizer.zero_grad()
    g_loss.backward()
    if g_learns:
        trainer.g_optimizer.step()
    return d_loss


def discriminator_never_steps():
    """The discriminator's optimiser never steps."""

    class Trainer(Trainer):
        def step(self, x):
            return _step(self, x, d_learns=False)


def generator_never_steps():
    """The generator's optimiser never steps."""

    class Trainer(Trainer):
        def step(self, x):
            return _step(self, x, g_learns=False)


def nobody_steps():
    """No optimiser steps."""

    class Trainer(Trainer):
        def step(self, x):
            return _step(self, x, d_learns=False, g_learns=False)


def one_optimizer_for_both():
    """One optimiser has the weights of both nets, and steps with both losses added."""

    class Trainer(Trainer):
        def __init__(self, generator, discriminator):
            super().__init__(generator, discriminator)
            both = [*generator.parameters(), *discriminator.parameters()]
            self.optimizer = torch.optim.Adam(both, lr=3e-3, betas=(0.5, 0.999))

        def step(self, x):
            z = torch.randn(len(x), 8)
            loss = discriminator_step(self.discriminator, self.generator, x, z)
            loss = loss + generator_step(self.discriminator, self.generator, z)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            return loss


def optimizers_exchanged():
    """Each optimiser has the other net's weights."""

    class Trainer(Trainer):
        def __init__(self, generator, discriminator):
            super().__init__(generator, discriminator)
            self.g_optimizer, self.d_optimizer = self.d_optimizer, self.g_optimizer


def generator_step_moves_the_discriminator():
    """The discriminator steps with the generator's loss as well."""

    class Trainer(Trainer):
        def step(self, x):
            loss = _step(self, x)
            self.d_optimizer.step()
            return loss


def gradients_never_cleared():
    """zero_grad is called nowhere."""

    class Trainer(Trainer):
        def step(self, x):
            d_loss = discriminator_step(self.discriminator, self.generator, x, torch.randn(len(x), 8))
            d_loss.backward()
            self.d_optimizer.step()
            g_loss = generator_step(self.discriminator, self.generator, torch.randn(len(x), 8))
            g_loss.backward()
            self.g_optimizer.step()
            return d_loss


def noise_kept():
    """The same z in every step."""

    class Trainer(Trainer):
        z = torch.randn(64, 8)

        def step(self, x):
            z = self.z[: len(x)]
            d_loss = discriminator_step(self.discriminator, self.generator, x, z)
            self.d_optimizer.zero_grad()
            d_loss.backward()
            self.d_optimizer.step()
            g_loss = generator_step(self.discriminator, self.generator, z)
            self.g_optimizer.zero_grad()
            g_loss.backward()
            self.g_optimizer.step()
            return d_loss
