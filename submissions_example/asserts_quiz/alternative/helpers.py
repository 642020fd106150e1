import math
import torch


def logmeanexp(y):
    return torch.logsumexp(y, dim=-1) - math.log(y.size(-1))


def interpolate_mu(mua, mub, alpha):
    return torch.lerp(mua, mub, alpha)
