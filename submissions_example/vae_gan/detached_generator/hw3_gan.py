import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.utils import save_image

from hw3_utils import BASE_URL, download, GANDataset


class DNet(nn.Module):
    """discriminator"""

    def __init__(self):
        super(DNet, self).__init__()
        self.conv1 = nn.Conv2d(1, 2, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(2, 4, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(4, 8, kernel_size=3)
        self.fc = nn.Linear(200, 1)

    def _weight_init(self):
        for m in self.children():
            if isinstance(m, nn.Conv2d) or isinstance(m, nn.Linear):
                nn.init.kaiming_uniform_(m.weight)
                nn.init.constant_(m.bias, 0)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = F.relu(self.conv3(x))
        x = x.view(x.size(0), -1)
        return self.fc(x)


class GNet(nn.Module):
    """generator"""

    def __init__(self, zdim):
        super(GNet, self).__init__()
        self.fc = nn.Linear(zdim, 1568)
        self.lrelu = nn.LeakyReLU(0.2)
        self.up = nn.Upsample(scale_factor=2)
        self.conv1 = nn.Conv2d(32, 16, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(16, 8, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(8, 1, kernel_size=3, padding=1)
        self._weight_init()

    def _weight_init(self):
        for m in self.children():
            if isinstance(m, nn.Conv2d) or isinstance(m, nn.Linear):
                nn.init.kaiming_uniform_(m.weight)

    def forward(self, z):
        x = self.lrelu(self.fc(z))
        x = x.view(-1, 32, 7, 7)
        x = self.lrelu(self.conv1(self.up(x)))
        x = self.lrelu(self.conv2(self.up(x)))
        return torch.sigmoid(self.conv3(x))


class GAN:
    def __init__(self, zdim=64):
        torch.manual_seed(2)
        self._dev = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._zdim = zdim
        self.disc = DNet().to(self._dev)
        self.gen = GNet(self._zdim).to(self._dev)

    def _get_loss_d(self, batch_size, batch_data, z):
        criterion = nn.BCEWithLogitsLoss()
        # labels
        real = torch.ones(batch_size, 1).to(self._dev)
        fake = torch.zeros(batch_size, 1).to(self._dev)
        fake_data = self.gen(z).detach()
        loss_real = criterion(self.disc(batch_data), real)
        loss_fake = criterion(self.disc(fake_data), fake)
        return loss_real + loss_fake

    def _get_loss_g(self, batch_size, z):
        criterion = nn.BCEWithLogitsLoss()
        real = torch.ones(batch_size, 1).to(self._dev)
        fake_data = self.gen(z).detach()
        return criterion(self.disc(fake_data), real)

    def train(self, n_epochs=100, batch_size=256, lr=0.0002):
        f_name = "train-images-idx3-ubyte.gz"
        download(BASE_URL + f_name, f_name)
        data = GANDataset("./data/" + f_name, self._dev,
                          transform=transforms.Compose([transforms.Normalize((0.0,), (255.0,))]))
        loader = DataLoader(data, batch_size=batch_size, shuffle=True, num_workers=0, drop_last=True)
        dopt = optim.Adam(self.disc.parameters(), lr=lr)
        gopt = optim.Adam(self.gen.parameters(), lr=lr)
        for epoch in tqdm(range(n_epochs)):
            for batch in loader:
                z = 2 * torch.rand(batch.size(0), self._zdim, device=self._dev) - 1
                dopt.zero_grad()
                loss_d = self._get_loss_d(batch_size, batch, z)
                loss_d.backward()
                dopt.step()
                gopt.zero_grad()
                loss_g = self._get_loss_g(batch_size, z)
                loss_g.backward()
                gopt.step()
            if epoch % 10 == 0:
                with torch.no_grad():
                    save_image(self.gen(z)[:64].cpu(), "epoch_%d.png" % epoch, nrow=8)
            print(epoch, loss_d.item(), loss_g.item())


if __name__ == "__main__":
    gan = GAN()
    gan.train()
