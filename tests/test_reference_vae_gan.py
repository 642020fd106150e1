"""The code parts of "VAE and GAN": the solution is right, each named mistake is one, and real classes can be asked."""

# ruff: noqa: ARG002 - the signatures are the homework's

from __future__ import annotations

import importlib.util
import inspect
import itertools
import math
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import scipy.stats
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence

from grader.checks.code import Missing
from grader.checks.module import push
from grader.inputs import Recipe, recipes
from grader.rubric import load_rubric
from grader.values import cases

ROOT = Path(__file__).parent.parent


def load(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"vae_gan_{file}", ROOT / "reference" / "vae_gan" / f"{file}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


vae, gan, asking, mistakes = load("hw3_vae"), load("hw3_gan"), load("asking"), load("mistakes")
asked = recipes(vars(load("inputs")))
FUNCTIONS = {"logpdf_diagonal_gaussian": "gaussian", "logpdf_bernoulli": "bernoulli", "elbo_loss": "elbo"}
MODULES = {"Decoder": ("codes", (2, 500, 784)), "DNet": ("images", ()), "GNet": ("noise", (64,))}


def double(recipe: Recipe, seed: int = 0) -> list[dict[str, torch.Tensor]]:
    """The cases of a recipe in float64, from the same float32 numbers that students get."""
    drawn = cases(recipe.sample(np.random.default_rng(seed)))
    return [{name: torch.from_numpy(array).double() for name, array in case.items()} for case in drawn.values()]


def variants(owner: str) -> dict[str, Any]:
    """The named mistakes of a function or a class, by their slugs."""
    return {n.partition("__")[2]: v for n, v in vars(mistakes).items() if n.partition("__")[0] == owner}


def close(a: torch.Tensor, b: torch.Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


def differ(a: list[torch.Tensor], b: list[torch.Tensor]) -> bool:
    """Whether two lists of answers differ by more than the tolerances of values in the rubric, somewhere."""
    return any(
        x.shape != y.shape or not torch.allclose(x, y, rtol=3e-4, atol=3e-5, equal_nan=True)
        for x, y in zip(a, b, strict=True)
    )


def pushed(cls: Any, build: tuple[int, ...]) -> nn.Module:
    module = cls(*build).double()
    push(module, 7, positive=False)
    return module


# --- 2.b and 2.c ----------------------------------------------------------------------------------------------------


def test_gaussian_density_agrees_with_torch_and_with_scipy() -> None:
    for case in double(asked["gaussian"]):
        found = vae.logpdf_diagonal_gaussian(**case)
        z, mu, std = case["z"], case["mu"], case["sigma_square"].sqrt()
        close(found, Independent(Normal(mu, std), 1).log_prob(z))
        close(found, torch.from_numpy(scipy.stats.norm.logpdf(z, mu, std).sum(axis=1)))


def test_gaussian_density_integrates_to_one_for_every_variance() -> None:
    z = torch.linspace(-40, 40, 20_001).double()[:, None]
    for variance in (0.25, 1.0, 4.0):
        values = vae.logpdf_diagonal_gaussian(z, 0.3 * torch.ones_like(z), variance * torch.ones_like(z)).exp()
        assert torch.trapezoid(values, z[:, 0]).item() == pytest.approx(1, abs=1e-9)


def test_gaussian_density_of_many_narrow_dimensions_is_finite() -> None:
    z, variance = torch.zeros(1, 500), torch.full((1, 500), 1e-6)
    assert torch.isfinite(vae.logpdf_diagonal_gaussian(z, z, variance)).all()


def test_bernoulli_likelihood_agrees_with_torch_and_adds_up_to_one_over_all_images() -> None:
    for case in double(asked["bernoulli"]):
        close(vae.logpdf_bernoulli(**case), Independent(Bernoulli(probs=case["p"]), 1).log_prob(case["x"]))
    p = torch.rand(1, 6).double().expand(64, 6)
    x = torch.tensor(list(itertools.product([0.0, 1.0], repeat=6))).double()
    close(vae.logpdf_bernoulli(x, p).exp().sum(), torch.ones(()).double())


def test_certain_and_right_pixels_cost_nothing_and_certain_and_wrong_ones_infinitely_much() -> None:
    p, x = torch.tensor([[0.0, 1.0], [0.0, 1.0]]), torch.tensor([[0.0, 1.0], [1.0, 1.0]])
    assert vae.logpdf_bernoulli(x, p).tolist() == [0.0, -math.inf]


def test_draws_are_those_of_torch_distributions_under_one_seed_and_follow_the_stated_law() -> None:
    mu, variance = torch.randn(5, 4).double(), torch.rand(5, 4).double() + 0.1
    torch.manual_seed(3)
    theirs = Normal(mu, variance.sqrt()).rsample()
    torch.manual_seed(3)
    close(vae.sample_diagonal_gaussian(mu, variance), theirs)
    mean, std = vae.sample_diagonal_gaussian_law(mu, variance)
    close(std.square(), variance)
    close(mean, mu)


def test_gradients_of_a_draw_are_those_of_the_reparameterisation() -> None:
    mu, variance = torch.randn(6, 2).double().requires_grad_(), torch.rand(6, 2).double().add(0.1).requires_grad_()
    z = vae.sample_diagonal_gaussian(mu, variance)
    by_mu, by_variance = torch.autograd.grad(z.sum(), (mu, variance))
    close(by_mu, torch.ones_like(mu))
    close(by_variance, ((z - mu) / (2 * variance)).detach())


def test_binary_draws_are_zeros_and_ones_at_the_stated_rate() -> None:
    torch.manual_seed(0)
    p = torch.tensor([[0.0, 0.02, 0.5, 0.9, 1.0]]).double()
    x = vae.sample_Bernoulli(vae.sample_Bernoulli_law(p).expand(40_000, 5))
    assert set(x.unique().tolist()) == {0.0, 1.0}
    assert torch.all((x.mean(0) - p[0]).abs() <= 5 * (p * (1 - p) / 40_000).sqrt()[0])


def test_elbo_is_the_mean_over_images_of_three_sums() -> None:
    for case in double(asked["elbo"]):
        rows = []
        for z, mu, variance, x, p in zip(*case.values(), strict=True):
            log_ratio = Normal(0.0, 1.0).log_prob(z) - Normal(mu, variance.sqrt()).log_prob(z)
            rows.append(-F.binary_cross_entropy(p, x, reduction="sum") + log_ratio.sum())
        close(vae.elbo_loss(**case), torch.stack(rows).mean())


def test_elbo_of_form_two_is_that_of_form_one_in_expectation() -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(30)
    eps = torch.from_numpy(np.array(list(itertools.product(nodes, repeat=2))))
    weight = torch.from_numpy(np.prod(list(itertools.product(weights, repeat=2)), axis=1)) / (2 * math.pi)
    mu, variance = torch.tensor([[0.7, -1.2]]).double(), torch.tensor([[0.3, 2.5]]).double()
    x, p = torch.tensor([[1.0, 0.0, 1.0]]).double(), torch.tensor([[0.8, 0.3, 0.6]]).double()
    rows = [vae.elbo_loss(mu + variance.sqrt() * e, mu, variance, x, p) for e in eps]
    kl = kl_divergence(Normal(mu, variance.sqrt()), Normal(0 * mu, 0 * mu + 1)).sum()
    close((weight * torch.stack(rows)).sum(), vae.logpdf_bernoulli(x, p)[0] - kl)


def test_elbo_is_the_log_evidence_where_the_posterior_is_the_prior() -> None:
    x, p, z = (torch.tensor(v, dtype=torch.float64) for v in ([[1.0, 0.0]], [[0.8, 0.3]], [[0.4, -1.7]]))
    found = vae.elbo_loss(z, torch.zeros_like(z), torch.ones_like(z), x, p)
    assert found.item() == pytest.approx(math.log(0.8 * 0.7), abs=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    case = double(asked[FUNCTIONS[name]])[3]
    wanted = [key for key in case if key != "x"]

    def of(*leaves: torch.Tensor) -> torch.Tensor:
        return getattr(vae, name)(**(case | dict(zip(wanted, leaves, strict=True))))

    assert torch.autograd.gradcheck(of, [case[key].clone().requires_grad_() for key in wanted])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_keep_their_dtype_and_take_the_arguments_of_their_recipe(name: str) -> None:
    function, recipe = getattr(vae, name), asked[FUNCTIONS[name]]
    assert list(recipe.arrays) == list(inspect.signature(function).parameters)
    for case in double(recipe):
        exact, rounded = function(**case), function(**{key: value.float() for key, value in case.items()})
        assert (exact.dtype, rounded.dtype) == (torch.float64, torch.float32)
        torch.testing.assert_close(rounded.double(), exact, rtol=1e-5, atol=1e-5)


# --- 2.a, 4.a to 4.c ------------------------------------------------------------------------------------------------


def test_decoder_is_two_matrices_with_tanh_and_the_logistic_function() -> None:
    module, z = pushed(vae.Decoder, (2, 500, 784)), torch.randn(3, 2).double()
    w1, b1, w2, b2 = module.parameters()
    hidden = torch.tanh(z @ w1.T + b1)
    close(module(z), 1 / (1 + torch.exp(-(hidden @ w2.T + b2))))


def test_discriminator_is_what_the_table_says() -> None:
    module, images = pushed(gan.DNet, ()), torch.rand(2, 1, 28, 28).double()
    x, w = images, list(module.parameters())
    for k, padding in ((0, 1), (2, 1), (4, 0)):
        x = F.conv2d(x, w[k], w[k + 1], padding=padding).clamp(min=0)
        if padding:
            x = x.reshape(*x.shape[:2], x.shape[2] // 2, 2, x.shape[3] // 2, 2).amax((3, 5))
    assert x.shape == (2, 8, 5, 5)
    close(module(images), x.flatten(1) @ w[6].T + w[7])
    assert sum(p.numel() for p in module.parameters()) == 20 + 76 + 296 + 201


def test_generator_is_what_the_table_says() -> None:
    module, z = pushed(gan.GNet, (64,)), torch.rand(2, 64).double()
    w = list(module.parameters())
    x = F.leaky_relu(F.linear(z, w[0], w[1]), 0.2).reshape(2, 32, 7, 7)
    for k in (2, 4):
        x = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
        x = F.leaky_relu(F.conv2d(x, w[k], w[k + 1], padding=1), 0.2)
    close(module(z), torch.sigmoid(F.conv2d(x, w[6], w[7], padding=1)))
    assert module(z).shape == (2, 1, 28, 28)


@pytest.mark.parametrize("make", [gan.DNet, lambda: gan.GNet(64)], ids=["DNet", "GNet"])
def test_initial_weights_are_uniform_to_the_root_of_six_over_the_fan_and_biases_zero(make: Any) -> None:
    torch.manual_seed(0)
    builds = [list(make().parameters()) for _ in range(40)]
    for parameters in zip(*builds, strict=True):
        values = torch.cat([p.detach().flatten() for p in parameters])
        if parameters[0].ndim == 1:
            assert not values.any()
            continue
        bound = math.sqrt(6 / parameters[0][0].numel())
        assert scipy.stats.kstest(values[:5000].numpy(), "uniform", args=(-bound, 2 * bound)).pvalue > 1e-6
        assert values.abs().max() <= bound


# --- 4.d and 4.e ----------------------------------------------------------------------------------------------------


def logits(case: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Of the real images and of the fakes, by formulas of their own for both networks."""
    fake = torch.sigmoid(case["z"] @ case["gen"]) @ case["disc"]
    real = case["batch_data"].flatten(1) @ case["disc"] if "batch_data" in case else fake
    return real[:, None], fake[:, None]


def test_losses_agree_with_the_cross_entropy_of_torch() -> None:
    bce = F.binary_cross_entropy_with_logits
    for case in double(asked["loss_d"]):
        real, fake = logits(case)
        close(asking.loss_d(gan.GAN, case), bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake)))
    for case in double(asked["loss_g"]):
        _, fake = logits(case)
        close(asking.loss_g(gan.GAN, case), bce(fake, torch.ones_like(fake)))


def test_losses_hold_for_the_true_networks_and_only_the_learner_gets_a_gradient() -> None:
    torch.manual_seed(0)
    both, x, z = gan.GAN(8), torch.rand(4, 1, 28, 28), torch.rand(4, 8)
    both._get_loss_d(4, x, z).backward()
    assert all(p.grad is not None for p in both.disc.parameters())
    assert all(p.grad is None for p in both.gen.parameters())
    both._get_loss_g(4, z).backward()
    assert all(p.grad is not None for p in both.gen.parameters())


def test_losses_at_a_discriminator_that_knows_nothing() -> None:
    case = double(asked["loss_d"])[0]
    case["disc"] = torch.zeros(4).double()
    assert asking.loss_d(gan.GAN, case).item() == pytest.approx(2 * math.log(2))
    assert asking.loss_g(gan.GAN, case).item() == pytest.approx(math.log(2))


def test_losses_are_finite_for_logits_of_a_thousand() -> None:
    case = double(asked["loss_d"])[0]
    case["disc"] = torch.tensor([1e4, -1e4, 1e4, -1e4]).double()
    assert torch.isfinite(asking.loss_d(gan.GAN, case))
    assert torch.isfinite(asking.loss_g(gan.GAN, case))


# --- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_mistakes_of_a_function_differ_from_it_and_from_one_another(name: str) -> None:
    given = double(asked[FUNCTIONS[name]])
    everyone = {"": getattr(vae, name)} | variants(name)
    assert len(everyone) > 8
    answers = {slug: [function(**case) for case in given] for slug, function in everyone.items()}
    for one, two in itertools.combinations(answers, 2):
        assert differ(answers[one], answers[two]), f"{name}: {one or 'the reference'} and {two} give the same values"


@pytest.mark.parametrize("name", MODULES)
def test_mistakes_of_a_module_have_its_parameters_and_other_values(name: str) -> None:
    recipe, build = MODULES[name]
    right = getattr(vae if name == "Decoder" else gan, name)
    given = double(asked[recipe])
    everyone = {"": right} | variants(name)
    assert len(everyone) > 5
    answers = {}
    for slug, cls in everyone.items():
        module = pushed(cls, build)
        assert [p.shape for p in module.parameters()] == [p.shape for p in right(*build).parameters()]
        answers[slug] = [module(*case.values()) for case in given]
    for one, two in itertools.combinations(answers, 2):
        assert differ(answers[one], answers[two]), f"{name}: {one or 'the reference'} and {two} give the same values"


def test_mistakes_of_the_losses_are_in_the_loss_that_their_name_begins_with() -> None:
    asks = {"d": (asking.loss_d, double(asked["loss_d"])), "g": (asking.loss_g, double(asked["loss_g"]))}
    for which, (ask, given) in asks.items():
        right = [ask(gan.GAN, case) for case in given]
        answers = {slug: [ask(cls, case) for case in given] for slug, cls in variants("GAN").items()}
        assert sum(slug[0] == which for slug in answers) >= 7
        for slug, values in answers.items():
            assert differ(values, right) == (slug[0] == which), f"{slug} in the loss of {which}"
        wrong = {slug: values for slug, values in answers.items() if slug[0] == which}
        for one, two in itertools.combinations(wrong, 2):
            assert differ(wrong[one], wrong[two]), f"{one} and {two} give the same values"


def test_every_mistake_has_a_sentence_that_names_no_more_than_one_thing() -> None:
    for name, value in vars(mistakes).items():
        if "__" in name.strip("_"):
            sentence = " ".join((value.__doc__ or "").split("\n\n")[0].split())
            assert 20 < len(sentence) < 160, name
            assert not sentence.endswith("."), name


# --- the adapter ----------------------------------------------------------------------------------------------------


class Static:
    """A constructor that reads data, as in the course's own file."""

    def __init__(self, args: Any) -> None:
        torch.manual_seed(args.seed or 1)
        self.latent_dimension = args.latent_dimension
        self.data = Path("no/such/file").read_bytes()

    @staticmethod
    def logpdf_bernoulli(x: torch.Tensor, p: torch.Tensor) -> torch.Tensor:
        return vae.logpdf_bernoulli(x, p)

    def logpdf_diagonal_gaussian(self, z: Any, mu: Any, sigma_square: Any) -> torch.Tensor:
        assert z.shape[1] == self.latent_dimension
        return vae.logpdf_diagonal_gaussian(z, mu, sigma_square)


class Bare(nn.Module):
    """`@staticmethod` forgotten, the arguments in another order, and no constructor that can be called."""

    def __init__(self) -> None:
        raise SystemExit("needs --data")

    def logpdf_bernoulli(p: torch.Tensor, x: torch.Tensor) -> torch.Tensor:  # noqa: N805
        return vae.logpdf_bernoulli(x, p)

    def logpdf_diagonal_gaussian(self, mean: Any, var: Any, z: Any) -> torch.Tensor:
        return vae.logpdf_diagonal_gaussian(z, mean, var)


@pytest.mark.parametrize("cls", [Static, Bare])
@pytest.mark.parametrize("name", ["logpdf_bernoulli", "logpdf_diagonal_gaussian"])
def test_methods_of_a_class_are_asked_though_its_constructor_fails(name: str, cls: Any) -> None:
    for case in double(asked[FUNCTIONS[name]]):
        close(getattr(asking, name)(cls, case), getattr(vae, name)(**case))


def test_a_constructor_that_seeds_does_not_seed_the_draws() -> None:
    class Seeds:
        def __init__(self) -> None:
            torch.manual_seed(0)

        def sample_Bernoulli(self, p: torch.Tensor) -> torch.Tensor:
            return torch.bernoulli(p)

    torch.manual_seed(5)
    p = torch.full((50, 4), 0.5)
    assert not torch.equal(asking.sample_Bernoulli(Seeds, {"p": p}), asking.sample_Bernoulli(Seeds, {"p": p}))
    assert torch.initial_seed() == 5


class Losses:
    """A loss of each; subclasses say where the networks are."""

    def _get_loss_d(self, batch_size: int, batch_data: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        d, g = self.nets()
        return F.softplus(-d(batch_data)).mean() + F.softplus(d(g(z))).mean()


class Named(Losses):
    def nets(self) -> Any:
        return self.netD, self.netG


class Spelled(Losses, nn.Module):
    def __init__(self, discriminator: nn.Module, generator: nn.Module) -> None:
        super().__init__()
        self.discriminator, self.generator = discriminator, generator

    def nets(self) -> Any:
        return self.discriminator, self.generator


class Flat(Losses):
    def _get_loss_d(self, batch_size: int, batch_data: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        ones, zeros = torch.ones(batch_size).to(z), torch.zeros(batch_size).to(z)
        real, fake = self._D(batch_data), self._D(self._G(z))
        return F.binary_cross_entropy_with_logits(real, ones) + F.binary_cross_entropy_with_logits(fake, zeros)


class Criterion(Losses):
    def __init__(self, path: str) -> None:
        self.images = Path(path).read_bytes()
        self.criterion = nn.BCELoss()
        self.disc, self.gen = gan.DNet(), gan.GNet(2)

    def _get_loss_d(self, batch_size: int, batch_data: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        real, fake = torch.sigmoid(self.disc(batch_data)), torch.sigmoid(self.disc(self.gen(z)))
        return self.criterion(real, torch.ones_like(real)) + self.criterion(fake, torch.zeros_like(fake))


@pytest.mark.parametrize("cls", [Named, Spelled, Flat, Criterion])
def test_networks_are_put_in_under_the_names_that_the_class_uses(cls: Any) -> None:
    for case in double(asked["loss_d"]):
        torch.testing.assert_close(asking.loss_d(cls, case), asking.loss_d(gan.GAN, case), rtol=1e-9, atol=1e-9)


def test_gradients_reach_the_weights_that_are_inputs() -> None:
    case = {name: tensor.requires_grad_() for name, tensor in double(asked["loss_d"])[0].items()}
    (by_disc,) = torch.autograd.grad(asking.loss_d(gan.GAN, case), case["disc"])
    (by_gen,) = torch.autograd.grad(asking.loss_g(gan.GAN, case), case["gen"])
    assert by_disc.abs().min() > 0
    assert by_gen.abs().max() > 0


def test_what_a_class_lacks_is_said() -> None:
    case = double(asked["loss_g"])[0]
    with pytest.raises(Missing, match=r"^the class `Losses` has no `_get_loss_g`$"):
        asking.loss_g(Losses, case)
    with pytest.raises(Missing, match=r"^`elbo_loss` is not a class$"):
        asking.loss_g(vae.elbo_loss, case)


def test_a_loss_without_a_discriminator_is_said() -> None:
    class Constant:
        def _get_loss_g(self, batch_size: int, z: torch.Tensor) -> torch.Tensor:
            return z.mean()

    with pytest.raises(TypeError, match=r"^`_get_loss_g` calls no discriminator under a name such as self\.disc$"):
        asking.loss_g(Constant, double(asked["loss_g"])[0])


def test_an_error_in_a_loss_is_told_as_it_was_raised_first() -> None:
    class Wrong:
        def _get_loss_g(self, batch_size: int, z: torch.Tensor) -> torch.Tensor:
            return self.disc(self.gen(z)) @ torch.ones(7, 7).to(z)

    with pytest.raises(RuntimeError, match=r"mat1 and mat2 shapes cannot be multiplied \(2x1 and 7x7\)"):
        asking.loss_g(Wrong, double(asked["loss_g"])[0])


# --- the rubric -----------------------------------------------------------------------------------------------------


def test_rubric_asks_every_code_part_under_its_id() -> None:
    rubric = load_rubric(ROOT / "rubrics" / "vae_gan.yaml", ROOT)
    parts = {".".join(item.id.split(".")[:2]) for item in rubric.items}
    assert {"2.a", "2.b", "2.c", "4.a", "4.b", "4.c", "4.d", "4.e"} <= parts
    assert all(item.hint for item in rubric.items)


def test_every_mistake_is_asked_for_by_an_item() -> None:
    rubric = load_rubric(ROOT / "rubrics" / "vae_gan.yaml", ROOT)
    named = {name for item in rubric.items for name, _ in item.mistakes}
    assert named == {name for name in vars(mistakes) if "__" in name.strip("_")}
