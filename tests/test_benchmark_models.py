"""The benchmark's own evaluator, which tells whether a mutant is wrong: it must know what is true and what is not."""

import pytest

from benchmarks.derivations.apart import same_as_one, true_at_the_end
from benchmarks.derivations.corpora import answers, steps
from grader.maths.write import latex

VAE = {"spaces": {"x": 3, "z": 4}, "joint": {"p": ["x", "z"]}, "densities": {"q(z|x)": "free"}, "expectation": "q"}
NORMAL = {
    "spaces": {"x": 1, "z": "line"},
    "densities": {"q(z|x)": r"\mathcal{N}(z; \mu_q, \sigma^2)", "p(z)": r"\mathcal{N}(z; \mu_p, \sigma^2)"},
    "scalars": {r"\mu_q": "real", r"\mu_p": "real", r"\sigma": "positive"},
}
GAME = {
    "spaces": {"x": 4, "z": 5},
    "densities": {"p_{data}(x)": "free", "p_z(z)": "free"},
    "functions": {"D(x)": "probability", "G(z)": "to x"},
    "pushforward": {"p_G": "p_z by G"},
    "unknowns": [{"D(x)": r"\frac{p_{data}(x)}{p_{data}(x)+p_G(x)}"}],
}
LINEAR = {"vectors": {"w": 3, "b": 3}, "matrices": {"S": 3}, "scalars": {"C": "positive", "t": "line", "u": "ray"}}
COPIES = {
    "spaces": {"x": 2, "h": 3},
    "joint": {"p": ["x", "h"]},
    "densities": {"q(h|x)": "free"},
    "scalars": {"K": 3},
    "indices": {"j": "K"},
    "copies": {"h": "K"},
}
MULTIPLIER = {
    "spaces": {"x": 3, "z": 4},
    "joint": {"p": ["x", "z"]},
    "densities": {"q(z|x)": "free"},
    "scalars": {r"\lambda": "real"},
    "unknowns": [
        {"q(z|x)": "p(z|x)", r"\lambda": r"1-\log p(x)"},
        {"q(z|x)": "p(z|x)", r"\lambda": r"\log p(x)-1"},
    ],
}


@pytest.mark.parametrize(
    ("formula", "world", "true"),
    [
        pytest.param(r"\log p(x) = \log \sum_z q(z|x) \frac{p(x,z)}{q(z|x)}", VAE, True, id="sum"),
        pytest.param(r"\log p(x) = \log \sum_z q(z|x) p(x|z)", VAE, False, id="sum-with-another-density"),
        pytest.param(r"\log p(x) \ge \mathbb{E}_{q(z|x)}[\log\frac{p(x,z)}{q(z|x)}]", VAE, True, id="bound"),
        pytest.param(r"\log p(x) \le \mathbb{E}_{q(z|x)}[\log\frac{p(x,z)}{q(z|x)}]", VAE, False, id="bound-turned"),
        pytest.param(r"KL(q(z|x)\|p(z)) = \sum_z q(z|x) \log\frac{q(z|x)}{p(z)}", VAE, True, id="kl"),
        pytest.param(r"KL(q(z|x)\|p(z)) = KL(p(z)\|q(z|x))", VAE, False, id="kl-turned"),
        pytest.param(r"KL(q(z|x)\|p(z)) = \frac{(\mu_q-\mu_p)^2}{2\sigma^2}", NORMAL, True, id="line"),
        pytest.param(r"KL(q(z|x)\|p(z)) = \frac{(\mu_q-\mu_p)^2}{2\sigma}", NORMAL, False, id="line-with-a-slip"),
        pytest.param(r"\mathbb{E}_{p_z}[\log D(G(z))] = \int p_G(x) \log D(x) dx", GAME, True, id="push-forward"),
        pytest.param(
            r"\frac{\partial}{\partial D(x)} \int p_{data}(x) \log D(x) dx = \frac{p_{data}(x)}{D(x)}",
            GAME,
            True,
            id="functional-derivative",
        ),
        pytest.param(r"D(x) = \frac{p_{data}(x)}{p_{data}(x)+p_G(x)}", GAME, True, id="at-the-solution"),
        pytest.param(r"D(x) = \frac{p_G(x)}{p_{data}(x)+p_G(x)}", GAME, False, id="not-at-the-solution"),
        pytest.param(r"\nabla_w (\frac{C}{2}\|w\|^2 - w^\top b) = C w - b", LINEAR, True, id="gradient"),
        pytest.param(r"\nabla_w (\frac{C}{2}\|w\|^2 - w^\top b) = C w", LINEAR, False, id="gradient-with-a-slip"),
        pytest.param(r"\min_w \frac{C}{2}\|w\|^2 - w^\top b = -\frac{1}{2C}\|b\|^2", LINEAR, True, id="minimum"),
        pytest.param(r"\sup_u (u t - u \log u) = e^{t-1}", LINEAR, True, id="supremum"),
        pytest.param(r"\sup_u (u t - u \log u) = e^{t}", LINEAR, False, id="supremum-with-a-slip"),
        pytest.param(r"\det(S S^\top) = \det(S)^2", LINEAR, True, id="determinant"),
        pytest.param(
            r"\mathbb{E}_{h_1,\ldots,h_K\sim q(h|x)}[\frac1K\sum_{j=1}^K\frac{p(x,h_j)}{q(h_j|x)}] = p(x)",
            COPIES,
            True,
            id="copies",
        ),
        pytest.param(r"\sum_z q(z) = 1", VAE, None, id="a-density-that-nobody-declares"),
    ],
)
def test_claim_is_known_to_be_true_or_not(formula, world, true):
    assert true_at_the_end(f"$${formula}$$", world) is true


def test_who_begins_with_one_sign_of_a_multiplier_goes_on_with_it():
    before = r"$$\log p(z|x) + \log p(x) - \log q(z|x) - 1 + \lambda = 0$$"
    assert true_at_the_end(rf"{before} $$q(z|x) = p(x,z) e^{{\lambda - 1}}$$", MULTIPLIER) is True
    assert true_at_the_end(rf"{before} $$q(z|x) = p(x,z) e^{{-\lambda - 1}}$$", MULTIPLIER) is False


@pytest.mark.parametrize(
    ("text", "up_to", "same"),
    [
        pytest.param(r"\frac{(\mu_q-\mu_p)^2}{2\sigma^2}", "", True, id="the-same"),
        pytest.param(r"\frac{(\mu_q-\mu_p)^2}{2\sigma^2} + 3", "", False, id="more"),
        pytest.param(r"\frac{(\mu_q-\mu_p)^2}{2\sigma^2} + 3", "constant", True, id="more-by-a-constant"),
        pytest.param(r"\frac{(\mu_q-\mu_p)^2}{\sigma^2}", "factor", True, id="twice"),
        pytest.param(r"-\frac{(\mu_q-\mu_p)^2}{\sigma^2}", "factor", False, id="minus-twice"),
    ],
)
def test_answer_is_known_to_have_the_value_of_a_reference(text, up_to, same):
    assert same_as_one(f"$${text}$$", [r"\frac{(\mu_p-\mu_q)^2}{2\sigma^2}"], NORMAL, up_to) is same


def test_steps_of_the_solutions_are_true_and_answers_have_their_own_value():
    wrong = [step.where for step in steps()[::6] if true_at_the_end(step.text(), step.world) is not True]
    assert wrong == []
    for one in answers():
        formulas = one.check._formulas().values()
        assert same_as_one(f"$$\n{latex(one.node)}\n$$", formulas, one.check.world, one.check.up_to) is True, one.where
