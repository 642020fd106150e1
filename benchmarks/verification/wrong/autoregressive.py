"""Wrong answers to "Autoregressive models", each under the note that its outcome must carry."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Categorical


def _causal(kind, h, w):
    m = torch.ones(h, w)
    m[h // 2, w // 2 + int(kind == "B") :] = 0
    m[h // 2 + 1 :] = 0
    return m


class _Masked(nn.Conv2d):
    def __init__(self, kind, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", _causal(kind, *self.kernel_size))

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


def _walk(kernel, layers, shape, start):
    """All positions reached from `start` through `layers` copies of offsets."""
    now = {start}
    for k in range(layers):
        now = {(r + a, c + b) for r, c in now for a, b in kernel[k] if 0 <= r + a < shape[0] and 0 <= c + b < shape[1]}
    return now


def _offsets(kind, size, above_right=True):
    half = size // 2
    steps = [(a, b) for a in range(-half, 0) for b in range(-half, half + 1) if above_right or b <= 0]
    steps += [(0, b) for b in range(-half, 0)]
    return steps + ([(0, 0)] if kind == "B" else [])


def _picture(cells, height, width):
    found = np.zeros((height, width), dtype=bool)
    for r, c in cells:
        found[r, c] = True
    return found


# --- masks ------------------------------------------------------------------------------------------------------------


def masked_kernel__mask_b_for_a(mask_type, height, width):
    mask = np.zeros((height, width))
    mask.reshape(-1)[: height * width // 2 + 1] = 1
    return mask


def masked_kernel__mask_a_for_b(mask_type, height, width):
    flat = torch.zeros(height * width)
    flat[: flat.numel() // 2] = 1
    return flat.view(height, width)


def masked_kernel__mask_b_for_a__2(mask_type, height, width):
    mask = torch.ones(height, width)
    yc, xc = height // 2, width // 2
    mask[yc, xc + 1 :] = 0
    mask[yc + 1 :, :] = 0
    if mask_type != "A":
        mask[yc, xc] = 0
    return mask


def masked_kernel__lost_above_right(mask_type, height, width):
    mask = torch.zeros(height, width)
    for i in range(height // 2 + 1):
        for j in range(width // 2 + 1):
            mask[i, j] = 1
    if mask_type == "A":
        mask[height // 2, width // 2] = 0
    return mask


def masked_kernel__inverted(mask_type, height, width):
    mask = torch.zeros(height, width, dtype=torch.bool)
    mask[height // 2 + 1 :] = True
    mask[height // 2, width // 2 + (1 if mask_type == "B" else 0) :] = True
    return mask


def masked_kernel__row_too_late(mask_type, height, width):
    mask = torch.ones(height, width)
    mask[height // 2, width // 2 + (mask_type == "B") :] = 0
    mask[height // 2 + 2 :] = 0
    return mask


def masked_kernel__own_row_lost(mask_type, height, width):
    mask = torch.zeros(height, width)
    mask[: height // 2] = 1
    mask[height // 2, width // 2] = 1 if mask_type == "B" else 0
    return mask


def masked_kernel__column_too_late(mask_type, height, width):
    mask = torch.zeros(height, width)
    mask[: height // 2] = 1
    mask[height // 2, : width // 2 + 1] = 1
    if mask_type == "B":
        mask[height // 2, width // 2 + 1 : width // 2 + 2] = 1
    return mask


def masked_kernel__columns_first(mask_type, height, width):
    mask = torch.zeros(height, width)
    mask[:, : width // 2] = 1
    mask[: height // 2, width // 2] = 1
    mask[height // 2, width // 2] = float(mask_type == "B")
    return mask


def masked_kernel__triangle(mask_type, height, width):
    return np.tril(np.ones((height, width)), k=0 if mask_type == "B" else -1)


# --- masked convolution -----------------------------------------------------------------------------------------------


class MaskedConv2d__not_masked(nn.Conv2d):
    def __init__(self, in_channels, out_channels, kernel_size, mask_type="A", **kw):
        super().__init__(in_channels, out_channels, kernel_size, **kw)
        self.register_buffer("mask", _causal(mask_type, *self.kernel_size))

    def forward(self, x):
        weight = self.weight * self.mask  # and then forgotten
        return super().forward(x)


class MaskedConv2d__no_mask(nn.Conv2d):
    def __init__(self, *args, mask_type="A", **kw):
        super().__init__(*args, **kw)
        self.mask = _causal(mask_type, *self.kernel_size)

    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)


class MaskedConv2d__mask_b_for_a(nn.Conv2d):
    def __init__(self, *args, mask_type, **kw):
        super().__init__(*args, **kw)
        kind = "B" if mask_type else "A"
        self.register_buffer("mask", _causal(kind, *self.kernel_size)[None, None])

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class MaskedConv2d__mask_a_for_b(nn.Conv2d):
    def __init__(self, *args, mask_type, **kw):
        super().__init__(*args, **kw)
        self.register_buffer("mask", _causal(str(mask_type).lower(), *self.kernel_size))

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class MaskedConv2d__mask_lost_after_step(nn.Conv2d):
    def __init__(self, *args, mask_type, **kw):
        super().__init__(*args, **kw)
        self.weight = nn.Parameter(self.weight.detach() * _causal(mask_type, *self.kernel_size))


class MaskedConv2d__mask_trainable(nn.Conv2d):
    def __init__(self, *args, mask_type, **kw):
        super().__init__(*args, **kw)
        self.mask = nn.Parameter(_causal(mask_type, *self.kernel_size))

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class MaskedConv2d__wrong_shape(nn.Conv2d):
    def __init__(self, *args, mask_type, **kw):
        super().__init__(*args, **kw)
        self.register_buffer("mask", _causal(mask_type, *self.kernel_size))

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias)


class MaskedConv2d__missing_parameter(nn.Conv2d):
    def __init__(self, *args, mask_type, **kw):
        super().__init__(*args, bias=False, **kw)
        self.register_buffer("mask", _causal(mask_type, *self.kernel_size))

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, padding=self.padding)


class MaskedConv2d__lost_above_right(nn.Conv2d):
    def __init__(self, *args, mask_type, **kw):
        super().__init__(*args, **kw)
        mask = torch.zeros_like(self.weight)
        k = self.kernel_size[0] // 2
        mask[:, :, : k + 1, : k + 1] = 1
        if mask_type == "A":
            mask[:, :, k, k] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


# --- receptive fields -------------------------------------------------------------------------------------------------


def receptive_field__counted_from_zero(types, kernel_size, height, width, pixel):
    kernels = [_offsets(t, kernel_size) for t in types[::-1]]
    return _picture(_walk(kernels, len(types), (height, width), tuple(pixel)), height, width)


def receptive_field__row_and_column_exchanged(types, kernel_size, height, width, pixel):
    x, y = pixel
    kernels = [_offsets(t, kernel_size) for t in types[::-1]]
    return _picture(_walk(kernels, len(types), (height, width), (y - 1, x - 1)), height, width)


def receptive_field__types_exchanged(types, kernel_size, height, width, pixel):
    kernels = [_offsets("A" if t == "B" else "B", kernel_size) for t in types[::-1]]
    return _picture(_walk(kernels, len(types), (height, width), (pixel[0] - 1, pixel[1] - 1)), height, width)


def receptive_field__first_layer_only(types, kernel_size, height, width, pixel):
    start = (pixel[0] - 1, pixel[1] - 1)
    return _picture(_walk([_offsets(types[0], kernel_size)], 1, (height, width), start), height, width)


def receptive_field__not_masked(types, kernel_size, height, width, pixel):
    reach = len(types) * (kernel_size // 2)
    field = torch.zeros(height, width)
    top, left = max(pixel[0] - 1 - reach, 0), max(pixel[1] - 1 - reach, 0)
    field[top : pixel[0] + reach, left : pixel[1] + reach] = 1
    return field


def receptive_field__all_earlier(types, kernel_size, height, width, pixel):
    field = torch.zeros(height * width)
    field[: (pixel[0] - 1) * width + pixel[1] - 1 + ("A" not in types)] = 1
    return field.view(height, width).bool()


def receptive_field__one_wide_mask(types, kernel_size, height, width, pixel):
    reach = len(types) * (kernel_size // 2)
    field = np.zeros((height, width), dtype=bool)
    r0, c0 = pixel[0] - 1, pixel[1] - 1
    for r in range(height):
        for c in range(width):
            near = abs(r - r0) <= reach and abs(c - c0) <= reach
            field[r, c] = near and ((r, c) < (r0, c0) or ((r, c) == (r0, c0) and "A" not in types))
    return field


def receptive_field__union(types, kernel_size, height, width, pixel):
    start = (pixel[0] - 1, pixel[1] - 1)
    cells = set()
    for t in types:
        cells |= _walk([_offsets(t, kernel_size)], 1, (height, width), start)
    return _picture(cells, height, width)


def receptive_field__lost_above_right(types, kernel_size, height, width, pixel):
    kernels = [_offsets(t, kernel_size, above_right=False) for t in types[::-1]]
    return _picture(_walk(kernels, len(types), (height, width), (pixel[0] - 1, pixel[1] - 1)), height, width)


def receptive_field__forward(types, kernel_size, height, width, pixel):
    # what the pixel influences: one impulse through the convolutions
    h = torch.zeros(1, 1, height, width)
    h[0, 0, pixel[0] - 1, pixel[1] - 1] = 1
    for t in types:
        h = F.conv2d(h, _causal(t, kernel_size, kernel_size)[None, None], padding=kernel_size // 2)
    return h[0, 0] > 0


# --- whole networks ---------------------------------------------------------------------------------------------------


class PixelCNN__sees_itself(nn.Module):
    def __init__(self, channels, layers):
        super().__init__()
        body = [_Masked("B", 1, channels, 7, padding=3)]
        body += [_Masked("B", channels, channels, 3, padding=1) for _ in range(layers)]
        self.body = nn.Sequential(*body)
        self.head = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        return self.head(torch.relu(self.body(x)))


class PixelCNN__sees_itself__2(nn.Module):
    """A residual connection from the image itself."""

    def __init__(self, channels, layers):
        super().__init__()
        self.first = _Masked("A", 1, channels, 5, padding=2)
        self.rest = nn.ModuleList(_Masked("B", channels, channels, 3, padding=1) for _ in range(layers))
        self.skip = nn.Conv2d(1, channels, 1)
        self.head = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        h = self.first(x)
        for layer in self.rest:
            h = h + F.relu(layer(h))
        return self.head(h + self.skip(x))


class PixelCNN__sees_later(nn.Module):
    def __init__(self, channels, layers):
        super().__init__()
        self.net = nn.Sequential(
            _Masked("A", 1, channels, 3, padding=1),
            *(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(layers)),
            nn.Conv2d(channels, 1, 1),
        )

    def forward(self, x):
        return self.net(x)


class PixelCNN__sees_later__2(nn.Module):
    """Shifted to the right instead of masked: the row below is still seen."""

    def __init__(self, channels, layers):
        super().__init__()
        self.first = nn.Conv2d(1, channels, 3)
        self.rest = nn.ModuleList(nn.Conv2d(channels, channels, 1) for _ in range(layers))
        self.head = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        h = self.first(F.pad(x, (3, 0, 1, 1))[..., :-1])
        for layer in self.rest:
            h = torch.tanh(layer(h))
        return self.head(h)


class PixelCNN__sees_later__3(nn.Module):
    """Normalises over the whole image in front of a right network."""

    def __init__(self, channels, layers):
        super().__init__()
        self.norm = nn.InstanceNorm2d(1)
        self.net = nn.Sequential(_Masked("A", 1, channels, 5, padding=2), nn.ReLU(), nn.Conv2d(channels, 1, 1))

    def forward(self, x):
        return self.net(self.norm(x))


class PixelCNN__no_mask(nn.Module):
    """A right network, beside a vector of context that is taken from the whole image."""

    def __init__(self, channels, layers):
        super().__init__()
        self.net = nn.Sequential(_Masked("A", 1, channels, 5, padding=2), nn.ReLU(), nn.Conv2d(channels, 1, 1))
        self.context = nn.Linear(1, channels)
        self.mix = nn.Linear(channels, 1)

    def forward(self, x):
        context = self.mix(torch.relu(self.context(x.mean(dim=(2, 3)))))
        return self.net(x) + context[:, :, None, None]


class PixelCNN__sees_nothing(nn.Module):
    """Both streams of a network with a blind mask: 1×1 convolutions of type A."""

    def __init__(self, channels, layers):
        super().__init__()
        self.first = _Masked("A", 1, channels, 1)
        self.head = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        return self.head(torch.sigmoid(self.first(x)))


class PixelCNN__lost_pixels(nn.Module):
    """Only the rows above: a vertical stack without its horizontal one."""

    def __init__(self, channels, layers):
        super().__init__()
        self.up = nn.Conv2d(1, channels, (2, 3))
        self.head = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        h = F.pad(x, (1, 1, 2, 0))[:, :, :-1]
        return self.head(F.relu(self.up(h)))


class PixelCNN__lost_pixels__2(nn.Module):
    """Reads every row for itself."""

    def __init__(self, channels, layers):
        super().__init__()
        self.rnn = nn.GRU(1, channels, batch_first=True)
        self.head = nn.Linear(channels, 1)

    def forward(self, x):
        rows = F.pad(x, (1, 0))[..., :-1].flatten(0, 2)[..., None]
        return self.head(self.rnn(rows)[0]).view_as(x)


class PixelCNN__mask_lost_after_step(nn.Module):
    def __init__(self, channels, layers):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, channels, 5, padding=2), nn.ReLU(), nn.Conv2d(channels, 1, 1))
        self.net[0].weight.data.mul_(_causal("A", 5, 5))

    def forward(self, x):
        return self.net(x)


class PixelCNN__wrong_shape(nn.Module):
    def __init__(self, channels, layers):
        super().__init__()
        self.net = nn.Sequential(_Masked("A", 1, channels, 5, padding=2), nn.ReLU(), nn.Conv2d(channels, 1, 1))

    def forward(self, x):
        return self.net(x).squeeze(1)


class CategoricalPixelCNN__wrong_shape(nn.Module):
    def __init__(self, levels, channels, layers):
        super().__init__()
        self.net = nn.Sequential(_Masked("A", 1, channels, 7, padding=3), nn.ReLU(), nn.Conv2d(channels, levels, 1))

    def forward(self, x):
        return self.net(x)


class CategoricalPixelCNN__sees_itself(nn.Module):
    def __init__(self, levels, channels, layers):
        super().__init__()
        self.embed = nn.Embedding(levels, channels)
        self.conv = _Masked("B", channels, levels, 3, padding=1)

    def forward(self, x):
        h = self.embed(x.long().clamp(0, 4)).squeeze(1).permute(0, 3, 1, 2)
        return self.conv(h).unsqueeze(2)


# --- likelihoods ------------------------------------------------------------------------------------------------------


def pixelcnn_log_likelihood__mean_for_sum(logits, x):
    return Bernoulli(logits=logits).log_prob(x).mean(dim=[1, 2, 3])


def pixelcnn_log_likelihood__sign(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum((1, 2, 3))


def pixelcnn_log_likelihood__summed_over_batch(logits, x):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="sum")


def pixelcnn_log_likelihood__sigmoid_twice(logits, x):
    probabilities = torch.sigmoid(logits)
    return -F.binary_cross_entropy_with_logits(probabilities, x, reduction="none").flatten(1).sum(1)


def pixelcnn_log_likelihood__zeros_left_out(logits, x):
    return (torch.log(torch.sigmoid(logits)) * x).sum(dim=(1, 2, 3))


def pixelcnn_log_likelihood__in_bits(logits, x):
    p = torch.sigmoid(logits)
    return torch.log2(torch.where(x == 1, p, 1 - p)).flatten(1).sum(1)


def pixelcnn_log_likelihood__likelihood(logits, x):
    p = torch.sigmoid(logits)
    return torch.where(x > 0.5, p, 1 - p).flatten(1).prod(dim=1)


def pixelcnn_log_likelihood__forgot_log(logits, x):
    p = torch.sigmoid(logits)
    return (p * x + (1 - p) * (1 - x)).flatten(1).sum(dim=1)


def pixelcnn_log_likelihood__cut_at_100(logits, x):
    return -F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="none").flatten(1).sum(1)


def pixelcnn_log_likelihood__not_finite(logits, x):
    p = 1 / (1 + torch.exp(-logits))
    return (x * torch.log(p) + (1 - x) * torch.log(1 - p)).flatten(1).sum(1)


def pixelcnn_log_likelihood__no_gradient(logits, x):
    rows = Bernoulli(logits=logits.detach()).log_prob(x)
    return rows.flatten(1).sum(1)


def pixelcnn_log_likelihood__extra_dimension(logits, x):
    return Bernoulli(logits=logits).log_prob(x).sum(dim=(2, 3))


def pixelcnn_log_likelihood__not_reduced(logits, x):
    return Bernoulli(logits=logits).log_prob(x).sum(dim=-1).squeeze(1)


def pixelcnn_log_likelihood__shifted(logits, x):
    # the network predicts the next pixel, so the target is moved by one
    log_p = Bernoulli(logits=logits.flatten(1)[:, :-1]).log_prob(x.flatten(1)[:, 1:])
    return log_p.sum(-1)


def categorical_log_likelihood__mean_cross_entropy(logits, x):
    return F.cross_entropy(logits, x)


def categorical_log_likelihood__sign(logits, x):
    return F.cross_entropy(logits, x, reduction="none").flatten(1).sum(1)


def categorical_log_likelihood__mean_for_sum(logits, x):
    return Categorical(logits=logits.permute(0, 2, 3, 4, 1)).log_prob(x).mean(dim=(1, 2, 3))


def categorical_log_likelihood__softmax_over_pixels(logits, x):
    return torch.log_softmax(logits, -1).gather(1, x[:, None]).flatten(1).sum(-1)


def categorical_log_likelihood__not_normalised(logits, x):
    one_hot = F.one_hot(x, logits.shape[1]).permute(0, 4, 1, 2, 3)
    return (one_hot * logits).flatten(1).sum(1)


def categorical_log_likelihood__forgot_log(logits, x):
    p = logits.softmax(1)
    return p.gather(1, x.unsqueeze(1)).flatten(1).sum(1)


def categorical_log_likelihood__softmax_twice(logits, x):
    return -F.cross_entropy(F.softmax(logits, dim=1), x, reduction="none").sum(dim=(1, 2, 3))


def categorical_log_likelihood__not_finite(logits, x):
    p = torch.exp(logits) / torch.exp(logits).sum(1, keepdim=True)
    return p.gather(1, x.unsqueeze(1)).log().flatten(1).sum(1)


def bits_per_dimension__nats(nll, dimensions):
    return nll / float(dimensions)


def bits_per_dimension__per_image(nll, dimensions):
    return nll * math.log2(math.e)


def bits_per_dimension__multiplied(nll, dimensions):
    return (nll / dimensions) * np.log(2)


def bits_per_dimension__log10(nll, dimensions):
    return nll / dimensions / np.log10(2)


def bits_per_dimension__sign(nll, dimensions):
    return -nll / (math.log(2) * dimensions)


def bits_per_dimension__reduced_too_far(nll, dimensions):
    return nll.mean() / (math.log(2) * dimensions)


# --- sampling ---------------------------------------------------------------------------------------------------------


def sample__one_pass(network, uniforms):
    probabilities = network(uniforms * 0).sigmoid()
    return torch.where(uniforms < probabilities, 1.0, 0.0)


def sample__columns_first(network, uniforms):
    x = torch.zeros_like(uniforms)
    for j in range(x.size(3)):
        for i in range(x.size(2)):
            x[..., i, j] = (torch.sigmoid(network(x)[..., i, j]) > uniforms[..., i, j]).float()
    return x


def sample__row_at_once(network, uniforms):
    x = torch.zeros_like(uniforms)
    for i in range(x.size(2)):
        x[..., i, :] = (torch.sigmoid(network(x)[..., i, :]) > uniforms[..., i, :]).float()
    return x


def sample__threshold(network, uniforms):
    x = torch.zeros_like(uniforms)
    for k in range(uniforms[0].numel()):
        i, j = divmod(k, uniforms.shape[3])
        x[:, 0, i, j] = network(x)[:, 0, i, j].sigmoid().round().float()
    return x


def sample__greater(network, uniforms):
    x = torch.zeros_like(uniforms)
    for k in range(uniforms[0].numel()):
        i, j = divmod(k, uniforms.shape[3])
        x[:, 0, i, j] = (uniforms[:, 0, i, j] > network(x)[:, 0, i, j].sigmoid()).float()
    return x


def sample__probabilities(network, uniforms):
    x = torch.zeros_like(uniforms)
    for k in range(uniforms[0].numel()):
        i, j = divmod(k, uniforms.shape[3])
        x[:, 0, i, j] = network(x)[:, 0, i, j].sigmoid().float()
    return x


def sample__logits_for_probabilities(network, uniforms):
    x = torch.zeros_like(uniforms)
    for k in range(uniforms[0].numel()):
        i, j = divmod(k, uniforms.shape[3])
        x[:, 0, i, j] = torch.lt(uniforms[:, 0, i, j], network(x)[:, 0, i, j]).float()
    return x


def sample__sigmoid_twice(network, uniforms):
    x = torch.zeros_like(uniforms)
    for k in range(uniforms[0].numel()):
        i, j = divmod(k, uniforms.shape[3])
        logit = torch.sigmoid(network(x)[:, 0, i, j])
        x[:, 0, i, j] = (uniforms[:, 0, i, j] < 1 / (1 + torch.exp(-logit))).float()
    return x
