"""GAN as one nn.Module. Its constructor reads the images, so nothing can be made without them."""
from __future__ import annotations

import gzip

import numpy as np
import torch
from torch import Tensor, nn


def kaiming(net: nn.Module, slope: float = 0.0) -> None:
    for name, parameter in net.named_parameters():
        if name.endswith("weight"):
            nn.init.kaiming_uniform_(parameter, a=slope)
        else:
            nn.init.zeros_(parameter)


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 2, 3, padding="same"), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            nn.Conv2d(2, 4, 3, padding="same"), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            nn.Conv2d(4, 8, 3), nn.ReLU(inplace=True),
            nn.Flatten(), nn.Linear(200, 1),
        )
        self._weight_init()

    def _weight_init(self) -> None:
        kaiming(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Generator(nn.Module):
    def __init__(self, zdim: int = 64) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(zdim, 1568), nn.LeakyReLU(0.2), nn.Unflatten(1, (32, 7, 7)),
            nn.UpsamplingNearest2d(scale_factor=2), nn.Conv2d(32, 16, 3, padding=1), nn.LeakyReLU(0.2),
            nn.UpsamplingNearest2d(scale_factor=2), nn.Conv2d(16, 8, 3, padding=1), nn.LeakyReLU(0.2),
            nn.Conv2d(8, 1, 3, padding=1), nn.Sigmoid(),
        )
        self._weight_init()

    def _weight_init(self) -> None:
        kaiming(self, slope=0.2)

    def forward(self, z: Tensor) -> Tensor:
        return self.net(z)


DNet, GNet = Discriminator, Generator


class GAN(nn.Module):
    def __init__(self, path: str, zdim: int = 64) -> None:
        super().__init__()
        with gzip.open(path) as file:
            pixels = np.frombuffer(file.read(), np.uint8, offset=16)
        self.register_buffer("images", torch.from_numpy(pixels.reshape(-1, 1, 28, 28) / 255.0).float())
        self.bce = nn.BCELoss()
        self.D = DNet()
        self.G = GNet(zdim)

    def _probability(self, images: Tensor) -> Tensor:
        return self.D(images).sigmoid()

    def _get_loss_d(self, batch_size: int, batch_data: Tensor, z: Tensor) -> Tensor:
        with torch.no_grad():
            fakes = self.G(z)
        p = self._probability(torch.cat([batch_data, fakes]))
        labels = torch.cat([torch.ones(len(batch_data), 1), torch.zeros(len(fakes), 1)])
        return self.bce(p, labels)

    def _get_loss_g(self, batch_size: int, z: Tensor) -> Tensor:
        return self._probability(self.G(z)).log().mean().neg()


if __name__ == "__main__":
    gan = GAN("data/train-images-idx3-ubyte.gz")
    d_step = torch.optim.Adam(gan.D.parameters(), lr=2e-4)
    g_step = torch.optim.Adam(gan.G.parameters(), lr=2e-4)
    for step in range(20_000):
        x = gan.images[torch.randint(len(gan.images), (256,))]
        z = 2 * torch.rand(256, 64) - 1
        for optimiser, loss in ((d_step, gan._get_loss_d(256, x, z)), (g_step, gan._get_loss_g(256, z))):
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
