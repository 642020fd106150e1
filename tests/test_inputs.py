"""Each word of a recipe keeps what it promises, in the fixed cases and in the small ones that hypothesis tries."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import find, given, settings

from grader.inputs import Array, Recipe, among, binary, grid, normal, positive, probability, table, uniform
from grader.values import cases

WORDS = {
    "normal": normal("B", "D"),
    "uniform": uniform("B", "D", low=-1.0, high=3.0),
    "probability": probability("B", "D"),
    "positive": positive("B", "D"),
    "table": table("B", "D"),
    "table-with-zeros": table("B", "D", zeros=True),
    "grid": grid("B", "D"),
    "binary": binary("B", "D"),
    "among": among("B", "D", values=(-100.0, 0.0, 100.0)),
}
KEEPS = {
    "uniform": lambda a: (a >= -1) & (a <= 3),
    "probability": lambda a: (a > 0) & (a < 1),
    "positive": lambda a: (a >= 0.25) & (a <= 4),
    "table": lambda a: (a > 0) & (np.abs(a.sum(-1, keepdims=True) - 1) < 1e-6),
    "table-with-zeros": lambda a: (a >= 0) & (np.abs(a.sum(-1, keepdims=True) - 1) < 1e-6),
    "grid": lambda a: np.diff(a, axis=-1) > 0,
    "binary": lambda a: np.isin(a, (0, 1)),
    "among": lambda a: np.isin(a, (-100, 0, 100)),
}
PATIENT = settings(database=None, derandomize=True, max_examples=200)


def drawn(array: Array, seed: int = 0) -> list[np.ndarray]:
    return [case["x"] for case in cases(Recipe(x=array).sample(np.random.default_rng(seed))).values()]


@pytest.mark.parametrize("word", WORDS)
def test_fixed_cases_have_all_sizes_and_are_float32(word: str) -> None:
    found = drawn(WORDS[word])
    assert [a.shape for a in found] == [(1, 1), (1, 5), (3, 1), (2, 3), (5, 4), (7, 11), (32, 20), (7, 11)]
    assert {a.dtype for a in found} == {np.dtype(np.float32)}


@pytest.mark.parametrize("word", KEEPS)
def test_fixed_cases_keep_what_the_word_promises(word: str) -> None:
    for seed in range(20):
        assert all(KEEPS[word](a).all() for a in drawn(WORDS[word], seed))


@pytest.mark.parametrize("word", KEEPS)
def test_small_cases_keep_what_the_word_promises(word: str) -> None:
    @settings(database=None, derandomize=True)
    @given(Recipe(x=WORDS[word]).strategy())
    def kept(case: dict[str, np.ndarray]) -> None:
        assert case["x"].dtype == np.float32
        assert max(case["x"].shape) <= 3
        assert KEEPS[word](case["x"]).all()

    kept()


@pytest.mark.parametrize("word", [w for w in WORDS if w != "among"])
def test_small_cases_are_eighths_that_print_exactly(word: str) -> None:
    @settings(database=None, derandomize=True)
    @given(Recipe(x=WORDS[word]).strategy())
    def exact(case: dict[str, np.ndarray]) -> None:
        assert np.all(case["x"] * 8 == np.round(case["x"] * 8))

    exact()


@pytest.mark.parametrize("length", [1, 5, 8, 20])
@pytest.mark.parametrize("zeros", [True, False])
def test_small_tables_of_a_given_length_sum_to_exactly_one(length: int, zeros: bool) -> None:
    @settings(database=None, derandomize=True, max_examples=30)
    @given(Recipe(p=table("B", length, zeros=zeros)).strategy())
    def whole(case: dict[str, np.ndarray]) -> None:
        assert case["p"].shape[1] == length
        assert np.all(case["p"].sum(axis=1) == 1)
        assert case["p"].min() >= 0 if zeros else case["p"].min() > 0

    whole()


def test_tables_have_zeros_only_where_they_are_asked_for() -> None:
    with_zeros = np.concatenate([a.ravel() for a in drawn(WORDS["table-with-zeros"])[1:]])
    assert 0.3 < np.mean(with_zeros == 0) < 0.6
    assert min(a.min() for a in drawn(WORDS["table"])) > 0


def test_some_tables_with_zeros_have_none_and_some_have_all_their_mass_in_one_point() -> None:
    rows = np.concatenate([drawn(table("B", 3, zeros=True), seed)[-2] for seed in range(5)])
    assert np.any(np.all(rows > 0, axis=1))
    assert np.any(np.max(rows, axis=1) == 1)


@pytest.mark.parametrize(
    ("zeros", "count"), [pytest.param(True, 45, id="zeros"), pytest.param(False, 21, id="positive")]
)
def test_small_tables_reach_every_table_of_eighths(zeros: bool, count: int) -> None:
    word = table(3, zeros=zeros)
    assert word.shaped
    reached = {tuple(word.shaped(np.array((0.0, *cuts)))) for cuts in itertools.product(word.simple, repeat=2)}
    entries = [k / 8 for k in range(9) if k or zeros]
    assert reached == {t for t in itertools.product(entries, repeat=3) if sum(t) == 1}
    assert len(reached) == count


def test_grids_are_not_equally_spaced() -> None:
    gaps = np.diff(drawn(grid("B", "D"))[-2], axis=-1)
    assert gaps.min() >= 0.12
    assert gaps.max() <= 1.01
    assert np.all(gaps.max(axis=1) > 1.3 * gaps.min(axis=1))


def test_positive_numbers_are_as_often_below_one_as_above() -> None:
    values = np.concatenate([a.ravel() for a in drawn(positive("B", "D"))])
    assert abs(np.mean(values > 1) - 0.5) < 0.1


def test_equal_letters_are_equal_sizes_in_small_cases_with_shaped_inputs() -> None:
    recipe = Recipe(p=table("B", "K"), support=grid("K"))

    @settings(database=None, derandomize=True, max_examples=30)
    @given(recipe.strategy())
    def fits(case: dict[str, np.ndarray]) -> None:
        assert case["p"].shape[1:] == case["support"].shape

    fits()


def test_an_array_without_shaping_is_asked_as_it_was_drawn() -> None:
    simple = Array(("B",), lambda _, size: np.zeros(size), (7.0,))
    case = find(Recipe(x=simple).strategy(), lambda case: len(case["x"]) == 2, settings=PATIENT)
    assert case["x"].tolist() == [7.0, 7.0]


def test_a_recipe_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a recipe needs at least one input$"):
        Recipe()


def test_the_smallest_case_of_a_table_is_the_one_point_that_has_all_mass() -> None:
    recipe = Recipe(p=table("B", "K"), q=table("B", "K", zeros=True), x=positive("K"))
    case = find(recipe.strategy(), lambda _: True, settings=PATIENT)
    assert {name: array.tolist() for name, array in case.items()} == {"p": [[1.0]], "q": [[1.0]], "x": [1.0]}
