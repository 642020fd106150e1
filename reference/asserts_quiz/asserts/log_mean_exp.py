import math

import torch
from asserts_quiz import log_mean_exp

y = torch.tensor([[0.0, 0.0, 0.0], [math.log(1.0), math.log(2.0), math.log(6.0)]])
mean = log_mean_exp(y)

assert mean.shape == (2,)
assert torch.allclose(mean.flatten(), torch.tensor([0.0, math.log(3.0)]), atol=1e-6), "a mean, and not a sum"
assert abs(log_mean_exp(y[None]).flatten()[1].item() - math.log(3.0)) < 1e-6, "the last axis, however many there are"

if __name__ == "__main__":
    for shift in (100.0, -100.0):
        assert abs(log_mean_exp(y + shift)[0].item() - shift) < 1e-4, "large and small numbers are no problem"
