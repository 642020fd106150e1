"""Right answers to "Autoregressive models" in different styles; none may be refused."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from scipy.special import expit
from torch import nn
from torch.distributions import Bernoulli, Categorical, Independent


def _causal(kind, h, w):
    place = torch.arange(h * w).view(h, w)
    return (place < h * w // 2 + int(kind == "B")).float()


def masked_kernel__numpy(mask_type, height, width):
    mask = np.zeros((height, width), dtype=np.int64)
    mask[: height // 2] = 1
    mask[height // 2, : width // 2 + (mask_type == "B")] = 1
    return mask


def masked_kernel__loops(mask_type, height, width):
    mask = torch.empty(height, width)
    for i in range(height):
        for j in range(width):
            later = (i, j) > (height // 2, width // 2)
            itself = (i, j) == (height // 2, width // 2)
            mask[i, j] = 0 if later or (itself and mask_type == "A") else 1
    return mask


def masked_kernel__boolean(mask_type, height, width):
    flat = torch.ones(height * width, dtype=torch.bool)
    flat[height * width // 2 + (1 if mask_type == "B" else 0) :] = False
    return flat.unflatten(0, (height, width))


class MaskedConv2d__in_place(nn.Conv2d):
    def __init__(self, *args, mask_type, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", _causal(mask_type, *self.kernel_size).expand_as(self.weight).clone())

    def forward(self, x):
        self.weight.data *= self.mask
        return super().forward(x)


class MaskedConv2d__frozen_parameter(nn.Conv2d):
    def __init__(self, in_channels, out_channels, kernel_size, mask_type, stride=1, padding=0, bias=True):
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, bias=bias)
        self.mask = nn.Parameter(_causal(mask_type, kernel_size, kernel_size), requires_grad=False)

    def forward(self, x):
        return F.conv2d(x, torch.einsum("oihw,hw->oihw", self.weight, self.mask), self.bias, self.stride, self.padding)


class MaskedConv2d__unfold(nn.Module):
    """Patches and a matrix product instead of a convolution."""

    def __init__(self, in_channels, out_channels, kernel_size, *, mask_type, padding=0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.1)
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.register_buffer("mask", _causal(mask_type, kernel_size, kernel_size))
        self.size, self.padding = kernel_size, padding

    def forward(self, x):
        patches = F.unfold(x, self.size, padding=self.padding)
        out = (self.weight * self.mask).flatten(1) @ patches + self.bias[:, None]
        return out.view(len(x), -1, *x.shape[2:])


def receptive_field__sets(types, kernel_size, height, width, pixel):
    half = kernel_size // 2
    cells = {(pixel[0], pixel[1])}
    for kind in reversed(types):
        mask = _causal(kind, kernel_size, kernel_size)
        steps = [(i - half, j - half) for i in range(kernel_size) for j in range(kernel_size) if mask[i, j]]
        cells = {(r + a, c + b) for r, c in cells for a, b in steps}
        cells = {(r, c) for r, c in cells if 1 <= r <= height and 1 <= c <= width}
    return [[(r, c) in cells for c in range(1, width + 1)] for r in range(1, height + 1)]


def receptive_field__gradient(types, kernel_size, height, width, pixel):
    x = torch.rand(1, 1, height, width, dtype=torch.float64, requires_grad=True)
    h = x
    for kind in types:
        h = F.conv2d(h, _causal(kind, kernel_size, kernel_size).double()[None, None], padding=kernel_size // 2)
    h[0, 0, pixel[0] - 1, pixel[1] - 1].backward()
    return x.grad[0, 0] > 0


def receptive_field__perturbation(types, kernel_size, height, width, pixel):
    images = torch.zeros(height * width, 1, height, width)
    images.view(height * width, -1).fill_diagonal_(1.0)
    for kind in types:
        images = F.conv2d(images, _causal(kind, kernel_size, kernel_size)[None, None], padding=kernel_size // 2)
    return (images[:, 0, pixel[0] - 1, pixel[1] - 1] != 0).view(height, width).numpy()


def receptive_field__adjacency(types, kernel_size, height, width, pixel):
    n, half = height * width, kernel_size // 2
    reach = np.eye(n)[(pixel[0] - 1) * width + pixel[1] - 1]
    for kind in types[::-1]:
        edges = np.zeros((n, n))
        for k in range(n):
            for m in range(n):
                down, right = m // width - k // width, m % width - k % width
                if abs(down) <= half and abs(right) <= half:
                    edges[k, m] = float(_causal(kind, kernel_size, kernel_size)[half + down, half + right])
        reach = reach @ edges
    return reach.reshape(height, width) > 0


class PixelCNN__gated(nn.Module):
    """Gated residual blocks with masked kernels."""

    def __init__(self, channels, layers):
        super().__init__()
        self.first = nn.Conv2d(1, channels, 7, padding=3)
        self.blocks = nn.ModuleList(nn.Conv2d(channels, 2 * channels, 3, padding=1) for _ in range(layers))
        self.head = nn.Sequential(nn.ReLU(), nn.Conv2d(channels, channels, 1), nn.ReLU(), nn.Conv2d(channels, 1, 1))
        self.register_buffer("a", _causal("A", 7, 7))
        self.register_buffer("b", _causal("B", 3, 3))

    def forward(self, x):
        h = F.conv2d(2 * x - 1, self.first.weight * self.a, self.first.bias, padding=3)
        for block in self.blocks:
            left, right = F.conv2d(h, block.weight * self.b, block.bias, padding=1).chunk(2, dim=1)
            h = h + torch.tanh(left) * torch.sigmoid(right)
        return self.head(h)


class PixelCNN__two_stacks(nn.Module):
    """A vertical and a horizontal stack by shifts, without any mask."""

    def __init__(self, channels, layers):
        super().__init__()
        self.vertical = nn.Conv2d(1, channels, (2, 3))
        self.horizontal = nn.Conv2d(1, channels, (1, 2))
        self.mix = nn.Conv2d(channels, channels, 1)
        self.head = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        v = self.vertical(F.pad(x, (1, 1, 2, 0)))[:, :, :-1]
        h = self.horizontal(F.pad(x, (2, 0)))[..., :-1]
        return self.head(F.elu(self.mix(v) + h))


class PixelCNN__row_lstm(nn.Module):
    """All pixels as one sequence."""

    def __init__(self, channels, layers):
        super().__init__()
        self.rnn = nn.LSTM(1, channels, num_layers=layers, batch_first=True)
        self.out = nn.Linear(channels, 1)

    def forward(self, x):
        line = F.pad(x.flatten(1), (1, 0))[:, :-1, None]
        return self.out(self.rnn(line)[0]).reshape(x.shape)


class PixelCNN__made(nn.Module):
    """A masked autoencoder per image size, its weights made when the first image comes."""

    def __init__(self, channels, layers):
        super().__init__()
        self.channels = channels
        self.scale = nn.Parameter(torch.ones(()))

    def weights(self, n, dtype):
        rows = torch.arange(n)
        return torch.cos(rows[:, None] * 0.7 + rows[None]).to(dtype) * (rows[:, None] > rows[None])

    def forward(self, x):
        flat = x.flatten(1)
        return (self.scale * flat @ self.weights(flat.shape[1], x.dtype).T).view_as(x)


class CategoricalPixelCNN__batch_norm(nn.Module):
    def __init__(self, levels, channels, layers):
        super().__init__()
        self.first, self.norm = nn.Conv2d(1, channels, 5, padding=2), nn.BatchNorm2d(channels)
        self.last = nn.Conv2d(channels, levels, 1)
        self.register_buffer("mask", _causal("A", 5, 5))

    def forward(self, x):
        h = F.conv2d(x, self.first.weight * self.mask, self.first.bias, padding=2)
        return torch.stack(self.last(F.relu(self.norm(h))).split(1, dim=1), dim=1)


class CategoricalPixelCNN__embedding(nn.Module):
    """Grey values as indices, so that no gradient reaches the image."""

    def __init__(self, levels, channels, layers):
        super().__init__()
        self.levels = levels
        self.table = nn.Embedding(levels, channels)
        self.conv = nn.Conv2d(channels, levels, 3, padding=1)
        self.register_buffer("mask", _causal("A", 3, 3))

    def forward(self, x):
        h = self.table(x.round().long().clamp(0, self.levels - 1))[:, 0].movedim(-1, 1)
        return F.log_softmax(F.conv2d(h, self.conv.weight * self.mask, self.conv.bias, padding=1), 1)[:, :, None]


def pixelcnn_log_likelihood__distribution(logits, x):
    return Independent(Bernoulli(logits=logits), 3).log_prob(x)


def pixelcnn_log_likelihood__softplus(logits, x):
    return (x * logits - F.softplus(logits)).flatten(1).sum(-1)


def pixelcnn_log_likelihood__signs(logits, x):
    return F.logsigmoid(logits * (2 * x - 1)).sum(dim=[1, 2, 3])


def pixelcnn_log_likelihood__loops(logits, x):
    values = []
    for b in range(len(x)):
        value = torch.zeros(())
        for score, pixel in zip(logits[b].flatten(), x[b].flatten()):
            value = value + (F.logsigmoid(score) if pixel == 1 else F.logsigmoid(-score))
        values.append(value)
    return torch.stack(values)


def pixelcnn_log_likelihood__double(logits, x):
    nats = F.binary_cross_entropy_with_logits(logits.double(), x.double(), reduction="none")
    return -nats.flatten(1).sum(1)


def categorical_log_likelihood__cross_entropy(logits, x):
    return F.cross_entropy(logits, x, reduction="none").mul(-1).flatten(1).sum(1)


def categorical_log_likelihood__distribution(logits, x):
    return Categorical(logits=torch.movedim(logits, 1, -1)).log_prob(x).sum((1, 2, 3))


def categorical_log_likelihood__one_hot(logits, x):
    chosen = (F.one_hot(x, logits.shape[1]).movedim(-1, 1) * logits).sum(1)
    return (chosen - torch.logsumexp(logits, 1)).flatten(1).sum(1)


def categorical_log_likelihood__max_by_hand(logits, x):
    top = logits.amax(1, keepdim=True)
    log_p = logits - top - (logits - top).exp().sum(1, keepdim=True).log()
    return torch.take_along_dim(log_p, x[:, None], 1).flatten(1).sum(1)


def bits_per_dimension__log2_of_e(nll, dimensions):
    return nll * math.log2(math.e) / dimensions


def bits_per_dimension__torch(nll, dimensions):
    return torch.div(nll, dimensions * torch.log(torch.tensor(2.0)))


def bits_per_dimension__numpy(nll, dimensions):
    return torch.from_numpy(nll.numpy() / (dimensions * np.log(2)))


def sample__flat(network, uniforms):
    x = torch.zeros_like(uniforms).flatten(1)
    u = uniforms.flatten(1)
    with torch.no_grad():
        for k in range(x.shape[1]):
            p = network(x.view_as(uniforms)).flatten(1)[:, k].sigmoid()
            x[:, k] = (u[:, k] <= p).to(x)
    return x.view_as(uniforms)


def sample__noise_in_the_future(network, uniforms):
    """Begins with anything, because a right network does not look at it."""
    network.eval()
    x = torch.full_like(uniforms, 0.5)
    for i in range(x.shape[-2]):
        for j in range(x.shape[-1]):
            logit = network(x)[:, :, i, j]
            x[:, :, i, j] = torch.where(torch.logit(uniforms[:, :, i, j].double()) < logit, 1.0, 0.0)
    return x


def sample__numpy(network, uniforms):
    u = uniforms.numpy()
    images = np.zeros_like(u)
    for b in range(len(u)):
        for i in range(u.shape[2]):
            for j in range(u.shape[3]):
                logit = network(torch.from_numpy(images[b : b + 1]))[0, 0, i, j].item()
                images[b, 0, i, j] = 1 if u[b, 0, i, j] < expit(logit) else 0
    return torch.from_numpy(images)


def sample__parallel(network, uniforms):
    """All pixels again and again until nothing changes: after H·W passes all of them are right."""
    x = torch.zeros_like(uniforms)
    while True:
        after = (uniforms < torch.sigmoid(network(x))).to(x)
        if torch.equal(after, x):
            return x
        x = after
