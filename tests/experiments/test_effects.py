"""Paired statistics against published numbers, definitions and what must not matter."""

from dataclasses import astuple, fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments.statistics.effects import Paired, paired, share_better, share_better_elsewhere, world_shares
from experiments.statistics.intervals import ENOUGH, Estimate, ratio_interval, simultaneous_level

# Student 1908, hours of sleep gained with two drugs: diff 1.58, 95% interval 0.70 to 2.46, t = 4.06.
SLEEP_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SLEEP_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def skewed(rng, n):
    """Differences with mean 0 and a long upper tail."""
    return rng.lognormal(0.0, 1.0, n) - np.exp(0.5)


def test_students_sleep():
    summary, estimate = paired(SLEEP_1, SLEEP_2)
    assert summary.n_pairs == 10
    assert summary.diff == pytest.approx(1.58)
    assert (summary.ci_low, summary.ci_high) == pytest.approx((0.70, 2.46), abs=0.005)
    assert summary.diff / estimate.se == pytest.approx(4.06, abs=0.005)
    assert (summary.baseline_mean, summary.mean) == pytest.approx((0.75, 2.33))
    assert summary.correlation == pytest.approx(0.7952, abs=1e-4)
    assert summary.p_better == pytest.approx(0.95)  # nine better, one tie
    assert summary.method == "paired t"


def test_intervals_are_those_of_scipy():
    rng = np.random.default_rng(4)
    base = rng.normal(10.0, 2.0, 40)
    arm = base + rng.normal(0.5, 1.0, 40)
    summary, _ = paired(base, arm)
    full = stats.ttest_rel(arm, base).confidence_interval(0.95)
    ninety = stats.ttest_rel(arm, base).confidence_interval(0.90)
    assert (summary.ci_low, summary.ci_high) == pytest.approx((full.low, full.high))
    assert (summary.ci90_low, summary.ci90_high) == pytest.approx((ninety.low, ninety.high))


def test_matching_is_credited_with_the_variance_it_saves():
    rng = np.random.default_rng(5)
    base = rng.normal(0.0, 3.0, 4000)
    summary, _ = paired(base, base + rng.normal(1.0, 1.0, 4000))
    assert summary.variance_ratio == pytest.approx((9.0 + 10.0) / 1.0, rel=0.1)


# ---- ratio of means


def test_fieller_ends_are_where_the_test_of_the_ratio_turns():
    rng = np.random.default_rng(6)
    base = rng.normal(10.0, 4.0, 30)
    arm = 1.2 * base + rng.normal(0.0, 2.0, 30)
    summary, _ = paired(base, arm)
    for percent in (summary.pct_low, summary.pct_high):
        assert stats.ttest_rel(arm, (1.0 + percent / 100.0) * base).pvalue == pytest.approx(0.05)
    assert summary.diff_pct == pytest.approx(100.0 * (arm.mean() / base.mean() - 1.0))


def test_relative_and_absolute_effect_agree_on_the_sign():
    rng = np.random.default_rng(7)
    methods = set()
    for i, shift in enumerate(np.linspace(-1.0, 1.5, 26)):
        base = rng.normal(8.0, 3.0, 30)
        noise = skewed(rng, 30) if i % 2 else rng.standard_normal(30)
        summary, _ = paired(base, base + noise + shift)
        methods.add(summary.method)
        assert (summary.ci_low > 0.0) == (summary.pct_low > 0.0)
        assert (summary.ci_high < 0.0) == (summary.pct_high < 0.0)
    assert methods == {"paired t", "bootstrap-t"}


def test_percent_is_undefined_without_a_baseline_above_nought():
    nought, _ = paired(np.zeros(20), np.arange(20.0))
    assert np.isnan([nought.diff_pct, nought.pct_low, nought.pct_high]).all()
    below, _ = paired(np.full(20, -2.0), np.arange(20.0))
    assert np.isnan([below.diff_pct, below.pct_low, below.pct_high]).all()
    noise = np.tile([-3.0, 3.1], 10)
    vague, _ = paired(noise, noise + 1.0)  # a mean of 0.05 that cannot be told from 0
    assert vague.diff_pct == pytest.approx(2000.0)
    assert np.isnan([vague.pct_low, vague.pct_high]).all()


def test_ratio_interval_of_a_sure_ratio_is_a_point():
    bottom = np.array([8.0, 9.0, 10.0, 11.0])
    assert ratio_interval(0.25 * bottom, bottom, (-3.0, 3.0)) == pytest.approx((0.25, 0.25))


# ---- shares


def test_shares_by_counting():
    base, arm = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 1.0])
    assert share_better(base, arm, 1) == pytest.approx((1.0 + 0.5 + 0.0) / 3.0)
    assert share_better(base, arm, -1) == pytest.approx((0.0 + 0.5 + 1.0) / 3.0)
    elsewhere = [
        float(arm[i] > base[j]) + 0.5 * float(arm[i] == base[j]) for i in range(3) for j in range(3) if i != j
    ]
    assert share_better_elsewhere(base, arm, 1) == pytest.approx(np.mean(elsewhere))
    assert np.isnan(share_better(base, arm, 0))


# ---- skewness


def test_skewed_differences_get_the_bootstrap_t_from_enough_pairs_on():
    long_tail = np.exp(np.linspace(-2.0, 2.5, 60))
    assert Estimate.of(long_tail).method == "bootstrap-t"
    assert Estimate.of(long_tail[:: 60 // ENOUGH][: ENOUGH - 1]).method == "paired t"
    assert Estimate.of(np.linspace(-1.0, 1.0, 60)).method == "paired t"


def test_skewness_counts_for_less_the_more_pairs_there_are():
    one_block = np.array([*np.linspace(-1.0, 1.0, 48), 3.0, 4.0])  # skewness 1.3
    assert Estimate.of(one_block).method == "bootstrap-t"
    assert Estimate.of(np.tile(one_block, 10)).method == "paired t"  # 0.1 sqrt(500) = 2.2


def test_skewness_that_hangs_on_one_value_is_no_shape():
    """Long tails on both sides, of which one holds the largest value by chance, keep the paired t."""
    tails = np.r_[-np.exp(np.linspace(-2.0, 1.5, 20)), np.exp(np.linspace(-2.0, 1.5, 20))]
    assert abs(stats.skew(np.r_[tails, 12.0])) > 1.0
    assert Estimate.of(np.r_[tails, 12.0]).method == "paired t"
    assert Estimate.of(np.array([0.0] * 38 + [1.0, 1.1])).method == "paired t"  # a resample has no spread
    assert Estimate.of(np.r_[np.linspace(-1.0, 1.0, 36), 4.0, 5.0, 5.0, 6.0]).method == "bootstrap-t"


def test_long_tail_moves_the_interval_towards_it():
    d = np.exp(np.linspace(-2.0, 2.5, 40))
    low, high = Estimate.of(d).interval()
    assert high - d.mean() > 1.3 * (d.mean() - low)


def test_skewed_differences_know_neither_order_nor_which_arm_is_first():
    d = np.exp(np.linspace(-2.0, 2.5, 40))
    low, high = Estimate.of(d).interval()
    assert Estimate.of(-d).interval() == pytest.approx((-high, -low), rel=1e-12)
    assert Estimate.of(np.random.default_rng(1).permutation(d)).interval() == pytest.approx(
        (low, high), rel=1e-12
    )


def test_bootstrap_t_by_its_definition():
    """Quantiles of (resampled mean - mean) / its standard error (Efron & Tibshirani 1993, ch. 12.5)."""
    d = np.exp(np.linspace(-2.0, 2.5, 30))
    rng = np.random.default_rng(123)  # other resamples than ours
    sample = rng.choice(d, (40_000, 30))
    pivots = (sample.mean(axis=1) - d.mean()) / (sample.std(axis=1, ddof=1) / np.sqrt(30))
    low, high = np.quantile(pivots, (0.025, 0.975))
    se = d.std(ddof=1) / np.sqrt(30)
    expected = (d.mean() - high * se, d.mean() - low * se)
    assert Estimate.of(d).interval() == pytest.approx(expected, rel=0.05)


def test_a_method_can_be_asked_for():
    even, long_tail = np.linspace(-1.0, 1.0, 60), np.exp(np.linspace(-2.0, 2.5, 60))
    assert Estimate.of(long_tail, method="paired t").method == "paired t"
    assert Estimate.of(even, method="bootstrap-t").method == "bootstrap-t"
    plain, resampled = Estimate.of(even).interval(), Estimate.of(even, method="bootstrap-t").interval()
    assert resampled == pytest.approx(plain, rel=0.05)


def test_too_few_distinct_differences_fall_back_to_t():
    d = np.zeros(50)
    d[:3] = 5.0  # one resample in twenty is all noughts
    assert Estimate.of(d).method == "paired t"


# ---- coverage (seeded; bounds are three standard errors of the simulation)


def covered(intervals, truth):
    return np.mean([low <= truth <= high for low, high in intervals])


def test_paired_t_covers():
    rng = np.random.default_rng(8)
    found = covered((Estimate.of(rng.normal(0.3, 1.0, 12)).interval() for _ in range(2000)), 0.3)
    assert found == pytest.approx(0.95, abs=0.015)


def test_bootstrap_t_covers_where_t_does_not():
    rng = np.random.default_rng(9)
    worlds = [skewed(rng, 30) for _ in range(300)]
    ours = covered((Estimate.of(d).interval() for d in worlds), 0.0)
    plain = covered((stats.ttest_1samp(d, 0.0).confidence_interval() for d in worlds), 0.0)
    assert ours > 0.91
    assert ours > plain + 0.01


def test_luck_interval_covers_the_mean_of_the_worlds_that_were_drawn():
    rng = np.random.default_rng(10)
    n, m, luck, parameters = 40, 25, 1.0, 3.0
    in_luck, in_full, ratio = [], [], []
    for _ in range(600):
        world = 2.0 + parameters * rng.standard_normal(n)
        d = world + luck * rng.standard_normal(n)
        gap = d[:m] - (world[:m] + luck * rng.standard_normal(m))
        summary, _ = paired(np.zeros(n), d, 1, gap)
        in_luck.append(summary.ci_low_luck <= world.mean() <= summary.ci_high_luck)
        in_full.append(summary.ci_low <= 2.0 <= summary.ci_high)
        ratio.append((summary.luck_sd**2, summary.world_sd**2))
    assert np.mean(in_luck) == pytest.approx(0.95, abs=0.027)
    assert np.mean(in_full) == pytest.approx(0.95, abs=0.027)
    assert np.mean(ratio, axis=0) == pytest.approx((luck**2, parameters**2), rel=0.05)


# ---- luck and parameters


def test_luck_interval_by_hand():
    d = np.array([1.0, 5.0, 3.0, 7.0, 4.0, 4.0])
    gap = np.array([1.0, -1.0, 0.5])
    summary, _ = paired(np.zeros(6), d, 1, gap)
    s = np.sqrt((1.0 + 1.0 + 0.25) / 3.0 / 2.0)
    reach = stats.t.isf(0.025, 3) * s / np.sqrt(6)
    assert (summary.ci_low_luck, summary.ci_high_luck) == pytest.approx((4.0 - reach, 4.0 + reach))
    assert summary.luck_sd == pytest.approx(s)
    assert summary.world_sd == pytest.approx(np.sqrt(d.var(ddof=1) - s**2))
    assert summary.n_twins == 3


def test_without_twins_both_intervals_are_one():
    summary, _ = paired(SLEEP_1, SLEEP_2)
    assert (summary.ci_low_luck, summary.ci_high_luck) == pytest.approx((summary.ci_low, summary.ci_high))
    assert np.isnan([summary.luck_sd, summary.world_sd]).all()


def test_luck_interval_is_never_wider_than_the_full_one():
    summary, _ = paired(SLEEP_1, SLEEP_2, 1, np.array([9.0, -8.0]))
    assert (summary.ci_low_luck, summary.ci_high_luck) == pytest.approx((summary.ci_low, summary.ci_high))
    assert summary.world_sd == 0.0


def test_world_shares_draw_luck_out_of_the_spread():
    d = np.linspace(-3.0, 5.0, 801)  # mean 1
    sd = d.std(ddof=1)
    assert world_shares(d, sd, 1.0) == pytest.approx((0.5, 0.25), abs=0.002)
    assert world_shares(d, sd / 4.0, 1.0) == pytest.approx((0.5, 0.0), abs=0.002)  # worlds from 0 to 2
    assert world_shares(d, sd / 4.0, 1.5)[0] == pytest.approx(0.25, abs=0.002)
    assert np.isnan(world_shares(d, float("nan"), 1.0)).all()


# ---- several arms at once


def normals(correlation, n=400):
    """Columns whose sample correlation is exactly the one asked for."""
    arms = len(correlation)
    x = np.random.default_rng(11).standard_normal((n, arms))
    x -= x.mean(axis=0)
    x = np.linalg.solve(np.linalg.cholesky(np.cov(x.T)), x.T)
    return np.linalg.cholesky(np.asarray(correlation)) @ x


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_max_t_box_holds_its_probability(rho):
    correlation = np.full((4, 4), rho) + (1.0 - rho) * np.eye(4)
    level = simultaneous_level(normals(correlation))
    reach = np.full(4, stats.t.isf((1.0 - level) / 2.0, 399))
    box = stats.multivariate_t(shape=correlation, df=399, seed=1)
    assert box.cdf(reach, lower_limit=-reach) == pytest.approx(0.95, abs=0.005)


@pytest.mark.parametrize(("arms", "printed"), [(2, 2.21), (3, 2.35), (4, 2.44), (5, 2.51)])
def test_dunnetts_table(arms, printed):
    """Two-sided 5% points for arms against one control, equal groups and many of them (Dunnett 1964)."""
    level = simultaneous_level(normals(np.full((arms, arms), 0.5) + 0.5 * np.eye(arms), n=100_000))
    assert stats.norm.isf((1.0 - level) / 2.0) == pytest.approx(printed, abs=0.02)


def test_max_t_asks_no_more_for_arms_that_move_as_one():
    one = normals(np.eye(2))[0]
    assert simultaneous_level([one]) == 0.95
    assert simultaneous_level([one, one, 2.0 * one]) == pytest.approx(0.95, abs=0.002)
    assert simultaneous_level([one, np.zeros(400), np.full(400, np.nan)]) == 0.95
    assert simultaneous_level(normals(np.eye(5))) == pytest.approx(0.95**0.2, abs=0.002)  # Sidak


def test_max_t_without_common_worlds_takes_the_arms_for_independent():
    a, b = normals(np.eye(2))
    left, right = a.copy(), b.copy()
    left[:195], right[205:] = np.nan, np.nan
    assert simultaneous_level([left, right]) == pytest.approx(0.95**0.5, abs=0.008)  # Sidak, and few worlds


# ---- edges


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_pairs_for_an_interval(n):
    summary, estimate = paired(np.ones(n), np.full(n, 3.0), 1, np.ones(n))
    assert summary.n_pairs == n
    assert np.isnan([summary.ci_low, summary.ci_high, summary.ci_low_luck, summary.pct_low]).all()
    assert np.isnan(estimate.interval(0.99)).all()
    assert np.isnan(summary.diff) == (n == 0)


def test_two_pairs_by_hand():
    summary, _ = paired([1.0, 2.0], [2.0, 4.0])
    reach = 12.7062047 * np.sqrt(0.5) / np.sqrt(2.0)
    assert (summary.ci_low, summary.ci_high) == pytest.approx((1.5 - reach, 1.5 + reach))


def test_identical_arms_differ_by_nothing():
    base = np.random.default_rng(12).normal(5.0, 1.0, 30)
    summary, _ = paired(base, base.copy(), 1, np.zeros(10))
    zero = (summary.diff, summary.ci_low, summary.ci_high, summary.ci90_low, summary.ci90_high)
    assert (*zero, summary.ci_low_luck, summary.diff_pct, summary.pct_low, summary.pct_high) == (0.0,) * 9
    assert summary.p_better == 0.5
    assert summary.correlation == pytest.approx(1.0)
    assert np.isnan(summary.variance_ratio)


def test_constant_arms():
    summary, _ = paired(np.full(20, 0.1), np.full(20, 0.3))
    assert (summary.ci_low, summary.ci_high) == pytest.approx((0.2, 0.2))
    assert (summary.pct_low, summary.pct_high) == pytest.approx((200.0, 200.0))
    assert np.isnan(summary.correlation)


def test_rounding_is_not_spread():
    base = np.random.default_rng(13).uniform(1000.0, 2000.0, 30)
    summary, estimate = paired(base, base + 0.1)  # differs from 0.1 in the last bits
    assert estimate.sd == 0.0
    assert np.isnan(summary.variance_ratio)


def test_undefined_values_take_out_their_pair_only():
    base, arm = np.append(SLEEP_1, [np.nan, 3.0, np.inf]), np.append(SLEEP_2, [4.0, np.nan, 1.0])
    assert astuple(paired(base, arm)[0]) == pytest.approx(astuple(paired(SLEEP_1, SLEEP_2)[0]), nan_ok=True)


# ---- what must not matter

samples = st.lists(
    st.tuples(*[st.floats(-100.0, 100.0).map(lambda x: round(x, 3))] * 2), min_size=2, max_size=40
)
ABSOLUTE = ("diff", "ci_low", "ci_high", "ci90_low", "ci90_high", "ci_low_luck", "ci_high_luck")


@settings(max_examples=60, deadline=None)
@given(samples)
def test_swapping_the_arms_negates_the_difference(pairs):
    base, arm = np.array(pairs).T
    there, back = paired(base, arm)[0], paired(arm, base)[0]
    assert there.diff == pytest.approx(-back.diff)
    assert (there.ci_low, there.ci_high) == pytest.approx((-back.ci_high, -back.ci_low), nan_ok=True)
    assert there.p_better == pytest.approx(1.0 - back.p_better)
    assert there.p_other_group == pytest.approx(1.0 - back.p_other_group)
    assert there.method == back.method


@settings(max_examples=60, deadline=None)
@given(samples, st.sampled_from([0.001, 0.5, 8.0, 1000.0]))
def test_the_unit_does_not_matter(pairs, unit):
    base, arm = np.array(pairs).T
    plain, scaled = paired(base, arm)[0], paired(unit * base, unit * arm)[0]
    for name in ABSOLUTE:
        expected = pytest.approx(unit * getattr(plain, name), rel=1e-6, abs=1e-9 * unit, nan_ok=True)
        assert getattr(scaled, name) == expected
    assert scaled.p_better == plain.p_better
    assert scaled.diff_pct == pytest.approx(plain.diff_pct, rel=1e-6, abs=1e-9, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(samples, st.randoms(use_true_random=False))
def test_the_order_of_replicates_does_not_matter(pairs, random):
    shuffled = list(pairs)
    random.shuffle(shuffled)
    plain, mixed = (paired(*np.array(rows).T)[0] for rows in (pairs, shuffled))
    for field in fields(Paired):
        a, b = getattr(plain, field.name), getattr(mixed, field.name)
        assert a == b if isinstance(a, str) else a == pytest.approx(b, rel=1e-6, abs=1e-6, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(samples, st.sampled_from([-1, 0, 1]))
def test_nothing_is_ever_infinite(pairs, direction):
    base, arm = np.array(pairs).T
    summary, _ = paired(base, arm, direction, arm[:3])
    assert not np.isinf([x for x in astuple(summary) if not isinstance(x, str)]).any()


def test_two_wild_replicates_do_not_blow_the_interval_up() -> None:
    """Resamples without the outliers have next to no spread; unbounded, the interval would be absurd."""
    d = np.r_[np.linspace(-0.01, 0.01, 22), -390.0, -400.0]
    result, estimate = paired(np.zeros(24), d)
    assert result.method == "bootstrap-t"
    reach = stats.t.isf(0.025, 23) * estimate.se
    assert result.ci_low >= result.diff - 4 * reach - 1e-9
    assert result.ci_high <= result.diff + 4 * reach + 1e-9
    assert result.ci_high - result.ci_low > 2 * reach
