"""The answers of the homework `generative_theory` are right, by computation; its students get what a person says.

What the rubric states is proved here from the definitions: by sympy where a formula is to be found, by numbers where
it is to be compared.
"""

import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from grader.checks.cells import listed, read_cells
from grader.checks.code import Code, Missing, Unread
from grader.intake.answers import split_answers
from grader.maths import evaluated, judged, matches, observed_answer
from grader.model import Expected, Observation
from grader.rubric import load_rubric
from grader.values import cases, under

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "submissions_example" / "generative_theory"
SEED = 11


@pytest.fixture(scope="module")
def reference():
    sys.path.insert(0, str(ROOT / "reference" / "generative_theory"))
    try:
        import generative_theory

        yield generative_theory
    finally:
        sys.path.pop(0)
        sys.modules.pop("generative_theory", None)


@pytest.fixture(scope="module")
def rubric():
    return load_rubric(ROOT / "rubrics" / "generative_theory.yaml", ROOT)


@pytest.fixture(scope="module")
def items(rubric):
    return {item.id: item for item in rubric.items}


@pytest.fixture(scope="module")
def worlds():
    return yaml.safe_load((ROOT / "rubrics" / "generative_theory.yaml").read_text("utf-8"))["worlds"]


# --- the answers are right


def test_every_part_has_an_item(items):
    parts = "1.1 1.2 2.1 2.2 2.3.a 2.3.b 2.3.c 3.1 3.2 4.1 4.2 4.3 4.4 5 6.1.a-1 6.1.a-2 6.1.b 6.2.a 6.2.b 6.3 7"
    assert list(items) == parts.split()
    assert all(item.hint for item in items.values())


@pytest.mark.parametrize(
    ("item", "kinds"),
    [pytest.param("4.1", "AA"), pytest.param("4.2", "AB"), pytest.param("4.3", "BA"), pytest.param("4.4", "BB")],
)
def test_a_receptive_field_is_what_the_masks_let_through(reference, items, item, kinds):
    assert read_cells(items[item].check.answer, (5, 5)) == frozenset(reference.receptive_field(kinds))


@pytest.mark.parametrize("kinds", ["AA", "AB", "BA", "BB"])
def test_masked_convolutions_have_these_receptive_fields(reference, kinds):
    torch = pytest.importorskip("torch")
    image = torch.ones(1, 1, 5, 5, dtype=torch.float64, requires_grad=True)
    out = image
    for kind in kinds:
        mask = torch.zeros(1, 1, 3, 3, dtype=torch.float64)
        for down, right in reference.seen(kind):
            mask[0, 0, 1 + down, 1 + right] = 1.0
        out = torch.nn.functional.conv2d(out, mask, padding=1)
    (gradient,) = torch.autograd.grad(out[0, 0, 2, 2], image)
    seen = frozenset((int(r) + 1, int(c) + 1) for r, c in gradient[0, 0].nonzero())
    assert listed(seen) == listed(frozenset(reference.receptive_field(kinds)))


@pytest.mark.parametrize("diagonal", [True, False])
def test_an_affine_map_of_a_normal_variable_is_normal(reference, diagonal):
    rng = np.random.default_rng(3)
    matrix = np.diag(rng.uniform(0.5, 2, 3)) if diagonal else rng.normal(size=(3, 3))
    mu, points = rng.normal(size=3), rng.normal(size=(50, 3))
    pushed = reference.pushed_density(points, mu, matrix)
    np.testing.assert_allclose(pushed, reference.normal_density(points, mu, matrix @ matrix.T), rtol=1e-10)


def test_the_importance_weighted_bounds_are_in_order(reference):
    rng = np.random.default_rng(4)
    for _ in range(20):
        joint, q = rng.dirichlet([0.5] * 4) * 0.3, rng.dirichlet([1.0] * 4)
        bounds = [reference.importance_bound(joint, q, k) for k in (1, 2, 3, 4)]
        assert bounds == sorted(bounds)
        assert bounds[-1] <= np.log(joint.sum())
        np.testing.assert_allclose(bounds[0], (q * np.log(joint / q)).sum())


def test_disjoint_densities_are_log_2_apart(reference):
    rng = np.random.default_rng(5)
    p, q = np.concatenate([rng.dirichlet([1] * 3), [0, 0]]), np.concatenate([[0] * 3, rng.dirichlet([1] * 2)])
    assert reference.jensen_shannon(p, q) == pytest.approx(np.log(2), abs=1e-14)
    assert reference.jensen_shannon(p, p) == pytest.approx(0, abs=1e-14)


def test_sympy_finds_the_best_classifier_and_its_ratio(reference):
    sympy = pytest.importorskip("sympy")
    f0, f1 = sympy.symbols("f_0 f_1", positive=True)
    best = reference.best_classifier()
    assert sympy.simplify(best - f1 / (f0 + f1)) == 0
    assert sympy.simplify(f0 * best / (1 - best) - f1) == 0


def test_sympy_finds_the_conjugate_and_the_biconjugate(reference):
    sympy = pytest.importorskip("sympy")
    u, t = sympy.Symbol("u", positive=True), sympy.Symbol("t", real=True)
    value, best, bend = reference.conjugate()
    assert sympy.simplify(value - sympy.exp(t - 1)) == 0
    assert sympy.simplify(best - sympy.exp(t - 1)) == 0
    assert bend.is_negative
    value, best, bend = reference.biconjugate()
    assert sympy.simplify(value - u * sympy.log(u)) == 0
    assert sympy.simplify(best - 1 - sympy.log(u)) == 0
    assert bend.is_negative


def test_sympy_proves_that_the_second_bound_is_the_greater_one():
    sympy = pytest.importorskip("sympy")
    y = sympy.Symbol("y", positive=True)
    gap = y - 1 - sympy.log(y)
    assert sympy.solve(sympy.diff(gap, y), y) == [1]
    assert sympy.diff(gap, y, 2).is_positive
    assert gap.subs(y, 1) == 0


# --- what holds and what does not in these worlds

HOLDS = [
    pytest.param("scaled", r"z_{0,k} = \frac{g_k-\mu_k}{\sigma_k}", id="entries-of-a-vector"),
    pytest.param("scaled", r"z_0 = \frac{g-\mu}{\sigma}", id="a-vector-divided-entry-by-entry"),
    pytest.param("scaled", r"\mathcal{N}(g; \mu, \mathrm{diag}(\sigma^2)) = q(g(z_0))", id="named-normal-density"),
    pytest.param("scaled", r"\frac{\partial g}{\partial z_0} = \mathrm{diag}(\sigma)", id="jacobian"),
    pytest.param("linear", r"\log q(g) = \log q(z_0) - \log|\det S|", id="log-density"),
    pytest.param("linear", r"q(g) = q(S^{-1}(g-\mu)) \frac{1}{|S|}", id="bars-for-the-determinant"),
    pytest.param("linear", r"z_0^\top z_0 = (g-\mu)^\top (SS^\top)^{-1} (g-\mu)", id="quadratic-form"),
    pytest.param("evidence", r"\log p_\theta(x) + B(\theta) \le \log p_\theta(x)", id="b-is-not-positive"),
    pytest.param("amortised", r"KL(q_i^*(z)\|p(z|x_i)) \le KL(q_{\phi^*}(z|x_i)\|p(z|x_i))", id="amortised"),
    pytest.param("copies", r"\mathbb{E}_{h_{1:K}\sim q}[\log\frac1K\sum_j\frac{p(x,h_j)}{q(h_j)}] = \mathcal{L}_K", id="l-k"),
    pytest.param("copies", r"\mathcal{L}_K = \int \prod_{k=1}^K q(h_k) \log \frac1K\sum_{j=1}^K \frac{p(x,h_j)}{q(h_j)} dh_1 dh_2 dh_3", id="l-k-as-an-integral"),
    pytest.param("copies", r"\mathcal{L}_1 \le \mathcal{L}_K \le \log p(x)", id="both-bounds"),
    pytest.param("classifier", r"f_1(x) = f_0(x)\frac{D^*(x)}{1-D^*(x)}", id="ratio"),
    pytest.param("conjugate", r"\sup_{u>0} \{ut-u\log u\} = e^{t-1}", id="conjugate"),
    pytest.param("biconjugate", r"\sup_t \{tu-e^{t-1}\} = u\log u", id="biconjugate"),
    pytest.param("variational", r"KL(p\|q) = \sup_T \mathbb{E}_p[T]-\mathbb{E}_q[e^{T-1}]", id="supremum-over-functions"),
    pytest.param("variational", r"KL(p\|q) \ge R_1[T]", id="first-bound"),
    pytest.param("tilted", r"KL(p\|q) \ge R_2[T]", id="second-bound"),
    pytest.param("tilted", r"p = rq \iff T = \log\frac{p}{q} + c", id="equality-if-and-only-if"),
    pytest.param("tilted", r"T(x) = \log\frac{p(x)}{q(x)} + c", id="the-best-t-up-to-a-constant"),
    pytest.param("apart", r"p(x) q(x) = 0", id="disjoint"),
    pytest.param("apart", r"JSD(p,q) = \frac12 \int p \log 2 + \frac12 \int q \log 2", id="integrals-without-dx"),
]  # fmt: skip
FAILS = [
    pytest.param("scaled", r"q(g) = \frac{q(z_0)}{\det\mathrm{diag}(\sigma^2)}", id="determinant-squared"),
    pytest.param("linear", r"q(g) = \mathcal{N}(g; \mu, S^\top S)", id="wrong-order"),
    pytest.param("linear", r"q(g) = \frac{q(z_0)}{\det S}", id="determinant-without-bars"),
    pytest.param("evidence", r"B(\theta) = KL(q(z|x)\|p_\theta(z|x))", id="b-with-the-wrong-sign"),
    pytest.param("evidence", r"B(\theta) = -KL(p_\theta(z|x)\|q(z|x))", id="b-exchanged"),
    pytest.param("amortised", r"KL(q_i^*(z)\|p(z|x_i)) \ge KL(q_{\phi^*}(z|x_i)\|p(z|x_i))", id="amortised"),
    pytest.param("copies", r"\mathcal{L}_K \ge \log p(x)", id="jensen-reversed"),
    pytest.param("copies", r"\mathcal{L}_K \le \mathcal{L}_1", id="order-of-bounds"),
    pytest.param("copies", r"\log\mathbb{E}[\sum_{j=1}^K\frac{p(x,h_j)}{q(h_j)}] = \log p(x)", id="mean-lost"),
    pytest.param("classifier", r"f_0(x) = f_1(x)\frac{D^*(x)}{1-D^*(x)}", id="exchanged"),
    pytest.param("conjugate", r"\sup_{u} \{ut-u\log u\} = e^{t}", id="conjugate"),
    pytest.param("biconjugate", r"t^* = \log u - 1", id="biconjugate"),
    pytest.param("variational", r"KL(p\|q) = \sup_T \mathbb{E}_p[T]-\mathbb{E}_q[e^{T}]", id="exponent"),
    pytest.param("tilted", r"R_1[T] \ge R_2[T]", id="order-of-bounds"),
    pytest.param("tilted", r"p(x) = r(x)", id="r-is-no-density"),
    pytest.param("apart", r"JSD(p,q) = \log 4", id="log-4"),
]


def verdicts(world, formula):
    return [claim.verdict for claim in judged(observed_answer(f"$${formula}$$", world, SEED))]


@pytest.mark.parametrize(("world", "formula"), HOLDS)
def test_a_right_line_holds(worlds, world, formula):
    assert set(verdicts(worlds[world], formula)) == {"holds"}


@pytest.mark.parametrize(("world", "formula"), FAILS)
def test_a_wrong_line_fails(worlds, world, formula):
    assert "fails" in verdicts(worlds[world], formula)


def test_a_line_that_says_where_an_optimum_lies_is_left_open(worlds):
    line = r"D^*(x) = \arg\max_D \mathbb{E}_{f_1}[\log D] + \mathbb{E}_{f_0}[\log(1-D)]"
    (claim,) = judged(observed_answer(f"$${line}$$", worlds["classifier"], SEED))
    assert (claim.verdict, claim.why) == ("undecided", "it says where an optimum lies")


def test_a_milestone_may_stand_within_a_side(worlds):
    observed = observed_answer(
        r"$$B(\theta) = \int q(z|x)\log\frac{p_\theta(z|x)}{q(z|x)}dz$$", worlds["evidence"], SEED
    )
    sought = evaluated({"m": r"\log\frac{p_\theta(z|x)}{q(z|x)}"}, worlds["evidence"], SEED)
    assert any(matches(side, under("m", sought)) for side in cases(under("side", observed)).values())


# --- the examples


def written(folder):
    for path in sorted(folder.iterdir()):
        if path.suffix == ".ipynb":
            import nbformat

            return "\n\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown")
        return path.read_text("utf-8")
    raise AssertionError(f"{folder.name} has no answers")


def graded(item, answers, known):
    """The outcome of an item, by both halves of its kind in this process."""
    try:
        call = item.check.told(reference=False) | {"seed": SEED}
        observed = Observation("ok", item.check.probe(Code({}, answers, {}), call, {}))
    except Missing:
        return 0.0, "missing"
    except Unread:
        return None, "unread"
    if item.id not in known:
        told = item.check.told(reference=True)
        known[item.id] = Expected({}, evaluated(told["formulas"], told["world"], SEED) if "formulas" in told else {})
    outcome = item.check.compare(known[item.id], observed)
    return outcome.credit, outcome.note


STUDENTS = yaml.safe_load((EXAMPLES / "golden.yaml").read_text("utf-8"))["students"]
KNOWN: dict[str, Expected] = {}


@pytest.mark.parametrize("student", STUDENTS)
def test_an_example_gets_what_a_person_says(items, student):
    answers = split_answers(written(EXAMPLES / student), tuple(items)).parts
    entry = STUDENTS[student]
    wrong = []
    for item in items.values():
        deserved = entry.get("items", {}).get(item.id, entry["default"])
        credit, note = graded(item, answers, KNOWN)
        if credit != deserved["credit"] or note != deserved.get("note", note):
            wrong.append(f"{item.id}: deserves {deserved}, got {credit} {note}")
    assert wrong == []


def test_no_mistake_of_an_example_costs_nothing():
    costs = [
        deserved["credit"]
        for entry in STUDENTS.values()
        for deserved in entry.get("items", {}).values()
        if "note" in deserved and deserved["credit"] is not None
    ]
    assert costs
    assert max(costs) < 1


def test_every_world_is_tried(worlds):
    tried = {parameter.values[0] for parameter in (*HOLDS, *FAILS)}
    assert tried == set(worlds)
