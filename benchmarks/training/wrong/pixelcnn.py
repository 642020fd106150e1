"""Bugs in masked convolutions, in their network and in its loss (item 3.a)."""

# ruff: noqa
import torch
import torch.nn.functional as F
from torch import nn

ITEM = "3.a"


def _network(first, later, channels, layers):
    parts = [first(1, channels, 5, padding=2)]
    for _ in range(layers):
        parts += [nn.ReLU(), later(channels, channels, 3, padding=1)]
    return nn.Sequential(*parts, nn.ReLU(), nn.Conv2d(channels, 1, 1))


def _masked(change):
    class Masked(MaskedConv2d):
        def __init__(self, mask_type, *args, **kwargs):
            super().__init__(mask_type, *args, **kwargs)
            self.mask.copy_(change(mask_type, self.mask.clone()))

    return Masked


def no_mask():
    """An ordinary convolution."""

    MaskedConv2d = _masked(lambda kind, mask: torch.ones_like(mask))


def b_first():
    """The first layer has mask B: each pixel sees itself."""

    class PixelCNN(PixelCNN):
        def __init__(self, channels, layers):
            super().__init__(channels, layers)
            self.net[0] = MaskedConv2d("B", 1, channels, 5, padding=2)


def kinds_exchanged():
    """A and B are exchanged in the mask."""

    class MaskedConv2d(MaskedConv2d):
        def __init__(self, mask_type, *args, **kwargs):
            super().__init__("A" if mask_type == "B" else "B", *args, **kwargs)


def all_b():
    """A is treated as B in every layer."""

    MaskedConv2d = _masked(
        lambda kind, mask: mask.index_put((torch.tensor(mask.shape[0] // 2),) * 2, torch.tensor(1.0))
    )


def all_a():
    """Mask A in every layer: what is nearest is lost."""

    MaskedConv2d = _masked(
        lambda kind, mask: mask.index_put((torch.tensor(mask.shape[0] // 2),) * 2, torch.tensor(0.0))
    )


def only_at_the_start():
    """The mask is applied to the weights once, when the layer is made."""

    class MaskedConv2d(MaskedConv2d):
        def __init__(self, mask_type, *args, **kwargs):
            super().__init__(mask_type, *args, **kwargs)
            with torch.no_grad():
                self.weight.mul_(self.mask)

        def forward(self, x):
            return F.conv2d(x, self.weight, self.bias, padding=self.padding)


def centre_row_open():
    """The centre row is not masked to the right of the centre."""

    def change(kind, mask):
        half = mask.shape[0] // 2
        mask[half, half + 1 :] = 1
        return mask

    MaskedConv2d = _masked(change)


def rows_below_open():
    """Only the centre row is masked."""

    def change(kind, mask):
        mask[mask.shape[0] // 2 + 1 :] = 1
        return mask

    MaskedConv2d = _masked(change)


def one_column_too_far():
    """An index off by one: the pixel to the right of the centre is seen."""

    def change(kind, mask):
        half = mask.shape[0] // 2
        mask[half, half : half + 2] = 1
        return mask

    MaskedConv2d = _masked(change)


def one_row_too_far():
    """An index off by one: the row below is seen."""

    def change(kind, mask):
        mask[mask.shape[0] // 2 + 1] = 1
        return mask

    MaskedConv2d = _masked(change)


def upside_down():
    """Zeros and ones are exchanged in the mask of the first layer."""

    MaskedConv2d = _masked(lambda kind, mask: 1 - mask if kind == "A" else mask)


def transposed():
    """Rows and columns are exchanged in the first layer: it leaks to the left below."""

    MaskedConv2d = _masked(lambda kind, mask: mask.T if kind == "A" else mask)


def one_by_one_full():
    """A 3×3 convolution without a mask stands where the 1×1 one belongs."""

    class PixelCNN(PixelCNN):
        def __init__(self, channels, layers):
            super().__init__(channels, layers)
            self.net[-1] = nn.Conv2d(channels, 1, 3, padding=1)


def residual_to_the_input():
    """A shortcut adds the input to the output."""

    class PixelCNN(PixelCNN):
        def forward(self, x):
            return self.net(x) + x


def normalised_over_the_image():
    """A layer norm over the whole image lets every pixel see all."""

    class PixelCNN(PixelCNN):
        def forward(self, x):
            return self.net(F.layer_norm(x, x.shape[1:]))


def row_above_lost():
    """All rows above the centre are masked as well."""

    def change(kind, mask):
        mask[: mask.shape[0] // 2] = 0
        return mask

    MaskedConv2d = _masked(change)


def no_activation():
    """The ReLUs are missing: the network is linear."""

    class PixelCNN(PixelCNN):
        def __init__(self, channels, layers):
            super().__init__(channels, layers)
            self.net = nn.Sequential(*(layer for layer in self.net if not isinstance(layer, nn.ReLU)))


def sigmoid_twice():
    """The network ends in a sigmoid, and the loss takes logits."""

    class PixelCNN(PixelCNN):
        def forward(self, x):
            return torch.sigmoid(self.net(x))


def loss_of_rounded_pixels():
    """The targets are rounded to 0 or 1."""

    def pixelcnn_loss(logits, x):
        return F.binary_cross_entropy_with_logits(logits, x.round(), reduction="sum") / len(x)


def squared_error():
    """The squared error of probabilities."""

    def pixelcnn_loss(logits, x):
        return (torch.sigmoid(logits) - x).square().sum() / len(x)


def next_pixel():
    """The targets are shifted by one pixel, though the mask shifts already."""

    def pixelcnn_loss(logits, x):
        return F.binary_cross_entropy_with_logits(
            logits.flatten(1)[:, :-1], x.flatten(1)[:, 1:], reduction="sum"
        ) / len(x)


def sign():
    """The log-likelihood is minimised."""

    def pixelcnn_loss(logits, x):
        return -F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
