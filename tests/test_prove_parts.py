"""The parts of a proof: slips in code and answers, rewrites that keep the meaning, golden lines, laws, weights."""

import ast
import re
import textwrap
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from grader.checks.cells import Cells
from grader.checks.choice import Choice
from grader.checks.close import Close
from grader.checks.code import Call
from grader.checks.draws import Draws
from grader.checks.number import Number
from grader.maths.tree import Add, Divide, Symbol
from grader.maths.tree import Number as Digit
from grader.model import CourseError, Item, Observation, Outcome, Work
from grader.prove.answers import changed, right_answer, slips
from grader.prove.golden import golden, undeserved
from grader.prove.lab import Tried, Variant
from grader.prove.mutants import mutants
from grader.prove.power import _has_law, _is_random, _same, afforded, in_turn, power, same_law
from grader.prove.rewrites import rewrites
from grader.prove.source import dedented, edited, reached, replaced, units
from grader.prove.stability import Flakes
from grader.prove.weight import weights


def one_unit(source, name=None):
    found = units({"a.py": textwrap.dedent(source).encode()})
    return next(unit for unit in found if name in (None, unit.name))


def texts(unit, slip, *, gradients=False):
    """What each mutant with a slip has put in."""
    return [edit.text for edit in mutants(unit, gradients=gradients) if edit.slip == slip]


@pytest.mark.parametrize(
    ("body", "slip", "text"),
    [
        pytest.param("a + b", "sign of a term", "a - b", id="sign"),
        pytest.param("a - b", "a term lost", "-b", id="term"),
        pytest.param("a * b", "a factor lost", "b", id="factor"),
        pytest.param("a / b", "multiplied for divided", "a * b", id="division"),
        pytest.param("a ** 2", "another number", "3", id="number"),
        pytest.param("0.5 * a", "twice the number", "1.0", id="half"),
        pytest.param("-a", "sign", "a", id="minus"),
        pytest.param("a.sum(1)", "mean for sum", "a.mean(1)", id="mean"),
        pytest.param("a.sum(dim=1)", "wrong dimension", "a.sum(dim=0)", id="dim"),
        pytest.param("a.sum(dim=1)", "dimension left out", "a.sum()", id="no-dim"),
        pytest.param("torch.amax(a, 1)", "wrong dimension", "torch.amax(a, 0)", id="dim-by-place"),
        pytest.param("f(a, b)", "arguments exchanged", "f(b, a)", id="arguments"),
        pytest.param("a.exp()", "exp lost", "a", id="exp"),
        pytest.param("torch.exp(a)", "exp lost", "a", id="torch-exp"),
        pytest.param("a.eval()", "train and eval", "a.train()", id="mode"),
        pytest.param("a < b", "comparison", "a <= b", id="comparison"),
        pytest.param("f(a, keepdim=True)", "a switch turned", "False", id="switch"),
        pytest.param("f(a, keepdim=True)", "keepdim left out", "f(a)", id="keyword"),
        pytest.param("g(a, reduction='sum')", "mean for sum", "'mean'", id="reduction"),
        pytest.param("a[1:]", "slice lost", "a", id="slice"),
    ],
)
def test_a_slip_is_made_where_it_can_be_made(body, slip, text):
    assert text in texts(one_unit(f"def f(a, b):\n    return {body}\n"), slip)


def test_a_gradient_is_lost_only_where_it_is_asked_for():
    unit = one_unit("def f(a):\n    return a * 2\n")
    assert texts(unit, "detached") == []
    assert texts(unit, "detached", gradients=True) == ["(a * 2).detach()"]


def test_what_guards_and_what_says_is_left_alone():
    source = '''
    def f(a: int = 1, kind="x") -> "int":
        """A text with 1 + 1."""
        if kind not in ("x", "y"):
            raise ValueError("one of 2")
        assert a > 0
        return a
    '''
    assert [edit.text for edit in mutants(one_unit(source), gradients=False)] == ["2"]


def test_brackets_keep_a_slip_where_it_was_meant():
    unit = one_unit("def f(a, b, c):\n    return (a - b) * c\n")
    changes = [edited(unit, edit, {"a.py": unit.source}) for edit in mutants(unit, gradients=False)]
    assert b"def f(a, b, c):\n    return (a + b) * c" in [each["a.py"] for each in changes]


def test_every_mutant_is_python_and_none_comes_twice():
    root = Path(__file__).parents[1] / "reference"
    for path in sorted(root.glob("*/*.py")):
        if path.name in ("inputs.py", "mistakes.py", "asking.py"):
            continue
        source = path.read_bytes()
        for unit in units({path.name: source}):
            trees = {ast.dump(unit.tree)}
            for edit in list(mutants(unit, gradients=True))[:8]:
                after = edited(unit, edit, {path.name: source})[path.name]
                ast.parse(after)
                body = dedented(unit.source)
                tree = ast.dump(ast.parse(body[: edit.start] + edit.text.encode() + body[edit.end :]).body[0])
                assert tree not in trees
                trees.add(tree)


def test_a_method_is_changed_in_its_class_and_its_docstring_stays():
    source = b'class A:\n    def f(self, x):\n        """One.\n\n    Two \xcf\x83.\n        """\n        return x + 1\n\n    y = 2\n'
    unit = next(iter(units({"a.py": source})))
    edit = next(edit for edit in mutants(unit, gradients=False) if edit.slip == "sign of a term")
    assert edited(unit, edit, {"a.py": source})["a.py"] == source.replace(b"x + 1", b"x - 1")


def test_an_item_reaches_what_its_function_uses_and_the_methods_of_its_class():
    source = """
    def helper(x):
        return x

    def f(x):
        return helper(x)

    class Net:
        def __init__(self):
            self.g()

        def g(self):
            pass

        def other(self):
            pass

    def law(x):
        return x
    """
    every = units({"a.py": textwrap.dedent(source).encode()})
    assert [unit.name for unit in reached(every, frozenset({"f"}))] == ["helper", "f"]
    assert [unit.name for unit in reached(every, frozenset({"Net.g"}))] == ["Net.__init__", "Net.g"]
    assert [unit.name for unit in reached(every, frozenset({"Net"}))] == ["Net.__init__", "Net.g", "Net.other"]


REWRITTEN = """
import torch

def f(mu, logvar):
    part = mu.square() + torch.exp(logvar) * mu
    return 0.5 * (part - logvar).sum(dim=1)
"""


def test_a_rewrite_keeps_the_meaning():
    import torch

    unit = one_unit(REWRITTEN)
    mu, logvar = torch.randn(3, 4), torch.randn(3, 4)
    names = []
    for name, body in [("", unit.source), *rewrites(unit, plain=True)]:
        space = {}
        exec(replaced(unit, body, {"a.py": REWRITTEN.encode()})["a.py"], space)
        found = space["f"](mu, logvar)
        expected = (0.5 * (mu.square() + logvar.exp() * mu - logvar)).sum(1)
        assert found.dtype == torch.float32
        torch.testing.assert_close(found, expected)
        names.append(name)
    assert names == [
        "",
        "other names for locals",
        "operands turned around",
        "a name for what is returned",
        "keywords for dimensions",
        "loops for reductions",
        "float64 within",
    ]


def test_texts_and_shapes_are_not_turned_around():
    assert not any(
        name == "operands turned around"
        for source in ("def f(a):\n    return a.shape[:1] + a\n", "def f(a):\n    return 'x' + a\n")
        for name, _ in rewrites(one_unit(source), plain=False)
    )


# --- written answers


def item(check, kind="number"):
    return Item("1", "One", kind, check, 2.0)


def test_wrong_numbers_differ_from_the_right_one():
    found = [slip.text for slip in slips(item(Number("2")))]
    assert found == ["-2", "3", "1", "4", "0.5"]


def test_the_wrong_numbers_of_infinity_are_finite_or_its_negative():
    assert [slip.text for slip in slips(item(Number("∞")))] == ["-∞", "0", "1"]


def test_every_other_option_is_a_wrong_choice():
    choice = item(Choice({"1": ("a",), "2": ("b",), "3": ("c",)}, "2"), "choice")
    assert right_answer(choice) == "(2)"
    assert [slip.text for slip in slips(choice)] == ["(1)", "(3)"]


def test_one_pixel_more_or_less_is_a_wrong_set():
    cells = item(Cells("11, 12", size=(2, 2), centre="12"), "cells")
    assert [slip.text for slip in slips(cells)] == ["12", "11", "11, 12, 21", "11, 12, 22"]


def test_a_formula_has_its_single_slips():
    from grader.maths.setting import setting

    told = setting({"scalars": {"a": "real", "b": "real"}})
    fraction = Divide(Symbol("a"), Add((Symbol("b"), Digit(Fraction(1)))))
    said = {what for _, what in changed(fraction, told)}
    assert said >= {"fraction upside down", "a denominator lost", "another scalar", "a term lost", "sign of a term"}


# --- golden lines


def outcome(credit, note=""):
    return Outcome(credit, "said so", (), note)


def test_a_golden_line_is_kept_or_told():
    entry = {"default": {"credit": 1}, "items": {"b": {"credit": 0, "note": "sign"}}}
    assert list(undeserved(entry, {"a": outcome(1.0), "b": outcome(0.0, "sign")})) == []
    assert list(undeserved(entry, {"a": outcome(0.5), "b": outcome(0.0, "factor")})) == [
        "a: deserves {'credit': 1}, got 0.5 : said so",
        "b: deserves {'credit': 0, 'note': 'sign'}, got 0.0 factor: said so",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("students: [", "golden.yaml:1: is not YAML", id="not-yaml"),
        pytest.param("a: 1\n", "golden.yaml: needs `students`, and for each of them a `default`", id="no-students"),
        pytest.param("students: {ada: {}}\n", "needs `students`, and for each of them a `default`", id="no-default"),
    ],
)
def test_a_wrong_golden_file_is_told(tmp_path, text, said):
    (tmp_path / "golden.yaml").write_text(text)
    with pytest.raises(CourseError, match=said.replace("`", ".")):
        golden(tmp_path)


# --- laws, rates, weights


def sample(rng, shift=0.0, turn=1.0):
    return [Observation("ok", {"0/out": shift + turn * rng.standard_normal(6)}) for _ in range(160)]


def test_noise_of_the_other_sign_has_the_same_law_and_a_shift_has_not():
    first = sample(np.random.default_rng(1))
    assert same_law(first, sample(np.random.default_rng(2), turn=-1.0))
    assert not same_law(first, sample(np.random.default_rng(2), shift=1.0))


def test_noise_that_is_shared_between_entries_has_another_law():
    rng = np.random.default_rng(3)
    shared = [Observation("ok", {"0/out": np.full(6, rng.standard_normal())}) for _ in range(160)]
    assert not same_law(sample(np.random.default_rng(1)), shared)


def test_the_bound_of_a_flake_rate_is_that_of_clopper_and_pearson():
    assert Flakes("1", 0, 59).most == pytest.approx(1 - 0.05 ** (1 / 59))
    assert Flakes("1", 59, 59).most == 1.0


def variant(owner="f", slip="sign", items=(), **more):
    return Variant(owner, slip, Work(), items, **more)


def tried(verdict="caught", **credits_):
    items = tuple(Item(name, name, "close", None, 2.0) for name in credits_)
    return Tried(variant(items=items), {name: outcome(credit) for name, credit in credits_.items()}, verdict)


def test_power_is_the_share_of_wrong_works_without_full_credit():
    assert power([]) == 1.0
    assert power([tried("caught"), tried("person"), tried("survived"), tried("equivalent")]) == pytest.approx(2 / 3)


def test_a_cost_is_in_points_and_what_waits_costs_nothing_yet():
    assert tried(a=0.5, b=None).lost == 1.0
    assert tried(a=0.5, b=None, c=1.0).failed == {"a", "b"}


def test_items_that_fail_together_and_items_that_nothing_fails_are_told():
    wrong = [tried(a=0.0, b=0.0, c=1.0) for _ in range(5)]
    items = [*wrong[0].variant.items, Item("d", "d", "written", None, 1.0)]
    found = weights(items, wrong)
    assert found.together == (("a", "b"),)
    assert found.unfailed == ("c",)
    assert found.unasked == ("d",)
    assert found.costs[0] == ("f", "sign", 4.0, 6.0)


def test_a_budget_buys_from_the_beginning_and_each_group_has_its_turn():
    groups = [[variant("f", "1"), variant("f", "2")], [variant("g", "1")]]
    assert [one.name for one in in_turn(groups)] == ["f: 1", "g: 1", "f: 2"]
    assert [one.name for one in afforded(in_turn(groups), 2.5 * groups[0][0].price)] == ["f: 1", "g: 1"]


def test_float64_within_hands_back_every_tensor_of_a_tuple():
    import torch

    unit = one_unit("def both(x):\n    return 2 * x, x + 1\n")
    (body,) = (text for name, text in rewrites(unit, plain=True) if name == "float64 within")
    space = {}
    exec(body, space)
    assert [one.dtype for one in space["both"](torch.ones(2))] == [torch.float32, torch.float32]


@pytest.mark.parametrize(
    ("factor", "alike"), [pytest.param(1.0, False, id="not-the-same"), pytest.param(0.5, True, id="half")]
)
def test_a_factor_that_the_rubric_takes_for_right_is_no_mistake(factor, alike):
    full, half = (Observation("ok", {"0/out": np.array([scale, 3 * scale])}) for scale in (2.0, 1.0))
    assert _same(full, half, factor) is alike


@pytest.mark.parametrize(
    ("declared", "lost"),
    [
        pytest.param({"vectors": {"a": 3, "b": 3}}, False, id="of-a-vector"),
        pytest.param({"matrices": {"a": 3, "b": 3}}, True, id="of-a-matrix"),
    ],
)
def test_the_transpose_of_a_vector_is_notation_and_that_of_a_matrix_is_not(declared, lost):
    from grader.maths.read import read
    from grader.maths.setting import setting

    told = setting(declared)
    said = [slip for _, slip in changed(read(r"a^\top b", told.notation()), told)]
    assert ("transpose lost" in said) is lost


def test_the_table_of_proofs_is_of_rubrics_and_none_catches_less_than_99_percent():
    root = Path(__file__).parents[1]
    rows = re.findall(
        r"^\| `(\w+)` \|.*\| ([\d.]+) % \|", (root / "docs" / "prove.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(rows) > 10
    assert {name for name, _ in rows} <= {path.stem for path in (root / "rubrics").glob("*.yaml")}
    assert all(float(share) >= 99 for _, share in rows)


def alternatives():
    return sorted((Path(__file__).parents[1] / "reference").glob("*/alternatives/*.py"))


@pytest.mark.parametrize("path", alternatives(), ids=lambda path: path.parents[1].name)
def test_every_alternative_is_for_a_function_of_its_reference_and_has_a_style(path):
    defined = set()
    for other in path.parents[1].glob("*.py"):
        for node in ast.walk(ast.parse(other.read_text("utf-8"))):
            defined |= {node.name} if isinstance(node, ast.FunctionDef | ast.ClassDef) else set()
    tree = ast.parse(path.read_text("utf-8"))
    names = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")]
    assert {name.partition("__")[0] for name in names} <= defined
    assert all(name.partition("__")[2] for name in names)


def asks(kind, name):
    call = Call(name, ("x",))
    check = Close(call) if kind == "close" else Draws(call, law="law")
    return Item(f"{kind} {name}", "", kind, check, 1.0)


@pytest.mark.parametrize("random", [pytest.param(True, id="draws"), pytest.param(False, id="computes")])
def test_what_follows_from_the_seed_is_random(random):
    def reference(request):
        return Observation("ok", {"0/out": np.array([float(request.call["seed"] if random else 0)])})

    assert _is_random(reference, asks("close", "estimate")) is random


@pytest.mark.parametrize(
    ("other", "known"), [pytest.param("estimate", True, id="it"), pytest.param("kl", False, id="another")]
)
def test_the_law_of_an_estimate_is_that_of_the_item_that_draws_it(other, known):
    item = asks("close", "estimate")
    work = Variant("estimate", "sign", Work(), (item, asks("draws", other)))
    assert _has_law(work, item) is known
