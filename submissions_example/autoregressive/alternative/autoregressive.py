"""Raster order as an order of numbers: one lower triangle for everything."""
import numpy as np
import torch
from torch import nn
from torch.distributions import Bernoulli, Categorical, Independent


def causal_mask(mask_type: str, height: int, width: int) -> np.ndarray:
    place = np.arange(height * width).reshape(height, width)
    middle = (height * width) // 2
    return place <= middle if mask_type == "B" else place < middle


class MaskedConvolution(nn.Module):
    """Not a subclass of nn.Conv2d: holds one, and clears its weights before each use."""

    def __init__(self, in_channels, out_channels, kernel_size, *, mask_type, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=padding)
        self.register_buffer("hidden", ~torch.from_numpy(causal_mask(mask_type, kernel_size, kernel_size)))

    def forward(self, x):
        with torch.no_grad():
            self.conv.weight.masked_fill_(self.hidden, 0)
        return self.conv(x)


def receptive_field_map(types, kernel_size, height, width, pixel):
    # gradient of the output pixel of a stack of positive convolutions
    x = torch.ones(1, 1, height, width, requires_grad=True)
    h = x
    for t in types:
        w = torch.from_numpy(causal_mask(t, kernel_size, kernel_size)).float()[None, None]
        h = torch.conv2d(h, w, padding=kernel_size // 2)
    row, column = pixel
    (g,) = torch.autograd.grad(h[0, 0, row - 1, column - 1], x)
    return g[0, 0] != 0


class CausalAttention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, h):
        n = h.shape[1]
        scores = self.q(h) @ self.k(h).transpose(1, 2) / h.shape[2] ** 0.5
        scores = scores.masked_fill(torch.ones(n, n, dtype=torch.bool).triu(1), float("-inf"))
        return h + scores.softmax(-1) @ self.v(h)


class PixelCNN(nn.Module):
    """The sequence of pixels, shifted by one, through causal attention and a GRU."""

    def __init__(self, channels: int, layers: int, outputs: int = 1):
        super().__init__()
        self.embed = nn.Linear(1, channels)
        self.blocks = nn.ModuleList([CausalAttention(channels) for _ in range(layers)])
        self.gru = nn.GRU(channels, channels, batch_first=True)
        self.out = nn.Linear(channels, outputs)

    def forward(self, x):
        line = x.flatten(1)[:, :, None]
        h = self.embed(torch.cat([torch.zeros_like(line[:, :1]), line[:, :-1]], dim=1))
        for block in self.blocks:
            h = block(h)
        h, _ = self.gru(h)
        return self.out(h).transpose(1, 2).reshape(len(x), -1, *x.shape[2:])


class PixelCNN256(PixelCNN):
    def __init__(self, levels, channels, layers):
        super().__init__(channels, layers, levels)

    def forward(self, x):
        return super().forward(x)[:, :, None]


def log_prob(x, logits):
    return Independent(Bernoulli(logits=logits), 3).log_prob(x)


def categorical_log_prob(logits, x):
    return Independent(Categorical(logits=logits.movedim(1, -1)), 3).log_prob(x)


def bpd(nll, dimensions):
    return nll * np.log2(np.e) / dimensions


def ancestral_sample(network, uniforms):
    images = torch.zeros_like(uniforms)
    for k in range(uniforms[0].numel()):
        with torch.no_grad():
            logit = network(images).flatten(1)[:, k]
        images.flatten(1)[:, k] = (uniforms.flatten(1)[:, k] <= logit.sigmoid()) * 1.0
    return images
