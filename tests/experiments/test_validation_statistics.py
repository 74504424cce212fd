"""The statistics that patterns are read with, against known answers."""

import numpy as np
import pytest
from scipy import stats

from experiments.validation.statistics import (
    auc,
    heavier_than_poisson,
    held_out_auc,
    largest_spearman,
    pooled_difference,
    slope,
    top_share,
    weibull_shape,
)

RNG = np.random.default_rng


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0])
def test_a_weibull_fit_recovers_its_shape(shape):
    times = 20 * RNG(1).weibull(shape, 20_000)
    assert weibull_shape(times, np.zeros(len(times), bool)) == pytest.approx(shape, rel=0.03)
    seen = np.minimum(times, 25)
    assert weibull_shape(seen, times > 25) == pytest.approx(shape, rel=0.03)


def test_a_weibull_fit_is_that_of_scipy():
    times = 20 * RNG(2).weibull(0.6, 300)
    seen, censored = np.minimum(times, 34), times > 34
    data = stats.CensoredData(uncensored=seen[~censored], right=seen[censored])
    assert weibull_shape(seen, censored) == pytest.approx(stats.weibull_min.fit(data, floc=0)[0], rel=1e-3)


def test_a_weibull_fit_needs_two_deaths():
    assert np.isnan(weibull_shape([3, 3, 9], [False, False, True]))


def test_auc():
    assert auc([1, 2, 3, 4], [False, False, True, True]) == 1
    assert auc([4, 3, 2, 1], [False, False, True, True]) == 0
    assert auc([1, 1, 1, 1], [False, True, False, True]) == 0.5
    assert auc([1, 2, 2, 3], [False, True, False, True]) == 0.875
    assert np.isnan(auc([1, 2], [True, True]))


def test_a_discriminant_tells_what_can_be_told_and_nothing_else():
    rng = RNG(3)
    yes = rng.random(2000) < 0.3
    half = np.arange(2000) % 2 == 0
    noise = rng.normal(size=(2000, 3))
    assert held_out_auc(noise, yes, half) == pytest.approx(0.5, abs=0.05)
    parted = np.column_stack([noise, noise[:, 0] + 100 * yes])
    assert held_out_auc(parted, yes, half) == 1
    shifted = np.column_stack([noise, rng.normal(size=2000) + yes])
    assert held_out_auc(shifted, yes, half) == pytest.approx(stats.norm.cdf(1 / np.sqrt(2)), abs=0.03)
    assert held_out_auc(np.column_stack([shifted, np.ones(2000)]), yes, half) == pytest.approx(0.76, abs=0.03)


def test_a_discriminant_is_scored_on_cases_it_has_not_seen():
    rng = RNG(4)
    many = rng.normal(size=(40, 18))
    assert held_out_auc(many, np.arange(40) % 4 < 2, np.arange(40) % 2 == 0) < 0.8


def test_counts_heavier_than_poisson():
    rng = RNG(5)
    assert heavier_than_poisson(rng.negative_binomial(0.3, 0.05, 50))
    assert heavier_than_poisson(np.round(rng.lognormal(0.5, 1.5, 50)))
    assert not heavier_than_poisson(np.zeros(50))
    assert not heavier_than_poisson([0] * 49 + [1])
    wrong = sum(heavier_than_poisson(rng.poisson(3, 50)) for _ in range(100))
    assert wrong < 20  # AIC lets one parameter too many through 8 times in 100


def test_the_share_of_the_top():
    assert top_share([0] * 9 + [5]) == 1
    assert top_share([1] * 10) == pytest.approx(0.1)
    assert top_share([3, 1]) == 0.75  # one person at least
    assert np.isnan(top_share([0, 0]))


def test_the_largest_of_the_rank_correlations():
    x = np.arange(20.0)
    columns = np.column_stack([x, np.exp(x), -x, RNG(6).permutation(20)])
    assert largest_spearman(columns) == pytest.approx(1)
    noise = RNG(7).normal(size=(5000, 4))
    assert abs(largest_spearman(noise)) < 0.05
    pairs = [stats.spearmanr(noise[:, a], noise[:, b])[0] for a in range(4) for b in range(a)]
    assert largest_spearman(noise) == pytest.approx(max(pairs))
    gaps = noise.copy()
    gaps[:2500, 0] = np.nan
    assert largest_spearman(gaps) == pytest.approx(largest_spearman(noise[2500:]))
    assert np.isnan(largest_spearman(np.ones((5, 2))))


def test_a_slope():
    assert slope([0, 1, 2], [1, 3, 5]) == pytest.approx(2)
    days = np.arange(1, 31)
    assert slope(np.log(days), np.log(0.3 * days**-0.57)) == pytest.approx(-0.57)


def test_a_pooled_difference_is_not_fooled_by_differences_between_groups():
    # Lively groups reply more and return more; within each there is nothing between reply and return.
    assert pooled_difference([80, 2], [100, 10], [8, 20], [10, 100]) == pytest.approx(0)
    assert pooled_difference([6], [10], [4], [10]) == pytest.approx(0.2)
    assert pooled_difference([6, 5], [10, 5], [4, 0], [10, 0]) == pytest.approx(0.2)  # nobody to compare with
    assert np.isnan(pooled_difference([1], [1], [0], [0]))
