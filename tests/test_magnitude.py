"""The tolerance: what a right float32 formula may be off by, and nothing near what a wrong one is off by."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from grader.checks.close import Close
from grader.checks.code import Call, answered
from grader.checks.diagnose import EPS, K
from grader.checks.magnitude import measured
from grader.model import Expected, Observation
from grader.values import beneath


def magnitude(ask):
    value, of = measured(ask)
    return of(value)


def double(*shape, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape).astype(np.float32)).double()


def test_an_input_has_its_own_size():
    x = torch.tensor([3.0, -4.0]).double()
    _, of = measured(lambda: x + 0)
    assert of(x + 0).tolist() == [4.0, 5.0], "what was made outside is unknown: one more than its size"
    assert magnitude(lambda: x.view(2, 1)).tolist() == [[3.0], [4.0]]


def test_a_difference_counts_both_of_its_terms():
    a, b = torch.tensor([100.0]).double(), torch.tensor([99.0]).double()
    assert magnitude(lambda: a - b).item() == pytest.approx(1 + 100 + 99, rel=1e-6)


def test_behind_many_layers_the_sizes_stay_within_a_hundred_times_the_last_one():
    torch.manual_seed(0)
    layers = torch.nn.Sequential(*(torch.nn.Linear(64, 64) for _ in range(12))).double()
    x = double(4, 64)
    size = magnitude(lambda: layers(x))
    assert bool((size < 500).all()), "twelve layers would make it 10⁷"


def test_a_sum_counts_each_term_and_one_more_for_each():
    x = torch.tensor([[1.0, -2.0, 3.0]]).double()
    assert magnitude(lambda: x.sum(dim=1)).tolist() == [9.0]
    assert magnitude(x.mean).item() == 3.0


def test_an_exponential_of_a_sum_keeps_its_relative_size():
    x = torch.full((1, 20), -3.0).double()
    size = magnitude(lambda: x.sum(dim=1).exp()).item()
    assert 1 < size / math.exp(-60) < 100


def test_a_product_of_matrices_takes_the_product_of_the_sizes():
    a, b = double(3, 4), double(4, 2, seed=1)
    torch.testing.assert_close(magnitude(lambda: a @ b), a.abs() @ b.abs())


def test_backward_passes_and_changes_in_place_are_followed():
    x = double(3, 2).requires_grad_()
    gradient = torch.autograd.grad((x * x).sum(), x)[0]
    size = magnitude(lambda: torch.autograd.grad((x * x).sum(), x)[0])
    assert bool((size >= gradient.abs()).all())
    y = torch.tensor([2.0]).double()
    assert magnitude(lambda: y.clone().add_(5.0).mul_(2.0)).item() >= 14.0


def test_measuring_does_not_draw_again():
    def ask():
        return torch.randn(4, dtype=torch.float64) + torch.zeros(4, dtype=torch.float64).normal_()

    torch.manual_seed(3)
    plain = ask()
    torch.manual_seed(3)
    observed, _ = measured(ask)
    assert torch.equal(plain, observed)


def test_only_the_reference_is_measured():
    x = double(3, 2)
    assert "scale.out" in answered(lambda: x.sum(dim=1), "float64")
    assert "scale.out" not in answered(lambda: x.sum(dim=1), "float32")
    nested = answered(lambda: {"loss": x.sum(), "gradients": [x * 2]}, "float64")
    assert {"out.loss", "scale.out.loss", "out.gradients.0", "scale.out.gradients.0"} <= set(nested)


# Right formulas of the same two quantities, as students write them.


def kl_reference(mu, logvar):
    return 0.5 * (mu.square() + torch.expm1(logvar) - logvar).sum(dim=1)


def kl_plain(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)


def kl_of_std(mu, logvar):
    std = torch.sqrt(torch.exp(logvar))
    return (-torch.log(std) + (std**2 + mu**2) / 2 - 0.5).sum(-1)


def kl_of_library(mu, logvar):
    q = torch.distributions.Normal(mu, torch.exp(0.5 * logvar))
    p = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)


def kl_by_loop(mu, logvar):
    total = torch.zeros(mu.shape[0])
    for d in range(mu.shape[1]):
        total = total + 0.5 * (mu[:, d] ** 2 + logvar[:, d].exp() - 1 - logvar[:, d])
    return total


def nll_reference(logits, x):
    return -(x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).sum(dim=1)


def nll_of_probabilities(logits, x):
    p = torch.sigmoid(logits)
    return -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)


def nll_of_softplus(logits, x):
    return (F.softplus(logits) - x * logits).sum(dim=1)


def errors(reference, right, *inputs):
    """The largest errors in units of eps·(Σ|terms| + n)."""
    value, of = measured(lambda: reference(*(array.double() for array in inputs)))
    with np.errstate(divide="ignore"):
        return float(((right(*inputs).double() - value).abs() / (EPS * of(value))).max())


@pytest.mark.parametrize("right", [kl_plain, kl_of_std, kl_of_library, kl_by_loop])
@pytest.mark.parametrize("size", [1, 20, 784])
@pytest.mark.parametrize("scale", [0.01, 1.0, 3.0])
def test_right_formulas_of_the_kl_stay_within_a_quarter_of_the_tolerance(right, size, scale):
    for seed in range(20):
        mu, logvar = (scale * double(16, size, seed=2 * seed + k).float() for k in (0, 1))
        assert errors(kl_reference, right, mu, logvar) < K / 4


@pytest.mark.parametrize("right", [nll_of_probabilities, nll_of_softplus])
@pytest.mark.parametrize("size", [1, 20, 784])
def test_right_formulas_of_the_likelihood_stay_within_a_quarter_of_the_tolerance(right, size):
    for seed in range(20):
        logits = 1.5 * double(16, size, seed=seed).float()
        x = (double(16, size, seed=seed + 100) > 0).float()
        assert errors(nll_reference, right, logits, x) < K / 4


@pytest.mark.parametrize("slip", [1e-4, -1e-4])
def test_a_wrong_constant_of_a_ten_thousandth_is_refused(slip):
    inputs = {"0/mu": double(8, 5).float().numpy(), "0/logvar": double(8, 5, seed=1).float().numpy()}
    mu, logvar = (torch.from_numpy(array) for array in inputs.values())
    expected = answered(lambda: kl_reference(mu.double(), logvar.double()), "float64")
    check = Close(Call("kl", ("mu", "logvar")))

    def credit(observed):
        seen = Observation("ok", beneath("0", answered(lambda: observed, "float32")))
        return check.compare(Expected(inputs, beneath("0", expected)), seen).credit

    assert credit(kl_plain(mu, logvar)) == 1.0
    assert credit(kl_plain(mu, logvar) * (1 + slip)) == 0.0
