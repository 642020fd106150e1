"""An LSTM over packed sequences of different lengths.

must: ok
"""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

lstm = nn.LSTM(4, 8, num_layers=2, batch_first=True, bidirectional=True)


def double(x):
    packed = pack_padded_sequence(torch.randn(3, 6, 4), torch.tensor([6, 4, 2]), batch_first=True)
    out, _ = pad_packed_sequence(lstm(packed)[0], batch_first=True)
    out.sum().backward()
    return 2 * x
