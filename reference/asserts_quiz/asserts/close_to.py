"""What the test files of this folder share."""

import torch


def assert_near(observed, expected):
    assert observed.shape == expected.shape
    assert torch.allclose(observed, expected, atol=1e-6)
