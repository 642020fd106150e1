"""Solution of the code parts 4.a to 4.e of the homework "VAE and GAN: theory, code, pictures".

Images are (B, 1, 28, 28), latent codes (B, zdim). Losses are in nats. Everything works in float32 and in float64.
"""

import torch
import torch.nn.functional as F
from torch import nn


class DNet(nn.Module):
    """The discriminator: images (B, 1, 28, 28) → logits (B, 1), where sigmoid(logit) is the probability of "real".

    Three convolutions with ReLU, the first two followed by max-pooling (28 → 14 → 7, then 5 without padding), and a
    linear layer of 8·5·5 = 200 inputs. No sigmoid: the loss takes logits.
    """

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(2, 4, 3, padding=1)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.conv3 = nn.Conv2d(4, 8, 3)
        self.relu3 = nn.ReLU()
        self.linear = nn.Linear(200, 1)
        self._weight_init()

    def _weight_init(self):
        _kaiming(self)

    def forward(self, x):
        """One logit per image."""
        x = self.pool1(self.relu1(self.conv1(x)))
        x = self.pool2(self.relu2(self.conv2(x)))
        return self.linear(self.relu3(self.conv3(x)).flatten(1))


class GNet(nn.Module):
    """The generator: latent codes (B, zdim) → images (B, 1, 28, 28) in [0, 1].

    A linear layer to 32 maps of 7×7, then twice: enlarge by two (nearest neighbour) and convolve; a last convolution
    to one channel. All convolutions are 3×3 with padding 1, all LeakyReLU have the slope 0.2.
    """

    def __init__(self, zdim):
        super().__init__()
        self.linear = nn.Linear(zdim, 1568)
        self.leaky1 = nn.LeakyReLU(0.2)
        self.upsample1 = nn.Upsample(scale_factor=2)
        self.conv1 = nn.Conv2d(32, 16, 3, padding=1)
        self.leaky2 = nn.LeakyReLU(0.2)
        self.upsample2 = nn.Upsample(scale_factor=2)
        self.conv2 = nn.Conv2d(16, 8, 3, padding=1)
        self.leaky3 = nn.LeakyReLU(0.2)
        self.conv3 = nn.Conv2d(8, 1, 3, padding=1)
        self.sigmoid = nn.Sigmoid()
        self._weight_init()

    def _weight_init(self):
        _kaiming(self)

    def forward(self, z):
        """One image per latent code."""
        x = self.leaky1(self.linear(z)).reshape(-1, 32, 7, 7)
        x = self.leaky2(self.conv1(self.upsample1(x)))
        x = self.leaky3(self.conv2(self.upsample2(x)))
        return self.sigmoid(self.conv3(x))


def _kaiming(net):
    """Draws all weights of convolutions and linear layers by kaiming_uniform and sets their biases to 0.

    Weights are uniform on ±√(6/fan_in). Source: He et al. (2015), equation (10), for a uniform law.
    """
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


class GAN:
    """Discriminator and generator with their losses."""

    def __init__(self, zdim=64):
        self._dev = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._zdim = zdim
        self.disc = DNet().to(self._dev)
        self.gen = GNet(zdim).to(self._dev)

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002 - the homework's signature
        """−mean log D(x) − mean log(1 − D(G(z))) in nats, a scalar; no gradient reaches the generator.

        batch_data: (B, 1, 28, 28) real images; z: (B, zdim); D is the sigmoid of what `disc` returns.
        Safe form: −log D = softplus(−logit) and −log(1 − D) = softplus(logit).
        Source: Goodfellow et al. (2014), equation (1), with the sign turned for a minimiser.
        """
        fake = self.gen(z).detach()
        return F.softplus(-self.disc(batch_data)).mean() + F.softplus(self.disc(fake)).mean()

    def _get_loss_g(self, batch_size, z):  # noqa: ARG002 - the homework's signature
        """The non-saturating −mean log D(G(z)) in nats, a scalar. z: (B, zdim).

        Safe form: −log D = softplus(−logit). Source: Goodfellow et al. (2014), section 3.
        """
        return F.softplus(-self.disc(self.gen(z))).mean()
