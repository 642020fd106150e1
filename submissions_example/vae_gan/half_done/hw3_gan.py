import torch
import torch.nn as nn
import torch.nn.functional as F


class DNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)
        self.conv2 = nn.Conv2d(2, 4, 3, padding=1)
        self.conv3 = nn.Conv2d(4, 8, 3, padding=1)
        self.fc = nn.Linear(392, 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(F.relu(self.conv3(x)).flatten(1))


class GAN:
    def __init__(self, zdim=64):
        self.disc = DNet()
        self.bce = nn.BCEWithLogitsLoss()

    def _get_loss_d(self, batch_size, batch_data, z):
        return self.bce(self.disc(batch_data), torch.ones(batch_size, 1))
