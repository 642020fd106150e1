"""There and back again by the Fourier transform, real and complex.

must: ok
"""

import torch


def double(x):
    return torch.fft.irfft2(torch.fft.rfft2(x) * 2, s=x.shape) + 0 * torch.fft.ifft(torch.fft.fft(x)).real
