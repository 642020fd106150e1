"""Right ways to write a PixelCNN of the given size (item 3.a)."""

# ruff: noqa
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

ITEM = "3.a"


def weights_masked_in_place():
    """The weights themselves are multiplied by the mask before every convolution."""

    class MaskedConv2d(nn.Conv2d):
        def __init__(self, mask_type, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.register_buffer("mask", self.weight.data.clone())
            _, _, kH, kW = self.weight.size()
            self.mask.fill_(1)
            self.mask[:, :, kH // 2, kW // 2 + (mask_type == "B") :] = 0
            self.mask[:, :, kH // 2 + 1 :] = 0

        def forward(self, x):
            self.weight.data *= self.mask
            return super().forward(x)


def mask_by_loops():
    """The mask is filled by loops in numpy."""

    class MaskedConv2d(nn.Conv2d):
        def __init__(self, mask_type, *args, **kwargs):
            super().__init__(*args, **kwargs)
            k = self.kernel_size[0]
            mask = np.zeros((k, k), dtype=np.float32)
            for i in range(k):
                for j in range(k):
                    before = i < k // 2 or (i == k // 2 and j < k // 2)
                    centre = i == k // 2 and j == k // 2
                    if before or (centre and mask_type == "B"):
                        mask[i, j] = 1
            self.mask = nn.Parameter(torch.from_numpy(mask), requires_grad=False)

        def forward(self, x):
            return F.conv2d(x, self.weight * self.mask, self.bias, self.stride, self.padding)


def one_class():
    """All layers in one class, the ReLUs in its forward."""

    class PixelCNN(nn.Module):
        def __init__(self, channels, layers):
            super().__init__()
            self.first = MaskedConv2d("A", 1, channels, 5, padding=2)
            self.hidden = nn.ModuleList([MaskedConv2d("B", channels, channels, 3, padding=1) for _ in range(layers)])
            self.last = MaskedConv2d("B", channels, 1, 1)

        def forward(self, x):
            h = F.relu(self.first(x))
            for layer in self.hidden:
                h = F.relu(layer(h))
            return self.last(h)


def he_initial_weights():
    """He's initial weights, biases 0."""

    class PixelCNN(PixelCNN):
        def __init__(self, channels, layers):
            super().__init__(channels, layers)
            for layer in self.net:
                if isinstance(layer, nn.Conv2d):
                    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                    nn.init.zeros_(layer.bias)


def probabilities_in_the_loss():
    """A sigmoid and binary_cross_entropy in the loss, a mean over the images of sums over the pixels."""

    def pixelcnn_loss(logits, x):
        p = torch.sigmoid(logits)
        return F.binary_cross_entropy(p, x, reduction="none").sum(dim=(1, 2, 3)).mean()


def first_layer_apart():
    """The first layer is kept apart from the others."""

    class PixelCNN(nn.Module):
        def __init__(self, channels, layers):
            super().__init__()
            self.right = MaskedConv2d("A", 1, channels, 5, padding=2)
            self.rest = nn.Sequential(
                *[
                    part
                    for _ in range(layers)
                    for part in (nn.ReLU(), MaskedConv2d("B", channels, channels, 3, padding=1))
                ],
                nn.ReLU(),
                nn.Conv2d(channels, 1, kernel_size=1),
            )

        def forward(self, x):
            return self.rest(self.right(x))


def padded_by_hand():
    """The pixels are padded by hand, and no convolution pads."""

    class PixelCNN(PixelCNN):
        def forward(self, x):
            for layer in self.net:
                if isinstance(layer, MaskedConv2d):
                    half = layer.kernel_size[0] // 2
                    x = F.conv2d(F.pad(x, [half] * 4), layer.weight * layer.mask, layer.bias)
                else:
                    x = layer(x)
            return x


def mean_over_all():
    """The loss is averaged over pixels as well: Adam does not see the factor."""

    def pixelcnn_loss(logits, x):
        return nn.BCEWithLogitsLoss()(logits, x)
