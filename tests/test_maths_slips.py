"""What a wrong claim or answer is told: the likely slip; what a scan may have misread; what sixty digits decide."""

import numpy as np
import pytest

from grader.checks.derivation import Derivation
from grader.checks.expression import Expression
from grader.maths import evaluated, judged, likely, observed_answer
from grader.maths.digits import exact
from grader.maths.misread import READINGS, misreadings
from grader.maths.offsets import amount, offset
from grader.maths.plain import plain
from grader.maths.read import read
from grader.maths.setting import setting
from grader.maths.slips import MOST, about, undone
from grader.model import Expected, Observation
from grader.values import under

VAE = {
    "spaces": {"x": 3, "z": 4},
    "joint": {"p": ["x", "z"]},
    "densities": {"q(z|x)": "free"},
    "silent": ["\\theta", "\\phi"],
}
NORMAL = {
    "spaces": {"x": 1, "z": "line"},
    "densities": {"q(z|x)": r"\mathcal{N}(z; \mu_q, \sigma^2)", "p(z)": r"\mathcal{N}(z; \mu_p, \sigma^2)"},
    "scalars": {r"\mu_q": "real", r"\mu_p": "real", r"\sigma": "positive"},
}
NUMBERS = {
    "scalars": {"a": "real", "b": "positive", "u": [0.6, 1.4], "\\sigma": "positive", "K": 3},
    "matrices": {"S": 3},
    "vectors": {"w": 3},
    "arrays": {"y_i": "positive"},
    "indices": {"i": 3},
}


def judged_of(formula, world):
    return judged(observed_answer(f"$${formula}$$", world, 1))


def named(formula, world):
    claim = judged_of(formula, world)[-1]
    assert claim.verdict == "fails", formula
    return (claim.note, *claim.others)


SLIPS = [
    pytest.param(r"a - b = -a - b", NUMBERS, "sign", id="sign-of-a-term"),
    pytest.param(r"\log b = -\log b", NUMBERS, "sign", id="sign-of-the-whole"),
    pytest.param(r"(a-b)^2 = a^2 - 2ab", NUMBERS, "term", id="missing-term"),
    pytest.param(r"(a-b)^2 = a^2 - ab + b^2", NUMBERS, "factor", id="halved-term"),
    pytest.param(r"(a-b)^2 = a^2 - 4ab + b^2", NUMBERS, "factor", id="doubled-term"),
    pytest.param(r"\frac{(a-b)^2}{2\sigma^2} = \frac{(a-b)^2}{2\sigma}", NUMBERS, "exponent", id="lost-exponent"),
    pytest.param(r"\log \sigma^2 = \log\sigma", NUMBERS, "exponent", id="lost-exponent-in-log"),
    pytest.param(
        r"\log(ab^2) - \log a = 2b", NUMBERS | {"scalars": {"a": "positive", "b": "positive"}}, "log", id="log"
    ),
    pytest.param(r"\frac{a}{b} = \frac{b}{a}", NUMBERS, "upside_down", id="upside-down"),
    pytest.param(r"e^{a-b} = e^{a}", NUMBERS, "missing_term", id="lost-in-an-exponent"),
    pytest.param(r"a(a + b) = a a + b", NUMBERS, "brackets", id="brackets"),
    pytest.param(r"\log(b \sigma) = \log(b) \sigma", NUMBERS, "brackets", id="brackets-around-log"),
    pytest.param(r"\frac1K \sum_{i=1}^K y_i = \sum_{i=1}^K y_i", NUMBERS, "mean", id="sum-for-mean"),
    pytest.param(r"\sum_{i=1}^3 y_i = \sum_{i=2}^3 y_i", NUMBERS, "index", id="index-off-by-one"),
    pytest.param(r"\prod_{i=1}^3 y_i = \sum_{i=1}^3 y_i", NUMBERS, "sum_for_product", id="sum-for-product"),
    pytest.param(r"w^\top S w = w^\top S^{-1} w", NUMBERS, "inverse", id="inverse"),
    pytest.param(r"S^\top w = S w", NUMBERS, "transpose", id="transpose"),
    pytest.param(r"\sqrt{\det(S S^\top)} = \det(S S^\top)", NUMBERS, "root", id="determinant-without-root"),
    pytest.param(r"\sum_z p(x,z) = \sum_z p(z|x) p(z)", VAE, "conditioning", id="conditioning-turned"),
    pytest.param(r"p(x|z) p(z) = p(x|z)", VAE, "joint", id="conditional-for-joint"),
    pytest.param(r"\sum_z q(z|x) \log\frac{q(z|x)}{p(z)} = KL(p(z)\|q(z|x))", VAE, "kl_arguments", id="kl-arguments"),
    pytest.param(r"\mathbb{E}_{q(z|x)}[\log p(x|z)] = \sum_z \log p(x|z)", VAE, "weight", id="weight-lost-in-a-sum"),
    pytest.param(
        r"\sum_z p(z|x) \log p(x|z) = \mathbb{E}_{q(z|x)}[\log p(x|z)]", VAE, "expectation", id="other-density"
    ),
    pytest.param(r"\log \sum_z q(z|x) p(x|z) \le \sum_z q(z|x) \log p(x|z)", VAE, "relation", id="jensen-turned"),
    pytest.param(r"\log \sum_z q(z|x) p(x|z) = \sum_z q(z|x) \log p(x|z)", VAE, "jensen", id="equality-for-a-bound"),
    pytest.param(r"KL(q(z|x)\|p(z)) = \frac{(\mu_q-\mu_p)^2}{2\sigma}", NORMAL, "exponent", id="sigma-for-its-square"),
    pytest.param(r"KL(q(z|x)\|p(z)) = \frac{\mu_q-\mu_p}{2\sigma^2}", NORMAL, "exponent", id="lost-square"),
]


@pytest.mark.parametrize(("formula", "world", "note"), SLIPS)
def test_slip_is_among_the_first_three_named(formula, world, note):
    assert note in named(formula, world)


@pytest.mark.parametrize(
    ("formula", "world", "said"),
    [
        pytest.param(
            r"\frac{(a-b)^2}{2\sigma^2} = \frac{(a-b)^2}{2\sigma}",
            NUMBERS,
            "it would hold with σ² for σ",
            id="exponent",
        ),
        pytest.param(
            r"\log b = \log b - \log 2", NUMBERS, "the right side is off by the constant −log 2", id="constant"
        ),
        pytest.param(
            r"\log \sum_z q(z|x) p(x|z) \le \sum_z q(z|x) \log p(x|z)",
            VAE,
            "it holds with ≥ for ≤",
            id="relation",
        ),
        pytest.param(
            r"\sum_z p(x,z) = \sum_z p(z|x) p(z)", VAE, "it would hold with p(x|z) for p(z|x)", id="conditioning"
        ),
    ],
)
def test_slip_is_said_in_one_sentence(formula, world, said):
    assert judged_of(formula, world)[-1].slip == said


def test_derivation_names_the_slip_in_its_sentence():
    check = Derivation(NUMBERS, ends=r"\frac{(a-b)^2}{2\sigma^2}")
    observed = observed_answer(r"$$\frac{(b-a)^2}{2\sigma^2} = \frac{(a-b)^2}{2\sigma}$$", NUMBERS, 1)
    expected = evaluated({"ends": check.ends}, NUMBERS, 1, slips=("ends",))
    outcome = check.compare(Expected({}, expected), Observation("ok", observed))
    assert outcome.sentence.startswith("the step in line 1 does not hold: it would hold with σ² for σ")
    assert outcome.note == "exponent"


def wrong_answer(text, answer, world):
    check = Expression(world, answer)
    call = check.told(reference=True)
    expected = evaluated(call["formulas"], call["world"], 1, slips=call["formulas"])
    observed = observed_answer(f"$${text}$$", call["world"], 1)
    return check.compare(Expected({}, expected), Observation("ok", observed))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        pytest.param(r"\frac{(a-b)^2}{2\sigma}", "exponent", id="exponent"),
        pytest.param(r"\frac{(a-b)^2}{2\sigma^2} - \log 2", "constant", id="constant"),
        pytest.param(r"-\frac{(a-b)^2}{2\sigma^2}", "sign", id="sign"),
        pytest.param(r"\frac{(a-b)^2}{\sigma^2}", "number", id="factor"),
        pytest.param(r"\frac{(a+b)^2}{2\sigma^2}", "sign", id="sign-within"),
    ],
)
def test_wrong_answer_is_told_its_slip(text, note):
    outcome = wrong_answer(text, r"\frac{(a-b)^2}{2\sigma^2}", NUMBERS)
    assert outcome.credit == 0.0
    assert outcome.note in (note, "factor")
    assert outcome.sentence.startswith("the formula does not have the right value: ")


def test_right_answer_is_told_nothing():
    assert wrong_answer(r"\frac{(b-a)^2}{2\sigma^2}", r"\frac{(a-b)^2}{2\sigma^2}", NUMBERS).credit == 1.0


def test_slips_of_an_answer_come_from_the_box_and_may_say_anything_without_harm():
    values = observed_answer(r"$$a + b$$", NUMBERS, 1)
    side = dict(under("side/0", values)) | {"variants/said": np.array("nonsense\nx\ty\tz\n1\tn")}
    expected = evaluated({"answer": "a - b"}, NUMBERS, 1)
    assert all(candidate.note != "y" for candidate in likely(side, [under("answer", expected)]))


# --- how values are related


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(lambda v, _: -v, "the sign of the whole is turned", id="sign"),
        pytest.param(lambda v, _: v + 0.5, "off by the constant ½", id="half"),
        pytest.param(lambda v, _: v - np.log(2 * np.pi), "off by the constant −log(2π)", id="log-two-pi"),
        pytest.param(lambda v, _: 2 * v, "off by the factor 2", id="factor"),
        pytest.param(lambda v, s: -2 * s * s * v, "off by the factor −2·σ²", id="monomial"),
        pytest.param(lambda v, s: v / s, "off by the factor σ⁻¹", id="inverse-monomial"),
        pytest.param(lambda v, s: v + 0.5 * np.log(s), "off by the term +½ log σ", id="linear-fit"),
        pytest.param(lambda v, _: 1 / v, "the whole is upside down", id="inverse"),
        pytest.param(lambda v, _: v * v, "the whole is squared", id="power"),
        pytest.param(lambda v, _: np.exp(v), "a logarithm is missing around the whole", id="exp"),
    ],
)
def test_relation_of_two_values_is_found(change, said):
    rng = np.random.default_rng(0)
    sigma, value = rng.uniform(0.7, 1.6, 72), rng.normal(3.0, 1.0, (72, 2))
    found = offset(change(value, sigma[:, None]), value, {"\\sigma": sigma})
    assert found is not None
    assert found.said == said


def test_two_values_that_have_nothing_in_common_have_no_relation():
    rng = np.random.default_rng(0)
    assert offset(rng.normal(size=(72, 2)), rng.normal(size=(72, 2)), {"\\sigma": rng.uniform(1, 2, 72)}) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.5, "½"), (-1.0, "−1"), (np.log(2), "log 2"), (2 * np.pi, "2π"), (0.1234567, "0.123457")],
)
def test_amount_is_said_as_a_person_would(value, said):
    assert amount(value) == said


# --- repairs


def test_repairs_are_bounded_and_the_smallest_come_first():
    told = setting(NUMBERS)
    node = read(r"\sum_{i=1}^3 \frac{(y_i - a)^2}{2\sigma^2} + \log b - \frac12 \log(2\pi\sigma^2)", told.notation())
    slips = undone(node, about(told, node))
    assert 100 < len(slips) <= MOST
    assert [slip.size for slip in slips] == sorted(slip.size for slip in slips)


def test_formula_is_said_in_plain_signs():
    told = setting(NORMAL)
    node = read(r"\frac{(\mu_q - \mu_p)^2}{2\sigma^2}", told.notation())
    assert plain(node) == "(μ_q − μ_p)²/(2 σ²)"


# --- scans

CHAIN = (
    r"KL(q(z|x)\|p(z)) = \frac{1}{2\sigma^2}(\mu_q^2 - 2\mu_q\mu_p + \mu_p^2)"
    r" = \frac{1}{2\sigma^2}(\mu_q^2 - 2\mu_q\mu_p + \mu_q^2)"
)


def test_line_that_one_misread_character_explains_goes_to_a_person():
    plainly = judged_of(CHAIN, NORMAL)[-1]
    scanned = judged_of(CHAIN, NORMAL | {"scanned": True})[-1]
    assert plainly.verdict == "fails"
    assert scanned.verdict == "undecided"
    assert scanned.why.startswith("read this line as ")
    assert "μ_p²" in scanned.why


def test_misread_line_does_not_reduce_the_credit_where_all_holds_after_the_reading():
    check = Derivation(NORMAL, ends=r"\frac{(\mu_q - \mu_p)^2}{2\sigma^2}", scanned=True)
    world = check.told(reference=False)["world"]
    expected = evaluated({"ends": check.ends}, world, 1)
    outcome = check.compare(Expected({}, expected), Observation("ok", observed_answer(f"$${CHAIN}$$", world, 1)))
    assert outcome.credit == 1.0


def test_square_that_slid_out_of_a_root_is_read_back():
    formula = r"q(z|x) = \frac{1}{\sqrt{2\pi}\sigma^2} \exp(-\frac{(z-\mu_q)^2}{2\sigma^2})"
    assert judged_of(formula, NORMAL)[-1].verdict == "fails"
    assert judged_of(formula, NORMAL | {"scanned": True})[-1].verdict == "undecided"


def test_at_most_six_readings_of_a_line_are_tried():
    told = setting(NORMAL)
    node = read(r"\mu_p + \mu_q + \mu_p \mu_q + \frac{\mu_p}{\mu_q} + \mu_p^2 + \mu_q^3 + \mu_p", told.notation())
    assert len(misreadings(node, told)) == READINGS


def test_wrong_line_that_no_character_explains_still_fails_in_a_scan():
    formula = r"KL(q(z|x)\|p(z)) = \frac{(\mu_q - \mu_p)^2}{5\sigma^2}"
    assert judged_of(formula, NORMAL | {"scanned": True})[-1].verdict == "fails"


# --- sixty digits


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        pytest.param(r"(\frac{b}{9})^{300} = (\frac{b}{9})^{299}", "fails", id="both-next-to-nothing"),
        pytest.param(r"(\frac{b}{9})^{300} = (\frac{b}{9})^{299} \frac{b}{9}", "holds", id="equal-next-to-nothing"),
        pytest.param(r"e^b = e^b (1 + 0.00000001 b)", "fails", id="small-but-true-difference"),
        pytest.param(r"10^{10} (e^b - 1) - 10^{10} e^b = -10^{10}", "holds", id="rounding"),
        pytest.param(r"(u-b)^{6000} = (u-b)^{5999}", "undecided", id="too-large-an-exponent"),
        pytest.param(r"(\frac{u}{7})^{390} = (\frac{u}{7})^{389}", "fails", id="nearly-underflow"),
    ],
)
def test_sixty_digits_tell_rounding_from_a_difference(formula, verdict):
    assert judged_of(formula, NUMBERS)[0].verdict == verdict


def test_numbers_of_sixty_digits_carry_them():
    third = exact(np.array([1.0]))[0] / 3
    assert abs(third * 3 - 1) < 1e-55


# --- inequalities


def test_inequality_that_fails_only_next_to_a_corner_is_refuted():
    world = {"scalars": {"a": [0, 1], "b": [0, 1]}}
    assert judged_of(r"a b (1-a)(1-b) \le 0.0624", world)[0].verdict == "fails"


def test_inequality_that_holds_is_not_refuted_by_the_descent():
    world = {"scalars": {"a": [0, 1], "b": [0, 1]}}
    assert judged_of(r"a b (1-a)(1-b) \le 0.0626", world)[0].verdict == "holds"


def test_at_least_two_thousand_worlds_are_asked_for_an_inequality():
    values = observed_answer(r"$$\log p(x) \ge \sum_z q(z|x) \log\frac{p(x,z)}{q(z|x)}$$", VAE, 1)
    assert values["claim/0/many/left"].shape[0] >= 2_000
