"""torch.distributions: rsample, log_prob, kl, mixtures, transformed ones.

must: ok
"""

import torch
import torch.distributions as D


def double(x):
    q = D.Independent(D.Normal(x, torch.ones_like(x)), 1)
    D.kl_divergence(D.Normal(0.0, 1.0), D.Normal(1.0, 2.0))
    D.MixtureSameFamily(D.Categorical(torch.ones(3)), D.Normal(torch.zeros(3), torch.ones(3))).sample((4,))
    D.TransformedDistribution(D.Uniform(0, 1), [D.SigmoidTransform().inv]).rsample((2,))
    D.MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(torch.zeros(2))
    D.RelaxedOneHotCategorical(torch.tensor(1.0), torch.ones(3)).rsample()
    D.Beta(2.0, 3.0).rsample(), D.Dirichlet(torch.ones(3)).rsample(), D.Poisson(3.0).sample()
    return q.mean * 2
