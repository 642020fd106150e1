"""A tree on paper: LaTeX that reads back as the same tree, and MathML for a page."""

import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.maths.notation import Notation
from grader.maths.read import read, read_row
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Bound,
    Cases,
    Chain,
    Constant,
    Derivative,
    Divergence,
    Divide,
    Expectation,
    Extremum,
    Function,
    Gaussian,
    Limit,
    Matrix,
    Multiply,
    Negative,
    Number,
    Power,
    Symbol,
    Tuple,
)
from grader.maths.write import latex, mathml

NOTATION = Notation(
    variables=frozenset({"x", "z", "u"}),
    indices=frozenset({"i", "k"}),
    densities=frozenset({"p", "q", "p_{data}"}),
    functions=frozenset({"D", "G"}),
    scalars=frozenset({"\\lambda", "\\mu_q", "\\sigma", "C"}),
    vectors=frozenset({"w"}),
)


def number(value):
    return Number(Fraction(value))


def flat(kind, parts):
    """A sum or product as the reader makes it: none of its parts is one itself."""
    found = []
    for part in parts:
        inner = part.terms if isinstance(part, Add) else part.factors if isinstance(part, Multiply) else ()
        found.extend(inner if isinstance(part, kind) else (part,))
    return kind(tuple(found))


FUNCTIONS = "log exp tanh sqrt abs norm det trace softplus floor transpose diag log2 sigmoid".split()  # noqa: SIM905
LEAVES = st.one_of(
    st.integers(0, 120).map(number),
    st.sampled_from(["0.5", "2.25", "0.05"]).map(number),
    st.sampled_from(["pi", "e", "infinity"]).map(Constant),
    st.sampled_from(["x", "z", "\\lambda", "\\mu_q", "\\sigma", "C", "D", "p", "p_{data}"]).map(Symbol),
    st.sampled_from(["unheard", "\\beta", "\\chi_1"]).map(lambda name: Symbol(name, known=False)),
    st.just(Symbol("z", copy=1)),
    st.just(Symbol("x", (Symbol("i"), number(2)))),
    st.just(Symbol("\\lambda", (Symbol("x"),))),
)
BOUNDS = st.sampled_from(
    [
        Bound("z"),
        Bound("x"),
        Bound("k", number(1), Symbol("C")),
        Bound("z", unequal=Symbol("x"), copy=1),
        Bound("x", indices=(Symbol("i"),)),
        Bound("k", number(0)),
    ]
)
ENDS = st.sampled_from([Bound("x"), Bound("u", number(0), Constant("infinity")), Bound("z", copy=1)])
VARIABLES = st.sampled_from([Symbol("x"), Symbol("u"), Symbol("\\lambda")])


def larger(inner):
    pair = st.tuples(inner, inner)
    listed = st.lists(inner, min_size=2, max_size=3)
    function = st.sampled_from(
        [
            "log",
            "exp",
            "tanh",
            "sqrt",
            "abs",
            "norm",
            "det",
            "trace",
            "softplus",
            "floor",
            "transpose",
            "diag",
            "log2",
            "sigmoid",
        ]
    )
    density = st.builds(Apply, st.sampled_from(["p", "q"]), st.tuples(inner), st.one_of(st.just(()), st.tuples(inner)))
    return st.one_of(
        listed.map(lambda parts: flat(Add, parts)),
        listed.map(lambda parts: flat(Multiply, parts)),
        inner.map(Negative),
        pair.map(lambda two: Divide(*two)),
        pair.map(lambda two: Power(*two)),
        st.builds(Function, function, inner),
        listed.map(lambda parts: Function("max", Tuple(tuple(parts)))),
        density,
        st.builds(Apply, st.just("G"), st.tuples(inner, inner)),
        st.builds(Big, st.sampled_from(["sum", "product"]), st.tuples(BOUNDS), inner),
        st.builds(Big, st.just("integral"), st.one_of(st.tuples(ENDS), st.just((Bound("x"), Bound("z")))), inner),
        st.builds(Big, st.just("integral"), st.just(()), inner),
        st.builds(Expectation, st.just("mean"), st.just((Bound("z"),)), density, inner),
        st.builds(Expectation, st.sampled_from(["mean", "variance"]), st.just(()), st.none(), inner),
        st.builds(Divergence, st.sampled_from(["KL", "JSD", "W1", "H"]), inner, inner),
        st.builds(Divergence, st.just("H"), inner),
        st.builds(Gaussian, st.one_of(st.none(), inner), inner, inner),
        st.builds(Derivative, inner, VARIABLES, st.integers(1, 3)),
        st.builds(Derivative, inner, st.just(Symbol("w")), st.integers(1, 2), st.just(True)),
        st.builds(Extremum, st.sampled_from(["sup", "min", "argmax"]), st.just((Bound("u"),)), inner),
        st.builds(Limit, st.just(Bound("u")), st.just(Constant("infinity")), inner),
        st.builds(Matrix, st.tuples(pair, pair)),
        st.builds(lambda a, b: Cases(((a, Chain((b, number(0)), (">",))), (b, None))), inner, inner),
    )


TREES = st.recursive(LEAVES, larger, max_leaves=12)


@settings(max_examples=400, deadline=None)
@given(TREES)
def test_a_tree_printed_and_read_again_is_the_same_tree(tree):
    assert read(latex(tree), NOTATION) == tree


@settings(max_examples=100, deadline=None)
@given(st.lists(TREES, min_size=2, max_size=3), st.sampled_from(["=", "<=", ">=", "~=", ":=", "!=", "proportional"]))
def test_a_chain_printed_and_read_again_is_the_same_chain(sides, relation):
    chain = Chain(tuple(sides), (relation,) * (len(sides) - 1))
    assert read_row(latex(chain), NOTATION).chains == (chain,)


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_mathml_is_well_formed(tree):
    assert ET.fromstring(mathml(tree)).tag == "math"


def test_what_leads_on_from_the_line_before_stays_open():
    row = read_row("= x + 1", NOTATION)
    assert latex(row.chains[0]) == "= x+1"
    assert row.chains[0].open


def test_a_negative_number_is_printed_as_minus_a_number():
    assert latex(number(-3)) == "-3"
    assert latex(Number(Fraction(1, 3))) == "1/3"


def test_mathml_shows_labels_accents_and_fonts():
    row = read_row(r"\hat{y}_{data} = \mathcal{L}(x) \Rightarrow z' \text{ with } \mathbb{R}", NOTATION)
    shown = mathml(row)
    assert "<msub><mover><mi>y</mi><mo>^</mo></mover><mrow><mi>data</mi></mrow></msub>" in shown
    assert "<mi>ℒ</mi>" in shown
    assert "<mo>⇒</mo>" in shown
    assert "<msup><mi>z</mi><mrow><mo>′</mo></mrow></msup>" in shown
    assert "<mtext> with </mtext>" in shown
    assert "<mi>ℝ</mi>" in shown


@pytest.mark.parametrize("text", ["<script>", "x & y", "</math>", 'a"b'])
def test_mathml_of_words_is_escaped(text):
    row = read_row(f"x \\text{{see {text.replace('&', '')} here}}", NOTATION)
    assert "<script>" not in mathml(row)
    assert mathml(row).count("</math>") == 1
    hostile = Symbol(text, known=False)
    assert ET.fromstring(mathml(hostile)).tag == "math"


def test_a_sum_of_integrals_keeps_each_dx_with_its_own():
    text = latex(read(r"\int p(x) dx + \int \int q(x,z) dz dx", NOTATION))
    assert text == r"\int p(x) \, \mathrm{d}x+\int \int q(x, z) \, \mathrm{d}z \, \mathrm{d}x"
