"""The references of "Autoregressive models" are right: each against an independent formula, each mistake a mistake."""

from __future__ import annotations

import importlib.util
import inspect
import itertools
import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import scipy.special
import scipy.stats
import torch
from torch import nn
from torch.distributions import Bernoulli, Categorical, Independent

from grader.inputs import recipes
from grader.values import cases

HERE = Path(__file__).parent.parent / "reference" / "autoregressive"


def load(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"autoregressive_{file}", HERE / f"{file}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


models = load("autoregressive")
mistakes = load("mistakes")
asking = load("asking")
asked = recipes(vars(load("inputs")))

Given = dict[str, torch.Tensor]

ASKED_WITH: dict[str, list[tuple[str, Callable[[Callable[..., object], Given], object]]]] = {
    "masked_kernel": [("kernels", asking.mask_a), ("kernels", asking.mask_b)],
    "receptive_field": [("centre", asking.two_layers), ("stacks", asking.stacks)],
    "pixelcnn_log_likelihood": [
        (recipe, lambda found, given: found(given["logits"], given["x"])) for recipe in ("binary_images", "extreme_images")
    ],
    "categorical_log_likelihood": [("grey_images", asking.categorical), ("extreme_grey_images", asking.categorical)],
    "bits_per_dimension": [("likelihoods", asking.bits)],
    "sample": [("sampling", asking.sampled)],
}  # fmt: skip


def double(recipe: str, seed: int = 0) -> list[Given]:
    """The cases of a recipe in float64, from the same float32 numbers that students get."""
    drawn = cases(asked[recipe].sample(np.random.default_rng(seed)))
    return [{name: torch.from_numpy(array).double() for name, array in case.items()} for case in drawn.values()]


def close(a: torch.Tensor, b: torch.Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


def numbered(field: torch.Tensor) -> list[int]:
    """The pixels of a map as row and column from 1, such as 33."""
    return [10 * (row + 1) + column + 1 for row, column in field.nonzero().tolist()]


# --- masks and receptive fields -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mask_type", ["A", "B"])
@pytest.mark.parametrize("size", [pytest.param((h, w), id=f"{h}x{w}") for h, w in itertools.product((1, 3, 5, 7), repeat=2)])  # fmt: skip
def test_a_mask_keeps_exactly_what_comes_before_in_raster_order(mask_type: str, size: tuple[int, int]) -> None:
    mask = models.masked_kernel(mask_type, *size)
    assert mask.dtype == torch.float32
    centre = (size[0] // 2, size[1] // 2)
    for place in itertools.product(range(size[0]), range(size[1])):
        assert mask[place] == (place < centre or (place == centre and mask_type == "B"))


def test_a_mask_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^mask_type is 'C', must be 'A' or 'B'$"):
        models.masked_kernel("C", 3, 3)


@pytest.mark.parametrize(
    ("types", "pixels"),
    [
        ("AA", [11, 12, 13, 14, 15, 21, 22, 23, 31]),
        ("AB", [11, 12, 13, 14, 15, 21, 22, 23, 24, 31, 32]),
        ("BA", [11, 12, 13, 14, 15, 21, 22, 23, 24, 31, 32]),
        ("BB", [11, 12, 13, 14, 15, 21, 22, 23, 24, 31, 32, 33]),
    ],
)
def test_receptive_fields_of_two_layers_are_those_of_the_lecture(types: str, pixels: list[int]) -> None:
    assert numbered(models.receptive_field(types, 3, 5, 5, (3, 3))) == pixels


@pytest.mark.parametrize("types", ["A", "AB", "ABB", "BA"])
@pytest.mark.parametrize("kernel", [3, 5])
def test_receptive_fields_are_where_the_jacobian_of_masked_convolutions_is_not_zero(types: str, kernel: int) -> None:
    layers = [models.MaskedConv2d(1, 1, kernel, mask_type=t, padding=kernel // 2).double() for t in types]
    for layer in layers:
        nn.init.uniform_(layer.weight, 0.1, 1.0)
    x = torch.ones(1, 1, 4, 5).double()
    jacobian = torch.autograd.functional.jacobian(nn.Sequential(*layers), x)[0, 0, :, :, 0, 0]
    for row, column in itertools.product(range(4), range(5)):
        field = models.receptive_field(types, kernel, 4, 5, (row + 1, column + 1))
        assert torch.equal(field, jacobian[row, column] != 0)


def test_masked_convolution_agrees_with_a_sum_over_earlier_pixels() -> None:
    layer = models.MaskedConv2d(2, 3, 3, mask_type="B", padding=1).double()
    x = torch.randn(2, 2, 4, 5).double()
    padded = nn.functional.pad(x, (1, 1, 1, 1))
    wanted = layer.bias[:, None, None].expand(2, 3, 4, 5).clone()
    for i, j in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]:
        wanted += torch.einsum("oc,bchw->bohw", layer.weight[:, :, i, j], padded[:, :, i : i + 4, j : j + 5])
    close(layer(x), wanted)
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]


# --- networks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "shape"),
    [
        pytest.param(models.PixelCNN(4, 2), (2, 1, 5, 6), id="binary"),
        pytest.param(models.CategoricalPixelCNN(5, 4, 1), (2, 5, 1, 5, 6), id="categorical"),
    ],
)
def test_networks_are_autoregressive_and_see_their_neighbours(network: nn.Module, shape: tuple[int, ...]) -> None:
    network = network.double()
    for p in network.parameters():
        nn.init.uniform_(p, 0.1, 1.0)
    x = torch.rand(2, 1, 5, 6).double() + 4
    assert network(x).shape == shape
    jacobian = torch.autograd.functional.jacobian(lambda image: network(image).flatten(1, -3).sum(1)[0], x)[:, :, 0, 0]
    seen = (jacobian.reshape(30, 30) != 0).numpy()
    assert not np.triu(seen).any()
    assert all(seen[k, k - 1] for k in range(1, 30) if k % 6)
    assert all(seen[k, k - 6] for k in range(6, 30))


# --- likelihoods ----------------------------------------------------------------------------------------------------


def test_binary_likelihood_agrees_with_torch_distributions() -> None:
    for case in double("binary_images"):
        found = models.pixelcnn_log_likelihood(**case)
        close(found, Independent(Bernoulli(logits=case["logits"]), 3).log_prob(case["x"]))


def test_grey_likelihood_agrees_with_torch_distributions_and_with_scipy() -> None:
    for case in double("grey_images"):
        found = models.categorical_log_likelihood(case["logits"], case["x"].long())
        close(found, Independent(Categorical(logits=case["logits"].movedim(1, -1)), 3).log_prob(case["x"]))
        log_p = scipy.special.log_softmax(case["logits"].numpy(), axis=1)
        chosen = np.take_along_axis(log_p, case["x"].long().numpy()[:, None], axis=1)
        close(found, torch.from_numpy(chosen.reshape(len(found), -1).sum(1)))


def test_two_grey_values_are_a_binary_image() -> None:
    case = double("binary_images")[4]
    logits = torch.stack([torch.zeros_like(case["logits"]), case["logits"]], dim=1)
    close(models.categorical_log_likelihood(logits, case["x"].long()), models.pixelcnn_log_likelihood(**case))


def test_likelihoods_of_all_images_under_a_network_add_up_to_one() -> None:
    one = torch.ones(()).double()
    images = torch.tensor(list(itertools.product([0.0, 1.0], repeat=6))).double().view(-1, 1, 2, 3)
    binary = models.PixelCNN(3, 1).double()
    close(models.pixelcnn_log_likelihood(binary(images), images).exp().sum(), one)
    grey = torch.tensor(list(itertools.product([0.0, 1.0, 2.0], repeat=6))).double().view(-1, 1, 2, 3)
    network = models.CategoricalPixelCNN(3, 3, 1).double()
    close(models.categorical_log_likelihood(network(grey), grey.long()).exp().sum(), one)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_likelihoods_are_exact_at_the_extremes(dtype: torch.dtype) -> None:
    logits = torch.tensor([1000.0, -1000.0, 100.0, -1000.0], dtype=dtype).view(4, 1, 1, 1)
    x = torch.tensor([1.0, 1.0, 0.0, 0.0], dtype=dtype).view(4, 1, 1, 1)
    assert models.pixelcnn_log_likelihood(logits, x).tolist() == [0.0, -1000.0, -100.0, 0.0]
    both = torch.stack([torch.zeros_like(logits), logits], dim=1)
    assert models.categorical_log_likelihood(both, x.long()).tolist() == [0.0, -1000.0, -100.0, 0.0]


def test_gradient_of_the_likelihood_is_the_pixel_less_its_probability() -> None:
    for case in double("binary_images"):
        logits = case["logits"].requires_grad_()
        (gradient,) = torch.autograd.grad(models.pixelcnn_log_likelihood(logits, case["x"]).sum(), logits)
        close(gradient, case["x"] - torch.sigmoid(logits).detach())


def test_uniform_grey_values_have_eight_bits_per_dimension() -> None:
    logits, x = torch.zeros(2, 256, 1, 3, 4).double(), torch.randint(0, 256, (2, 1, 3, 4))
    nll = -models.categorical_log_likelihood(logits, x)
    close(models.bits_per_dimension(nll, 12), torch.full((2,), 8.0).double())
    assert models.bits_per_dimension(torch.tensor([math.log(2)], dtype=torch.float64), 1).item() == 1.0


# --- sampling -------------------------------------------------------------------------------------------------------


def test_samples_follow_the_chain_rule() -> None:
    """Every image of 2×2 pixels is drawn as often as its probability says."""
    torch.manual_seed(0)
    network = models.PixelCNN(3, 1).double()
    images = torch.tensor(list(itertools.product([0.0, 1.0], repeat=4))).double().view(-1, 1, 2, 2)
    with torch.no_grad():
        network.net[-1].weight.mul_(8)
        p = models.pixelcnn_log_likelihood(network(images), images).exp().numpy()
        drawn = models.sample(network, torch.rand(4000, 1, 2, 2).double())
    codes = (drawn.flatten(1) @ torch.tensor([8.0, 4.0, 2.0, 1.0]).double()).long().numpy()
    assert scipy.stats.chisquare(np.bincount(codes, minlength=16), 4000 * p).pvalue > 1e-6


def test_a_sample_is_the_fixed_point_of_its_own_probabilities() -> None:
    for case in double("sampling"):
        network = asking.Linear(case["weight"], case["bias"])
        with torch.no_grad():
            x = models.sample(network, case["uniforms"])
            assert torch.equal(x, (case["uniforms"] < torch.sigmoid(network(x))).double())


def test_the_network_of_the_sampling_question_is_autoregressive() -> None:
    case = double("sampling")[1]
    network = asking.Linear(case["weight"], case["bias"])
    jacobian = torch.autograd.functional.jacobian(network, case["uniforms"][:1]).reshape(30, 30)
    assert not np.triu(jacobian.numpy()).any()
    assert (jacobian[-1, :-1] != 0).all()


# --- mistakes and adapters ------------------------------------------------------------------------------------------


def wrong_variants() -> list[tuple[str, str, Callable[..., object]]]:
    named = [(n, f) for n, f in vars(mistakes).items() if "__" in n.strip("_") and inspect.isfunction(f)]
    return [(*name.split("__", 1), function) for name, function in named]


def flat(answer: object) -> list[torch.Tensor]:
    return list(answer.values()) if isinstance(answer, dict) else [torch.as_tensor(answer)]


@pytest.mark.parametrize(
    ("function", "wrong"), [pytest.param(f, w, id=f"{f}-{slug}") for f, slug, w in wrong_variants()]
)
def test_a_named_mistake_answers_otherwise_on_an_item_that_asks_for_it(
    function: str, wrong: Callable[..., object]
) -> None:
    different = False
    for recipe, ask in ASKED_WITH[function]:
        for case in double(recipe):
            want, got = flat(ask(getattr(models, function), case)), flat(ask(wrong, case))
            assert len(want) == len(got)
            pairs = zip(want, got, strict=True)
            different |= any(w.shape != g.shape or not torch.allclose(w, g, rtol=1e-3) for w, g in pairs)
    assert different


@pytest.mark.parametrize("kind", ["A", "B"])
def test_a_wrong_masked_convolution_answers_otherwise_for_one_of_the_types(kind: str) -> None:
    x = torch.randn(1, 2, 5, 6)
    layer = models.MaskedConv2d(2, 3, 3, mask_type=kind, padding=1)
    classes = [c for name, c in vars(mistakes).items() if name.startswith("MaskedConv2d__")]
    assert len(classes) == 5
    for wrong in classes:
        other = wrong(2, 3, 3, mask_type=kind, padding=1)
        other.weight, other.bias = layer.weight, layer.bias
        same = torch.allclose(other(x), layer(x), atol=1e-5)
        assert same == (kind == "B" and wrong.__name__ == "MaskedConv2d__mask_b_for_a")


def test_every_mistake_has_a_sentence_and_a_function() -> None:
    for function, _, wrong in wrong_variants():
        assert hasattr(models, function)
        assert inspect.getdoc(wrong)


def test_adapters_take_lists_arrays_and_truth_values() -> None:
    case = double("centre")[0]
    want = asking.two_layers(models.receptive_field, case)
    for form in (torch.Tensor.tolist, torch.Tensor.numpy, torch.Tensor.int):
        got = asking.two_layers(lambda *a, form=form: form(models.receptive_field(*a)), case)
        assert all(torch.equal(want[name], got[name]) for name in want)
    assert asking.two_layers(lambda *_: None, case)["AA"] is None
