"""Lifespans against the classic leukaemia trial and the definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments.statistics.effects import paired
from experiments.statistics.survival import Lifespans, kaplan_meier, restricted_means

# Freireich et al. 1963, weeks of remission under 6-MP; the later ones with + were still in remission.
WEEKS = np.array([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35], float)
STILL = np.arange(21) >= 9


def test_freireich_curve():
    curve = kaplan_meier(WEEKS, STILL)
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {week: round(curve.at(week), 3) for week in printed} == printed
    assert (curve.at(0), curve.at(5.9), curve.at(100)) == pytest.approx((1.0, 1.0, 0.448), abs=5e-4)


def test_freireich_restricted_mean():
    """23.29 weeks up to week 35, as R's survfit prints it; the area by hand up to week 10."""
    curve = kaplan_meier(WEEKS, STILL)
    assert curve.restricted_mean(35.0) == pytest.approx(23.29, abs=0.005)
    assert curve.restricted_mean(10.0) == pytest.approx(
        6.0 + 18.0 / 21.0 + 3.0 * (18.0 / 21.0) * (16.0 / 17.0)
    )
    assert curve.restricted_mean(3.0) == 3.0


def test_greenwood_band_of_freireich():
    """At week 10 Greenwood's standard error is 0.0963; the log-log band follows from it."""
    curve = kaplan_meier(WEEKS, STILL)
    k = list(curve.days).index(10.0)
    s, reach = curve.survival[k], 1.959964 * 0.0963 / abs(curve.survival[k] * np.log(curve.survival[k]))
    assert curve.low[k] == pytest.approx(s ** np.exp(reach), abs=5e-4)
    assert curve.high[k] == pytest.approx(s ** np.exp(-reach), abs=5e-4)


def test_curve_without_censoring_is_one_minus_the_distribution():
    life = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    curve = kaplan_meier(life, np.zeros(5, bool))
    assert curve.survival == pytest.approx([1.0, 0.6, 0.4, 0.2, 0.0])
    assert curve.restricted_mean(99.0) == pytest.approx(life.mean())


def test_band_holds_the_curve_everywhere():
    curve = kaplan_meier([2.0, 2.0, 3.0, 9.0], [False, False, False, False])
    assert (curve.low <= curve.survival).all()
    assert (curve.survival <= curve.high).all()
    assert np.isfinite([curve.low, curve.high]).all()


@pytest.mark.parametrize(
    ("life", "censored", "expected"),
    [([], [], 1.0), ([5.0], [True], 1.0), ([5.0], [False], 0.0), ([0.0, 5.0], [False, True], 0.5)],
)
def test_small_curves(life, censored, expected):
    curve = kaplan_meier(life, censored)
    assert curve.days[0] == 0.0
    assert curve.at(5.0) == expected


def test_death_on_day_nought_counts_from_the_start():
    assert kaplan_meier([0.0, 8.0], [False, False]).restricted_mean(8.0) == pytest.approx(4.0)


worlds = st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(worlds)
def test_curve_agrees_with_the_product_of_survivors(rows):
    life, censored = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows])
    curve = kaplan_meier(life, censored)
    for day in (0, 7, 30, 60):
        alive = 1.0
        for t in np.unique(life[~censored & (life <= day)]):
            alive *= 1.0 - (life[~censored] == t).sum() / (life >= t).sum()
        assert curve.at(day) == pytest.approx(alive)


@settings(max_examples=60, deadline=None)
@given(worlds)
def test_mean_of_restricted_lifespans_is_the_area_under_the_curve(rows):
    life = np.array([[r[0] for r in rows]], float)
    spans = Lifespans(life, life > 30.0, 30.0)
    assert spans.curve(0).restricted_mean(30.0) == pytest.approx(spans.restricted[0].mean())


def spans():
    """Two arms of six worlds, watched for 100 days; the last world failed in the second arm."""
    life = np.array([[10.0, 50.0, 100.0, 300.0, 7.0, 20.0], [10.0, 80.0, 7.0, 100.0, 100.0, np.nan]])
    censored = np.array([[0, 0, 0, 1, 0, 0], [0, 0, 0, 1, 1, 0]], bool)
    return Lifespans(life, censored, 100.0)


def test_restricted_lifespans():
    expected = [[10.0, 50.0, 100.0, 100.0, 7.0, 20.0], [10.0, 80.0, 7.0, 100.0, 100.0, np.nan]]
    assert np.array_equal(spans().restricted, expected, equal_nan=True)


def test_a_censored_lifespan_is_the_horizon_whatever_number_it_carries():
    known = Lifespans(np.array([[3.0, 0.0]]), np.array([[False, True]]), 40.0)
    assert known.restricted.tolist() == [[3.0, 40.0]]
    assert known.died.tolist() == [[True, False]]


def test_death_after_the_horizon_is_not_a_death():
    late = Lifespans(np.array([[41.0, 40.0]]), np.zeros((1, 2), bool), 40.0)
    assert late.died.tolist() == [[False, True]]


def test_deaths_of_a_pair_are_counted_where_both_arms_ran():
    deaths = spans().deaths(1)
    assert (deaths.baseline, deaths.arm, deaths.discordant) == (pytest.approx(0.8), pytest.approx(0.6), 3)


def test_deaths_without_any_pair():
    none = Lifespans(np.array([[1.0], [np.nan]]), np.zeros((2, 1), bool), 9.0).deaths(1)
    assert np.isnan([none.baseline, none.arm]).all()
    assert none.discordant == 0


def test_curve_leaves_out_replicates_that_failed():
    assert spans().curve(1).at(99.0) == pytest.approx(0.4)


def test_paired_difference_of_restricted_means():
    base, arm = spans().restricted
    d = (arm - base)[:5]
    summary, _ = paired(base, arm)
    interval = stats.ttest_1samp(d, 0.0).confidence_interval()
    assert summary.diff == pytest.approx(d.mean())
    assert (summary.ci_low, summary.ci_high) == pytest.approx((interval.low, interval.high))


def test_member_lifetimes_are_averaged_within_a_replicate_first():
    """The trial as one replicate, one that nobody joined, and one of two members: one left on day 4."""
    days = np.array([*WEEKS, 4.0, 9.0])
    cut = np.array([*STILL, False, True])
    group = np.array([0] * 21 + [2] * 2)
    found = restricted_means(days, cut, group, 3, 35.0)
    assert found[0] == pytest.approx(23.29, abs=0.005)
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(4.0 + 0.5 * 31.0)


def test_members_without_censoring_have_the_mean_of_what_counts():
    rng = np.random.default_rng(1)
    days, group = rng.exponential(20.0, 200), rng.integers(0, 5, 200)
    found = restricted_means(days, np.zeros(200, bool), group, 5, 30.0)
    assert found == pytest.approx([np.minimum(days[group == g], 30.0).mean() for g in range(5)])
