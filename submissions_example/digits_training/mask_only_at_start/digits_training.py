import torch
import torch.nn.functional as F
from torch import nn


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        k = self.kernel_size[0]
        mask = torch.zeros(k, k)
        mask[: k // 2] = 1
        mask[k // 2, : k // 2] = 1
        if mask_type == "B":
            mask[k // 2, k // 2] = 1
        self.weight.data *= mask


class PixelCNN(nn.Module):
    def __init__(self, channels, layers):
        super().__init__()
        self.conv_a = MaskedConv2d("A", 1, channels, 5, padding=2)
        self.convs = nn.ModuleList([MaskedConv2d("B", channels, channels, 3, padding=1) for _ in range(layers)])
        self.out = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        x = F.relu(self.conv_a(x))
        for conv in self.convs:
            x = F.relu(conv(x))
        return self.out(x)


def pixelcnn_loss(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / x.size(0)
