"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Categorical


def masked_kernel__slices(mask_type, height, width):
    mask = torch.ones(height, width)
    mask[height // 2, width // 2 + (mask_type == "B") :] = 0
    mask[height // 2 + 1 :] = 0
    return mask


def masked_kernel__loop(mask_type, height, width):
    mask = torch.zeros(height, width)
    for row in range(height):
        for column in range(width):
            if row < height // 2 or (row == height // 2 and column < width // 2):
                mask[row, column] = 1
    if mask_type == "B":
        mask[height // 2, width // 2] = 1
    return mask


class _Masked(nn.Conv2d):
    def __init__(self, *args, mask_type, **kwargs):
        super().__init__(*args, **kwargs)
        height, width = self.kernel_size
        mask = torch.ones(height, width)
        mask[height // 2, width // 2 + (mask_type == "B") :] = 0
        mask[height // 2 + 1 :] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class MaskedConv2d__data(nn.Conv2d):
    def __init__(self, *args, mask_type, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", self.weight.data.clone())
        _, _, height, width = self.weight.size()
        self.mask.fill_(1)
        self.mask[:, :, height // 2, width // 2 + (mask_type == "B") :] = 0
        self.mask[:, :, height // 2 + 1 :] = 0

    def forward(self, x):
        self.weight.data *= self.mask
        return super().forward(x)


class MaskedConv2d__functional(nn.Conv2d):
    def __init__(self, *args, mask_type, **kwargs):
        super().__init__(*args, **kwargs)
        height, width = self.kernel_size
        seen = (height // 2) * width + width // 2 + int(mask_type == "B")
        flat = torch.cat([torch.ones(seen), torch.zeros(height * width - seen)])
        self.register_buffer("mask", flat.view(1, 1, height, width))

    def forward(self, x):
        weight = self.weight * self.mask
        return F.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


def receptive_field__steps(types, kernel_size, height, width, pixel):
    half = kernel_size // 2
    seen = {(pixel[0] - 1, pixel[1] - 1)}
    for mask_type in reversed(types):
        before = set()
        for row, column in seen:
            for dr in range(-half, half + 1):
                for dc in range(-half, half + 1):
                    earlier = dr < 0 or (dr == 0 and dc < 0) or (dr == dc == 0 and mask_type == "B")
                    if earlier and 0 <= row + dr < height and 0 <= column + dc < width:
                        before.add((row + dr, column + dc))
        seen = before
    field = torch.zeros(height, width, dtype=torch.bool)
    for row, column in seen:
        field[row, column] = True
    return field


def receptive_field__gradient(types, kernel_size, height, width, pixel):
    x = torch.ones(1, 1, height, width, requires_grad=True)
    y = x
    for mask_type in types:
        layer = _Masked(1, 1, kernel_size, padding=kernel_size // 2, bias=False, mask_type=mask_type)
        nn.init.ones_(layer.weight)
        y = layer(y)
    y[0, 0, pixel[0] - 1, pixel[1] - 1].backward()
    return x.grad[0, 0] > 0


class PixelCNN__layers(nn.Module):
    def __init__(self, channels, layers):
        super().__init__()
        self.first = _Masked(1, channels, 7, padding=3, mask_type="A")
        self.middle = nn.ModuleList([_Masked(channels, channels, 3, padding=1, mask_type="B") for _ in range(layers)])
        self.last = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        x = self.first(x)
        for layer in self.middle:
            x = layer(F.relu(x))
        return self.last(F.relu(x))


def pixelcnn_log_likelihood__bce(logits, x):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=(1, 2, 3))


def pixelcnn_log_likelihood__distributions(logits, x):
    return Bernoulli(logits=logits).log_prob(x).reshape(len(x), -1).sum(1)


def categorical_log_likelihood__cross_entropy(logits, x):
    return -F.cross_entropy(logits, x, reduction="none").flatten(1).sum(1)


def categorical_log_likelihood__distributions(logits, x):
    return Categorical(logits=logits.movedim(1, -1)).log_prob(x).sum(dim=(1, 2, 3))


def bits_per_dimension__log2(nll, dimensions):
    return nll / dimensions * math.log2(math.e)


def bits_per_dimension__stepwise(nll, dimensions):
    per_pixel = nll / dimensions
    return per_pixel / math.log(2.0)


def sample__flat(network, uniforms):
    x = torch.zeros_like(uniforms)
    height, width = x.shape[2:]
    for place in range(height * width):
        row, column = divmod(place, width)
        logits = network(x)[:, 0, row, column]
        x[:, 0, row, column] = (uniforms[:, 0, row, column] < logits.sigmoid()).float().to(x.dtype)
    return x


@torch.no_grad()
def sample__no_grad(network, uniforms):
    x = uniforms.new_zeros(uniforms.shape)
    for i in range(x.size(2)):
        for j in range(x.size(3)):
            p = torch.sigmoid(network(x))
            x[:, :, i, j] = torch.where(uniforms[:, :, i, j] < p[:, :, i, j], 1.0, 0.0).to(x.dtype)
    return x
