"""Each kind of question accepts the reference and honest alternatives, and names each planted mistake."""

import math
import re
from contextlib import suppress
from types import ModuleType

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from grader.checks import KINDS
from grader.checks.choice import Choice, chosen
from grader.checks.close import Close
from grader.checks.code import Call, Code, Missing, Unread
from grader.checks.draws import Draws
from grader.checks.gradient import Gradient
from grader.checks.module import Class, Module
from grader.checks.noise import LEVEL, TESTS
from grader.checks.number import Number, read_number
from grader.checks.written import MAX_ANSWER, Written, claim
from grader.inputs import Recipe, binary, normal, probability, uniform
from grader.model import Expected, Grid, Mistake, Observation, Plot, Table
from grader.values import Frame, cases, decode, encode

NOTHING = Expected({}, {})


def code(source, answers=None):
    module = ModuleType("solution")
    exec("import math\nimport random\nimport numpy as np\nimport torch\nfrom torch import nn\n" + source, vars(module))
    return Code({"solution": module}, answers or {}, {})


def told(check, *, reference, seed=5):
    return check.told(reference=reference) | {"seed": seed}


def crossed(values):
    """The values as they arrive on the other side of the wall."""
    return decode(encode(Frame(1, "answer", values)), max_blob=1 << 26).values


def expect(check, reference, given, mistakes=()):
    values = crossed(check.probe(code(reference), told(check, reference=True), given))
    return Expected(given, values, mistakes)


def observe(check, student, given):
    return Observation("ok", crossed(check.probe(code(student), told(check, reference=False), given)))


def rows(*table):
    """Parameters for pytest, each named by its place and its first short word."""
    words = [min((str(value) for value in row[1:] if value), key=len, default="right") for row in table]
    return [pytest.param(*row, id=f"{k}-{word}") for k, (row, word) in enumerate(zip(table, words, strict=True))]


def verdict(check, reference, student, given, mistakes=()):
    return check.compare(expect(check, reference, given, mistakes), observe(check, student, given))


def sample(recipe):
    return recipe.sample(np.random.default_rng(11))


# ---- all kinds


def test_the_check_of_every_kind_can_be_read_from_yaml():
    assert {name: type(TypeAdapter(kind).json_schema()) for name, kind in KINDS.items()} == dict.fromkeys(KINDS, dict)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_in_its_docstring_what_it_asks(kind):
    assert KINDS[kind].__doc__
    assert not KINDS[kind].__doc__.startswith(kind.capitalize() + "(")


# ---- close

KL = "def kl(mu, logvar): return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)"
KL_CALL = Call("kl", ("mu", "logvar"), ("kl_loss",), (("logvar", "mu"),), {"mu": ("mean",), "logvar": ("log_var",)})
GAUSSIAN = sample(Recipe(mu=normal("B", "D"), logvar=normal("B", "D")))


def kl(body):
    return f"def kl(mu, logvar): return {body}"


@pytest.mark.parametrize(
    "student",
    [
        pytest.param(KL, id="reference"),
        pytest.param(kl("-0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(dim=-1)"), id="other form"),
        pytest.param(kl("(mu**2 + logvar.exp() - 1 - logvar).double().sum(1) / 2"), id="float64"),
        pytest.param(kl("(mu**2 + logvar.exp() - 1 - logvar).detach().numpy().sum(1) / 2"), id="numpy"),
        pytest.param(KL.replace("def kl", "def kl_loss"), id="other name"),
        pytest.param(KL.replace("(mu, logvar)", "(log_var, mean)").replace("mu**2", "mean**2").replace("logvar.exp() - 1 - logvar", "log_var.exp() - 1 - log_var"), id="other order, recognised by names"),
        pytest.param(KL.replace("mu, logvar)", "mu, logvar, beta=1.0)"), id="a default argument"),
        pytest.param("kl = lambda *a: 0.5 * (a[0]**2 + a[1].exp() - 1 - a[1]).sum(1)", id="any number of arguments"),
    ],
)  # fmt: skip
def test_close_accepts_what_is_right(student):
    outcome = verdict(Close(KL_CALL), KL, student, GAUSSIAN)
    assert (outcome.credit, outcome.sentence) == (1.0, "agrees with the reference in all 8 cases")


@pytest.mark.parametrize(
    ("body", "note", "sentence"),
    rows(
        ("-0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)", "sign", "the sign is wrong: every value is −1 times the expected one"),
        ("(mu**2 + logvar.exp() - 1 - logvar).sum(1)", "factor", "off by a factor: every value is 2 times the expected one"),
        ("0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(1)", "mean_for_sum", "a mean over all other dimensions where a sum is expected"),
        ("0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1) + 3", "offset", "off by a constant: every value is 3 too large"),
        ("0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1) * 0", "zero", "every value is zero"),
        ("0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1, keepdim=True)", "extra_dimension", "shape is (2, 1), expected (2,): a dimension of size 1 is left over"),
        ("0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum()", "reduced_too_far", "shape is (), expected (3,): the batch was summed or averaged as well"),
        ("0.5 * (mu**2 + logvar.exp() - 1 - logvar)", "not_reduced", "shape is (2, 3), expected (2,): the sum over the other dimensions is missing"),
        ("(0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).long()", "wrong_dtype", "dtype is int64, expected a floating one such as float32"),
        ("0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1) / 0", "not_finite", "1 of 1 entries not finite; the first at [0] is inf"),
        ("None", "wrong_type", "returned nothing (None), expected an array of shape (1,)"),
        ("(mu, logvar)", "wrong_type", "returned a tuple of 2, expected an array of shape (1,)"),
        ("'42'", "wrong_type", "returned a str, expected an array of shape (1,)"),
        ("(0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).where(mu[:, 0] < 1, torch.tensor(0.))", "wrong_values", "entries differ, the largest at "),
        ("0.5 * (mu.mul_(mu) + logvar.exp() - 1 - logvar).sum(1)", "changes_input", "the values are right, but the function changes its input mu in place"),
        ("0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1) if len(mu) < 32 else 1 / 0", "raises", "raises ZeroDivisionError: division by zero for inputs of shape mu (32, 20), logvar (32, 20)"),
    ),
)  # fmt: skip
def test_close_names_the_mistake(body, note, sentence):
    outcome = verdict(Close(KL_CALL), KL, kl(body), GAUSSIAN)
    assert (outcome.credit, outcome.note) == (0.0, note)
    assert sentence in outcome.sentence


def test_close_names_a_mean_over_the_batch():
    given = sample(Recipe(x=normal("B", "D")))
    call = Call("loss", ("x",))
    outcome = verdict(
        Close(call), "def loss(x): return (x**2).sum()", "def loss(x): return (x**2).sum() / len(x)", given
    )
    assert (outcome.note, outcome.sentence) == ("mean_for_sum", "a mean over the batch where a sum is expected")
    outcome = verdict(Close(call), "def loss(x): return (x**2).mean()", "def loss(x): return (x**2).sum()", given)
    assert (outcome.note, outcome.sentence) == ("sum_for_mean", "a sum over all entries where a mean is expected")


def test_close_names_a_transposed_result_and_a_broadcast_one():
    given = sample(Recipe(x=normal("B", "D"), y=normal("B", "D")))
    outcome = verdict(Close(Call("f", ("x", "y"))), "def f(x, y): return x + y", "def f(x, y): return (x + y).T", given)
    assert (outcome.note, outcome.sentence) == (
        "transposed",
        "shape is (3, 2), expected (2, 3): it is transposed",
    )
    row_against_column = "def f(x, y): return x.sum(1) - y.sum(1, keepdim=True)"
    outcome = verdict(Close(Call("f", ("x", "y"))), "def f(x, y): return (x - y).sum(1)", row_against_column, given)
    assert (outcome.note, outcome.sentence) == (
        "broadcast",
        "shape is (2, 2), expected (2,): a column was broadcast against a row",
    )


def test_close_accepts_a_declared_factor_only_if_one_holds_for_all_cases():
    check = Close(KL_CALL, factors=(1.0, 2.0))
    assert verdict(check, KL, kl("(mu**2 + logvar.exp() - 1 - logvar).sum(1)"), GAUSSIAN).credit == 1.0
    mixed = kl("(1 + (len(mu) > 3)) * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)")
    assert verdict(check, KL, mixed, GAUSSIAN).credit == 0.0


def test_close_names_a_known_mistake_by_its_own_answer():
    wrong = kl("0.5 * (mu**2 + logvar**2 - 1 - logvar).sum(1)")
    values = Close(KL_CALL).probe(code(wrong), told(Close(KL_CALL), reference=True), GAUSSIAN)
    known = (Mistake("logvar_squared", "logvar is squared", values),)
    outcome = verdict(Close(KL_CALL), KL, wrong, GAUSSIAN, known)
    assert (outcome.note, outcome.sentence) == ("logvar_squared", "logvar is squared")


def test_nan_never_matches():
    nan = "def f(x): return x * float('nan')"
    outcome = verdict(Close(Call("f", ("x",))), nan, nan, sample(Recipe(x=normal("B"))))
    assert outcome.credit == 0.0


def test_infinity_matches_only_itself():
    given = sample(Recipe(x=binary("B")))
    check = Close(Call("f", ("x",)))
    assert verdict(check, "def f(x): return torch.log(x * 0)", "def f(x): return -1 / (x * 0)", given).credit == 1.0
    assert verdict(check, "def f(x): return torch.log(x * 0)", "def f(x): return 1 / (x * 0)", given).credit == 0.0


def test_close_shows_a_small_failing_example_with_numbers():
    outcome = verdict(Close(KL_CALL), KL, kl("(mu**2 + logvar.exp() - 1 - logvar).sum(1)"), GAUSSIAN)
    table = outcome.evidence[0]
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["mu", "logvar", "got", "expected"]


def test_a_function_with_other_parameters_says_both_lists():
    check = Close(KL_CALL)
    with pytest.raises(TypeError) as raised:
        observe(check, "def kl(mu): return mu", GAUSSIAN)
    assert str(raised.value) == "takes (mu), but is called with (mu, logvar)"


def test_a_missing_function_is_reported_with_the_names_that_were_found():
    with pytest.raises(Missing) as raised:
        observe(Close(KL_CALL), "def kld(mu, logvar): pass\nkld.__module__ = 'solution'", GAUSSIAN)
    assert str(raised.value) == "no `kl` was found; your files define kld (did you mean `kld` to be it?)"


def test_what_is_no_function_is_called_so():
    with pytest.raises(TypeError) as raised:
        observe(Close(KL_CALL), "kl = 3", GAUSSIAN)
    assert str(raised.value) == "kl is not a function but a value of type int"


@pytest.mark.parametrize(
    "returned",
    [
        pytest.param("torch.zeros(1).expand(10**10)", id="lazy"),
        pytest.param("np.broadcast_to(np.zeros(1), (10**10,))", id="numpy lazy"),
    ],
)
def test_a_giant_result_is_refused_before_it_is_copied(returned):
    with pytest.raises(MemoryError, match=r"^returned \d+ MiB in one array, the limit is 48 MiB$"):
        observe(Close(KL_CALL), kl(returned), GAUSSIAN)


def test_a_tensor_subclass_cannot_choose_what_is_seen():
    liar = """
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        raise RuntimeError("never asked")
def kl(mu, logvar): return (0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).as_subclass(Liar)
"""
    assert verdict(Close(KL_CALL), KL, liar, GAUSSIAN).credit == 1.0


def test_truth_values_and_integers_are_compared_too():
    given = sample(Recipe(x=normal("B", "D")))
    check = Close(Call("f", ("x",)))
    positive = "def f(x): return x > 0"
    assert verdict(check, positive, positive, given).credit == 1.0
    assert verdict(check, positive, "def f(x): return (x > 0).long()", given).credit == 1.0
    assert verdict(check, positive, "def f(x): return x <= 0", given).note == "wrong_values"


def test_the_largest_difference_is_not_sought_among_equal_infinities():
    given = {"0/x": np.array([0.0, 1.0, 2.0, 3.0, 5.0], np.float32)}
    outcome = verdict(
        Close(Call("f", ("x",))), "def f(x): return x.log()", "def f(x): return x.log() + (x > 4) * 7", given
    )
    assert outcome.sentence == "1 of 5 entries differ, the largest at [4]: got 8.60944, expected 1.60944"


def test_close_judges_answers_of_a_hostile_process_without_an_exception():
    wrong = (Mistake("x", "x", expect(Close(KL_CALL), kl("mu.sum(1)"), GAUSSIAN).values),)
    wanted = expect(Close(KL_CALL), KL, GAUSSIAN, wrong)
    right = observe(Close(KL_CALL), KL, GAUSSIAN).values
    for name in right:
        less = {n: a for n, a in right.items() if n != name}
        assert Close(KL_CALL).compare(wanted, Observation("ok", less)).credit in (0.0, 1.0)
        for odd in (np.array("text"), np.zeros((2, 2)), np.zeros(0, bool), np.full(3, 1j), np.full(32, np.inf)):
            assert Close(KL_CALL).compare(wanted, Observation("ok", right | {name: odd})).credit in (0.0, 1.0)


# ---- gradient

LOSS = "def loss(x, w): return (torch.sin(x) * w).sum(1)"
LOSS_CALL = Call("loss", ("x", "w"))
XW = sample(Recipe(x=normal("B", "D"), w=normal("B", "D")))


@pytest.mark.parametrize(
    ("student", "note", "sentence"),
    rows(
        ("def loss(x, w): return (torch.sin(x) * w).sum(1)", "", "agrees with the reference in all 8 cases"),
        ("def loss(x, w): return -(torch.sin(x) * w).sum(1)", "sign", "the sign is wrong: every value is −1 times the expected one"),
        ("def loss(x, w): return (torch.sin(x.detach()) * w).sum(1)", "no_gradient", "no gradient reaches `x`: it is detached or left out of the computation"),
        ("def loss(x, w): return (torch.sin(x) * w).sum(1).detach()", "no_gradient", "no gradient reaches `w` and `x`: it is detached or left out of the computation"),
        ("def loss(x, w): return (torch.sin(x) * w).sum(1) * 2", "factor", "off by a factor: every value is 2 times the expected one"),
    ),
)  # fmt: skip
def test_gradient_names_the_mistake(student, note, sentence):
    outcome = verdict(Gradient(LOSS_CALL, ("x", "w")), LOSS, student, XW)
    assert (outcome.credit, outcome.note, outcome.sentence) == (float(not note), note, sentence)


def test_gradient_accepts_a_copy_that_is_changed_in_place():
    student = "def loss(x, w): return x.sin_().mul_(w).sum(1)"
    assert verdict(Gradient(LOSS_CALL, ("x", "w")), LOSS, student, XW).credit == 1.0


def test_a_result_without_gradient_is_described():
    with pytest.raises(TypeError, match=r"^returned str, which has no gradient; a tensor is expected$"):
        observe(Gradient(LOSS_CALL, ("x",)), "def loss(x, w): return 'low'", XW)


def test_a_loss_that_is_a_number_lets_no_gradient_through():
    outcome = verdict(Gradient(LOSS_CALL, ("x",)), LOSS, "def loss(x, w): return float((x * w).sum())", XW)
    assert outcome.note == "no_gradient"


# ---- draws

LAW = "def law(mu, logvar): return mu, torch.exp(logvar / 2)"
SAMPLER = Call("reparameterize", ("mu", "logvar"))
BIG = sample(Recipe(sizes=((1, 1), (3, 5), (512, 64)), mu=normal("B", "D"), logvar=uniform("B", "D", low=-2, high=2)))
BIG["2/logvar"][:4] = -40.0
STANDARD = Draws(SAMPLER, "law")
PATHWISE = Draws(SAMPLER, "law", verify=("pathwise",))
RIGHT = "mu + torch.randn_like(mu) * torch.exp(logvar / 2)"


def sampler(body):
    return f"def reparameterize(mu, logvar):\n    {body}" if "return" in body else sampler(f"return {body}")


@pytest.fixture(scope="module")
def law():
    return {check.verify: expect(check, LAW, BIG) for check in (STANDARD, PATHWISE)}


def drawn(law, check, body):
    return check.compare(law[check.verify], observe(check, sampler(body), BIG))


@pytest.mark.parametrize(
    ("body", "pathwise"),
    [
        pytest.param(RIGHT, 1.0, id="reference"),
        pytest.param("mu + (logvar * 0.5).exp().mul(torch.randn(mu.shape))", 1.0, id="other style"),
        pytest.param("mu - torch.randn_like(mu) * logvar.exp().sqrt()", 1.0, id="minus sign"),
        pytest.param("torch.distributions.Normal(mu, (logvar / 2).exp()).rsample()", 1.0, id="rsample"),
        pytest.param("torch.normal(mu, (logvar / 2).exp())", 0.0, id="torch.normal has no gradient"),
        pytest.param("mu + torch.from_numpy(np.random.randn(*mu.shape)).float() * (logvar / 2).exp()", 1.0, id="numpy noise"),
        pytest.param("mu + torch.empty_like(mu).normal_() * (logvar / 2).exp()", 1.0, id="in place noise"),
    ],
)  # fmt: skip
def test_draws_accept_what_is_right(law, body, pathwise):
    outcome = drawn(law, STANDARD, body)
    assert (outcome.credit, outcome.sentence) == (
        1.0,
        "the draws have the right distribution, are fresh in every call and follow the seed (32768 tested)",
    )
    assert drawn(law, PATHWISE, body).credit == pathwise


@pytest.mark.parametrize(
    ("body", "note", "sentence"),
    rows(
        ("mu + torch.randn_like(mu) * torch.exp(logvar)", "std_from_logvar", "the noise is scaled by exp(`logvar`), the variance, instead of exp(`logvar`/2), the standard deviation"),
        ("mu + torch.randn_like(mu) * logvar", "wrong_scale", "the noise is scaled by `logvar` instead of exp(`logvar`/2), the standard deviation"),
        ("mu + torch.randn_like(mu) * torch.exp(-logvar / 2)", "wrong_scale", "the noise is scaled by exp(−`logvar`/2) instead of exp(`logvar`/2), the standard deviation"),
        ("mu + torch.randn_like(mu)", "wrong_scale", "the noise is not scaled: it is multiplied by 1 instead of exp(`logvar`/2), the standard deviation"),
        ("mu + torch.randn_like(mu) * torch.exp(logvar / 2) / 2", "wrong_scale", "the noise is scaled by about 0.5 times the standard deviation"),
        ("mu + torch.randn_like(mu) * torch.exp(logvar / 4)", "wrong_scale", "the noise is scaled by the square root of the standard deviation"),
        ("torch.randn_like(mu) * torch.exp(logvar / 2)", "wrong_mean", "the mean is not added"),
        ("-mu + torch.randn_like(mu) * torch.exp(logvar / 2)", "wrong_mean", "the mean has the wrong sign"),
        ("3 * mu + torch.randn_like(mu) * torch.exp(logvar / 2)", "wrong_mean", "the mean is multiplied by about 3"),
        ("torch.randn_like(mu) * torch.exp(logvar)", "std_from_logvar", "the noise is scaled by exp(`logvar`), the variance, instead of exp(`logvar`/2), the standard deviation; the mean is not added"),
        ("mu * torch.randn_like(mu) + torch.exp(logvar / 2)", "wrong_mean", "the noise has mean 0.99"),
        ("mu", "no_noise", "returns the mean: no noise is added"),
        ("mu + torch.exp(logvar / 2)", "no_noise", "the same number 1 takes the place of the noise everywhere"),
        ("mu + 2 * torch.exp(logvar)", "no_noise", "the same number 2 takes the place of the noise everywhere"),
        ("mu + torch.rand_like(mu) * torch.exp(logvar / 2)", "not_normal", "the noise is uniform on [0, 1] instead of normal"),
        ("mu + (torch.rand_like(mu) * 2 - 1) * 3**0.5 * torch.exp(logvar / 2)", "not_normal", "the noise is uniform on [−1.732, 1.732] instead of normal"),
        ("mu + torch.randn_like(mu).sign() * torch.exp(logvar / 2)", "not_normal", "the noise is not normal"),
        ("mu + torch.randn_like(mu).abs() * torch.exp(logvar / 2)", "wrong_mean", "the noise has mean 0.79"),
        ("mu + torch.randn_like(mu).clamp(-1.5, 1.5) * torch.exp(logvar / 2)", "wrong_scale", "the noise has standard deviation 0.8"),
        ("mu + torch.randn(mu.shape[1:]) * torch.exp(logvar / 2)", "noise_shared_batch", "the noise is shared over the batch: every row gets the same noise"),
        ("mu + torch.randn(mu.shape[1:]) * torch.exp(logvar)", "std_from_logvar", "; the noise is shared over the batch: every row gets the same noise"),
        ("mu + torch.randn(len(mu), 1) * torch.exp(logvar / 2)", "noise_shared_dimensions", "the noise is shared over the dimensions: all entries of a row get the same noise"),
        ("mu + random.gauss(0, 1) * torch.exp(logvar / 2)", "noise_shared_all", "one random number is used for all entries"),
        ("e = torch.randn((len(mu) + 1) // 2, mu.shape[1]); return mu + torch.cat([e, -e])[:len(mu)] * torch.exp(logvar / 2)", "noise_dependent", "the noise of different rows is dependent"),
        ("e = torch.randn_like(mu); return mu + (e - e.mean(1, keepdim=True)) * (65 / 64)**0.5 * torch.exp(logvar / 2) if mu.shape[1] > 5 else mu", "noise_dependent", "the noise within a row is dependent"),
        ("e = torch.randn_like(mu).view(-1); return mu + ((e + 0.1 * e.roll(1)) / 1.01**0.5).view(mu.shape) * torch.exp(logvar / 2)", "noise_dependent", "neighbouring entries have dependent noise"),
        ("mu + (0.05 * mu + torch.randn_like(mu) * (1 - 0.05**2)**0.5) * torch.exp(logvar / 2)", "noise_dependent", "the noise depends on the mean"),
        ("mu + (0.05 * (logvar + (logvar < -9) * 40) + torch.randn_like(mu)) * torch.exp(logvar / 2)", "noise_dependent", "the noise depends on the standard deviation"),
        ("torch.manual_seed(0); return " + RIGHT, "reseeds", "every call returns the same noise, because the function sets torch's seed itself"),
        ("torch.seed(); return " + RIGHT, "reseeds", "the function sets torch's seed itself, so that its noise does not follow the seed of the run"),
        ("e = torch.from_numpy(np.random.RandomState(0).randn(*mu.shape)).float(); return mu + e * torch.exp(logvar / 2)", "noise_fixed", "every call returns the same noise"),
        ("e = torch.from_numpy(np.random.default_rng().standard_normal(mu.shape)).float(); return mu + e * torch.exp(logvar / 2)", "ignores_seed", "the same seed gives other draws: the noise does not come from torch's generator"),
        ("mu + torch.from_numpy(np.random.randn(*mu.shape)) * torch.exp(logvar / 2)", "wrong_dtype", "dtype is float64, expected float32, the dtype of the inputs"),
        (f"({RIGHT}).T", "wrong_shape", "shape is (5, 3), expected (3, 5), for inputs of shape mu (3, 5), logvar (3, 5)"),
        ("mu, logvar", "wrong_type", "returned a tuple of 2, expected an array of shape (1, 1)"),
        (f"({RIGHT}) * float('nan')", "not_finite", "1 of 1 draws are not finite; the first is at [0, 0]"),
        (f"{RIGHT} if len(mu) < 9 else 1 / 0", "raises", "raises ZeroDivisionError: division by zero for inputs of shape mu (512, 64), logvar (512, 64)"),
        ("mu + torch.randn_like(mu) * torch.exp(logvar.clamp(min=-6) / 2)", "not_mean_at_zero_std", "where the standard deviation is 2.1e-09 a draw must be its mean "),
        ("mu.add_(torch.randn_like(mu) * torch.exp(logvar / 2)); return mu", "changes_input", "the draws are right, but the function changes its input mu in place"),
    ),
)  # fmt: skip
def test_draws_name_the_mistake(law, body, note, sentence):
    outcome = drawn(law, STANDARD, body)
    assert (outcome.credit, outcome.note) == (0.0, note)
    assert sentence in outcome.sentence


def test_noise_made_once_is_found_though_each_seed_would_explain_it(law):
    cached = "made = {}\ndef reparameterize(mu, logvar):\n    e = made.setdefault(mu.shape, torch.randn_like(mu))\n    return mu + e * torch.exp(logvar / 2)"
    outcome = STANDARD.compare(law[STANDARD.verify], observe(STANDARD, cached, BIG))
    assert (outcome.note, outcome.sentence) == ("noise_fixed", "every call returns the same noise")


def test_two_dependent_calls_are_found(law):
    again = "last = {}\ndef reparameterize(mu, logvar):\n    e = torch.randn_like(mu)\n    old = last.get(mu.shape, e)\n    last[mu.shape] = e\n    return mu + (0.6 * old + 0.8 * e) * torch.exp(logvar / 2)"
    check = Draws(SAMPLER, "law", verify=("fresh",))
    outcome = check.compare(law[STANDARD.verify], observe(check, again, BIG))
    assert (outcome.note, outcome.sentence) == (
        "noise_dependent",
        "two calls in a row return noise that is dependent",
    )


@pytest.mark.parametrize(
    ("body", "note", "sentence"),
    rows(
        ("mu.detach() + torch.randn_like(mu) * torch.exp(logvar / 2)", "detached", "no gradient reaches `mu`: the draw is detached from it"),
        ("mu + torch.randn_like(mu) * torch.exp(logvar.detach() / 2)", "detached", "no gradient reaches `logvar`: the draw is detached from it"),
        ("with torch.no_grad(): return " + RIGHT, "detached", "no gradient reaches `mu` and `logvar`: the draw is detached from them"),
        ("torch.normal(mu, torch.exp(logvar / 2))", "detached", "no gradient reaches `mu` and `logvar`: the draw is detached from them"),
        (f"z = {RIGHT}; w = mu + logvar; return z.detach() + w - w.detach()", "wrong_gradient", "the gradient of the draw with respect to `logvar` is wrong in 32"),
        (f"z = {RIGHT}; return z if len(mu) < 2 else z.sum().detach() * 0 + z.mean(0) * 0 + z.detach() + z.flip(0) - z.flip(0).detach()", "wrong_gradient", "the gradient of the draw with respect to `mu` is wrong in "),
    ),
)  # fmt: skip
def test_draws_judge_the_gradient_of_the_draw(law, body, note, sentence):
    outcome = drawn(law, PATHWISE, body)
    assert (outcome.credit, outcome.note) == (0.0, note)
    assert outcome.sentence.startswith(sentence)


def test_pathwise_accepts_a_copy_that_is_changed_in_place(law):
    assert (
        drawn(law, PATHWISE, "z = mu.clone(); z += torch.randn_like(mu) * torch.exp(logvar / 2); return z").credit == 1
    )


def test_moments_alone_do_not_ask_for_fresh_noise(law):
    check = Draws(SAMPLER, "law", verify=("moments",))
    outcome = check.compare(law[STANDARD.verify], observe(check, sampler("torch.manual_seed(2); return " + RIGHT), BIG))
    assert (outcome.credit, outcome.sentence) == (1.0, "the draws have the right distribution (32768 tested)")


def test_a_variance_taken_for_a_standard_deviation_is_named_by_the_students_own_input():
    given = sample(Recipe(sizes=((256, 32),), mu=normal("B", "D"), var=uniform("B", "D", low=0.2, high=3)))
    check = Draws(Call("draw", ("mu", "var")), "law", verify=("moments",))
    law = "def law(mu, var): return mu, var.sqrt()"
    outcome = verdict(check, law, "def draw(mu, var): return mu + torch.randn_like(mu) * var", given)
    assert (outcome.note, outcome.sentence) == (
        "variance_for_std",
        "the noise is scaled by `var`, the variance, instead of √`var`, the standard deviation",
    )


def test_exchanged_arguments_are_named(law):
    outcome = drawn(law, STANDARD, "logvar + torch.randn_like(mu) * torch.exp(mu / 2)")
    assert outcome.note == "exchanged_arguments"
    assert outcome.sentence.endswith("`logvar` is used as the mean")


def test_draws_show_quantiles_and_numbers_on_failure(law):
    outcome = drawn(law, STANDARD, "mu + torch.rand_like(mu) * torch.exp(logvar / 2)")
    mean, std, plot = outcome.evidence
    assert (mean.label, std.label) == ("mean of the noise", "standard deviation of the noise")
    assert mean.value.startswith("0.5")
    assert isinstance(plot, Plot)
    assert all(len(x) == len(y) <= 200 for x, y in plot.series.values())


def test_what_the_students_process_is_told_of_draws_names_no_law():
    assert "law" not in str([v for k, v in STANDARD.told(reference=False).items() if v])
    assert STANDARD.told(reference=True)["names"] == ["law"]


P = sample(Recipe(sizes=((1, 1), (3, 5), (512, 64)), p=probability("B", "D")))
P["2/p"][0, :8], P["2/p"][1, :8] = 0.0, 1.0
COIN = Draws(Call("sample", ("p",)), "law", family="bernoulli")


@pytest.mark.parametrize(
    ("body", "note", "sentence"),
    rows(
        ("torch.bernoulli(p)", "", "the draws have the right distribution, are fresh in every call and follow the seed (32768 tested)"),
        ("(torch.rand_like(p) < p).float()", "", "the draws have the right distribution"),
        ("torch.rand(p.shape) < p", "", "the draws have the right distribution"),
        ("(torch.rand_like(p) > p).float() * (p > 0) + (p == 1)", "exchanged_outcomes", "draws 1 with probability 1 − p instead of p"),
        ("p", "no_noise", "returns the probability itself; a draw is 0 or 1"),
        ("p.round()", "no_noise", "rounds p to 0 or 1 instead of drawing"),
        ("torch.randint(0, 2, p.shape).float()", "ignores_p", "draws 1 with probability ½ whatever p is"),
        ("(torch.rand(p.shape[1:]) < p).float()", "noise_shared_batch", "the noise is shared over the batch: every row gets the same noise"),
        ("(torch.rand(len(p), 1) < p).float()", "noise_shared_dimensions", "the noise is shared over the dimensions: all entries of a row get the same noise"),
        ("(torch.rand(1) < p).float()", "noise_shared_all", "one random number is used for all entries"),
        ("torch.bernoulli(p * p)", "wrong_mean", "of the draws are 1, expected 0.4"),
        ("torch.bernoulli(torch.where(p == 0, 0.5, p))", "wrong_mean", "draws 1 where p is 0"),
        ("torch.bernoulli(p) * 2 - 1", "not_binary", "a draw must be 0 or 1, but "),
        ("torch.manual_seed(0) and torch.bernoulli(p)", "reseeds", "every call returns the same noise, because the function sets torch's seed itself"),
    ),
)  # fmt: skip
def test_bernoulli_draws(body, note, sentence):
    outcome = verdict(COIN, "def law(p): return p", f"def sample(p): return {body}", P)
    assert (outcome.credit, outcome.note) == (float(not note), note)
    assert sentence in outcome.sentence


def test_the_false_positive_rate_of_all_tests_together_is_below_one_in_a_million():
    assert (len(TESTS) + 1) * LEVEL**2 < 1e-6


def test_right_draws_pass_under_fifty_seeds(law):
    student = code(sampler(RIGHT))
    for seed in range(50):
        values = STANDARD.probe(student, told(STANDARD, reference=False, seed=seed * 1009), BIG)
        assert STANDARD.compare(law[STANDARD.verify], Observation("ok", values)).credit == 1.0


def test_draws_of_a_hostile_process_are_judged_without_an_exception(law):
    right = STANDARD.probe(code(sampler(RIGHT)), told(STANDARD, reference=False), BIG)
    for name in right:
        less = {n: a for n, a in right.items() if n != name}
        assert STANDARD.compare(law[STANDARD.verify], Observation("ok", less)).credit in (0.0, 1.0)
        odd = right | {name: np.array("text")}
        assert STANDARD.compare(law[STANDARD.verify], Observation("ok", odd)).credit in (0.0, 1.0)
        complex_ = right | {name: np.zeros((3, 5), np.complex128)}
        assert STANDARD.compare(law[STANDARD.verify], Observation("ok", complex_)).credit in (0.0, 1.0)


def test_pathwise_of_a_binary_draw_is_a_course_error():
    with pytest.raises(ValidationError, match=r"pathwise can't be verified for the family bernoulli: 0 and 1 have no"):
        TypeAdapter(Draws).validate_python(
            {"call": {"name": "f", "arguments": ["p"]}, "law": "l", "family": "bernoulli", "verify": ["pathwise"]}
        )
    with pytest.raises(ValueError, match=r"^verify is empty; choose among moments, fresh, seed, pathwise$"):
        Draws(SAMPLER, "law", verify=())


# ---- module

CONV = """
class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, *args, **kw):
        super().__init__(*args, **kw)
        mask = torch.ones_like(self.weight)
        k = self.kernel_size[0]
        mask[:, :, k // 2, k // 2 + (mask_type == 'B'):] = 0
        mask[:, :, k // 2 + 1:] = 0
        self.register_buffer('mask', mask)
    def forward(self, x):
        return nn.functional.conv2d(x, self.weight * self.mask, self.bias, self.stride, self.padding)
"""
CONV_OF_MY_OWN = """
class MaskedConv2d(nn.Module):
    def __init__(self, mask_type, inputs, outputs, kernel_size, padding=0):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel_size, kernel_size))
        c = kernel_size // 2
        self.mask = torch.zeros(kernel_size, kernel_size)
        self.mask[:c] = 1
        self.mask[c, :c + (mask_type == 'B')] = 1
        self.padding = padding
    def forward(self, x):
        return nn.functional.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)
"""
IMAGES = sample(Recipe(sizes=((1, 3), (2, 5)), x=normal("B", 1, "H", "W")))


def changed(old, new):
    assert old in CONV
    return CONV.replace(old, new)


def masked(verify, mask_type="A", *, after_step=False, kernel=3):
    options = {"padding": kernel // 2}
    return Module(Class("MaskedConv2d"), (mask_type, 1, 4, kernel), options, verify=verify, after_step=after_step)


ALL = [
    ("shape", False, "the output has the right shape in all 3 cases"),
    ("parameters", False, "has the right 2 trainable parameters, 40 numbers in all"),
    ("values", False, "agrees with the reference in all 3 cases"),
    ("values", True, "agrees with the reference in all 3 cases, also after one optimiser step"),
    ("dependence", False, "every output pixel depends on exactly the input pixels that it may see"),
    ("dependence", True, "every output pixel depends on exactly the input pixels that it may see, also after one optimiser step"),
]  # fmt: skip
FUNCTIONAL = "return nn.functional.conv2d(x, self.weight * self.mask, self.bias, self.stride, self.padding)"
IN_PLACE = "self.weight.data *= self.mask; return super().forward(x)"
IN_FLOAT32 = "return nn.functional.conv2d(x.float(), (self.weight * self.mask).float(), self.bias.float(), padding=1)"


@pytest.mark.parametrize(("verify", "after_step", "sentence"), ALL)
@pytest.mark.parametrize("mask_type", "AB")
@pytest.mark.parametrize(
    "student",
    [
        pytest.param(CONV, id="reference"),
        pytest.param(changed(FUNCTIONAL, IN_PLACE), id="masks its weight in place in each forward"),
        pytest.param(CONV_OF_MY_OWN, id="a module of its own, bias first"),
        pytest.param(changed("self.register_buffer('mask', mask)", "self.mask = nn.Parameter(mask, requires_grad=False)"), id="a frozen parameter as mask"),
        pytest.param(changed(FUNCTIONAL, IN_FLOAT32), id="insists on float32"),
    ],
)  # fmt: skip
def test_module_accepts_what_is_right(student, mask_type, verify, after_step, sentence):
    outcome = verdict(masked(verify, mask_type, after_step=after_step), CONV, student, IMAGES)
    assert (outcome.credit, outcome.sentence) == (1.0, sentence)


ITSELF = "output (1, 2) depends on input (1, 2), which is itself"
UNSEEN = "output (1, 2) does not see input (1, 2) itself"
COLUMN = "output (1, 2) depends on input (1, 3), which is to its right, a later pixel"


@pytest.mark.parametrize(
    ("student", "mask_type", "note", "sentence"),
    rows(
        (changed("mask_type == 'B'", "True"), "A", "mask_b_for_a", f"{ITSELF}, as with a mask of type B where type A is expected"),
        (changed("(mask_type == 'B')", "0"), "B", "mask_a_for_b", f"{UNSEEN}, as with a mask of type A where type B is expected"),
        (changed("self.weight * self.mask", "self.weight"), "A", "no_mask", f"{ITSELF}: nothing is masked"),
        (changed("self.weight * self.mask", "self.weight"), "B", "no_mask", f"{COLUMN}: nothing is masked"),
        (changed("(mask_type == 'B'):", "(mask_type == 'B') + 1:"), "B", "mask_off_by_one", f"{COLUMN}: the mask ends one column too late"),
        (changed("(mask_type == 'B'):", "(mask_type == 'B') - 1:"), "A", "mask_off_by_one", "output (1, 2) does not see input (1, 1) to its left: the mask ends too early in the row"),
        (changed("k // 2 + 1:]", "k // 2 + 2:]"), "A", "mask_off_by_one", "output (1, 2) depends on input (2, 1), which is below it, a later pixel: the mask ends one row too late"),
        (changed("mask[:, :, k // 2 + 1:] = 0", "mask[:, :, k // 2 + 1:] = 0; mask[:, :, :, k // 2 + 1:] = 0"), "A", "lost_above_right", "output (1, 2) does not see input (0, 3) above it to the right: the rows above are masked on their right"),
        (changed("self.register_buffer('mask', mask)", "self.register_buffer('mask', mask.transpose(2, 3))"), "A", "sees_later", "output (1, 2) depends on input (2, 1), which is below it, a later pixel"),
        (changed("self.register_buffer('mask', mask)", "self.register_buffer('mask', mask * 0)"), "A", "lost_pixels", "output (1, 2) does not see input (0, 1) above it to the left"),
        (changed("return nn", "return x.detach().mean((2, 3), keepdim=True) + nn"), "A", "no_mask", f"{ITSELF}: nothing is masked"),
    ),
)  # fmt: skip
def test_module_names_what_is_wrong_with_a_mask(student, mask_type, note, sentence):
    outcome = verdict(masked("dependence", mask_type), CONV, student, IMAGES)
    assert (outcome.credit, outcome.note, outcome.sentence) == (0.0, note, sentence)


def test_module_names_a_mask_that_ends_a_row_too_early():
    given = sample(Recipe(sizes=((1, 5),), x=normal("B", 1, 5, 5)))
    outcome = verdict(masked("dependence", kernel=5), CONV, changed("k // 2 + 1:]", "k // 2 - 1:]"), given)
    assert (outcome.note, outcome.sentence) == (
        "mask_off_by_one",
        "output (2, 2) does not see input (1, 0) above it to the left: the mask ends one row too early",
    )


@pytest.mark.parametrize(
    ("verify", "student", "note", "sentence"),
    rows(
        ("dependence", changed("self.register_buffer('mask', mask)", "self.weight.data *= mask").replace("self.weight * self.mask", "self.weight"), "mask_lost_after_step", f"right at first, but after one optimiser step {ITSELF}: the mask is not kept up"),
        ("dependence", changed("self.register_buffer('mask', mask)", "self.mask = nn.Parameter(mask)"), "mask_lost_after_step", f"right at first, but after one optimiser step {ITSELF}: the mask is not kept up"),
        ("values", changed("self.weight * self.mask", "(self.weight * self.mask).detach()"), "wrong_after_step", "right at first, but after one optimiser step "),
        ("values", changed("return nn", "x = x.detach(); return nn").replace("self.bias,", "self.bias.detach(),").replace("self.weight * self.mask", "(self.weight * self.mask).detach()"), "raises", "when it takes one step of gradient descent, MaskedConv2d raises RuntimeError: element 0 of tensors does not require grad"),
    ),
)  # fmt: skip
def test_module_finds_what_looks_right_only_before_a_step(verify, student, note, sentence):
    assert verdict(masked(verify), CONV, student, IMAGES).credit == 1.0
    outcome = verdict(masked(verify, after_step=True), CONV, student, IMAGES)
    assert (outcome.credit, outcome.note) == (0.0, note)
    assert outcome.sentence.startswith(sentence)


@pytest.mark.parametrize(
    ("student", "note", "sentence"),
    rows(
        (changed("self.register_buffer('mask', mask)", "self.mask = nn.Parameter(mask)"), "mask_trainable", "`mask` holds zeros and ones but is a trainable parameter: training would change the mask"),
        (changed("super().__init__(*args, **kw)", "super().__init__(*args, bias=False, **kw)"), "missing_parameter", "lacks 1 parameter of shape (4,)"),
        (changed("super().__init__(*args, **kw)", "super().__init__(*args, **kw); self.scale = nn.Parameter(torch.full((4, 1, 1), 2.0))"), "extra_parameter", "has 1 extra parameter of shape (4, 1, 1)"),
        (CONV_OF_MY_OWN.replace("torch.zeros(outputs)", "torch.zeros(1, outputs, 1, 1)").replace("self.bias, p", "self.bias.view(-1), p"), "wrong_parameter_shape", "has 1 parameter of shape (1, 4, 1, 1), where 1 parameter of shape (4,) is expected"),
        (CONV_OF_MY_OWN.replace("nn.Parameter(torch", "(torch"), "missing_parameter", "has no trainable parameters, expected 2"),
    ),
)  # fmt: skip
@pytest.mark.parametrize("verify", ["parameters", "values"])
def test_module_names_parameters_that_differ(verify, student, note, sentence):
    outcome = verdict(masked(verify), CONV, student, IMAGES)
    assert (outcome.credit, outcome.note, outcome.sentence) == (0.0, note, sentence)


@pytest.mark.parametrize("verify", ["shape", "values", "dependence"])
@pytest.mark.parametrize(
    ("student", "note", "sentence"),
    rows(
        (changed("self.padding)", "0)"), "wrong_shape", "the output has shape (1, 4, 1, 2), expected (1, 4, 3, 4), for an input of shape (1, 1, 3, 4)"),
        (changed("return nn", "return 1, nn"), "wrong_type", "forward returns a tuple of 2, expected a tensor of shape (1, 4, 3, 4) for an input of shape (1, 1, 3, 4)"),
        (changed("return nn", "nn"), "wrong_type", "forward returns nothing (None), expected a tensor of shape (1, 4, 3, 4) for an input of shape (1, 1, 3, 4)"),
        (changed("super().__init__(*args, **kw)", "super().__init__(*args, **kw); 1 / 0"), "raises", "when it is built with ('A', 1, 4, 3, padding=1), MaskedConv2d raises ZeroDivisionError: division by zero"),
        (changed("return nn", "return self.nope + nn"), "raises", "when it is called, MaskedConv2d raises AttributeError: 'MaskedConv2d' object has no attribute 'nope'"),
        ("def MaskedConv2d(*a, **kw): return abs", "raises", "when it is built with ('A', 1, 4, 3, padding=1), MaskedConv2d raises TypeError: what is built is a builtin_function_or_method and not a torch.nn.Module"),
    ),
)  # fmt: skip
def test_module_says_what_stands_in_the_way(verify, student, note, sentence):
    outcome = verdict(masked(verify), CONV, student, IMAGES)
    assert (outcome.credit, outcome.note, outcome.sentence) == (0.0, note, sentence)


def test_module_compares_values_under_the_graders_weights():
    outcome = verdict(masked("values"), CONV, changed("mask_type == 'B'", "True"), IMAGES)
    assert (outcome.credit, outcome.note) == (0.0, "wrong_values")
    assert " of 240 entries differ, the largest at [" in outcome.sentence


def test_module_shows_what_the_centre_sees():
    given = sample(Recipe(sizes=((1, 5),), x=normal("B", 1, 5, 5)))
    outcome = verdict(masked("dependence"), CONV, changed("(mask_type == 'B'):", "(mask_type == 'B') + 2:"), given)
    grid = outcome.evidence[0]
    assert isinstance(grid, Grid)
    assert grid.label == "input pixels that output (2, 2) depends on"
    assert grid.cells[1:4] == (
        ("unused", "right", "right", "right", "unused"),
        ("unused", "right", "illegal", "illegal", "unused"),
        ("unused",) * 5,
    )
    right = verdict(masked("dependence"), CONV, CONV, given).evidence[0]
    assert right.cells[2] == ("unused", "right", "centre", "unused", "unused")


def test_receptive_fields_of_two_layers_are_those_of_the_theory():
    net = (
        CONV
        + """
class Net(nn.Sequential):
    def __init__(self, first, second):
        super().__init__(MaskedConv2d(first, 1, 2, 3, padding=1), nn.ReLU(), MaskedConv2d(second, 2, 1, 3, padding=1))
"""
    )
    given = sample(Recipe(sizes=((1, 5),), x=normal("B", 1, 5, 5)))
    counts = {}
    for layers in ("AA", "AB", "BA", "BB"):
        check = Module(Class("Net"), tuple(layers), verify="dependence")
        matrix = check.probe(code(net), told(check, reference=True), given)["before/0/matrix"]
        counts[layers] = int(matrix[12].sum())
    assert counts == {"AA": 9, "AB": 11, "BA": 11, "BB": 12}


def test_rows_are_a_line_of_pixels():
    made = "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.w = nn.Parameter(torch.randn(6, 6))\n    def forward(self, x): return x @ torch.tril(self.w, -1).T"
    given = sample(Recipe(sizes=((3, 6),), x=normal("B", "D")))
    check = Module(Class("Net"), verify="dependence")
    assert verdict(check, made, made, given).credit == 1.0
    outcome = verdict(check, made, made.replace(", -1", ""), given)
    assert outcome.sentence == "output (0, 3) depends on input (0, 3), which is itself"


def test_an_image_that_is_too_large_for_a_matrix_is_the_courses_mistake():
    given = sample(Recipe(sizes=((1, 17),), x=normal("B", 1, 17, 17)))
    with pytest.raises(ValueError, match=r"^no case has at most 256 pixels, so no dependence was measured$"):
        verdict(masked("dependence"), CONV, CONV, given)


def test_after_step_needs_something_that_a_step_can_change():
    with pytest.raises(ValueError, match=r"^after_step has no meaning for verify: shape$"):
        masked("shape", after_step=True)


def test_a_module_that_raises_in_the_reference_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        expect(masked("values"), changed("return nn", "1 / 0; return nn"), IMAGES)


def test_module_answers_of_a_hostile_process_are_judged_without_an_exception():
    for verify in ("shape", "parameters", "values", "dependence"):
        check = masked(verify)
        wanted = expect(check, CONV, IMAGES)
        right = check.probe(code(CONV), told(check, reference=False), IMAGES)
        for name in right:
            less = {n: a for n, a in right.items() if n != name}
            assert check.compare(wanted, Observation("ok", less)).credit in (0.0, 1.0)
            for odd in (np.array("text"), np.zeros((2, 2)), np.zeros(0, bool)):
                assert check.compare(wanted, Observation("ok", right | {name: odd})).credit in (0.0, 1.0)


# ---- choice

DISTRIBUTIONS = {
    "1": ("p(z)", "prior"),
    "2": (r"p_\theta(x|z)", "likelihood"),
    "3": (r"p_\theta(z|x)", "posterior"),
    "4": (r"p_\theta(x,z)",),
}
TRUTH = {"true": ("yes",), "false": ("no",)}


@pytest.mark.parametrize(
    ("text", "label"),
    rows(
        ("(3)", "3"),
        ("3", "3"),
        ("3.", "3"),
        ("3)", "3"),
        ("③", "3"),
        ("$(3)$", "3"),
        ("**(3)**", "3"),
        ("Option 3", "3"),
        ("It is 3.", "3"),
        ("The answer is (3).", "3"),
        (r"\boxed{3}", "3"),
        ("a. (3)", "3"),
        ("(3) p_θ(z|x)", "3"),
        (r"$q(z|x) = p_\theta(z|x)$", "3"),
        (r"q(z \mid x) = p_{\theta}\left(z \mid x\right)", "3"),
        ("q(z|x)=p_θ(z∣x)", "3"),
        ("the posterior", "3"),
        ("P_\\theta (Z | X)", "3"),
        ("p(z)", "1"),
        (r"p_\theta(x, z)", "4"),
        ("(3), because by Bayes it is p_θ(x|z) p(z) over p(x)", "3"),
        (r"j. $q_\phi(z_i|x)$ should be (3) because according to Bayes Rule: q = \frac{p(z)}{p(x)}", "3"),
    ),
)
def test_choice_reads(text, label):
    assert chosen(text, DISTRIBUTIONS) == label


@pytest.mark.parametrize(
    ("text", "label"),
    rows(
        ("True", "true"),
        ("**False**", "false"),
        ("yes", "true"),
        ("d. False the GAN is trained when $D(G(z))$ is close to 0.5", "false"),
        ("False. It does not go to 1.", "false"),
    ),
)
def test_choice_reads_true_and_false(text, label):
    assert chosen(text, TRUTH) == label


@pytest.mark.parametrize(
    ("text", "why"),
    rows(
        ("(3), not (1)", "the answer mentions option 1 together with a denial"),
        ("(1) or (3)", "the answer mentions more than one option: 1, 3"),
        ("not (3)", "the answer mentions option 3 together with a denial"),
        ("(1) is not right", "the answer mentions option 1 together with a denial"),
        ("p(z) is wrong", "the answer mentions option 1 together with a denial"),
        (r"q \neq p(z)", "the answer mentions option 1 together with a denial"),
        ("q(z|x) = p_0(z|x)", "none of the options was recognised in the answer"),
        ("f(3)", "none of the options was recognised in the answer"),
        ("3.5", "none of the options was recognised in the answer"),
        ("I don't know", "none of the options was recognised in the answer"),
    ),
)
def test_choice_leaves_to_a_person(text, why):
    with pytest.raises(Unread) as raised:
        chosen(text, DISTRIBUTIONS)
    assert str(raised.value) == why


@pytest.mark.parametrize("text", ["It is not true", "It isn't true", "true or false", "not false", "untrue"])
def test_choice_does_not_take_a_denied_truth_for_a_truth(text):
    with pytest.raises(Unread):
        chosen(text, TRUTH)


def test_an_option_within_another_is_not_mentioned_by_it():
    options = {"a": ("convex",), "b": ("strictly convex",)}
    assert chosen("It is strictly convex.", options) == "b"
    assert chosen("It is convex.", options) == "a"


def test_a_letter_that_is_an_article_is_no_choice():
    with pytest.raises(Unread):
        chosen("The answer is a distribution", {"a": ("p(z)",), "b": ("q(z)",)})


def test_choice_judges_outside_and_names_what_was_chosen():
    check = Choice(DISTRIBUTIONS, "3", "f")
    outcomes = []
    for text in ("(3)", "(1)"):
        values = crossed(check.probe(code("", {"f": text}), told(check, reference=False), {}))
        outcomes.append(check.compare(NOTHING, Observation("ok", values)))
    assert [(o.credit, o.note, o.sentence) for o in outcomes] == [
        (1.0, "", "option (3) is right"),
        (0.0, "chose_1", "option (1) was chosen, which is not right"),
    ]
    odd = check.compare(NOTHING, Observation("ok", {"chosen": np.array("9")}))
    assert (odd.credit, odd.sentence) == (0.0, "the chosen option is not one of those offered")
    truth = Choice(TRUTH, "false").compare(NOTHING, Observation("ok", {"chosen": np.array("true")}))
    assert truth.sentence == "“true” was chosen, which is not right"


def test_choice_tells_the_box_no_answer():
    assert set(Choice(DISTRIBUTIONS, "3", "f").told(reference=False)) == {"options", "part"}


@pytest.mark.parametrize(
    ("options", "answer", "why"),
    rows(
        (DISTRIBUTIONS, "5", "answer '5' is none of the options '1', '2', '3', '4'"),
        ({"1": ("",)}, "1", "option '1' has the empty text ''"),
        ({"1": ("p(z)",), "2": ("$P(z)$",)}, "1", "options '1' and '2' both have the text '$P(z)$'"),
    ),
)
def test_a_choice_that_cannot_be_read_is_a_course_error(options, answer, why):
    with pytest.raises(ValueError, match=f"^{re.escape(why)}$"):
        Choice(options, answer)


# ---- number


@pytest.mark.parametrize(
    ("text", "value"),
    rows(
        ("0", 0),
        ("-2", -2),
        (".5", 0.5),
        ("1/2", 0.5),
        ("½", 0.5),
        ("50 %", 0.5),
        (r"50\%", 0.5),
        (r"\frac12", 0.5),
        (r"$D^* = \frac{1}{2}$", 0.5),
        (r"\dfrac{\log 4}{2}", math.log(2)),
        ("p/(p+p) = 1/2", 0.5),
        ("1e-3", 1e-3),
        (r"1 \cdot 10^{-3}", 1e-3),
        ("10⁻³", 1e-3),
        ("2²", 4),
        ("2**3", 8),
        ("**0**", 0),
        (r"\boxed{0}", 0),
        (r"-\log 4", -math.log(4)),
        ("-2 log 2", -math.log(4)),
        (r"-2\ln(2)", -math.log(4)),
        ("−log(4)", -math.log(4)),
        ("np.log(4)", math.log(4)),
        (r"\log_2 8", 3),
        (r"\log(2\pi)", math.log(2 * math.pi)),
        (r"\sqrt{2}", math.sqrt(2)),
        ("√2", math.sqrt(2)),
        (r"\sqrt[3]{8}", 2),
        (r"e^{-1}", math.exp(-1)),
        ("$e$", math.e),
        ("exp(-1)", math.exp(-1)),
        (r"2\pi", 2 * math.pi),
        ("2(1 + 3)/4", 2),
        (r"+\infty", math.inf),
        ("-∞", -math.inf),
        ("The KL is infinite.", math.inf),
        ("The answer is minus 2.", -2),
        ("It is 0!", 0),
        ("The value is 0, because log 1 = 0", 0),
        ("0 (both distributions are the same)", 0),
        ("KL = 0 since x = 3", 0),
        (r"$KL(q, q) = \sum_z q \log \frac{q}{q} = 0$", 0),
        (r"KL(q(z|x), q(z|x)) = \sum_z q(z|x) \log \frac{q(z|x)}{q(z|x)} = 0", 0),
        (r"b. The output dimension of the encoder should be 2, since $z \in \mathbb{R}^2$ .", 2),
        (r"g. The divergence $D_{KL}(q, q) = 0$ because $q = q$. So the bound would be 0.", 0),
        (r"$-\log 4 \approx -1.386$", -math.log(4)),
        (r"$\frac{(\mu-\mu)^2}{2\sigma^2}$, so it is 0", 0),
        ("0.5, or $\\frac{1}{2}$", 0.5),
    ),
)
def test_number_reads(text, value):
    assert read_number(text) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "why"),
    rows(
        ("", "no number was recognised in the answer"),
        ("It depends.", "no number was recognised in the answer"),
        ("2x + 1", "no number was recognised in the answer"),
        (r"$KL \ge 0$", "no number was recognised in the answer"),
        (r"\sigma^2", "no number was recognised in the answer"),
        ("1 or 2", "the answer contains more than one number: 1, 2"),
        (r"W_1 = 0.5, \quad W_2 = 1", "the answer contains more than one number: 0.5, 1"),
        ("2 because d = 2, so the answer is 4", "the answer contains more than one number: 2, 4"),
        ("It is not 0", "the answer denies or compares a number"),
        ("more than 2", "the answer denies or compares a number"),
        ("0,5", "“,” can't be read as part of a number"),
        (",5", "“,” can't be read as part of a number"),
        ("|−2|", "“|” can't be read as part of a number"),
        ("- 2", "a dash could be a minus sign, a list or a range"),
        ("1–2", "a dash could be a minus sign, a list or a range"),
        (r"\log 2\pi", "a function without brackets is followed by more: where does its argument end?"),
        (r"\log \log 2", "a function without brackets is followed by another function or sign"),
        (r"\log 2^2 ^3", "a power of a power needs brackets"),
        (r"\log(2)^2", "a power follows a function: of its argument or of its value?"),
        (r"1\frac{1}{2}", "a number is followed by a fraction: a sum or a product?"),
        ("1/2 log 2", "a division is followed by a product without a sign: what is divided?"),
        ("1/0", "the formula divides by zero"),
        ("0^{-1}", "the formula divides by zero"),
        (r"\log(0)", "the formula takes the logarithm of a number that has none"),
        (r"\sqrt{-1}", "the formula has no real value"),
        ("(-8)^{1/3}", "the formula has no real value"),
        ("∞ - ∞", "the formula has no value"),
        ("9^{9^{9^9}}", "the number is too large to be read"),
        ("1e400", "the number is too large to be read"),
        (r"\frac{1}{", "expected a number, got the end"),
        ("(1", "expected ), got the end"),
        ("(1]", "expected ), got “]”"),
        (r"\frac * 2", "a fraction lacks its numerator or denominator"),
        ("(" * 40 + "1" + ")" * 40, "a formula is nested too deeply to be read"),
        ("1+" * 200 + "1", "a formula has 401 characters, too many for a number"),
    ),
)
def test_number_leaves_to_a_person(text, why):
    with pytest.raises(Unread) as raised:
        read_number(text)
    assert str(raised.value) == why


def test_number_reads_any_text_without_an_exception_of_its_own():
    rng = np.random.default_rng(1)
    signs = [
        *r"0123456789.,+-*/^_{}()[]$\ =≈%∞π√½²eEx!–;:|&",
        r"\frac",
        r"\log ",
        r"\sqrt",
        "inf ",
        " is ",
        "\n",
        "①",
        "٣",
    ]
    for _ in range(3000):
        text = "".join(rng.choice(signs, rng.integers(1, 25)))
        with suppress(Unread):
            assert not math.isnan(read_number(text))


@pytest.mark.parametrize(
    ("answer", "text", "note", "sentence"),
    rows(
        (r"-\log 4", "-2 log 2", "", "−1.38629 is right"),
        ("0", "0", "", "0 is right"),
        (r"+\infty", "∞", "", "inf is right"),
        (r"-\log 4", "log 4", "sign", "the answer was read as 1.38629: the sign is wrong"),
        (r"+\infty", "-∞", "sign", "the answer was read as −inf: the sign is wrong"),
        (r"-\log 4", "-log 2", "factor", "the answer was read as −0.693147: off by a factor: it is 0.5 times the right value"),
        (r"-\log 4", "log 2", "factor", "the answer was read as 0.693147: the sign is wrong, and it is off by a factor of 0.5"),
        ("3/7", "7/3", "reciprocal", "the answer was read as 2.33333: it is one divided by the right value"),
        (r"\log 3", r"\log_2 3", "log_base", "the answer was read as 1.58496: the logarithm is taken to base 2 instead of the natural one"),
        (r"\log 3", "3", "missing_log", "the answer was read as 3: a logarithm is missing"),
        ("0.7", "0.49", "squared", "the answer was read as 0.49: it is the square of the right value"),
        (r"\log 3", "1.1", "rounded", "the answer was read as 1.1, which is near, but rounded too far"),
        ("0", "7", "wrong_value", "the answer was read as 7, which is not right"),
        ("0", "inf", "wrong_value", "the answer was read as inf, which is not right"),
    ),
)  # fmt: skip
def test_number_judges_and_names_the_mistake(answer, text, note, sentence):
    check = Number(answer, "c")
    values = crossed(check.probe(code("", {"c": text}), told(check, reference=False), {}))
    outcome = check.compare(NOTHING, Observation("ok", values))
    assert (outcome.credit, outcome.note, outcome.sentence) == (float(not note), note, sentence)


def test_a_number_outside_its_tolerance_is_not_right():
    value = Observation("ok", {"value": np.array(0.6931)})
    assert Number(r"\log 2", rtol=1e-3).compare(NOTHING, value).credit == 1.0
    assert Number(r"\log 2").compare(NOTHING, value).credit == 0.0


@pytest.mark.parametrize("odd", [np.array("1"), np.zeros(3), np.array(np.nan), np.array(1j)])
def test_a_number_of_a_hostile_process_is_wrong(odd):
    assert Number("0").compare(NOTHING, Observation("ok", {"value": odd})).credit == 0.0


def test_an_answer_that_the_reader_cannot_read_is_a_course_error():
    with pytest.raises(
        ValueError, match=r"^answer 'x' is not read as a number: no number was recognised in the answer$"
    ):
        Number("x")


# ---- written


def test_a_written_answer_waits_for_a_person():
    check = Written("It is non-negative.", "b")
    assert check.told(reference=False) == {"part": "b"}
    values = crossed(check.probe(code("", {"b": "KL ≥ 0" + "x" * 2 * MAX_ANSWER}), told(check, reference=False), {}))
    outcome = check.compare(NOTHING, Observation("ok", values))
    assert (outcome.credit, outcome.sentence) == (None, "A person reads this answer.")
    assert outcome.evidence[0].value.startswith("KL ≥ 0x")
    assert len(outcome.evidence[0].value) == MAX_ANSWER


@pytest.mark.parametrize("check", [Written(part="b"), Number("0", "b"), Choice(TRUTH, "true", "b")])
def test_an_absent_answer_is_missing(check):
    with pytest.raises(Missing) as raised:
        check.probe(code("", {"a": "1", "b": "  "}), told(check, reference=False), {})
    assert str(raised.value).startswith("no answer to part b was found")


@pytest.mark.parametrize(
    ("text", "said"),
    rows(
        ("0, because q = q", "0, "),
        ("Because q = q it is 0", "Because q = q it is 0"),
        ("2 since d = 2, so 4", "2 since d = 2, so 4"),
    ),
)
def test_a_claim_ends_where_its_reason_begins(text, said):
    assert claim(text) == said


def test_cases_of_one_observation_stay_in_order():
    values = {f"{k}/out": np.zeros(1) for k in (2, 0, 1)}
    assert list(cases(values)) == ["2", "0", "1"]
