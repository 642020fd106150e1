import torch
import torch.nn as nn


class DNet(nn.Module):
    def __init__(self):
        super(DNet, self).__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 8, 3), nn.ReLU(),
            nn.Flatten(),
            nn.Linear(200, 1),
            nn.Sigmoid(),       # probability of being real
        )
        self._weight_init()

    def _weight_init(self):
        for layer in self.layers:
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.layers(x)


class GNet(nn.Module):
    def __init__(self, zdim):
        super(GNet, self).__init__()
        self.linear = nn.Linear(zdim, 1568)
        self.leaky = nn.LeakyReLU()
        self.upsample = nn.Upsample(scale_factor=2)
        self.conv1 = nn.Conv2d(32, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 8, 3, padding=1)
        self.conv3 = nn.Conv2d(8, 1, 3, padding=1)
        self._weight_init()

    def _weight_init(self):
        for layer in (self.linear, self.conv1, self.conv2, self.conv3):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, z):
        x = self.leaky(self.linear(z)).view(z.size(0), 32, 7, 7)
        x = self.leaky(self.conv1(self.upsample(x)))
        x = self.leaky(self.conv2(self.upsample(x)))
        return torch.sigmoid(self.conv3(x))


class GAN():
    def __init__(self, zdim=64):
        self._dev = "cpu"
        self.disc = DNet()
        self.gen = GNet(zdim)
        self.loss = nn.BCEWithLogitsLoss()

    def _get_loss_d(self, batch_size, batch_data, z):
        out = self.disc(torch.cat((batch_data, self.gen(z).detach()), dim=0))
        labels = torch.cat((torch.ones(batch_size, 1), torch.zeros(batch_size, 1)))
        return self.loss(out, labels)

    def _get_loss_g(self, batch_size, z):
        return self.loss(self.disc(self.gen(z)), torch.ones(batch_size, 1))
