"""Solution of the homework "Autoregressive models".

Images are (B, C, H, W), their pixels in raster order: row by row, from left to right. Likelihoods are in nats.
Every function works in float32 and in float64 and keeps the dtype that it is given.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


def masked_kernel(mask_type, height, width):
    """The mask of a causal kernel as zeros and ones, shape (height, width), both odd.

    Ones are the rows above the centre and, in its row, what lies to the left; the centre itself is 0 in type "A"
    (first layer) and 1 in type "B" (later layers).
    Source: van den Oord, Kalchbrenner & Kavukcuoglu (2016), "Pixel recurrent neural networks", section 3.4.
    """
    if mask_type not in ("A", "B"):
        raise ValueError(f"mask_type is {mask_type!r}, must be 'A' or 'B'")
    order = torch.arange(height * width).reshape(height, width)
    centre = height // 2 * width + width // 2
    return (order < centre + (mask_type == "B")).float()


class MaskedConv2d(nn.Conv2d):
    """A convolution whose kernel is multiplied by `masked_kernel` in every forward pass.

    The arguments are those of `nn.Conv2d`, and `mask_type` by its name. All channels of a pixel count as one position.
    (B, in_channels, H, W) → (B, out_channels, H', W').
    Source: van den Oord et al. (2016), section 3.4.
    """

    def __init__(self, *args, mask_type, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", masked_kernel(mask_type, *self.kernel_size))

    def forward(self, x):
        """The convolution of x with the masked weights."""
        return self._conv_forward(x, self.weight * self.mask, self.bias)


def receptive_field(types, kernel_size, height, width, pixel):
    """Which input pixels can reach one output pixel of a stack of masked convolutions, boolean, shape (height, width).

    `types` are the masks from the first layer to the last, such as "AB"; `kernel_size` is odd, the padding keeps the
    size; `pixel` is (row, column), both counted from 1.
    From the output backwards, one layer after the other: a pixel of a layer reads every pixel that the mask, laid on
    it, leaves. That is the transposed convolution with the mask, of which only zero or not counts.
    Source: van den Oord et al. (2016), figure 2; the stacks AA, AB, BA and BB are worked out in the lecture.
    """
    field = torch.zeros(1, 1, height, width)
    field[0, 0, pixel[0] - 1, pixel[1] - 1] = 1
    for mask_type in reversed(types):
        mask = masked_kernel(mask_type, kernel_size, kernel_size)[None, None]
        field = (F.conv_transpose2d(field, mask, padding=kernel_size // 2) > 0).float()
    return field[0, 0] > 0


class PixelCNN(nn.Module):
    """Logits of p(pixel = 1 | all earlier pixels) of a binary image, (B, 1, H, W) → (B, 1, H, W).

    A 7×7 convolution of type A to `channels` channels, `layers` 3×3 convolutions of type B with ReLU between them, and
    a 1×1 convolution to one logit.
    Source: van den Oord et al. (2016), table 1, without residual connections.
    """

    def __init__(self, channels, layers):
        super().__init__()
        parts = [MaskedConv2d(1, channels, 7, padding=3, mask_type="A")]
        for _ in range(layers):
            parts += [nn.ReLU(), MaskedConv2d(channels, channels, 3, padding=1, mask_type="B")]
        self.net = nn.Sequential(*parts, nn.ReLU(), nn.Conv2d(channels, 1, 1))

    def forward(self, x):
        """The logits of all pixels, in one pass."""
        return self.net(x)


class CategoricalPixelCNN(nn.Module):
    """Logits of p(pixel = k | all earlier pixels) for `levels` grey values, (B, 1, H, W) → (B, levels, 1, H, W).

    x holds the grey values 0 to levels − 1. The network is that of `PixelCNN` with `levels` logits for every pixel.
    Source: van den Oord et al. (2016), section 3.2, with levels = 256.
    """

    def __init__(self, levels, channels, layers):
        super().__init__()
        self.levels = levels
        self.net = PixelCNN(channels, layers).net
        self.net[-1] = nn.Conv2d(channels, levels, 1)

    def forward(self, x):
        """The logits of all pixels, in one pass; the grey values are first scaled to [−1, 1]."""
        return self.net(2 * x / (self.levels - 1) - 1).unsqueeze(2)


def pixelcnn_log_likelihood(logits, x):
    """log p(x) of binary images in nats, shape (B,).

    logits, x: (B, 1, H, W), x in {0, 1}; the chain rule makes it the sum of log p(pixel | earlier pixels).
    Safe form: x·logσ(l) + (1 − x)·logσ(−l): nothing overflows, and no probability is rounded to 0 or 1.
    Source: van den Oord et al. (2016), equation (1).
    """
    return (x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).flatten(1).sum(dim=1)


def categorical_log_likelihood(logits, x):
    """log p(x) of images with K grey values in nats, shape (B,).

    logits: (B, K, 1, H, W); x: (B, 1, H, W), integers 0 to K − 1. Summed over the pixels.
    Safe form: the logits less their logsumexp over the K values, never the logarithm of a softmax.
    Source: van den Oord et al. (2016), equation (1) and section 3.2.
    """
    chosen = logits.gather(1, x.unsqueeze(1)) - torch.logsumexp(logits, dim=1, keepdim=True)
    return chosen.flatten(1).sum(dim=1)


def bits_per_dimension(nll, dimensions):
    """Negative log-likelihoods of whole images as bits per dimension, nll / (dimensions · log 2), shape (B,).

    nll: (B,) in nats; `dimensions` is the number of values of an image, such as 784 or 3·32·32.
    Source: Theis, van den Oord & Bethge (2016), "A note on the evaluation of generative models", section 3.1.
    """
    return nll / (dimensions * math.log(2))


def sample(network, uniforms):
    """Binary images drawn pixel by pixel in raster order, shape (B, 1, H, W), of zeros and ones.

    `network` maps images (B, 1, H, W) to logits of that shape, those of a pixel following from earlier pixels alone.
    uniforms: (B, 1, H, W) in [0, 1); a pixel is 1 where its uniform number is below p = sigmoid(logit). The network is
    asked anew for every pixel, with all earlier ones in their places.
    Source: van den Oord et al. (2016), section 3 (ancestral sampling).
    """
    x = torch.zeros_like(uniforms)
    for row in range(x.shape[2]):
        for column in range(x.shape[3]):
            p = torch.sigmoid(network(x)[:, :, row, column])
            x[:, :, row, column] = (uniforms[:, :, row, column] < p).to(x.dtype)
    return x
