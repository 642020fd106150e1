"""Scaled dot product attention with a causal mask, and a multi-head layer.

must: ok
"""

import torch
import torch.nn.functional as F
from torch import nn

heads = nn.MultiheadAttention(8, 2, batch_first=True)


def double(x):
    q = torch.randn(2, 4, 6, 8, requires_grad=True)
    F.scaled_dot_product_attention(q, q, q, is_causal=True).sum().backward()
    y = torch.randn(2, 6, 8)
    heads(y, y, y, attn_mask=nn.Transformer.generate_square_subsequent_mask(6))
    return 2 * x
