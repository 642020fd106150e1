import math

import torch
from asserts_quiz import log_mean_exp

y = torch.tensor([[0.0, 0.0], [math.log(1.0), math.log(3.0)]])
mean = log_mean_exp(y)

assert mean.shape == (2,)
assert abs(mean[0].item()) < 1e-6, "the mean of equal numbers is that number"
assert abs(mean[1].item() - math.log(2.0)) < 1e-6

if __name__ == "__main__":
    for shift in (100.0, -100.0):
        assert abs(log_mean_exp(y + shift)[0].item() - shift) < 1e-4, "large and small numbers are no problem"
