"""The gates: wide enough that right runs pass at the stated rate, whatever law they follow, and honest about doubt."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from grader.model import CourseError, UsageError
from grader.training import gates
from grader.training.gates import Calibration, Gate, Setting, gate, measured

NORMAL = np.random.default_rng(0).normal(25.04, 0.07, 1000)


# ---- the rate is kept

LAWS = {
    "normal": (stats.norm(), 1.0),
    "skewed": (stats.gamma(2.0), 3.0),
    "skewed-down": (stats.weibull_max(1.5), 3.0),
    "heavy": (stats.t(5), 6.0),
    "bounded": (stats.uniform(), 1.0),
    "bounded-skewed": (stats.beta(2, 5), 1.0),
}


@pytest.mark.parametrize(("law", "most"), [pytest.param(*case, id=name) for name, case in LAWS.items()])
def test_right_runs_fail_at_about_the_stated_rate(law, most):
    """Over 60 calibrations of 1,000 runs: the true rate of each gate is known, for the law is."""
    rng = np.random.default_rng(11)
    made = [gate(law.rvs(1000, random_state=rng)) for _ in range(60)]
    rates = np.array([law.cdf(each.low) + law.sf(each.high) for each in made])
    assert rates.mean() <= most * gates.RATE


def test_gates_are_not_much_wider_than_they_must_be():
    rng = np.random.default_rng(7)
    made = [gate(rng.normal(size=1000)) for _ in range(30)]
    assert np.median([each.high for each in made]) < 4.5, "3.9 would be exact"


@pytest.mark.parametrize("name", ["skewed", "heavy"])
def test_what_is_normal_only_in_name_needs_the_tail(name):
    """The normal bound alone fails right runs many times as often as it says."""
    law = LAWS[name][0]
    rng = np.random.default_rng(3)
    bounds = [gates.normal_bound(law.rvs(1000, random_state=rng), 5e-5, 0.975) for _ in range(20)]
    assert law.sf(np.array(bounds)).min() > 4 * 5e-5


def test_the_normal_bound_holds_with_the_stated_confidence():
    rng = np.random.default_rng(5)
    exceeded = [stats.norm.sf(gates.normal_bound(rng.normal(size=200), 1e-3, 0.9)) > 1e-3 for _ in range(2000)]
    low, high = gates.measured_rate(sum(exceeded), 2000, confidence=0.999)
    assert low < 0.1 < high


@pytest.mark.parametrize(
    ("n", "rate", "confidence", "k"),
    [
        # G. J. Hahn and W. Q. Meeker, Statistical Intervals (1991), table A.12
        pytest.param(10, 0.10, 0.95, 2.355, id="10-90"),
        pytest.param(20, 0.05, 0.95, 2.396, id="20-95"),
        pytest.param(50, 0.01, 0.95, 2.862, id="50-99"),
    ],
)
def test_tolerance_factors_are_those_of_the_tables(n, rate, confidence, k):
    values = stats.norm.ppf((np.arange(n) + 0.5) / n)
    values = (values - values.mean()) / values.std(ddof=1)
    assert gates.normal_bound(values, rate, confidence) == pytest.approx(k, abs=1e-3)


def test_a_pareto_tail_is_found_again():
    rng = np.random.default_rng(8)
    tail = gates.pareto_tail(stats.genpareto(0.25).rvs(20_000, random_state=rng), 1e-4)
    assert tail.shape == pytest.approx(0.25, abs=0.12)
    assert tail.quantile == pytest.approx(stats.genpareto(0.25).isf(1e-4), rel=0.3)


def test_the_likelihood_is_that_of_scipy():
    excess = stats.genpareto(0.1).rvs(50, random_state=np.random.default_rng(2))
    found = gates._likelihood(excess)
    for i, j in ((0, 399), (25, 200), (30, 250), (50, 100)):
        wanted = stats.genpareto(gates.SHAPES[i], scale=gates.SCALES[j]).logpdf(excess).sum()
        assert found[i, j] == pytest.approx(wanted, rel=1e-9)


def test_more_runs_make_a_narrower_gate():
    rng = np.random.default_rng(1)
    few, many = (np.mean([gate(rng.normal(size=n)).high for _ in range(10)]) for n in (1000, 8000))
    assert stats.norm.isf(gates.RATE / 2) < many < few


def test_a_gate_never_leaves_out_a_run_that_was_right():
    values = np.concatenate([NORMAL, [99.0]])
    assert gate(values).passes(99.0)
    assert gate(values).low < NORMAL.min()


def test_a_gate_moves_with_the_unit():
    plain, moved = gate(NORMAL), gate(1000 * NORMAL - 7)
    np.testing.assert_allclose([moved.low, moved.high], [1000 * plain.low - 7, 1000 * plain.high - 7], rtol=1e-9)
    turned = gate(-NORMAL)
    np.testing.assert_allclose([turned.low, turned.high], [-plain.high, -plain.low], rtol=1e-9)


# ---- what a gate is


def test_a_gate_has_two_sides_and_says_how():
    made = gate(NORMAL)
    assert (made.n, made.rate, made.doubt) == (1000, 1e-4, "")
    assert made.how == "low: Pareto tail, high: normal tolerance"
    assert made.passes(25.04)
    assert not made.passes(18.4), "a loss that is too good is a leak or another loss"
    assert not made.passes(26.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_never_passes(value):
    assert not gate(NORMAL).passes(value)


def test_nan_passes_no_open_side():
    assert not gate(NORMAL, sides="high").passes(math.nan)


@pytest.mark.parametrize(("side", "by"), [("low", "Pareto tail"), ("high", "normal tolerance")])
def test_one_side_alone_has_the_whole_rate(side, by):
    one, both = gate(NORMAL, sides=side), gate(NORMAL)
    assert one.how == f"{side}: {by}"
    if side == "high":
        assert one.low == -math.inf
        assert NORMAL.max() < one.high < both.high
    else:
        assert one.high == math.inf
        assert both.low < one.low < NORMAL.min()


def test_too_few_runs_make_no_gate():
    with pytest.raises(UsageError, match=r"^a gate needs 1,000 right runs, there are 999$"):
        gate(NORMAL[:999])
    assert gate(NORMAL[:60], fewest=50).n == 60


def test_right_runs_that_are_not_finite_make_no_gate():
    said = r"^2 of 1,000 right runs gave a value that is not finite: no gate fits them$"
    with pytest.raises(UsageError, match=said):
        gate(np.concatenate([NORMAL[:998], [math.nan, math.inf]]))


def test_equal_values_are_doubted():
    made = gate(np.full(1000, 0.125))
    assert (made.low, made.high) == (0.125, 0.125)
    assert made.doubt == ("all 1,000 right runs gave the same value: that bounds the false-fail rate by 0.003 only")


def test_a_count_that_never_varied_may_be_off_by_one():
    made = gate(np.full(1000, 8.0))
    assert (made.low, made.high, made.doubt != "") == (7.0, 9.0, True)


def test_few_different_values_are_doubted():
    made = gate(np.repeat([6.0, 7.0, 8.0], [5, 95, 900]))
    assert made.how == "low: one beyond the outermost run, high: normal tolerance"
    assert (made.low, made.passes(4.0)) == (5.0, False)
    assert made.doubt == ("right runs gave few different values (3): no tail could be fitted, and the rate is a guess")


def test_a_tail_without_a_variance_is_doubted():
    made = gate(stats.pareto(1.2).rvs(3000, random_state=np.random.default_rng(0)))
    assert made.doubt == (
        "the right runs' tail is as heavy as is allowed for: the false-fail rate may be above what is said"
    )


# ---- any of three


@pytest.mark.parametrize(
    ("passed", "wanted"),
    [
        ([True], "accept"),
        ([], "again"),
        ([False], "again"),
        ([False, False], "again"),
        ([False, True], "accept"),
        ([False, False, True], "accept"),
        ([False, False, False], "refuse"),
    ],
)
def test_only_three_failures_refuse(passed, wanted):
    assert gates.decision(passed) == wanted


def test_confirmation_cubes_the_rate_of_chance_alone():
    assert gates.confirmed_rate(1e-4) == pytest.approx(1e-12)
    assert gates.confirmed_rate(1e-4, correlation=1.0) == pytest.approx(1e-4)
    assert gates.confirmed_rate(0.3, runs=1) == 0.3


def test_confirmation_of_dependent_runs_is_a_mixture():
    """Solutions whose own rates follow a beta law of mean 0.2: three failures happen as often as its third moment."""
    a, b = 0.5, 2.0
    wanted = stats.beta(a, b).moment(3)
    assert gates.confirmed_rate(0.2, correlation=1 / (a + b + 1)) == pytest.approx(wanted)


# ---- what was measured


def test_the_interval_of_a_count_is_that_of_scipy():
    for failures, runs in ((0, 100), (3, 100), (100, 100)):
        wanted = stats.binomtest(failures, runs).proportion_ci(0.95, "exact")
        np.testing.assert_allclose(gates.measured_rate(failures, runs), wanted, rtol=1e-9)


def test_no_failure_bounds_the_rate_by_three_over_the_runs():
    assert gates.rate_bound(0, 30_000) == pytest.approx(3 / 30_000, rel=0.01)
    assert gates.rate_bound(7, 7) == 1.0
    wanted = stats.binomtest(4, 500, alternative="less").proportion_ci(0.95, "exact").high
    assert gates.rate_bound(4, 500) == pytest.approx(wanted)


def test_caught_counts_nan():
    assert gates.caught(gate(NORMAL), [18.4, math.nan, 25.04, 30.0]) == 0.75


def test_the_roc_falls_from_all_to_none_and_knows_both_sides():
    wrong = np.concatenate([np.full(50, 20.0), np.full(30, 25.3), [math.nan] * 20])
    points = gates.roc(gate(NORMAL), NORMAL, wrong)
    assert (points[0], points[-1], len(points)) == ((1.0, 1.0), (0.0, 0.0), 200)
    fails, catches = np.array(points).T
    assert (np.diff(fails) <= 0).all()
    assert (np.diff(catches) <= 0).all()
    assert max(catches[fails == 0.0]) >= 0.7, "what is far off is caught at no false failure"
    assert catches[fails < 0.02].max() == 1.0


def test_the_roc_of_what_can_not_be_told_apart_is_the_diagonal():
    rng = np.random.default_rng(4)
    points = np.array(gates.roc(gate(NORMAL), NORMAL, rng.normal(25.04, 0.07, 1000)))
    assert np.abs(points[:, 0] - points[:, 1]).max() < 0.08


def test_thinned_values_keep_their_ends():
    values = np.random.default_rng(0).permutation(1000.0 * np.arange(1000))
    kept = gates.thinned(values)
    assert (len(kept), kept[0], kept[-1]) == (200, 0.0, 999_000.0)
    assert list(kept) == sorted(kept)
    assert gates.thinned([3.0, 1.0, 2.0]) == (1.0, 2.0, 3.0)


def test_a_band_holds_its_share_of_the_curves():
    curves = np.random.default_rng(0).normal(size=(1000, 500)) + np.arange(500)
    x, low, high = gates.band(range(500), curves, share=0.9)
    assert (len(x), x[0], x[-1]) == (200, 0.0, 499.0)
    inside = (curves[:, np.array(x, int)] >= low) & (curves[:, np.array(x, int)] <= high)
    assert inside.mean() == pytest.approx(0.9, abs=0.005)


# ---- what is written down

SETTING = Setting("cpu", "2.13.0+cpu", "d1ce", "7a5c")
RECORD = Calibration(
    SETTING,
    1000,
    "spring",
    {
        "nelbo": measured(NORMAL, gate(NORMAL)),
        "active": measured(NORMAL, gate(NORMAL, sides="low")),
    },
    {"loss": ((0.0, 1.0), (2.0, 1.0), (3.0, 2.0))},
)


def test_a_calibration_comes_back_as_it_was():
    text = gates.dump(RECORD)
    assert gates.read(text, "x.json") == RECORD
    assert gates.dump(gates.read(text, "x.json")) == text
    assert json.loads(text)["quantities"]["active"]["gate"]["high"] is None
    kept = RECORD.quantities["nelbo"]
    assert (kept.least, kept.largest, len(kept.sample)) == (NORMAL.min(), NORMAL.max(), 200)
    assert kept.mean == NORMAL.mean()


def told(**changes) -> str:
    record = json.loads(gates.dump(RECORD))
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = record
        for name in parents:
            place = place[name]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return json.dumps(record)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{\n", "x.json:2: is not JSON: Expecting property name enclosed in double quotes", id="torn"),
        pytest.param("[]", "x.json: is not a calibration: list indices must be integers or slices, not str", id="list"),
        pytest.param(told(n=None), "x.json: is not a calibration: it lacks 'n'", id="lacks"),
        pytest.param(told(n=1.5), "x.json: is not a calibration: 1.5 where a count must be", id="count"),
        pytest.param(told(seeds=3), "x.json: is not a calibration: 3 where a text must be", id="text"),
        pytest.param(
            told(quantities__nelbo__gate__low="0"),
            "x.json: is not a calibration: '0' where a number must be",
            id="text",
        ),
        pytest.param(
            told(quantities__nelbo__mean=float("nan")),
            "x.json: is not a calibration: nan where a number must be",
            id="nan",
        ),
        pytest.param(
            told(quantities__nelbo__mean=10**400),
            "x.json: is not a calibration: int too large to convert to float",
            id="huge",
        ),
        pytest.param(
            told(quantities__nelbo__gate__high=3.0, quantities__nelbo__gate__low=4.0),
            "x.json: is not a calibration: a gate from 4.0 to 3.0",
            id="turned",
        ),
        pytest.param(
            told(bands__loss=[[0, 1], [2], [3, 4]]),
            "x.json: is not a calibration: a band whose parts are not equally long",
            id="band",
        ),
    ],
)
def test_a_file_that_is_no_calibration_is_told_with_its_place(text, said):
    with pytest.raises(CourseError) as raised:
        gates.read(text, "x.json")
    assert str(raised.value) == f"{said}; run grade calibrate again"


def test_a_huge_file_is_not_read():
    with pytest.raises(CourseError, match=r"^x.json: has 4,194,305 characters, a calibration has at most 4,194,304$"):
        gates.read(" " * (gates.MOST_TEXT + 1), "x.json")


def test_deep_json_is_told_and_nothing_else():
    with pytest.raises(CourseError, match="is not a calibration"):
        gates.read('{"quantities": ' + "[" * 100_000, "x.json")


def test_samples_and_bands_of_any_length_are_cut():
    long = [0.0] * 5000
    record = gates.read(told(quantities__nelbo__sample=long, bands__loss=[long, long, long]), "x.json")
    assert len(record.quantities["nelbo"].sample) == len(record.bands["loss"][0]) == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({}, "", id="same"),
        pytest.param({"torch": "2.13.0+cu126"}, "", id="same-release-other-build"),
        pytest.param(
            {"device": "NVIDIA H200"},
            "the gates were calibrated on cpu, and this ran on NVIDIA H200: their false-fail rate may not hold here",
            id="device",
        ),
        pytest.param(
            {"torch": "2.14.1"},
            "the gates were calibrated with torch 2.13.0, and this is 2.14.1: their false-fail rate may not hold here",
            id="release",
        ),
        pytest.param(
            {"data": "beef", "task": "cafe"},
            "the gates were calibrated on other data; for another version of this item: "
            "their false-fail rate may not hold here",
            id="data-and-task",
        ),
    ],
)
def test_a_stale_calibration_is_said(change, said):
    assert gates.stale(RECORD, replace(SETTING, **change)) == said


def test_a_gate_is_open_where_it_has_no_side():
    assert Gate(-math.inf, 2.0, "", 0, 1e-4).passes(-1e300)
