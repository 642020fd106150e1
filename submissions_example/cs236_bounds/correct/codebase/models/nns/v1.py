from torch import nn
from codebase import utils as ut


class Encoder(nn.Module):
    def __init__(self, z_dim, y_dim=0):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(784 + y_dim, 300), nn.ELU(), nn.Linear(300, 2 * z_dim))

    def encode(self, x, y=None):
        return ut.gaussian_parameters(self.net(x), dim=1)


class Decoder(nn.Module):
    def __init__(self, z_dim, y_dim=0):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(z_dim + y_dim, 300), nn.ELU(), nn.Linear(300, 784))

    def decode(self, z, y=None):
        return self.net(z)
