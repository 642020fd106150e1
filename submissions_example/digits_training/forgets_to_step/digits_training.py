import torch
import torch.nn.functional as F


class Trainer:
    def __init__(self, generator, discriminator):
        self.G, self.D = generator, discriminator
        self.opt_G = torch.optim.Adam(self.G.parameters(), lr=3e-3, betas=(0.5, 0.999))
        self.opt_D = torch.optim.Adam(self.D.parameters(), lr=3e-3, betas=(0.5, 0.999))

    def step(self, x):
        z = torch.randn(len(x), 8)
        self.opt_D.zero_grad()
        loss_D = F.softplus(-self.D(x)).mean() + F.softplus(self.D(self.G(z).detach())).mean()
        loss_D.backward()
        self.opt_G.zero_grad()
        loss_G = F.softplus(-self.D(self.G(z))).mean()
        loss_G.backward()
        return loss_D.item()
