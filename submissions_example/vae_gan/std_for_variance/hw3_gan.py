import torch
import torch.nn as nn
import torch.nn.functional as F


def init(m):
    if type(m) in (nn.Linear, nn.Conv2d):
        nn.init.kaiming_uniform_(m.weight)
        m.bias.data.fill_(0)


class DNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)
        self.conv2 = nn.Conv2d(2, 4, 3, padding=1)
        self.conv3 = nn.Conv2d(4, 8, 3)
        self.lin = nn.Linear(200, 1)
        self._weight_init()

    def _weight_init(self):
        self.apply(init)

    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = F.max_pool2d(F.relu(conv(x)), 2)
        return self.lin(torch.flatten(F.relu(self.conv3(x)), 1))


class GNet(nn.Module):
    def __init__(self, zdim):
        super().__init__()
        self.lin = nn.Linear(zdim, 1568)
        self.conv1 = nn.Conv2d(32, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 8, 3, padding=1)
        self.conv3 = nn.Conv2d(8, 1, 3, padding=1)
        self._weight_init()

    def _weight_init(self):
        self.apply(init)

    def forward(self, z):
        x = F.leaky_relu(self.lin(z), 0.2).reshape(-1, 32, 7, 7)
        for conv in (self.conv1, self.conv2):
            x = F.leaky_relu(conv(F.interpolate(x, scale_factor=2)), 0.2)
        return torch.sigmoid(self.conv3(x))


class GAN:
    def __init__(self, zdim=64):
        self.discriminator = DNet()
        self.generator = GNet(zdim)

    def _get_loss_d(self, batch_size, batch_data, z):
        # no labels needed: -log sigmoid(l) = softplus(-l)
        real = self.discriminator(batch_data)
        fake = self.discriminator(self.generator(z).detach())
        return 0.5 * (F.softplus(-real).mean() + F.softplus(fake).mean())

    def _get_loss_g(self, batch_size, z):
        return F.softplus(-self.discriminator(self.generator(z))).mean()
