import torch
from torch import nn
from torch.nn import functional as F


class DNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(200, 1)
        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)
        self.conv2 = nn.Conv2d(2, 4, 3, padding=1)
        self.conv3 = nn.Conv2d(4, 8, 3)
        self._weight_init()

    def _weight_init(self):
        for m in self.modules():
            if isinstance(m, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_uniform_(m.weight)
                nn.init.zeros_(m.bias)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(F.relu(self.conv3(x)).flatten(1))


class GNet(nn.Module):
    def __init__(self, zdim):
        super().__init__()
        self.fc = nn.Linear(zdim, 1568)
        self.conv1 = nn.Conv2d(32, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 8, 3, padding=1)
        self.conv3 = nn.Conv2d(8, 1, 3, padding=1)
        self._weight_init()

    def _weight_init(self):
        for m in self.modules():
            if isinstance(m, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_uniform_(m.weight)
                nn.init.zeros_(m.bias)

    def forward(self, z):
        x = F.leaky_relu(self.fc(z), 0.2).view(-1, 32, 7, 7)
        x = F.leaky_relu(self.conv1(F.interpolate(x, scale_factor=2)), 0.2)
        x = F.leaky_relu(self.conv2(F.interpolate(x, scale_factor=2)), 0.2)
        return torch.tanh(self.conv3(x))


class GAN:
    def __init__(self, zdim=64):
        self.netD, self.netG = DNet(), GNet(zdim)
        self.criterion = nn.BCEWithLogitsLoss()

    def _get_loss_d(self, batch_size, batch_data, z):
        real = torch.sigmoid(self.netD(batch_data))
        fake = torch.sigmoid(self.netD(self.netG(z)))
        return self.criterion(real, torch.ones_like(real)) + self.criterion(fake, torch.zeros_like(fake))

    def _get_loss_g(self, batch_size, z):
        fake = torch.sigmoid(self.netD(self.netG(z)))
        return self.criterion(fake, torch.ones_like(fake))
