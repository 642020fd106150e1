"""A transformer encoder, trained for a step and evaluated on its fast path.

must: ok
"""

import torch
from torch import nn

encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), 2)


def double(x):
    encoder.train()
    encoder(torch.randn(2, 5, 16)).mean().backward()
    encoder.eval()
    with torch.inference_mode():
        encoder(torch.randn(2, 5, 16))
    return 2 * x
