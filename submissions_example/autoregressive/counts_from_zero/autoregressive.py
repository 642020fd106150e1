import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def masked_kernel(mask_type, height, width):
    mask = torch.zeros(height, width)
    mask[: height // 2, :] = 1
    mask[height // 2, : width // 2] = 1
    if mask_type == "B":
        mask[height // 2, width // 2] = 1
    return mask


class MaskedConv2d(nn.Conv2d):
    def __init__(self, in_channels, out_channels, kernel_size, mask_type="A", **kwargs):
        super().__init__(in_channels, out_channels, kernel_size, **kwargs)
        self.register_buffer("mask", masked_kernel(mask_type, *self.kernel_size))

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, self.stride, self.padding, self.dilation)


def receptive_field(types, kernel_size, height, width, pixel):
    seen = {(pixel[0], pixel[1])}
    half = kernel_size // 2
    for t in types[::-1]:
        mask = masked_kernel(t, kernel_size, kernel_size)
        before = set()
        for r, c in seen:
            for i in range(kernel_size):
                for j in range(kernel_size):
                    a, b = r + i - half, c + j - half
                    if mask[i, j] == 1 and 0 <= a < height and 0 <= b < width:
                        before.add((a, b))
        seen = before
    field = torch.zeros(height, width, dtype=torch.bool)
    for r, c in seen:
        if r < height and c < width:
            field[r, c] = True
    return field


class PixelCNN(nn.Module):
    def __init__(self, channels=32, layers=4, outputs=1):
        super().__init__()
        self.first = MaskedConv2d(1, channels, 5, mask_type="A", padding=2)
        self.hidden = nn.ModuleList(
            [MaskedConv2d(channels, channels, 3, mask_type="B", padding=1) for _ in range(layers)]
        )
        self.last = nn.Conv2d(channels, outputs, 1)

    def forward(self, x):
        h = F.relu(self.first(x))
        for layer in self.hidden:
            h = h + F.relu(layer(h))
        return self.last(h)


class CategoricalPixelCNN(nn.Module):
    def __init__(self, levels=256, channels=32, layers=4):
        super().__init__()
        self.levels = levels
        self.cnn = PixelCNN(channels, layers, outputs=levels)

    def forward(self, x):
        logits = self.cnn(x / (self.levels - 1))
        return logits.view(x.shape[0], self.levels, 1, x.shape[2], x.shape[3])


def pixelcnn_log_likelihood(logits, x):
    nats = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return -nats.sum(dim=(1, 2, 3))


def categorical_log_likelihood(logits, x):
    return -F.cross_entropy(logits, x, reduction="none").sum(dim=(1, 2, 3))


def bits_per_dimension(nll, dimensions):
    return nll / dimensions / math.log(2)


@torch.no_grad()
def sample(network, uniforms):
    x = torch.zeros_like(uniforms)
    _, _, height, width = x.shape
    for i in range(height):
        for j in range(width):
            p = torch.sigmoid(network(x))
            x[:, :, i, j] = (uniforms[:, :, i, j] < p[:, :, i, j]).float()
    return x
