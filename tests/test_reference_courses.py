"""The references of real courses are right: each against an independent formula; each named mistake is one."""

from __future__ import annotations

import importlib.util
import inspect
import itertools
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import torch
from torch.distributions import Bernoulli, Categorical, Independent, MixtureSameFamily, Normal, kl_divergence
from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits, mse_loss

from grader.inputs import Recipe, recipes
from grader.values import cases

ROOT = Path(__file__).parents[1]


def load(homework: str, *files: str) -> list[ModuleType]:
    """The files as modules; while they are loaded, they can import each other."""
    made: dict[str, ModuleType] = {}
    for file in files:
        spec = importlib.util.spec_from_file_location(file, ROOT / "reference" / homework / f"{file}.py")
        assert spec
        assert spec.loader
        made[file] = importlib.util.module_from_spec(spec)
        sys.modules[file] = made[file]
        spec.loader.exec_module(made[file])
    for file in files:
        del sys.modules[file]
    return list(made.values())


q1, q1_inputs, q1_asking, q1_mistakes = load("ift6135_q1", "q1_solution", "inputs", "asking", "mistakes")
q2, q2_inputs, q2_asking, q2_mistakes = load("ift6135_q2", "q2_solution", "inputs", "asking", "mistakes")
eecs, eecs_inputs, eecs_asking, eecs_mistakes = load("eecs498_vae", "vae", "inputs", "asking", "mistakes")
gan, gan_inputs, gan_asking, gan_mistakes = load("cs231n_gan", "gan", "inputs", "asking", "mistakes")
ut, vae, gmvae, cs236_inputs, cs236_asking, cs236_mistakes = load(
    "cs236_bounds", "utils", "vae", "gmvae", "inputs", "asking", "mistakes"
)
DOUBLE = torch.float64


def asked(inputs: ModuleType, name: str, seed: int = 0) -> list[dict[str, torch.Tensor]]:
    """The cases of a recipe in float64, from the same float32 numbers that students get."""
    recipe: Recipe = recipes(vars(inputs))[name]
    drawn = cases(recipe.sample(np.random.default_rng(seed)))
    return [{key: torch.from_numpy(array).double() for key, array in case.items()} for case in drawn.values()]


def close(a: torch.Tensor, b: torch.Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-10)


def gaussian(mu: torch.Tensor, logvar: torch.Tensor) -> Independent:
    return Independent(Normal(mu.flatten(1), torch.exp(logvar.flatten(1) / 2)), 1)


# --- IFT6135, question 1 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", ["bernoulli", "bernoulli_images"])
def test_bernoulli_likelihood_agrees_with_torch_for_vectors_and_images(recipe: str) -> None:
    for case in asked(q1_inputs, recipe):
        theirs = Bernoulli(probs=case["mu"]).log_prob(case["target"]).flatten(1).sum(1)
        close(q1.log_likelihood_bernoulli(**case), theirs)


@pytest.mark.parametrize("recipe", ["gaussian", "gaussian_images"])
def test_gaussian_likelihood_agrees_with_scipy_for_vectors_and_images(recipe: str) -> None:
    for case in asked(q1_inputs, recipe):
        mu, logvar, z = (case[name].flatten(1).numpy() for name in ("mu", "logvar", "z"))
        theirs = scipy.stats.norm.logpdf(z, mu, np.exp(logvar / 2)).sum(1)
        close(q1.log_likelihood_normal(**case), torch.from_numpy(theirs))


def test_log_mean_exp_agrees_with_its_formula_and_lies_between_mean_and_maximum() -> None:
    for case in asked(q1_inputs, "log_weights"):
        found = q1.log_mean_exp(case["y"])
        close(found, torch.log(torch.exp(case["y"]).mean(1)))
        assert torch.all(found <= case["y"].amax(1) + 1e-12)
        assert torch.all(found >= case["y"].mean(1) - 1e-12)
    for case in asked(q1_inputs, "large_log_weights"):
        close(q1.log_mean_exp(case["y"] + 7), q1.log_mean_exp(case["y"]) + 7)


@pytest.mark.parametrize("recipe", ["two_gaussians", "two_gaussians_images"])
def test_kl_agrees_with_torch_for_vectors_and_images(recipe: str) -> None:
    for case in asked(q1_inputs, recipe):
        q, p = gaussian(case["mu_q"], case["logvar_q"]), gaussian(case["mu_p"], case["logvar_p"])
        close(q1.kl_gaussian_gaussian_analytic(**case), kl_divergence(q, p))


def test_law_of_the_estimate_has_the_kl_as_mean_and_the_variance_of_the_log_ratio() -> None:
    mu_q, logvar_q, mu_p, logvar_p = 0.4, -0.6, -0.9, 0.7
    q, p = scipy.stats.norm(mu_q, math.exp(logvar_q / 2)), scipy.stats.norm(mu_p, math.exp(logvar_p / 2))

    def moment(power: int) -> float:
        area, _ = scipy.integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)) ** power, -12, 12, epsabs=1e-12)
        return area

    given = [torch.tensor([[v]]).double() for v in (mu_q, logvar_q, mu_p, logvar_p)]
    mean, std = q1.kl_gaussian_gaussian_mc_law(*given, num_samples=9)
    assert mean.item() == pytest.approx(moment(1), abs=1e-6)
    assert std.item() == pytest.approx(math.sqrt((moment(2) - moment(1) ** 2) / 9), abs=1e-6)


def test_estimates_follow_their_law() -> None:
    torch.manual_seed(0)
    case = asked(q1_inputs, "estimates")[0]
    mean, std = q1.kl_gaussian_gaussian_mc_law(*case.values())
    residuals = (q1_asking.once(q1.kl_gaussian_gaussian_mc, case) - mean) / std
    assert scipy.stats.kstest(residuals.numpy(), "norm").pvalue > 1e-6
    assert residuals.mean().abs() < 5 / math.sqrt(len(mean))


def test_estimates_of_equal_gaussians_are_zero() -> None:
    mu, logvar = torch.randn(4, 3).double(), torch.randn(4, 3).double()
    close(q1.kl_gaussian_gaussian_mc(mu, logvar, mu, logvar, 5), torch.zeros(4).double())


@pytest.mark.parametrize("recipe", ["estimated", "estimated_images"])
def test_tolerance_of_the_estimates_is_six_standard_errors_for_two_who_estimate(recipe: str) -> None:
    for seed in range(30):
        for case in asked(q1_inputs, recipe, seed):
            count = q1_asking.COPIES * q1_asking.SAMPLES
            mean, error = q1.kl_gaussian_gaussian_mc_law(*case.values(), num_samples=count)
            assert torch.all(6 * math.sqrt(2) * error < 0.08 + 0.02 * mean)


# --- IFT6135, question 2 --------------------------------------------------------------------------------------------


def test_penalty_of_a_linear_critic_is_the_squared_excess_of_its_weight() -> None:
    for case in asked(q2_inputs, "linear_critic"):
        excess = max(0.0, float(case["w"].norm()) - 1)
        close(q2_asking.linear(q2.lp_reg, case), torch.tensor(excess**2, dtype=DOUBLE))


def test_penalty_at_one_place_agrees_with_the_gradient_by_hand() -> None:
    for case in asked(q2_inputs, "perceptron"):
        hidden = torch.tanh(case["x"] @ case["weight"].T)
        slopes = (2 * case["out"] * (1 - hidden**2)) @ case["weight"]
        wanted = torch.clamp(slopes.norm(dim=1) - 1, min=0).pow(2).mean()
        close(q2_asking.at_one_place(q2.lp_reg, case), wanted)


def test_penalty_trains_the_critic_and_is_on_the_segments() -> None:
    case = {name: value.requires_grad_() for name, value in asked(q2_inputs, "perceptron")[3].items()}
    assert torch.autograd.gradcheck(
        lambda weight, out: q2_asking.at_one_place(q2.lp_reg, case | {"weight": weight, "out": out}),
        (case["weight"], case["out"]),
    )
    for pair in asked(q2_inputs, "pairs"):
        assert all(torch.all(value == 1) for value in q2_asking.on_the_segment(q2.lp_reg, pair).values())
    for rows in asked(q2_inputs, "ends"):
        assert all(torch.all(value == 1) for value in q2_asking.law_of_u(q2.lp_reg, rows).values())


def test_wasserstein_value_of_the_best_critic_is_the_distance_of_shifted_samples() -> None:
    q = torch.randn(50, 1).double()
    given = {"p": q + 2, "q": q}
    assert q2_asking.first_feature(q2.vf_wasserstein_distance, given).item() == pytest.approx(2, abs=1e-12)
    theirs = scipy.stats.wasserstein_distance((q + 2)[:, 0].numpy(), q[:, 0].numpy())
    assert theirs == pytest.approx(2, abs=1e-9)


def test_hellinger_value_of_the_best_critic_is_the_squared_distance_of_two_tables() -> None:
    p, q = np.array([4, 3, 2, 1]), np.array([1, 1, 3, 5])
    best = torch.from_numpy(np.log(p / q) / 2)
    rows = [torch.from_numpy(np.repeat(range(4), n))[:, None] for n in (p, q)]
    value = q2.vf_squared_hellinger(*rows, lambda row: best[row[:, 0]])
    assert value.item() == pytest.approx(((np.sqrt(p / 10) - np.sqrt(q / 10)) ** 2).sum(), abs=1e-12)


def test_values_agree_with_the_printed_activation_and_conjugate() -> None:
    for case in asked(q2_inputs, "samples"):
        seen = []

        def spy(p: torch.Tensor, q: torch.Tensor, critic: Callable[..., torch.Tensor], to: list = seen) -> torch.Tensor:
            to.append((critic(p), critic(q)))
            return q2.vf_squared_hellinger(p, q, critic)

        found = q2_asking.difference(spy, case)
        on_p, on_q = seen[0]
        assert max(on_p.abs().max(), on_q.abs().max()) <= 1.5
        g_p, g_q = 1 - torch.exp(-on_p), 1 - torch.exp(-on_q)
        close(found, g_p.mean() - (g_q / (1 - g_q)).mean())
        close(q2_asking.difference(q2.vf_wasserstein_distance, case), on_p.mean() - on_q.mean())


# --- EECS 498 -------------------------------------------------------------------------------------------------------


def test_loss_is_the_mean_over_images_of_two_sums() -> None:
    for case in asked(eecs_inputs, "elbo"):
        rows = []
        for x_hat, x, mu, logvar in zip(*case.values(), strict=True):
            error = binary_cross_entropy(x_hat, x, reduction="sum")
            rows.append(error + sum((m * m + v.exp() - 1 - v) / 2 for m, v in zip(mu, logvar, strict=True)))
        close(eecs.loss_function(**case), torch.stack(rows).mean())


@pytest.mark.parametrize(
    ("draw", "law", "given"),
    [
        pytest.param(eecs.reparametrize, eecs.reparametrize_law, (0.7, -1.0), id="log-variance"),
        pytest.param(ut.sample_gaussian, ut.sample_gaussian_law, (0.7, math.exp(-1.0)), id="variance"),
    ],
)
def test_draws_have_the_mean_and_the_variance_that_the_law_states(
    draw: Callable[..., torch.Tensor], law: Callable[..., tuple[torch.Tensor, ...]], given: tuple[float, float]
) -> None:
    torch.manual_seed(0)
    first, second = (torch.full((20_000, 2), value, dtype=DOUBLE) for value in given)
    mean, std = law(first, second)
    close(std.square(), torch.full_like(std, math.exp(-1.0)))
    residuals = (draw(first, second) - mean) / std
    assert scipy.stats.kstest(residuals.flatten().numpy(), "norm").pvalue > 1e-6


@pytest.mark.parametrize("recipe", ["images", "images_of_classes"])
def test_networks_return_images_that_are_probabilities_and_two_codes(recipe: str) -> None:
    for case in asked(eecs_inputs, recipe):
        given = {name: value.float() for name, value in case.items()}
        network = eecs.CVAE(784, 10, 6) if "c" in given else eecs.VAE(784, 6)
        x_hat, mu, logvar = network(*given.values())
        assert x_hat.shape == given["x"].shape
        assert mu.shape == logvar.shape == (len(mu), 6)
        assert 0 < x_hat.min() <= x_hat.max() < 1


def test_conditional_network_uses_the_class_on_either_side() -> None:
    case = {name: value.float() for name, value in asked(eecs_inputs, "images_of_classes")[1].items()}
    other = case | {"c": case["c"].roll(1, dims=1)}
    for question, name in ((eecs_asking.codes, "mu"), (eecs_asking.reconstruction, "x_hat")):
        assert not torch.allclose(question(eecs.CVAE, case)[name], question(eecs.CVAE, other)[name], atol=1e-3)


# --- CS231n ---------------------------------------------------------------------------------------------------------


def test_noise_is_uniform_between_minus_one_and_one() -> None:
    torch.manual_seed(0)
    noise = gan.sample_noise(400, 50)
    assert noise.shape == (400, 50)
    assert scipy.stats.kstest(noise.flatten().numpy(), "uniform", (-1, 2)).pvalue > 1e-6
    told = gan_asking.noise(gan.sample_noise, {"like": torch.zeros(500, 40)})
    shape = told.pop("shape")
    assert shape.tolist() == [500, 40]
    wanted = {"lowest": -1.0, "highest": 1.0, "uniform": 1.0, "different entries": 1.0, "fresh": 1.0}
    assert {name: value.item() for name, value in told.items()} == wanted


def test_networks_have_the_sizes_that_the_course_tells() -> None:
    assert sum(p.numel() for p in gan.discriminator().parameters()) == 267_009
    assert sum(p.numel() for p in gan.generator(4).parameters()) == 1_858_320
    assert gan.discriminator()(torch.rand(3, 784)).shape == (3, 1)
    assert gan.generator(96)(torch.rand(3, 96)).abs().max() < 1


def test_cross_entropies_agree_with_torch() -> None:
    for name in ("bce", "bce_extreme"):
        for case in asked(gan_inputs, name):
            close(gan.bce_loss(**case), binary_cross_entropy_with_logits(case["input"], case["target"]))
    for name in ("logits", "logit_columns", "logits_extreme"):
        for case in asked(gan_inputs, name):
            real, fake = case.values()
            on_real = gan.bce_loss(real, torch.ones_like(real))
            close(gan.discriminator_loss(real, fake), on_real + gan.bce_loss(fake, torch.zeros_like(fake)))
            close(gan.generator_loss(fake), gan.bce_loss(fake, torch.ones_like(fake)))


def test_least_squares_losses_are_halved_squared_errors() -> None:
    for case in asked(gan_inputs, "scores"):
        real, fake = case.values()
        on_real, on_fake = mse_loss(real, torch.ones_like(real)), mse_loss(fake, torch.zeros_like(fake))
        close(gan.ls_discriminator_loss(real, fake), (on_real + on_fake) / 2)
        close(gan.ls_generator_loss(fake), mse_loss(fake, torch.ones_like(fake)) / 2)


# --- CS236 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", ["gaussian", "many_gaussians"])
def test_log_normal_agrees_with_torch(recipe: str) -> None:
    for case in asked(cs236_inputs, recipe):
        close(ut.log_normal(**case), Normal(case["m"], case["v"].sqrt()).log_prob(case["x"]).sum(-1))


@pytest.mark.parametrize("recipe", ["mixture", "shared_mixture", "far_mixture"])
def test_mixture_agrees_with_torch(recipe: str) -> None:
    for case in asked(cs236_inputs, recipe):
        m, v = (case[name].expand(len(case["z"]), -1, -1) for name in ("m", "v"))
        parts = Independent(Normal(m, v.sqrt()), 1)
        mixture = MixtureSameFamily(Categorical(torch.ones(m.shape[:2], dtype=DOUBLE)), parts)
        close(ut.log_normal_mixture(**case), mixture.log_prob(case["z"]))


def test_helpers_agree_with_torch() -> None:
    for case in asked(cs236_inputs, "gaussian"):
        x, m, v = case.values()
        q, p = Normal(m, v.sqrt()), Normal(x, torch.ones_like(v))
        close(ut.kl_normal(m, v, x, torch.ones_like(v)), kl_divergence(q, p).sum(-1))
        close(ut.log_bernoulli_with_logits((x > 0).double(), m), Bernoulli(logits=m).log_prob((x > 0).double()).sum(-1))
        close(ut.log_mean_exp(m, dim=1), torch.log(torch.exp(m).mean(1)))
        assert ut.duplicate(x, 2).tolist() == x.tolist() * 2
    m, v = ut.gaussian_parameters(torch.zeros(2, 6, 3), dim=1)
    assert m.shape == v.shape == (2, 3, 3)
    assert v[0, 0, 0].item() == pytest.approx(math.log(2), abs=1e-6)


@pytest.mark.parametrize("model", [pytest.param(vae.VAE, id="VAE"), pytest.param(gmvae.GMVAE, id="GMVAE")])
def test_bounds_are_the_log_likelihood_where_nothing_is_random(model: type) -> None:
    for case in asked(cs236_inputs, "blind"):
        wanted = binary_cross_entropy_with_logits(case["bias"].expand_as(case["x"]), case["x"], reduction="sum")
        for question, name in ((cs236_asking.blind_elbo, "nelbo"), (cs236_asking.blind_iwae, "niwae")):
            found = question(model, case)
            torch.testing.assert_close(found[name], wanted / len(case["x"]), rtol=0, atol=1e-7)
            close(found["rec"], wanted / len(case["x"]))
            torch.testing.assert_close(found["kl"], torch.zeros((), dtype=DOUBLE), rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("model", "recipe"),
    [pytest.param(vae.VAE, "network", id="VAE"), pytest.param(gmvae.GMVAE, "mixture_network", id="GMVAE")],
)
def test_bounds_are_ordered_and_agree_with_a_quadrature(model: type, recipe: str) -> None:
    torch.manual_seed(0)
    case = asked(cs236_inputs, recipe)[0]
    assert len(case["enc_m"]) == 2
    elbo, iwae = cs236_asking.elbo(model, case), cs236_asking.iwae(model, case)
    axis = torch.linspace(-9, 9, 361).double()
    z = torch.cartesian_prod(axis, axis)
    q_m, q_v = cs236_asking.Encoder(case["enc_m"], case["enc_v"]).encode(case["x"])
    if "prior_m" in case:
        parts = [
            Normal(m, torch.nn.functional.softplus(h).sqrt()).log_prob(z).sum(-1)
            for m, h in zip(case["prior_m"], case["prior_h"], strict=True)
        ]
        log_prior = torch.logsumexp(torch.stack(parts), 0) - math.log(len(parts))
    else:
        log_prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_q = Normal(q_m, q_v.sqrt()).log_prob(z).sum(-1)
    log_x = Bernoulli(logits=z @ case["dec"].T + case["bias"]).log_prob(case["x"]).sum(-1)
    cell = (axis[1] - axis[0]) ** 2
    kl = (log_q.exp() * (log_q - log_prior)).sum() * cell
    rec = -(log_q.exp() * log_x).sum() * cell
    evidence = -torch.log((log_prior + log_x).exp().sum() * cell)
    for found in (elbo, iwae):
        assert found["kl"].item() == pytest.approx(kl.item(), abs=0.06)
        assert found["rec"].item() == pytest.approx(rec.item(), abs=0.06)
    assert elbo["nelbo"].item() == pytest.approx((kl + rec).item(), abs=0.06)
    assert evidence - 0.03 < iwae["niwae"] < elbo["nelbo"] - 0.03


@pytest.mark.parametrize(
    ("model", "recipe"),
    [pytest.param(vae.VAE, "network", id="VAE"), pytest.param(gmvae.GMVAE, "mixture_network", id="GMVAE")],
)
def test_standard_errors_of_the_averaged_bounds_are_within_a_sixth_of_the_tolerance(model: type, recipe: str) -> None:
    torch.manual_seed(0)
    for case in asked(cs236_inputs, recipe):
        found = cs236_asking._model(model, case)
        rows = cs236_asking._copied(case["x"], 3000)
        m, v = found.enc.encode(rows)
        z = ut.sample_gaussian(m, v)
        prior = ut.gaussian_parameters(found.z_pre, dim=1) if "prior_m" in case else None
        log_prior = ut.log_normal_mixture(z, *prior) if prior else ut.log_normal(z, *found.z_prior)
        bound = ut.log_normal(z, m, v) - log_prior - ut.log_bernoulli_with_logits(rows, found.dec.decode(z))
        spread = bound.unflatten(0, (-1, len(case["x"]))).var(0).mean().sqrt()
        assert 6 * math.sqrt(2) * spread / math.sqrt(cs236_asking.ROWS) < 0.12


# --- mistakes -------------------------------------------------------------------------------------------------------


def variants(module: ModuleType) -> Iterator[tuple[str, str, object]]:
    for name, found in vars(module).items():
        owner, _, slug = name.partition("__")
        if owner and slug.strip("_") and getattr(found, "__module__", "") == module.__name__:
            yield owner, slug, found


ALL = [
    pytest.param(references, mistakes, id=name)
    for name, references, mistakes in (
        ("ift6135_q1", [q1], q1_mistakes),
        ("ift6135_q2", [q2], q2_mistakes),
        ("eecs498_vae", [eecs], eecs_mistakes),
        ("cs231n_gan", [gan], gan_mistakes),
        ("cs236_bounds", [ut, vae, gmvae], cs236_mistakes),
    )
]


@pytest.mark.parametrize(("references", "mistakes"), ALL)
def test_every_mistake_belongs_to_something_of_the_reference_and_says_a_sentence(
    references: list[ModuleType], mistakes: ModuleType
) -> None:
    found = list(variants(mistakes))
    assert len(found) >= 15
    for owner, slug, mistake in found:
        assert any(hasattr(module, owner) for module in references), f"{owner}__{slug}"
        sentence = (inspect.getdoc(mistake) or "").split("\n\n")[0]
        assert 20 < len(sentence) < 160
        assert not sentence.endswith(".")


ASKED_WITH = {
    ("ift6135_q1", "log_likelihood_bernoulli"): (q1, q1_mistakes, q1_inputs, ["bernoulli_images"]),
    ("ift6135_q1", "log_likelihood_normal"): (q1, q1_mistakes, q1_inputs, ["gaussian_images"]),
    ("ift6135_q1", "log_mean_exp"): (q1, q1_mistakes, q1_inputs, ["log_weights"]),
    ("ift6135_q1", "kl_gaussian_gaussian_analytic"): (q1, q1_mistakes, q1_inputs, ["two_gaussians"]),
    ("eecs498_vae", "loss_function"): (eecs, eecs_mistakes, eecs_inputs, ["elbo"]),
    ("cs231n_gan", "bce_loss"): (gan, gan_mistakes, gan_inputs, ["bce", "bce_extreme"]),
    ("cs231n_gan", "discriminator_loss"): (gan, gan_mistakes, gan_inputs, ["logits", "logits_extreme"]),
    ("cs231n_gan", "generator_loss"): (gan, gan_mistakes, gan_inputs, ["fakes", "fakes_extreme"]),
    ("cs231n_gan", "ls_discriminator_loss"): (gan, gan_mistakes, gan_inputs, ["scores"]),
    ("cs231n_gan", "ls_generator_loss"): (gan, gan_mistakes, gan_inputs, ["score_fakes"]),
    ("cs236_bounds", "log_normal"): (ut, cs236_mistakes, cs236_inputs, ["many_gaussians"]),
    ("cs236_bounds", "log_normal_mixture"): (ut, cs236_mistakes, cs236_inputs, ["mixture"]),
}
THROUGH = {
    "q1.kl_gaussian_gaussian_mc": (q1, q1_mistakes, q1_asking, q1_inputs, [("many", "estimated")], 0.2),
    "q2.lp_reg": (
        q2,
        q2_mistakes,
        q2_asking,
        q2_inputs,
        [("linear", "linear_critic"), ("at_one_place", "perceptron"), ("on_the_segment", "pairs"), ("law_of_u", "ends")],
        1e-6,
    ),
    "q2.vf_wasserstein_distance": (q2, q2_mistakes, q2_asking, q2_inputs, [("difference", "samples")], 1e-6),
    "q2.vf_squared_hellinger": (q2, q2_mistakes, q2_asking, q2_inputs, [("difference", "samples")], 1e-6),
    "cs231n.sample_noise": (gan, gan_mistakes, gan_asking, gan_inputs, [("noise", "noise_shape")], 1e-6),
    "eecs498.VAE": (eecs, eecs_mistakes, eecs_asking, eecs_inputs, [(n, "images") for n in ("codes", "reconstruction", "noise")], 1e-3),
    "eecs498.CVAE": (
        eecs,
        eecs_mistakes,
        eecs_asking,
        eecs_inputs,
        [(n, "images_of_classes") for n in ("codes", "reconstruction", "noise")],
        1e-3,
    ),
    "cs236.VAE": (vae, cs236_mistakes, cs236_asking, cs236_inputs, [("elbo", "network"), ("iwae", "network"), ("blind_elbo", "blind")], 0.12),
    "cs236.GMVAE": (
        gmvae,
        cs236_mistakes,
        cs236_asking,
        cs236_inputs,
        [("elbo", "mixture_network"), ("iwae", "mixture_network"), ("blind_iwae", "blind")],
        0.12,
    ),
}  # fmt: skip


def differ(a: torch.Tensor, b: torch.Tensor, gap: float) -> bool:
    return a.shape != b.shape or not torch.allclose(a, b, rtol=1e-3, atol=gap)


@pytest.mark.parametrize(("homework", "name"), ASKED_WITH)
def test_mistakes_differ_from_the_reference_and_from_one_another(homework: str, name: str) -> None:
    module, mistakes, inputs, asks = ASKED_WITH[homework, name]
    found = [("", getattr(module, name)), *((slug, f) for owner, slug, f in variants(mistakes) if owner == name)]
    assert len(found) > 3
    given = [case for recipe in asks for case in asked(inputs, recipe)]
    for (slug, one), (other, two) in itertools.combinations(found, 2):
        told = f"{slug or 'the reference'} and {other} give the same values"
        assert any(differ(one(**case), two(**case), 1e-4) for case in given), told


@pytest.mark.parametrize("name", THROUGH)
def test_mistakes_differ_from_the_reference_through_the_adapter(name: str) -> None:
    module, mistakes, asking, inputs, asks, gap = THROUGH[name]
    torch.manual_seed(0)
    name = name.partition(".")[2]
    found = [(slug, f) for owner, slug, f in variants(mistakes) if owner == name]
    assert len(found) > 3

    def answers(what: object) -> list[torch.Tensor]:
        told = []
        for question, recipe in asks:
            for case in asked(inputs, recipe):
                answer = getattr(asking, question)(what, case)
                told += list(answer.values()) if isinstance(answer, dict) else [answer]
        return told

    with _default_dtype(DOUBLE):
        right = answers(getattr(module, name))
        for slug, mistake in found:
            assert any(differ(a, b, gap) for a, b in zip(right, answers(mistake), strict=True)), slug


class _default_dtype:  # noqa: N801 - used as a function
    """Networks that are built within have parameters of this dtype, as those of the course's adapters have."""

    def __init__(self, dtype: torch.dtype) -> None:
        self.dtype, self.before = dtype, torch.get_default_dtype()

    def __enter__(self) -> None:
        torch.set_default_dtype(self.dtype)

    def __exit__(self, *_: object) -> None:
        torch.set_default_dtype(self.before)
