"""Confidence sequences against the integral they come from, Robbins' closed form, and looks without end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from experiments.statistics.sequences import ConfidenceSequence, Looks


def mixture(t: float, n: int, tau2: float) -> float:
    """Bayes factor of effects N(0, tau2) against none, straight from the noncentral t distribution."""
    tau = np.sqrt(tau2)

    def part(effect: float) -> float:
        return float(stats.nct.pdf(t, n - 1, np.sqrt(n) * effect) * stats.norm.pdf(effect, 0.0, tau))

    # bounded, or the quadrature can miss the peak
    return float(integrate.quad(part, -8.0 * tau, 8.0 * tau)[0] / stats.t.pdf(t, n - 1))


@pytest.mark.parametrize(("n", "level"), [(12, 0.95), (40, 0.95), (40, 0.80), (60, 0.99)])
def test_the_interval_ends_where_the_mixture_reaches_one_over_alpha(n: int, level: float) -> None:
    sequence = ConfidenceSequence(level, tightest=30)
    t = float(sequence.critical(n))
    assert mixture(t, n, sequence.tau2) == pytest.approx(1.0 / (1.0 - level), rel=1e-5)


def test_many_replicates_give_robbins_normal_mixture() -> None:
    """Waudby-Smith et al. 2024, eq. for the asymptotic confidence sequence, with rho^2 = tau^2."""
    sequence, n, sd = ConfidenceSequence(0.95, tightest=500), 50_000.0, 3.0
    rho2 = sequence.tau2
    printed = sd * np.sqrt(2.0 * (n * rho2 + 1.0) / (n**2 * rho2) * np.log(np.sqrt(n * rho2 + 1.0) / 0.05))
    low, high = sequence.interval(n, 1.0, sd)
    assert (high - low) / 2.0 == pytest.approx(printed, rel=1e-4)
    assert (high + low) / 2.0 == pytest.approx(1.0)


def test_by_hand() -> None:
    """Level 0.95, tightest 1: tau^2 = 5.99146 + ln 6.99146 = 7.93616. At n = 20, K = 1 + 20 tau^2 = 159.723,
    A = (K / 0.0025)^(1/20) = 1.73889 and t^2 = 19 K (A - 1) / (K - A) = 14.194.
    """
    sequence = ConfidenceSequence(0.95, tightest=1)
    assert sequence.tau2 == pytest.approx(7.93616, abs=1e-5)
    assert float(sequence.critical(20)) == pytest.approx(np.sqrt(14.194), abs=1e-4)


def test_it_is_tightest_about_where_it_was_told() -> None:
    n = np.arange(20, 5000)
    for target in (100, 1000):
        found = ConfidenceSequence(0.95, target).critical(n)
        assert found[target - 20] < 1.005 * found.min()
        assert found[target - 20] > 1.5 * stats.norm.isf(0.025)


def test_nothing_is_left_out_before_anything_can_be() -> None:
    sequence = ConfidenceSequence()
    assert np.isinf(sequence.critical([0, 1, 2, 3])).all()
    low, high = sequence.interval([1, 2, 2], [5.0, 5.0, 5.0], [np.nan, 1.0, 0.0])
    assert low.tolist() == [-np.inf, -np.inf, 5.0]
    assert high.tolist() == [np.inf, np.inf, 5.0]


# ---- looks


def test_moments_at_every_look_are_those_of_the_replicates_so_far() -> None:
    d = 1e6 + np.random.default_rng(1).normal(0.0, 2.0, (3, 40))
    looks = Looks.at(d, [1, 2, 17, 40])
    for at, n in enumerate((1, 2, 17, 40)):
        assert looks.mean[:, at] == pytest.approx(d[:, :n].mean(axis=1), rel=1e-12)
        if n > 1:
            assert looks.sd[:, at] == pytest.approx(d[:, :n].std(axis=1, ddof=1), rel=1e-6)
    assert np.isnan(looks.sd[:, 0]).all()


def test_intervals_of_looks_are_those_of_the_sequence() -> None:
    d = np.random.default_rng(2).normal(1.0, 2.0, 60)
    sequence = ConfidenceSequence(0.9, 50)
    low, high = Looks.at(d, [30, 60]).intervals(sequence)
    for at, n in enumerate((30, 60)):
        one = sequence.interval(n, d[:n].mean(), d[:n].std(ddof=1))
        assert (low[at], high[at]) == pytest.approx(one)


@pytest.fixture(scope="module")
def streams() -> np.ndarray:
    return np.random.default_rng(3).standard_normal((4000, 400))


def test_looking_after_every_replicate_misses_no_more_often_than_promised(streams: np.ndarray) -> None:
    n = np.arange(2, 401)
    looks = Looks.at(streams, n)
    for level, tightest in ((0.95, 100), (0.95, 2000), (0.80, 100)):
        missed = looks.leaves_out(ConfidenceSequence(level, tightest).critical(n)).mean()
        assert missed < (1.0 - level) + 0.01
    naive = looks.leaves_out(stats.t.isf(0.025, n - 1)).mean()
    assert naive > 0.30  # what looking costs without a sequence
    assert looks.leaves_out(ConfidenceSequence(0.95, 100).critical(n)).mean() > 0.02  # not vacuous


def test_skewed_differences_are_held_from_a_later_start(streams: np.ndarray) -> None:
    n = np.arange(30, 401)
    looks = Looks.at(np.exp(streams / 2.0) - np.exp(0.125), n)  # skewness 1.75
    assert looks.leaves_out(ConfidenceSequence(0.95, 200).critical(n)).mean() < 0.06


@settings(max_examples=50, deadline=None)
@given(st.floats(0.5, 0.999), st.integers(5, 5000), st.integers(2, 10_000))
def test_wider_than_a_single_look_and_wider_for_more_certainty(level: float, tightest: int, n: int) -> None:
    reach = float(ConfidenceSequence(level, tightest).critical(n))
    assert reach > stats.t.isf((1.0 - level) / 2.0, n - 1)
    assert float(ConfidenceSequence((1.0 + level) / 2.0, tightest).critical(n)) >= reach * 0.999
