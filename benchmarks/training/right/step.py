"""Steps of the students' own of a GAN (item 5.b)."""

# ruff: noqa
import torch
import torch.nn.functional as F

ITEM = "5.b"


def fakes_used_twice():
    """One batch of fakes for both nets; both losses are returned."""

    class Trainer(Trainer):
        def step(self, x):
            fake = self.generator(torch.randn(x.size(0), 8))
            d_loss = F.softplus(-self.discriminator(x)).mean() + F.softplus(self.discriminator(fake.detach())).mean()
            self.d_optimizer.zero_grad()
            d_loss.backward()
            self.d_optimizer.step()
            g_loss = F.softplus(-self.discriminator(fake)).mean()
            self.g_optimizer.zero_grad()
            g_loss.backward()
            self.g_optimizer.step()
            return d_loss.item(), g_loss.item()


def generator_first():
    """The generator steps first; nothing is returned."""

    class Trainer:
        def __init__(self, generator, discriminator):
            self.G, self.D = generator, discriminator
            self.opt_g = torch.optim.Adam(self.G.parameters(), lr=3e-3, betas=(0.5, 0.999))
            self.opt_d = torch.optim.Adam(self.D.parameters(), lr=3e-3, betas=(0.5, 0.999))

        def step(self, x):
            self.opt_g.zero_grad()
            F.binary_cross_entropy_with_logits(self.D(self.G(torch.randn(len(x), 8))), torch.ones(len(x), 1)).backward()
            self.opt_g.step()
            self.opt_d.zero_grad()
            F.binary_cross_entropy_with_logits(self.D(x), torch.ones(len(x), 1)).backward()
            fake = self.G(torch.randn(len(x), 8)).detach()
            F.binary_cross_entropy_with_logits(self.D(fake), torch.zeros(len(x), 1)).backward()
            self.opt_d.step()


def closure():
    """The training is a closure, the networks are frozen in turn."""

    class Trainer:
        def __init__(self, generator, discriminator):
            adam = lambda net: torch.optim.Adam(net.parameters(), lr=3e-3, betas=(0.5, 0.999))
            opt_g, opt_d = adam(generator), adam(discriminator)

            def step(x):
                for p in discriminator.parameters():
                    p.requires_grad = True
                with torch.no_grad():
                    fake = generator(torch.randn(len(x), 8))
                loss = F.softplus(-discriminator(x)).mean() + F.softplus(discriminator(fake)).mean()
                opt_d.zero_grad()
                loss.backward()
                opt_d.step()
                for p in discriminator.parameters():
                    p.requires_grad = False
                opt_g.zero_grad()
                F.softplus(-discriminator(generator(torch.randn(len(x), 8)))).mean().backward()
                opt_g.step()
                for p in discriminator.parameters():
                    p.requires_grad = True
                return {"d": loss.item()}

            self.step = step
