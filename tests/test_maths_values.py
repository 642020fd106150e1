"""The evaluator: every construct against a closed form or brute force on the same worlds, and what has no value."""

import itertools
import math

import numpy as np
import pytest

from grader.maths import judged, observed_answer
from grader.maths.answer import room
from grader.maths.read import read
from grader.maths.setting import Head, setting
from grader.maths.values import Undecided, Value, add, contracted, multiply, number
from grader.maths.worlds import REGIMES, sample

FINITE = {
    "spaces": {"x": 3, "z": 4},
    "joint": {"p": ["x", "z"]},
    "densities": {"q(z|x)": "free", "r(z)": "free"},
    "functions": {"D(x)": "probability", "T(x)": "real"},
    "scalars": {"a": "real", "s": "positive", "K": 3, "n": 5},
    "arrays": {r"\lambda_x": [-1, 0], "y_i": "real"},
    "indices": {"i": 3, "k": 3},
    "silent": [r"\theta", r"\phi"],
}
LINE = {
    "spaces": {"z": "line"},
    "densities": {"q(z)": r"\mathcal{N}(z; m, s^2)", "p(z)": r"\mathcal{N}(z; 0, 1)"},
    "scalars": {"m": "real", "s": "positive"},
}
VECTORS = {
    "vectors": {"w": 3, "b": 3, "v": "positive 3"},
    "matrices": {"S": 3},
    "scalars": {"C": "positive", "K": 3},
    "indices": {"k": 3},
    "definitions": {"g(w)": "b + S w"},
}
COPIES = {
    "spaces": {"x": 2, "h": 3},
    "joint": {"p": ["x", "h"]},
    "densities": {"q(h|x)": "free"},
    "scalars": {"K": 3},
    "indices": {"j": "K", "k": "K"},
    "copies": {"h": "K"},
    "expectation": "q",
}
PUSHED = {
    "spaces": {"x": 4, "z": 5},
    "densities": {"p_z(z)": "free", "p_d(x)": "free"},
    "functions": {"G(z)": "to x", "D(x)": "probability"},
    "pushforward": {"p_G": "p_z by G"},
}
EXTREMA = {
    "scalars": {"t": "line", "u": "ray", "y": [-30, 30], "l": [-1, 0], "C": "positive"},
    "vectors": {"w": 2, "b": 2},
}
APART = {
    "spaces": {"x": 5},
    "densities": {"p(x)": "free", "q(x)": "free", "m(x)": "free"},
    "disjoint": ["p", "q"],
}
SEED = 7


class Model:
    """A world and its formulas, with the arrays that a test computes with by itself."""

    def __init__(self, told, mode="free"):
        self.room = room(told, SEED)
        self.scope = self.room.scope(mode)
        self.world = self.scope.world

    def value(self, text):
        return self.scope.value(read(text, self.room.told.notation()))

    def array(self, text, *axes):
        """The numbers, (worlds, *axes) or (worlds, *axes, rows, columns)."""
        value = self.value(text)
        assert set(value.axes) == set(axes)
        return value.on(axes).real

    def table(self, name, own, given=()):
        found = self.world.tables.get(Head(name, own, given))
        return found.on(own + given)

    def weights(self, name):
        return self.world.weights[name]


@pytest.fixture(scope="module")
def finite():
    return Model(FINITE)


@pytest.fixture(scope="module")
def line():
    return Model(LINE)


@pytest.fixture(scope="module")
def vectors():
    return Model(VECTORS)


@pytest.fixture(scope="module")
def copies():
    return Model(COPIES)


@pytest.fixture(scope="module")
def pushed():
    return Model(PUSHED)


@pytest.fixture(scope="module")
def extrema():
    return Model(EXTREMA)


def same(found, wanted, tolerance=1e-11):
    np.testing.assert_allclose(found, np.broadcast_to(wanted, found.shape), rtol=tolerance, atol=tolerance)


# --- arithmetic

SCALARS = [
    pytest.param("a + s - 2", lambda a, s: a + s - 2, id="sum"),
    pytest.param("2 a s", lambda a, s: 2 * a * s, id="product"),
    pytest.param(r"\frac{a}{s}", lambda a, s: a / s, id="fraction"),
    pytest.param("a^2 s^{-1}", lambda a, s: a**2 / s, id="powers"),
    pytest.param("s^a", lambda a, s: s**a, id="real-power"),
    pytest.param("e^{-a^2}", lambda a, _: np.exp(-(a**2)), id="exponential"),
    pytest.param(r"\log s + \ln s", lambda _, s: 2 * np.log(s), id="logarithms"),
    pytest.param(r"\log_2 s + \log_{10} s", lambda _, s: np.log2(s) + np.log10(s), id="other-bases"),
    pytest.param(r"\sqrt{s}", lambda _, s: np.sqrt(s), id="root"),
    pytest.param(r"\sqrt[3]{s}", lambda _, s: np.cbrt(s), id="cube-root"),
    pytest.param("|a|", lambda a, _: np.abs(a), id="absolute"),
    pytest.param(r"\sigma(a)", lambda a, _: 1 / (1 + np.exp(-a)), id="sigmoid"),
    pytest.param(r"\tanh a + \sin a \cos a", lambda a, _: np.tanh(a) + np.sin(a) * np.cos(a), id="trigonometry"),
    pytest.param(r"\max(a, s)", np.maximum, id="maximum"),
    pytest.param(r"\min\{a, s, 0\}", lambda a, s: np.minimum(np.minimum(a, s), 0), id="minimum"),
    pytest.param("n! / 3", lambda a, _: 40.0 + 0 * a, id="factorial"),
    pytest.param(r"\pi e", lambda a, _: math.pi * math.e + 0 * a, id="constants"),
]


@pytest.mark.parametrize(("text", "wanted"), SCALARS)
def test_arithmetic_of_scalars(finite, text, wanted):
    if "sigma" in text:
        text = r"\mathrm{sigmoid}(a)"
    same(finite.array(text), wanted(finite.array("a"), finite.array("s")))


def test_zero_times_anything_is_zero():
    zero, infinite = number(0.0, 4), number(math.inf, 4)
    assert (multiply(zero, infinite).array == 0).all()
    assert (multiply(zero, number(math.nan, 4)).array == 0).all()


# --- sums, integrals, expectations


def test_a_joint_density_has_its_marginals_and_conditionals(finite):
    joint, wx, wz = finite.array("p(x,z)", "x", "z"), finite.weights("x"), finite.weights("z")
    marginal = (joint * wz[:, None, :]).sum(2)
    same(finite.array("p(x)", "x"), marginal)
    same(finite.array("p(z|x)", "x", "z"), joint / marginal[:, :, None])
    same((marginal * wx).sum(1), 1.0)


def test_a_sum_and_an_integral_weigh_the_points_of_the_space(finite):
    q, wz = finite.table("q", ("z",), ("x",)), finite.weights("z")
    entropy = -(q * np.log(q) * wz[:, :, None]).sum(1)
    for text in (r"-\sum_z q(z|x)\log q(z|x)", r"-\int q(z|x)\log q(z|x) dz", r"\int_z -q(z|x)\log q(z|x)"):
        same(finite.array(text, "x"), entropy)
    same(finite.array(r"\int 1 dz"), wz.sum(1))
    same(finite.array(r"\int r(z) dz"), 1.0)


def test_an_integral_that_names_no_variable_is_over_that_of_its_density(finite):
    same(finite.array(r"\int r \log r"), finite.array(r"\int r(z)\log r(z) dz"))
    same(finite.array(r"\int q(z|x)\log r(z)", "x"), finite.array(r"\int q(z|x)\log r(z) dz", "x"))
    with pytest.raises(Undecided, match="it is not said what a sum or an integral is over"):
        finite.value(r"\int 2 a")


def test_a_sum_may_leave_a_point_out(finite):
    r, wz = finite.table("r", ("z",)), finite.weights("z")
    same(finite.array(r"\sum_{z' \neq z} r(z')", "z"), 1 - r * wz)


def test_a_sum_over_an_index_is_unrolled(finite):
    y = finite.world.tables["array", "y", ("i",)].array
    same(finite.array(r"\sum_{i=1}^K y_i^2"), (y**2).sum(1))
    same(finite.array(r"\sum_i i y_i"), (y * np.arange(1, 4)).sum(1))
    same(finite.array(r"\prod_{i=1}^{K} y_i"), y.prod(1))
    same(finite.array(r"\sum_{i=2}^K y_i"), y[:, 1:].sum(1))
    same(finite.array(r"\sum_{k=1}^n k"), 15.0)
    same(finite.array(r"\sum_{i=1}^K \sum_{k=1}^K y_i y_k"), y.sum(1) ** 2)


def test_an_empty_sum_is_zero_and_an_empty_product_one(finite):
    same(finite.array(r"\sum_{i=2}^1 y_i"), 0.0)
    same(finite.array(r"\prod_{i=2}^1 y_i"), 1.0)


def test_a_product_sign_does_not_reach_what_it_can_not_mean(copies):
    inner = r"\log\sum_{j=1}^K \frac{p(x,h_j)}{q(h_j|x)}"
    apart = copies.value(rf"\left(\prod_{{k=1}}^K q(h_k|x)\right) {inner}")
    same(copies.array(rf"\prod_{{k=1}}^K q(h_k|x) {inner}", *apart.axes), apart.array)


def test_a_product_sign_reaches_constant_factors(finite):
    y = finite.world.tables["array", "y", ("i",)].array
    same(finite.array(r"\prod_{i=1}^K 2 y_i"), 8 * y.prod(1))
    same(finite.array(r"\prod_{i=1}^K y_i \, 2"), 8 * y.prod(1))


@pytest.mark.parametrize(
    "text",
    [
        r"\mathbb{E}_{q(z|x)}[\log p(x|z)]",
        r"\mathbb{E}_{z \sim q(z|x)}[\log p(x|z)]",
        r"\mathbb{E}_{q_\phi}[\log p_\theta(x|z)]",
        r"\sum_z q(z|x) \log p(x|z)",
    ],
)
def test_an_expectation_in_every_spelling(finite, text):
    q, likelihood = finite.table("q", ("z",), ("x",)), finite.array("p(x|z)", "z", "x")
    same(finite.array(text, "x"), (q * np.log(likelihood) * finite.weights("z")[:, :, None]).sum(1))


def test_a_variance_is_the_mean_square_minus_the_squared_mean(line):
    same(line.array(r"\operatorname{Var}_{z\sim q(z)}[z]"), line.array("s^2"), 1e-9)


# --- divergences and Gaussians


def test_divergences_against_their_sums(finite):
    q, r = finite.table("q", ("z",), ("x",)), finite.table("r", ("z",))[:, :, None]
    w = finite.weights("z")[:, :, None]
    kl = (q * np.log(q / r) * w).sum(1)
    m = (q + r) / 2
    jsd = ((q * np.log(q / m) + r * np.log(r / m)) / 2 * w).sum(1)
    same(finite.array(r"KL(q(z|x)\|r(z))", "x"), kl)
    same(finite.array(r"D_{KL}(q(z|x), r(z))", "x"), kl)
    same(finite.array(r"JSD(q(z|x), r(z))", "x"), jsd)
    same(finite.array(r"H(r)"), -(r * np.log(r) * w).sum(1)[:, 0])
    same(finite.array(r"H(q(z|x), r(z))", "x"), -(q * np.log(r) * w).sum(1))
    same(finite.array(r"KL(r\|r)"), 0.0)


def test_a_gaussian_has_its_moments_and_its_divergence(line):
    m, s = line.array("m"), line.array("s")
    same(line.array(r"\int q(z) dz"), 1.0, 1e-12)
    same(line.array(r"\mathbb{E}_{q(z)}[z]"), m)
    same(line.array(r"\mathbb{E}_{q(z)}[z^2]"), m**2 + s**2)
    same(line.array(r"KL(q\|p)"), (m**2 + s**2 - 1) / 2 - np.log(s), 1e-10)
    same(line.array(r"KL(\mathcal{N}(m, s^2)\|\mathcal{N}(0, 1))"), (m**2 + s**2 - 1) / 2 - np.log(s), 1e-10)
    same(line.array(r"H(q)"), np.log(s) + 0.5 * np.log(2 * np.pi * np.e), 1e-10)


def test_disjoint_densities_have_no_common_point_and_an_infinite_divergence():
    model = Model(APART)
    p, q = model.table("p", ("x",)), model.table("q", ("x",))
    assert (p * q == 0).all()
    same((p * model.weights("x")).sum(1), 1.0)
    same((q * model.weights("x")).sum(1), 1.0)
    assert np.isposinf(model.array(r"KL(p\|q)")).all()
    same(model.array(r"JSD(p,q)"), np.log(2))
    assert (model.table("m", ("x",)) > 0).all()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param({"disjoint": ["p", "z"]}, "disjoint: p, z must all be free densities of one variable", id="no-density"),
        pytest.param({"spaces": {"x": 1}}, "disjoint: the space has fewer points than there are densities", id="small"),
        pytest.param({"vectors": {"w": "long"}}, "vectors: w must be a size from 1 to 8, or as `positive 3`", id="vector"),
    ],
)  # fmt: skip
def test_a_world_that_can_not_be_is_complained_of(change, what):
    with pytest.raises(ValueError, match=what):
        setting(APART | change)


# --- copies and push-forwards


def importance_bound(model, k):
    joint, q = model.array("p(x,h)", "x", "h"), model.table("q", ("h",), ("x",)).transpose(0, 2, 1)
    w = model.weights("h")
    total = np.zeros(joint.shape[:2])
    for chosen in itertools.product(range(3), repeat=k):
        chance = np.prod([q[:, :, h] * w[:, None, h] for h in chosen], axis=0)
        total += chance * np.log(np.mean([joint[:, :, h] / q[:, :, h] for h in chosen], axis=0))
    return total


@pytest.mark.parametrize(
    "text",
    [
        r"\mathbb{E}_{h_1,\ldots,h_K\sim q(h|x)}[\log\frac1K\sum_{j=1}^K\frac{p(x,h_j)}{q(h_j|x)}]",
        r"\mathbb{E}_{h_{1:K}\sim q}[\log\frac1K\sum_{j=1}^K\frac{p(x,h_j)}{q(h_j|x)}]",
        r"\mathbb{E}_{h_j\sim q(h|x)}[\log\frac1K\sum_{j=1}^K\frac{p(x,h_j)}{q(h_j|x)}]",
        r"\mathbb{E}_{q(h_1,\ldots,h_K|x)}[\log\frac1K\sum_{j=1}^K\frac{p(x,h_j)}{q(h_j|x)}]",
        r"\mathbb{E}[\log\frac1K\sum_{j=1}^K\frac{p(x,h_j)}{q(h_j|x)}]",
    ],
)
def test_copies_are_summed_over_all_tuples(copies, text):
    same(copies.array(text, "x"), importance_bound(copies, 3))


def test_one_copy_stands_for_any(copies):
    same(copies.array(r"\mathbb{E}_{h_j\sim q(h|x)}[\frac{p(x,h_j)}{q(h_j|x)}]", "x"), copies.array("p(x)", "x"))
    same(copies.array(r"\mathbb{E}_{h\sim q(h|x)}[\log\frac{p(x,h)}{q(h|x)}]", "x"), importance_bound(copies, 1))


def test_a_push_forward_has_the_mass_of_what_goes_there(pushed):
    _, _, index = pushed.world.maps["G"]
    mass = pushed.table("p_z", ("z",)) * pushed.weights("z")
    wanted = np.zeros((mass.shape[0], 4))
    for x in range(4):
        wanted[:, x] = (mass * (index == x)).sum(1) / pushed.weights("x")[:, x]
    same(pushed.array("p_G(x)", "x"), wanted)
    left = pushed.array(r"\mathbb{E}_{z\sim p_z}[\log D(G(z))]")
    same(left, pushed.array(r"\int p_G(x)\log D(x) dx"))


# --- vectors and matrices


def test_matrices_against_numpy(vectors):
    tables = vectors.world.tables
    w, b, v, s = (tables[name].array for name in ("w", "b", "v", "S"))
    assert (v > 0).all()
    same(vectors.array("w^T b"), (w * b).sum((1, 2)))
    same(vectors.array(r"\|w - b\|^2"), ((w - b) ** 2).sum((1, 2)))
    same(vectors.array("S w"), s @ w)
    same(vectors.array("S^{-1} w"), np.linalg.inv(s) @ w, 1e-8)
    same(vectors.array(r"S^{-\top}"), np.linalg.inv(s).swapaxes(1, 2), 1e-8)
    same(vectors.array(r"\det(SS^\top)"), np.linalg.det(s) ** 2, 1e-9)
    same(vectors.array(r"\operatorname{tr}(w b^T)"), (w * b).sum((1, 2)))
    same(vectors.array(r"v \odot w"), v * w)
    same(vectors.array(r"\frac{w}{v}"), w / v)
    same(vectors.array(r"\mathrm{diag}(v^2)"), v**2 * np.eye(3))
    same(vectors.array(r"\mathrm{diag}(v)^{-1} w"), w / v)
    same(vectors.array(r"\prod_{k=1}^K v_k"), v.prod((1, 2)))
    same(vectors.array("w_k v_k", "k"), (w * v)[..., 0])
    same(vectors.array("g_k", "k"), (b + s @ w)[..., 0])
    same(vectors.array(r"w^\top \begin{pmatrix}1\\2\\3\end{pmatrix}"), (w[..., 0] * [1, 2, 3]).sum(1))


def test_a_normal_density_of_vectors(vectors):
    tables = vectors.world.tables
    w, b, s = (tables[name].array for name in ("w", "b", "S"))
    covariance = s @ s.swapaxes(1, 2)
    gap = w - b
    square = (gap.swapaxes(1, 2) @ np.linalg.inv(covariance) @ gap)[:, 0, 0]
    wanted = np.exp(-square / 2) / np.sqrt((2 * np.pi) ** 3 * np.linalg.det(covariance))
    same(vectors.array(r"\mathcal{N}(w; b, SS^\top)"), wanted, 1e-7)


def test_bars_of_a_matrix_have_no_value_where_the_two_meanings_differ(vectors):
    determinant = np.linalg.det(vectors.world.tables["S"].array)
    assert 0.5 < (determinant > 0).mean() < 1
    found = vectors.array("|S|")
    assert (np.isnan(found) == (determinant < 0)).all()
    same(found[determinant > 0], determinant[determinant > 0], 1e-9)
    same(vectors.array(r"|\det S|"), np.abs(determinant), 1e-9)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("w + C", "a number is added to a vector or a matrix", id="number-and-vector"),
        pytest.param("w b", "two vectors are multiplied without a transpose", id="no-transpose"),
        pytest.param(r"\frac{w}{S}", "something is divided by a matrix", id="by-a-matrix"),
        pytest.param(r"\sin w", "sin of a vector or a matrix is not defined", id="sine"),
        pytest.param(r"\det w", "only a square matrix has a determinant", id="determinant-of-a-vector"),
        pytest.param("w_7", "`w` has no such entry", id="no-entry"),
        pytest.param("C^w", "an exponent is a vector or a matrix", id="exponent"),
    ],
)
def test_vectors_that_do_not_fit_are_undecided(vectors, text, why):
    with pytest.raises(Undecided, match=why):
        vectors.value(text)


def test_a_singular_matrix_in_one_world_has_no_inverse_there_only():
    array = np.stack([np.eye(2), np.zeros((2, 2))])
    from grader.maths.arithmetic import inverted

    found = inverted(Value(array, (), True)).array
    same(found[0], np.eye(2))
    assert np.isnan(found[1]).all()


# --- derivatives

SLOPES = [
    pytest.param(r"\frac{\partial}{\partial a} a^3 s", lambda a, s: 3 * a**2 * s, id="power"),
    pytest.param(r"\frac{d}{da} \left(e^{2a} - a\right)", lambda a, _: 2 * np.exp(2 * a) - 1, id="exponential"),
    pytest.param(r"\frac{\partial}{\partial s} \log s", lambda _, s: 1 / s, id="logarithm"),
    pytest.param(r"\frac{\partial^2}{\partial s^2} s \log s", lambda _, s: 1 / s, id="second"),
    pytest.param(r"\frac{\partial}{\partial a} \log(1+e^a)", lambda a, _: 1 / (1 + np.exp(-a)), id="softplus"),
    pytest.param(r"\frac{\partial}{\partial a} |a|", lambda a, _: np.sign(a), id="absolute"),
]


@pytest.mark.parametrize(("text", "wanted"), SLOPES)
def test_derivatives_against_closed_forms(finite, text, wanted):
    same(finite.array(text), wanted(finite.array("a"), finite.array("s")), 1e-8)


def test_a_functional_derivative_divides_by_the_weight_of_the_point(finite):
    d, px = finite.table("D", ("x",)), finite.array("p(x)", "x")
    text = r"\frac{\partial}{\partial D(x)} \int p(x)\log D(x) + \log(1-D(x)) dx"
    same(finite.array(text, "x"), px / d - 1 / (1 - d), 1e-9)


def test_a_derivative_at_one_point_of_what_is_not_summed(finite):
    d, px = finite.table("D", ("x",)), finite.array("p(x)", "x")
    same(finite.array(r"\frac{\partial}{\partial D(x)} \left(p(x)\log D(x)\right)", "x"), px / d, 1e-9)


def test_a_derivative_by_a_conditional_density(finite):
    q, r = finite.table("q", ("z",), ("x",)), finite.table("r", ("z",))[:, :, None]
    text = r"\frac{\partial}{\partial q(z|x)} \sum_z q(z|x)\log\frac{q(z|x)}{r(z)}"
    same(finite.array(text, "z", "x"), np.log(q / r) + 1, 1e-8)


def test_gradients_and_jacobians_of_vectors(vectors):
    w, b, s = (vectors.world.tables[name].array for name in ("w", "b", "S"))
    c = vectors.array("C")[:, None, None]
    same(vectors.array(r"\nabla_w \left(\frac{C}{2}\|w\|^2 - w^T b\right)"), c * w - b, 1e-9)
    same(vectors.array(r"\frac{\partial}{\partial w} \left(\frac{C}{2} w^T w\right)"), c * w, 1e-9)
    same(vectors.array(r"\nabla_w^2 \left(\frac{C}{2}\|w\|^2\right)"), c * np.eye(3), 1e-7)
    same(vectors.array(r"\frac{\partial g(w)}{\partial w}"), s, 1e-9)
    same(vectors.array(r"\det\frac{\partial g(w)}{\partial w}"), np.linalg.det(s), 1e-9)


def test_a_third_derivative_is_undecided(finite):
    with pytest.raises(Undecided, match="derivatives of third or higher order are not taken"):
        finite.value(r"\frac{\partial^3}{\partial a^3} a^4")


# --- suprema


def test_a_supremum_over_all_real_or_all_positive_numbers(extrema):
    u, t = extrema.array("u"), extrema.array("t")
    same(extrema.array(r"\sup_t \{tu - e^{t-1}\}"), u * np.log(u), 1e-9)
    same(extrema.array(r"\sup_{u>0} \{ut - u\log u\}"), np.exp(t - 1), 1e-9)
    same(extrema.array(r"\max_u ut - u\log u"), np.exp(t - 1), 1e-9)
    same(extrema.array(r"\inf_t \{e^{t} - tu\}"), u - u * np.log(u), 1e-9)


def test_a_supremum_far_from_the_sampled_numbers_is_found(extrema):
    same(extrema.array(r"\sup_t \{10^9 t u - e^{t-1}\}"), 1e9 * extrema.array("u") * np.log(1e9 * extrema.array("u")))
    same(extrema.array(r"\sup_t \{10^{-9} t - e^{t-1}\}"), 1e-9 * np.log(1e-9), 1e-10)


def test_a_minimum_over_a_declared_range_and_over_a_vector(extrema):
    lam = extrema.array("l")
    wanted = np.log(-lam) * lam - (1 + lam) * np.log(1 + lam)
    same(extrema.array(r"\min_y \{l y + \log(1+e^y)\}"), wanted, 1e-9)
    b, c = extrema.world.tables["b"].array, extrema.array("C")
    same(extrema.array(r"\min_w \{\frac{C}{2}\|w\|^2 - w^T b\}"), -(b**2).sum((1, 2)) / (2 * c), 1e-9)


# --- regimes, undefined values, what is undecided


def test_worlds_come_in_three_regimes_from_flat_to_peaked():
    world = sample(setting(FINITE), np.random.default_rng(0), 40)
    r = world.tables[Head("r", ("z",))].array * world.weights["z"]
    entropy = -(r * np.log(r)).sum(1).reshape(3, 40).mean(1)
    order = np.argsort(REGIMES)
    assert (np.diff(entropy[order]) > 0.1).all()


def test_the_same_seed_gives_the_same_worlds_and_another_one_others():
    first, again = (sample(setting(FINITE), np.random.default_rng(3), 4) for _ in range(2))
    other = sample(setting(FINITE), np.random.default_rng(4), 4)
    assert (first.tables["p"].array == again.tables["p"].array).all()
    assert (first.tables["p"].array != other.tables["p"].array).any()


UNDECIDED = [
    pytest.param("z", "`z` ranges over an abstract space, so it has no value of its own", id="abstract-variable"),
    pytest.param("p(z|z)", r"`p` is not declared with \(z \| z\)", id="conditional-on-itself"),
    pytest.param("r(x)", r"`r` is not declared with \(x\)", id="wrong-variable"),
    pytest.param(r"\sum_{k=1}^{100} k", "a sum has more than 64 terms", id="many-terms"),
    pytest.param(r"a^{500}", "an exponent is larger than 400", id="large-exponent"),
    pytest.param(r"\lim_{a\to 0} a", "a limit is not taken here", id="limit"),
    pytest.param(r"\mathbb{E}[T(x)]", "it is not said under which density the expectation is taken", id="no-density"),
    pytest.param(r"\sup_a a", "`a` has no declared range to look through", id="no-range"),
    pytest.param(r"\int_0^\infty a da", "an integral over an infinite interval", id="infinite-interval"),
    pytest.param("(-1)!", "factorial|a factorial", id="factorial"),
    pytest.param(r"W_1(r, r)", "W1 has no value here", id="wasserstein"),
]


@pytest.mark.parametrize(("text", "why"), UNDECIDED)
def test_what_has_no_value_is_undecided_and_says_why(finite, text, why):
    with pytest.raises(Undecided, match=why):
        finite.value(text)


def test_a_definite_integral_over_a_real_variable(finite):
    a = finite.array("a")
    same(finite.array(r"\int_0^a u^2 du"), a**3 / 3)
    same(finite.array(r"\int_0^{\pi} \sin u \, du"), 2.0)


def verdicts(formula, world):
    return [(c.verdict, c.why) for c in judged(observed_answer(f"$${formula}$$", world, SEED))]


def test_what_is_undefined_in_most_worlds_is_undecided():
    assert verdicts(r"\log(-s) = 1", FINITE) == [("undecided", "it has no value in most worlds")]


def test_a_name_that_nobody_declared_is_named():
    assert verdicts(r"a + 1 = b + c", FINITE) == [("undecided", "`b` is no name of this question")]


def test_a_students_own_name_with_an_index_counts_for_every_index():
    text = r"w_j = \frac{p(x,h_j)}{q(h_j|x)},\quad \frac1K\sum_{k=1}^K \mathbb{E}_{h_k\sim q(h|x)}[w_k] = p(x)"
    assert [verdict for verdict, _ in verdicts(text, COPIES)] == ["defines", "holds"]
    wrong = text.replace(r"\frac1K\sum", r"\sum")
    assert [verdict for verdict, _ in verdicts(wrong, COPIES)] == ["defines", "fails"]


def test_values_line_up_by_the_names_of_their_axes():
    a = Value(np.arange(6.0).reshape(1, 2, 3), ("x", "z"))
    b = Value(np.arange(6.0).reshape(1, 3, 2), ("z", "x"))
    wanted = np.arange(6.0).reshape(2, 3) + np.arange(6.0).reshape(3, 2).T
    same(add(a, b).on(("x", "z"))[0], wanted)
    same(a.renamed({"z": "x"}).array if a.array.shape[1] == a.array.shape[2] else a.on(("z", "x"))[0], a.array[0].T)


def test_a_contraction_without_the_axis_weighs_all_its_points():
    weights = np.array([[0.5, 1.5], [1.0, 1.0]])
    same(contracted(number(3.0, 2), "x", weights).array, [6.0, 6.0])


def test_a_formula_with_too_many_entries_is_undecided():
    wide = [Value(np.ones((72, 240)), (f"z_{k}",)) for k in range(3)]
    with pytest.raises(Undecided, match="it ranges over too many values at once"):
        multiply(multiply(wide[0], wide[1]), wide[2])


def test_a_right_condition_is_refused_in_no_world_however_peaked():
    world = {
        "spaces": {"x": 4},
        "densities": {"f(x)": "free", "g(x)": "free"},
        "functions": {"D(x)": "probability"},
        "unknowns": [{"D(x)": r"\frac{f(x)}{f(x)+g(x)}"}],
    }
    for seed in range(25):
        observed = observed_answer(r"$$\frac{f(x)}{D(x)}-\frac{g(x)}{1-D(x)} = 0$$", world, seed)
        assert [claim.verdict for claim in judged(observed)] == ["holds"], seed


def test_three_full_stops_are_dots(copies):
    text = r"\mathbb{E}_{h_1, ..., h_K \sim q(h|x)}[\log\frac1K\sum_{j=1}^K\frac{p(x,h_j)}{q(h_j|x)}]"
    same(copies.array(text, "x"), importance_bound(copies, 3))


def test_a_functional_derivative_may_be_written_with_a_delta(finite):
    d, px = finite.table("D", ("x",)), finite.array("p(x)", "x")
    same(finite.array(r"\frac{\delta}{\delta D(x)} \int p(x)\log D(x) dx", "x"), px / d, 1e-9)


def test_a_prime_derives_what_a_student_has_defined():
    assert [
        v for v, _ in verdicts(r"h(t) = a t^2 \Rightarrow h'(t) = 2 a t", {"scalars": {"a": "real", "t": "real"}})
    ] == [
        "defines",
        "holds",
    ]
    wrong = r"h(t) = a t^2 \Rightarrow h'(t) = a t"
    assert verdicts(wrong, {"scalars": {"a": "real", "t": "real"}})[1][0] == "fails"
